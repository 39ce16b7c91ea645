//! Chaos: random schedules of faults against the real binary, while people read, export and review, and an engine writes
//! and migrates. After each schedule every answer that was given is checked.
//!
//! `cargo xtask chaos` runs them. A schedule follows from its seed; one that failed becomes a test here.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    missing_docs,
    reason = "a test fails where it meets what it did not expect"
)]

#[path = "../common/mod.rs"]
mod common;

mod answers;
mod console;
mod engine;
mod load;
mod schedule;
mod world;

use std::fs::OpenOptions;
use std::io::Write as _;
use std::time::Instant;

use schedule::Schedule;
use world::World;

#[tokio::test(flavor = "multi_thread")]
async fn schedules_that_failed_once_pass() {
    let Some(mut world) = World::begin().await else {
        return;
    };
    for schedule in Schedule::found() {
        println!("{schedule}");
        let report = schedule.run(&mut world).await;
        assert!(report.is_ok(), "{schedule}: {report}");
    }
}

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|text| text.parse().unwrap())
}

/// `CHAOS_SEED`: the first schedule's. `CHAOS_SCHEDULES`: how many. `CHAOS_PASSED`: a file of the seeds that have passed
/// already, to which those that pass are added.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "as long as one likes: cargo xtask chaos runs it"]
async fn schedules() {
    let (first, count) = (
        number("CHAOS_SEED").unwrap_or(1),
        number("CHAOS_SCHEDULES").unwrap_or(1),
    );
    let Some(mut world) = World::begin().await else {
        return;
    };
    let file = std::env::var_os("CHAOS_PASSED").unwrap_or_else(|| "/dev/null".into());
    let passed = std::fs::read_to_string(&file).unwrap();
    let mut failed = Vec::new();
    for seed in first..first + count {
        if passed.lines().any(|line| line == seed.to_string()) {
            continue;
        }
        let begun = Instant::now();
        let schedule = Schedule::of(seed);
        println!("seed {seed}: {schedule}");
        let report = schedule.run(&mut world).await;
        println!("  {report} in {:.1} s", begun.elapsed().as_secs_f64());
        if report.is_ok() {
            let mut file = OpenOptions::new().append(true).open(&file).unwrap();
            writeln!(file, "{seed}").unwrap();
        } else {
            failed.push(seed);
        }
    }
    println!(
        "{} of {count} schedules passed",
        count - failed.len() as u64
    );
    assert!(failed.is_empty(), "schedules failed: {failed:?}");
}
