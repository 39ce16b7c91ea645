//! Existing indexes and partitions of the engine's tables.

use sqlx::Row as _;
use sqlx::postgres::PgRow;

use crate::db::Pool;
use crate::statements::statements;

use super::candidates::{Candidate, Method};

statements! {
    INDEXES = "SELECT x.indexrelid::bigint AS id, x.indrelid::bigint AS table_id, \
        (SELECT inhparent::bigint FROM pg_catalog.pg_inherits WHERE inhrelid = x.indexrelid) AS parent, \
        quote_ident(n.nspname) || '.' || quote_ident(i.relname) AS qualified, \
        i.relname::text AS name, CASE n.nspname WHEN 'public' THEN t.relname::text ELSE '' END AS table_name, \
        m.amname::text AS method, x.indisvalid AS valid, \
        ARRAY(SELECT pg_get_indexdef(x.indexrelid, k, true) || CASE \
          WHEN x.indcollation[k - 1] = 'pg_catalog.\"C\"'::regcollation THEN ' COLLATE \"C\"' ELSE '' END \
          FROM generate_series(1, x.indnkeyatts) k ORDER BY k) AS keys, \
        ARRAY(SELECT x.indoption[k - 1] & 1 = 1 FROM generate_series(1, x.indnkeyatts) k ORDER BY k) AS descending, \
        pg_get_expr(x.indpred, x.indrelid, true) AS predicate, \
        NOT x.indisunique AND x.indnatts = x.indnkeyatts AND NOT EXISTS (SELECT FROM unnest(x.indclass::oid[]) AS used \
          JOIN pg_catalog.pg_opclass o ON o.oid = used WHERE NOT o.opcdefault AND o.opcname <> 'gin_trgm_ops') AS plain \
        FROM pg_catalog.pg_index x \
        JOIN pg_catalog.pg_class i ON i.oid = x.indexrelid \
        JOIN pg_catalog.pg_class t ON t.oid = x.indrelid \
        JOIN pg_catalog.pg_namespace n ON n.oid = t.relnamespace \
        JOIN pg_catalog.pg_am m ON m.oid = i.relam \
        WHERE n.nspname = 'public' OR t.relispartition";

    /// Leaves out foreign tables, which cannot have indexes.
    PARTITIONS = "WITH RECURSIVE tree AS ( \
          SELECT oid, NULL::oid AS parent FROM pg_catalog.pg_class \
          WHERE relnamespace = 'public'::regnamespace AND relkind = 'p' AND NOT relispartition \
        UNION ALL \
          SELECT inhrelid, inhparent FROM tree JOIN pg_catalog.pg_inherits ON inhparent = tree.oid \
          WHERE NOT inhdetachpending) \
        SELECT tree.oid::bigint AS id, tree.parent::bigint AS parent, quote_ident(n.nspname) AS schema, \
        c.relname::text AS name, quote_ident(n.nspname) || '.' || quote_ident(c.relname) AS qualified, \
        c.relkind = 'p' AS partitioned \
        FROM tree JOIN pg_catalog.pg_class c ON c.oid = tree.oid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
        WHERE c.relkind IN ('r', 'p') ORDER BY n.nspname, c.relname";

    TRIGRAMS = "SELECT EXISTS (SELECT FROM pg_available_extensions WHERE name = 'pg_trgm') AS available, \
        EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_trgm') AS installed";
}

/// An index of one of the engine's tables, or of a partition of one.
pub struct Index {
    /// Object id.
    pub id: i64,
    /// Object id of its table.
    pub table_id: i64,
    /// Object id of the partitioned index that it is attached to, if any.
    pub parent: Option<i64>,
    /// Qualified name, as SQL.
    pub qualified: String,
    /// Whether PostgreSQL marks it as valid. An index that a failed `CREATE INDEX CONCURRENTLY` left is not, nor is a
    /// partitioned one while a partition lacks its index.
    pub is_valid: bool,
    name: String,
    table: String,
    method: String,
    /// Key columns and expressions, as PostgreSQL prints them, with `COLLATE "C"` where a key has that collation.
    keys: Vec<String>,
    /// For each key, whether it is descending.
    descending: Vec<bool>,
    predicate: Option<String>,
    /// Whether it is not unique, has no included columns, and uses default operator classes or `gin_trgm_ops`.
    is_plain: bool,
}

/// All indexes of schema `public`, and of partitions in any schema.
pub async fn indexes(pool: &Pool) -> Result<Vec<Index>, sqlx::Error> {
    let read = |row: &PgRow| {
        Ok(Index {
            id: row.try_get("id")?,
            table_id: row.try_get("table_id")?,
            parent: row.try_get("parent")?,
            qualified: row.try_get("qualified")?,
            name: row.try_get("name")?,
            table: row.try_get("table_name")?,
            method: row.try_get("method")?,
            is_valid: row.try_get("valid")?,
            keys: row.try_get("keys")?,
            descending: row.try_get("descending")?,
            predicate: row.try_get("predicate")?,
            is_plain: row.try_get("plain")?,
        })
    };
    let rows = sqlx::query(INDEXES).fetch_all(pool).await?;
    rows.iter().map(read).collect()
}

/// A partitioned table of schema `public`, or a partition of one at any depth.
pub struct Table {
    /// Object id.
    pub id: i64,
    /// Object id of the table that it is a partition of.
    pub parent: Option<i64>,
    /// Schema, as SQL.
    pub schema: String,
    /// Name, unquoted.
    pub name: String,
    /// Qualified name, as SQL.
    pub qualified: String,
    /// Whether it has partitions of its own.
    pub is_partitioned: bool,
}

/// The partitioned tables of schema `public` and all their partitions, ordered by schema and name.
pub async fn partitions(pool: &Pool) -> Result<Vec<Table>, sqlx::Error> {
    let read = |row: &PgRow| {
        Ok(Table {
            id: row.try_get("id")?,
            parent: row.try_get("parent")?,
            schema: row.try_get("schema")?,
            name: row.try_get("name")?,
            qualified: row.try_get("qualified")?,
            is_partitioned: row.try_get("partitioned")?,
        })
    };
    let rows = sqlx::query(PARTITIONS).fetch_all(pool).await?;
    rows.iter().map(read).collect()
}

/// Availability of extension `pg_trgm`.
pub struct Trigrams {
    /// Whether the server can install it.
    pub available: bool,
    /// Whether the database has it.
    pub installed: bool,
}

/// Reads the availability of extension `pg_trgm`.
pub async fn trigrams(pool: &Pool) -> Result<Trigrams, sqlx::Error> {
    let row = sqlx::query(TRIGRAMS).fetch_one(pool).await?;
    Ok(Trigrams {
        available: row.try_get("available")?,
        installed: row.try_get("installed")?,
    })
}

impl Index {
    /// Whether it is valid, on the candidate's table, and equivalent.
    pub fn serves(&self, candidate: &Candidate) -> bool {
        self.is_valid && self.table == candidate.table && self.is_equivalent(candidate)
    }

    /// Whether it is equivalent to `candidate` apart from its table: it begins with the same keys and has the same
    /// condition. Descending indexes count, since they can be scanned backwards.
    pub fn is_equivalent(&self, candidate: &Candidate) -> bool {
        let keys = candidate.keys.len();
        let same_way = match candidate.method {
            // Lists are ordered by the last two keys together.
            Method::Btree if keys > 1 => {
                self.descending.get(keys - 1) == self.descending.get(keys - 2)
            }
            Method::Btree | Method::Trigrams => true,
        };
        same_way
            && self.method == candidate.method.name()
            && self.keys.len() >= keys
            && self
                .keys
                .iter()
                .zip(&candidate.keys)
                .all(|(is, wanted)| normalized(is) == normalized(&wanted.to_string()))
            && self.predicate.as_deref().map(normalized) == candidate.predicate.map(normalized)
    }

    /// Whether it is identical to `candidate` apart from its table. Only identical indexes can be attached to a
    /// partitioned index.
    pub fn is_exactly(&self, candidate: &Candidate) -> bool {
        self.is_plain && self.keys.len() == candidate.keys.len() && self.is_equivalent(candidate)
    }

    /// Whether it has the candidate's name in schema `public`.
    pub fn has_name_of(&self, candidate: &Candidate) -> bool {
        self.name == candidate.name && self.qualified.starts_with("public.")
    }
}

/// Normalises SQL for comparison: drops parentheses, quotes, spaces, redundant casts and a redundant `ELSE`, which
/// PostgreSQL adds when it prints a definition.
fn normalized(sql: &str) -> String {
    ["::text", "::json", "ELSE NULL"]
        .iter()
        .fold(sql.to_owned(), |sql, added| sql.replace(added, ""))
        .chars()
        .filter(|char| !char.is_whitespace() && !matches!(char, '(' | ')' | '"'))
        .collect()
}
