//! Forms with validation errors. Errors are listed over the form and beside their fields; the entered values are kept.
//! The forms are plain POST forms, which work without JavaScript.

use domain::form::FieldError;
use leptos::either::Either;
use leptos::prelude::*;

use super::content::Content;
use super::field::PlainInput;
use super::html::escaped;
use crate::model::PageContext;

/// A field: its name in the form, its label, its element's id.
#[derive(Clone, Copy)]
pub struct FieldName {
    /// Its name in the form.
    pub name: &'static str,
    /// Its label.
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

/// The hidden field that names the user a form is made for, so that a draft survives the end of the session. It is the
/// first field of every form with text.
#[component]
pub fn FormOwner<'a>(
    /// The page's context.
    ctx: &'a PageContext,
) -> impl IntoView + use<> {
    let owner = &ctx.form_owner;
    (!owner.is_empty()).then(|| view! { <input type="hidden" name="owner" value=owner.clone() /> })
}

/// Why the form was rejected although every field is valid.
#[component]
pub fn FormWarning(
    /// The reason.
    text: &'static str,
) -> impl IntoView {
    view! { <p class="form-warning" role="alert" tabindex="-1" autofocus=true>{text}</p> }
}

/// The errors of a form, each with a link to its field. Renders nothing if there is none.
#[component]
pub fn FormErrors<'a>(
    /// The heading: the action that was not performed.
    heading: &'static str,
    /// The errors.
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

/// A field's error, if it has one, and the attributes that link the field to it.
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

/// A label, the field as children, and the field's error.
#[component]
fn Labelled(
    /// The field.
    field: FieldName,
    /// A hint after the label.
    #[prop(optional)]
    more: Option<&'static str>,
    /// The errors.
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

/// The error of a field. Renders nothing if it has none.
#[component]
fn FieldErrorLine(
    /// The field.
    field: FieldName,
    /// The errors.
    error: Option<String>,
) -> impl IntoView {
    error.map(|text| view! { <p class="field-error" id=field.error_id>{text}</p> })
}

/// A mandatory choice of one of a few values.
#[component]
pub fn Choice<'a>(
    /// The field.
    field: FieldName,
    /// The options: value and label.
    options: Vec<(&'static str, &'static str)>,
    /// The selected value.
    chosen: &'a str,
    /// The errors of the form.
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
    /// The value.
    value: &'a str,
    /// The maximum length, in characters.
    most: usize,
    /// Whether it is mandatory.
    #[prop(optional)]
    required: bool,
    /// The errors of the form.
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

/// A text field's hint, and the hint's id.
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
    /// The value.
    value: &'a str,
    /// The minimum and maximum length, in characters.
    length: (usize, usize),
    /// The hint below it.
    hint: Hint,
    /// The errors of the form.
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
