//! Words to search for: out of the reasons that are there, by how often they occur.

use crate::error::Error;
use crate::report;

use super::reference::Psql;

/// Decisions among which words are looked for, about.
const SAMPLED: u64 = 50_000;
/// A common word is in one of so many decisions, a rare one in one of so many.
const COMMON: u64 = 20;
const RARE: u64 = 100_000;
/// Words that are counted in all decisions, to find a rare one.
const CANDIDATES: u32 = 8;

/// A word of letters, digits and points.
#[derive(Debug)]
pub struct Word {
    /// As it is searched for.
    pub text: String,
}

impl Word {
    /// That a decision holds it.
    pub fn condition(&self) -> String {
        holds(&format!("'%{}%'", self.text))
    }
}

/// A word in about one of 20 decisions.
///
/// # Errors
/// When there is none, or psql fails.
pub fn common(psql: &Psql, rows: u64) -> Result<Word, Error> {
    let sample = sample(rows);
    let found = psql.value(&format!(
        "with words as (select distinct t.id, word from trade_audit t {sample}, \
         regexp_split_to_table(lower(t.reason), '[^a-z]+') word where word ~ '^[a-z]{{4,}}$') \
         select word from words group by word \
         order by abs(count(*) - (select count(*) from trade_audit t {sample}) / {COMMON}), word limit 1"
    ))?;
    word(psql, &found)
}

/// The one of a few words that is nearest to being in one of 100,000 decisions.
///
/// # Errors
/// When there is none, or psql fails.
pub fn rare(psql: &Psql, rows: u64) -> Result<Word, Error> {
    let found = psql.value(&format!(
        "with candidates as materialized (select word from trade_audit t {}, \
         regexp_split_to_table(lower(t.reason), '[^a-z0-9.]+') word \
         where word ~ '^[a-z0-9.]{{5,}}[a-z0-9]$' \
         group by word having count(*) = 1 order by md5(word) limit {CANDIDATES}) \
         select c.word from candidates c join trade_audit t on {} group by c.word \
         order by abs(count(*) - {}), c.word limit 1",
        sample(rows),
        holds("'%' || c.word || '%'"),
        (rows / RARE).max(1)
    ))?;
    word(psql, &found)
}

fn word(psql: &Psql, found: &str) -> Result<Word, Error> {
    if found.is_empty() {
        return Err(Error::Unexpected("the reasons have no words".to_owned()));
    }
    let word = Word {
        text: found.to_owned(),
    };
    let count = psql.value(&format!(
        "select count(*) from trade_audit t where {}",
        word.condition()
    ))?;
    report::note(format_args!("`{found}` is in {count} decisions"));
    Ok(word)
}

fn holds(pattern: &str) -> String {
    format!("(t.reason ilike {pattern} or t.block_reason ilike {pattern})")
}

/// The same pages of the table each time.
fn sample(rows: u64) -> String {
    let per_mille = (SAMPLED * 1_000).div_ceil(rows.max(1)).clamp(1, 1_000);
    format!("tablesample system ({per_mille} / 10.0) repeatable (1)")
}
