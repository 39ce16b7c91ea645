//! The most frequent values beside a list: a click adds one to the filter, a second takes it away.

use domain::catalogue::{Param, View};
use domain::filter::negation::escaped;
use domain::histogram::{Facet, FacetValue, Precision, Survey};
use domain::page::to_three_digits;
use domain::query::{MAX_VALUE_CHARS, Pairs};
use leptos::prelude::*;

use super::lookalikes::{distinction, distinctions};
use super::multi_select::{value_label, write_value};
use super::submit_button::SubmitButton;
use crate::components::html::{Html, written};
use crate::components::text::grouped;
use crate::components::visible::visible;
use crate::model::ListPage;

/// The facets; on a small screen they are a sheet that a button opens.
pub fn facets(page: &ListPage, survey: Option<&Survey>) -> AnyView {
    let facets = survey.map_or(&[][..], |survey| &survey.facets);
    let facets: Vec<AnyView> = facets.iter().map(|of| facet(page, of)).collect();
    let nothing = facets
        .is_empty()
        .then(|| view! { <p class="facet-none">"No values to choose from yet."</p> });
    view! {
        <aside class="facets" id="facets" slot="facets" popover="auto" aria-label="Facets">
            {facets}
            {nothing}
        </aside>
    }
    .into_any()
}

fn facet(page: &ListPage, facet: &Facet) -> AnyView {
    let pairs = page.query.pairs().without(&["after"]);
    let view = page.query.view;
    let Some(param) = view.0.params.iter().find(|param| param.name == facet.param) else {
        return ().into_any();
    };
    let about = facet.precision != Precision::Exact;
    let shown: Vec<&str> = facet.values.iter().map(shown).collect();
    let notes = distinctions(&shown);
    let mut items: Vec<AnyView> = facet
        .values
        .iter()
        .zip(notes)
        .filter_map(|(value, note)| item(view, &pairs, param, (value, note), about))
        .collect();
    // What is in force and holds no row stays, to be taken away.
    let gone = in_force(&pairs, facet.param)
        .into_iter()
        .filter(|wanted| !facet.values.iter().any(|value| is(value, wanted)));
    items.extend(gone.map(|wanted| {
        let value = FacetValue {
            value: wanted.clone(),
            name: None,
            rows: None,
        };
        let note = distinction(&wanted);
        link(view, &pairs, param, (&value, note), Some(&wanted), about)
    }));
    let title = param.label;
    let id = format!("facet-{}", facet.param);
    let named = id.clone();
    let more = facet
        .more
        .then(|| view! { <p class="facet-more">"and less frequent ones"</p> });
    let list = if items.is_empty() {
        view! { <p class="facet-none">"none"</p> }.into_any()
    } else {
        view! { <ul>{items}</ul> }.into_any()
    };
    view! {
        <section class="facet" aria-labelledby=named>
            <h3 id=id>{title}{about.then(|| view! { <span class="about">" about"</span> })}</h3>
            {list}
            {more}
        </section>
    }
    .into_any()
}

/// The values of `param` that are asked for, as the URL has them.
fn in_force(pairs: &Pairs, param: &str) -> Vec<String> {
    let of = pairs.as_slice().iter().filter(|(name, _)| name == param);
    of.map(|(_, value)| value.clone())
        .filter(|value| !value.starts_with('!'))
        .collect()
}

/// Whether the URL's `wanted` is this value, by what is stored or by its name.
fn is(value: &FacetValue, wanted: &str) -> bool {
    let name = value.name.as_ref();
    // Accounts are found by their e-mail in any case.
    escaped(&value.value) == wanted
        || name.is_some_and(|name| escaped(name).eq_ignore_ascii_case(wanted))
}

/// How many rows have the value; of a sample no more digits than are sure.
fn rows(value: &FacetValue, about: bool) -> Option<String> {
    let rows = value.rows?;
    Some(grouped(if about { to_three_digits(rows) } else { rows }))
}

/// What people read of a value.
fn shown(value: &FacetValue) -> &str {
    value.name.as_ref().unwrap_or(&value.value)
}

/// `None` for an empty value: no parameter can ask for it. With a value comes what tells it from one that looks alike.
fn item(
    view: View,
    pairs: &Pairs,
    param: &'static Param,
    (value, note): (&FacetValue, Option<String>),
    about: bool,
) -> Option<AnyView> {
    let shown = shown(value);
    let known = param.takes.canonical(&value.value).is_some();
    if value.value.is_empty() {
        return None;
    }
    // A word that the filter does not know, or too long a text, cannot be asked for.
    if !known || shown.chars().count() > MAX_VALUE_CHARS {
        let label = value_label(&escaped(shown), &param.takes);
        let rows = rows(value, about);
        return Some(
            view! { <li><span class="facet-value">{written(|html| write_value_text(html, &label, note.as_deref()))}<span class="num">{rows}</span></span></li> }
                .into_any(),
        );
    }
    let wanted = in_force(pairs, param.name);
    let active = wanted.iter().find(|wanted| is(value, wanted));
    Some(link(view, pairs, param, (value, note), active, about))
}

/// A value, cut where it has no room, and what tells it from one that looks alike.
fn write_value_text(html: &mut Html, label: &str, note: Option<&str>) {
    html.raw("<span class=\"facet-text\">");
    write_value(html, label, note);
    html.raw("</span>");
}

fn link(
    view: View,
    pairs: &Pairs,
    param: &'static Param,
    (value, note): (&FacetValue, Option<String>),
    active: Option<&String>,
    about: bool,
) -> AnyView {
    let asked = escaped(shown(value));
    let path = view.path();
    let (submit_button, verb) = if let Some(wanted) = active {
        let href = pairs.clone().without_pair(param.name, wanted).link(&path);
        (SubmitButton::dropping(param.name, wanted, href), "without")
    } else {
        let href = pairs.clone().with(param.name, asked.clone()).link(&path);
        (SubmitButton::adding(param.name, &asked, href), "with")
    };
    let label = value_label(&asked, &param.takes);
    let rows = rows(value, about);
    let named = visible(&label);
    let title = match (&rows, about) {
        (Some(rows), true) => format!("{verb} {named}: about {rows}"),
        (Some(rows), false) => format!("{verb} {named}: {rows}"),
        (None, _) => format!("{verb} {named}"),
    };
    let submit_button = SubmitButton {
        class: "facet-value",
        title: Some(title),
        current: active.is_some(),
        ..submit_button
    };
    let submit_button = submit_button.view(|html| {
        write_value_text(html, &label, note.as_deref());
        html.raw("<span class=\"num\">");
        html.text(rows.as_deref().unwrap_or_default())
            .raw("</span>");
    });
    view! { <li>{submit_button}</li> }.into_any()
}
