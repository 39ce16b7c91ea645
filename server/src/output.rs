//! What commands print. Whoever reads it may go away at any time (`audit-console advise | head`): standard output that
//! is closed ends the command, and standard error that is closed changes nothing. The macros of `std` panic instead, and
//! are refused in this crate.

use std::fmt::Arguments;
use std::io::{self, Write as _};

use crate::state::StartError;

/// Prints to standard output.
///
/// # Errors
/// [`StartError::ReaderGone`] when nobody reads it any more.
pub fn print(text: Arguments<'_>) -> Result<(), StartError> {
    io::stdout().write_fmt(text).map_err(failed)
}

/// As [`print()`], and ends the line.
///
/// # Errors
/// As [`print()`].
pub fn print_line(text: Arguments<'_>) -> Result<(), StartError> {
    print(format_args!("{text}\n"))
}

/// Why standard output does not take anything any more.
#[must_use]
#[allow(
    clippy::needless_pass_by_value,
    reason = "`map_err` hands the error over"
)]
pub fn failed(error: io::Error) -> StartError {
    if error.kind() == io::ErrorKind::BrokenPipe {
        return StartError::ReaderGone;
    }
    StartError::Other(format!("standard output cannot be written: {error}"))
}

/// Tells the person a line on standard error, where it is open.
pub fn tell(text: Arguments<'_>) {
    // There is no other place to say that nobody listens.
    let _ = writeln!(io::stderr(), "{text}");
}
