//! Server functions: what the islands ask the console.
//!
//! In the browser each is a request. On the server its body calls the [`Backend`] that the route provides for the user.
//! The route checks session and role before a function runs. Errors have the same JSON as all other API errors.

use domain::wire::{ApiError, ErrorBody, ExportStatus, LiveStatus};
use leptos::prelude::*;
use leptos::server_fn::codec::{GetUrl, Json, JsonEncoding, PostUrl};
use leptos::server_fn::error::{FromServerFnError, ServerFnErrorErr};
use serde::{Deserialize, Serialize};

#[cfg(feature = "ssr")]
pub use backend::{Backend, Calls};

/// The code of an error that did not come from the console: it did not answer, or not in time.
const NO_ANSWER: &str = "no_answer";

/// A server function gave no answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CallError(pub ApiError);

impl CallError {
    fn new(code: &str, message: String) -> Self {
        Self(ApiError {
            error: ErrorBody {
                code: code.to_owned(),
                message,
                param: None,
            },
        })
    }

    /// The console did not answer.
    #[must_use]
    pub fn no_answer(message: String) -> Self {
        Self::new(NO_ANSWER, message)
    }

    /// Whether the person may not ask: they are not logged in any longer, or have no role.
    #[must_use]
    pub fn is_not_allowed(&self) -> bool {
        matches!(self.0.error.code.as_str(), "not_logged_in" | "no_role")
    }

    /// Whether there is no such thing.
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        self.0.error.code == "not_found"
    }
}

impl FromServerFnError for CallError {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        let code = match error {
            ServerFnErrorErr::Args(_) | ServerFnErrorErr::MissingArg(_) => "bad_parameter",
            _ => NO_ANSWER,
        };
        Self::new(code, error.to_string())
    }
}

/// The kill switch's live state and what waits for somebody. It does not keep a session alive.
///
/// # Errors
/// When nobody with a role is logged in, or a database is away.
#[server(name = GetLiveStatus, prefix = "/api/fn", endpoint = "live_status", input = GetUrl, output = Json)]
pub async fn get_live_status() -> Result<LiveStatus, CallError> {
    expect_context::<Backend>().live_status().await
}

/// How far the person's export of this key is. It does not keep a session alive.
///
/// # Errors
/// When nobody with a role is logged in, or they have no export of this key.
#[server(name = GetExportStatus, prefix = "/api/fn", endpoint = "export_status", input = GetUrl, output = Json)]
pub async fn get_export_status(
    /// The key that the export was asked for with.
    key: String,
) -> Result<ExportStatus, CallError> {
    expect_context::<Backend>().export_status(key).await
}

/// Cancels the person's export of this key; one that has ended stays as it is. The answer is how far it got.
///
/// # Errors
/// When nobody with a role is logged in, or they have no export of this key.
#[server(prefix = "/api/fn", endpoint = "cancel_export", input = PostUrl, output = Json)]
pub async fn cancel_export(
    /// The key that the export was asked for with.
    key: String,
) -> Result<ExportStatus, CallError> {
    expect_context::<Backend>().cancel_export(key).await
}

#[cfg(feature = "ssr")]
mod backend {
    use std::ops::Deref;
    use std::sync::Arc;

    use domain::wire::{ExportStatus, LiveStatus};
    use futures::future::BoxFuture;

    use super::CallError;

    /// What the server functions need of the server, for the person who asks.
    pub trait Calls: Send + Sync {
        /// See [`live_status`](super::get_live_status).
        fn live_status(&self) -> BoxFuture<'_, Result<LiveStatus, CallError>>;
        /// See [`export_status`](super::get_export_status).
        fn export_status(&self, key: String) -> BoxFuture<'_, Result<ExportStatus, CallError>>;
        /// See [`cancel_export`](super::cancel_export).
        fn cancel_export(&self, key: String) -> BoxFuture<'_, Result<ExportStatus, CallError>>;
    }

    /// The calls of a request, as Leptos' context holds them.
    #[derive(Clone)]
    pub struct Backend(pub Arc<dyn Calls>);

    impl Deref for Backend {
        type Target = dyn Calls;

        fn deref(&self) -> &Self::Target {
            self.0.as_ref()
        }
    }
}
