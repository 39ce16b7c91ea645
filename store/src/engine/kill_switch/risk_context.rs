//! Risk rules and equity around an activation, from tables that an engine may lack or not have granted.

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

/// Limit of rules.
const MAX_RULES: i64 = 200;
/// Equity begins this many microseconds before the activation: one hour.
const EQUITY_BEFORE: i64 = 3_600_000_000;
/// Equity ends this many microseconds after the activation: five minutes, the interval of prices.
const EQUITY_AFTER: i64 = 300_000_000;

/// Reads the rules that existed at `at` and are active now, and the equity of the hour before it.
pub async fn risk_context(pool: &Pool, at: Timestamp) -> Result<RiskContext, StoreError> {
    Ok(RiskContext {
        rules: absent_as_none(rules(pool, at).await)?,
        equity: absent_as_none(equity(pool, at).await)?.unwrap_or_default(),
    })
}

async fn rules(pool: &Pool, at: Timestamp) -> Result<Vec<RiskRule>, sqlx::Error> {
    let rows = sqlx::query(RULES)
        .bind(PgTimestamp(at))
        .bind(MAX_RULES)
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

/// Present positions at past prices, since past quantities are not stored. Times at which a coin has no price are left
/// out; their value would look like a loss.
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
