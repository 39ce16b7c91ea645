//! What people wrote about a finding, in order, and the form of the next note.

use domain::finding::Note;
use leptos::prelude::*;

use super::form::form;
use crate::components::text::stored;
use crate::components::time::exact;
use crate::model::{FindingPage, PageContext};

/// The card.
pub fn card(ctx: &PageContext, page: &FindingPage) -> AnyView {
    let items: Vec<AnyView> = page
        .notes
        .iter()
        .map(|note| entry(ctx, page, note))
        .collect();
    let notes = if items.is_empty() {
        view! { <p class="dim first-note">"Nobody has written about it."</p> }.into_any()
    } else {
        view! { <ol class="signed">{items}</ol> }.into_any()
    };
    view! {
        <section class="card" id="notes" aria-labelledby="notes-title">
            <h2 id="notes-title">"Notes"</h2>
            {notes}
            {form(ctx, page)}
        </section>
    }
    .into_any()
}

fn entry(ctx: &PageContext, page: &FindingPage, note: &Note) -> AnyView {
    let about = (note.about != page.kept.finding.summary).then(|| {
        view! { <p class="known">"About what was found then: "{stored(&note.about)}</p> }
    });
    view! {
        <li class="signature" id=format!("note-{}", note.number)>
            <h3>
                <span class="number">{note.number}</span>
                " "
                {note.answer.label()}
            </h3>
            <p class="by">
                <strong>{stored(&note.author_email)}</strong>
                " · "
                {exact(ctx, note.at)}
            </p>
            {about}
            <p class="note-text">{stored(&note.text)}</p>
        </li>
    }
    .into_any()
}
