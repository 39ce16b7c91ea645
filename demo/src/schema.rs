//! The engine's schema, for databases that we make ourselves. A real engine migrates its own.

use sqlx::{Executor, PgConnection};

use crate::error::Result;

/// Tables, defaults and sequences, without any index.
pub const TABLES: &str = include_str!("../../migrations/engine/0001_tables.sql");
/// Primary keys, indexes and foreign keys, one statement a line.
pub const INDEXES: &str = include_str!("../../migrations/engine/0002_indexes.sql");

/// Marks the statements that need the other tables' primary keys.
const FOREIGN_KEY: &str = "FOREIGN KEY";

/// Creates the tables.
///
/// # Errors
/// When the database refuses, for example because they exist.
pub async fn create_tables(connection: &mut PgConnection) -> Result<()> {
    connection.execute(TABLES).await?;
    Ok(())
}

/// Creates everything that [`create_tables`] leaves out.
///
/// # Errors
/// When the database refuses, for example because the rows break a foreign key.
pub async fn create_indexes(connection: &mut PgConnection) -> Result<()> {
    connection.execute(INDEXES).await?;
    Ok(())
}

/// The statements of [`INDEXES`] that may run side by side, in the file's order.
pub fn independent_statements() -> impl Iterator<Item = &'static str> {
    statements().filter(|statement| !statement.contains(FOREIGN_KEY))
}

/// The statements of [`INDEXES`] that come last.
pub fn foreign_keys() -> impl Iterator<Item = &'static str> {
    statements().filter(|statement| statement.contains(FOREIGN_KEY))
}

fn statements() -> impl Iterator<Item = &'static str> {
    INDEXES
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with("--"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_statement_stands_on_a_line_of_its_own() {
        for statement in statements() {
            assert!(statement.ends_with(");"), "{statement}");
            assert_eq!(statement.matches(';').count(), 1, "{statement}");
        }
        assert_eq!(foreign_keys().count(), 10);
    }
}
