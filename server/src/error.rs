//! The errors of requests, and the responses that they become. A response says what the caller can do; the cause is
//! logged.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::catalogue::View;
use domain::query::ParamError;
use domain::saved::SavedQuery;
use domain::wire::{ApiError, ErrorBody};
use store::StoreError;

use crate::auth::Visitor;
use crate::exports::refusal::Refusal;

/// The code of [`StoreError::SchemaChanged`]. The layer that knows the path adds what is missing.
pub const ENGINE_CHANGED: &str = "engine_changed";

/// Why a request failed.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// Nobody is logged in.
    #[error("not logged in")]
    NotLoggedIn,
    /// The account has no role.
    #[error("the account has no role in the console")]
    NoRole(Box<Visitor>),
    /// The account may read, but is no admin.
    #[error("only admins may do this")]
    NotAdmin(Box<Visitor>),
    /// A parameter is invalid.
    #[error(transparent)]
    Param(#[from] ParamError),
    /// A list's query is invalid.
    #[error("{}", .0.error)]
    Filter(Box<RejectedQuery>),
    /// There is no such thing: `decision`, `page`.
    #[error("there is no such {0}")]
    NotFound(&'static str),
    /// The finding existed, and what it says is no longer true.
    #[error("the finding no longer holds")]
    NoLongerHolds,
    /// Too many attempts to log in; the message says how long to wait.
    #[error("{0}")]
    TooMany(String),
    /// An export was refused.
    #[error(transparent)]
    Export(#[from] Refusal),
    /// A database does not answer.
    #[error("the database does not answer")]
    DatabaseTimeout,
    /// A database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// An invalid query of a list's page.
#[derive(Clone, Debug)]
pub struct RejectedQuery {
    /// Who sent it.
    pub visitor: Visitor,
    /// The list.
    pub view: View,
    /// Its valid parameters.
    pub rest: SavedQuery,
    /// Its invalid parameters.
    pub error: ParamError,
}

/// An error as it is sent. It travels in the response's extensions to the layer `render_errors`, which makes a page or JSON
/// of it.
#[derive(Clone, Debug)]
pub struct ErrorResponse {
    /// HTTP status.
    pub status: StatusCode,
    /// The code for programs: `bad_parameter`.
    pub code: &'static str,
    /// The title of the page: `Invalid filter`.
    pub title: String,
    /// What is wrong and what to do.
    pub message: String,
    /// The invalid parameters; their messages are no part of [`ErrorResponse::message`].
    pub faults: Option<ParamError>,
    /// The list whose query is invalid, and the valid parameters.
    pub rest: Option<(View, SavedQuery)>,
    /// `Retry-After`, in seconds.
    pub retry_after: Option<u32>,
    /// Who sent the request, where that is known.
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

    /// The response of a status that another layer returned without a body.
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

    /// The response of an error.
    #[must_use]
    pub fn of(failure: &AppError) -> Self {
        match failure {
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
            AppError::Export(refusal) => refusal.response(),
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
            // The queue lets no more exports run than there are connections: it is the queue that was full.
            StoreError::ExportsBusy => Refusal::Full.response(),
            // Before its first row: afterwards the body is truncated.
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
    /// Its response. Errors of the console or a database are logged.
    #[must_use]
    pub fn to_error_response(&self) -> ErrorResponse {
        let response = ErrorResponse::of(self);
        if response.status.is_server_error() {
            tracing::error!(error = ?self, "request failed");
        }
        response
    }
}

impl IntoResponse for AppError {
    fn into_response(self) -> Response {
        self.to_error_response().into_response()
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
