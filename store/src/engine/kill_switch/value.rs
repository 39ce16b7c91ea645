//! The value in AUD of an episode's leaks, summed exactly.

use domain::amount::is_number;
use domain::check::{Checks, Trade};
use domain::dossier::{LeakedValue, Span};
use domain::json::Tree;
use futures::TryStreamExt as _;
use sqlx::Row as _;

use crate::StoreError;
use crate::db::Session;
use crate::engine::fragments::readable;
use crate::pg::{PgTimestamp, RowExt as _};
use crate::sql::{Sql, sql};
use crate::statements::statements;

statements! {
    /// Sums in SQL, since `numeric` keeps every digit.
    SUMS = "SELECT \
        coalesce(trim_scale(sum(w.worth::numeric) FILTER (WHERE NOT w.is_second)), 0)::text AS once, \
        coalesce(trim_scale(sum(w.worth::numeric)), 0)::text AS every \
        FROM unnest($1::text[], $2::boolean[]) AS w(worth, is_second)";

    FILLED = "SELECT count(*) AS orders, \
        count(*) FILTER (WHERE price IS NULL OR price = 'NaN') AS without_price, \
        coalesce(trim_scale(sum(filled_quantity * price) FILTER (WHERE price <> 'NaN')), 0)::text AS worth \
        FROM public.orders WHERE created_at >= $1 AND created_at < $2 \
        AND filled_quantity > 0 AND filled_quantity <> 'NaN'";
}

/// Sums the leaks in `span`.
pub async fn leaked_value(
    session: &mut Session<'_>,
    span: Span,
) -> Result<LeakedValue, StoreError> {
    let mut value = LeakedValue::default();
    approved(session, span, &mut value).await?;
    filled(session, span, &mut value).await?;
    Ok(value)
}

/// Numeric `trade_value`s, and whether each is from a second check.
#[derive(Default)]
struct Valuations {
    texts: Vec<String>,
    seconds: Vec<bool>,
}

async fn approved(
    session: &mut Session<'_>,
    span: Span,
    value: &mut LeakedValue,
) -> Result<(), StoreError> {
    let valuations = valuations(session, span, value).await?;
    let row = sqlx::query(SUMS)
        .bind(valuations.texts)
        .bind(valuations.seconds)
        .fetch_one(&mut *session)
        .await?;
    value.approved_once = row.amount("once")?;
    value.approved_all = row.amount("every")?;
    Ok(())
}

/// Parses details here rather than in SQL, which is much faster for five values per document.
async fn valuations(
    session: &mut Session<'_>,
    span: Span,
    value: &mut LeakedValue,
) -> Result<Valuations, StoreError> {
    let mut valuations = Valuations::default();
    let mut checks = Checks::default();
    let mut rows = valuations_sql(span).query().fetch(&mut *session);
    while let Some(row) = rows.try_next().await? {
        let details: Option<&str> = row.try_get("details")?;
        let details = Tree::read(details.unwrap_or_default());
        let member = |name: &str| match details.member(name)? {
            Tree::Bare(word) if word == "null" => None,
            value => value.scalar(),
        };
        let text = |name: &str| member(name).map(ToOwned::to_owned);
        let trade = Trade {
            user: row.try_get("who")?,
            algorithm: text("algorithm_id"),
            coin: text("coin"),
            side: text("side"),
            quantity: text("quantity"),
        };
        let is_second = checks.is_second(row.timestamp("at")?, trade);
        value.second_checks += u64::from(is_second);
        match text("trade_value").filter(|worth| is_number(worth)) {
            Some(worth) => {
                valuations.texts.push(worth);
                valuations.seconds.push(is_second);
            }
            None => value.without_value += 1,
        }
    }
    Ok(valuations)
}

fn valuations_sql(span: Span) -> Sql {
    let mut sql = sql![
        "SELECT \"timestamp\" AS at, user_id::text AS who, ",
        readable("details"),
        "::text AS details FROM public.audit_log \
         WHERE event_type = 'TRADE_APPROVED' AND \"timestamp\" >= "
    ];
    sql.timestamp(span.from)
        .push(" AND \"timestamp\" < ")
        .timestamp(span.to)
        .push(" ORDER BY \"timestamp\", id");
    sql
}

async fn filled(
    session: &mut Session<'_>,
    span: Span,
    value: &mut LeakedValue,
) -> Result<(), StoreError> {
    let row = sqlx::query(FILLED)
        .bind(PgTimestamp(span.from))
        .bind(PgTimestamp(span.to))
        .fetch_one(&mut *session)
        .await?;
    value.filled = row.amount("worth")?;
    value.filled_orders = row.try_get::<i64, _>("orders")?.unsigned_abs();
    value.filled_without_price = row.try_get::<i64, _>("without_price")?.unsigned_abs();
    Ok(())
}
