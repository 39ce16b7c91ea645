//! `/healthz` and `/readyz`.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::record;
use crate::state::App;
use crate::swr_cache::{Freshness, SwrPolicy};

const PATIENCE: Duration = Duration::from_millis(2_500);

/// `/healthz`: the process runs. It asks no database.
pub async fn live() -> &'static str {
    "ok\n"
}

/// Concurrent requests share a check.
pub const POLICY: SwrPolicy<Databases> = SwrPolicy::single_flight("databases");

/// Which databases answer.
#[derive(Clone, Copy)]
pub struct Databases {
    engine: bool,
    console: bool,
}

impl Databases {
    async fn ask(app: App) -> Self {
        let (engine, console) = tokio::join!(
            tokio::time::timeout(PATIENCE, app.look_at_schema()),
            tokio::time::timeout(PATIENCE, app.console.ping())
        );
        Self {
            engine: matches!(engine, Ok(Ok(_))),
            console: matches!(console, Ok(Ok(()))),
        }
    }
}

/// `/readyz`: whether the databases answer, the record is protected, and the engine's tables are as the console reads them.
/// Everything is checked after the request arrived, once for all that arrive meanwhile.
pub async fn ready(State(app): State<App>) -> Response {
    let look = || {
        let app = app.clone();
        async move { Ok(Databases::ask(app).await) }
    };
    let neither = Databases {
        engine: false,
        console: false,
    };
    // The time limit counts the wait for a check that was under way.
    let seen = app.databases.get(&(), Freshness::Now, look);
    let seen = tokio::time::timeout(PATIENCE, seen).await;
    let Databases { engine, console } = seen.map_or(neither, |seen| seen.unwrap_or(neither));
    let report = app.engine.schema_report();
    let word = |ok: bool| if ok { "ok" } else { "unavailable" };
    let unprotected = record::reasons(&app);
    // A console that can serve some of its pages is ready.
    let status = if engine && console && report.any_list_works() && unprotected.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    let differences: Vec<&str> = report
        .differences
        .iter()
        .map(|difference| difference.message.as_str())
        .collect();
    let mut body = json!({
        "engine_database": word(engine),
        "console_database": word(console),
        "record": if unprotected.is_empty() { "ok" } else { "unprotected" },
        "engine_schema": if differences.is_empty() { "ok" } else { "changed" },
        "engine_schema_differences": differences,
        "pages_without_data": report.pages_without(),
    });
    if !unprotected.is_empty() {
        body["record_reasons"] = unprotected.into();
    }
    let retry = [(axum::http::header::RETRY_AFTER, "2")];
    if status == StatusCode::OK {
        (status, Json(body)).into_response()
    } else {
        (status, retry, Json(body)).into_response()
    }
}
