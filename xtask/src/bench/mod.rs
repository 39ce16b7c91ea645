//! `cargo xtask bench`: one line a measure on standard output, kept in `target/bench/`.
//!
//! Everything is measured on optimised programs over a database of its own (`target/bench/data`),
//! and every reference in the same run, interleaved with what it is compared with.

mod aborted;
mod advise;
mod beside_exports;
mod browser_code;
mod cold_build;
mod export;
mod findings;
mod kill_switch;
mod measure;
mod pages;
mod reference;
mod resident;
mod serve;
mod session;
mod start;

use std::fmt::Write as _;
use std::path::PathBuf;

use clap::Args;

use crate::build;
use crate::console;
use crate::error::Error;
use crate::report;
use crate::tools::{psql, redis};
use crate::workspace::{Profile, Workspace};

use measure::Measure;
use reference::Psql;
use serve::Serve;
use session::Session;

/// Options of `cargo xtask bench`.
#[derive(Debug, Args)]
pub struct Options {
    /// Trade decisions in the database that is measured.
    #[arg(long, value_name = "N", default_value_t = 200_000)]
    rows: u64,
    /// Short kill-switch episodes in it [default: 2000 with a million rows or more, else 50]
    #[arg(long, value_name = "N")]
    episodes: Option<u32>,
    /// Only the lines whose names hold this text; at ten million rows all of them take half an hour.
    #[arg(long, value_name = "TEXT")]
    only: Option<String>,
    /// Also time a build of everything from nothing (minutes).
    #[arg(long)]
    cold: bool,
}

/// Rows from which on there are many episodes by default.
const MANY_ROWS: u64 = 1_000_000;
/// Episodes by default with so many rows, and with fewer.
const EPISODES: (u32, u32) = (2_000, 50);

impl Options {
    fn episodes(&self) -> u32 {
        let (many, few) = EPISODES;
        let default = if self.rows >= MANY_ROWS { many } else { few };
        self.episodes.unwrap_or(default)
    }

    /// Whether one of the lines of these names is wanted.
    fn wants(&self, names: &str) -> bool {
        self.only.as_deref().is_none_or(|only| names.contains(only))
    }
}

/// Takes all measures.
///
/// # Errors
/// When something cannot be set up, or a measure cannot be taken; the others are taken first.
pub fn run(workspace: &Workspace, options: &Options) -> Result<(), Error> {
    redis::ensure();
    let psql = psql::ensure()?;
    let mut lines = Lines::open(workspace)?;
    if options.cold {
        lines.keep("cold_build", cold_build::measure(workspace).map(one));
    }
    build::all(workspace, Profile::Release)?;
    let mut take = |names: &'static str, measure: &mut dyn FnMut() -> Measured| {
        if options.wants(names) {
            let measured = report::step(names, measure);
            lines.keep(names, measured);
        }
    };
    take("wasm_brotli", &mut || {
        browser_code::measure(workspace).map(one)
    });

    let data = workspace.target.join("bench/data");
    let console = report::step("starting the demo to measure", || {
        let (rows, episodes) = (options.rows, options.episodes());
        console::start(workspace, Profile::Release, rows, episodes, &data)
    })?;
    let reference = Psql::new(psql, &console.database_url);
    take("start_to_first_page", &mut || {
        start::measure(workspace, &console).map(one)
    });

    take("idle_memory, memory_at_32", &mut || {
        resident::measure(workspace, &console)
    });

    // A console of our own: its process id is known, and nobody else uses it.
    let serve = Serve::start(workspace, &console)?;
    let session = Session::log_in(&serve.url)?;
    report::step("looking for findings in the whole history, once", || {
        findings::catch_up(&reference)
    })?;
    take("page_p50, page_p99", &mut || {
        pages::measure(&session, &reference)
    });
    take("kill_switch_list_p50", &mut || {
        kill_switch::list(&session, &reference).map(one)
    });
    take("dossier_p50", &mut || {
        kill_switch::dossier(&session, &reference).map(one)
    });
    take("trace_p50", &mut || {
        findings::trace(&session, &reference).map(one)
    });
    take(
        "findings_rebuild_100k_rows, page_p99_under_rebuild",
        &mut || findings::rebuild(workspace, &console, &session, &reference),
    );
    take("findings_behind", &mut || {
        findings::behind(&reference).map(one)
    });
    take("advise", &mut || {
        advise::measure(workspace, &console, &reference, options.rows)
    });
    take("export_ratio, export_raw_ratio", &mut || {
        export::speed(&session, &reference)
    });
    take("export_memory", &mut || {
        export::memory(&serve, &session, &reference, options.rows).map(one)
    });
    take("page_p99_under_exports", &mut || {
        beside_exports::measure(&session).map(one)
    });
    take("aborted_exports, aborted_exports_busy", &mut || {
        aborted::measure(&session, &reference)
    });
    lines.close()
}

type Measured = Result<Vec<Measure>, Error>;

fn one(measure: Measure) -> Vec<Measure> {
    vec![measure]
}

/// The lines of one run: printed as they come, and kept in a file.
struct Lines {
    path: PathBuf,
    text: String,
    missing: Vec<&'static str>,
}

impl Lines {
    fn open(workspace: &Workspace) -> Result<Self, Error> {
        let folder = workspace.target.join("bench");
        std::fs::create_dir_all(&folder).map_err(Error::file("make", &folder))?;
        let name = now().format("%Y-%m-%dT%H-%M-%SZ.txt").to_string();
        Ok(Self {
            path: folder.join(name),
            text: String::new(),
            missing: Vec::new(),
        })
    }

    fn keep(&mut self, names: &'static str, measures: Measured) {
        match measures {
            Ok(measures) => {
                for measure in measures {
                    println!("{measure}");
                    let _ = writeln!(self.text, "{measure}");
                }
            }
            Err(error) => {
                report::note(format_args!("{names} not measured: {error}"));
                self.missing.push(names);
            }
        }
    }

    fn close(self) -> Result<(), Error> {
        std::fs::write(&self.path, self.text).map_err(Error::file("write", &self.path))?;
        report::note(format_args!("lines kept in {}", self.path.display()));
        if self.missing.is_empty() {
            Ok(())
        } else {
            Err(Error::NotMeasured(self.missing.join(", ")))
        }
    }
}

#[allow(
    clippy::disallowed_methods,
    reason = "the name of a file, not a time that the product shows or stores"
)]
fn now() -> chrono::DateTime<chrono::Utc> {
    chrono::Utc::now()
}
