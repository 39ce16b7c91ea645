//! The pages that are measured, each with what it must at least ask the database.

use super::reference::{NEWEST, TRADES};

/// A page by its path.
#[derive(Clone, Copy, Debug)]
pub struct Page {
    /// Path and query string.
    pub path: &'static str,
    view: View,
    /// The filter as SQL over [`View`]'s tables.
    condition: &'static str,
}

#[derive(Clone, Copy, Debug)]
enum View {
    Trades,
    /// Conditions are about the executors' signals; the collectors' come without one.
    Signals,
    Events,
}

/// `/trades` plain, and by each kind of filter.
pub const TRADES_PAGES: [Page; 8] = [
    trades("/trades", "true"),
    trades("/trades?asset=BTC", "t.asset = 'BTC'"),
    trades(
        "/trades?agent=strategy_momentum_v1",
        "t.agent_id = 'strategy_momentum_v1'",
    ),
    trades("/trades?decision=BUY", "t.decision = 'BUY'"),
    trades("/trades?outcome=blocked", "t.block_reason is not null"),
    trades("/trades?last=7d", "t.timestamp > now() - interval '7 days'"),
    trades("/trades?min_confidence=0.9", "t.confidence_score >= 0.9"),
    trades(
        "/trades?q=limit",
        "(t.reason ilike '%limit%' or t.block_reason ilike '%limit%')",
    ),
];

/// The other views, plain, and by each kind of filter.
pub const OTHER_PAGES: [Page; 10] = [
    signals("/signals", "true"),
    signals(
        "/signals?coin=BTC",
        "e.document->'signal'->>'coin_type' = 'BTC'",
    ),
    signals(
        "/signals?action=buy",
        "e.document->'signal'->>'action' = 'buy'",
    ),
    signals(
        "/signals?last=24h",
        "e.timestamp > now() - interval '24 hours'",
    ),
    events("/events", "true"),
    events(
        "/events?type=ALGORITHM_SIGNAL",
        "e.event_type = 'ALGORITHM_SIGNAL'",
    ),
    events("/events?severity=warning", "e.severity = 'warning'"),
    events("/events?severity=critical", "e.severity = 'critical'"),
    events("/events?actor=system", "e.user_id is null"),
    events("/events?last=7d", "e.timestamp > now() - interval '7 days'"),
];

/// The executors' signals. A document that holds what no text of PostgreSQL can is not looked into.
const EXECUTORS: &str = "(select *, case when details::text not like '%\\u0000%' then details end \
    as document from audit_log where event_type = 'ALGORITHM_SIGNAL') e";

const EVENTS: &str = "select e.id, e.timestamp, e.event_type, e.severity, e.user_id, u.email, \
    e.details from audit_log e left join \"user\" u on u.id = e.user_id";

const fn trades(path: &'static str, condition: &'static str) -> Page {
    Page {
        path,
        view: View::Trades,
        condition,
    }
}

const fn signals(path: &'static str, condition: &'static str) -> Page {
    Page {
        path,
        view: View::Signals,
        condition,
    }
}

const fn events(path: &'static str, condition: &'static str) -> Page {
    Page {
        path,
        view: View::Events,
        condition,
    }
}

impl Page {
    /// What the page must ask the database: its rows, one more to know whether there is a next page, and
    /// the count, exact up to 10,000. As one statement, so that it is timed as one.
    pub fn sql(&self) -> String {
        let condition = self.condition;
        match self.view {
            View::Trades => trades_sql(condition),
            View::Signals => page_sql(
                EXECUTORS,
                condition,
                &format!(
                    "select * from ((select e.timestamp, e.id::text, e.document->'signal'->>'coin_type', \
                     e.document->'signal'->>'action', e.details::text from {EXECUTORS} \
                     where {condition} order by e.timestamp desc, e.id desc limit 51) union all \
                     (select c.generated_at, c.id::text, c.asset, c.type, c.context::text from signal c \
                     order by c.generated_at desc, c.id desc limit 51)) s order by timestamp desc"
                ),
            ),
            View::Events => page_sql(
                "audit_log e",
                condition,
                &format!("{EVENTS} where {condition} order by e.timestamp desc, e.id desc"),
            ),
        }
    }
}

/// As [`Page::sql`], of decisions that meet `condition`.
pub fn trades_sql(condition: &str) -> String {
    page_sql(
        "trade_audit t",
        condition,
        &format!("{TRADES} where {condition} {NEWEST}"),
    )
}

fn page_sql(table: &str, condition: &str, rows: &str) -> String {
    format!(
        "select (select count(*) from (select 1 from {table} where {condition} limit 10001) c), \
         p.* from ({rows} limit 51) p"
    )
}
