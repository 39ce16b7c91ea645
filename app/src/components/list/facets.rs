//! The most frequent values of a list. A click adds a value to the filter, a second click removes it.

use domain::catalogue::{Param, View};
use domain::filter::negation::escaped;
use domain::histogram::{Facet, FacetValue, Precision, Survey};
use domain::page::to_three_digits;
use domain::query::{MAX_VALUE_CHARS, Pairs};
use leptos::either::Either;
use leptos::prelude::*;

use super::filter_link::{FilterChange, FilterLink};
use super::lookalikes::{distinction, distinctions};
use super::multi_select::{ValueLabel, value_label};
use crate::components::text::grouped;
use crate::components::visible::visible;
use crate::model::ListPage;

/// The facets. On a small screen they are a popover that a button opens.
#[component]
pub fn Facets<'a>(
    /// The list.
    page: &'a ListPage,
    /// The survey of its rows, if it is known.
    survey: Option<&'a Survey>,
) -> impl IntoView + use<> {
    let facets = survey.map_or(&[][..], |survey| &survey.facets);
    let nothing = facets
        .is_empty()
        .then(|| view! { <p class="facet-none">"No values to choose from yet."</p> });
    let facets = facets.iter().filter_map(|facet| {
        let params = &page.query.view.0.params;
        let param = params.iter().find(|param| param.name == facet.param)?;
        Some(view! { <FacetCard page param facet /> })
    });
    view! {
        <aside class="facets" id="facets" slot="facets" popover="auto" aria-label="Facets">
            {facets.collect_view()}
            {nothing}
        </aside>
    }
}

#[component]
fn FacetCard<'a>(
    /// The list.
    page: &'a ListPage,
    /// The parameter that a value of the facet narrows.
    param: &'static Param,
    /// The values.
    facet: &'a Facet,
) -> impl IntoView + use<> {
    let entries = Entry::of(page, param, facet);
    let id = format!("facet-{}", facet.param);
    let labelled_by = id.clone();
    let is_sampled = facet.precision != Precision::Exact;
    let about = is_sampled.then(|| view! { <span class="approximate">" about"</span> });
    let more = facet
        .more
        .then(|| view! { <p class="facet-more">"and less frequent ones"</p> });
    let list = if entries.is_empty() {
        Either::Left(view! { <p class="facet-none">"none"</p> })
    } else {
        let items = entries
            .into_iter()
            .map(|entry| view! { <FacetItem entry /> });
        Either::Right(view! { <ul>{items.collect_view()}</ul> })
    };
    view! {
        <section class="facet" aria-labelledby=labelled_by>
            <h3 id=id>{param.label}{about}</h3>
            {list}
            {more}
        </section>
    }
}

/// A value with the number of its rows. It is a link if the filter accepts the value.
#[component]
fn FacetItem(
    /// The value.
    entry: Entry,
) -> impl IntoView {
    let Entry {
        label,
        note,
        rows,
        link,
    } = entry;
    let item = match link {
        None => Either::Left(view! {
            <span class="facet-value"><FacetText label note rows /></span>
        }),
        Some(EntryLink {
            change,
            title,
            is_active,
        }) => Either::Right(view! {
            <FilterLink change class="facet-value" title is_current=is_active>
                <FacetText label=label.clone() note=note.clone() rows=rows.clone() />
            </FilterLink>
        }),
    };
    view! { <li>{item}</li> }
}

/// A value, truncated to the available width, with its lookalike note and its number of rows.
#[component]
fn FacetText(
    /// The value in words.
    label: String,
    /// The characters that distinguish it from a lookalike.
    note: Option<String>,
    /// How many rows have it.
    rows: Option<String>,
) -> impl IntoView {
    view! {
        <span class="facet-text"><ValueLabel label note /></span>
        <span class="num">{rows}</span>
    }
}

/// A value of a facet as it is shown.
struct Entry {
    /// The value in words.
    label: String,
    /// The characters that distinguish it from a lookalike.
    note: Option<String>,
    /// How many rows have it.
    rows: Option<String>,
    /// The change that a click makes; `None` if the filter does not accept the value.
    link: Option<EntryLink>,
}

/// The change that a click on a value makes.
struct EntryLink {
    change: FilterChange,
    /// A description of the change.
    title: String,
    /// Whether the value is in the filter; a click then removes it.
    is_active: bool,
}

/// The list and the parameter of a facet.
struct FacetContext<'a> {
    view: View,
    pairs: &'a Pairs,
    param: &'static Param,
    is_sampled: bool,
}

impl Entry {
    /// The values of a facet, including filtered values without a row, so that they can be removed.
    fn of(page: &ListPage, param: &'static Param, facet: &Facet) -> Vec<Self> {
        let pairs = page.query.pairs().without(&["after"]);
        let context = FacetContext {
            view: page.query.view,
            pairs: &pairs,
            param,
            is_sampled: facet.precision != Precision::Exact,
        };
        let shown: Vec<&str> = facet.values.iter().map(shown).collect();
        let notes = distinctions(&shown);
        let values = facet.values.iter().zip(notes);
        let values = values.filter_map(|(value, note)| context.entry(value, note));
        let gone = in_force(&pairs, facet.param)
            .into_iter()
            .filter(|wanted| !facet.values.iter().any(|value| is(value, wanted)));
        let gone = gone.map(|wanted| {
            let note = distinction(&wanted);
            let value = FacetValue {
                value: wanted.clone(),
                name: None,
                rows: None,
            };
            context.linked(&value, note, Some(&wanted))
        });
        values.chain(gone).collect()
    }
}

/// The filtered values of `param`, as spelled in the URL.
fn in_force(pairs: &Pairs, param: &str) -> Vec<String> {
    let of = pairs.as_slice().iter().filter(|(name, _)| name == param);
    of.map(|(_, value)| value.clone())
        .filter(|value| !value.starts_with('!'))
        .collect()
}

/// Whether the URL's `wanted` means this value, compared by stored value or by name.
fn is(value: &FacetValue, wanted: &str) -> bool {
    let name = value.name.as_ref();
    // Accounts match by e-mail, ignoring case.
    escaped(&value.value) == wanted
        || name.is_some_and(|name| escaped(name).eq_ignore_ascii_case(wanted))
}

/// A value's label.
fn shown(value: &FacetValue) -> &str {
    value.name.as_ref().unwrap_or(&value.value)
}

impl FacetContext<'_> {
    /// `None` for an empty value: no parameter can ask for it.
    fn entry(&self, value: &FacetValue, note: Option<String>) -> Option<Entry> {
        if value.value.is_empty() {
            return None;
        }
        let shown = shown(value);
        let is_known = self.param.takes.canonical(&value.value).is_some();
        // The filter rejects unknown words and texts that are too long.
        if !is_known || shown.chars().count() > MAX_VALUE_CHARS {
            return Some(Entry {
                label: value_label(&escaped(shown), &self.param.takes),
                note,
                rows: self.rows(value),
                link: None,
            });
        }
        let wanted = in_force(self.pairs, self.param.name);
        let active = wanted.iter().find(|wanted| is(value, wanted));
        Some(self.linked(value, note, active))
    }

    /// A value whose link adds it, or removes `active`, its spelling in the URL.
    fn linked(&self, value: &FacetValue, note: Option<String>, active: Option<&String>) -> Entry {
        let asked = escaped(shown(value));
        let (path, name) = (self.view.path(), self.param.name);
        let (change, verb) = if let Some(wanted) = active {
            let href = self.pairs.clone().without_pair(name, wanted).link(&path);
            (FilterChange::dropping(name, wanted, href), "without")
        } else {
            let href = self.pairs.clone().with(name, asked.clone()).link(&path);
            (FilterChange::adding(name, &asked, href), "with")
        };
        let label = value_label(&asked, &self.param.takes);
        let rows = self.rows(value);
        let named = visible(&label);
        let title = match (&rows, self.is_sampled) {
            (Some(rows), true) => format!("{verb} {named}: about {rows}"),
            (Some(rows), false) => format!("{verb} {named}: {rows}"),
            (None, _) => format!("{verb} {named}"),
        };
        Entry {
            note,
            rows,
            link: Some(EntryLink {
                change,
                title,
                is_active: active.is_some(),
            }),
            label,
        }
    }

    /// The number of rows with the value; rounded to the significant digits if it is sampled.
    fn rows(&self, value: &FacetValue) -> Option<String> {
        let rows = value.rows?;
        let rows = if self.is_sampled {
            to_three_digits(rows)
        } else {
            rows
        };
        Some(grouped(rows))
    }
}
