//! `audit-console findings`: the number of findings and the progress of each rule; and the rebuild.

use std::time::{Duration, Instant};

use domain::filter::ParamEnum as _;
use domain::finding::Rule;
use store::access::Auditor;
use store::console::Rebuild;
use store::findings::{FindingScanner, ScanOutcome};

use crate::output::{print_line, tell};
use crate::state::{App, StartError};

/// Time between two lines of progress.
const TELL_EVERY: Duration = Duration::from_secs(1);
/// Time between two attempts while another copy of the console scans.
const ASK_EVERY: Duration = Duration::from_millis(50);

const HEADER: &str = "rule\tseverity\topen\texplained\tchecked_to";

/// `findings`: prints a header and one line for each rule, tab-separated.
///
/// # Errors
/// When a database is unavailable.
pub async fn list(app: &App) -> Result<(), StartError> {
    app.console.check_schema().await?;
    let auditor = Auditor::operator();
    let counts = app.console.count_findings_by_rule(&auditor).await?;
    let progress = app.console.finding_progress(&auditor).await?;
    print_line(format_args!("{HEADER}"))?;
    for rule in Rule::all() {
        let count = counts.iter().find(|count| count.rule == rule);
        let (open, explained) = count.map_or((0, 0), |count| (count.open, count.explained));
        let reached = progress.iter().find(|progress| progress.rule == rule);
        let reached = reached.map_or_else(String::new, |reached| reached.checked_to.rfc3339());
        let (word, severity) = (rule.as_str(), rule.severity().as_str());
        print_line(format_args!(
            "{word}\t{severity}\t{open}\t{explained}\t{reached}"
        ))?;
    }
    Ok(())
}

/// `findings --rebuild`: scans every row again, or continues an interrupted rebuild.
///
/// # Errors
/// When a database is unavailable; the progress until then is kept.
pub async fn rebuild(app: &App) -> Result<(), StartError> {
    app.engine.check_schema().await?;
    app.console.check_schema().await?;
    let redis = app.redis.state().await;
    let auditor = Auditor::operator();
    let all = app.engine.estimate_rows(&auditor).await?;
    let interrupted = app.console.finding_rebuild(&auditor).await?;
    let before = interrupted.map_or(0, |rebuild| rebuild.looked_at);
    let mut scanner = FindingScanner::new(app.engine.clone(), app.console.clone());
    let mut progress = Progress::new(all, before);
    let mut waited = false;
    loop {
        let pass = scanner.rebuild(&redis, |rebuild| {
            progress.tell(rebuild);
            true
        });
        match pass.await? {
            ScanOutcome::Done => break,
            ScanOutcome::NotOurTurn if !waited => {
                tell(format_args!(
                    "another copy is looking for findings: waiting for its turn to end"
                ));
                waited = true;
            }
            ScanOutcome::NotOurTurn | ScanOutcome::More(_) => {}
        }
        tokio::time::sleep(ASK_EVERY).await;
    }
    tell(format_args!("{}", progress.line()));
    list(app).await
}

/// The progress of a rebuild, for people.
struct Progress {
    all: u64,
    begun: Instant,
    last_line_at: Instant,
    /// Rows that an earlier, interrupted rebuild has scanned.
    before: u64,
    now: Option<Rebuild>,
}

impl Progress {
    fn new(all: u64, before: u64) -> Self {
        Self {
            all,
            begun: Instant::now(),
            last_line_at: Instant::now(),
            before,
            now: None,
        }
    }

    fn tell(&mut self, rebuild: Rebuild) {
        self.now = Some(rebuild);
        if self.last_line_at.elapsed() >= TELL_EVERY {
            self.last_line_at = Instant::now();
            tell(format_args!("{}", self.line()));
        }
    }

    fn line(&self) -> String {
        let Some(now) = self.now else {
            return "there was no row to look at".to_owned();
        };
        let rows = now.looked_at;
        let fresh = u128::from(rows.saturating_sub(self.before));
        let rate = fresh * 1_000 / self.begun.elapsed().as_millis().max(1);
        // Before the first ANALYZE the number of rows is unknown.
        let share = rows.saturating_mul(100).checked_div(self.all);
        let share = share.map_or_else(String::new, |share| format!("about {} %, ", share.min(100)));
        let to = now.checked_to.rfc3339();
        format!("{rows} rows up to {to}, {share}{rate} rows/s")
    }
}
