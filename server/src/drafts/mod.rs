//! Drafts: the text of a form that was sent after its session had ended is kept, for its author alone (decision 15).
//!
//! Such a form has a hidden field with its owner, sealed. When it is sent without a session, the response is the log-in
//! page with the text sealed in a hidden field. If the owner logs in then, the draft is stored for the new session,
//! encrypted with a key that is derived from the session's cookie, and the form is shown with the text until it is sent.

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

/// Longest age of a draft in a log-in page: the longest duration of a session, in microseconds.
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

    /// The owner of a form, sealed: the value of the form's hidden field.
    ///
    /// # Errors
    /// When the key was not read yet and the database is unavailable.
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

/// The fields of a form that was sent after its session had ended.
pub struct Draft {
    /// The account for which the form was made.
    pub owner: Subject,
    /// The form.
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
    /// Time of the draft, in microseconds since 2000.
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
        // Strings and a number: serialization cannot fail.
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

    /// Stores it for the session of this cookie's value.
    ///
    /// # Errors
    /// When the database is unavailable.
    pub async fn store(&self, app: &App, cookie: &str) -> Result<(), StoreError> {
        let sealed = SealKey::of_session(cookie)
            .and_then(|key| key.seal(Purpose::StoredDraft, &self.write()))
            .unwrap_or_default();
        let token = cookie::token_of(cookie);
        let page = self.form.page();
        app.console.keep_draft(token, &page, &sealed).await
    }

    /// The fields as the handler of the form reads them; `None` where they are not valid.
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

/// The draft in a log-in form; `None` where it has none, or one that this console has not sealed.
pub async fn open(app: &App, word: &str) -> Option<Draft> {
    if word.is_empty() {
        return None;
    }
    let key = app.sealer.key(&app.console).await.ok()?;
    Draft::read(&key.open_word(Purpose::Draft, word)?)
}

/// The draft that is stored for this session and the form of this page.
///
/// # Errors
/// When the database is unavailable.
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
        let plain = SealKey::of_session(cookie)?.open(Purpose::StoredDraft, &sealed)?;
        Draft::read(&plain)
    });
    Ok(draft.filter(|draft| draft.owner == owner))
}

/// The layer around these forms: responds to one that is sent without a session with the log-in page and its draft, and
/// deletes the draft of one that was accepted.
pub async fn keep_draft(State(app): State<App>, request: Request, next: Next) -> Response {
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
        // The form does not say whose text it is.
        Ok(None) => {
            let next = utf8_percent_encode(&form.page(), NON_ALPHANUMERIC).to_string();
            Redirect::to(&format!("/login?next={next}")).into_response()
        }
        Err(error) => AppError::from(error).into_response(),
    }
}

/// The draft, sealed, where the form names its owner.
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
    // It would be deleted by itself within the hour.
    if let Err(error) = app.console.delete_draft(token, &form.page()).await {
        tracing::warn!(%error, "a draft that was sent could not be deleted");
    }
}
