//! What people wrote about a finding, in order, and the form of the next note.

use domain::finding::Note;
use leptos::either::Either;
use leptos::prelude::*;

use super::form::NoteForm;
use crate::components::text::Stored;
use crate::components::time::ExactTime;
use crate::model::{FindingPage, PageContext};

/// The card.
#[component]
pub fn NotesCard<'a>(
    /// The page's context.
    ctx: &'a PageContext,
    /// The page's model.
    page: &'a FindingPage,
) -> impl IntoView + use<> {
    let notes = if page.notes.is_empty() {
        Either::Left(view! { <p class="dim no-notes">"Nobody has written about it."</p> })
    } else {
        let summary = page.kept.finding.summary.as_str();
        let notes = page.notes.iter();
        let items = notes.map(|note| view! { <NoteItem ctx summary note /> });
        Either::Right(view! { <ol class="signatures">{items.collect_view()}</ol> })
    };
    view! {
        <section class="card" id="notes" aria-labelledby="notes-title">
            <h2 id="notes-title">"Notes"</h2>
            {notes}
            <NoteForm ctx page />
        </section>
    }
}

#[component]
fn NoteItem<'a>(
    /// The page's context.
    ctx: &'a PageContext,
    /// What was found, as it is known now.
    summary: &'a str,
    /// The note.
    note: &'a Note,
) -> impl IntoView + use<> {
    let about = (note.about != summary).then(|| {
        view! { <p class="stale-note">"About what was found then: "<Stored text=&note.about /></p> }
    });
    view! {
        <li class="signature" id=format!("note-{}", note.number)>
            <h3>
                <span class="signature-number">{note.number}</span>
                {format!(" {}", note.answer.label())}
            </h3>
            <p class="by">
                <strong><Stored text=&note.author_email /></strong>
                " · "
                <ExactTime ctx at=note.at />
            </p>
            {about}
            <p class="note-text"><Stored text=&note.text /></p>
        </li>
    }
}
