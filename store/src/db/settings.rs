//! Session settings, and the three operations on them: sending them in the start-up packet, setting them with `SET
//! LOCAL`, and reading them back.

use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{Executor as _, Row as _};

use crate::sql::{Sql, sql};

/// Whether a session may write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Transactions are READ ONLY.
    ReadOnly,
    /// Transactions may write.
    ReadWrite,
}

/// Settings of a session. Values are in PostgreSQL's notation, times in milliseconds.
#[derive(Clone, Debug)]
pub struct Settings {
    access: Access,
    values: Vec<(&'static str, String)>,
}

/// Settings that the text form of values depends on, as sqlx sends them in the start-up packet. A pooler may not keep
/// them.
const TEXT_FORM: &str = "SET LOCAL timezone = 'UTC'; SET LOCAL datestyle = 'ISO, MDY'; SET LOCAL extra_float_digits = 1";

impl Settings {
    /// Settings with only the access mode.
    pub fn new(access: Access) -> Self {
        let mut values = Vec::new();
        if access == Access::ReadOnly {
            values.push(("default_transaction_read_only", "on".to_owned()));
        }
        Self { access, values }
    }

    /// The access mode.
    pub const fn access(&self) -> Access {
        self.access
    }

    /// The statement timeout; `None` when unlimited.
    pub fn limit(&self) -> Option<Duration> {
        let (_, value) = self
            .values
            .iter()
            .find(|(name, _)| *name == "statement_timeout")?;
        let limit = Duration::from_millis(value.parse().ok()?);
        (!limit.is_zero()).then_some(limit)
    }

    /// Adds or replaces a setting.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.values.retain(|(known, _)| *known != name);
        self.values.push((name, value.into()));
        self
    }

    /// Sets the statement timeout; zero is unlimited.
    #[must_use]
    pub fn statement_timeout(self, limit: Duration) -> Self {
        self.with("statement_timeout", limit.as_millis().to_string())
    }

    /// Sets the lock timeout.
    #[must_use]
    pub fn lock_timeout(self, limit: Duration) -> Self {
        self.with("lock_timeout", limit.as_millis().to_string())
    }

    /// Connection options that send the settings in the start-up packet.
    pub fn in_startup(&self, options: PgConnectOptions) -> PgConnectOptions {
        options.options(self.values.iter().map(|(name, value)| (*name, value)))
    }

    /// `BEGIN` of a transaction, followed by `SET LOCAL` for each setting.
    pub fn begin_with_all(&self, snapshot: bool) -> Sql {
        let mut sql = sql![self.begin(snapshot), "; ", TEXT_FORM];
        for (name, value) in &self.values {
            // `BEGIN` itself says whether the transaction is read-only; the setting applies to later transactions only.
            if *name != "default_transaction_read_only" {
                sql.push("; SET LOCAL ").push(*name).push(" = ");
                sql.quoted(value);
            }
        }
        sql
    }

    /// `BEGIN` of a transaction in a session that has the settings.
    pub fn begin(&self, snapshot: bool) -> Sql {
        let mut sql = Sql::new("BEGIN");
        if snapshot {
            sql.push(" ISOLATION LEVEL REPEATABLE READ");
        }
        if self.access == Access::ReadOnly {
            sql.push(" READ ONLY");
        }
        sql
    }

    /// Whether the settings of the start-up packet are in force; a pooler may have dropped them silently. Uses an
    /// unnamed statement, which every pooler supports.
    pub async fn are_in_force(&self, connection: &mut PgConnection) -> Result<bool, sqlx::Error> {
        if self.values.is_empty() {
            return Ok(true);
        }
        let names = self.values.iter().map(|(name, _)| sql!["'", *name, "'"]);
        let sql = sql![
            "SELECT name, setting FROM pg_catalog.pg_settings WHERE name IN (",
            Sql::joined(", ", names),
            ")"
        ];
        let rows = connection.fetch_all(sqlx::raw_sql(sql)).await?;
        let mut in_force = 0;
        for row in &rows {
            let (name, setting): (&str, &str) = (row.try_get(0)?, row.try_get(1)?);
            let wanted = self.values.iter().find(|(known, _)| *known == name);
            in_force += usize::from(wanted.is_some_and(|(_, value)| value == setting));
        }
        Ok(in_force == self.values.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn begin_sets_every_setting() {
        let settings = Settings::new(Access::ReadOnly)
            .statement_timeout(Duration::from_secs(5))
            .with("jit", "off")
            .statement_timeout(Duration::from_millis(400));
        assert_eq!(settings.begin(false).to_string(), "BEGIN READ ONLY");
        let text = settings.begin_with_all(true).to_string();
        assert!(text.starts_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL"));
        assert!(text.ends_with("; SET LOCAL jit = 'off'; SET LOCAL statement_timeout = '400'"));
    }
}
