//! Indexes that are worth their size on a large history, each with the lists that it speeds up. Two candidates brought
//! nothing when measured and were left out: `("timestamp", id)`, since few rows share a microsecond, and
//! `confidence_score`, which pages do not look up.

use domain::catalogue::View;
use domain::filter::negation::escaped;
use domain::filter::{ListQuery, Window};
use domain::query::Params;

use crate::engine::list::Output;
use crate::sql::{Sql, sql};
use crate::views::{EVENTS, SIGNALS, SqlView, TRADES, coin_key};

/// Access method of an index.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// `btree`
    Btree,
    /// `gin` over trigrams, with extension `pg_trgm`.
    Trigrams,
}

impl Method {
    /// PostgreSQL's name of the access method.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Btree => "btree",
            Self::Trigrams => "gin",
        }
    }
}

/// An index that may help.
pub struct Candidate {
    pub name: &'static str,
    pub table: &'static str,
    pub method: Method,
    /// Columns and expressions, as SQL.
    pub keys: Vec<Sql>,
    /// Condition of a partial index.
    pub predicate: Option<&'static str>,
    /// Lists that it speeds up.
    pub served: Vec<Served>,
    pub remark: Option<&'static str>,
}

/// A list parameter that an index speeds up.
pub struct Served {
    sql: &'static SqlView,
    pub parameter: &'static str,
    pub values: Values,
}

/// The parameter values to measure a list with.
pub enum Values {
    /// Fixed values.
    Words(&'static [&'static str]),
    /// Results of these queries, each at most one text.
    Found(&'static [&'static str]),
}

/// A list filtered by one value of one parameter: its URL, and the statements of its page.
pub struct Statements {
    pub path: String,
    pub page: Sql,
    pub count: Sql,
}

impl Served {
    fn by(sql: &'static SqlView, parameter: &'static str, values: Values) -> Self {
        Self {
            sql,
            parameter,
            values,
        }
    }

    /// The view.
    pub fn view(&self) -> View {
        View(&self.sql.spec)
    }

    /// The list filtered by this value; `None` when the parameter does not accept it.
    pub fn statements(&self, value: &str) -> Option<Statements> {
        let pair = (self.parameter.to_owned(), escaped(value));
        let params = Params::from_pairs([pair]).ok()?;
        let query = ListQuery::from_params(self.view(), params).ok()?;
        let columns: Vec<usize> = (0..self.sql.columns.len()).collect();
        let (window, output) = (Window::default(), Output::Values(&columns));
        Some(Statements {
            path: query.pairs().link(&self.view().path()),
            page: self.sql.page_sql(&query, window, output),
            count: self.sql.count_sql(&query, window),
        })
    }
}

impl Candidate {
    fn on<K: Into<Sql>>(
        table: &'static str,
        name: &'static str,
        keys: impl IntoIterator<Item = K>,
        served: Vec<Served>,
    ) -> Self {
        Self {
            name,
            table,
            method: Method::Btree,
            keys: keys.into_iter().map(Into::into).collect(),
            predicate: None,
            served,
            remark: None,
        }
    }

    /// Adds a remark for the operator.
    fn remarked(mut self, remark: &'static str) -> Self {
        self.remark = Some(remark);
        self
    }

    /// Makes it a partial index.
    fn of_rows(mut self, predicate: &'static str) -> Self {
        self.predicate = Some(predicate);
        self
    }

    /// ` USING … (…) WHERE …`: the definition without names.
    pub fn contents(&self) -> Sql {
        let class = match self.method {
            Method::Btree => "",
            Method::Trigrams => " gin_trgm_ops",
        };
        let keys = self.keys.iter().map(|key| sql![key, class]);
        let mut sql = sql![
            " USING ",
            self.method.name(),
            " (",
            Sql::joined(", ", keys),
            ")"
        ];
        if let Some(rows) = self.predicate {
            sql.push(" WHERE ").push(rows);
        }
        sql
    }

    /// `NAME ON TABLE USING … (…) WHERE …`. Both names must be valid SQL.
    pub fn definition(&self, name: &str, on: &str) -> String {
        format!("{name} ON {on}{}", self.contents())
    }
}

/// A remark of several indexes: for values that occur often, the index on time finds the newest rows quickly enough.
const QUIET: &str = "where a value has not occurred for long, like a coin that is traded no more";

/// All candidates.
pub fn all() -> Vec<Candidate> {
    let mut all = of_trades();
    all.extend(of_events());
    all.extend(of_signals());
    all
}

fn of_trades() -> Vec<Candidate> {
    let by = |parameter, values| Served::by(&TRADES, parameter, values);
    let words = Values::Words;
    let mut search = Candidate::on(
        "trade_audit",
        "audit_console_trades_words",
        ["reason COLLATE \"C\"", "block_reason COLLATE \"C\""],
        vec![by("q", words(&["zyzzyva"]))],
    )
    .remarked("large, and written at every insert: where people search often");
    search.method = Method::Trigrams;
    vec![
        Candidate::on(
            "trade_audit",
            "audit_console_trades_asset",
            ["asset", "\"timestamp\"", "id"],
            vec![by("asset", Values::Found(ASSETS))],
        )
        .remarked(QUIET),
        Candidate::on(
            "trade_audit",
            "audit_console_trades_agent",
            ["agent_id", "\"timestamp\"", "id"],
            vec![by("agent", Values::Found(AGENTS))],
        )
        .remarked(QUIET),
        Candidate::on(
            "trade_audit",
            "audit_console_trades_blocked",
            ["\"timestamp\"", "id"],
            vec![
                by("outcome", words(&["blocked"])),
                by("block_kind", words(&["daily_loss", "exposure"])),
            ],
        )
        .of_rows("block_reason IS NOT NULL"),
        Candidate::on(
            "trade_audit",
            "audit_console_trades_pending",
            ["\"timestamp\"", "id"],
            vec![by("outcome", words(&["pending"]))],
        )
        .of_rows("NOT is_executed AND block_reason IS NULL AND decision <> 'HOLD'"),
        Candidate::on(
            "trade_audit",
            "audit_console_trades_order",
            ["execution_order_id"],
            vec![by("order_status", words(&["submitted", "pending"]))],
        )
        .of_rows("execution_order_id IS NOT NULL"),
        search,
    ]
}

fn of_events() -> Vec<Candidate> {
    let by = |parameter, values| Served::by(&EVENTS, parameter, values);
    vec![
        Candidate::on(
            "audit_log",
            "audit_console_events_severity_lower",
            ["lower(severity)", "\"timestamp\"", "id"],
            vec![by("severity", Values::Words(&["critical", "error"]))],
        ),
        Candidate::on(
            "audit_log",
            "audit_console_events_user",
            ["user_id", "\"timestamp\"", "id"],
            vec![
                by("actor", Values::Words(&["system"])),
                by("actor", Values::Found(USERS)),
            ],
        ),
        Candidate::on(
            "audit_log",
            "audit_console_events_type",
            ["event_type", "\"timestamp\"", "id"],
            vec![by("type", Values::Found(EVENT_TYPES))],
        )
        .remarked(QUIET),
    ]
}

fn of_signals() -> Vec<Candidate> {
    let by = |parameter, values| Served::by(&SIGNALS, parameter, values);
    let coin = coin_key("details");
    vec![
        Candidate::on(
            "audit_log",
            "audit_console_signals_coin",
            [coin, "\"timestamp\"".into(), "id".into()],
            vec![by("coin", Values::Found(SIGNAL_COINS))],
        )
        .of_rows("event_type = 'ALGORITHM_SIGNAL'")
        .remarked("takes the coin out of the details of every signal that the engine inserts"),
        Candidate::on(
            "signal",
            "audit_console_signals_source",
            ["source", "generated_at", "id"],
            vec![by("source", Values::Found(SOURCES))],
        )
        .remarked(QUIET),
    ]
}

/// Queries of two values of a column: the most frequent one, and among those with more than 50 rows the one that has
/// not occurred for the longest time.
macro_rules! frequent_and_quiet {
    ($table:literal, $column:literal, $time:literal) => {
        &[
            concat!(
                "SELECT ",
                $column,
                "::text FROM ",
                $table,
                " WHERE ",
                $column,
                " IS NOT NULL GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1"
            ),
            concat!(
                "SELECT ",
                $column,
                "::text FROM ",
                $table,
                " WHERE ",
                $column,
                " IS NOT NULL GROUP BY 1 HAVING count(*) > 50 ORDER BY max(",
                $time,
                "), 1 LIMIT 1"
            ),
        ]
    };
}

const ASSETS: &[&str] = frequent_and_quiet!("trade_audit", "asset", "timestamp");
const AGENTS: &[&str] = frequent_and_quiet!("trade_audit", "agent_id", "timestamp");
const EVENT_TYPES: &[&str] = frequent_and_quiet!("audit_log", "event_type", "timestamp");
const USERS: &[&str] = frequent_and_quiet!("audit_log", "user_id", "timestamp");
const SOURCES: &[&str] = frequent_and_quiet!("signal", "source", "generated_at");
/// A coin without signals, and one with the fewest orders.
const SIGNAL_COINS: &[&str] = &[
    "SELECT 'NONE'",
    "SELECT coin_type FROM orders GROUP BY 1 ORDER BY count(*), 1 LIMIT 1",
];
