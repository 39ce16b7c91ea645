//! Trade decisions: `trade_audit` with its order.

use domain::block::BlockKind;
use domain::columns::TRADES;
use domain::cursor::Cursor;
use domain::filter::{ListQuery, OrderStatus, OutcomeKind, ParamEnum as _, TradeFilter};
use domain::order::{Order, OrderBrief, OrderLink};
use domain::page::Order as ListOrder;
use domain::trade::{Decision, TradeDecision, TradeDetail};
use sqlx::Row as _;
use sqlx::postgres::PgRow;
use uuid::Uuid;

use super::EngineDb;
use super::columns::{Kind, columns};
use super::fragments::{and_conditions, and_confidence, and_search, and_text, and_words};
use super::list::{Branch, EngineView, ListView};
use super::survey::{FacetSpec, Surveyable};
use crate::StoreError;
use crate::access::Auditor;
use crate::pg::RowExt as _;
use crate::sql::{Mode, Sql};

/// What [`read_brief`] reads.
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

/// What [`read_order`] reads beside its brief, over [`ORDER_JOINS`].
const ORDER_REST: &str = ", o.user_id AS order_user_id, u.email AS order_user_email, \
    o.algorithm_id AS order_algorithm_id, a.name AS order_algorithm_name, \
    o.coin_type AS order_coin_type, o.order_type, o.error_message AS order_error_message, \
    o.coinspot_order_id AS order_coinspot_order_id, o.created_at AS order_created_at, \
    o.updated_at AS order_updated_at, o.submitted_at AS order_submitted_at";

const ORDER_JOINS: &str = " LEFT JOIN public.\"user\" u ON u.id = o.user_id \
    LEFT JOIN public.algorithms a ON a.id = o.algorithm_id";

const FROM: &str = " FROM public.trade_audit t LEFT JOIN public.orders o ON o.id = t.execution_order_id WHERE true";

const COLUMNS: &[(&str, Kind)] = &[
    ("t.id", Kind::Plain),
    ("t.\"timestamp\"", Kind::Time),
    ("t.agent_id", Kind::Text),
    ("t.asset", Kind::Text),
    ("t.decision", Kind::Text),
    ("t.confidence_score", Kind::Float),
    ("t.price_at_decision", Kind::Numeric),
    ("t.is_executed", Kind::Bool),
    ("t.block_reason", Kind::Text),
    ("t.reason", Kind::Text),
    ("t.execution_order_id", Kind::Plain),
    ("o.status", Kind::Text),
    ("o.side", Kind::Text),
    ("o.quantity", Kind::Numeric),
    ("o.filled_quantity", Kind::Numeric),
    ("o.price", Kind::Numeric),
    ("o.filled_at", Kind::Time),
];

impl EngineView for TradeFilter {}

impl ListView for TradeFilter {
    type Row = TradeDecision;

    const SORT: &'static [&'static str] = &["sort_time", "sort_id"];

    fn branches(&self) -> Vec<Branch> {
        vec![Branch {
            row: ROW,
            columns: columns(TRADES, COLUMNS),
            from: FROM.to_owned(),
            export_from: None,
            time: "t.\"timestamp\"",
            sort: &["t.\"timestamp\"", "t.id"],
            order: &["t.\"timestamp\"", "t.id"],
        }]
    }

    fn and_conditions(query: &ListQuery<Self>, _: usize, sql: &mut Sql) {
        let filter = &query.filter;
        and_text(sql, "t.agent_id", &filter.agent);
        and_text(sql, "t.asset", &filter.asset);
        and_words(sql, "t.decision", &filter.decision);
        and_conditions(sql, &filter.outcome, |outcome| match outcome {
            OutcomeKind::Executed => "t.is_executed",
            OutcomeKind::Blocked => "t.block_reason IS NOT NULL",
            OutcomeKind::Pending => {
                "(NOT t.is_executed AND t.block_reason IS NULL AND t.decision <> 'HOLD')"
            }
        });
        and_conditions(sql, &filter.order_status, |status| match status {
            OrderStatus::Pending => "o.status = 'pending'",
            OrderStatus::Submitted => "o.status = 'submitted'",
            OrderStatus::Filled => "o.status = 'filled'",
            OrderStatus::Partial => "o.status = 'partial'",
            OrderStatus::Cancelled => "o.status = 'cancelled'",
            OrderStatus::Failed => "o.status = 'failed'",
            OrderStatus::Missing => "(t.execution_order_id IS NOT NULL AND o.id IS NULL)",
        });
        and_conditions(sql, &filter.block_kind, blocked_by);
        and_confidence(sql, "t.confidence_score", filter.confidence);
        and_search(sql, &["t.reason", "t.block_reason"], &query.words);
    }

    fn and_after(cursor: &Cursor<Uuid>, order: ListOrder, _: usize, sql: &mut Sql) {
        and_after_uuid(sql, "(t.\"timestamp\", t.id)", cursor, order);
    }

    fn read(row: &PgRow) -> Result<TradeDecision, sqlx::Error> {
        read_decision(row, read_brief)
    }

    fn read_key(row: &PgRow) -> Result<Uuid, sqlx::Error> {
        row.try_get("sort_id")
    }
}

impl Surveyable for TradeFilter {
    const KINDS: &'static [&'static str] =
        &["executed", "executed+blocked", "pending", "hold", "blocked"];
    const FACETS: &'static [FacetSpec] = &[
        FacetSpec {
            param: "outcome",
            value: outcome,
            named: None,
            joined: true,
        },
        FacetSpec::column("block_kind", block_kind),
        FacetSpec::column("asset", || "t.asset".to_owned()),
        FacetSpec::column("decision", || "t.decision".to_owned()),
        FacetSpec::column("agent", || "t.agent_id".to_owned()),
    ];
    const READ_ALL: u64 = 40_000;
    const SAMPLE: u64 = 10_000;

    fn kind() -> String {
        outcome()
    }
}

/// The words of [`OutcomeKind`], joined where a row is both; `hold` where it is none.
fn outcome() -> String {
    "CASE WHEN t.is_executed AND t.block_reason IS NOT NULL THEN 'executed+blocked' \
     WHEN t.is_executed THEN 'executed' WHEN t.block_reason IS NOT NULL THEN 'blocked' \
     WHEN t.decision = 'HOLD' THEN 'hold' ELSE 'pending' END"
        .to_owned()
}

/// The word of [`BlockKind`].
fn block_kind() -> String {
    let cases: Vec<String> = BlockKind::VALUES
        .iter()
        .map(|(kind, word)| format!("WHEN {} THEN '{word}'", blocked_by(*kind)))
        .collect();
    format!("CASE {} END", cases.join(" "))
}

/// That [`BlockKind::of`] the block reason is `kind`; NULL where there is no reason.
fn blocked_by(kind: BlockKind) -> String {
    let mut sql = Sql::new(Mode::Literal, "");
    let known = BlockKind::BEGINNINGS.iter();
    let beginnings = known.filter(|(_, of)| kind == BlockKind::Other || *of == kind);
    for (at, (beginning, _)) in beginnings.enumerate() {
        sql.push(if at > 0 { " OR " } else { "" });
        sql.push("starts_with(t.block_reason, ")
            .text(beginning)
            .push(")");
    }
    let any_of_them = sql.into_text();
    match kind {
        BlockKind::Other => format!("NOT ({any_of_them})"),
        _ => any_of_them,
    }
}

/// ` AND` that the pair `columns` comes after the cursor's row.
pub fn and_after_uuid(sql: &mut Sql, columns: &str, cursor: &Cursor<Uuid>, order: ListOrder) {
    sql.push(" AND ").push(columns).push(match order {
        ListOrder::Newest => " < (",
        ListOrder::Oldest => " > (",
    });
    sql.timestamp(cursor.timestamp)
        .push(", ")
        .uuid(cursor.key)
        .push(")");
}

fn read_decision<O>(
    row: &PgRow,
    read_order: impl FnOnce(&PgRow) -> Result<O, sqlx::Error>,
) -> Result<Decision<O>, sqlx::Error> {
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
    /// One decision with its whole order.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn find_trade(
        &self,
        _: &Auditor,
        id: Uuid,
    ) -> Result<Option<TradeDetail>, StoreError> {
        let mut sql = Sql::new(crate::sql::Mode::Bound, "SELECT ");
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
                decision: read_decision(row, read_order)?,
                algorithm_name: row.try_get("agent_algorithm_name")?,
            })
        };
        Ok(found.as_ref().map(read).transpose()?)
    }

    /// One order.
    ///
    /// # Errors
    /// When the database is away.
    pub(super) async fn find_order(&self, id: Uuid) -> Result<Option<Order>, StoreError> {
        let mut sql = Sql::new(crate::sql::Mode::Bound, concat!("SELECT ", order_brief!()));
        sql.push(ORDER_REST)
            .push(" FROM public.orders o")
            .push(ORDER_JOINS)
            .push(" WHERE o.id = ")
            .uuid(id);
        let found = sql.query().fetch_optional(self.pool()).await?;
        Ok(found.as_ref().map(read_order).transpose()?)
    }
}
