//! `/preferences`: the zone that times are shown in, and the colour scheme.

use axum::Form;
use axum::extract::State;
use axum::http::{Uri, header};
use axum::response::{AppendHeaders, IntoResponse, Redirect, Response};
use domain::filter::list::parse_tz;
use domain::query::ParamError;
use domain::wire::Theme;
use serde::Deserialize;

use crate::auth::login::local_path;
use crate::auth::{Reader, cookie};
use crate::error::AppError;
use crate::page_context::PageHtml;
use crate::query::only_one;
use crate::state::App;

/// The form; a field that is not sent leaves its preference as it is.
#[derive(Deserialize)]
pub struct PreferencesForm {
    tz: Option<String>,
    theme: Option<String>,
    #[serde(default)]
    next: String,
}

/// `GET /preferences`
///
/// # Errors
/// When nobody is logged in, a database is unavailable, or the query holds anything but `next`.
pub async fn form(State(app): State<App>, reader: Reader, uri: Uri) -> Result<PageHtml, AppError> {
    let next = only_one(uri.query(), "next")?.unwrap_or_default();
    let ctx = app.reader_context(&reader, None).await?;
    let html = app::pages::preferences(&ctx, &local_path(&next));
    Ok(PageHtml::new(&ctx, html))
}

/// `POST /preferences`
///
/// # Errors
/// When nobody with a role is logged in, or a value is not among those that the form offers.
pub async fn submit(_: Reader, Form(choice): Form<PreferencesForm>) -> Result<Response, AppError> {
    let mut cookies = Vec::new();
    if let Some(name) = choice.tz.filter(|name| !name.is_empty()) {
        let zone = parse_tz(&name)?;
        cookies.push((header::SET_COOKIE, cookie::preference("tz", zone.name())));
    }
    if let Some(theme) = choice.theme {
        let takes = "system, light or dark";
        let theme =
            Theme::parse(&theme).ok_or_else(|| ParamError::wrong_value("theme", &theme, takes))?;
        cookies.push((
            header::SET_COOKIE,
            cookie::preference("theme", theme.as_str()),
        ));
    }
    let back = Redirect::to(&local_path(&choice.next));
    Ok((AppendHeaders(cookies), back).into_response())
}
