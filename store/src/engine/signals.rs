//! Algorithm signals: `ALGORITHM_SIGNAL` events of the executor and rows of table `signal`, as one list.

use domain::columns::SIGNALS;
use domain::cursor::Cursor;
use domain::filter::{ListQuery, SignalFilter};
use domain::page::Order;
use domain::signal::{Origin, Signal, SignalId};
use sqlx::Row as _;
use sqlx::postgres::PgRow;

use super::EngineDb;
use super::columns::{Column, Kind, columns};
use super::fragments::{and_confidence, and_search_json, and_text, and_words, number, readable};
use super::list::{Branch, EngineView, ListView};
use super::signal_outcome;
use super::survey::{FacetSpec, NameSource, Surveyable};
use crate::StoreError;
use crate::access::Auditor;
use crate::pg::RowExt as _;
use crate::sql::{Mode, Sql};

/// What [`read`] reads, over either branch's tables.
const ROW: &str = "s.executor_id, s.collector_id, s.\"timestamp\", s.algorithm_id, \
    s.algorithm_name, s.coin, s.action, s.quantity, s.confidence, s.price, s.source, \
    s.details::text AS details, s.user_id";

/// The number of the executors' branch; the other is the collectors'.
const EXECUTOR: usize = 0;

/// So many characters of a coin out of json go into an index. There a coin may have any length, but a `btree` refuses a
/// row with a key of more than 2.7 kB, and with it the engine's insert.
const COIN_KEY: usize = 64;

const COLUMNS: &[(&str, Kind)] = &[
    (
        "coalesce(s.executor_id::text, s.collector_id::text)",
        Kind::Plain,
    ),
    ("s.\"timestamp\"", Kind::Time),
    ("s.origin", Kind::Plain),
    ("s.algorithm_id", Kind::Text),
    ("s.algorithm_name::text", Kind::Text),
    ("s.coin", Kind::Text),
    ("s.action", Kind::Text),
    ("s.quantity", Kind::NumberText),
    ("s.confidence", Kind::NumberText),
    ("s.price", Kind::NumberText),
    ("s.source", Kind::Text),
    ("s.details", Kind::Json),
];

/// How an executor's signals are taken apart.
#[derive(Clone, Copy, PartialEq, Eq)]
enum JsonExtraction {
    /// Each field where it is looked at: a filter on one field does not pay for the others, and an index of it can be
    /// used.
    WhereNeeded,
    /// All fields of a row once, whatever is done with them. Three times as fast where all are written out, some of
    /// them twice.
    Once,
}

/// The executor's signals with what their details hold, as texts.
fn executor_from(taken: JsonExtraction) -> String {
    // PostgreSQL does not take a select apart that has an OFFSET.
    let fence = match taken {
        JsonExtraction::WhereNeeded => "",
        JsonExtraction::Once => " OFFSET 0",
    };
    format!(
        " FROM (SELECT 'executor' AS origin, e.id AS executor_id, NULL::integer AS collector_id, \
         e.\"timestamp\", d.algorithm_id, \
         a.name AS algorithm_name, d.coin, d.action, d.quantity, \
         d.confidence, d.price, NULL::text AS source, e.details, e.user_id \
         FROM public.audit_log e \
         CROSS JOIN LATERAL (SELECT {}{fence}) r (document) \
         CROSS JOIN LATERAL (SELECT r.document->>'algorithm_id' AS algorithm_id, \
         r.document->'signal'->>'coin_type' AS coin, r.document->'signal'->>'action' AS action, \
         r.document->'signal'->>'quantity' AS quantity, \
         r.document->'signal'->>'confidence' AS confidence, \
         r.document->'market_data_snapshot'->>'price' AS price{fence}) d \
         LEFT JOIN public.algorithms a ON a.id = CASE WHEN d.algorithm_id \
         ~* '^[0-9a-f]{{8}}(-[0-9a-f]{{4}}){{3}}-[0-9a-f]{{12}}$' THEN d.algorithm_id::uuid END \
         WHERE e.event_type = 'ALGORITHM_SIGNAL') s WHERE true",
        readable("e.details")
    )
}

const COLLECTOR_FROM: &str = " FROM (SELECT 'collector' AS origin, NULL::uuid AS executor_id, \
    c.id AS collector_id, c.generated_at AS \"timestamp\", NULL::text AS algorithm_id, \
    NULL::text AS algorithm_name, c.asset::text AS coin, c.type::text AS action, \
    NULL::text AS quantity, c.strength::text AS confidence, NULL::text AS price, \
    c.source::text AS source, c.context AS details, NULL::uuid AS user_id, \
    c.strength \
    FROM public.signal c) s WHERE true";

/// What became of the signals `found`; only an executor's is looked up.
fn join_outcome() -> String {
    format!(
        " LEFT JOIN LATERAL ({}) became ON found.executor_id IS NOT NULL",
        signal_outcome::lookup("found")
    )
}

/// The beginning of the coin in the executor's `details`: what an index may hold of it.
pub fn coin_key(details: &str) -> String {
    let document = readable(details);
    format!("left({document} -> 'signal' ->> 'coin_type', {COIN_KEY})")
}

fn all_columns() -> Vec<Column> {
    columns(SIGNALS, COLUMNS)
}

impl EngineView for SignalFilter {}

impl ListView for SignalFilter {
    type Row = Signal;

    const SORT: &'static [&'static str] = &["sort_time", "sort_origin", "sort_number", "sort_id"];

    fn branches(&self) -> Vec<Branch> {
        // Its coins may have an index, see [`coin_key`].
        let needs_no_index = self.coin.any.is_empty() && self.coin.not.is_empty();
        vec![
            Branch {
                row: ROW,
                columns: all_columns(),
                from: executor_from(JsonExtraction::WhereNeeded),
                export_from: needs_no_index.then(|| executor_from(JsonExtraction::Once)),
                time: "s.\"timestamp\"",
                sort: &["s.\"timestamp\"", "1", "NULL::integer", "s.executor_id"],
                order: &["s.\"timestamp\"", "s.executor_id"],
            },
            Branch {
                row: ROW,
                columns: all_columns(),
                from: COLLECTOR_FROM.to_owned(),
                export_from: None,
                time: "s.\"timestamp\"",
                sort: &["s.\"timestamp\"", "0", "s.collector_id", "NULL::uuid"],
                order: &["s.\"timestamp\"", "s.collector_id"],
            },
        ]
    }

    fn and_conditions(query: &ListQuery<Self>, branch: usize, sql: &mut Sql) {
        let filter = &query.filter;
        let origin = if branch == EXECUTOR {
            Origin::Executor
        } else {
            Origin::Collector
        };
        if !filter.origin.passes(|wanted| *wanted == origin) {
            sql.push(" AND false");
        }
        and_algorithm(sql, filter);
        and_coin(sql, filter, branch);
        and_words(sql, "s.action", &filter.action);
        and_text(sql, "s.source", &filter.source);
        if branch == EXECUTOR {
            signal_outcome::and_outcome(sql, "s", &filter.outcome);
        } else {
            and_words(sql, "NULL::text", &filter.outcome);
        }
        let confidence = if branch == EXECUTOR {
            number("s.confidence")
        } else {
            "s.strength".to_owned()
        };
        and_confidence(sql, &confidence, filter.confidence);
        let searched: &[&str] = if branch == EXECUTOR {
            &["s.algorithm_name"]
        } else {
            &["s.source"]
        };
        and_search_json(sql, searched, "s.details", &query.words);
    }

    /// Signals of the same moment are ordered collectors first, then by their own key.
    fn and_after(cursor: &Cursor<SignalId>, order: Order, branch: usize, sql: &mut Sql) {
        let strictly = match order {
            Order::Newest => "<",
            Order::Oldest => ">",
        };
        sql.push(" AND ");
        match (cursor.key, branch) {
            (SignalId::Executor(id), EXECUTOR) => {
                sql.push("(s.\"timestamp\", s.executor_id) ")
                    .push(strictly)
                    .push(" (");
                sql.timestamp(cursor.timestamp)
                    .push(", ")
                    .uuid(id)
                    .push(")");
            }
            (SignalId::Collector(number), branch) if branch != EXECUTOR => {
                sql.push("(s.\"timestamp\", s.collector_id) ")
                    .push(strictly)
                    .push(" (");
                sql.timestamp(cursor.timestamp)
                    .push(", ")
                    .int(number)
                    .push(")");
            }
            (key, _) => {
                // The other branch: of the same moment all come after the cursor's row, or none.
                let all_come_after = (key.origin() == Origin::Executor) == (order == Order::Newest);
                sql.push("s.\"timestamp\" ").push(strictly);
                sql.push(if all_come_after { "= " } else { " " });
                sql.timestamp(cursor.timestamp);
            }
        }
    }

    fn looked_up() -> Option<(&'static str, String)> {
        Some((signal_outcome::ROW, join_outcome()))
    }

    fn read(row: &PgRow) -> Result<Signal, sqlx::Error> {
        let id = match row.try_get("executor_id")? {
            Some(id) => SignalId::Executor(id),
            None => SignalId::Collector(row.try_get("collector_id")?),
        };
        Ok(Signal {
            id,
            timestamp: row.timestamp("timestamp")?,
            algorithm_id: row.try_get("algorithm_id")?,
            algorithm_name: row.try_get("algorithm_name")?,
            coin: row.try_get("coin")?,
            action: row.try_get("action")?,
            quantity: row.try_get("quantity")?,
            confidence: row.try_get("confidence")?,
            price: row.try_get("price")?,
            source: row.try_get("source")?,
            details: row.try_get("details")?,
            outcome: match id {
                SignalId::Executor(_) => Some(signal_outcome::read(row)?),
                SignalId::Collector(_) => None,
            },
        })
    }

    fn read_key(row: &PgRow) -> Result<SignalId, sqlx::Error> {
        Ok(match row.try_get("sort_id")? {
            Some(id) => SignalId::Executor(id),
            None => SignalId::Collector(row.try_get("sort_number")?),
        })
    }
}

impl Surveyable for SignalFilter {
    const KINDS: &'static [&'static str] = &["buy", "sell", "neutral"];
    const FACETS: &'static [FacetSpec] = &[
        FacetSpec::column("action", || "s.action".to_owned()),
        FacetSpec::column("coin", || "s.coin".to_owned()),
        FacetSpec {
            named: Some(NameSource::Algorithms),
            ..FacetSpec::column("algorithm", || "s.algorithm_id".to_owned())
        },
    ];
    // Of each, json is taken apart.
    const READ_ALL: u64 = 8_000;
    const SAMPLE: u64 = 4_000;

    fn kind() -> String {
        "s.action".to_owned()
    }
}

/// ` AND` that the coin is wanted. A text is a short one if and only if its beginning is: so short coins are compared by
/// [`coin_key`], for the sake of those who have an index of it.
fn and_coin(sql: &mut Sql, filter: &SignalFilter, branch: usize) {
    let mut wanted = filter.coin.any.iter().chain(&filter.coin.not);
    if branch == EXECUTOR && wanted.all(|coin| coin.0.chars().count() < COIN_KEY) {
        and_text(sql, &format!("left(s.coin, {COIN_KEY})"), &filter.coin);
    } else {
        and_text(sql, "s.coin", &filter.coin);
    }
}

/// ` AND` that the algorithm's id or its name is wanted.
fn and_algorithm(sql: &mut Sql, filter: &SignalFilter) {
    for (wanted, end) in [
        (&filter.algorithm.any, ")"),
        (&filter.algorithm.not, ") IS NOT TRUE"),
    ] {
        let texts: Vec<String> = wanted.iter().map(|text| text.0.clone()).collect();
        if !texts.is_empty() {
            sql.push(" AND (s.algorithm_id = ANY(").texts(texts.clone());
            sql.push(") OR s.algorithm_name = ANY(")
                .texts(texts)
                .push(")")
                .push(end);
        }
    }
}

impl EngineDb {
    /// One signal.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn find_signal(
        &self,
        _: &Auditor,
        id: SignalId,
    ) -> Result<Option<Signal>, StoreError> {
        let mut sql = Sql::new(Mode::Bound, "SELECT found.*, ");
        sql.push(signal_outcome::ROW)
            .push(" FROM (SELECT ")
            .push(ROW);
        match id {
            SignalId::Executor(id) => {
                sql.push(&executor_from(JsonExtraction::WhereNeeded))
                    .push(" AND s.executor_id = ")
                    .uuid(id);
            }
            SignalId::Collector(number) => {
                sql.push(COLLECTOR_FROM)
                    .push(" AND s.collector_id = ")
                    .int(number);
            }
        }
        sql.push(") found").push(&join_outcome());
        let found = sql.query().fetch_optional(self.pool()).await?;
        Ok(found.as_ref().map(SignalFilter::read).transpose()?)
    }
}
