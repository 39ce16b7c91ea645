//! The form of a review. A plain POST form: it works without JavaScript.

use domain::filter::Choice as _;
use domain::review::{Draft, FieldError, LONGEST_NOTE, SHORTEST_NOTE, Verdict};
use leptos::prelude::*;

use crate::components::text::escaped;
use crate::model::{EpisodePage, ReviewForm, TurnedBack};
use crate::pages::episode::words::path;

/// A field: its name in the form, what people call it, its element's id.
#[derive(Clone, Copy)]
struct Named {
    name: &'static str,
    label: &'static str,
    id: &'static str,
    error_id: &'static str,
}

const VERDICT: Named = Named {
    name: "verdict",
    label: "Verdict",
    id: "review-verdict",
    error_id: "review-verdict-error",
};
const CAUSE: Named = Named {
    name: "cause",
    label: "Cause",
    id: "review-cause",
    error_id: "review-cause-error",
};
const ACTION: Named = Named {
    name: "action",
    label: "What was done",
    id: "review-action",
    error_id: "review-action-error",
};
const NOTE: Named = Named {
    name: "note",
    label: "What happened",
    id: "review-note",
    error_id: "review-note-error",
};
const FIELDS: [Named; 4] = [VERDICT, CAUSE, ACTION, NOTE];

/// The form with what was typed, and what could not be taken of it.
pub fn form(page: &EpisodePage, form: &ReviewForm) -> AnyView {
    let action = format!("{}/review", path(&page.dossier.episode));
    let draft = &form.draft;
    let turned_back = form.turned_back.map(|why| {
        let told = match why {
            TurnedBack::Overtaken => {
                "Somebody signed while you were writing. Read their entry above; your text is still here."
            }
            TurnedBack::FactsChanged => {
                "More is known of this stop than when you opened the form. Read it again; your text is still here."
            }
            TurnedBack::SentBefore => {
                "You have signed with this form before, with another text: that entry is above. Sign once more to add this one."
            }
        };
        view! { <p class="form-warning" role="alert" tabindex="-1" autofocus=true>{told}</p> }
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
    view! {
        <form class="review-form" method="post" action=action>
            {turned_back}
            {summary(&form.errors)}
            {about}
            <input type="hidden" name="seen" value=form.seen />
            <input type="hidden" name="facts" value=form.facts.clone() />
            <input type="hidden" name="key" value=form.key.to_string() />
            {verdict(draft, &form.errors)}
            {line(CAUSE, &draft.cause, &form.errors)}
            {line(ACTION, &draft.action, &form.errors)}
            {note(draft, &form.errors)}
            <div class="form-end">
                <p class="dim">"Cannot be changed later, only added to."</p>
                <button class="btn primary">{button}</button>
            </div>
        </form>
    }
    .into_any()
}

/// What could not be taken, each with the way to its field.
fn summary(errors: &[FieldError]) -> Option<AnyView> {
    if errors.is_empty() {
        return None;
    }
    let items: Vec<AnyView> = errors
        .iter()
        .map(|error| {
            let field = FIELDS.into_iter().find(|field| field.name == error.field);
            let text = format!("{} {}", field.map_or(error.field, |f| f.label), says(error));
            match field {
                Some(field) => {
                    view! { <li><a href=format!("#{}", field.id)>{text}</a></li> }.into_any()
                }
                None => view! { <li>{text}</li> }.into_any(),
            }
        })
        .collect();
    Some(
        view! {
            <div class="form-error" role="alert" tabindex="-1" autofocus=true>
                <p>"Nothing was signed yet:"</p>
                <ul>{items}</ul>
            </div>
        }
        .into_any(),
    )
}

/// The message; of the verdict without the words that only the URL knows.
fn says(error: &FieldError) -> String {
    if error.field == VERDICT.name {
        "has to be chosen".to_owned()
    } else {
        error.message.clone()
    }
}

/// The error beside its field, and the attributes that tie them together.
struct Told {
    view: Option<AnyView>,
    described: Option<&'static str>,
    invalid: Option<&'static str>,
}

fn told(field: Named, errors: &[FieldError]) -> Told {
    let error = errors.iter().find(|error| error.field == field.name);
    Told {
        view: error.map(|error| {
            let text = format!("{} {}.", field.label, says(error));
            view! { <p class="field-error" id=field.error_id>{text}</p> }.into_any()
        }),
        described: error.map(|_| field.error_id),
        invalid: error.map(|_| "true"),
    }
}

fn verdict(draft: &Draft, errors: &[FieldError]) -> AnyView {
    let told = told(VERDICT, errors);
    let options: Vec<AnyView> = Verdict::WORDS
        .iter()
        .map(|(verdict, word)| {
            let chosen = draft.verdict == *word;
            view! { <option value=*word selected=chosen>{verdict.label()}</option> }.into_any()
        })
        .collect();
    view! {
        <div class="labelled">
            <label for=VERDICT.id>{VERDICT.label}</label>
            <select class="field" id=VERDICT.id name=VERDICT.name required
                aria-describedby=told.described aria-invalid=told.invalid>
                <option value="">"Choose…"</option>
                {options}
            </select>
            {told.view}
        </div>
    }
    .into_any()
}

fn line(field: Named, value: &str, errors: &[FieldError]) -> AnyView {
    let told = told(field, errors);
    view! {
        <div class="labelled">
            <label for=field.id>{field.label} <span class="dim">", optional"</span></label>
            <input class="field" type="text" id=field.id name=field.name value=value.to_owned()
                maxlength="500" aria-describedby=told.described aria-invalid=told.invalid />
            {told.view}
        </div>
    }
    .into_any()
}

fn note(draft: &Draft, errors: &[FieldError]) -> AnyView {
    let told = told(NOTE, errors);
    let described = told.described.map_or_else(
        || "review-note-hint".to_owned(),
        |error| format!("{error} review-note-hint"),
    );
    view! {
        <div class="labelled">
            <label for=NOTE.id>{NOTE.label}</label>
            <textarea class="field" id=NOTE.id name=NOTE.name rows="6" required
                minlength=SHORTEST_NOTE maxlength=LONGEST_NOTE
                aria-describedby=described aria-invalid=told.invalid
                inner_html=kept_text(&draft.note)></textarea>
            {told.view}
            <p class="dim hint" id="review-note-hint">"At least 10 characters. Markdown."</p>
        </div>
    }
    .into_any()
}

/// The text as the content of a text area, which the renderer does not escape. A browser drops its first
/// line break; one more keeps the text's own.
fn kept_text(text: &str) -> String {
    format!("\n{}", escaped(text))
}

/// What was typed and cannot be signed now, to be copied; nothing where nothing was typed.
pub fn kept(draft: &Draft) -> Option<AnyView> {
    if *draft == Draft::default() {
        return None;
    }
    let label = Verdict::WORDS
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
