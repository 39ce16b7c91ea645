//! `advise_…`: what each index that `audit-console advise` prints brings and takes, on a copy of the bench's database in
//! another database of the same server.

use std::process::{Command, Stdio};

use crate::console::Running;
use crate::error::Error;
use crate::process;
use crate::report;
use crate::workspace::{Profile, Workspace};

use super::measure::{Measure, Reference, Target};
use super::reference::Psql;

/// The database that the copy goes to.
const SCRATCH: &str = "bench_advise";
/// Decisions in the copy at the most, about: ten million are too many to index a dozen times.
const SAMPLED: u64 = 1_000_000;
/// Milliseconds that a page may take with the index that is for it.
const TARGET_PAGE: f64 = 50.0;
/// How many times the size of its table an index may have.
const TARGET_SIZE: f64 = 0.5;

/// Two lines an index: the page that it speeds up most, with it and without; its size, beside its table's.
pub fn measure(
    workspace: &Workspace,
    demo: &Running,
    psql: &Psql,
    rows: u64,
) -> Result<Vec<Measure>, Error> {
    let percent = (SAMPLED * 100).div_ceil(rows.max(1)).clamp(1, 100);
    let drop = format!("drop database if exists {SCRATCH} with (force)");
    psql.value(&drop)?;
    psql.value(&format!("create database {SCRATCH}"))?;
    let told = advise(workspace, demo, percent);
    psql.value(&drop)?;
    let told = told?;
    report::note(format_args!(
        "indexes tried on {percent} % of the rows:\n{told}"
    ));
    let measures: Vec<Measure> = told.split("\n\n").filter_map(lines).flatten().collect();
    if measures.is_empty() {
        return Err(Error::Unexpected(
            "`audit-console advise` measured nothing".to_owned(),
        ));
    }
    Ok(measures)
}

fn advise(workspace: &Workspace, demo: &Running, percent: u64) -> Result<String, Error> {
    let (server, _) = demo.database_url.rsplit_once('/').unwrap_or_default();
    let mut command = Command::new(workspace.server_bin(Profile::Release));
    command
        .args(["advise", "--measure", &format!("{server}/{SCRATCH}")])
        .args(["--sample", &percent.to_string()])
        .env("DATABASE_URL", &demo.database_url)
        .env_remove("CONSOLE_DATABASE_URL")
        .stdin(Stdio::null());
    process::output(&mut command)
}

/// The lines of one index, out of what is said of it; none of what is said before.
fn lines(entry: &str) -> Option<[Measure; 2]> {
    let after = |text: &str, word: &str| {
        let (_, rest) = text.split_once(word)?;
        rest.split_whitespace().next()?.parse::<f64>().ok()
    };
    let name = entry
        .split_once("CONCURRENTLY IF NOT EXISTS ")?
        .1
        .split_whitespace()
        .next()?
        .trim_start_matches("audit_console_");
    // A page that runs into its time limit counts with that.
    let page = |list: &str| {
        let list = list.replace("over ", "");
        Some((after(&list, ": page ")?, after(&list, " ms -> ")?))
    };
    let gain = |(without, with): &(f64, f64)| without / with;
    let (without, with) = entry
        .lines()
        .filter_map(page)
        .max_by(|one, other| gain(one).total_cmp(&gain(other)))?;
    let size = entry
        .lines()
        .find_map(|line| Some((after(line, "--   ")?, after(line, " whose table is ")?)));
    let (size, table) = size?;
    Some([
        Measure {
            name: format!("advise_{name}"),
            value: with,
            unit: "ms",
            reference: Some(Reference {
                value: without,
                unit: "ms",
                ratio: with / without,
            }),
            target: Target::AtMost(TARGET_PAGE),
        },
        Measure {
            name: format!("advise_{name}_size"),
            value: size,
            unit: "MB",
            reference: Some(Reference {
                value: table,
                unit: "MB",
                ratio: size / table,
            }),
            target: Target::AtMost(table * TARGET_SIZE),
        },
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_index_is_two_lines() {
        let entry = "-- For /trades?outcome=…\n\
            --   /trades?outcome=blocked: page 3.00 ms -> 1.00 ms, count 82.35 ms -> 8.34 ms\n\
            --   /trades?outcome=pending: page over 5000 ms -> 5.00 ms, count over 400 ms -> 0.33 ms\n\
            --   0.1 MB for 1000017 rows, whose table is 233 MB; created in 0.6 s\n\
            -- CREATE EXTENSION IF NOT EXISTS pg_trgm;\n\
            CREATE INDEX CONCURRENTLY IF NOT EXISTS audit_console_trades_pending ON public.trade_audit;";
        let said: Vec<String> = lines(entry)
            .unwrap()
            .iter()
            .map(ToString::to_string)
            .collect();
        assert_eq!(
            said,
            [
                "advise_trades_pending 5.00 ms (reference 5000.00 ms, ratio 0.00, target 50) ok",
                "advise_trades_pending_size 0.10 MB (reference 233.00 MB, ratio 0.00, target 116.5) ok",
            ]
        );
        assert!(lines("-- Measured on a copy of 10 % of the rows").is_none());
    }
}
