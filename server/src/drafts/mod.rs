//! A session that ends while somebody types: what they typed is not lost, and nobody else gets to see it.
//!
//! Every form that people type into says, sealed, for whom it was made. Sent without a session it becomes the log-in
//! page, with the text sealed in a hidden field. Whoever logs in then gets the text if the form was made for them: it is
//! kept for their new session, encrypted with that session's cookie, until the form is sent. Nothing is ever sent for
//! them: they press the button again, with the key and the number of entries that the form had. Why it is done so says
//! decision 15.

mod form;
mod seal;

use app::model::LoginPage;
use axum::Form;
use axum::body::{Body, Bytes};
use axum::extract::{FromRequest as _, Request, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Redirect, Response};
use domain::clock;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use store::access::Subject;
use store::{ConsoleDb, StoreError};
use tokio::sync::OnceCell;
use uuid::Uuid;

pub use form::TypedForm;

use crate::auth::{cookie, login};
use crate::error::{AppError, ErrorResponse};
use crate::layers::wants_page;
use crate::state::App;
use seal::{Purpose, SealKey};

/// A log-in page that was left open for longer than a session may last keeps its text no longer.
const LONGEST_MICROSECONDS: i64 = 7 * 24 * 3_600_000_000;

/// The key that forms are sealed with, read from the database when it is first needed.
#[derive(Default)]
pub struct Sealer(OnceCell<SealKey>);

impl Sealer {
    async fn key(&self, console: &ConsoleDb) -> Result<&SealKey, StoreError> {
        self.0
            .get_or_try_init(|| async {
                let key = console.seal_key().await?;
                SealKey::new(&key).ok_or_else(|| {
                    StoreError::NotMigrated("audit_console.seal_key holds no key".to_owned())
                })
            })
            .await
    }

    /// For whom a form is made, sealed: what its hidden field holds.
    ///
    /// # Errors
    /// When the database is away, until it has been asked once.
    pub async fn owner(&self, console: &ConsoleDb, owner: Subject) -> Result<String, StoreError> {
        let key = self.key(console).await?;
        let name = format!("{}:{}", owner.kind(), owner.id());
        let word = key.seal_word(Purpose::Owner, name.as_bytes());
        Ok(word.unwrap_or_default())
    }
}

/// Reads `kind:id`.
fn read_owner(name: &str) -> Option<Subject> {
    let (kind, id) = name.split_once(':')?;
    Subject::from_parts(kind, Uuid::try_parse(id).ok()?)
}

/// What somebody typed into a form before their session ended.
pub struct Draft {
    /// Whose form it was.
    pub owner: Subject,
    /// Which form.
    pub form: TypedForm,
    /// Its fields, as the browser sent them.
    body: String,
}

/// A [`Draft`] as it is sealed.
#[derive(Deserialize, Serialize)]
struct Written {
    owner: String,
    form: String,
    body: String,
    /// When, in microseconds since 2000.
    at: i64,
}

impl Draft {
    fn write(&self) -> Vec<u8> {
        let written = Written {
            owner: format!("{}:{}", self.owner.kind(), self.owner.id()),
            form: self.form.path(),
            body: self.body.clone(),
            at: clock::now().postgres_micros(),
        };
        // Strings and a number: nothing that JSON cannot hold.
        serde_json::to_vec(&written).unwrap_or_default()
    }

    fn read(plain: &[u8]) -> Option<Self> {
        let written: Written = serde_json::from_slice(plain).ok()?;
        let age = clock::now().postgres_micros().saturating_sub(written.at);
        if age > LONGEST_MICROSECONDS {
            return None;
        }
        Some(Self {
            owner: read_owner(&written.owner)?,
            form: TypedForm::at(&written.form)?,
            body: written.body,
        })
    }

    /// Keeps it for the session of this cookie's value.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn keep(&self, app: &App, cookie: &str) -> Result<(), StoreError> {
        let sealed = SealKey::of_session(cookie)
            .and_then(|key| key.seal(Purpose::SwrCache, &self.write()))
            .unwrap_or_default();
        let token = cookie::token_of(cookie);
        let page = self.form.page();
        app.console.keep_draft(token, &page, &sealed).await
    }

    /// The fields, as the handler of the form reads them.
    pub async fn fields<T: DeserializeOwned>(&self) -> Option<T> {
        read_fields(self.body.clone().into()).await
    }
}

/// Reads a form's fields as its handler does.
async fn read_fields<T: DeserializeOwned>(body: Bytes) -> Option<T> {
    let kind = "application/x-www-form-urlencoded";
    let request = Request::post("/").header(header::CONTENT_TYPE, kind);
    let request = request.body(Body::from(body)).ok()?;
    let Form(fields) = Form::from_request(request, &()).await.ok()?;
    Some(fields)
}

/// The draft that the log-in form came with; `None` where it has none, or one that this console has not sealed.
pub async fn open(app: &App, word: &str) -> Option<Draft> {
    if word.is_empty() {
        return None;
    }
    let key = app.sealer.key(&app.console).await.ok()?;
    Draft::read(&key.open_word(Purpose::Draft, word)?)
}

/// The draft that was kept for this session and the form of this page.
///
/// # Errors
/// When the database is away.
pub async fn find(
    app: &App,
    headers: &HeaderMap,
    owner: Subject,
    page: &str,
) -> Result<Option<Draft>, StoreError> {
    let Some(cookie) = cookie::session_value(headers, app.settings.https()) else {
        return Ok(None);
    };
    let token = cookie::token_of(cookie);
    let sealed = app.console.find_draft(token, page).await?;
    let draft = sealed.and_then(|sealed| {
        let plain = SealKey::of_session(cookie)?.open(Purpose::SwrCache, &sealed)?;
        Draft::read(&plain)
    });
    Ok(draft.filter(|draft| draft.owner == owner))
}

/// Around the forms that people type into: one that is sent without a session becomes the log-in page, with its text;
/// one that was written needs no draft any more.
pub async fn keep_what_was_typed(State(app): State<App>, request: Request, next: Next) -> Response {
    let form = TypedForm::at(request.uri().path());
    let Some(form) = form.filter(|_| request.method() == Method::POST) else {
        return next.run(request).await;
    };
    let (parts, body) = request.into_parts();
    let body = match Bytes::from_request(Request::from_parts(parts.clone(), body), &()).await {
        Ok(body) => body,
        Err(refused) => return refused.into_response(),
    };
    let headers = parts.headers.clone();
    let wants_page = wants_page(parts.uri.path(), &headers);
    let request = Request::from_parts(parts, Body::from(body.clone()));
    let response = next.run(request).await;
    if response.status() == StatusCode::SEE_OTHER {
        forget(&app, &headers, form).await;
        return response;
    }
    let told = response.extensions().get::<ErrorResponse>();
    if !wants_page || told.is_none_or(|told| told.status != StatusCode::UNAUTHORIZED) {
        return response;
    }
    match seal(&app, form, body).await {
        Ok(Some(draft)) => {
            let page = LoginPage {
                notice: Some(form.ended().to_owned()),
                next: form.link(),
                draft: Some(draft),
                ..LoginPage::default()
            };
            let page = login::show(&app, &headers, &page);
            (StatusCode::UNAUTHORIZED, page).into_response()
        }
        // Nobody can tell whose text it is.
        Ok(None) => {
            let next = utf8_percent_encode(&form.page(), NON_ALPHANUMERIC).to_string();
            Redirect::to(&format!("/login?next={next}")).into_response()
        }
        Err(error) => AppError::from(error).into_response(),
    }
}

/// The text, sealed, where the form says for whom it was made.
async fn seal(app: &App, form: TypedForm, body: Bytes) -> Result<Option<String>, StoreError> {
    #[derive(Deserialize)]
    struct Made {
        owner: String,
    }
    let Some(made) = read_fields::<Made>(body.clone()).await else {
        return Ok(None);
    };
    let key = app.sealer.key(&app.console).await?;
    let owner = key
        .open_word(Purpose::Owner, &made.owner)
        .and_then(|name| read_owner(std::str::from_utf8(&name).ok()?));
    Ok(owner.and_then(|owner| {
        let body = String::from_utf8(body.into()).ok()?;
        let draft = Draft { owner, form, body };
        key.seal_word(Purpose::Draft, &draft.write())
    }))
}

async fn forget(app: &App, headers: &HeaderMap, form: TypedForm) {
    let Some(token) = cookie::session(headers, app.settings.https()) else {
        return;
    };
    // It would go by itself within the hour.
    if let Err(error) = app.console.delete_draft(token, &form.page()).await {
        tracing::warn!(%error, "a draft that was sent could not be forgotten");
    }
}
