//! Optional tables of the engine, which may be missing or not granted.

use crate::StoreError;

/// Turns errors about missing or unreadable tables and columns, and timeouts, into `None`.
pub fn absent_as_none<T>(read: Result<T, sqlx::Error>) -> Result<Option<T>, StoreError> {
    match read {
        Ok(value) => Ok(Some(value)),
        Err(sqlx::Error::Database(error))
            if matches!(
                error.code().as_deref(),
                // undefined_table, undefined_column, insufficient_privilege; and datetime_field_overflow, when
                // `date_bin` gets a time out of its range
                Some("42P01" | "42703" | "42501" | "22008")
            ) =>
        {
            tracing::debug!(%error, "a table beside the audit log cannot be read");
            Ok(None)
        }
        Err(error) => match error.into() {
            // An optional part must not fail the page.
            StoreError::TimedOut => Ok(None),
            error => Err(error),
        },
    }
}
