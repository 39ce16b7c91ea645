//! Extractors: whoever is logged in, and whoever may read.

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

/// Every request begins with this look-up: a database that says nothing at all is noticed here.
const PATIENCE: Duration = Duration::from_millis(2_500);

/// Somebody who is logged in, whatever their role.
#[derive(Clone, Debug)]
pub struct Visitor {
    /// Who.
    pub user: CurrentUser,
    /// Their session.
    pub token: SessionToken,
    /// What they chose: zone, colour scheme, columns.
    pub preferences: Preferences,
    /// The address that they asked for, with its query.
    pub here: String,
}

/// Somebody who may read: an auditor or an admin.
#[derive(Clone, Debug)]
pub struct Reader {
    /// Who.
    pub visitor: Visitor,
    /// The right to read.
    pub auditor: Auditor,
}

impl Visitor {
    /// The zone that times are shown in: the one asked for, else the one chosen, else the profile's,
    /// else UTC.
    #[must_use]
    pub fn zone(&self, asked: Option<Tz>) -> Tz {
        asked
            .or(self.preferences.zone)
            .or_else(|| domain::zone::parse(self.user.timezone()?))
            .unwrap_or(Tz::UTC)
    }
}

/// Somebody who may review: an admin.
#[derive(Clone, Debug)]
pub struct RequireAdmin {
    /// Who, with the right to read.
    pub reader: Reader,
    /// The right to review.
    pub admin: Admin,
}

/// Somebody who may write about findings: an auditor or an admin.
#[derive(Clone, Debug)]
pub struct RequireAuthor {
    /// Who, with the right to read.
    pub reader: Reader,
    /// The right to write.
    pub author: Author,
}

/// As [`Reader`], for what a page asks by itself: it does not keep the session alive.
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
    /// Who asks, for the page around an error; none where nobody is logged in, or that cannot be told.
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

    /// Their right to read, where they have it.
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
