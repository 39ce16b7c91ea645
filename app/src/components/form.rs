//! Forms that are refused: what could not be taken stands over the form and beside its field, and nothing
//! that was typed is lost. Plain POST forms: they work without JavaScript.

use domain::form::FieldError;
use leptos::either::Either;
use leptos::prelude::*;

use super::content::Content;
use super::field::PlainInput;
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
#[component]
pub fn FormOwner<'a>(
    /// The page's context.
    ctx: &'a PageContext,
) -> impl IntoView + use<> {
    let owner = &ctx.form_owner;
    (!owner.is_empty()).then(|| view! { <input type="hidden" name="owner" value=owner.clone() /> })
}

/// Why the form was turned back although every field is as it should be.
#[component]
pub fn FormWarning(
    /// The reason.
    text: &'static str,
) -> impl IntoView {
    view! { <p class="form-warning" role="alert" tabindex="-1" autofocus=true>{text}</p> }
}

/// What could not be taken, each with the way to its field; nothing where all could.
#[component]
pub fn FormErrors<'a>(
    /// What was not done.
    heading: &'static str,
    /// What could not be taken.
    errors: &'a [FieldError],
    /// The form's fields.
    fields: &'a [FieldName],
) -> impl IntoView + use<> {
    let item = |error: &FieldError| match fields.iter().find(|field| field.name == error.field) {
        Some(field) => {
            let text = field.says(error);
            Either::Left(view! { <li><a href=format!("#{}", field.id)>{text}</a></li> })
        }
        None => Either::Right(view! { <li>{format!("{} {}", error.field, error.message)}</li> }),
    };
    (!errors.is_empty()).then(|| {
        view! {
            <div class="form-error" role="alert" tabindex="-1" autofocus=true>
                <p>{heading}</p>
                <ul>{errors.iter().map(item).collect_view()}</ul>
            </div>
        }
    })
}

/// The error of a field, where it has one, and the attributes that tie the two together.
struct FieldState {
    error: Option<String>,
    described: Option<&'static str>,
    invalid: Option<&'static str>,
}

impl FieldState {
    fn of(field: FieldName, errors: &[FieldError]) -> Self {
        let error = errors.iter().find(|error| error.field == field.name);
        Self {
            error: error.map(|error| format!("{}.", field.says(error))),
            described: error.map(|_| field.error_id),
            invalid: error.map(|_| "true"),
        }
    }
}

/// A label over its field, which are the children, and the field's error below it.
#[component]
fn Labelled(
    /// The field.
    field: FieldName,
    /// What the label adds.
    #[prop(optional)]
    more: Option<&'static str>,
    /// What could not be taken.
    error: Option<String>,
    children: Content,
) -> impl IntoView {
    let more = more.map(|more| view! { <span class="dim">{more}</span> });
    view! {
        <div class="labelled">
            <label for=field.id>{field.label}{more}</label>
            {children}
            <FieldErrorLine field error />
        </div>
    }
}

/// The error of a field; nothing where it has none.
#[component]
fn FieldErrorLine(
    /// The field.
    field: FieldName,
    /// What could not be taken.
    error: Option<String>,
) -> impl IntoView {
    error.map(|text| view! { <p class="field-error" id=field.error_id>{text}</p> })
}

/// One of a few values that has to be chosen.
#[component]
pub fn Choice<'a>(
    /// The field.
    field: FieldName,
    /// The values: each a word with its label.
    options: Vec<(&'static str, &'static str)>,
    /// The word that is chosen.
    chosen: &'a str,
    /// What could not be taken of the form.
    errors: &'a [FieldError],
) -> impl IntoView + use<> {
    let FieldState {
        error,
        described,
        invalid,
    } = FieldState::of(field, errors);
    let options = options
        .into_iter()
        .map(|(word, label)| view! { <option value=word selected=word == chosen>{label}</option> })
        .collect_view();
    view! {
        <Labelled field error>
            <select class="field" id=field.id name=field.name required
                aria-describedby=described aria-invalid=invalid>
                <option value="">"Choose…"</option>
                {options}
            </select>
        </Labelled>
    }
}

/// A line of text.
#[component]
pub fn TextLine<'a>(
    /// The field.
    field: FieldName,
    /// What is in it.
    value: &'a str,
    /// Most characters of it.
    most: usize,
    /// Whether it has to be filled in.
    #[prop(optional)]
    required: bool,
    /// What could not be taken of the form.
    errors: &'a [FieldError],
) -> impl IntoView + use<> {
    let FieldState {
        error,
        described,
        invalid,
    } = FieldState::of(field, errors);
    let input = view! {
        <PlainInput kind="text" attr:id=field.id attr:name=field.name attr:value=value.to_owned()
            attr:maxlength=most.to_string() attr:required=required
            attr:aria-describedby=described attr:aria-invalid=invalid />
    };
    if required {
        Either::Left(view! { <Labelled field error>{input}</Labelled> })
    } else {
        Either::Right(view! { <Labelled field more=", optional" error>{input}</Labelled> })
    }
}

/// What a text field says below itself, and the id of that.
#[derive(Clone, Copy)]
pub struct Hint {
    /// Its element's id.
    pub id: &'static str,
    /// The words.
    pub words: &'static str,
}

/// A text of several lines.
#[component]
pub fn TextArea<'a>(
    /// The field.
    field: FieldName,
    /// What is in it.
    value: &'a str,
    /// Fewest and most characters of it.
    length: (usize, usize),
    /// What is said below it.
    hint: Hint,
    /// What could not be taken of the form.
    errors: &'a [FieldError],
) -> impl IntoView + use<> {
    let FieldState {
        error,
        described,
        invalid,
    } = FieldState::of(field, errors);
    let described = described.map_or_else(
        || hint.id.to_owned(),
        |error| format!("{error} {}", hint.id),
    );
    let (least, most) = length;
    view! {
        <div class="labelled">
            <label for=field.id>{field.label}</label>
            <textarea class="field" id=field.id name=field.name rows="6" required
                minlength=least maxlength=most
                aria-describedby=described aria-invalid=invalid
                inner_html=kept_text(value)></textarea>
            <FieldErrorLine field error />
            <p class="dim hint" id=hint.id>{hint.words}</p>
        </div>
    }
}

/// The text as the content of a text area, which the renderer does not escape. A browser drops its first
/// line break; one more keeps the text's own.
pub fn kept_text(text: &str) -> String {
    format!("\n{}", escaped(text))
}
