//! What the small history and the sample look like inside a database.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on shall fail")]

use demo::engine::{Actor, EPISODES, Hostile, Instant, Mechanism};
use demo::testdb::{TestDatabase, small_history_planted};
use sqlx::PgPool;

async fn count(pool: &PgPool, query: &'static str) -> i64 {
    sqlx::query_scalar(query).fetch_one(pool).await.unwrap()
}

#[tokio::test]
async fn the_sample_loads_whole_and_tells_its_known_story() {
    let database = TestDatabase::builder().sample().create().await;
    let pool = database.pool();
    assert_eq!(count(pool, "SELECT count(*) FROM trade_audit").await, 60);
    assert_eq!(count(pool, "SELECT count(*) FROM audit_log").await, 152);
    assert_eq!(count(pool, "SELECT count(*) FROM orders").await, 37);
    assert_eq!(
        count(
            pool,
            "SELECT count(*) FROM orders WHERE status = 'submitted'"
        )
        .await,
        7
    );
    let inside_toggle = "SELECT count(*) FROM audit_log WHERE event_type = 'TRADE_APPROVED' \
         AND \"timestamp\" BETWEEN '2026-11-23 07:35:30.370394+00' AND '2026-11-23 07:35:30.650522+00'";
    assert_eq!(count(pool, inside_toggle).await, 6);
}

#[tokio::test]
async fn the_empty_schema_is_empty_and_takes_extra_sql() {
    let database = TestDatabase::builder()
        .also("CREATE SCHEMA extra; CREATE TABLE extra.thing (id integer)")
        .also("INSERT INTO extra.thing VALUES (7)")
        .create()
        .await;
    assert_eq!(
        count(database.pool(), "SELECT count(*) FROM trade_audit").await,
        0
    );
    assert_eq!(
        count(database.pool(), "SELECT max(id)::bigint FROM extra.thing").await,
        7
    );
    let version: String = sqlx::query_scalar("SELECT version_num FROM alembic_version")
        .fetch_one(database.pool())
        .await
        .unwrap();
    assert_eq!(version, "s2v6w3x9y4z8");
}

#[tokio::test]
async fn a_database_is_gone_when_its_test_is() {
    let first = TestDatabase::builder().create().await;
    let name = first.url().rsplit('/').next().unwrap().to_owned();
    drop(first);
    let other = TestDatabase::builder().create().await;
    let left: bool =
        sqlx::query_scalar("SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)")
            .bind(&name)
            .fetch_one(other.pool())
            .await
            .unwrap();
    assert!(!left);
}

#[tokio::test]
async fn the_schema_has_the_engines_own_names() {
    let database = TestDatabase::builder().create().await;
    let indexes: Vec<String> =
        sqlx::query_scalar("SELECT indexname::text FROM pg_indexes WHERE schemaname = 'public'")
            .fetch_all(database.pool())
            .await
            .unwrap();
    for name in [
        "ix_trade_audit_timestamp",
        "ix_audit_log_event_type",
        "idx_order_user_status",
        "price_data_5min_new_pkey",
        "uq_price_data_5min_coin_timestamp",
        "alembic_version_pkc",
    ] {
        assert!(indexes.iter().any(|index| index == name), "{name}");
    }
    let foreign_keys = "SELECT count(*) FROM pg_constraint WHERE contype = 'f' AND connamespace = 'public'::regnamespace";
    assert_eq!(count(database.pool(), foreign_keys).await, 10);
    assert_eq!(
        count(
            database.pool(),
            "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"
        )
        .await,
        15
    );
}

#[tokio::test]
async fn each_stop_is_two_rows_and_each_rejection_by_it_is_two_rows() {
    let database = TestDatabase::builder().history().create().await;
    let pool = database.pool();
    let declared = count(
        pool,
        "SELECT count(*) FROM audit_log WHERE event_type = 'EMERGENCY_STOP_ACTIVATED' AND details->>'status' = 'active'",
    )
    .await;
    let mirrored = count(
        pool,
        "SELECT count(*) FROM audit_log a WHERE event_type = 'EMERGENCY_STOP_ACTIVATED' \
         AND details->>'source' = 'redis' AND EXISTS (SELECT FROM audit_log b WHERE b.event_type = a.event_type \
         AND b.details->>'status' = 'active' AND b.user_id IS NOT DISTINCT FROM a.user_id \
         AND a.\"timestamp\" - b.\"timestamp\" BETWEEN '5 ms' AND '15 ms')",
    )
    .await;
    assert_eq!(declared, mirrored);
    assert!(declared >= 8);

    let errors =
        "SELECT count(*) FROM audit_log WHERE event_type = 'TRADE_REJECTED' AND severity = 'error'";
    let paired = "SELECT count(*) FROM audit_log e WHERE e.event_type = 'TRADE_REJECTED' AND e.severity = 'error' \
         AND (SELECT count(*) FROM audit_log w WHERE w.event_type = 'TRADE_REJECTED' AND w.severity = 'warning' \
         AND w.user_id = e.user_id AND w.\"timestamp\" - e.\"timestamp\" BETWEEN '1 ms' AND '10 ms') = 1";
    let blocked =
        "SELECT count(*) FROM trade_audit WHERE block_reason LIKE 'Emergency stop is active%'";
    assert!(count(pool, errors).await > 10);
    assert_eq!(count(pool, errors).await, count(pool, paired).await);
    assert_eq!(count(pool, errors).await, count(pool, blocked).await);
}

#[tokio::test]
async fn a_stop_lets_nothing_through_and_a_toggle_lets_everything() {
    let database = TestDatabase::builder().history().create().await;
    let pool = database.pool();
    // From each activation to the next event of the same mechanism.
    let approved_inside = |mechanism: &'static str| {
        let query = match mechanism {
            "stop" => {
                "WITH s AS (SELECT \"timestamp\" AS f, lead(\"timestamp\") OVER (ORDER BY \"timestamp\") AS t, event_type \
                 FROM audit_log WHERE event_type LIKE 'EMERGENCY_STOP%') SELECT count(*) FROM s JOIN audit_log a ON \
                 a.event_type = 'TRADE_APPROVED' AND a.\"timestamp\" > s.f + interval '5 s' AND a.\"timestamp\" < s.t \
                 WHERE s.event_type = 'EMERGENCY_STOP_ACTIVATED'"
            }
            _ => {
                "WITH s AS (SELECT \"timestamp\" AS f, lead(\"timestamp\") OVER (ORDER BY \"timestamp\") AS t, \
                 details->>'active' AS active FROM audit_log WHERE event_type = 'kill_switch_toggle') SELECT count(*) \
                 FROM s JOIN audit_log a ON a.event_type = 'TRADE_APPROVED' AND a.\"timestamp\" > s.f \
                 AND a.\"timestamp\" < s.t WHERE s.active = 'true'"
            }
        };
        count(pool, query)
    };
    assert_eq!(approved_inside("stop").await, 0);
    assert!(approved_inside("toggle").await > 10);

    let open: bool = sqlx::query_scalar(
        "SELECT (value->>'active')::boolean FROM system_setting WHERE key = 'kill_switch'",
    )
    .fetch_one(pool)
    .await
    .unwrap();
    assert!(open, "the last toggle stays open");
    let toggles = count(
        pool,
        "SELECT count(*) FROM audit_log WHERE event_type = 'kill_switch_toggle' AND details->>'active' = 'true'",
    )
    .await;
    assert!(toggles < i64::try_from(EPISODES).unwrap());
}

#[tokio::test]
async fn exactly_the_toggles_leak() {
    let database = TestDatabase::builder().history().create().await;
    for episode in small_history_planted().episodes {
        let until = episode
            .cleared_at
            .map_or_else(|| "infinity".to_owned(), |at| at.to_string());
        let (approvals, orders): (i64, i64) = sqlx::query_as(
            "SELECT (SELECT count(*) FROM audit_log WHERE event_type = 'TRADE_APPROVED' \
             AND \"timestamp\" >= $1::text::timestamptz AND \"timestamp\" < $2::text::timestamptz), \
             (SELECT count(*) FROM orders \
             WHERE created_at >= $1::text::timestamptz AND created_at < $2::text::timestamptz)",
        )
        .bind(episode.activated_at.to_string())
        .bind(until)
        .fetch_one(database.pool())
        .await
        .unwrap();
        let leaked = (approvals > 0, orders > 0);
        assert_eq!(leaked, (episode.leaks(), episode.leaks()), "{episode:?}");
    }
}

/// Type, `active` and user of the kill-switch event with this id, or else at this instant.
async fn switched(pool: &PgPool, at: Instant, id: Option<sqlx::types::Uuid>) -> Switched {
    sqlx::query_as(
        "SELECT event_type, details->>'active', email FROM audit_log a LEFT JOIN \"user\" u ON u.id = a.user_id \
         WHERE \"timestamp\" = $1::text::timestamptz AND ($2::uuid IS NULL OR a.id = $2) \
         AND event_type IN ('EMERGENCY_STOP_ACTIVATED', 'EMERGENCY_STOP_CLEARED', 'kill_switch_toggle')",
    )
    .bind(at.to_string())
    .bind(id)
    .fetch_one(pool)
    .await
    .unwrap()
}

type Switched = (String, Option<String>, Option<String>);

/// What [`switched`] finds when `actor` switches a mechanism on or off.
fn expected(mechanism: Mechanism, is_on: bool, actor: Actor) -> Switched {
    let (event_type, active) = match (mechanism, is_on) {
        (Mechanism::EmergencyStop, true) => ("EMERGENCY_STOP_ACTIVATED", None),
        (Mechanism::EmergencyStop, false) => ("EMERGENCY_STOP_CLEARED", None),
        (Mechanism::Toggle, _) => ("kill_switch_toggle", Some(is_on.to_string())),
    };
    let email = actor.email().map(str::to_owned);
    (event_type.to_owned(), active, email)
}

#[tokio::test]
async fn each_episode_is_activated_and_cleared_by_whom_it_was_planted() {
    let database = TestDatabase::builder().history().create().await;
    let pool = database.pool();
    for episode in small_history_planted().episodes {
        let mechanism = episode.mechanism;
        assert_eq!(
            switched(pool, episode.activated_at, Some(episode.id)).await,
            expected(mechanism, true, episode.activated_by)
        );
        if let (Some(at), Some(actor)) = (episode.cleared_at, episode.cleared_by) {
            assert_eq!(
                switched(pool, at, None).await,
                expected(mechanism, false, actor)
            );
        }
    }
}

#[tokio::test]
async fn each_stray_clears_what_is_not_active() {
    let database = TestDatabase::builder().history().create().await;
    let strays: Vec<sqlx::types::Uuid> = sqlx::query_scalar(
        "WITH s AS (SELECT id, \"timestamp\", event_type = 'kill_switch_toggle' AS is_toggle, \
         event_type = 'EMERGENCY_STOP_ACTIVATED' OR coalesce(details->>'active', '') = 'true' AS is_on FROM audit_log \
         WHERE event_type IN ('EMERGENCY_STOP_ACTIVATED', 'EMERGENCY_STOP_CLEARED', 'kill_switch_toggle')), \
         w AS (SELECT *, lag(is_on, 1, false) OVER (PARTITION BY is_toggle ORDER BY \"timestamp\", id) AS was_on FROM s) \
         SELECT id FROM w WHERE NOT is_on AND NOT was_on ORDER BY \"timestamp\"",
    )
    .fetch_all(database.pool())
    .await
    .unwrap();
    assert_eq!(strays, small_history_planted().strays);
    assert!(!strays.is_empty());
}

#[tokio::test]
async fn what_was_planted_is_found_where_it_was_planted() {
    let database = TestDatabase::builder().history().create().await;
    let pool = database.pool();
    let ground_truth = small_history_planted();

    let stuck: Vec<sqlx::types::Uuid> =
        sqlx::query_scalar("SELECT id FROM orders WHERE status = 'submitted' AND filled_at IS NULL ORDER BY created_at")
            .fetch_all(pool)
            .await
            .unwrap();
    assert_eq!(stuck, ground_truth.stuck_orders);
    let missing: Vec<sqlx::types::Uuid> = sqlx::query_scalar(
        "SELECT t.id FROM trade_audit t WHERE is_executed AND NOT EXISTS \
         (SELECT FROM orders o WHERE o.id = t.execution_order_id) ORDER BY \"timestamp\"",
    )
    .fetch_all(pool)
    .await
    .unwrap();
    assert_eq!(missing, ground_truth.missing_orders);
    for (status, expected) in [
        ("failed", ground_truth.failed_orders),
        ("cancelled", ground_truth.cancelled_orders),
        ("partial", ground_truth.partial_orders),
    ] {
        let found: i64 = sqlx::query_scalar("SELECT count(*) FROM orders WHERE status = $1")
            .bind(status)
            .fetch_one(pool)
            .await
            .unwrap();
        assert_eq!(found, i64::try_from(expected).unwrap(), "{status}");
        assert!(found > 0, "{status}");
    }
}

#[tokio::test]
async fn each_hostile_row_is_as_hostile_as_promised() {
    let database = TestDatabase::builder().history().create().await;
    for (kind, id) in small_history_planted().hostile {
        let condition = match kind {
            Hostile::Script => "FROM trade_audit WHERE reason LIKE '<script>%'",
            Hostile::RightToLeft => "FROM trade_audit WHERE reason LIKE '%' || U&'\\202E' || '%'",
            Hostile::LongReason => "FROM trade_audit WHERE length(reason) = 1000",
            Hostile::FormulaReason => "FROM trade_audit WHERE reason LIKE '=HYPERLINK(%'",
            Hostile::FormulaAgent => "FROM trade_audit WHERE agent_id LIKE '=HYPERLINK(%'",
            Hostile::NanConfidence => "FROM trade_audit WHERE confidence_score = 'NaN'",
            Hostile::InfiniteConfidence => "FROM trade_audit WHERE confidence_score = 'Infinity'",
            Hostile::NullPrice => "FROM trade_audit WHERE price_at_decision IS NULL",
            Hostile::NanPrice => "FROM trade_audit WHERE price_at_decision = 'NaN'",
            Hostile::DeepDetails => {
                "FROM audit_log WHERE details::text LIKE repeat('{\"a\": ', 1000) || '1%'"
            }
            Hostile::NullDetails => {
                "FROM audit_log WHERE event_type = 'ALGORITHM_SIGNAL' AND details IS NULL"
            }
            Hostile::WrongTypes => {
                "FROM audit_log WHERE json_typeof(details->'algorithm_id') = 'number'"
            }
            Hostile::EscapedNul => "FROM audit_log WHERE details::text LIKE '%\\\\u0000%'",
            Hostile::LoneSurrogate => "FROM audit_log WHERE details::text LIKE '%\\\\ud83d text%'",
            Hostile::UnknownType => "FROM audit_log WHERE event_type = 'LIQUIDITY_SHADOW_PROBE'",
        };
        let query = format!("SELECT EXISTS (SELECT {condition} AND id = $1)");
        let found: bool = sqlx::query_scalar(sqlx::AssertSqlSafe(query))
            .bind(id)
            .fetch_one(database.pool())
            .await
            .unwrap();
        assert!(found, "{kind:?}");
    }
}

#[tokio::test]
async fn every_trade_can_be_followed_from_signal_to_fill() {
    let database = TestDatabase::builder().history().create().await;
    let pool = database.pool();
    let executed =
        "SELECT count(*) FROM trade_audit t JOIN orders o ON o.id = t.execution_order_id";
    // Materialised, so that no later condition looks into the details that cannot be looked into.
    let followed = "WITH s AS MATERIALIZED (SELECT user_id, details, \"timestamp\" FROM audit_log \
         WHERE event_type = 'ALGORITHM_SIGNAL' AND details IS NOT NULL AND details::text NOT LIKE '%\\\\u0000%') \
         SELECT count(*) FROM trade_audit t JOIN orders o ON o.id = t.execution_order_id WHERE EXISTS \
         (SELECT FROM s WHERE s.user_id = o.user_id \
         AND s.details->'signal'->>'coin_type' = o.coin_type AND s.details->'signal'->>'action' = o.side \
         AND s.details->>'algorithm_id' IS NOT DISTINCT FROM o.algorithm_id::text \
         AND t.\"timestamp\" - s.\"timestamp\" BETWEEN '0 s' AND '1 s')";
    assert!(count(pool, executed).await > 300);
    assert_eq!(count(pool, executed).await, count(pool, followed).await);

    let misfilled = "SELECT count(*) FROM orders WHERE status = 'filled' AND (price IS NULL OR filled_at < submitted_at \
         OR submitted_at < created_at OR (side = 'sell' AND filled_quantity <> quantity) \
         OR (side = 'buy' AND abs(filled_quantity * price - quantity) > 0.01))";
    assert_eq!(count(pool, misfilled).await, 0);
}
