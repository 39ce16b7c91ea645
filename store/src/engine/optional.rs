//! Tables that an engine may not have, or not have granted: what they hold is beside the point.

use crate::StoreError;

/// A table or column that is not there, or may not be read, has nothing to say.
pub fn absent_as_none<T>(read: Result<T, sqlx::Error>) -> Result<Option<T>, StoreError> {
    match read {
        Ok(value) => Ok(Some(value)),
        Err(sqlx::Error::Database(error))
            if matches!(
                error.code().as_deref(),
                // undefined_table, undefined_column, insufficient_privilege; and a moment so far away that
                // date_bin overflows, when prices say nothing
                Some("42P01" | "42703" | "42501" | "22008")
            ) =>
        {
            tracing::debug!(%error, "a table beside the audit log cannot be read");
            Ok(None)
        }
        Err(error) => match error.into() {
            // What is beside the point must not take the page down with it.
            StoreError::TimedOut => Ok(None),
            error => Err(error),
        },
    }
}
