//! Reads the background of a trace: algorithm, deployments, promotions, position, prices, kill-switch episodes.

use domain::amount::Amount;
use domain::dossier::Span;
use domain::strategy::{Algorithm, Deployment, Position, Promotion};
use domain::time::Timestamp;
use domain::trace::{Background, Trace};
use sqlx::Row as _;
use sqlx::postgres::PgRow;
use uuid::Uuid;

use crate::StoreError;
use crate::access::Auditor;
use crate::db::Pool;
use crate::engine::EngineDb;
use crate::engine::optional::absent_as_none;
use crate::pg::{PgTimestamp, RowExt as _};
use crate::statements::statements;

statements! {
    ALGORITHM = "SELECT id, name, version, algorithm_type, configuration_json \
        FROM public.algorithms WHERE id = $1";

    DEPLOYMENTS = "SELECT d.id, d.deployment_name, coalesce(u.email, d.user_id::text) AS who, \
        d.is_active, d.position_limit::text AS position_limit, \
        d.daily_loss_limit::text AS daily_loss_limit, d.parameters_json, d.updated_at \
        FROM public.deployed_algorithms d LEFT JOIN public.\"user\" u ON u.id = d.user_id \
        WHERE d.algorithm_id = $1 AND ($2::uuid IS NULL OR d.user_id = $2) \
        ORDER BY d.created_at, d.id LIMIT $3";

    PROMOTIONS = "SELECT p.id, p.from_environment, p.to_environment, p.status, \
        coalesce(c.email, p.created_by::text) AS created_by, p.created_at, \
        coalesce(r.email, p.reviewed_by::text) AS reviewed_by, p.reviewed_at, \
        p.promotion_notes, p.rejection_reason \
        FROM public.strategy_promotions p LEFT JOIN public.\"user\" c ON c.id = p.created_by \
        LEFT JOIN public.\"user\" r ON r.id = p.reviewed_by \
        WHERE p.algorithm_id = $1 ORDER BY p.created_at, p.id LIMIT $2";

    POSITION = "SELECT quantity::text AS quantity, average_price::text AS average_price, \
        total_cost::text AS total_cost, updated_at \
        FROM public.positions WHERE user_id = $1 AND coin_type = $2";

    PRICES = "SELECT \"timestamp\" AS at, last::text AS price \
        FROM public.price_data_5min \
        WHERE coin_type = $1 AND \"timestamp\" >= $2 AND \"timestamp\" <= $3 \
        AND last > 0 AND last <> 'NaN' ORDER BY \"timestamp\" LIMIT $4";
}

/// Limit of deployments, promotions and prices each; more than an engine has.
const MOST: i64 = 200;

impl EngineDb {
    /// Reads the background of `trace`.
    pub(super) async fn background(
        &self,
        auditor: &Auditor,
        trace: &Trace,
    ) -> Result<Background, StoreError> {
        let pool = self.pool();
        let user = trace.user();
        // At most two connections at once.
        let (strategy, market, history) = tokio::try_join!(
            async {
                let Some(id) = trace.algorithm() else {
                    return Ok((None, Vec::new(), Vec::new()));
                };
                let deployments = deployments(pool, id, user).await?;
                Ok((
                    algorithm(pool, id).await?,
                    deployments,
                    promotions(pool, id).await?,
                ))
            },
            async {
                let Some(coin) = trace.coin() else {
                    return Ok((None, None));
                };
                let held = match user {
                    Some(user) => absent_as_none(position(pool, user, &coin).await)?.flatten(),
                    None => None,
                };
                let seen = match trace.prices_span() {
                    Some(span) => absent_as_none(prices(pool, &coin, span).await)?,
                    None => None,
                };
                Ok::<_, StoreError>((held, seen))
            },
            self.kill_switch_history(auditor),
        )?;
        let stops = history.episodes.iter();
        Ok(Background {
            algorithm: strategy.0,
            deployments: strategy.1,
            promotions: strategy.2,
            stops: stops.filter(|stop| trace.touches(stop)).cloned().collect(),
            position: market.0,
            prices: market.1.unwrap_or_default(),
        })
    }
}

async fn algorithm(pool: &Pool, id: Uuid) -> Result<Option<Algorithm>, StoreError> {
    let found = sqlx::query(ALGORITHM).bind(id).fetch_optional(pool).await?;
    let read = |row: &PgRow| -> Result<_, sqlx::Error> {
        Ok(Algorithm {
            id: row.try_get("id")?,
            name: row.try_get("name")?,
            version: row.try_get("version")?,
            kind: row.try_get("algorithm_type")?,
            configuration: row.try_get("configuration_json")?,
        })
    };
    Ok(found.as_ref().map(read).transpose()?)
}

/// The algorithm's deployments of this user; of all users if none is known.
async fn deployments(
    pool: &Pool,
    algorithm: Uuid,
    user: Option<Uuid>,
) -> Result<Vec<Deployment>, StoreError> {
    let rows = sqlx::query(DEPLOYMENTS)
        .bind(algorithm)
        .bind(user)
        .bind(MOST)
        .fetch_all(pool)
        .await?;
    let read = |row: &PgRow| -> Result<_, sqlx::Error> {
        Ok(Deployment {
            id: row.try_get("id")?,
            name: row.try_get("deployment_name")?,
            user: row.try_get("who")?,
            is_active: row.try_get("is_active")?,
            position_limit: row.amount_opt("position_limit")?,
            daily_loss_limit: row.amount_opt("daily_loss_limit")?,
            parameters: row.try_get("parameters_json")?,
            updated_at: row.timestamp("updated_at")?,
        })
    };
    Ok(rows.iter().map(read).collect::<Result<_, _>>()?)
}

async fn promotions(pool: &Pool, algorithm: Uuid) -> Result<Vec<Promotion>, StoreError> {
    let rows = sqlx::query(PROMOTIONS)
        .bind(algorithm)
        .bind(MOST)
        .fetch_all(pool)
        .await?;
    let read = |row: &PgRow| -> Result<_, sqlx::Error> {
        Ok(Promotion {
            id: row.try_get("id")?,
            from: row.try_get("from_environment")?,
            to: row.try_get("to_environment")?,
            status: row.try_get("status")?,
            created_by: row.try_get("created_by")?,
            created_at: row.timestamp("created_at")?,
            reviewed_by: row.try_get("reviewed_by")?,
            reviewed_at: row.timestamp_opt("reviewed_at")?,
            notes: row.try_get("promotion_notes")?,
            rejection_reason: row.try_get("rejection_reason")?,
        })
    };
    Ok(rows.iter().map(read).collect::<Result<_, _>>()?)
}

async fn position(pool: &Pool, user: Uuid, coin: &str) -> Result<Option<Position>, sqlx::Error> {
    let found = sqlx::query(POSITION)
        .bind(user)
        .bind(coin)
        .fetch_optional(pool)
        .await?;
    let read = |row: &PgRow| {
        Ok(Position {
            quantity: row.amount("quantity")?,
            average_price: row.amount("average_price")?,
            total_cost: row.amount("total_cost")?,
            updated_at: row.timestamp("updated_at")?,
        })
    };
    found.as_ref().map(read).transpose()
}

async fn prices(
    pool: &Pool,
    coin: &str,
    span: Span,
) -> Result<Vec<(Timestamp, Amount)>, sqlx::Error> {
    let rows = sqlx::query(PRICES)
        .bind(coin)
        .bind(PgTimestamp(span.from))
        .bind(PgTimestamp(span.to))
        .bind(MOST)
        .fetch_all(pool)
        .await?;
    rows.iter()
        .map(|row| Ok((row.timestamp("at")?, row.amount("price")?)))
        .collect()
}
