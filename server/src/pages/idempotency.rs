//! What a form carries so that it is written once, and only after what its writer has seen.

use domain::query::ParamError;
use uuid::Uuid;

/// Reads the key that names what a form writes, and how many entries its page has shown.
///
/// # Errors
/// When one of them is not what the form came with.
pub fn parse(key: &str, seen: &str) -> Result<(Uuid, u32), ParamError> {
    let key = Uuid::try_parse(key)
        .map_err(|_| ParamError::new("key", "takes the key that the form came with"))?;
    let seen = seen
        .parse()
        .map_err(|_| ParamError::new("seen", "takes the number that the form came with"))?;
    Ok((key, seen))
}
