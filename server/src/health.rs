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

/// The databases answer, the record is protected, and the engine's tables are as the console reads them: looked at anew
/// for each answer.
pub async fn ready(State(app): State<App>) -> Response {
    let (engine, console) = tokio::join!(
        tokio::time::timeout(PATIENCE, app.engine.look_at_schema()),
        tokio::time::timeout(PATIENCE, app.console.ping())
    );
    let report = app.engine.schema_report();
    let word = |ok: bool| if ok { "ok" } else { "unavailable" };
    let (engine, console) = (matches!(engine, Ok(Ok(_))), matches!(console, Ok(Ok(()))));
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
