//! The form of a review. A plain POST form: it works without JavaScript.

use domain::filter::ParamEnum as _;
use domain::review::{Draft, LONGEST_LINE, LONGEST_NOTE, SHORTEST_NOTE, Verdict};
use leptos::prelude::*;

use crate::components::form::{
    Choice, FieldName, FormErrors, FormOwner, FormWarning, Hint, TextArea, TextLine, kept_text,
};
use crate::model::{self, EpisodePage, NotSaved, PageContext};
use crate::pages::episode::words::path;
use crate::pages::finding::UNPROTECTED;

const VERDICT: FieldName = FieldName {
    name: "verdict",
    label: "Verdict",
    id: "review-verdict",
    error_id: "review-verdict-error",
    is_choice: true,
};
const CAUSE: FieldName = FieldName {
    name: "cause",
    label: "Cause",
    id: "review-cause",
    error_id: "review-cause-error",
    is_choice: false,
};
const ACTION: FieldName = FieldName {
    name: "action",
    label: "What was done",
    id: "review-action",
    error_id: "review-action-error",
    is_choice: false,
};
const NOTE: FieldName = FieldName {
    name: "note",
    label: "What happened",
    id: "review-note",
    error_id: "review-note-error",
    is_choice: false,
};
const HINT: Hint = Hint {
    id: "review-note-hint",
    words: "At least 10 characters. Markdown.",
};
const FIELDS: [FieldName; 4] = [VERDICT, CAUSE, ACTION, NOTE];

/// Why an entry was not written although its fields are as they should be.
const fn reason(not_saved: NotSaved) -> &'static str {
    match not_saved {
        NotSaved::SessionEnded => {
            "Your session had ended, and nothing was signed yet. Your text is still here: sign it again."
        }
        NotSaved::Overtaken => {
            "Somebody signed while you were writing. Read their entry above; your text is still here."
        }
        NotSaved::FactsChanged => {
            "More is known of this stop than when you opened the form. Read it again; your text is still here."
        }
        NotSaved::SentBefore => {
            "You have signed with this form before, with another text: that entry is above. Sign once more to add this one."
        }
        NotSaved::Unprotected => UNPROTECTED,
    }
}

/// The form with what was typed, and what could not be taken of it.
#[component]
pub fn ReviewForm<'a>(
    /// The page's context.
    ctx: &'a PageContext,
    /// The page's model.
    page: &'a EpisodePage,
    /// The form's model.
    form: &'a model::ReviewForm,
) -> impl IntoView + use<> {
    let draft = &form.draft;
    let errors = form.errors.as_slice();
    let overruled = form.not_saved.map(reason);
    let (button, about) = if form.has_signed {
        let about = "You have signed this episode before: this is added to it.";
        ("Add an amendment", Some(about))
    } else {
        ("Sign off", None)
    };
    let verdicts = Verdict::VALUES.iter();
    let verdicts = verdicts.map(|(verdict, word)| (*word, verdict.label()));
    let length = (SHORTEST_NOTE, LONGEST_NOTE);
    view! {
        <form class="review-form" method="post" action=format!("{}/review", path(&page.dossier.episode))>
            <FormOwner ctx />
            {overruled.map(|text| view! { <FormWarning text /> })}
            <FormErrors heading="Nothing was signed yet:" errors fields=&FIELDS />
            {about.map(|about| view! { <p class="dim">{about}</p> })}
            <input type="hidden" name="seen" value=form.seen />
            <input type="hidden" name="facts" value=form.facts.clone() />
            <input type="hidden" name="key" value=form.key.to_string() />
            <Choice field=VERDICT options=verdicts.collect() chosen=&draft.verdict errors />
            <TextLine field=CAUSE value=&draft.cause most=LONGEST_LINE errors />
            <TextLine field=ACTION value=&draft.action most=LONGEST_LINE errors />
            <TextArea field=NOTE value=&draft.note length hint=HINT errors />
            <div class="form-end">
                <p class="dim">"Cannot be changed later, only added to."</p>
                <button class="btn primary">{button}</button>
            </div>
        </form>
    }
}

/// What was typed and cannot be signed now, to be copied. Renders nothing if nothing was typed.
#[component]
pub fn KeptDraft<'a>(
    /// What was typed.
    draft: &'a Draft,
) -> impl IntoView + use<> {
    if *draft == Draft::default() {
        return None;
    }
    let label = Verdict::VALUES
        .iter()
        .find(|(_, word)| *word == draft.verdict)
        .map_or(draft.verdict.as_str(), |(verdict, _)| verdict.label());
    let lines = [
        (VERDICT, label),
        (CAUSE, draft.cause.as_str()),
        (ACTION, draft.action.as_str()),
    ];
    let lines = lines.into_iter().filter(|(_, text)| !text.is_empty());
    let lines = lines.map(|(field, text)| {
        view! {
            <div class="labelled">
                <label for=field.id>{field.label}</label>
                <input class="field" type="text" id=field.id readonly value=text.to_owned() />
            </div>
        }
    });
    let note = (!draft.note.is_empty()).then(|| {
        view! {
            <div class="labelled">
                <label for=NOTE.id>{NOTE.label}</label>
                <textarea class="field" id=NOTE.id rows="6" readonly inner_html=kept_text(&draft.note)></textarea>
            </div>
        }
    });
    Some(view! {
        <div class="review-form" role="group" aria-label="What you wrote">
            <p class="dim">"What you wrote, to be kept:"</p>
            {lines.collect_view()}
            {note}
        </div>
    })
}
