//! `/views`: a person's saved views. Every reader can open one by its link.

use app::model::{NameRejection, NameTarget, RejectedName, ViewsPage};
use axum::Form;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Redirect, Response};
use chrono_tz::Tz;
use domain::query::ParamError;
use domain::saved::{SavedQuery, read_name};
use serde::Deserialize;
use store::console::Saving;
use store::views;

use super::details::uuid;
use crate::auth::{Reader, RequireAuthor};
use crate::drafts::{self, Draft, TypedForm};
use crate::error::AppError;
use crate::page_context::PageHtml;
use crate::query::NoParams;
use crate::state::App;

/// What [`AppError::NotFound`] says is missing.
const VIEW: &str = "saved view";
/// The page of saved views.
const ALL: &str = "/views";

/// `GET /views`, with the draft of a name, where there is one.
///
/// # Errors
/// When nobody with a role is logged in, or a database is unavailable.
pub async fn list(
    State(app): State<App>,
    reader: Reader,
    headers: HeaderMap,
    _: NoParams,
) -> Result<PageHtml, AppError> {
    let draft = drafts::find(&app, &headers, reader.visitor.user.subject(), ALL).await?;
    let typed = match draft {
        Some(draft) => typed(&draft, reader.visitor.zone(None)).await,
        None => None,
    };
    show(&app, &reader, typed).await
}

/// `GET /views/{id}/rename`: redirects to the page that has the form.
pub async fn renamed(_: Reader) -> Redirect {
    Redirect::to(ALL)
}

/// The form of a draft; `None` where it is not valid.
async fn typed(draft: &Draft, zone: Tz) -> Option<RejectedName> {
    let (target, name) = match draft.form {
        TypedForm::NewView => {
            let sent = draft.fields::<NewSavedView>().await?;
            let view = views::find(&sent.view)?;
            let query = SavedQuery::parse(view, &sent.query, zone).ok()?;
            (NameTarget::New(view, query), sent.name)
        }
        TypedForm::OtherName(id) => {
            let sent = draft.fields::<NewName>().await?;
            (NameTarget::Saved(id), sent.name)
        }
        TypedForm::Review(_) | TypedForm::Note(_) => return None,
    };
    let refusal = NameRejection::SessionEnded;
    Some(RejectedName {
        target,
        name,
        refusal,
    })
}

/// `GET /views/{id}`: redirects to the list.
///
/// # Errors
/// When there is no such view, or a database is unavailable.
pub async fn open(
    State(app): State<App>,
    reader: Reader,
    Path(id): Path<String>,
    _: NoParams,
) -> Result<Redirect, AppError> {
    let id = uuid(&id, VIEW)?;
    let saved = app.console.find_saved_view(&reader.auditor, id).await?;
    let saved = saved.ok_or(AppError::NotFound(VIEW))?;
    Ok(Redirect::to(&saved.query.link(saved.view)))
}

/// The form of a new saved view.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct NewSavedView {
    name: String,
    view: String,
    query: String,
}

/// `POST /views`: redirects to the list that was saved.
///
/// # Errors
/// When the account has no role, `view` is no list, `query` is not valid for it, or a database is unavailable. Errors of the
/// name are shown on the page of saved views, with what was typed.
pub async fn save(
    State(app): State<App>,
    RequireAuthor { reader, author }: RequireAuthor,
    Form(sent): Form<NewSavedView>,
) -> Result<Response, AppError> {
    let view = views::find(&sent.view).ok_or_else(|| {
        let takes = views::all().map(|view| view.name).join(", ");
        ParamError::wrong_value("view", &sent.view, &takes)
    })?;
    let query = SavedQuery::parse(view, &sent.query, reader.visitor.zone(None))?;
    let refusal = match read_name(&sent.name) {
        Err(error) => Some(NameRejection::Wrong(error)),
        Ok(name) => {
            let saving = app.console.create_saved_view(&author, view, &name, &query);
            let saving = saving.await;
            app.forget_saved_views(author.writer().subject);
            refusal_of(saving?)
        }
    };
    let Some(refusal) = refusal else {
        return Ok(Redirect::to(&query.link(view)).into_response());
    };
    let target = NameTarget::New(view, query);
    refuse(&app, &reader, target, sent.name, refusal).await
}

/// The form of a new name.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct NewName {
    name: String,
}

/// `POST /views/{id}/rename`
///
/// # Errors
/// When the account has no role or no such view, or a database is unavailable. Errors of the name are shown on the page of
/// saved views, with what was typed.
pub async fn rename(
    State(app): State<App>,
    Path(id): Path<String>,
    RequireAuthor { reader, author }: RequireAuthor,
    Form(sent): Form<NewName>,
) -> Result<Response, AppError> {
    let id = uuid(&id, VIEW)?;
    let refusal = match read_name(&sent.name) {
        Err(error) => Some(NameRejection::Wrong(error)),
        Ok(name) => {
            let renaming = app.console.rename_saved_view(&author, id, &name);
            let renaming = renaming.await;
            app.forget_saved_views(author.writer().subject);
            refusal_of(renaming?.ok_or(AppError::NotFound(VIEW))?)
        }
    };
    let Some(refusal) = refusal else {
        return Ok(Redirect::to(ALL).into_response());
    };
    refuse(&app, &reader, NameTarget::Saved(id), sent.name, refusal).await
}

/// `POST /views/{id}/delete`
///
/// # Errors
/// When the account has no role or no such view, or a database is unavailable.
pub async fn delete(
    State(app): State<App>,
    Path(id): Path<String>,
    RequireAuthor { author, .. }: RequireAuthor,
) -> Result<Redirect, AppError> {
    let id = uuid(&id, VIEW)?;
    let was_there = app.console.delete_saved_view(&author, id).await;
    app.forget_saved_views(author.writer().subject);
    if was_there? {
        Ok(Redirect::to(ALL))
    } else {
        Err(AppError::NotFound(VIEW))
    }
}

/// Why a name was rejected; `None` when it was saved.
const fn refusal_of(saving: Saving) -> Option<NameRejection> {
    match saving {
        Saving::Done => None,
        Saving::NameTaken => Some(NameRejection::Taken),
        Saving::TooMany => Some(NameRejection::TooMany),
    }
}

async fn refuse(
    app: &App,
    reader: &Reader,
    target: NameTarget,
    name: String,
    refusal: NameRejection,
) -> Result<Response, AppError> {
    let status = match refusal {
        NameRejection::Wrong(_) => StatusCode::BAD_REQUEST,
        NameRejection::Taken | NameRejection::TooMany | NameRejection::SessionEnded => {
            StatusCode::CONFLICT
        }
    };
    let refused = RejectedName {
        target,
        name,
        refusal,
    };
    let page = show(app, reader, Some(refused)).await?;
    Ok((status, page).into_response())
}

async fn show(
    app: &App,
    reader: &Reader,
    mut refused: Option<RejectedName>,
) -> Result<PageHtml, AppError> {
    let owner = reader.visitor.user.subject();
    let (mut ctx, views) = tokio::try_join!(app.reader_context(reader, None), async {
        let listed = app.console.list_saved_views(&reader.auditor, owner, None);
        Ok(listed.await?)
    })?;
    if let Some(NameTarget::Saved(id)) = refused.as_ref().map(|refused| &refused.target)
        && !views.iter().any(|saved| saved.id == *id)
    {
        // The view was deleted: a new name for it is an error, a draft of one is dropped.
        if refused.as_ref().map(|refused| &refused.refusal) != Some(&NameRejection::SessionEnded) {
            return Err(AppError::NotFound(VIEW));
        }
        refused = None;
    }
    // The address of the form is no page to return to.
    ALL.clone_into(&mut ctx.here);
    let page = ViewsPage { views, refused };
    Ok(PageHtml::new(&ctx, app::pages::views(&ctx, &page)))
}
