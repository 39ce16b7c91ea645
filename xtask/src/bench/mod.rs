//! `cargo xtask bench`: one line a measure on standard output, kept in `target/bench/`.
//!
//! Everything is measured on optimised programs over a database of its own (`target/bench/data`),
//! and every reference in the same run, interleaved with what it is compared with.

mod aborted;
mod advise;
mod beside_exports;
mod beside_logins;
mod browser_code;
mod cold_build;
mod export;
mod findings;
mod kill_switch;
mod load;
mod measure;
mod overhead;
mod page_set;
mod pages;
mod pgbench;
mod reference;
mod resident;
mod rps;
mod scale;
mod search;
mod serve;
mod session;
mod start;
mod surveys;
mod warm;
mod words;

use std::fmt::Write as _;
use std::path::PathBuf;

use clap::Args;

use crate::build;
use crate::console::{self, Running};
use crate::error::Error;
use crate::report;
use crate::tools::{psql, servers};
use crate::workspace::{Profile, Workspace};

use measure::Measure;
use pgbench::Pgbench;
use reference::Psql;
use serve::Serve;
use session::Session;
use surveys::Part;

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
    servers::ensure_redis();
    let psql = psql::ensure()?;
    let mut lines = Lines::open(workspace)?;
    if options.cold {
        lines.keep("cold_build", cold_build::measure(workspace).map(one));
    }
    build::all(workspace, Profile::Release)?;
    let mut taking = Taking { options, lines };
    taking.take("wasm_brotli", || browser_code::measure(workspace).map(one));

    let data = workspace.target.join("bench/data");
    let demo = report::step("starting the demo to measure", || {
        let (rows, episodes) = (options.rows, options.episodes());
        console::start(workspace, Profile::Release, rows, episodes, &data)
    })?;
    report::step("reading the database's files once", || {
        warm::read_all(&data)
    })?;
    taking.take("start_to_first_page", || {
        start::measure(workspace, &demo).map(one)
    });
    taking.take("idle_memory, memory_at_32", || {
        resident::measure(workspace, &demo)
    });

    // A console of our own: its process id is known, and nobody else uses it.
    let serve = Serve::start(workspace, &demo)?;
    let subject = Subject {
        workspace,
        session: Session::log_in(&serve.url)?,
        psql: Psql::new(psql, &demo.database_url),
        demo,
        serve,
        rows: options.rows,
    };
    report::step("looking for findings in the whole history, once", || {
        findings::catch_up(&subject.psql)
    })?;
    lists(&mut taking, &subject);
    throughput(&mut taking, &subject);
    other_pages(&mut taking, &subject);
    exports(&mut taking, &subject);
    taking.lines.close()
}

/// What is measured, and with what.
struct Subject<'a> {
    workspace: &'a Workspace,
    demo: Running,
    serve: Serve,
    session: Session,
    psql: Psql,
    /// Decisions in the database.
    rows: u64,
}

/// The pages of lists, and what they amount to.
fn lists(taking: &mut Taking, subject: &Subject) {
    let Subject {
        workspace,
        demo,
        session,
        psql,
        rows,
        ..
    } = subject;
    taking.take("page_p50, page_p99", || pages::measure(session, psql));
    taking.take("page_overhead_p50", || {
        let pgbench = Pgbench::find(workspace, &demo.database_url)?;
        overhead::measure(session, &pgbench).map(one)
    });
    taking.take("page_growth", || {
        scale::growth(workspace, session, psql, *rows).map(one)
    });
    taking.take("deep_page", || scale::deep(session, psql, *rows).map(one));
    taking.take("rare_filter_p99", || {
        search::rare_filter(session, psql, *rows).map(one)
    });
    taking.take("text_search_7d_p99, text_search_all_first_rows", || {
        search::text(session, psql, *rows)
    });
    taking.take("histogram_all_p50, histogram_7d_p50", || {
        surveys::measure(session, psql, Part::Histogram, *rows)
    });
    taking.take("facets_all_p50, facets_7d_p50", || {
        surveys::measure(session, psql, Part::Facets, *rows)
    });
}

fn throughput(taking: &mut Taking, subject: &Subject) {
    let (session, rows) = (&subject.session, subject.rows);
    let pgbench = || Pgbench::find(subject.workspace, &subject.demo.database_url);
    taking.take("page_rps", || {
        rps::beside_engine(session, &pgbench()?, rows).map(one)
    });
    taking.take("page_p50_under_logins", || {
        beside_logins::measure(session).map(one)
    });
    taking.take("page_rps_limit", || {
        rps::beside_limit(session, &pgbench()?).map(one)
    });
}

/// The kill switch, traces, findings and indexes.
fn other_pages(taking: &mut Taking, subject: &Subject) {
    let Subject {
        workspace,
        demo,
        session,
        psql,
        rows,
        ..
    } = subject;
    taking.take("kill_switch_list_p50", || {
        kill_switch::list(session, psql).map(one)
    });
    taking.take("dossier_p50", || {
        kill_switch::dossier(session, psql).map(one)
    });
    taking.take("trace_p50", || findings::trace(session, psql).map(one));
    taking.take("findings_rebuild_100k_rows, page_p99_under_rebuild", || {
        findings::rebuild(workspace, demo, session, psql)
    });
    taking.take("findings_behind", || findings::behind(psql).map(one));
    taking.take("advise", || advise::measure(workspace, demo, psql, *rows));
}

fn exports(taking: &mut Taking, subject: &Subject) {
    let (session, psql) = (&subject.session, &subject.psql);
    taking.take("export_ratio, export_raw_ratio", || {
        export::speed(session, psql)
    });
    taking.take("export_memory", || {
        export::memory(&subject.serve, session, psql, subject.rows).map(one)
    });
    taking.take("page_p99_under_exports", || {
        beside_exports::measure(session).map(one)
    });
    taking.take("aborted_exports, aborted_exports_busy", || {
        aborted::measure(session, psql)
    });
}

type Measured = Result<Vec<Measure>, Error>;

fn one(measure: Measure) -> Vec<Measure> {
    vec![measure]
}

/// Takes the measures that are wanted.
struct Taking<'a> {
    options: &'a Options,
    lines: Lines,
}

impl Taking<'_> {
    /// Takes the measure of the lines of these names, where one of them is wanted.
    fn take(&mut self, names: &'static str, measure: impl FnOnce() -> Measured) {
        if self.options.wants(names) {
            let measured = report::step(names, measure);
            self.lines.keep(names, measured);
        }
    }
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
