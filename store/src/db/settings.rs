//! What a session is to be like, and the three ways to say so: in the start-up packet, by `SET LOCAL`, and by reading it
//! back.

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

/// The settings of a session. Values are PostgreSQL's own, times in milliseconds.
#[derive(Clone, Debug)]
pub struct Settings {
    access: Access,
    values: Vec<(&'static str, String)>,
}

/// What a statement's text depends on, as sqlx sends it in the start-up packet. A pooler that shares connections may not
/// keep it.
const TEXT_FORM: &str = "SET LOCAL timezone = 'UTC'; SET LOCAL datestyle = 'ISO, MDY'; SET LOCAL extra_float_digits = 1";

impl Settings {
    /// No settings but whether it may write.
    pub fn new(access: Access) -> Self {
        let mut values = Vec::new();
        if access == Access::ReadOnly {
            values.push(("default_transaction_read_only", "on".to_owned()));
        }
        Self { access, values }
    }

    /// Whether it may write.
    pub const fn access(&self) -> Access {
        self.access
    }

    /// How long a statement may run; none when for ever.
    pub fn limit(&self) -> Option<Duration> {
        let (_, value) = self
            .values
            .iter()
            .find(|(name, _)| *name == "statement_timeout")?;
        let limit = Duration::from_millis(value.parse().ok()?);
        (!limit.is_zero()).then_some(limit)
    }

    /// With one more setting, or another value of one.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.values.retain(|(known, _)| *known != name);
        self.values.push((name, value.into()));
        self
    }

    /// With a limit on how long a statement runs; zero is none.
    #[must_use]
    pub fn statement_timeout(self, limit: Duration) -> Self {
        self.with("statement_timeout", limit.as_millis().to_string())
    }

    /// With a limit on how long a statement waits for a lock.
    #[must_use]
    pub fn lock_timeout(self, limit: Duration) -> Self {
        self.with("lock_timeout", limit.as_millis().to_string())
    }

    /// Connection options that ask for them in the start-up packet.
    pub fn in_startup(&self, options: PgConnectOptions) -> PgConnectOptions {
        options.options(self.values.iter().map(|(name, value)| (*name, value)))
    }

    /// `BEGIN` of a transaction of these settings, each made by `SET LOCAL`.
    pub fn begin_with_all(&self, snapshot: bool) -> Sql {
        let mut sql = sql![self.begin(snapshot), "; ", TEXT_FORM];
        for (name, value) in &self.values {
            // Whether a transaction is read only is said by its BEGIN; this is for those that would follow.
            if *name != "default_transaction_read_only" {
                sql.push("; SET LOCAL ").push(*name).push(" = ");
                sql.quoted(value);
            }
        }
        sql
    }

    /// `BEGIN` of a transaction whose session has the settings already.
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

    /// Whether a session that asked for them in its start-up packet has them: a pooler may have dropped them without a
    /// word. By a statement without a name, which no pooler minds.
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
    fn a_transaction_makes_every_setting() {
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
