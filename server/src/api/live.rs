//! `/api/v1/live`: what every page's header shows, for programs.

use axum::Json;
use axum::extract::State;
use domain::wire::LiveStatus;

use crate::auth::PassiveReader;
use crate::error::AppError;
use crate::query::NoParams;
use crate::state::App;

/// `/api/v1/live`. It does not keep the session alive: a page that is left open must not.
///
/// # Errors
/// When a database is away.
pub async fn live(
    State(app): State<App>,
    PassiveReader(reader): PassiveReader,
    _: NoParams,
) -> Result<Json<LiveStatus>, AppError> {
    app.live_status(&reader).await.map(Json)
}
