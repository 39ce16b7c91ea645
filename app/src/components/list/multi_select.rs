//! Filter fields: menus of checkboxes that need no JavaScript, and the confidence range.

use domain::filter::any_of::{escaped, unescaped};
use leptos::prelude::*;

use super::lookalikes::distinctions;
use crate::components::field::input;
use crate::components::html::Html;
use crate::components::text::write_stored;

/// A field of a view's filter form.
pub enum Field {
    /// Any of several values, or none of them.
    MultiSelect(MultiSelect),
    /// `min_confidence`, `max_confidence`.
    Confidence,
}

/// A parameter that takes several values.
pub struct MultiSelect {
    /// What people call it.
    pub label: &'static str,
    /// What the URL calls it.
    pub param: &'static str,
    /// Every value, where they are fixed; empty where the rows decide.
    pub words: Vec<&'static str>,
}

impl Field {
    /// The parameters that it shows.
    #[must_use]
    pub fn params(&self) -> Vec<&'static str> {
        match self {
            Self::MultiSelect(pick) => vec![pick.param],
            Self::Confidence => vec!["min_confidence", "max_confidence"],
        }
    }
}

/// A pick among fixed words.
#[must_use]
pub fn fixed<T: domain::filter::ParamEnum>(label: &'static str, param: &'static str) -> Field {
    Field::MultiSelect(MultiSelect {
        label,
        param,
        words: T::VALUES.iter().map(|(_, word)| *word).collect(),
    })
}

/// A pick among what the rows hold, or any text.
#[must_use]
pub fn open(label: &'static str, param: &'static str) -> Field {
    Field::MultiSelect(MultiSelect {
        label,
        param,
        words: Vec::new(),
    })
}

/// The values of `param` as the URL has them.
fn selected(pairs: &[(String, String)], param: &str) -> Vec<String> {
    let matching = pairs.iter().filter(|(name, _)| name == param);
    matching.map(|(_, value)| value.clone()).collect()
}

/// The field's menu. `pairs` is the present filter, `known` the values that the rows hold.
pub fn field(field: &Field, pairs: &[(String, String)], known: &[String]) -> AnyView {
    match field {
        Field::MultiSelect(pick) => pick_menu(pick, &selected(pairs, pick.param), known),
        Field::Confidence => confidence_menu(
            selected(pairs, "min_confidence").pop(),
            selected(pairs, "max_confidence").pop(),
        ),
    }
}

/// A menu: a button with the number of its active values, and a panel.
pub fn menu(label: &'static str, active: usize, panel: AnyView) -> AnyView {
    let count = (active > 0).then(|| view! { <span class="count on">{active}</span> });
    view! {
        <details class="pick" name="pick">
            <summary>{label}{count}</summary>
            <fieldset class="panel">
                <legend class="sr">{label}</legend>
                {panel}
            </fieldset>
        </details>
    }
    .into_any()
}

fn pick_menu(pick: &MultiSelect, selected: &[String], known: &[String]) -> AnyView {
    let is_open = pick.words.is_empty();
    let mut values: Vec<String> = pick.words.iter().map(ToString::to_string).collect();
    values.extend(known.iter().map(|value| escaped(value)));
    // A value that is in force is shown even where no row holds it.
    for value in selected {
        if !values.contains(value) {
            values.push(value.clone());
        }
    }
    let mut boxes = Html::default();
    let labels: Vec<String> = values
        .iter()
        .map(|value| value_label(value, &pick.words))
        .collect();
    let notes = distinctions(&labels.iter().map(String::as_str).collect::<Vec<_>>());
    for ((value, label), note) in values.iter().zip(&labels).zip(notes) {
        write_checkbox(&mut boxes, pick.param, value, selected.contains(value));
        write_value(&mut boxes, label, note.as_deref());
        boxes.raw("</label>");
    }
    let other = is_open.then(|| {
        let label = format!("{}, exactly", pick.label);
        let hint = if values.is_empty() {
            "Exact value"
        } else {
            "Another value"
        };
        let field = input("search", |html| {
            html.attribute("name", Some(pick.param));
            html.attribute("placeholder", Some(hint));
            html.attribute("aria-label", Some(&label));
        });
        view! { {field}<p class="dim hint"><code>"!BTC"</code>" means not BTC; "<code>"\\!"</code>" is a ! that begins a value"</p> }
    });
    menu(
        pick.label,
        selected.len(),
        view! { <div class="boxes" inner_html=boxes.into_string()></div>{other} }.into_any(),
    )
}

/// A value, and what tells it from one that looks alike.
pub fn write_value(html: &mut Html, label: &str, note: Option<&str>) {
    write_stored(html, label);
    if let Some(note) = note {
        html.raw(" <span class=\"script\">")
            .text(note)
            .raw("</span>");
    }
}

/// A checkbox and the beginning of its label.
pub fn write_checkbox(html: &mut Html, name: &'static str, value: &str, is_checked: bool) {
    html.raw("<label class=\"box\"><input type=\"checkbox\" name=\"")
        .raw(name);
    html.raw("\" value=\"").text(value).raw("\"");
    html.raw(if is_checked { " checked>" } else { ">" });
}

fn confidence_menu(min: Option<String>, max: Option<String>) -> AnyView {
    let active = usize::from(min.is_some()) + usize::from(max.is_some());
    let end =
        |label: &'static str, name: &'static str, hint: &'static str, value: Option<String>| {
            let field = input("number", |html| {
                html.raw(" min=\"0\" max=\"1\" step=\"any\" inputmode=\"decimal\"");
                html.attribute("name", Some(name));
                html.attribute("placeholder", Some(hint));
                html.attribute("value", value.as_deref());
            });
            view! { <label class="bound">{label}{field}</label> }
        };
    let panel = view! {
        {end("At least", "min_confidence", "0", min)}
        {end("At most", "max_confidence", "1", max)}
    };
    menu("Confidence", active, panel.into_any())
}

/// The words that `param` is picked from, where they are fixed.
pub fn fixed_words<'a>(fields: &'a [Field], param: &str) -> &'a [&'static str] {
    let words = fields.iter().find_map(|field| match field {
        Field::MultiSelect(pick) if pick.param == param => Some(pick.words.as_slice()),
        _ => None,
    });
    words.unwrap_or_default()
}

/// A URL's value for people: `!BTC` is `not BTC`; `emergency_stop` is `emergency stop` where it is one of
/// the `fixed` words, and stays as it is where somebody may have written it.
#[must_use]
pub fn value_label(value: &str, fixed: &[&str]) -> String {
    let (is_not, plain) = unescaped(value);
    let sign = if is_not { "not " } else { "" };
    if fixed.contains(&plain) {
        return format!("{sign}{}", plain.replace('_', " "));
    }
    format!("{sign}{plain}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_read_as_people_say_them() {
        assert_eq!(value_label("!BTC", &[]), "not BTC");
        assert_eq!(value_label("\\!BTC", &[]), "!BTC");
        assert_eq!(value_label("!\\!BTC", &[]), "not !BTC");
        assert_eq!(value_label("\\x27", &[]), "\\x27");
        let fixed = ["emergency_stop", "toggle"];
        assert_eq!(value_label("emergency_stop", &fixed), "emergency stop");
        assert_eq!(value_label("!emergency_stop", &fixed), "not emergency stop");
        assert_eq!(value_label("emergency_stop", &[]), "emergency_stop");
    }

    #[test]
    fn a_value_in_force_is_offered_even_if_no_row_has_it() {
        let known = ["BTC".to_owned(), "!odd".to_owned()];
        let selected = ["!ETH".to_owned()];
        let Field::MultiSelect(pick) = open("Asset", "asset") else {
            panic!("no pick")
        };
        let html = pick_menu(&pick, &selected, &known).to_html();
        assert!(html.contains(r#"value="BTC""#), "{html}");
        assert!(html.contains(r#"value="\!odd""#), "{html}");
        assert!(html.contains("not ETH"), "{html}");
        assert_eq!(html.matches(" checked").count(), 1, "{html}");
    }
}
