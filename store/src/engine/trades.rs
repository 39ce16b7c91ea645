//! Single trade decisions: rows of `trade_audit` with their orders.

use domain::order::{Order, OrderBrief, OrderLink};
use domain::trade::{Decision, TradeDetail};
use sqlx::Row as _;
use sqlx::postgres::PgRow;
use uuid::Uuid;

use super::EngineDb;
use crate::StoreError;
use crate::access::Auditor;
use crate::pg::RowExt as _;
use crate::sql::Sql;

/// Columns for [`read_brief`].
macro_rules! order_brief {
    () => {
        "o.id AS order_id, o.status AS order_status, o.side AS order_side, \
         o.quantity::text AS order_quantity, o.filled_quantity::text AS order_filled_quantity, \
         o.price::text AS order_price, o.filled_at AS order_filled_at"
    };
}

const ROW: &str = concat!(
    "t.id, t.\"timestamp\", t.agent_id, t.asset, t.decision, t.confidence_score, \
     t.price_at_decision::text AS price_at_decision, t.reason, t.is_executed, t.block_reason, \
     t.execution_order_id, ",
    order_brief!()
);

/// Columns for [`read_order`] besides the brief's, over [`ORDER_JOINS`].
const ORDER_REST: &str = ", o.user_id AS order_user_id, u.email AS order_user_email, \
    o.algorithm_id AS order_algorithm_id, a.name AS order_algorithm_name, \
    o.coin_type AS order_coin_type, o.order_type, o.error_message AS order_error_message, \
    o.coinspot_order_id AS order_coinspot_order_id, o.created_at AS order_created_at, \
    o.updated_at AS order_updated_at, o.submitted_at AS order_submitted_at";

const ORDER_JOINS: &str = " LEFT JOIN public.\"user\" u ON u.id = o.user_id \
    LEFT JOIN public.algorithms a ON a.id = o.algorithm_id";

fn read_decision(row: &PgRow) -> Result<Decision, sqlx::Error> {
    let execution_order_id: Option<Uuid> = row.try_get("execution_order_id")?;
    let order_id: Option<Uuid> = row.try_get("order_id")?;
    Ok(Decision {
        id: row.try_get("id")?,
        timestamp: row.timestamp("timestamp")?,
        agent_id: row.try_get("agent_id")?,
        asset: row.try_get("asset")?,
        decision: row.try_get("decision")?,
        confidence_score: row.try_get("confidence_score")?,
        price_at_decision: row.amount_opt("price_at_decision")?,
        reason: row.try_get("reason")?,
        is_executed: row.try_get("is_executed")?,
        block_reason: row.try_get("block_reason")?,
        execution_order_id,
        order: match (execution_order_id, order_id) {
            (_, Some(_)) => OrderLink::Found(read_order(row)?),
            (Some(_), None) => OrderLink::Missing,
            (None, None) => OrderLink::None,
        },
    })
}

fn read_brief(row: &PgRow) -> Result<OrderBrief, sqlx::Error> {
    Ok(OrderBrief {
        status: row.try_get("order_status")?,
        side: row.try_get("order_side")?,
        quantity: row.amount("order_quantity")?,
        filled_quantity: row.amount("order_filled_quantity")?,
        price: row.amount_opt("order_price")?,
        filled_at: row.timestamp_opt("order_filled_at")?,
    })
}

fn read_order(row: &PgRow) -> Result<Order, sqlx::Error> {
    Ok(Order {
        id: row.try_get("order_id")?,
        user_id: row.try_get("order_user_id")?,
        user_email: row.try_get("order_user_email")?,
        algorithm_id: row.try_get("order_algorithm_id")?,
        algorithm_name: row.try_get("order_algorithm_name")?,
        coin_type: row.try_get("order_coin_type")?,
        order_type: row.try_get("order_type")?,
        brief: read_brief(row)?,
        error_message: row.try_get("order_error_message")?,
        coinspot_order_id: row.try_get("order_coinspot_order_id")?,
        created_at: row.timestamp("order_created_at")?,
        updated_at: row.timestamp("order_updated_at")?,
        submitted_at: row.timestamp_opt("order_submitted_at")?,
    })
}

impl EngineDb {
    /// Finds a decision, with its complete order.
    ///
    /// # Errors
    /// When the database is unreachable.
    pub async fn find_trade(
        &self,
        _: &Auditor,
        id: Uuid,
    ) -> Result<Option<TradeDetail>, StoreError> {
        let mut sql = Sql::new("SELECT ");
        sql.push(ROW)
            .push(ORDER_REST)
            .push(
                ", g.name AS agent_algorithm_name FROM public.trade_audit t \
                 LEFT JOIN public.orders o ON o.id = t.execution_order_id",
            )
            .push(ORDER_JOINS)
            .push(
                " LEFT JOIN public.algorithms g ON 'algo:' || g.id::text = lower(t.agent_id) \
                 WHERE t.id = ",
            );
        sql.uuid(id);
        let found = sql.query().fetch_optional(self.pool()).await?;
        let read = |row: &PgRow| -> Result<_, sqlx::Error> {
            Ok(TradeDetail {
                decision: read_decision(row)?,
                algorithm_name: row.try_get("agent_algorithm_name")?,
            })
        };
        Ok(found.as_ref().map(read).transpose()?)
    }

    /// Finds an order.
    ///
    /// # Errors
    /// When the database is unreachable.
    pub(super) async fn find_order(&self, id: Uuid) -> Result<Option<Order>, StoreError> {
        let mut sql = Sql::new(concat!("SELECT ", order_brief!()));
        sql.push(ORDER_REST)
            .push(" FROM public.orders o")
            .push(ORDER_JOINS)
            .push(" WHERE o.id = ")
            .uuid(id);
        let found = sql.query().fetch_optional(self.pool()).await?;
        Ok(found.as_ref().map(read_order).transpose()?)
    }
}
