//! Extractors of the account that sends a request, and of its rights.

use std::time::Duration;

use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::request::Parts;
use chrono_tz::Tz;
use store::access::{Admin, Auditor, Author, CurrentUser};
use store::console::SessionToken;

use super::cookie;
use crate::error::AppError;
use crate::page_context::Preferences;
use crate::state::App;

/// Time limit of the session's look-up. Every request begins with it, so a database that does not answer is noticed here.
const PATIENCE: Duration = Duration::from_millis(2_500);

/// A logged-in account, whatever its role.
#[derive(Clone, Debug)]
pub struct Visitor {
    /// The account.
    pub user: CurrentUser,
    /// The session.
    pub token: SessionToken,
    /// Zone, colour scheme, columns.
    pub preferences: Preferences,
    /// Path and query of the request.
    pub here: String,
}

/// An account that may read: an auditor or an admin.
#[derive(Clone, Debug)]
pub struct Reader {
    /// The account.
    pub visitor: Visitor,
    /// The right to read.
    pub auditor: Auditor,
}

impl Visitor {
    /// The zone that times are shown in: `asked`, else the preference, else the profile's, else UTC.
    #[must_use]
    pub fn zone(&self, asked: Option<Tz>) -> Tz {
        asked
            .or(self.preferences.zone)
            .or_else(|| domain::zone::parse(self.user.timezone()?))
            .unwrap_or(Tz::UTC)
    }
}

/// An account that may review: an admin.
#[derive(Clone, Debug)]
pub struct RequireAdmin {
    /// The account, with the right to read.
    pub reader: Reader,
    /// The right to review.
    pub admin: Admin,
}

/// An account that may write notes and saved views: an auditor or an admin.
#[derive(Clone, Debug)]
pub struct RequireAuthor {
    /// The account, with the right to read.
    pub reader: Reader,
    /// The right to write.
    pub author: Author,
}

/// As [`Reader`], for requests that scripts send by themselves: they do not extend the session.
#[derive(Clone, Debug)]
pub struct PassiveReader(pub Reader);

impl Visitor {
    async fn find(parts: &Parts, app: &App, is_used: bool) -> Result<Self, AppError> {
        let token =
            cookie::session(&parts.headers, app.settings.https()).ok_or(AppError::NotLoggedIn)?;
        let found = app.console.find_session(&app.engine, token, is_used);
        let user = tokio::time::timeout(PATIENCE, found)
            .await
            .map_err(|_| AppError::DatabaseTimeout)??
            .ok_or(AppError::NotLoggedIn)?;
        Ok(Self {
            user,
            token,
            preferences: Preferences::of(&parts.headers),
            here: parts
                .uri
                .path_and_query()
                .map_or_else(|| "/".to_owned(), ToString::to_string),
        })
    }
}

impl Visitor {
    /// The account, for an error page; `None` where nobody is logged in, or the database does not answer.
    pub async fn around_error(headers: &HeaderMap, here: String, app: &App) -> Option<Self> {
        let token = cookie::session(headers, app.settings.https())?;
        let found = app.console.find_session(&app.engine, token, false);
        let user = tokio::time::timeout(PATIENCE, found).await.ok()?.ok()??;
        Some(Self {
            user,
            token,
            preferences: Preferences::of(headers),
            here,
        })
    }

    /// The right to read, where the account has it.
    #[must_use]
    pub fn auditor(&self) -> Option<Auditor> {
        self.user.auditor()
    }
}

impl Reader {
    fn of(visitor: Visitor) -> Result<Self, AppError> {
        match visitor.user.auditor() {
            Some(auditor) => Ok(Self { visitor, auditor }),
            None => Err(AppError::NoRole(Box::new(visitor))),
        }
    }
}

impl FromRequestParts<App> for Visitor {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, AppError> {
        Self::find(parts, app, true).await
    }
}

impl FromRequestParts<App> for Reader {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, AppError> {
        Self::of(Visitor::find(parts, app, true).await?)
    }
}

impl FromRequestParts<App> for PassiveReader {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, AppError> {
        Ok(Self(Reader::of(Visitor::find(parts, app, false).await?)?))
    }
}

impl FromRequestParts<App> for RequireAdmin {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, AppError> {
        let reader = Reader::from_request_parts(parts, app).await?;
        match reader.visitor.user.admin() {
            Some(admin) => Ok(Self { reader, admin }),
            None => Err(AppError::NotAdmin(Box::new(reader.visitor))),
        }
    }
}

impl FromRequestParts<App> for RequireAuthor {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, AppError> {
        let reader = Reader::from_request_parts(parts, app).await?;
        match reader.visitor.user.author() {
            Some(author) => Ok(Self { reader, author }),
            None => Err(AppError::NoRole(Box::new(reader.visitor))),
        }
    }
}
