//! Why an export does not begin.

use axum::http::StatusCode;
use domain::query::ParamError;

use crate::error::ErrorResponse;

/// Why an export does not begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// As many run and wait as may.
    #[error("the queue of exports is full")]
    Full,
    /// It could not run in time.
    #[error("the export has waited for too long")]
    WaitedTooLong,
    /// So many of this person's exports wait or run already.
    #[error("{0} exports of the same person wait or run")]
    TooManyPerPerson(usize),
    /// Another export of the same person that has not ended has this key.
    #[error("the key is in use")]
    KeyInUse,
    /// Its owner cancelled it before it began.
    #[error("the export was cancelled")]
    Cancelled,
    /// The database had not begun to answer in time.
    #[error("the export did not begin in time")]
    Slow,
}

impl Refusal {
    /// The response to whoever asked for the export.
    #[must_use]
    pub fn response(self) -> ErrorResponse {
        let later = |response: ErrorResponse, seconds| ErrorResponse {
            retry_after: Some(seconds),
            ..response
        };
        let busy = |message: &str| {
            let status = StatusCode::SERVICE_UNAVAILABLE;
            ErrorResponse::new(
                status,
                "exports_busy",
                "Too many exports",
                message.to_owned(),
            )
        };
        match self {
            Self::Full => later(
                busy(
                    "As many exports run and wait as the console takes. Try again when some of them are \
                     done.",
                ),
                30,
            ),
            Self::WaitedTooLong => later(
                busy(
                    "The export waited in line for five minutes, and its turn did not come. Try again, or \
                     ask for a shorter span of time.",
                ),
                30,
            ),
            Self::TooManyPerPerson(bound) => later(
                ErrorResponse::new(
                    StatusCode::TOO_MANY_REQUESTS,
                    "too_many",
                    "Too many of your exports",
                    format!(
                        "{bound} exports of this account wait or run already, which is as many as one may \
                         have. Try again when one of them is done, or cancel one."
                    ),
                ),
                10,
            ),
            Self::KeyInUse => ErrorResponse {
                faults: Some(ParamError::new(
                    "key",
                    "another export of this account that has not ended has this key; take a new one",
                )),
                ..ErrorResponse::new(
                    StatusCode::CONFLICT,
                    "key_in_use",
                    "The key is in use",
                    "Take a new one.".to_owned(),
                )
            },
            Self::Cancelled => ErrorResponse::new(
                StatusCode::CONFLICT,
                "cancelled",
                "The export was cancelled",
                "The export was cancelled before it began.".to_owned(),
            ),
            Self::Slow => ErrorResponse::of_status(StatusCode::SERVICE_UNAVAILABLE),
        }
    }
}
