//! The fields of a filter form: dropdowns of checkboxes, and ranges. They work without JavaScript.

use std::sync::Arc;

use domain::catalogue::{End, Number, Param, Takes, View};
use domain::filter::negation::{escaped, unescaped};
use leptos::either::Either;
use leptos::prelude::*;

use super::lookalikes::distinctions;
use crate::components::content::Content;
use crate::components::field::PlainInput;
use crate::components::text::Stored;

/// The values of `param`, as spelled in the URL.
fn selected(pairs: &[(String, String)], param: &str) -> Vec<String> {
    let matching = pairs.iter().filter(|(name, _)| name == param);
    matching.map(|(_, value)| value.clone()).collect()
}

/// The parameters with a field in a view's filter form, in order. A range has one entry for both ends.
pub fn params_with_fields(view: View) -> Vec<&'static Param> {
    let mut params: Vec<&Param> = view.0.params.iter().collect();
    params.sort_by_key(|param| param.form_place);
    // A details path is chosen on an event's own page. A range's maximum shares the field of its minimum.
    params.retain(|param| {
        !matches!(
            param.takes,
            Takes::Details | Takes::Bound { end: End::Max, .. }
        )
    });
    params
}

/// The field of a parameter.
#[component]
pub fn FilterField<'a>(
    /// The parameter.
    param: &'static Param,
    /// The present filter.
    pairs: &'a [(String, String)],
    /// The options taken from rows, by parameter.
    options: &'a [(&'static str, Arc<[String]>)],
) -> impl IntoView + use<> {
    if let Takes::Bound { other, number, .. } = param.takes {
        let [min, max] = [param.name, other].map(|name| RangeEnd {
            name,
            value: selected(pairs, name).pop(),
        });
        return Either::Left(view! { <RangeMenu label=param.label number min max /> });
    }
    let selected = selected(pairs, param.name);
    let offered = options.iter().find(|(name, _)| *name == param.name);
    let known = offered.map_or(&[][..], |(_, values)| values);
    Either::Right(view! { <PickMenu param selected=&selected known /> })
}

/// A dropdown: a button with the number of its active values, and a panel.
#[component]
fn Menu(
    /// The button's label.
    label: &'static str,
    /// How many of its values are in force.
    active: usize,
    children: Content,
) -> impl IntoView {
    let count = (active > 0).then(|| view! { <span class="count on">{active}</span> });
    view! {
        <details class="dropdown" name="dropdown">
            <summary>{label}{count}</summary>
            <fieldset class="panel">
                <legend class="sr">{label}</legend>
                {children}
            </fieldset>
        </details>
    }
}

/// The dropdown of a parameter: a checkbox for each option, and a text field if the parameter takes any text.
#[component]
fn PickMenu<'a>(
    /// The parameter.
    param: &'a Param,
    /// Its active values.
    selected: &'a [String],
    /// The options.
    known: &'a [String],
) -> impl IntoView + use<> {
    let words = param.takes.words().iter();
    let mut values: Vec<String> = words.map(ToString::to_string).collect();
    values.extend(known.iter().map(|value| escaped(value)));
    // An active value is shown even if no row has it.
    for value in selected {
        if !values.contains(value) {
            values.push(value.clone());
        }
    }
    let labels: Vec<String> = values
        .iter()
        .map(|value| value_label(value, &param.takes))
        .collect();
    let notes = distinctions(&labels.iter().map(String::as_str).collect::<Vec<_>>());
    let other = param.takes.is_open().then(|| {
        let hint = if values.is_empty() {
            "Exact value"
        } else {
            "Another value"
        };
        view! { <OtherValue name=param.name label=param.label hint /> }
    });
    let boxes = values.into_iter().zip(labels).zip(notes);
    let boxes = boxes.map(|((value, label), note)| {
        let is_checked = selected.contains(&value);
        view! { <Checkbox name=param.name value is_checked><ValueLabel label note /></Checkbox> }
    });
    view! {
        <Menu label=param.label active=selected.len()>
            <div class="checkboxes">{boxes.collect_view()}</div>
            {other}
        </Menu>
    }
}

/// The field for a value that the menu does not offer.
#[component]
fn OtherValue(
    /// The parameter's name.
    name: &'static str,
    /// The label.
    label: &'static str,
    /// The placeholder.
    hint: &'static str,
) -> impl IntoView {
    let label = format!("{label}, exactly");
    view! {
        <PlainInput kind="search" attr:name=name attr:placeholder=hint attr:aria-label=label />
        <p class="dim hint">
            <code>"!BTC"</code>
            " means not BTC; "
            <code>"\\!"</code>
            " is a ! that begins a value"
        </p>
    }
}

/// A value, with the characters that distinguish it from a lookalike.
#[component]
pub fn ValueLabel(
    /// The value in words.
    label: String,
    /// The characters that distinguish it from a lookalike.
    note: Option<String>,
) -> impl IntoView {
    let note = note.map(|note| view! { " "<span class="script">{note}</span> });
    view! { <Stored text=label />{note} }
}

/// A checkbox; its children are its label.
#[component]
pub fn Checkbox(
    /// Its name in the form.
    name: &'static str,
    /// Its value.
    #[prop(into)]
    value: String,
    /// Whether it is ticked.
    is_checked: bool,
    children: Content,
) -> impl IntoView {
    view! {
        <label class="checkbox">
            <input type="checkbox" name=name value=value checked=is_checked />
            {children}
        </label>
    }
}

/// An end of a range.
struct RangeEnd {
    /// Its parameter.
    name: &'static str,
    /// Its value, if it is active.
    value: Option<String>,
}

/// The dropdown of a range, with a field for each end.
#[component]
fn RangeMenu(
    /// The label.
    label: &'static str,
    /// Which numbers may be typed.
    number: Number,
    /// Its lower end.
    min: RangeEnd,
    /// Its upper end.
    max: RangeEnd,
) -> impl IntoView {
    let active = usize::from(min.value.is_some()) + usize::from(max.value.is_some());
    let most = match number {
        Number::Share => "1",
        Number::Decimal => "any",
    };
    view! {
        <Menu label active>
            <RangeField label="At least" end=min hint="0" number />
            <RangeField label="At most" end=max hint=most number />
        </Menu>
    }
}

#[component]
fn RangeField(
    /// Which end it is.
    label: &'static str,
    /// The end.
    end: RangeEnd,
    /// The placeholder.
    hint: &'static str,
    /// Which numbers may be typed.
    number: Number,
) -> impl IntoView {
    let (min, max) = match number {
        Number::Share => (Some("0"), Some("1")),
        Number::Decimal => (None, None),
    };
    view! {
        <label class="compact-label">
            {label}
            <PlainInput kind="number" attr:min=min attr:max=max attr:step="any" attr:inputmode="decimal"
                attr:name=end.name attr:placeholder=hint attr:value=end.value />
        </label>
    }
}

/// The label of a URL's value: `!BTC` becomes `not BTC`. `emergency_stop` becomes `emergency stop` if it is a fixed word
/// of the console; free text is unchanged.
#[must_use]
pub fn value_label(value: &str, takes: &Takes) -> String {
    let (is_not, plain) = unescaped(value);
    let sign = if is_not { "not " } else { "" };
    match takes {
        Takes::Word { words, .. } if words.contains(&plain) => {
            format!("{sign}{}", plain.replace('_', " "))
        }
        _ => format!("{sign}{plain}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_read_as_people_say_them() {
        assert_eq!(value_label("!BTC", &Takes::Text), "not BTC");
        assert_eq!(value_label("\\!BTC", &Takes::Text), "!BTC");
        assert_eq!(value_label("!\\!BTC", &Takes::Text), "not !BTC");
        assert_eq!(value_label("\\x27", &Takes::Text), "\\x27");
        let own = Takes::Word {
            words: vec!["emergency_stop", "toggle"],
            expected: "emergency_stop or toggle",
        };
        assert_eq!(value_label("emergency_stop", &own), "emergency stop");
        assert_eq!(value_label("!emergency_stop", &own), "not emergency stop");
        assert_eq!(
            value_label("emergency_stop", &Takes::Text),
            "emergency_stop"
        );
    }

    #[test]
    fn a_value_in_force_is_offered_even_if_no_row_has_it() {
        let known = ["BTC".to_owned(), "!odd".to_owned()];
        let selected = ["!ETH".to_owned()];
        let coin = Param {
            name: "asset",
            label: "Coin",
            form_place: 1,
            description: "coin, exactly",
            takes: Takes::Text,
        };
        let html = view! { <PickMenu param=&coin selected=&selected known=&known /> }.to_html();
        assert!(html.contains(r#"value="BTC""#), "{html}");
        assert!(html.contains(r#"value="\!odd""#), "{html}");
        assert!(html.contains("not ETH"), "{html}");
        assert_eq!(html.matches(" checked").count(), 1, "{html}");
    }
}
