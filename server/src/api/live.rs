//! `/api/v1/live`: what every page's header shows, for the island that keeps it fresh.

use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};

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
) -> Result<Json<Value>, AppError> {
    let ctx = app.reader_context(&reader, None).await?;
    let pill = app::live_pill(&ctx);
    Ok(Json(json!({
        "tone": pill.as_ref().map(|pill| pill.tone),
        "mark": pill.as_ref().map(|pill| pill.mark),
        "short": pill.as_ref().map(|pill| pill.short),
        "since": pill.as_ref().map(|pill| pill.since.as_str()),
        "title": pill.as_ref().map(|pill| pill.title.as_str()),
        "open_episodes": ctx.nav_badges.open_episodes,
        "pending_reviews": ctx.nav_badges.pending_reviews,
        "overdue_reviews": ctx.nav_badges.overdue_reviews,
        "open_findings": ctx.nav_badges.findings.all(),
    })))
}
