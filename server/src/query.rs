//! The filter's home: the only place that reads query strings.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use chrono_tz::Tz;
use domain::csv::FormulaGuard;
use domain::dossier::Span;
use domain::filter::list::parse_tz;
use domain::filter::{ListQuery, TimeFilter, ViewFilter};
use domain::query::{ParamError, Params};
use uuid::Uuid;

use crate::auth::cookie;
use crate::failure::Failure;

fn params(parts: &Parts) -> Result<Params, ParamError> {
    Params::parse(parts.uri.query().unwrap_or_default())
}

/// A list's query, strictly: an empty value is an error too, since a script's unset variable must not
/// drop a filter.
pub struct Strict<F: ViewFilter>(pub ListQuery<F>);

impl<S: Send + Sync, F: ViewFilter> FromRequestParts<S> for Strict<F> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        Ok(Self(ListQuery::from_params(params(parts)?)?))
    }
}

/// A list's query on a page. A browser's form sends its empty fields: they are taken out, and the person
/// is sent to the address without them. The form of columns sends `keep=cols`, too: the columns are kept, or,
/// where none are named, the usual ones are shown again.
pub struct OnPage<F: ViewFilter>(pub ListQuery<F>);

impl<S: Send + Sync, F: ViewFilter> FromRequestParts<S> for OnPage<F> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        let mut params = params(parts)?;
        let had_empty = params.drop_empty();
        let keep = match params.take_one("keep")?.as_deref() {
            None => false,
            Some("cols") => true,
            Some(other) => return Err(ParamError::wrong_value("keep", other, "cols").into()),
        };
        let query: ListQuery<F> = ListQuery::from_params(params)?;
        if keep {
            return Err(kept(parts, &query));
        }
        if had_empty {
            return Err(Failure::Redirect(query.pairs().link(parts.uri.path())));
        }
        Ok(Self(query))
    }
}

/// The answer to a choice of columns: kept, and on to the list. A link of another site keeps nothing.
fn kept<F: ViewFilter>(parts: &Parts, query: &ListQuery<F>) -> Failure {
    let to = query.pairs().without(&["after"]).link(parts.uri.path());
    let site = parts.headers.get("sec-fetch-site");
    if site.is_some_and(|site| site != "same-origin" && site != "none") {
        return Failure::Redirect(to);
    }
    let name = cookie::columns_name(F::VIEW);
    let cookie = match &query.cols {
        Some(columns) => cookie::preference(&name, &columns.word()),
        None => cookie::no_preference(&name),
    };
    Failure::Kept { cookie, to }
}

/// A list's query for an export, strictly, and the `key` by which its owner follows it.
pub struct Keyed<F: ViewFilter>(pub ListQuery<F>, pub Option<Uuid>);

/// A CSV export's query: [`Keyed`], and `raw=1`.
pub struct KeyedWithRaw<F: ViewFilter>(pub ListQuery<F>, pub FormulaGuard, pub Option<Uuid>);

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

impl<S: Send + Sync, F: ViewFilter> FromRequestParts<S> for Keyed<F> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        let mut params = params(parts)?;
        let key = take_key(&mut params)?;
        Ok(Self(ListQuery::from_params(params)?, key))
    }
}

impl<S: Send + Sync, F: ViewFilter> FromRequestParts<S> for KeyedWithRaw<F> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        let mut params = params(parts)?;
        let guard = take_guard(&mut params)?;
        let key = take_key(&mut params)?;
        Ok(Self(ListQuery::from_params(params)?, guard, key))
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
        let tz = params.take_one("tz")?.map(|name| parse_tz(&name));
        let [from, to] = ["from", "to"].map(|name| params.take_one(name));
        let pairs = [("from", from?), ("to", to?)];
        let given = pairs
            .into_iter()
            .filter_map(|(name, value)| Some((name.to_owned(), value?)));
        let time = TimeFilter::take(&mut Params::from_pairs(given)?)?;
        let takes: Vec<&str> = Self::PARAMS.iter().chain(more).copied().collect();
        params.finish(&takes)?;
        Ok(Self {
            time,
            tz: tz.transpose()?,
        })
    }

    /// The span within `whole`, whose ends stand where none is given.
    ///
    /// # Errors
    /// When nothing lies between the ends.
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
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        Ok(Self::take(params(parts)?, &[])?)
    }
}

/// The query of a CSV of a span: [`SpanQuery`], and `raw=1`.
pub struct SpanWithRaw(pub SpanQuery, pub FormulaGuard);

impl<S: Send + Sync> FromRequestParts<S> for SpanWithRaw {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        let mut params = params(parts)?;
        let guard = take_guard(&mut params)?;
        Ok(Self(SpanQuery::take(params, &["raw"])?, guard))
    }
}

/// The query of a CSV that takes `raw=1` alone.
pub struct OnlyRaw(pub FormulaGuard);

impl<S: Send + Sync> FromRequestParts<S> for OnlyRaw {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        let mut params = params(parts)?;
        let guard = take_guard(&mut params)?;
        params.finish(&["raw"])?;
        Ok(Self(guard))
    }
}

/// The query of a page that takes no parameter at all.
pub struct NoParams;

impl<S: Send + Sync> FromRequestParts<S> for NoParams {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        params(parts)?.finish(&[])?;
        Ok(Self)
    }
}

/// The query of a page that has one value of its own: `name`, and nothing else.
///
/// # Errors
/// When there is another parameter, or it cannot be read.
pub fn only_one(raw: Option<&str>, name: &str) -> Result<Option<String>, ParamError> {
    let mut params = Params::parse(raw.unwrap_or_default())?;
    params.drop_empty();
    let value = params.take_one(name)?;
    params.finish(&[name])?;
    Ok(value)
}
