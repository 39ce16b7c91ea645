//! The form of a note.

use domain::filter::ParamEnum as _;
use domain::finding::{Answer, NOTE_LENGTH};
use leptos::prelude::*;

use crate::components::form::{
    Choice, FieldName, FormErrors, FormOwner, FormWarning, Hint, TextArea,
};
use crate::model::{FindingPage, NotSaved, PageContext};

const ANSWER: FieldName = FieldName {
    name: "answer",
    label: "Answer",
    id: "note-answer",
    error_id: "note-answer-error",
    is_choice: true,
};
const NOTE: FieldName = FieldName {
    name: "note",
    label: "Note",
    id: "note-text",
    error_id: "note-text-error",
    is_choice: false,
};
const HINT: Hint = Hint {
    id: "note-text-hint",
    words: "At least 10 characters of plain text.",
};

/// Why nothing is written while the record could be rewritten.
pub(crate) const UNPROTECTED: &str = "The record is not protected at the moment, and nothing is written to it. Your \
    text is still here: send it again when the notice on top of the page has gone.";

/// Why a note was not written although its fields are as they should be.
const fn reason(not_saved: NotSaved) -> &'static str {
    match not_saved {
        NotSaved::SessionEnded => {
            "Your session had ended, and nothing was written yet. Your text is still here: add it again."
        }
        NotSaved::Overtaken => {
            "Somebody wrote a note while you were writing. Read it above; your text is still here."
        }
        NotSaved::FactsChanged => {
            "The finding says something else than when you opened the form. Read it again; your text is still here."
        }
        NotSaved::SentBefore => {
            "You have sent this form before, with another text: that note is above. Send it once more to add this one."
        }
        NotSaved::Unprotected => UNPROTECTED,
    }
}

/// The form with what was typed, and what could not be taken of it.
#[component]
pub fn NoteForm<'a>(
    /// The page's context.
    ctx: &'a PageContext,
    /// The page's model.
    page: &'a FindingPage,
) -> impl IntoView + use<> {
    let form = &page.form;
    let errors = form.errors.as_slice();
    let overruled = form.not_saved.map(reason);
    let answers = Answer::VALUES.iter();
    let answers = answers.map(|(answer, word)| (*word, answer.label()));
    let length = (*NOTE_LENGTH.start(), *NOTE_LENGTH.end());
    view! {
        <form class="review-form" method="post" action=format!("/findings/{}/notes", page.kept.id)>
            <FormOwner ctx />
            {overruled.map(|text| view! { <FormWarning text /> })}
            <FormErrors heading="Nothing was written yet:" errors fields=&[ANSWER, NOTE] />
            <input type="hidden" name="seen" value=form.seen />
            <input type="hidden" name="about" value=form.about.clone() />
            <input type="hidden" name="key" value=form.key.to_string() />
            <Choice field=ANSWER options=answers.collect() chosen=&form.draft.answer errors />
            <TextArea field=NOTE value=&form.draft.note length hint=HINT errors />
            <div class="form-end">
                <p class="dim">"Cannot be changed later, only added to."</p>
                <button class="btn primary">"Add note"</button>
            </div>
        </form>
    }
}
