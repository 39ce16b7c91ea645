//! The extractors of query strings, which are read nowhere else.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Redirect, Response};
use chrono_tz::Tz;
use domain::catalogue::View;
use domain::clock;
use domain::csv::FormulaGuard;
use domain::cursor::Cursor;
use domain::dossier::Span;
use domain::filter::list::parse_tz;
use domain::filter::{ListQuery, TimeFilter, form};
use domain::query::{Pairs, ParamError, Params};
use domain::saved::SavedQuery;
use uuid::Uuid;

use crate::auth::{Reader, cookie};
use crate::error::{AppError, RejectedQuery};
use crate::exports::rest::REST;
use crate::state::App;

/// Why the extractor of a query hands none to its handler.
#[derive(Debug)]
pub enum QueryRejection {
    /// The query has another address: 303.
    Redirect {
        /// The address.
        to: String,
        /// `Set-Cookie`, where a choice is saved.
        cookie: Option<HeaderValue>,
    },
    /// The request failed.
    Error(AppError),
}

impl QueryRejection {
    const fn redirect(to: String) -> Self {
        Self::Redirect { to, cookie: None }
    }
}

impl From<AppError> for QueryRejection {
    fn from(error: AppError) -> Self {
        Self::Error(error)
    }
}

impl From<ParamError> for QueryRejection {
    fn from(error: ParamError) -> Self {
        Self::Error(error.into())
    }
}

impl IntoResponse for QueryRejection {
    fn into_response(self) -> Response {
        match self {
            Self::Redirect { to, cookie } => {
                let mut response = Redirect::to(&to).into_response();
                if let Some(cookie) = cookie {
                    response.headers_mut().insert(header::SET_COOKIE, cookie);
                }
                response
            }
            Self::Error(error) => error.into_response(),
        }
    }
}

fn read(parts: &Parts) -> Params {
    Params::read(parts.uri.query().unwrap_or_default())
}

/// The view of a route: an extension of its requests.
fn view(parts: &Parts) -> Result<View, AppError> {
    let view = parts.extensions.get::<View>().copied();
    view.ok_or(AppError::NotFound("list"))
}

/// A list's query of a program. An empty value is an error, too: a script's unset variable must not drop a filter.
pub struct ApiQuery(pub ListQuery);

impl<S: Send + Sync> FromRequestParts<S> for ApiQuery {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, AppError> {
        Ok(Self(ListQuery::from_params(view(parts)?, read(parts))?))
    }
}

/// A list's query on a page, and who reads it.
///
/// Redirects to the canonical address of the query: with the person's zone where days are named without one, so that a
/// link means the same rows to everybody; without the empty fields and buttons of a browser's form. `keep=cols`, which the
/// form of columns sends, also saves the columns in a cookie, or removes that cookie where none are named.
///
/// Rejects faulty parameters with [`AppError::Filter`], whose page is the filter's form with the parameters that are right.
pub struct PageQuery {
    /// Who asks.
    pub reader: Reader,
    /// What they ask for.
    pub query: ListQuery,
}

impl FromRequestParts<App> for PageQuery {
    type Rejection = QueryRejection;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, QueryRejection> {
        let reader = Reader::from_request_parts(parts, app).await?;
        let mut params = Params::read(parts.uri.query().unwrap_or_default());
        let is_form = form::normalize(&mut params).is_some();
        let had_empty = params.drop_empty();
        let keep = params.or_default(take_keep);
        let view = view(parts)?;
        let (mut query, read) = ListQuery::read(view, params);
        let zone = reader.visitor.zone(query.tz);
        let mut faults: Vec<ParamError> = read.err().into_iter().collect();
        if let Err(fault) = query.window(zone, clock::now()) {
            query.time.from = None;
            faults.push(fault);
        }
        let is_not_canonical = is_form || had_empty || query.lacks_zone();
        let query = query.with_zone(zone);
        if let Some(error) = ParamError::of_all(faults) {
            return Err(AppError::Filter(Box::new(RejectedQuery {
                visitor: reader.visitor,
                view,
                rest: SavedQuery::of(&query),
                error,
            }))
            .into());
        }
        if keep {
            return Err(save_columns(parts, &query));
        }
        if is_not_canonical {
            let to = query.pairs().link(parts.uri.path());
            return Err(QueryRejection::redirect(to));
        }
        Ok(Self { reader, query })
    }
}

/// Takes `keep`: whether the columns are to be saved.
fn take_keep(params: &mut Params) -> Result<bool, ParamError> {
    match params.take_one("keep")?.as_deref() {
        None => Ok(false),
        Some("cols") => Ok(true),
        Some(other) => Err(ParamError::wrong_value("keep", other, "cols")),
    }
}

/// An export's query from its parameters. `after`, a page's position, does not move its beginning; `rest` does, the cursor
/// that the console offers where an export was truncated. Exports of episodes take no `rest`.
///
/// # Errors
/// Names the parameters that are unknown or have a value that they do not take.
pub fn export_query(view: View, mut params: Params) -> Result<ListQuery, ParamError> {
    let rest = if view.resumable {
        params.or_default(|params| params.take_one(REST))
    } else {
        None
    };
    let query = ListQuery::from_params(view, params)?;
    let cursor = |text: String| {
        Cursor::parse(&text, view, query.order).map_err(|message| ParamError::new(REST, message))
    };
    let after = rest.map(cursor).transpose()?;
    Ok(ListQuery { after, ..query })
}

/// The query of an export. One that a browser's form sends is redirected to its canonical address, whose span of time ends
/// when the page was shown.
fn exported(parts: &Parts, mut params: Params) -> Result<ListQuery, QueryRejection> {
    let view = view(parts)?;
    let Some(form) = form::normalize(&mut params) else {
        return Ok(export_query(view, params)?);
    };
    let query = ListQuery::from_params(view, params)?;
    let now = form.as_of.unwrap_or_else(clock::now);
    let window = query.window(query.tz.unwrap_or(Tz::UTC), now)?;
    let rows = query.pinned(window, None).pairs();
    Err(QueryRejection::redirect(rows.link(parts.uri.path())))
}

/// Redirects to the list with its columns saved in a cookie. A link on another site saves nothing.
fn save_columns(parts: &Parts, query: &ListQuery) -> QueryRejection {
    let to = query.pairs().without(&["after"]).link(parts.uri.path());
    let site = parts.headers.get("sec-fetch-site");
    if site.is_some_and(|site| site != "same-origin" && site != "none") {
        return QueryRejection::redirect(to);
    }
    let name = cookie::columns_name(query.view);
    let cookie = match &query.cols {
        Some(columns) => cookie::preference(&name, &columns.to_cookie()),
        None => cookie::no_preference(&name),
    };
    QueryRejection::Redirect {
        to,
        cookie: Some(cookie),
    }
}

/// A list's query for an export, and the `key` by which its owner follows it. Empty values are errors.
pub struct ExportQuery(pub ListQuery, pub Option<Uuid>);

/// A CSV export's query: [`ExportQuery`], and `raw=1`.
pub struct CsvExportQuery(pub ListQuery, pub FormulaGuard, pub Option<Uuid>);

/// Takes `key`.
fn take_key(params: &mut Params) -> Result<Option<Uuid>, ParamError> {
    let wrong = |text: &str| ParamError::wrong_value("key", text, "a UUID of your own choice");
    let text = params.take_one("key")?;
    text.map(|text| Uuid::try_parse(&text).map_err(|_| wrong(&text)))
        .transpose()
}

/// Takes `raw`.
///
/// # Errors
/// When it is neither `0` nor `1`.
pub fn take_guard(params: &mut Params) -> Result<FormulaGuard, ParamError> {
    match params.take_one("raw")?.as_deref() {
        None | Some("0") => Ok(FormulaGuard::On),
        Some("1") => Ok(FormulaGuard::Off),
        Some(other) => Err(ParamError::wrong_value("raw", other, "0 or 1")),
    }
}

/// [`FormulaGuard`] with the default of an absent `raw`.
struct Guard(FormulaGuard);

impl Default for Guard {
    fn default() -> Self {
        Self(FormulaGuard::On)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for ExportQuery {
    type Rejection = QueryRejection;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, QueryRejection> {
        let mut params = read(parts);
        let key = params.or_default(take_key);
        Ok(Self(exported(parts, params)?, key))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for CsvExportQuery {
    type Rejection = QueryRejection;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, QueryRejection> {
        let mut params = read(parts);
        let guard = params.or_default(|params| take_guard(params).map(Guard));
        let key = params.or_default(take_key);
        Ok(Self(exported(parts, params)?, guard.0, key))
    }
}

/// The query of something that shows a span of time: `from`, `to` and the zone of their days.
#[derive(Clone, Copy, Debug, Default)]
pub struct SpanQuery {
    time: TimeFilter,
    /// The zone that was asked for.
    pub tz: Option<Tz>,
}

impl SpanQuery {
    const PARAMS: [&'static str; 3] = ["from", "to", "tz"];

    fn take(mut params: Params, more: &[&str]) -> Result<Self, ParamError> {
        let tz = params.or_default(|params| {
            let name = params.take_one("tz")?;
            name.map(|name| parse_tz(&name)).transpose()
        });
        // `last` is not taken: `finish` reports it as unknown.
        let time = TimeFilter::take_ends(&mut params);
        let takes: Vec<&str> = Self::PARAMS.iter().chain(more).copied().collect();
        params.finish(&takes)?;
        Ok(Self { time, tz })
    }

    /// The link to the same span at `path`, with `zone` as the zone of its days; `None` where no days are named, or their
    /// zone is.
    #[must_use]
    pub fn with_zone(&self, path: &str, zone: Tz) -> Option<String> {
        if self.tz.is_some() || !self.time.has_days() {
            return None;
        }
        let mut pairs = Pairs::default();
        self.time.print(&mut pairs);
        Some(pairs.with("tz", zone.name()).link(path))
    }

    /// The span; an end that is not given is that of `whole`.
    ///
    /// # Errors
    /// When the span is empty.
    pub fn span(&self, whole: Span, zone: Tz) -> Result<Span, ParamError> {
        let window = self.time.window(zone, whole.to)?;
        let span = Span {
            from: window.from.unwrap_or(whole.from),
            // `to` is itself included.
            to: window.to.map_or(whole.to, |to| to.plus_micros(1)),
        };
        if span.from < span.to {
            Ok(span)
        } else {
            let param = if window.from.is_some() { "from" } else { "to" };
            Err(ParamError::new(
                param,
                "leaves nothing of the timeline: its ends are the wrong way round",
            ))
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for SpanQuery {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, AppError> {
        Ok(Self::take(read(parts), &[])?)
    }
}

/// The query of a CSV of a span: [`SpanQuery`], and `raw=1`.
pub struct CsvSpanQuery(pub SpanQuery, pub FormulaGuard);

impl<S: Send + Sync> FromRequestParts<S> for CsvSpanQuery {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, AppError> {
        let mut params = read(parts);
        let guard = params.or_default(|params| take_guard(params).map(Guard));
        Ok(Self(SpanQuery::take(params, &["raw"])?, guard.0))
    }
}

/// The query of a CSV that takes `raw=1` alone.
pub struct RawFlagQuery(pub FormulaGuard);

impl<S: Send + Sync> FromRequestParts<S> for RawFlagQuery {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, AppError> {
        let mut params = read(parts);
        let guard = params.or_default(|params| take_guard(params).map(Guard));
        params.finish(&["raw"])?;
        Ok(Self(guard.0))
    }
}

/// The query of a page that takes no parameter at all.
pub struct NoParams;

impl<S: Send + Sync> FromRequestParts<S> for NoParams {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, AppError> {
        read(parts).finish(&[])?;
        Ok(Self)
    }
}

/// The value of the only parameter of a page, `name`.
///
/// # Errors
/// When there is another parameter, or it cannot be read.
pub fn only_one(raw: Option<&str>, name: &str) -> Result<Option<String>, ParamError> {
    let mut params = Params::read(raw.unwrap_or_default());
    params.drop_empty();
    let value = params.or_default(|params| params.take_one(name));
    params.finish(&[name])?;
    Ok(value)
}
