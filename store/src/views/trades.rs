//! `/trades`: trade decisions, with their orders.

use std::sync::LazyLock;

use domain::block::BlockKind;
use domain::catalogue::{CellFormat, Kind, Number, Param, TableColumn, Takes, ViewWords};
use domain::filter::choice::ParamEnum;
use domain::filter::trades::OutcomeKind;

use super::entry::{
    Branch, BranchKey, Condition, Entry, FacetSql, IdColumns, Options, Search, SqlColumn, SqlParam,
    SqlView, SurveySql, exported, internal, optional, range, shown,
};
use crate::sql::{Sql, sql};

/// The entry.
pub static TRADES: LazyLock<SqlView> = LazyLock::new(|| SqlView::from(entry()));

fn entry() -> Entry {
    Entry {
        name: "trades",
        schema: "Trade",
        words: ViewWords {
            title: "Trade decisions",
            nav: "Trades",
            about: "What the agents decided, what the Guard blocked, what was filled",
            noun: ("decision", "decisions"),
            search: "Search reasons",
            time: "Time",
        },
        params: params(),
        columns: columns(),
        table: table(),
        branches: vec![Branch {
            from: " FROM public.trade_audit t LEFT JOIN public.orders o ON o.id = t.execution_order_id WHERE true"
                .into(),
            export_from: None,
            time: "t.\"timestamp\"",
            key: BranchKey::Uuid("t.id"),
        }],
        late_join: None,
        search: Search {
            texts: &[&["t.reason", "t.block_reason"]],
            json: None,
        },
        survey: Some(SurveySql {
            kinds: &["executed", "executed+blocked", "pending", "hold", "blocked"],
            kind: OUTCOME,
            read_all: 40_000,
            sample: 10_000,
        }),
    }
}

/// Columns that [`CellFormat::TradeOutcome`] needs.
const TRADE_OUTCOME: &[&str] = &[
    "is_executed",
    "block_reason",
    "decision",
    "execution_order_id",
    "order_found",
    "order_status",
];
/// Columns that [`CellFormat::OrderStatus`] needs.
const ORDER_STATUS: &[&str] = &["execution_order_id", "order_found", "order_status"];

/// SQL of a row's [`OutcomeKind`]s, joined by `+` if there are two; `hold` if there is none.
const OUTCOME: &str = "CASE WHEN t.is_executed AND t.block_reason IS NOT NULL THEN 'executed+blocked' \
    WHEN t.is_executed THEN 'executed' WHEN t.block_reason IS NOT NULL THEN 'blocked' \
    WHEN t.decision = 'HOLD' THEN 'hold' ELSE 'pending' END";

fn columns() -> Vec<SqlColumn> {
    vec![
        exported("id", Kind::Plain, "t.id"),
        exported("timestamp", Kind::Time, "t.\"timestamp\""),
        exported("agent_id", Kind::Text, "t.agent_id"),
        exported("asset", Kind::Text, "t.asset"),
        exported("decision", Kind::Text, "t.decision"),
        exported("confidence_score", Kind::Float, "t.confidence_score"),
        exported("price_at_decision", Kind::Numeric, "t.price_at_decision"),
        exported("is_executed", Kind::Bool, "t.is_executed"),
        exported("block_reason", Kind::Text, "t.block_reason"),
        exported("reason", Kind::Text, "t.reason"),
        exported("execution_order_id", Kind::Plain, "t.execution_order_id"),
        exported("order_status", Kind::Text, "o.status"),
        exported("order_side", Kind::Text, "o.side"),
        exported("order_quantity", Kind::Numeric, "o.quantity"),
        exported("order_filled_quantity", Kind::Numeric, "o.filled_quantity"),
        exported("order_price", Kind::Numeric, "o.price"),
        exported("order_filled_at", Kind::Time, "o.filled_at"),
        internal("order_found", Kind::Bool, "o.id IS NOT NULL"),
    ]
}

fn table() -> Vec<TableColumn> {
    let mut table = default_columns();
    table.extend(optional_columns());
    table
}

/// Columns that the table shows by default.
fn default_columns() -> Vec<TableColumn> {
    vec![
        shown(
            "decision",
            "Decision",
            "c-decision",
            CellFormat::Decision,
            &["decision"],
        ),
        shown("asset", "Coin", "c-asset", CellFormat::Text, &["asset"]),
        shown(
            "price",
            "Price, AUD",
            "c-price num",
            CellFormat::Amount,
            &["price_at_decision"],
        ),
        shown(
            "confidence",
            "Confidence",
            "c-conf num",
            CellFormat::Confidence,
            &["confidence_score"],
        ),
        shown(
            "outcome",
            "Outcome",
            "c-outcome",
            CellFormat::TradeOutcome,
            TRADE_OUTCOME,
        ),
        shown("agent", "Agent", "c-agent", CellFormat::Text, &["agent_id"]),
        shown(
            "reason",
            "Reason",
            "c-reason",
            CellFormat::Text,
            &["reason"],
        ),
    ]
}

/// Columns that the table shows on request.
fn optional_columns() -> Vec<TableColumn> {
    vec![
        optional(
            "block_reason",
            "Blocked because",
            "c-reason",
            CellFormat::Text,
            &["block_reason"],
        ),
        optional(
            "order_status",
            "Order",
            "c-status",
            CellFormat::OrderStatus,
            ORDER_STATUS,
        ),
        optional(
            "order_side",
            "Side",
            "c-decision",
            CellFormat::Decision,
            &["order_side"],
        ),
        optional(
            "order_quantity",
            "Order quantity",
            "c-quantity num",
            CellFormat::Amount,
            &["order_quantity"],
        ),
        optional(
            "filled_quantity",
            "Filled",
            "c-quantity num",
            CellFormat::Amount,
            &["order_filled_quantity"],
        ),
        optional(
            "fill_price",
            "Fill price, AUD",
            "c-price num",
            CellFormat::Amount,
            &["order_price"],
        ),
        optional(
            "filled_at",
            "Filled at",
            "c-when",
            CellFormat::Time,
            &["order_filled_at"],
        ),
        optional(
            "order_id",
            "Order id",
            "c-id",
            CellFormat::Id,
            &["execution_order_id"],
        ),
        optional("id", "Id", "c-id", CellFormat::Id, &["id"]),
    ]
}

fn params() -> Vec<SqlParam> {
    let confidence = range(
        ["min_confidence", "max_confidence"],
        "Confidence",
        7,
        "0 to 1",
        Number::Share,
        |_| Sql::new("t.confidence_score"),
    );
    let value = range(
        ["min_value", "max_value"],
        "Value, AUD",
        9,
        "what the decision's order was filled for, in AUD",
        Number::Decimal,
        |_| Sql::new(VALUE),
    );
    let mut params = of_decision();
    params.extend(confidence);
    params.extend(of_order());
    params.extend(value);
    params
}

/// Parameters on a decision's own columns.
fn of_decision() -> Vec<SqlParam> {
    vec![
        SqlParam {
            param: Param::new("agent", "Agent", 6, "agent id, exactly", Takes::Text),
            condition: Condition::Equal("t.agent_id"),
            facet: Some(FacetSql::of(5, "t.agent_id")),
            options: Options::Distinct {
                table: "public.trade_audit",
                column: "agent_id",
            },
        },
        SqlParam {
            param: Param::new("asset", "Coin", 1, "coin, exactly", Takes::Text),
            condition: Condition::Equal("t.asset"),
            facet: Some(FacetSql::of(3, "t.asset")),
            options: Options::Distinct {
                table: "public.trade_audit",
                column: "asset",
            },
        },
        SqlParam {
            param: Param::new(
                "decision",
                "Decision",
                2,
                "BUY, SELL or HOLD, or what else is stored; in any case",
                Takes::Stored(&["BUY", "SELL", "HOLD"]),
            ),
            condition: Condition::EqualAnyCase("t.decision"),
            facet: Some(FacetSql::of(4, "upper(t.decision)")),
            options: Options::None,
        },
        SqlParam {
            param: Param::new(
                "outcome",
                "Outcome",
                3,
                "what became of the decision",
                Takes::word::<OutcomeKind>(),
            ),
            condition: Condition::Each(outcome),
            facet: Some(FacetSql {
                place: 1,
                value: OUTCOME.into(),
                names: None,
                joined: true,
            }),
            options: Options::None,
        },
        SqlParam {
            param: Param::new(
                "block_kind",
                "Blocked by",
                5,
                "what the Guard's reason for a block is about",
                Takes::word::<BlockKind>(),
            ),
            condition: Condition::Each(block_kind),
            facet: Some(FacetSql::of(2, block_kinds())),
            options: Options::None,
        },
    ]
}

/// Parameters on a decision's order.
fn of_order() -> Vec<SqlParam> {
    vec![
        SqlParam {
            param: Param::new(
                "id",
                "Id",
                10,
                "id of the decision or of its order",
                Takes::Id,
            ),
            condition: Condition::Id(IdColumns {
                table: "public.trade_audit",
                key: "t.id",
                reference: "t.execution_order_id",
                k_key: "k.id",
                k_reference: "k.execution_order_id",
                k_time: "k.\"timestamp\"",
            }),
            facet: None,
            options: Options::None,
        },
        SqlParam {
            param: Param::new(
                "order_status",
                "Order",
                4,
                "status of the decision's order as stored, or missing where the order does not exist",
                Takes::Stored(&[
                    "pending",
                    "submitted",
                    "filled",
                    "partial",
                    "cancelled",
                    "failed",
                    "missing",
                ]),
            ),
            condition: Condition::Each(order_status),
            facet: None,
            options: Options::None,
        },
        SqlParam {
            param: Param::new(
                "side",
                "Side",
                8,
                "side of the decision's order: buy or sell, or what else is stored; in any case",
                Takes::Stored(&["buy", "sell"]),
            ),
            condition: Condition::EqualAnyCase("o.side"),
            facet: None,
            options: Options::None,
        },
    ]
}

/// SQL of the filled value of a decision's order in AUD. Limit orders to buy have quantities in AUD, all others in
/// coins.
const VALUE: &str = "(CASE WHEN o.order_type = 'limit' AND o.side = 'buy' THEN o.filled_quantity \
    ELSE o.filled_quantity * o.price END)";

fn outcome(word: &str) -> Sql {
    Sql::new(match OutcomeKind::parse_word(word) {
        Some(OutcomeKind::Executed) => "t.is_executed",
        Some(OutcomeKind::Blocked) => "t.block_reason IS NOT NULL",
        Some(OutcomeKind::Pending) => {
            "(NOT t.is_executed AND t.block_reason IS NULL AND t.decision <> 'HOLD')"
        }
        None => "false",
    })
}

fn order_status(status: &str) -> Sql {
    if status == "missing" {
        return "(t.execution_order_id IS NOT NULL AND o.id IS NULL)".into();
    }
    let mut sql = Sql::new("o.status = ");
    sql.text_literal(status);
    sql
}

/// SQL of each row's [`BlockKind`].
fn block_kinds() -> Sql {
    let cases = BlockKind::VALUES
        .iter()
        .map(|(kind, word)| sql!["WHEN ", blocked_by(*kind), " THEN '", *word, "'"]);
    sql!["CASE ", Sql::joined(" ", cases), " END"]
}

fn block_kind(word: &str) -> Sql {
    BlockKind::parse_word(word).map_or_else(|| Sql::new("false"), blocked_by)
}

/// Condition: [`BlockKind::of`] the block reason is `kind`; NULL without a reason.
fn blocked_by(kind: BlockKind) -> Sql {
    let known = BlockKind::BEGINNINGS.iter();
    let beginnings = known.filter(|(_, of)| kind == BlockKind::Other || *of == kind);
    let any_of_them = Sql::joined(
        " OR ",
        beginnings.map(|(beginning, _)| {
            let mut sql = Sql::new("starts_with(t.block_reason, ");
            sql.text_literal(beginning).push(")");
            sql
        }),
    );
    match kind {
        BlockKind::Other => sql!["NOT (", any_of_them, ")"],
        _ => any_of_them,
    }
}
