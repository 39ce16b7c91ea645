//! `rare_filter_p99`, `text_search_7d_p99`, `text_search_all_first_rows`: pages whose rows lie far apart.

use crate::error::Error;
use crate::report;

use super::measure::{Measure, Target, at_size, percentile};
use super::page_set::trades_sql;
use super::reference::Psql;
use super::session::Session;
use super::words::{self, Word};

const ROUNDS: usize = 5;
/// Pages a round.
const REPEATS: usize = 5;
/// Milliseconds until a page with a rare filter has ended, also one of text in the last seven days.
const TARGET_PAGE: f64 = 100.0;
/// Milliseconds until the rows of a search through everything are there.
const TARGET_FIRST_ROWS: f64 = 1_000.0;
/// How many decisions a rare filter matches, about.
const RARE: (u32, u32) = (15, 25);
/// None of them is younger than this.
const OLD: &str = "7 days";
/// What comes with the last row.
const ROWS_END: &str = "</table>";
/// What a page says whose search was cut.
const SEARCHED_TO: &str = "The rows were searched up to ";

/// What is waited for.
#[derive(Clone, Copy, Debug)]
enum Until {
    /// The page's last byte.
    End,
    /// Its last row; its last byte where it has none.
    Rows,
}

/// A filter that about 20 decisions pass, all of them old: a confidence, an asset and a decision. No index holds the
/// three.
pub fn rare_filter(session: &Session, psql: &Psql, rows: u64) -> Result<Measure, Error> {
    let (few, many) = RARE;
    let found = psql.value(&format!(
        "select confidence_score, asset, decision, count(*), \
         extract(day from (select max(timestamp) from trade_audit) - max(timestamp)) from trade_audit \
         group by confidence_score, asset, decision having count(*) between {few} and {many} \
         and max(timestamp) < (select max(timestamp) from trade_audit) - interval '{OLD}' \
         order by max(timestamp) limit 1"
    ))?;
    let columns: Vec<&str> = found.split('|').collect();
    let [confidence, asset, decision, count, days] = columns[..] else {
        return Err(Error::Unexpected(
            "no filter matches about 20 old decisions: give more --rows".to_owned(),
        ));
    };
    let path = format!(
        "/trades?asset={asset}&decision={decision}\
         &min_confidence={confidence}&max_confidence={confidence}"
    );
    report::note(format_args!(
        "{path} matches {count} decisions, the newest {days} days before the newest of all"
    ));
    let statement = trades_sql(&format!(
        "t.asset = '{asset}' and t.decision = '{decision}' and t.confidence_score = {confidence}"
    ));
    let timed = Timed::take(session, psql, &path, &statement, Until::End)?;
    Ok(timed.line(at_size("rare_filter_p99", rows), TARGET_PAGE))
}

/// Text in the last seven days, until the page has ended, and in everything, until its rows are there. Of a common
/// word and a rare one the slower counts.
pub fn text(session: &Session, psql: &Psql, rows: u64) -> Result<Vec<Measure>, Error> {
    let words = [words::common(psql, rows)?, words::rare(psql, rows)?];
    let last_days = slower(&words, |word| {
        let path = format!("/trades?q={}&last=7d", word.text);
        let recent = "t.timestamp > now() - interval '7 days'";
        let statement = trades_sql(&format!("{recent} and {}", word.condition()));
        Timed::take(session, psql, &path, &statement, Until::End)
    })?;
    let all = slower(&words, |word| {
        let path = format!("/trades?q={}", word.text);
        let statement = trades_sql(&word.condition());
        Timed::take(session, psql, &path, &statement, Until::Rows)
    })?;
    Ok(vec![
        last_days.line(at_size("text_search_7d_p99", rows), TARGET_PAGE),
        all.line(
            at_size("text_search_all_first_rows", rows),
            TARGET_FIRST_ROWS,
        ),
    ])
}

fn slower(
    [common, rare]: &[Word; 2],
    take: impl Fn(&Word) -> Result<Timed, Error>,
) -> Result<Timed, Error> {
    let (common, rare) = (take(common)?, take(rare)?);
    Ok(if common.page > rare.page {
        common
    } else {
        rare
    })
}

/// The slowest of a page and of its SQL, in ms.
#[derive(Debug)]
struct Timed {
    page: f64,
    bare: f64,
}

impl Timed {
    /// Times a page and its SQL in turns; the first turn warms up and is not counted. Says where searches were cut.
    fn take(
        session: &Session,
        psql: &Psql,
        path: &str,
        statement: &str,
        until: Until,
    ) -> Result<Self, Error> {
        let (mut pages, mut bare) = (Vec::new(), Vec::new());
        let (mut cut, mut searched_to) = (0, String::new());
        for round in 0..=ROUNDS {
            let mut times = Vec::with_capacity(REPEATS);
            for _ in 0..REPEATS {
                let page = session.watch(path, ROWS_END)?;
                times.push(match until {
                    Until::End => page.milliseconds,
                    Until::Rows => page.seen.unwrap_or(page.milliseconds),
                });
                if let Some((_, rest)) = page.text.split_once(SEARCHED_TO) {
                    cut += 1;
                    // <time datetime="…">
                    rest.split('"')
                        .nth(1)
                        .unwrap_or_default()
                        .clone_into(&mut searched_to);
                }
            }
            let sql_times = psql.times(&[statement.to_owned()])?;
            if round > 0 {
                pages.extend(times);
                bare.extend(sql_times);
            }
        }
        let timed = Self {
            page: percentile(&mut pages, 0.99),
            bare: percentile(&mut bare, 0.99),
        };
        report::note(format_args!("{path}: {:.2} ms", timed.page));
        if cut > 0 {
            report::note(format_args!(
                "{cut} of {} pages say \"{SEARCHED_TO}{searched_to}\"",
                (ROUNDS + 1) * REPEATS
            ));
        }
        Ok(timed)
    }

    fn line(&self, name: String, target: f64) -> Measure {
        Measure::beside(name, self.page, "ms", self.bare, Target::AtMost(target))
    }
}
