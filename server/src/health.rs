//! `/healthz` and `/readyz`.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::record;
use crate::state::App;

const PATIENCE: Duration = Duration::from_millis(2_500);

/// The process lives; nothing else is touched.
pub async fn live() -> &'static str {
    "ok\n"
}

/// Which database answers.
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

/// The databases answer, the record is protected, and the engine's tables are as the console reads them: looked at after
/// it was asked, once for all who ask meanwhile.
pub async fn ready(State(app): State<App>) -> Response {
    let look = || {
        let app = app.clone();
        async move { Ok(Databases::ask(app).await) }
    };
    let neither = Databases {
        engine: false,
        console: false,
    };
    // Whoever waited for another one's look, which did not end, has no time for their own.
    let seen = tokio::time::timeout(PATIENCE, app.databases.load_shared(look)).await;
    let Databases { engine, console } = seen.map_or(neither, |seen| seen.unwrap_or(neither));
    let report = app.engine.schema_report();
    let word = |ok: bool| if ok { "ok" } else { "unavailable" };
    let unprotected = record::reasons(&app);
    // Where some pages work, whoever asks for them is to be sent here.
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
