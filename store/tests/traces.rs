//! Traces over the real engine's rows and hostile ones.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    missing_docs,
    reason = "a test fails where it meets what it did not expect"
)]

mod common;

use common::Engine;
use domain::order::OrderLink;
use domain::trace::{Gap, Link, NoOrder, RowId, Rule, Trace};
use uuid::Uuid;

const USER: &str = "d8f801bd-2f59-474a-9e91-75121af54b5a";
const ALGORITHM: &str = "74ad3880-c88c-4a10-bd8f-5c5659726601";

async fn find(engine: &Engine, row: RowId) -> Option<Trace> {
    engine.db.find_trace(&engine.auditor, row).await.unwrap()
}

async fn ids(engine: &Engine, sql: &str) -> Vec<Uuid> {
    sqlx::query_scalar(sqlx::AssertSqlSafe(sql.to_owned()))
        .fetch_all(engine.database.pool())
        .await
        .unwrap()
}

/// Every row of a trace, in the order of a trade.
fn rows(trace: &Trace) -> Vec<RowId> {
    let events = trace.events().map(|part| RowId::Event(part.row.id));
    let decision = trace.decision.iter();
    let order = trace.order.iter();
    events
        .chain(decision.map(|part| RowId::Decision(part.row.decision.id)))
        .chain(order.map(|part| RowId::Order(part.row.id)))
        .collect()
}

/// Asserts that a trace is the same from each of its rows.
async fn assert_same_from_everywhere(engine: &Engine, trace: &Trace) {
    for row in rows(trace) {
        let mut other = find(engine, row).await.unwrap();
        assert_eq!(other.subject, row);
        other.subject = trace.subject;
        assert_eq!(&other, trace, "from {row:?}");
    }
}

#[tokio::test]
async fn every_executed_decision_of_the_sample_has_its_whole_trace() {
    let engine = Engine::sample().await;
    let executed = ids(&engine, "SELECT id FROM trade_audit WHERE is_executed").await;
    assert_eq!(executed.len(), 37);
    let mut stopped = 0;
    for id in executed {
        let trace = find(&engine, RowId::Decision(id)).await.unwrap();
        assert_eq!(trace.gaps(), [], "{trace:?}");
        assert_eq!(trace.checks.len(), 2);
        assert_eq!(trace.decision.as_ref().unwrap().link, Link::Key);
        assert!(!trace.is_cut);
        let background = &trace.background;
        assert_eq!(background.algorithm.as_ref().unwrap().name, "MA Crossover");
        assert!(background.position.is_some());
        stopped += background.stops.len();
        assert_same_from_everywhere(&engine, &trace).await;
    }
    // Three trades overlap with the toggle's episode, which was not enforced.
    assert_eq!(stopped, 3);
}

#[tokio::test]
async fn a_blocked_decision_has_both_rows_of_its_rejection() {
    let engine = Engine::sample().await;
    let blocked = ids(
        &engine,
        "SELECT id FROM trade_audit WHERE block_reason IS NOT NULL",
    )
    .await;
    assert_eq!(blocked.len(), 11);
    for id in blocked {
        let trace = find(&engine, RowId::Decision(id)).await.unwrap();
        assert!(trace.signal.is_some() && trace.rejection.is_some());
        assert!(trace.rejection_error.is_some() && trace.checks.is_empty());
        assert_eq!(trace.gaps(), [Gap::Order(NoOrder::Stopped)]);
        assert_eq!(trace.background.stops.len(), 1);
        assert_same_from_everywhere(&engine, &trace).await;
    }
}

#[tokio::test]
async fn hold_traces_have_one_row_and_other_events_have_no_trace() {
    let engine = Engine::sample().await;
    let hold = ids(
        &engine,
        "SELECT id FROM trade_audit WHERE decision = 'HOLD' LIMIT 1",
    )
    .await;
    let trace = find(&engine, RowId::Decision(hold[0])).await.unwrap();
    assert_eq!(rows(&trace), [RowId::Decision(hold[0])]);
    assert_eq!(trace.gaps(), []);
    let stop = "SELECT id FROM audit_log WHERE event_type LIKE 'EMERGENCY%' LIMIT 1";
    let stop = ids(&engine, stop).await[0];
    for row in [
        RowId::Event(stop),
        RowId::Order(stop),
        RowId::Decision(stop),
    ] {
        assert_eq!(find(&engine, row).await, None);
    }
}

#[tokio::test]
async fn distant_missing_and_unnamed_orders_are_distinguished() {
    let engine = Engine::empty().await;
    let [far, missing, unnamed, order] = [1, 2, 3, 4].map(Uuid::from_u128);
    engine
        .execute(&format!(
            "INSERT INTO \"user\" (id, email, is_active, is_superuser, hashed_password) \
             VALUES ('{USER}', 'u@example.com', true, false, 'dummy'); \
             INSERT INTO orders (id, user_id, coin_type, side, order_type, quantity, filled_quantity, \
               status, created_at, updated_at) \
             VALUES ('{order}', '{USER}', 'BTC', 'buy', 'market', 1, 0, 'submitted', \
               '2026-11-23 09:00:00+00', '2026-11-23 09:00:00+00'); \
             INSERT INTO trade_audit (id, \"timestamp\", agent_id, decision, reason, confidence_score, \
               asset, is_executed, execution_order_id) VALUES \
             ('{far}', '2026-11-23 07:00:00+00', 'a', 'BUY', '', 0.5, 'BTC', true, '{order}'), \
             ('{missing}', '2026-11-23 06:00:00+00', 'a', 'BUY', '', 0.5, 'BTC', true, gen_random_uuid()), \
             ('{unnamed}', '2026-11-23 05:00:00+00', 'a', 'BUY', '', 0.5, 'BTC', true, NULL)"
        ))
        .await;
    let trace = find(&engine, RowId::Decision(far)).await.unwrap();
    assert_eq!(trace.order.as_ref().unwrap().row.id, order);
    assert_eq!(trace.order.unwrap().link, Link::Key);
    for (id, why) in [(missing, NoOrder::Missing), (unnamed, NoOrder::Unnamed)] {
        let trace = find(&engine, RowId::Decision(id)).await.unwrap();
        assert_eq!(trace.gaps(), [Gap::Signal, Gap::Verdict, Gap::Order(why)]);
    }
    let trace = find(&engine, RowId::Decision(missing)).await.unwrap();
    assert_eq!(
        trace.decision.unwrap().row.decision.order,
        OrderLink::Missing
    );
}

#[tokio::test]
async fn several_signals_that_fit_are_candidates() {
    let engine = Engine::empty().await;
    let signal = |id: u128, at: &str| {
        format!(
            "('{}', '2026-11-23 07:00:0{at}+00', 'ALGORITHM_SIGNAL', 'info', '{{\"signal\": \
             {{\"action\": \"buy\", \"coin_type\": \"BTC\", \"quantity\": \"1\"}}}}')",
            Uuid::from_u128(id)
        )
    };
    engine
        .execute(&format!(
            "INSERT INTO audit_log (id, \"timestamp\", event_type, severity, details) VALUES {}, {}, \
             ('{}', '2026-11-23 07:00:05+00', 'TRADE_APPROVED', 'info', \
              '{{\"coin\": \"BTC\", \"side\": \"buy\", \"quantity\": 1}}')",
            signal(1, "1"),
            signal(2, "3"),
            Uuid::from_u128(3),
        ))
        .await;
    let trace = find(&engine, RowId::Event(Uuid::from_u128(3)))
        .await
        .unwrap();
    assert_eq!(
        trace.checks[0].link,
        Link::Inferred {
            rule: Rule::Verdict,
            to: RowId::Event(Uuid::from_u128(2)),
            distance: 2_000_000,
            others: vec![RowId::Event(Uuid::from_u128(1))],
        }
    );
}

/// Hostile rows beside the requested row, and at the limits of time.
#[tokio::test]
async fn hostile_rows_break_no_trace() {
    let engine = Engine::sample().await;
    engine
        .execute(&format!(
            "CREATE TEMPORARY TABLE near ON COMMIT DROP AS \
               SELECT \"timestamp\" AS at FROM trade_audit WHERE is_executed LIMIT 3; \
             INSERT INTO audit_log (id, \"timestamp\", event_type, severity, user_id, details) \
             SELECT gen_random_uuid(), at, kind, severity, '{USER}', document::json \
             FROM near, (VALUES ('ALGORITHM_SIGNAL'), ('TRADE_APPROVED'), ('TRADE_REJECTED')) AS k (kind), \
               (VALUES ('error'), ('warning')) AS s (severity), \
               (VALUES ('{{\"coin\": \"BTC\\u0000\", \"reason\": \"kill_switch_active\"}}'), (NULL), \
                 ('[]'), ('\"x\"'), ('1'), ('{{\"coin\": [\"BTC\"], \"signal\": \"BTC\"}}'), \
                 ('{{\"coin\": \"BTC\", \"side\": {{}}, \"quantity\": \"NaN\", \"algorithm_id\": 7}}'), \
                 ('{{\"reason\": \"\\ud83d\", \"signal\": {{\"coin_type\": {{\"a\": 1}}}}}}'), \
                 (repeat('[', 5000) || repeat(']', 5000))) AS d (document); \
             INSERT INTO trade_audit (id, \"timestamp\", agent_id, decision, reason, confidence_score, \
               asset, price_at_decision, is_executed, execution_order_id) \
             SELECT gen_random_uuid(), at, 'algo:{ALGORITHM}', 'BUY', '<script>', 'NaN', 'BTC', 'NaN', \
               true, (SELECT id FROM orders WHERE coin_type = 'BTC' LIMIT 1) \
             FROM (VALUES ('infinity'::timestamptz), ('-infinity'), ('0001-01-01 00:00:00+00'), \
               ('294276-12-31 00:00:00+00'), ('4713-01-01 00:00:00+00 BC')) AS t (at); \
             INSERT INTO orders (id, user_id, algorithm_id, coin_type, side, order_type, quantity, price, \
               filled_quantity, status, created_at, updated_at, filled_at) \
             SELECT gen_random_uuid(), '{USER}', '{ALGORITHM}', 'BTC', 'buy', 'market', 'NaN', 'NaN', \
               'NaN', 'filled', at, at, 'infinity' \
             FROM (VALUES ('infinity'::timestamptz), ('-infinity'), ('0001-01-01 00:00:00+00')) AS t (at)"
        ))
        .await;
    let executed = "SELECT id FROM trade_audit WHERE is_executed \
        AND \"timestamp\" BETWEEN '2026-01-01' AND '2027-01-01'";
    for id in ids(&engine, executed).await {
        let trace = find(&engine, RowId::Decision(id)).await.unwrap();
        assert_eq!(trace.gaps(), [], "{trace:?}");
        assert_eq!(trace.checks.len(), 2);
    }
    let mut found = 0;
    for (sql, row) in [
        (
            "SELECT id FROM trade_audit",
            RowId::Decision as fn(Uuid) -> RowId,
        ),
        ("SELECT id FROM orders", RowId::Order),
        (
            "(SELECT DISTINCT ON (details::text, event_type, severity) id FROM audit_log \
             WHERE event_type IN ('ALGORITHM_SIGNAL', 'TRADE_APPROVED', 'TRADE_REJECTED') \
             ORDER BY details::text, event_type, severity)",
            RowId::Event,
        ),
    ] {
        for id in ids(&engine, sql).await {
            assert!(rows(&find(&engine, row(id)).await.unwrap()).contains(&row(id)));
            found += 1;
        }
    }
    assert!(found > 150, "{found}");
}

#[tokio::test]
async fn a_large_stream_is_truncated_and_marked_as_cut() {
    let engine = Engine::sample().await;
    let executed = ids(
        &engine,
        "SELECT id FROM trade_audit WHERE is_executed LIMIT 1",
    )
    .await[0];
    engine
        .execute(&format!(
            "INSERT INTO trade_audit (id, \"timestamp\", agent_id, decision, reason, confidence_score, \
               asset, is_executed) \
             SELECT gen_random_uuid(), \"timestamp\" + interval '20 s', 'crowd', 'HOLD', '', 0.5, asset, \
               false FROM trade_audit, generate_series(1, 2000) WHERE id = '{executed}'"
        ))
        .await;
    let trace = find(&engine, RowId::Decision(executed)).await.unwrap();
    assert!(trace.is_cut);
    assert_eq!(trace.gaps(), []);
}

#[tokio::test]
async fn every_row_of_the_demos_history_has_a_trace_that_holds_it() {
    let engine = Engine::history().await;
    let decisions = "SELECT id FROM trade_audit ORDER BY md5(id::text) LIMIT 150";
    for id in ids(&engine, decisions).await {
        let trace = find(&engine, RowId::Decision(id)).await.unwrap();
        assert!(rows(&trace).contains(&RowId::Decision(id)));
        assert!(
            trace
                .background
                .prices
                .iter()
                .all(|(_, price)| price.decimal().is_some())
        );
    }
    let algorithm = "SELECT id FROM orders WHERE algorithm_id IN \
        (SELECT algorithm_id FROM strategy_promotions) LIMIT 1";
    let order = ids(&engine, algorithm).await[0];
    let background = find(&engine, RowId::Order(order)).await.unwrap().background;
    assert!(background.algorithm.is_some() && !background.promotions.is_empty());
    assert_eq!(background.deployments.len(), 1);
    assert!(!background.prices.is_empty());
}
