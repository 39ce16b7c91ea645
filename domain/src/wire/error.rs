//! An error of the API and of the server functions.

use serde::{Deserialize, Serialize};

/// The body of every answer with a status of 400 or more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ApiError {
    /// What is wrong.
    pub error: ErrorBody,
}

/// What is wrong with a request, or with the console.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ErrorBody {
    /// A word for programs: `bad_parameter`.
    pub code: String,
    /// A sentence for people.
    pub message: String,
    /// The first parameter at fault.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub param: Option<String>,
}
