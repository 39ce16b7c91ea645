//! The frame of every page, and its response.

use std::convert::Infallible;
use std::future::Future;
use std::time::Duration;

use app::model::{NavBadges, PageContext, Person};
use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{Html, IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use bytes::Bytes;
use chrono_tz::Tz;
use domain::clock;
use domain::filter::SavedColumns;
use domain::finding::OpenFindings;
use domain::wire::{LiveStatus, Theme};
use futures::FutureExt as _;
use futures::stream::{self, StreamExt as _};
use store::views;

use crate::auth::{Reader, Visitor, cookie};
use crate::error::AppError;
use crate::record;
use crate::state::App;
use crate::swr_cache::Freshness;

/// An error page waits this long for the counts of its navigation.
const PATIENCE: Duration = Duration::from_secs(1);

/// Preferences of a person, from cookies.
#[derive(Clone, Debug, Default)]
pub struct Preferences {
    /// The zone that times are shown in.
    pub zone: Option<Tz>,
    /// The colour scheme.
    pub theme: Theme,
    /// The columns of lists.
    pub columns: SavedColumns,
}

impl Preferences {
    /// Reads the preference cookies; unknown values are ignored.
    #[must_use]
    pub fn of(headers: &HeaderMap) -> Self {
        Self {
            zone: cookie::find(headers, "tz").and_then(domain::zone::parse),
            theme: cookie::find(headers, "theme")
                .and_then(Theme::parse)
                .unwrap_or_default(),
            columns: SavedColumns::read(&views::all(), |view| {
                cookie::find(headers, &cookie::columns_name(view))
            }),
        }
    }
}

impl App {
    /// A frame without live state: for the log-in page and errors.
    #[must_use]
    pub fn bare_context(
        &self,
        preferences: Preferences,
        person: Option<Person>,
        here: String,
    ) -> PageContext {
        let nonce: [u8; 16] = rand::random();
        PageContext {
            person,
            zone: preferences.zone.unwrap_or(Tz::UTC),
            now: clock::now(),
            engine_now: clock::now(),
            theme: preferences.theme,
            views: views::all().to_vec(),
            columns: preferences.columns,
            live: None,
            nav_badges: NavBadges::default(),
            record: record::notice(&self.console.record_state()),
            cut_exports: Vec::new(),
            here,
            form_owner: String::new(),
            nonce: STANDARD_NO_PAD.encode(nonce),
            assets: self.assets.clone(),
        }
    }

    /// The frame of a page that somebody who is logged in sees.
    #[must_use]
    pub fn visitor_context(&self, visitor: &Visitor, asked: Option<Tz>) -> PageContext {
        let person = Person {
            email: visitor.user.email().to_owned(),
            role: visitor.user.role(),
        };
        PageContext {
            zone: visitor.zone(asked),
            cut_exports: self.exports.registry().cut(visitor.user.subject()),
            ..self.bare_context(
                visitor.preferences.clone(),
                Some(person),
                visitor.here.clone(),
            )
        }
    }

    /// The frame of an error page: with the live state where that can be read soon.
    pub async fn error_context(&self, visitor: &Visitor) -> PageContext {
        let Some(auditor) = visitor.auditor() else {
            return self.visitor_context(visitor, None);
        };
        let reader = Reader {
            visitor: visitor.clone(),
            auditor,
        };
        match tokio::time::timeout(PATIENCE, self.reader_context(&reader, None)).await {
            Ok(Ok(ctx)) => ctx,
            Ok(Err(_)) | Err(_) => self.visitor_context(visitor, None),
        }
    }

    /// The frame of a page with the kill switch's live state.
    ///
    /// # Errors
    /// When a database is unavailable.
    pub async fn reader_context(
        &self,
        reader: &Reader,
        asked: Option<Tz>,
    ) -> Result<PageContext, AppError> {
        self.live_context(reader, asked, Freshness::Recent).await
    }

    /// As [`App::reader_context`], with the kill switch and the counts of the navigation as they are `when`.
    ///
    /// # Errors
    /// When a database is unavailable.
    pub async fn live_context(
        &self,
        reader: &Reader,
        asked: Option<Tz>,
        when: Freshness,
    ) -> Result<PageContext, AppError> {
        let owner = reader.visitor.user.subject();
        let (switch, counts, form_owner) = tokio::try_join!(
            self.kill_switch_status(&reader.auditor, when),
            self.nav_counts(&reader.auditor, when),
            self.sealer.owner(&self.console, owner),
        )?;
        Ok(PageContext {
            engine_now: clock::now().plus_micros(switch.engine_ahead),
            live: Some(switch.live),
            form_owner,
            nav_badges: NavBadges {
                open_episodes: switch.open_episodes,
                pending_reviews: counts.reviews.pending,
                overdue_reviews: counts.reviews.overdue,
                findings: OpenFindings::of(&counts.findings),
            },
            ..self.visitor_context(&reader.visitor, asked)
        })
    }
}

impl App {
    /// The live state and what waits for somebody, as the reader's header shows them.
    ///
    /// # Errors
    /// When a database is away.
    pub async fn live_status(&self, reader: &Reader) -> Result<LiveStatus, AppError> {
        let ctx = self.reader_context(reader, None).await?;
        app::live_status(&ctx).ok_or(AppError::NotFound("live state"))
    }
}

/// A page as a response, with the content security policy of its nonce.
pub struct PageHtml {
    body: Body,
    nonce: String,
}

impl PageHtml {
    /// A page that was rendered in `ctx`.
    #[must_use]
    pub fn new(ctx: &PageContext, html: String) -> Self {
        Self {
            body: html.into(),
            nonce: ctx.nonce.clone(),
        }
    }

    /// A page whose beginning is sent at once, and the rest when it is ready.
    #[must_use]
    pub fn streamed<const N: usize>(
        nonce: String,
        beginning: [Bytes; 2],
        rest: impl Future<Output = [Bytes; N]> + Send + 'static,
    ) -> Self {
        let rest = rest.map(stream::iter).flatten_stream();
        let pieces = stream::iter(beginning).chain(rest);
        Self {
            body: Body::from_stream(pieces.map(Ok::<_, Infallible>)),
            nonce,
        }
    }
}

impl IntoResponse for PageHtml {
    fn into_response(self) -> Response {
        let policy = format!(
            "default-src 'none'; script-src 'self' 'nonce-{}' 'wasm-unsafe-eval'; \
             style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; \
             base-uri 'none'; frame-ancestors 'none'",
            self.nonce
        );
        let mut response = Html(self.body).into_response();
        if let Ok(policy) = HeaderValue::from_str(&policy) {
            response
                .headers_mut()
                .insert(header::CONTENT_SECURITY_POLICY, policy);
        }
        response
    }
}
