//! What a request can fail with. A person or program is told what they can do; the cause goes to the log.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use domain::catalogue::View;
use domain::query::ParamError;
use domain::saved::SavedQuery;
use domain::wire::{ApiError, ErrorBody};
use store::StoreError;

use crate::auth::Visitor;
use crate::exports::refusal::Refusal;

/// The code of [`StoreError::SchemaChanged`]; what is missing is added where the path is known.
pub const ENGINE_CHANGED: &str = "engine_changed";

/// A request's end other than its answer.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// The same thing is at another address.
    #[error("see {0}")]
    Redirect(String),
    /// A choice is kept in this cookie, and what was chosen is at another address.
    #[error("see {to}")]
    Kept {
        /// `Set-Cookie`.
        cookie: HeaderValue,
        /// The address.
        to: String,
    },
    /// Nobody is logged in.
    #[error("not logged in")]
    NotLoggedIn,
    /// The account has no role.
    #[error("the account has no role in the console")]
    NoRole(Box<Visitor>),
    /// The account may read, but not do this.
    #[error("only admins may do this")]
    NotAdmin(Box<Visitor>),
    /// A parameter is at fault.
    #[error(transparent)]
    Param(#[from] ParamError),
    /// A list's query is at fault: what is wrong with it, and what is right.
    #[error("{}", .0.error)]
    Filter(Box<RejectedQuery>),
    /// There is no such thing: `decision`, `page`.
    #[error("there is no such {0}")]
    NotFound(&'static str),
    /// There was such a finding, and what it says is no longer so.
    #[error("the finding no longer holds")]
    NoLongerHolds,
    /// Too many attempts, or too much at once.
    #[error("{0}")]
    TooMany(String),
    /// An export does not begin.
    #[error(transparent)]
    Export(#[from] Refusal),
    /// A database neither answers nor refuses.
    #[error("the database says nothing")]
    DatabaseTimeout,
    /// A database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A list's query that was refused on its page.
#[derive(Clone, Debug)]
pub struct RejectedQuery {
    /// Who asked.
    pub visitor: Visitor,
    /// The list.
    pub view: View,
    /// The query without what is at fault.
    pub rest: SavedQuery,
    /// What is at fault.
    pub error: ParamError,
}

/// A failure as it is told: it travels in the response's extensions to the layer that knows whether a
/// person or a program asked.
#[derive(Clone, Debug)]
pub struct ErrorResponse {
    /// HTTP status.
    pub status: StatusCode,
    /// A word for programs: `bad_parameter`.
    pub code: &'static str,
    /// One line for people: `Invalid filter`.
    pub title: String,
    /// What is wrong and what to do.
    pub message: String,
    /// The parameter at fault, and all others that are; its message is no part of [`ErrorResponse::message`].
    pub faults: Option<ParamError>,
    /// The list whose query is at fault, and what of it is not.
    pub rest: Option<(View, SavedQuery)>,
    /// Seconds after which trying again makes sense.
    pub retry_after: Option<u32>,
    /// Who was told, where that is known.
    pub visitor: Option<Box<Visitor>>,
}

impl ErrorResponse {
    pub(crate) fn new(
        status: StatusCode,
        code: &'static str,
        title: &str,
        message: String,
    ) -> Self {
        Self {
            status,
            code,
            title: title.to_owned(),
            message,
            faults: None,
            rest: None,
            retry_after: None,
            visitor: None,
        }
    }

    /// How a status without words of its own is told.
    #[must_use]
    pub fn of_status(status: StatusCode) -> Self {
        let (code, title, message) = match status {
            StatusCode::NOT_FOUND => (
                "not_found",
                "No such page",
                "There is nothing at this address.",
            ),
            StatusCode::METHOD_NOT_ALLOWED => (
                "method_not_allowed",
                "Not this way",
                "This address does not take that method.",
            ),
            StatusCode::PAYLOAD_TOO_LARGE => (
                "too_large",
                "Too much",
                "The request is larger than the console takes.",
            ),
            StatusCode::FORBIDDEN => (
                "cross_site",
                "Refused",
                "The request came from another site, and could have been forged. Go back and send \
                 the form from the console itself.",
            ),
            StatusCode::REQUEST_TIMEOUT => (
                "request_timeout",
                "Too slow",
                "The request did not arrive in time.",
            ),
            StatusCode::SERVICE_UNAVAILABLE => (
                "timeout",
                "It took too long",
                "The console could not answer in time. Try again, or ask for a shorter span of time.",
            ),
            status if status.is_client_error() => (
                "bad_request",
                "Invalid request",
                "The request is not what this address takes.",
            ),
            _ => (
                "internal",
                "Something went wrong",
                "The console failed. The cause is in its log, under the request's id.",
            ),
        };
        Self {
            retry_after: (status == StatusCode::SERVICE_UNAVAILABLE).then_some(5),
            ..Self::new(status, code, title, message.to_owned())
        }
    }

    /// How a failure is told.
    #[must_use]
    pub fn of(failure: &AppError) -> Self {
        match failure {
            AppError::Redirect(_) | AppError::Kept { .. } => {
                Self::of_status(StatusCode::SEE_OTHER)
            }
            AppError::NotLoggedIn => Self::new(
                StatusCode::UNAUTHORIZED,
                "not_logged_in",
                "Not logged in",
                "Log in first.".to_owned(),
            ),
            AppError::NoRole(visitor) => Self {
                visitor: Some(visitor.clone()),
                ..Self::new(
                    StatusCode::FORBIDDEN,
                    "no_role",
                    "No access",
                    "This account has no role in the console. An administrator can grant one \
                     with `audit-console user grant`."
                        .to_owned(),
                )
            },
            AppError::NotAdmin(visitor) => Self {
                visitor: Some(visitor.clone()),
                ..Self::new(
                    StatusCode::FORBIDDEN,
                    "not_admin",
                    "Admins review",
                    "This account may read and export. Reviews of kill-switch episodes are signed \
                     by admins; nothing was written."
                        .to_owned(),
                )
            },
            AppError::Param(error) => Self::of_faults("Invalid parameter", error),
            AppError::Filter(refused) => Self {
                visitor: Some(Box::new(refused.visitor.clone())),
                rest: Some((refused.view, refused.rest.clone())),
                ..Self::of_faults("Invalid filter", &refused.error)
            },
            AppError::NotFound(what) => Self::new(
                StatusCode::NOT_FOUND,
                "not_found",
                &format!("No such {what}"),
                format!("There is no {what} at this address."),
            ),
            AppError::NoLongerHolds => Self::new(
                StatusCode::NOT_FOUND,
                "no_longer_holds",
                "This finding no longer holds",
                "What it said is no longer so: the engine’s rows have become others, or time has passed. What \
                 was written about it is kept, and stands here again if it is found again."
                    .to_owned(),
            ),
            AppError::TooMany(message) => Self {
                retry_after: Some(60),
                ..Self::new(
                    StatusCode::TOO_MANY_REQUESTS,
                    "too_many",
                    "Too many at once",
                    message.clone(),
                )
            },
            AppError::Export(refusal) => refusal.told(),
            AppError::DatabaseTimeout => Self::of_away(),
            AppError::Store(error) => Self::of_store(error),
        }
    }

    fn of_faults(title: &str, error: &ParamError) -> Self {
        let message = if error.others.is_empty() {
            "A parameter of this request cannot be used."
        } else {
            "Some parameters of this request cannot be used."
        };
        Self {
            faults: Some(error.clone()),
            ..Self::new(
                StatusCode::BAD_REQUEST,
                "bad_parameter",
                title,
                message.to_owned(),
            )
        }
    }

    fn of_away() -> Self {
        Self {
            retry_after: Some(2),
            ..Self::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "database_unavailable",
                "The database is away",
                "The console cannot reach its database at the moment. It tries again by \
                 itself: load the page again in a few seconds."
                    .to_owned(),
            )
        }
    }

    fn of_store(error: &StoreError) -> Self {
        match error {
            StoreError::Shared(error) => Self::of_store(error),
            StoreError::Unavailable(_) => Self::of_away(),
            StoreError::SchemaChanged(_) => Self {
                retry_after: Some(10),
                ..Self::new(
                    StatusCode::SERVICE_UNAVAILABLE,
                    ENGINE_CHANGED,
                    "The engine’s tables have changed",
                    "This page reads a table or column that is not there any more, or may not be read. \
                     Other pages work."
                        .to_owned(),
                )
            },
            StoreError::Locked(_) => Self {
                retry_after: Some(2),
                ..Self::new(
                    StatusCode::SERVICE_UNAVAILABLE,
                    "table_locked",
                    "A table is locked",
                    "Somebody else, most likely a migration of the engine, holds a table that this page \
                     reads. Load the page again in a few seconds."
                        .to_owned(),
                )
            },
            StoreError::TimedOut => Self {
                retry_after: Some(5),
                ..Self::new(
                    StatusCode::SERVICE_UNAVAILABLE,
                    "query_timeout",
                    "The query took too long",
                    "The database was still searching after five seconds, and was stopped. Narrow \
                     the span of time, or leave out a word of the search."
                        .to_owned(),
                )
            },
            StoreError::ExportsBusy => Self {
                retry_after: Some(10),
                ..Self::new(
                    StatusCode::SERVICE_UNAVAILABLE,
                    "exports_busy",
                    "Too many exports run",
                    "As many exports run as the console allows at once. Try again when one of \
                     them is done."
                        .to_owned(),
                )
            },
            // Before its first row: afterwards its body is cut.
            StoreError::ExportStopped(_) => Self {
                retry_after: Some(2),
                ..Self::new(
                    StatusCode::SERVICE_UNAVAILABLE,
                    "export_stopped",
                    "The export gave way",
                    "The export was ended before its first row: the engine needed a table that it reads, or somebody \
                     cancelled it. Try again."
                        .to_owned(),
                )
            },
            StoreError::RecordUnprotected(_) => Self {
                retry_after: Some(60),
                ..Self::new(
                    StatusCode::SERVICE_UNAVAILABLE,
                    "record_unprotected",
                    "The record is not protected",
                    "Somebody could rewrite what the console has recorded, so nothing is written to it, and nobody \
                     can log in. What is wrong stands at /readyz and in the console’s log. It is checked again \
                     each minute."
                        .to_owned(),
                )
            },
            _ => Self::of_status(StatusCode::INTERNAL_SERVER_ERROR),
        }
    }
}

impl ErrorResponse {
    /// The body that a program reads.
    #[must_use]
    pub fn as_api_error(&self) -> ApiError {
        // A page names the parameters beside the message, a program's message names them itself.
        let message = match &self.faults {
            Some(faults) => faults.to_string(),
            None => self.message.clone(),
        };
        ApiError {
            error: ErrorBody {
                code: self.code.to_owned(),
                message,
                param: self.faults.as_ref().map(|faults| faults.param.clone()),
            },
        }
    }
}

impl AppError {
    /// How it is told; what the console or a database is at fault for goes to the log.
    #[must_use]
    pub fn told(&self) -> ErrorResponse {
        let told = ErrorResponse::of(self);
        if told.status.is_server_error() {
            tracing::error!(error = ?self, "request failed");
        }
        told
    }
}

impl IntoResponse for AppError {
    fn into_response(self) -> Response {
        match &self {
            Self::Redirect(to) => return Redirect::to(to).into_response(),
            Self::Kept { cookie, to } => {
                let cookie = [(header::SET_COOKIE, cookie.clone())];
                return (cookie, Redirect::to(to)).into_response();
            }
            _ => {}
        }
        self.told().into_response()
    }
}

impl IntoResponse for ErrorResponse {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        if let Some(seconds) = self.retry_after {
            response
                .headers_mut()
                .insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response.extensions_mut().insert(self);
        response
    }
}
