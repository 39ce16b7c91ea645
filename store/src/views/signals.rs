//! `/signals`: `ALGORITHM_SIGNAL` events of the executor and rows of table `signal`, as one list.

use std::sync::LazyLock;

use domain::catalogue::{
    CellFormat, Filter, Given, Kind, Number, Param, TableColumn, Takes, ViewWords,
};
use domain::filter::signals::SignalOutcomeKind;
use domain::signal::Origin;

use super::condition::and_equal;
use super::entry::{
    Branch, BranchKey, Condition, Entry, ExportFrom, FacetSql, LateJoin, NameSource, Options,
    Search, SqlColumn, SqlParam, SqlView, SurveySql, exported, late, optional, range, shown,
};
use crate::engine::fragments::{number, readable};
use crate::engine::signal_outcome;
use crate::sql::{Sql, sql};

/// The entry.
pub static SIGNALS: LazyLock<SqlView> = LazyLock::new(|| SqlView::from(entry()));

/// Index of the executors' branch; the other is the collectors'.
const EXECUTOR: usize = 0;

/// Number of characters of a coin that an index contains. A coin in JSON may have any length, and a `btree` index
/// rejects keys above 2.7 kB, which would fail the engine's insert.
const COIN_KEY: usize = 64;

fn entry() -> Entry {
    Entry {
        name: "signals",
        schema: "Signal",
        words: ViewWords {
            title: "Algorithm signals",
            nav: "Signals",
            about: "What algorithms and data collectors asked for, and what became of it",
            noun: ("signal", "signals"),
            search: "Search names and details",
            time: "Time",
        },
        params: params(),
        columns: columns(),
        table: table(),
        branches: vec![
            Branch {
                from: executor_from(JsonExtraction::WhereNeeded),
                export_from: Some(ExportFrom {
                    from: executor_from(JsonExtraction::Once),
                    suits: needs_no_index,
                }),
                time: "s.\"timestamp\"",
                key: BranchKey::Uuid("s.executor_id"),
            },
            Branch {
                from: COLLECTOR_FROM.into(),
                export_from: None,
                time: "s.\"timestamp\"",
                key: BranchKey::Integer("s.collector_id"),
            },
        ],
        late_join: Some(LateJoin {
            needs: signal_outcome::NEEDS,
            join: sql![
                " LEFT JOIN LATERAL (",
                signal_outcome::lookup("found"),
                ") became ON found.executor_id IS NOT NULL"
            ],
        }),
        search: Search {
            texts: &[&["s.algorithm_name"], &["s.source"]],
            json: Some("s.details"),
        },
        survey: Some(SurveySql {
            kinds: &["buy", "sell", "neutral"],
            kind: "s.action",
            // Low limits, since JSON is parsed for each row.
            read_all: 8_000,
            sample: 4_000,
        }),
    }
}

/// Columns that [`CellFormat::SignalOutcome`] needs.
const OUTCOME: &[&str] = &[
    "origin",
    "outcome_event",
    "outcome_verdict",
    "rejection_reason",
    "order_status",
];

/// How fields are extracted from the JSON of executors' signals.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum JsonExtraction {
    /// Extract each field where it is used. A filter on one field does not pay for the others and can use an index.
    WhereNeeded,
    /// Extract all fields of a row once. Three times as fast when all of them are output.
    Once,
}

/// `FROM` clause of the executors' signals, with fields of their details as texts.
pub fn executor_from(extraction: JsonExtraction) -> Sql {
    // `OFFSET` keeps PostgreSQL from inlining the subselect.
    let fence = match extraction {
        JsonExtraction::WhereNeeded => "",
        JsonExtraction::Once => " OFFSET 0",
    };
    Sql::template(
        " FROM (SELECT 'executor' AS origin, e.id AS executor_id, NULL::integer AS collector_id, \
         e.\"timestamp\", d.algorithm_id, \
         a.name AS algorithm_name, d.coin, d.action, d.quantity, \
         d.confidence, d.price, NULL::text AS source, e.details, e.user_id \
         FROM public.audit_log e \
         CROSS JOIN LATERAL (SELECT {details}{fence}) r (document) \
         CROSS JOIN LATERAL (SELECT r.document->>'algorithm_id' AS algorithm_id, \
         r.document->'signal'->>'coin_type' AS coin, r.document->'signal'->>'action' AS action, \
         r.document->'signal'->>'quantity' AS quantity, \
         r.document->'signal'->>'confidence' AS confidence, \
         r.document->'market_data_snapshot'->>'price' AS price{fence}) d \
         LEFT JOIN public.algorithms a ON a.id = CASE WHEN d.algorithm_id \
         ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' THEN d.algorithm_id::uuid END \
         WHERE e.event_type = 'ALGORITHM_SIGNAL') s WHERE true",
        &[("details", readable("e.details")), ("fence", fence.into())],
    )
}

/// `FROM` clause of the collectors' signals.
pub const COLLECTOR_FROM: &str = " FROM (SELECT 'collector' AS origin, NULL::uuid AS executor_id, \
    c.id AS collector_id, c.generated_at AS \"timestamp\", NULL::text AS algorithm_id, \
    NULL::text AS algorithm_name, c.asset::text AS coin, c.type::text AS action, \
    NULL::text AS quantity, c.strength::text AS confidence, NULL::text AS price, \
    c.source::text AS source, c.context AS details, NULL::uuid AS user_id, \
    c.strength \
    FROM public.signal c) s WHERE true";

/// Prefix of the coin in the executor's `details`, short enough for an index.
pub fn coin_key(details: &'static str) -> Sql {
    sql![
        "left(",
        readable(details),
        " -> 'signal' ->> 'coin_type', ",
        COIN_KEY,
        ")"
    ]
}

/// Whether a filter cannot use an index on [`coin_key`].
fn needs_no_index(filter: &Filter) -> bool {
    filter.get("coin").is_none_or(Given::is_empty)
}

fn columns() -> Vec<SqlColumn> {
    vec![
        exported(
            "id",
            Kind::Plain,
            "coalesce(s.executor_id::text, s.collector_id::text)",
        ),
        exported("timestamp", Kind::Time, "s.\"timestamp\""),
        exported("origin", Kind::Plain, "s.origin"),
        exported("algorithm_id", Kind::Text, "s.algorithm_id"),
        exported("algorithm_name", Kind::Text, "s.algorithm_name::text"),
        exported("coin", Kind::Text, "s.coin"),
        exported("action", Kind::Text, "s.action"),
        exported("quantity", Kind::NumberText, "s.quantity"),
        exported("confidence", Kind::NumberText, "s.confidence"),
        exported("price", Kind::NumberText, "s.price"),
        exported("source", Kind::Text, "s.source"),
        exported("details", Kind::Json, "s.details"),
        late("outcome_event", Kind::Plain, "became.verdict_id"),
        late("outcome_verdict", Kind::Plain, "became.verdict"),
        late("rejection_reason", Kind::Text, "became.rejection_reason"),
        late("order_status", Kind::Text, "became.order_status"),
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
            "action",
            "Action",
            "c-decision",
            CellFormat::Decision,
            &["action"],
        ),
        shown("coin", "Coin", "c-asset", CellFormat::Text, &["coin"]),
        shown(
            "quantity",
            "Quantity",
            "c-quantity num",
            CellFormat::SpelledNumber,
            &["quantity"],
        ),
        shown(
            "price",
            "Price, AUD",
            "c-price num",
            CellFormat::SpelledNumber,
            &["price"],
        ),
        shown(
            "confidence",
            "Confidence",
            "c-conf num",
            CellFormat::SpelledConfidence,
            &["confidence"],
        ),
        shown(
            "outcome",
            "Outcome",
            "c-outcome",
            CellFormat::SignalOutcome,
            OUTCOME,
        ),
        shown(
            "origin",
            "Origin",
            "c-origin",
            CellFormat::Word,
            &["origin"],
        ),
        shown(
            "by",
            "Algorithm or source",
            "c-by",
            CellFormat::FirstText,
            &["algorithm_name", "algorithm_id", "source"],
        ),
    ]
}

/// Columns that the table shows on request.
fn optional_columns() -> Vec<TableColumn> {
    vec![
        optional(
            "algorithm",
            "Algorithm",
            "c-agent",
            CellFormat::Text,
            &["algorithm_name"],
        ),
        optional(
            "algorithm_id",
            "Algorithm id",
            "c-id",
            CellFormat::Code,
            &["algorithm_id"],
        ),
        optional("source", "Source", "c-agent", CellFormat::Text, &["source"]),
        optional(
            "rejection",
            "Rejected because",
            "c-reason",
            CellFormat::Text,
            &["rejection_reason"],
        ),
        optional(
            "details",
            "Details",
            "c-details",
            CellFormat::Json,
            &["details"],
        ),
        optional("id", "Id", "c-id", CellFormat::Id, &["id"]),
    ]
}

fn params() -> Vec<SqlParam> {
    let mut params = of_content();
    params.extend(of_origin());
    params.extend(range(
        ["min_confidence", "max_confidence"],
        "Confidence",
        7,
        "0 to 1",
        Number::Share,
        confidence_sql,
    ));
    params
}

/// Parameters on a signal's content.
fn of_content() -> Vec<SqlParam> {
    vec![
        SqlParam {
            param: Param::new(
                "algorithm",
                "Algorithm",
                5,
                "an algorithm's id or name",
                Takes::Text,
            ),
            condition: Condition::EqualEither(&["s.algorithm_id", "s.algorithm_name"]),
            facet: Some(FacetSql::of_ids(
                3,
                "s.algorithm_id",
                NameSource::Algorithms,
            )),
            options: Options::AlgorithmNames,
        },
        SqlParam {
            param: Param::new("coin", "Coin", 1, "coin, exactly", Takes::Text),
            condition: Condition::Custom(and_coin),
            facet: Some(FacetSql::of(2, "s.coin")),
            options: Options::Distinct {
                table: "public.orders",
                column: "coin_type",
            },
        },
        SqlParam {
            param: Param::new(
                "action",
                "Action",
                2,
                "buy, sell or neutral, or what else is stored",
                Takes::Stored(&["buy", "sell", "neutral"]),
            ),
            condition: Condition::Equal("s.action"),
            facet: Some(FacetSql::of(1, "s.action")),
            options: Options::None,
        },
    ]
}

/// Parameters on a signal's origin and outcome.
fn of_origin() -> Vec<SqlParam> {
    vec![
        SqlParam {
            param: Param::new(
                "origin",
                "Origin",
                4,
                "who wrote the signal",
                Takes::word::<Origin>(),
            ),
            condition: Condition::Custom(and_origin),
            facet: None,
            options: Options::None,
        },
        SqlParam {
            param: Param::new(
                "outcome",
                "Outcome",
                3,
                "how far an executor's signal got; a collector's is none of these",
                Takes::word::<SignalOutcomeKind>(),
            ),
            condition: Condition::Custom(and_outcome),
            facet: None,
            options: Options::None,
        },
        SqlParam {
            param: Param::new("source", "Source", 6, "a collector's name", Takes::Text),
            condition: Condition::Equal("s.source"),
            facet: None,
            options: Options::None,
        },
    ]
}

/// The confidence as a number; NULL if it is none.
fn confidence_sql(branch: usize) -> Sql {
    if branch == EXECUTOR {
        number("s.confidence")
    } else {
        "s.strength".into()
    }
}

fn and_origin(sql: &mut Sql, given: &Given, branch: usize) {
    let origin = if branch == EXECUTOR {
        Origin::Executor
    } else {
        Origin::Collector
    };
    if !given.passes(|word| word == origin.as_str()) {
        sql.push(" AND false");
    }
}

fn and_outcome(sql: &mut Sql, given: &Given, branch: usize) {
    if branch == EXECUTOR {
        signal_outcome::and_outcome(sql, "s", given);
    } else {
        and_equal(sql, &Sql::new("NULL::text"), given);
    }
}

/// Appends ` AND` the coin is wanted. Coins shorter than the prefix are compared by [`coin_key`], so that an index on
/// it can be used.
fn and_coin(sql: &mut Sql, given: &Given, branch: usize) {
    let mut wanted = given.any.iter().chain(&given.not);
    if branch == EXECUTOR && wanted.all(|coin| coin.chars().count() < COIN_KEY) {
        and_equal(sql, &sql!["left(s.coin, ", COIN_KEY, ")"], given);
    } else {
        and_equal(sql, &Sql::new("s.coin"), given);
    }
}
