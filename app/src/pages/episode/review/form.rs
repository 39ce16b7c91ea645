//! The form of a review. A plain POST form: it works without JavaScript.

use domain::filter::ParamEnum as _;
use domain::review::{Draft, LONGEST_LINE, LONGEST_NOTE, SHORTEST_NOTE, Verdict};
use leptos::prelude::*;

use crate::components::form::{
    FieldName, Hint, choice, kept_text, line, not_saved, owner, refused, text,
};
use crate::model::{EpisodePage, NotSaved, PageContext, ReviewForm};
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

/// The form with what was typed, and what could not be taken of it.
pub fn form(ctx: &PageContext, page: &EpisodePage, form: &ReviewForm) -> AnyView {
    let action = format!("{}/review", path(&page.dossier.episode));
    let draft = &form.draft;
    let overruled = form.not_saved.map(|why| {
        let told = match why {
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
        };
        not_saved(told)
    });
    let (button, about) = if form.has_signed {
        (
            "Add an amendment",
            "You have signed this episode before: this is added to it.",
        )
    } else {
        ("Sign off", "")
    };
    let about = (!about.is_empty()).then(|| view! { <p class="dim">{about}</p> });
    let verdicts = Verdict::VALUES
        .iter()
        .map(|(verdict, word)| (*word, verdict.label()));
    view! {
        <form class="review-form" method="post" action=action>
            {owner(ctx)}
            {overruled}
            {refused("Nothing was signed yet:", &form.errors, &FIELDS)}
            {about}
            <input type="hidden" name="seen" value=form.seen />
            <input type="hidden" name="facts" value=form.facts.clone() />
            <input type="hidden" name="key" value=form.key.to_string() />
            {choice(VERDICT, verdicts, &draft.verdict, &form.errors)}
            {line(CAUSE, &draft.cause, LONGEST_LINE, &form.errors)}
            {line(ACTION, &draft.action, LONGEST_LINE, &form.errors)}
            {text(NOTE, &draft.note, (SHORTEST_NOTE, LONGEST_NOTE), HINT, &form.errors)}
            <div class="form-end">
                <p class="dim">"Cannot be changed later, only added to."</p>
                <button class="btn primary">{button}</button>
            </div>
        </form>
    }
    .into_any()
}

/// What was typed and cannot be signed now, to be copied; nothing where nothing was typed.
pub fn kept(draft: &Draft) -> Option<AnyView> {
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
    let lines: Vec<AnyView> = lines
        .into_iter()
        .filter(|(_, text)| !text.is_empty())
        .map(|(field, text)| {
            view! {
                <div class="labelled">
                    <label for=field.id>{field.label}</label>
                    <input class="field" type="text" id=field.id readonly value=text.to_owned() />
                </div>
            }
            .into_any()
        })
        .collect();
    let note = (!draft.note.is_empty()).then(|| {
        view! {
            <div class="labelled">
                <label for=NOTE.id>{NOTE.label}</label>
                <textarea class="field" id=NOTE.id rows="6" readonly inner_html=kept_text(&draft.note)></textarea>
            </div>
        }
    });
    Some(
        view! {
            <div class="review-form" role="group" aria-label="What you wrote">
                <p class="dim">"What you wrote, to be kept:"</p>
                {lines}
                {note}
            </div>
        }
        .into_any(),
    )
}
