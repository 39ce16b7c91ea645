//! Output of commands. When the reader closes standard output (`audit-console advise | head`) the command ends; when
//! standard error is closed it goes on. The macros of `std` panic instead, and are denied in this crate.

use std::fmt::Arguments;
use std::io::{self, Write as _};

use crate::state::StartError;

/// Prints to standard output.
///
/// # Errors
/// [`StartError::ReaderGone`] when its reader has closed it.
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

/// The error of a command whose output cannot be written.
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

/// Prints a line to standard error, where it is open.
pub fn tell(text: Arguments<'_>) {
    // A closed standard error cannot be reported anywhere.
    let _ = writeln!(io::stderr(), "{text}");
}
