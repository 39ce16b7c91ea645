//! Advised indexes: they can be created as printed, PostgreSQL uses each for its lists, existing ones are not advised
//! again, and the engine's tables are not changed meanwhile.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    missing_docs,
    reason = "a test fails where it meets what it did not expect"
)]

mod common;

use chrono_tz::Tz;
use common::{Engine, engine_view, partitioned, query};
use demo::testdb::{TestDatabase, small_history};
use domain::catalogue::View;
use domain::clock;
use store::views;

use store::engine::{IndexAdvice, SCRATCH_SCHEMA, Scratch};
use store::{EngineDb, StoreError};

impl Engine {
    async fn advised(&self) -> Vec<IndexAdvice> {
        self.db.advise(&self.auditor).await.unwrap()
    }

    /// Creates every advised index, as printed.
    async fn create_advised(&self) {
        for advice in self.advised().await {
            if advice.lacks_extension() {
                self.execute("CREATE EXTENSION pg_trgm").await;
            }
            for statement in advice.statements() {
                self.execute(statement).await;
            }
        }
        self.execute("ANALYZE").await;
    }

    async fn uses(&self, view: View, raw: &str, index: &str) {
        let query = query(view, raw);
        let window = query.window(Tz::UTC, clock::now()).unwrap();
        let plan = self
            .db
            .explain(&self.auditor, engine_view(view), &query, window);
        let plan = plan.await.unwrap();
        assert!(plan.uses(index), "{raw} without {index}:\n{plan}");
        let whole = plan.read_whole();
        let small = ["user", "algorithms"];
        assert!(
            whole.iter().all(|table| small.contains(table)),
            "{raw}:\n{plan}"
        );
    }

    /// All schema objects and a hash of every row.
    async fn fingerprint(&self) -> String {
        let mut all = self
            .ask(
                "SELECT string_agg(DISTINCT concat_ws('.', n.nspname, c.relname), ' ') FROM pg_namespace n \
                 LEFT JOIN pg_class c ON c.relnamespace = n.oid WHERE n.nspname !~ '^(pg_|information_schema)'",
            )
            .await;
        all += &self
            .ask("SELECT string_agg(extname, ' ') FROM pg_extension")
            .await;
        for table in [
            "trade_audit",
            "audit_log",
            "orders",
            "signal",
            "algorithms",
            "\"user\"",
        ] {
            let rows = format!(
                "SELECT md5(coalesce(string_agg(t::text || xmin || xmax, '' ORDER BY ctid), '')) FROM {table} t"
            );
            all += &self.ask(&rows).await;
        }
        all
    }
}

/// The database for a test's copies.
async fn scratch() -> Engine {
    Engine::of(TestDatabase::builder().create().await)
}

#[tokio::test]
async fn every_advised_index_can_be_created_and_is_used_for_its_lists() {
    let engine = Engine::history().await;
    engine
        .execute(
            "INSERT INTO signal (type, asset, strength, generated_at, source) \
             SELECT 'buy', 'BTC', 0.5, now() - n * interval '1 s', 'news' FROM generate_series(1, 20000) n",
        )
        .await;
    engine.create_advised().await;
    for (raw, index) in [
        ("asset=DOGE", "audit_console_trades_asset"),
        (
            "agent=strategy_mean_reversion_v2",
            "audit_console_trades_agent",
        ),
        ("outcome=blocked", "audit_console_trades_blocked"),
        ("block_kind=exposure", "audit_console_trades_blocked"),
        ("outcome=pending", "audit_console_trades_pending"),
        ("order_status=submitted", "audit_console_trades_order"),
        ("q=zyzzyva", "audit_console_trades_words"),
    ] {
        engine.uses(views::trades(), raw, index).await;
        engine
            .uses(views::trades(), &format!("{raw}&order=oldest"), index)
            .await;
    }
    for (raw, index) in [
        ("severity=critical", "audit_console_events_severity_lower"),
        ("actor=system", "audit_console_events_user"),
        (
            "actor=00000000-0000-4000-8000-000000000000",
            "audit_console_events_user",
        ),
        ("type=TRADE_REJECTED", "audit_console_events_type"),
    ] {
        engine.uses(views::events(), raw, index).await;
    }
    for (raw, index) in [
        ("coin=DOGE", "audit_console_signals_coin"),
        ("source=whale_watch", "audit_console_signals_source"),
    ] {
        engine.uses(views::signals(), raw, index).await;
    }
    let again: Vec<_> = engine
        .advised()
        .await
        .iter()
        .map(IndexAdvice::name)
        .collect();
    assert_eq!(again, [""; 0]);
}

#[tokio::test]
async fn equivalent_indexes_are_not_advised_and_invalid_ones_are_dropped() {
    let engine = Engine::empty().await;
    engine
        .execute(
            "CREATE INDEX a ON trade_audit (asset, timestamp DESC, id DESC, decision); \
             CREATE INDEX b ON trade_audit (agent_id, timestamp DESC, id); \
             CREATE INDEX c ON audit_log (severity, timestamp, id) WHERE severity = 'critical'; \
             CREATE EXTENSION pg_trgm; \
             CREATE INDEX audit_console_trades_words ON trade_audit USING gin \
               (reason gin_trgm_ops, block_reason gin_trgm_ops); \
             CREATE INDEX audit_console_events_user ON audit_log (user_id, timestamp, id); \
             UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'audit_console_events_user'::regclass",
        )
        .await;
    let advised = engine.advised().await;
    let find = |name: &str| advised.iter().find(|advice| advice.name() == name);
    assert!(find("audit_console_trades_asset").is_none());
    // Neither partly descending indexes nor partial ones are equivalent.
    assert!(find("audit_console_trades_agent").is_some());
    assert!(find("audit_console_events_severity_lower").is_some());
    // An invalid index, and one with another collation than searches use.
    for name in ["audit_console_events_user", "audit_console_trades_words"] {
        let drop = format!("DROP INDEX CONCURRENTLY IF EXISTS public.{name};");
        assert_eq!(find(name).unwrap().clean_up(), Some(drop.as_str()));
    }
    assert_eq!(find("audit_console_trades_agent").unwrap().clean_up(), None);
}

/// Whether the index of the whole table is valid, and how many are attached to it, at any depth.
async fn attached(engine: &Engine, index: &str) -> (String, String) {
    let valid =
        format!("SELECT indisvalid FROM pg_index WHERE indexrelid = 'public.{index}'::regclass");
    let below = format!("SELECT count(*) - 1 FROM pg_partition_tree('public.{index}'::regclass)");
    (engine.ask(&valid).await, engine.ask(&below).await)
}

/// `audit_log` has six partitions of a month, five of them in two; `trade_audit` six that are one each.
#[tokio::test]
async fn indexes_of_partitioned_tables_are_created_as_printed_and_used() {
    let engine = partitioned(small_history()).await;
    let advised = engine.advised().await;
    assert!(
        advised
            .iter()
            .filter(|advice| advice.is_partitioned())
            .count()
            > 8
    );
    engine.create_advised().await;
    for advice in &advised {
        let below = match advice.table() {
            "trade_audit" => "6",
            "audit_log" => "16",
            _ => continue,
        };
        let found = attached(&engine, advice.name()).await;
        assert_eq!(
            found,
            ("true".to_owned(), below.to_owned()),
            "{}",
            advice.name()
        );
    }
    let again: Vec<_> = engine
        .advised()
        .await
        .iter()
        .map(IndexAdvice::name)
        .collect();
    assert_eq!(again, [""; 0]);
    // A new partition gets the indexes automatically.
    engine
        .execute("CREATE TABLE later PARTITION OF trade_audit FOR VALUES FROM ('2027-01-01') TO ('2027-02-01')")
        .await;
    assert_eq!(
        attached(&engine, "audit_console_trades_asset").await,
        ("true".to_owned(), "7".to_owned())
    );
}

#[tokio::test]
async fn an_interrupted_script_can_be_resumed_at_any_statement() {
    let engine = partitioned(small_history()).await;
    let find = async || {
        let advised = engine.advised().await;
        advised
            .into_iter()
            .find(|advice| advice.name() == "audit_console_events_user")
    };
    let mut steps = 0;
    // Runs only the first statement each time.
    while let Some(advice) = find().await {
        assert_eq!(advice.clean_up(), None);
        engine.execute(&advice.statements()[0]).await;
        steps += 1;
    }
    // One of the whole; one of each month and of each half, created and attached.
    assert_eq!(steps, 1 + 2 * 16);
    let found = attached(&engine, "audit_console_events_user").await;
    assert_eq!(found, ("true".to_owned(), "16".to_owned()));
}

const MONTHS: [&str; 6] = [
    "2026_08", "2026_09", "2026_10", "2026_11", "2026_12", "rest",
];

/// Indexes that the engine's owner may have created per month, and an invalid one.
async fn create_indexes_of_months(engine: &Engine) {
    for month in MONTHS {
        // The same as the advised one, but in one month; more than another; another than a third.
        let asset = if month == "2026_08" {
            "asset, timestamp"
        } else {
            "asset, timestamp, id"
        };
        engine
            .execute(&format!(
                "CREATE INDEX mine_{month} ON trade_audit_{month} ({asset}); \
                 CREATE INDEX more_{month} ON trade_audit_{month} (agent_id, timestamp, id, decision)"
            ))
            .await;
    }
    // Invalid and useless.
    engine
        .execute(
            "CREATE INDEX audit_console_trades_asset_trade_audit_2026_08 ON trade_audit_2026_08 (asset, timestamp, id); \
             UPDATE pg_index SET indisvalid = false \
             WHERE indexrelid = 'audit_console_trades_asset_trade_audit_2026_08'::regclass; \
             CREATE INDEX audit_console_trades_blocked ON trade_audit (timestamp)",
        )
        .await;
}

#[tokio::test]
async fn existing_indexes_of_partitions_are_reused() {
    let engine = partitioned(small_history()).await;
    create_indexes_of_months(&engine).await;
    let advised = engine.advised().await;
    let find = |name: &str| advised.iter().find(|advice| advice.name() == name);
    assert!(find("audit_console_trades_agent").is_none());
    let asset = find("audit_console_trades_asset").unwrap();
    let created = "public.audit_console_trades_asset_trade_audit_2026_08";
    let mut expected = vec![
        "CREATE INDEX IF NOT EXISTS audit_console_trades_asset ON ONLY public.trade_audit \
         USING btree (asset, \"timestamp\", id);"
            .to_owned(),
        format!("DROP INDEX CONCURRENTLY IF EXISTS {created};"),
        "CREATE INDEX CONCURRENTLY IF NOT EXISTS audit_console_trades_asset_trade_audit_2026_08 \
         ON public.trade_audit_2026_08 USING btree (asset, \"timestamp\", id);"
            .to_owned(),
    ];
    let attach = |index: &str| {
        format!("ALTER INDEX public.audit_console_trades_asset ATTACH PARTITION {index};")
    };
    expected.push(attach(created));
    expected.extend(
        MONTHS[1..]
            .iter()
            .map(|month| attach(&format!("public.mine_{month}"))),
    );
    assert_eq!(asset.statements(), expected);
    let blocked = find("audit_console_trades_blocked").unwrap();
    let drop = "DROP INDEX IF EXISTS public.audit_console_trades_blocked;";
    assert_eq!(blocked.clean_up(), Some(drop));
    // As an operator would run it.
    engine.execute(drop).await;
    for advice in [asset, blocked] {
        for statement in advice.statements() {
            engine.execute(statement).await;
        }
        let found = attached(&engine, advice.name()).await;
        assert_eq!(
            found,
            ("true".to_owned(), "6".to_owned()),
            "{}",
            advice.name()
        );
    }
    // An attached invalid index cannot be replaced alone.
    engine
        .execute(&format!(
            "UPDATE pg_index SET indisvalid = false \
             WHERE indexrelid IN ('{created}'::regclass, 'audit_console_trades_asset'::regclass)"
        ))
        .await;
    let advised = engine.advised().await;
    let asset = advised
        .iter()
        .find(|advice| advice.name() == "audit_console_trades_asset")
        .unwrap();
    engine.execute(asset.clean_up().unwrap()).await;
    for statement in asset.statements() {
        engine.execute(statement).await;
    }
    let found = attached(&engine, "audit_console_trades_asset").await;
    assert_eq!(found, ("true".to_owned(), "6".to_owned()));
}

#[tokio::test]
async fn partitioned_tables_are_measured_on_a_copy() {
    let engine = partitioned(small_history()).await;
    let scratch = scratch().await;
    let mut copy = Scratch::connect(&engine.db, &engine.auditor, scratch.database.url())
        .await
        .unwrap();
    copy.copy(&engine.db, 100, |_, _| {}).await.unwrap();
    let advised = engine.advised().await;
    for name in ["audit_console_trades_asset", "audit_console_events_user"] {
        let advice = advised.iter().find(|advice| advice.name() == name).unwrap();
        let measured = copy.measure(advice).await.unwrap();
        assert!(measured.rows > 1_000, "{measured:?}");
        assert!(measured.lists.iter().any(|list| list.used), "{measured:?}");
    }
    copy.remove().await.unwrap();
}

/// An index must accept every signal that the engine can insert.
#[tokio::test]
async fn the_index_of_signals_takes_any_details() {
    let engine = Engine::empty().await;
    engine.create_advised().await;
    let deep = "[".repeat(9_000) + &"]".repeat(9_000);
    let numbers: Vec<String> = (0..4_000).map(|n| (n * 7_919).to_string()).collect();
    let long = numbers.concat();
    for details in [
        "null".to_owned(),
        "[1]".to_owned(),
        "\"text\"".to_owned(),
        r#"{"signal": 5}"#.to_owned(),
        r#"{"signal": {"coin_type": "\u0000"}}"#.to_owned(),
        r#"{"signal": {"coin_type": "\ud800"}}"#.to_owned(),
        format!(r#"{{"signal": {{"coin_type": "{long}"}}}}"#),
        format!(r#"{{"signal": {{"coin_type": {deep}}}}}"#),
        r#"{"signal": {"coin_type": "BTC"}}"#.to_owned(),
    ] {
        engine
            .execute(&format!(
                "INSERT INTO audit_log (event_type, severity, details, id, timestamp) \
                 VALUES ('ALGORITHM_SIGNAL', 'info', '{details}', gen_random_uuid(), now())"
            ))
            .await;
    }
    for (raw, rows) in [
        ("coin=BTC", 1),
        (&format!("coin={}", &long[..400]), 0),
        (&format!("coin={}", &long[..64]), 0),
        ("coin=!BTC", 8),
    ] {
        let page = engine.page(views::signals(), raw).await.unwrap();
        assert_eq!(page.rows.len(), rows, "{raw}");
    }
}

#[tokio::test]
async fn measuring_changes_nothing_on_the_engine_and_leaves_nothing_behind() {
    let engine = Engine::history().await;
    let scratch = scratch().await;
    let (before, before_there) = (engine.fingerprint().await, scratch.fingerprint().await);
    let mut copy = Scratch::connect(&engine.db, &engine.auditor, scratch.database.url())
        .await
        .unwrap();
    let mut copied = Vec::new();
    copy.copy(&engine.db, 100, |table, rows| {
        copied.push((table.to_owned(), rows));
    })
    .await
    .unwrap();
    for (table, rows) in &copied {
        let there = engine
            .ask(&format!("SELECT count(*) FROM \"{table}\""))
            .await;
        assert_eq!(rows.to_string(), there, "{table}");
    }
    let secrets = "SELECT count(*) FROM information_schema.columns \
        WHERE table_schema = 'audit_console_advise' AND column_name = 'hashed_password'";
    assert_eq!(scratch.ask(secrets).await, "0");
    for advice in engine.advised().await {
        let measured = copy.measure(&advice).await.unwrap();
        assert!(
            measured.size > 0 && !measured.lists.is_empty(),
            "{}",
            advice.name()
        );
        assert!(measured.lists.iter().any(|list| list.used), "{measured:?}");
    }
    copy.remove().await.unwrap();
    assert_eq!(engine.fingerprint().await, before);
    assert_eq!(scratch.fingerprint().await, before_there);
}

#[tokio::test]
async fn sampling_keeps_related_rows_together() {
    let engine = Engine::history().await;
    let scratch = scratch().await;
    let mut copy = Scratch::connect(&engine.db, &engine.auditor, scratch.database.url())
        .await
        .unwrap();
    copy.copy(&engine.db, 20, |_, _| {}).await.unwrap();
    let count = async |of: &str| {
        let sql = format!("SELECT count(*) FROM {SCRATCH_SCHEMA}.trade_audit t {of}");
        scratch.ask(&sql).await.parse::<u32>().unwrap()
    };
    let decisions = count("").await;
    assert!((250..550).contains(&decisions), "{decisions} of 2,000");
    let executed = count("WHERE execution_order_id IS NOT NULL").await;
    let ordered = count("JOIN audit_console_advise.orders o ON o.id = t.execution_order_id").await;
    assert!(
        ordered * 10 > executed * 8,
        "{ordered} of {executed} have their order"
    );
    copy.remove().await.unwrap();
}

#[tokio::test]
async fn the_engines_own_database_is_never_measured_on() {
    let engine = Engine::sample().await;
    let refused = async |url: &str| match Scratch::connect(&engine.db, &engine.auditor, url).await {
        Err(StoreError::Refused(message)) => message,
        Err(error) => panic!("{error}"),
        Ok(_) => panic!("{url} was taken"),
    };
    let own = engine.database.url();
    assert!(refused(own).await.contains("the engine's own database"));
    let by_name = own.replace("127.0.0.1", "localhost");
    assert!(
        refused(&by_name)
            .await
            .contains("the engine's own database")
    );
    let scratch = scratch().await;
    let first = Scratch::connect(&engine.db, &engine.auditor, scratch.database.url()).await;
    let second = refused(scratch.database.url()).await;
    assert!(second.contains("somebody else is measuring"));
    first.unwrap().remove().await.unwrap();
}

/// The role that OPERATIONS recommends suffices.
#[tokio::test]
async fn a_role_with_select_only_suffices() {
    let engine = Engine::sample().await;
    let role = format!(
        "reader_{}",
        engine
            .ask("SELECT oid FROM pg_database WHERE datname = current_database()")
            .await
    );
    engine
        .execute(&format!(
            "CREATE ROLE {role} LOGIN PASSWORD 'reads'; \
             GRANT SELECT ON trade_audit, audit_log, orders, signal, algorithms TO {role}; \
             GRANT SELECT (id, email) ON \"user\" TO {role}"
        ))
        .await;
    let (_, host) = engine.database.url().split_once('@').unwrap();
    let reader = EngineDb::new(&format!("postgres://{role}:reads@{host}")).unwrap();
    let scratch = scratch().await;
    let advised = reader.advise(&engine.auditor).await.unwrap();
    let mut copy = Scratch::connect(&reader, &engine.auditor, scratch.database.url())
        .await
        .unwrap();
    copy.copy(&reader, 100, |_, _| {}).await.unwrap();
    copy.measure(&advised[0]).await.unwrap();
    copy.remove().await.unwrap();
    engine
        .execute(&format!("DROP OWNED BY {role}; DROP ROLE {role}"))
        .await;
}
