//! The same specification gives the same rows, whoever makes them.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on shall fail")]

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hasher};

use demo::engine::{GroundTruth, HistorySpec, Hostile, Table};
use demo::load::without_database;
use demo::testdb::small_history;

/// A fingerprint of each table's bytes, and what was planted.
fn fingerprint(spec: HistorySpec) -> (HashMap<Table, u64>, GroundTruth) {
    let mut hashers: HashMap<Table, DefaultHasher> = HashMap::new();
    let ground_truth = without_database(spec, |table, piece| {
        hashers.entry(table).or_default().write(piece);
    });
    let fingerprints = hashers
        .into_iter()
        .map(|(table, hasher)| (table, hasher.finish()))
        .collect();
    (fingerprints, ground_truth)
}

#[test]
fn equal_specifications_give_equal_rows_in_every_table() {
    let first = fingerprint(small_history());
    assert_eq!(first, fingerprint(small_history()));
    assert_eq!(first.0.len(), Table::ALL.len());
}

#[test]
fn another_seed_gives_other_rows() {
    let spec = small_history();
    let other = HistorySpec {
        seed: spec.seed + 1,
        ..spec
    };
    let (first, second) = (fingerprint(spec).0, fingerprint(other).0);
    for table in [
        Table::TradeAudit,
        Table::AuditLog,
        Table::Orders,
        Table::PriceData,
    ] {
        assert_ne!(first[&table], second[&table], "{table:?}");
    }
}

#[test]
fn every_anomaly_is_planted_in_every_size() {
    for rows in [500, 2_000, 10_000] {
        let ground_truth = fingerprint(HistorySpec {
            rows,
            ..small_history()
        })
        .1;
        assert_eq!(ground_truth.decisions, rows);
        assert_eq!(ground_truth.stuck_orders.len(), 9, "{rows}");
        assert_eq!(ground_truth.missing_orders.len(), 4, "{rows}");
        let kinds: Vec<Hostile> = ground_truth.hostile.iter().map(|(kind, _)| *kind).collect();
        assert_eq!(kinds, Hostile::ALL);
    }
}
