//! Forms that are refused: what could not be taken stands over the form and beside its field, and nothing
//! that was typed is lost. Plain POST forms: they work without JavaScript.

use domain::form::FieldError;
use leptos::prelude::*;

use super::field::input;
use super::html::escaped;
use crate::model::PageContext;

/// A field: its name in the form, what people call it, its element's id.
#[derive(Clone, Copy)]
pub struct FieldName {
    /// As it is sent.
    pub name: &'static str,
    /// As people read it.
    pub label: &'static str,
    /// Its element's id.
    pub id: &'static str,
    /// The id of the error beside it.
    pub error_id: &'static str,
    /// Whether it is chosen rather than typed: its error then needs no words that only the URL knows.
    pub is_choice: bool,
}

impl FieldName {
    fn says(self, error: &FieldError) -> String {
        if self.is_choice {
            format!("{} has to be chosen", self.label)
        } else {
            format!("{} {}", self.label, error.message)
        }
    }
}

/// For whom the form is made: what is typed into it outlasts the session. The first field of every form that people type
/// into.
pub fn owner(ctx: &PageContext) -> Option<AnyView> {
    let owner = &ctx.form_owner;
    (!owner.is_empty())
        .then(|| view! { <input type="hidden" name="owner" value=owner.clone() /> }.into_any())
}

/// Why the form was turned back although every field is as it should be.
pub fn not_saved(field_message: &'static str) -> AnyView {
    view! { <p class="form-warning" role="alert" tabindex="-1" autofocus=true>{field_message}</p> }
        .into_any()
}

/// What could not be taken, each with the way to its field; nothing where all could.
pub fn refused(
    heading: &'static str,
    errors: &[FieldError],
    fields: &[FieldName],
) -> Option<AnyView> {
    if errors.is_empty() {
        return None;
    }
    let items: Vec<AnyView> = errors
        .iter()
        .map(
            |error| match fields.iter().find(|field| field.name == error.field) {
                Some(field) => {
                    let text = field.says(error);
                    view! { <li><a href=format!("#{}", field.id)>{text}</a></li> }.into_any()
                }
                None => {
                    view! { <li>{format!("{} {}", error.field, error.message)}</li> }.into_any()
                }
            },
        )
        .collect();
    Some(
        view! {
            <div class="form-error" role="alert" tabindex="-1" autofocus=true>
                <p>{heading}</p>
                <ul>{items}</ul>
            </div>
        }
        .into_any(),
    )
}

/// The error beside its field, and the attributes that tie them together.
struct FieldMessage {
    view: Option<AnyView>,
    described: Option<&'static str>,
    invalid: Option<&'static str>,
}

fn field_message(field: FieldName, errors: &[FieldError]) -> FieldMessage {
    let error = errors.iter().find(|error| error.field == field.name);
    FieldMessage {
        view: error.map(|error| {
            let text = format!("{}.", field.says(error));
            view! { <p class="field-error" id=field.error_id>{text}</p> }.into_any()
        }),
        described: error.map(|_| field.error_id),
        invalid: error.map(|_| "true"),
    }
}

/// One of a few values, each a word with its label, that has to be chosen.
pub fn choice(
    field: FieldName,
    options: impl IntoIterator<Item = (&'static str, &'static str)>,
    chosen: &str,
    errors: &[FieldError],
) -> AnyView {
    let field_message = field_message(field, errors);
    let options: Vec<AnyView> = options
        .into_iter()
        .map(|(word, label)| {
            view! { <option value=word selected=word == chosen>{label}</option> }.into_any()
        })
        .collect();
    view! {
        <div class="labelled">
            <label for=field.id>{field.label}</label>
            <select class="field" id=field.id name=field.name required
                aria-describedby=field_message.described aria-invalid=field_message.invalid>
                <option value="">"Choose…"</option>
                {options}
            </select>
            {field_message.view}
        </div>
    }
    .into_any()
}

/// A line that may be left empty.
pub fn line(field: FieldName, value: &str, most: usize, errors: &[FieldError]) -> AnyView {
    a_line(field, value, most, errors, false)
}

/// A line that has to be filled in.
pub fn required_line(field: FieldName, value: &str, most: usize, errors: &[FieldError]) -> AnyView {
    a_line(field, value, most, errors, true)
}

fn a_line(
    field: FieldName,
    value: &str,
    most: usize,
    errors: &[FieldError],
    required: bool,
) -> AnyView {
    let field_message = field_message(field, errors);
    let optional = (!required).then(|| view! { <span class="dim">", optional"</span> });
    view! {
        <div class="labelled">
            <label for=field.id>{field.label}{optional}</label>
            {input("text", |html| {
                html.attribute("id", Some(field.id));
                html.attribute("name", Some(field.name));
                html.attribute("value", Some(value));
                html.attribute("maxlength", Some(&most.to_string()));
                html.attribute("required", required.then_some(""));
                html.attribute("aria-describedby", field_message.described);
                html.attribute("aria-invalid", field_message.invalid);
            })}
            {field_message.view}
        </div>
    }
    .into_any()
}

/// What a text field says below itself, and the id of that.
#[derive(Clone, Copy)]
pub struct Hint {
    /// Its element's id.
    pub id: &'static str,
    /// The words.
    pub words: &'static str,
}

/// A text of several lines, and how long it may be.
pub fn text(
    field: FieldName,
    value: &str,
    (least, most): (usize, usize),
    hint: Hint,
    errors: &[FieldError],
) -> AnyView {
    let field_message = field_message(field, errors);
    let described = field_message.described.map_or_else(
        || hint.id.to_owned(),
        |error| format!("{error} {}", hint.id),
    );
    view! {
        <div class="labelled">
            <label for=field.id>{field.label}</label>
            <textarea class="field" id=field.id name=field.name rows="6" required
                minlength=least maxlength=most
                aria-describedby=described aria-invalid=field_message.invalid
                inner_html=kept_text(value)></textarea>
            {field_message.view}
            <p class="dim hint" id=hint.id>{hint.words}</p>
        </div>
    }
    .into_any()
}

/// The text as the content of a text area, which the renderer does not escape. A browser drops its first
/// line break; one more keeps the text's own.
pub fn kept_text(text: &str) -> String {
    format!("\n{}", escaped(text))
}
