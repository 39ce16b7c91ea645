//! The hidden fields of a form by which it is written only once, and only after the entries that its author has seen.

use domain::query::ParamError;
use uuid::Uuid;

/// Reads the idempotency key of a form, and the number of entries that its page has shown.
///
/// # Errors
/// When one of them is invalid.
pub fn parse(key: &str, seen: &str) -> Result<(Uuid, u32), ParamError> {
    let key = Uuid::try_parse(key)
        .map_err(|_| ParamError::new("key", "takes the key that the form came with"))?;
    let seen = seen
        .parse()
        .map_err(|_| ParamError::new("seen", "takes the number that the form came with"))?;
    Ok((key, seen))
}
