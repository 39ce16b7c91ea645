//! Extractors: whoever is logged in, and whoever may read.

use std::time::Duration;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use chrono_tz::Tz;
use store::access::{Auditor, CurrentUser};

use super::cookie;
use crate::failure::Failure;
use crate::frame::Chosen;
use crate::state::App;

/// Every request begins with this look-up: a database that says nothing at all is noticed here.
const PATIENCE: Duration = Duration::from_millis(2_500);

/// Somebody who is logged in, whatever their role.
#[derive(Clone, Debug)]
pub struct Visitor {
    /// Who.
    pub user: CurrentUser,
    /// What they chose: zone and colour scheme.
    pub chosen: Chosen,
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
            .or(self.chosen.zone)
            .or_else(|| domain::zone::parse(self.user.timezone()?))
            .unwrap_or(Tz::UTC)
    }
}

impl FromRequestParts<App> for Visitor {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Failure> {
        let token =
            cookie::session(&parts.headers, app.settings.https()).ok_or(Failure::NotLoggedIn)?;
        let found = app.console.find_session(&app.engine, token);
        let user = tokio::time::timeout(PATIENCE, found)
            .await
            .map_err(|_| Failure::Silent)??
            .ok_or(Failure::NotLoggedIn)?;
        Ok(Self {
            user,
            chosen: Chosen::of(&parts.headers),
            here: parts
                .uri
                .path_and_query()
                .map_or_else(|| "/".to_owned(), ToString::to_string),
        })
    }
}

impl FromRequestParts<App> for Reader {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Failure> {
        let visitor = Visitor::from_request_parts(parts, app).await?;
        match visitor.user.auditor() {
            Some(auditor) => Ok(Self { visitor, auditor }),
            None => Err(Failure::NoRole(Box::new(visitor))),
        }
    }
}
