//! The fields of a filter form: menus of checkboxes, and ranges. They need no JavaScript.

use std::sync::Arc;

use domain::catalogue::{End, Number, Param, Takes, View};
use domain::filter::negation::{escaped, unescaped};
use leptos::prelude::*;

use super::lookalikes::distinctions;
use crate::components::field::input;
use crate::components::html::Html;
use crate::components::text::write_stored;

/// The values of `param` as the URL has them.
fn selected(pairs: &[(String, String)], param: &str) -> Vec<String> {
    let matching = pairs.iter().filter(|(name, _)| name == param);
    matching.map(|(_, value)| value.clone()).collect()
}

/// The fields of a view's filter form, in order: one a parameter, and one for both ends of a range. `pairs` is the present
/// filter, `options` the values of the rows that are offered.
pub fn fields(
    view: View,
    pairs: &[(String, String)],
    options: &[(&'static str, Arc<[String]>)],
) -> Vec<AnyView> {
    let mut params: Vec<&Param> = view.0.params.iter().collect();
    params.sort_by_key(|param| param.form_place);
    let known = |param: &Param| -> &[String] {
        let offered = options.iter().find(|(name, _)| *name == param.name);
        offered.map_or(&[], |(_, values)| values)
    };
    params
        .into_iter()
        .filter_map(|param| match param.takes {
            // A path is picked on an event's own page; the most has its field beside the least.
            Takes::Details | Takes::Bound { end: End::Max, .. } => None,
            Takes::Bound { other, number, .. } => {
                let ends = [param.name, other].map(|name| (name, selected(pairs, name).pop()));
                Some(range_menu(param.label, number, ends))
            }
            _ => Some(pick_menu(param, &selected(pairs, param.name), known(param))),
        })
        .collect()
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

fn pick_menu(pick: &Param, selected: &[String], known: &[String]) -> AnyView {
    let is_open = pick.takes.is_open();
    let words = pick.takes.words().iter();
    let mut values: Vec<String> = words.map(ToString::to_string).collect();
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
        .map(|value| value_label(value, &pick.takes))
        .collect();
    let notes = distinctions(&labels.iter().map(String::as_str).collect::<Vec<_>>());
    for ((value, label), note) in values.iter().zip(&labels).zip(notes) {
        write_checkbox(&mut boxes, pick.name, value, selected.contains(value));
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
            html.attribute("name", Some(pick.name));
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

/// The menu of a range: a field for each end.
fn range_menu(
    label: &'static str,
    number: Number,
    [(min_name, min), (max_name, max)]: [(&'static str, Option<String>); 2],
) -> AnyView {
    let active = usize::from(min.is_some()) + usize::from(max.is_some());
    let end =
        |label: &'static str, name: &'static str, hint: &'static str, value: Option<String>| {
            let field = input("number", |html| {
                match number {
                    Number::Share => html.raw(" min=\"0\" max=\"1\""),
                    Number::Decimal => html,
                };
                html.raw(" step=\"any\" inputmode=\"decimal\"");
                html.attribute("name", Some(name));
                html.attribute("placeholder", Some(hint));
                html.attribute("value", value.as_deref());
            });
            view! { <label class="bound">{label}{field}</label> }
        };
    let most = match number {
        Number::Share => "1",
        Number::Decimal => "any",
    };
    let panel = view! {
        {end("At least", min_name, "0", min)}
        {end("At most", max_name, most, max)}
    };
    menu(label, active, panel.into_any())
}

/// A URL's value for people: `!BTC` is `not BTC`; `emergency_stop` is `emergency stop` where it is one of the console's own
/// words, and stays as it is where somebody may have written it.
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
        let html = pick_menu(&coin, &selected, &known).to_html();
        assert!(html.contains(r#"value="BTC""#), "{html}");
        assert!(html.contains(r#"value="\!odd""#), "{html}");
        assert!(html.contains("not ETH"), "{html}");
        assert_eq!(html.matches(" checked").count(), 1, "{html}");
    }
}
