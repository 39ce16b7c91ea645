//! What every page has around its content, and how a page is sent.

use std::convert::Infallible;
use std::future::Future;
use std::time::Duration;

use app::model::{Attention, Frame, Person, Theme};
use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{Html, IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use bytes::Bytes;
use chrono_tz::Tz;
use domain::clock;
use domain::filter::KeptColumns;
use domain::finding::Unexplained;
use futures::FutureExt as _;
use futures::stream::{self, StreamExt as _};

use crate::auth::{Reader, Visitor, cookie};
use crate::failure::Failure;
use crate::kept::Freshness;
use crate::record;
use crate::state::App;

/// An error is told after this long, whatever else is known.
const PATIENCE: Duration = Duration::from_secs(1);

/// What a person chose, kept in cookies.
#[derive(Clone, Debug, Default)]
pub struct Chosen {
    /// The zone that times are shown in.
    pub zone: Option<Tz>,
    /// The colour scheme.
    pub theme: Theme,
    /// The columns of lists.
    pub columns: KeptColumns,
}

impl Chosen {
    /// Reads the preference cookies; what they hold beyond the known is as if it were not there.
    #[must_use]
    pub fn of(headers: &HeaderMap) -> Self {
        Self {
            zone: cookie::find(headers, "tz").and_then(domain::zone::parse),
            theme: match cookie::find(headers, "theme") {
                Some("light") => Theme::Light,
                Some("dark") => Theme::Dark,
                _ => Theme::System,
            },
            columns: KeptColumns::read(|view| cookie::find(headers, &cookie::columns_name(view))),
        }
    }
}

impl App {
    /// A frame without live state: for the log-in page and errors.
    #[must_use]
    pub fn bare_frame(&self, chosen: Chosen, person: Option<Person>, here: String) -> Frame {
        let nonce: [u8; 16] = rand::random();
        Frame {
            person,
            zone: chosen.zone.unwrap_or(Tz::UTC),
            now: clock::now(),
            engine_now: clock::now(),
            theme: chosen.theme,
            columns: chosen.columns,
            live: None,
            attention: Attention::default(),
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
    pub fn visitor_frame(&self, visitor: &Visitor, asked: Option<Tz>) -> Frame {
        let person = Person {
            email: visitor.user.email().to_owned(),
            role: visitor.user.role(),
        };
        Frame {
            zone: visitor.zone(asked),
            cut_exports: self.exports.board().cut(visitor.user.subject()),
            ..self.bare_frame(visitor.chosen.clone(), Some(person), visitor.here.clone())
        }
    }

    /// The frame of an error's page: with the live state where that can be told soon.
    pub async fn error_frame(&self, visitor: &Visitor) -> Frame {
        let Some(auditor) = visitor.auditor() else {
            return self.visitor_frame(visitor, None);
        };
        let reader = Reader {
            visitor: visitor.clone(),
            auditor,
        };
        match tokio::time::timeout(PATIENCE, self.reader_frame(&reader, None)).await {
            Ok(Ok(frame)) => frame,
            Ok(Err(_)) | Err(_) => self.visitor_frame(visitor, None),
        }
    }

    /// The frame of a page with the kill switch's live state.
    ///
    /// # Errors
    /// When a database is away.
    pub async fn reader_frame(&self, reader: &Reader, asked: Option<Tz>) -> Result<Frame, Failure> {
        self.live_frame(reader, asked, Freshness::Recent).await
    }

    /// As [`App::reader_frame`], with the kill switch and what needs somebody as they are `when`.
    ///
    /// # Errors
    /// When a database is away.
    pub async fn live_frame(
        &self,
        reader: &Reader,
        asked: Option<Tz>,
        when: Freshness,
    ) -> Result<Frame, Failure> {
        let owner = reader.visitor.user.subject();
        let (switch, needed, form_owner) = tokio::try_join!(
            self.switch.see(self, &reader.auditor, when),
            self.attention.see(self, &reader.auditor, when),
            self.sealer.owner(&self.console, owner),
        )?;
        Ok(Frame {
            engine_now: clock::now().plus_micros(switch.engine_ahead),
            live: Some(switch.live),
            form_owner,
            attention: Attention {
                open_episodes: switch.open_episodes,
                pending_reviews: needed.reviews.pending,
                overdue_reviews: needed.reviews.overdue,
                findings: Unexplained::of(&needed.findings),
            },
            ..self.visitor_frame(&reader.visitor, asked)
        })
    }
}

/// A page with the policy that fits its nonce.
pub struct PageHtml {
    body: Body,
    nonce: String,
}

impl PageHtml {
    /// A page that was rendered in `frame`.
    #[must_use]
    pub fn new(frame: &Frame, html: String) -> Self {
        Self {
            body: html.into(),
            nonce: frame.nonce.clone(),
        }
    }

    /// A page whose beginning is sent at once, and the rest when it is there.
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
