//! What islands ask the console and write into the page.

use js_sys::Reflect;
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortSignal, RequestCache, RequestInit, Response};

/// Less than any island's pause between two questions, so that a console that does not answer is noticed
/// before the next one.
const PATIENCE_MS: u32 = 4_000;

/// Why there is no answer.
pub enum Failed {
    /// 401 or 403.
    NotAllowed,
    /// 404.
    NotThere,
    /// Anything else.
    NoAnswer,
}

impl From<JsValue> for Failed {
    fn from(_: JsValue) -> Self {
        Self::NoAnswer
    }
}

/// Sends a request without a body.
pub async fn send(path: &str, method: &str) -> Result<Response, Failed> {
    let request = RequestInit::new();
    request.set_method(method);
    request.set_cache(RequestCache::NoStore);
    request.set_signal(Some(&AbortSignal::timeout_with_u32(PATIENCE_MS)));
    let headers = js_sys::Object::new();
    Reflect::set(&headers, &"accept".into(), &"application/json".into())?;
    request.set_headers(&headers);
    let sent = window().fetch_with_str_and_init(path, &request);
    Ok(JsFuture::from(sent).await?.dyn_into()?)
}

/// The JSON at `path`.
pub async fn get(path: &str) -> Result<JsValue, Failed> {
    let response = send(path, "GET").await?;
    match response.status() {
        200 => Ok(JsFuture::from(response.json()?).await?),
        401 | 403 => Err(Failed::NotAllowed),
        404 => Err(Failed::NotThere),
        _ => Err(Failed::NoAnswer),
    }
}

/// A member of an answer that is text.
pub fn text(object: &JsValue, name: &str) -> Option<String> {
    Reflect::get(object, &name.into()).ok()?.as_string()
}

/// A member of an answer that counts something.
pub fn count(object: &JsValue, name: &str) -> Option<u32> {
    let number = Reflect::get(object, &name.into()).ok()?.as_f64()?;
    // Counts of rows: what the cast would cut off does not occur.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    (number >= 0.0).then_some(number as u32)
}
