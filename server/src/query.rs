//! The filter's home: the only place that reads query strings.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use domain::csv::FormulaGuard;
use domain::filter::{ListQuery, ViewFilter};
use domain::query::{ParamError, Params};

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
/// is sent to the address without them.
pub struct OnPage<F: ViewFilter>(pub ListQuery<F>);

impl<S: Send + Sync, F: ViewFilter> FromRequestParts<S> for OnPage<F> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        let mut params = params(parts)?;
        let had_empty = params.drop_empty();
        let query = ListQuery::from_params(params)?;
        if had_empty {
            return Err(Failure::Redirect(query.pairs().link(parts.uri.path())));
        }
        Ok(Self(query))
    }
}

/// A CSV export's query: a list's, and `raw=1`.
pub struct WithRaw<F: ViewFilter>(pub ListQuery<F>, pub FormulaGuard);

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

impl<S: Send + Sync, F: ViewFilter> FromRequestParts<S> for WithRaw<F> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        let mut params = params(parts)?;
        let guard = take_guard(&mut params)?;
        Ok(Self(ListQuery::from_params(params)?, guard))
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
