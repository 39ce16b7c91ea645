//! What an activation is read against: tables that an engine may not have, or not have granted.

use domain::amount::Amount;
use domain::dossier::{RiskContext, RiskRule};
use domain::time::Timestamp;
use sqlx::Row as _;

use crate::StoreError;
use crate::db::Pool;
use crate::engine::optional::absent_as_none;
use crate::pg::{PgTimestamp, RowExt as _};
use crate::statements::statements;

statements! {
    RULES = "SELECT name, rule_type, value::text AS value, updated_at FROM public.risk_rule \
        WHERE is_active AND created_at <= $1 ORDER BY name, id LIMIT $2";

    EQUITY = "WITH held AS (SELECT coin_type, sum(quantity) AS quantity \
          FROM public.positions WHERE quantity <> 'NaN' GROUP BY coin_type HAVING sum(quantity) <> 0), \
        priced AS (SELECT date_bin('5 minutes', p.\"timestamp\", '2000-01-01 00:00:00+00') AS at, \
            p.coin_type, avg(p.last) AS price \
          FROM public.price_data_5min p \
          WHERE p.\"timestamp\" >= $1 AND p.\"timestamp\" <= $2 \
            AND p.last > 0 AND p.last <> 'NaN' \
            AND p.coin_type IN (SELECT coin_type FROM held) \
          GROUP BY 1, 2) \
        SELECT p.at, round(sum(p.price * h.quantity) + coalesce((SELECT sum(quantity) FROM held \
            WHERE coin_type = 'AUD'), 0), 2)::text AS value \
        FROM priced p JOIN held h ON h.coin_type = p.coin_type \
        GROUP BY p.at \
        HAVING count(*) = (SELECT count(DISTINCT coin_type) FROM priced) ORDER BY p.at";
}

/// Most rules that are shown.
const MOST_RULES: i64 = 200;
/// Equity is shown from so many microseconds before the activation: an hour.
const EQUITY_BEFORE: i64 = 3_600_000_000;
/// And up to so many after it: the five minutes that it may fall into.
const EQUITY_AFTER: i64 = 300_000_000;

/// Rules that were made before `at` and are active now, and the hour's path of equity.
pub async fn risk_context(pool: &Pool, at: Timestamp) -> Result<RiskContext, StoreError> {
    Ok(RiskContext {
        rules: absent_as_none(rules(pool, at).await)?,
        equity: absent_as_none(equity(pool, at).await)?.unwrap_or_default(),
    })
}

async fn rules(pool: &Pool, at: Timestamp) -> Result<Vec<RiskRule>, sqlx::Error> {
    let rows = sqlx::query(RULES)
        .bind(PgTimestamp(at))
        .bind(MOST_RULES)
        .fetch_all(pool)
        .await?;
    rows.iter()
        .map(|row| {
            Ok(RiskRule {
                name: row.try_get("name")?,
                rule_type: row.try_get("rule_type")?,
                value: row.try_get("value")?,
                updated_at: row.timestamp("updated_at")?,
            })
        })
        .collect()
}

/// Today's positions at the prices of then: past quantities are nowhere stored. A moment at which one of
/// the coins has no price is left out, since its value would look like a fall.
async fn equity(pool: &Pool, at: Timestamp) -> Result<Vec<(Timestamp, Amount)>, sqlx::Error> {
    let rows = sqlx::query(EQUITY)
        .bind(PgTimestamp(at.plus_micros(-EQUITY_BEFORE)))
        .bind(PgTimestamp(at.plus_micros(EQUITY_AFTER)))
        .fetch_all(pool)
        .await?;
    rows.iter()
        .map(|row| Ok((row.timestamp("at")?, row.amount("value")?)))
        .collect()
}
