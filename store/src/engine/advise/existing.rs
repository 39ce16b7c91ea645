//! Which indexes the engine's tables have already.

use sqlx::Row as _;
use sqlx::postgres::PgRow;

use crate::db::Pool;

use super::candidates::{Candidate, Method};

/// An index of one of the engine's tables.
pub struct Index {
    name: String,
    table: String,
    method: String,
    /// Whether it is complete; what a failed `CREATE INDEX CONCURRENTLY` leaves is not.
    valid: bool,
    /// Its columns and expressions, as PostgreSQL spells them; with `COLLATE "C"` where one has that collation.
    keys: Vec<String>,
    /// Which of them run from high to low.
    descending: Vec<bool>,
    predicate: Option<String>,
}

const INDEXES: &str = "SELECT i.relname::text AS name, t.relname::text AS table_name, \
    m.amname::text AS method, x.indisvalid AS valid, \
    ARRAY(SELECT pg_get_indexdef(x.indexrelid, k, true) || CASE \
      WHEN x.indcollation[k - 1] = 'pg_catalog.\"C\"'::regcollation THEN ' COLLATE \"C\"' ELSE '' END \
      FROM generate_series(1, x.indnkeyatts) k ORDER BY k) AS keys, \
    ARRAY(SELECT x.indoption[k - 1] & 1 = 1 FROM generate_series(1, x.indnkeyatts) k ORDER BY k) AS descending, \
    pg_get_expr(x.indpred, x.indrelid, true) AS predicate \
    FROM pg_catalog.pg_index x \
    JOIN pg_catalog.pg_class i ON i.oid = x.indexrelid \
    JOIN pg_catalog.pg_class t ON t.oid = x.indrelid \
    JOIN pg_catalog.pg_am m ON m.oid = i.relam \
    WHERE t.relnamespace = 'public'::regnamespace";

/// All indexes of schema `public`.
pub async fn indexes(pool: &Pool) -> Result<Vec<Index>, sqlx::Error> {
    let read = |row: &PgRow| {
        Ok(Index {
            name: row.try_get("name")?,
            table: row.try_get("table_name")?,
            method: row.try_get("method")?,
            valid: row.try_get("valid")?,
            keys: row.try_get("keys")?,
            descending: row.try_get("descending")?,
            predicate: row.try_get("predicate")?,
        })
    };
    let rows = sqlx::query(INDEXES).fetch_all(pool).await?;
    rows.iter().map(read).collect()
}

/// How far extension `pg_trgm` is there.
pub struct Trigrams {
    /// The server has its files.
    pub available: bool,
    /// The database has it.
    pub installed: bool,
}

/// Asks for extension `pg_trgm`.
pub async fn trigrams(pool: &Pool) -> Result<Trigrams, sqlx::Error> {
    let row = sqlx::query(
        "SELECT EXISTS (SELECT FROM pg_available_extensions WHERE name = 'pg_trgm') AS available, \
         EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_trgm') AS installed",
    )
    .fetch_one(pool)
    .await?;
    Ok(Trigrams {
        available: row.try_get("available")?,
        installed: row.try_get("installed")?,
    })
}

impl Index {
    /// Whether it does what `candidate` would: it begins with the same keys, over the same rows. One that runs from high
    /// to low is walked the other way.
    pub fn serves(&self, candidate: &Candidate) -> bool {
        let keys = candidate.keys.len();
        let same_way = match candidate.method {
            // A list is ordered by the last two.
            Method::Btree if keys > 1 => {
                self.descending.get(keys - 1) == self.descending.get(keys - 2)
            }
            Method::Btree | Method::Trigrams => true,
        };
        self.valid
            && same_way
            && self.table == candidate.table
            && self.method == candidate.method.name()
            && self.keys.len() >= keys
            && self
                .keys
                .iter()
                .zip(&candidate.keys)
                .all(|(is, wanted)| bare(is) == bare(wanted))
            && self.predicate.as_deref().map(bare) == candidate.predicate.map(bare)
    }

    /// Whether it has the name that `candidate` would get.
    pub fn has_name_of(&self, candidate: &Candidate) -> bool {
        self.name == candidate.name
    }
}

/// SQL without what PostgreSQL adds when it spells it: parentheses, quotes, spaces, casts to the type that it has anyway,
/// an `ELSE` that says nothing.
fn bare(sql: &str) -> String {
    ["::text", "::json", "ELSE NULL"]
        .iter()
        .fold(sql.to_owned(), |sql, added| sql.replace(added, ""))
        .chars()
        .filter(|char| !char.is_whitespace() && !matches!(char, '(' | ')' | '"'))
        .collect()
}
