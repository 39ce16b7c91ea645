//! One step of a trace on its rail: a shape, what it is, when, what matters of it, why it stands there.

use domain::time::Timestamp;
use domain::trace::{Link, RowId, Trace};
use domain::wire::{Icon, Tone};
use leptos::either::Either;
use leptos::prelude::*;

use super::words::{LinkReason, href};
use crate::components::icon::Mark;
use crate::components::text::Stored;
use crate::components::time::{TableTime, distance};
use crate::model::PageContext;

/// A row that a step rests on.
pub struct Raw {
    /// What the link to it says.
    pub label: &'static str,
    /// The row.
    pub row: RowId,
    /// Why it stands there.
    pub link: Link,
}

/// A step. What it says is of many kinds, so it is held as views whose types are erased.
pub struct Station {
    title: &'static str,
    tone: Tone,
    mark: Icon,
    is_missing: bool,
    at: Option<Timestamp>,
    what: AnyView,
    values: Vec<(&'static str, AnyView)>,
    quote: Option<String>,
    note: Option<AnyView>,
    raw: Vec<Raw>,
}

impl Station {
    /// A step that is there.
    pub fn new(title: &'static str, (tone, mark): (Tone, Icon), what: impl IntoView) -> Self {
        Self {
            title,
            tone,
            mark,
            is_missing: false,
            at: None,
            what: what.into_any(),
            values: Vec::new(),
            quote: None,
            note: None,
            raw: Vec::new(),
        }
    }

    /// A step that should be there.
    pub fn missing(title: &'static str, tone: Tone, what: impl IntoView) -> Self {
        let mark = match tone {
            Tone::Leak | Tone::Stop => Icon::Alert,
            _ => Icon::Ring,
        };
        Self {
            is_missing: true,
            ..Self::new(title, (tone, mark), what)
        }
    }

    /// At this time.
    pub fn at(self, at: Option<Timestamp>) -> Self {
        Self { at, ..self }
    }

    /// With this value, where there is one.
    pub fn value(mut self, label: &'static str, value: Option<impl IntoView>) -> Self {
        self.values
            .extend(value.map(|value| (label, value.into_any())));
        self
    }

    /// With somebody's words.
    pub fn quote(self, words: Option<String>) -> Self {
        let quote = words.filter(|words| !words.is_empty());
        Self { quote, ..self }
    }

    /// With a sentence of the console's own.
    pub fn note(self, note: impl IntoView) -> Self {
        Self {
            note: Some(note.into_any()),
            ..self
        }
    }

    /// Resting on a row.
    pub fn raw(mut self, label: &'static str, row: RowId, link: &Link) -> Self {
        self.raw.push(Raw {
            label,
            row,
            link: link.clone(),
        });
        self
    }

    /// The classes of its item. `before` is when the step before it was.
    fn class(&self, ctx: &PageContext, is_here: bool, before: Option<Timestamp>) -> String {
        let mut class = format!("station {}", self.tone.class());
        if self.is_missing {
            class.push_str(" missing");
        }
        if is_here {
            class.push_str(" here");
        }
        let date = |at: Timestamp| at.shown_in(ctx.zone).date;
        if before
            .map(date)
            .is_some_and(|day| self.at.map(date) == Some(day))
        {
            class.push_str(" same-day");
        }
        class
    }
}

/// The steps on their rail, each with the lag to the last one before it that has a time.
#[component]
pub fn Rail<'a>(
    /// The page's context.
    ctx: &'a PageContext,
    /// The trace.
    trace: &'a Trace,
    /// The row whose page this is.
    here: Option<RowId>,
    /// The steps, in order.
    stations: Vec<Station>,
) -> impl IntoView + use<> {
    let mut before = None;
    let items = stations.into_iter().map(|station| {
        let at = station.at;
        let item = view! { <StationItem ctx trace here before station /> };
        before = at.or(before);
        item
    });
    view! { <ol class="rail">{items.collect_view()}</ol> }
}

/// A step as an item of the rail.
#[component]
fn StationItem<'a>(
    /// The page's context.
    ctx: &'a PageContext,
    /// The trace.
    trace: &'a Trace,
    /// The row whose page this is.
    here: Option<RowId>,
    /// When the step before it was.
    before: Option<Timestamp>,
    /// The step.
    station: Station,
) -> impl IntoView + use<> {
    let is_here = station.raw.iter().any(|raw| Some(raw.row) == here);
    let class = station.class(ctx, is_here, before);
    let lag = before
        .zip(station.at)
        .map(|(before, at)| view! { <span class="lag">{distance(before, at)}</span> });
    let time = station.at.map(|at| view! { <TableTime ctx at /> });
    let quote = station
        .quote
        .map(|text| view! { <blockquote><Stored text /></blockquote> });
    let note = station
        .note
        .map(|note| view! { <p class="note">{note}</p> });
    let reasons = station.raw.iter();
    let reasons = reasons.map(|raw| view! { <LinkReason trace row=raw.row link=&raw.link /> });
    view! {
        <li class=class aria-current=is_here.then_some("step")>
            <div class="when">{time}{lag}</div>
            <span class="node"><Mark icon=station.mark /></span>
            <div class="told">
                <div class="station-head">
                    <h3>{station.title}</h3>
                    <div class="what">{station.what}</div>
                    <RawRows trace raw=&station.raw here />
                </div>
                <Values values=station.values />
                {quote}
                {note}
                {reasons.collect_view()}
            </div>
        </li>
    }
}

/// The values of a step; nothing where it has none.
#[component]
fn Values(
    /// Each with its label.
    values: Vec<(&'static str, AnyView)>,
) -> impl IntoView {
    (!values.is_empty()).then(|| {
        let values = values
            .into_iter()
            .map(|(label, value)| view! { <div><dt>{label}</dt><dd>{value}</dd></div> });
        view! { <dl class="values">{values.collect_view()}</dl> }
    })
}

/// Links to the rows that a step rests on; nothing where there are none.
#[component]
fn RawRows<'a>(
    /// The trace.
    trace: &'a Trace,
    /// The rows.
    raw: &'a [Raw],
    /// The row whose page this is.
    here: Option<RowId>,
) -> impl IntoView + use<> {
    let item = |raw: &Raw| {
        if here == Some(raw.row) {
            Either::Left(view! { <li><span class="tag">"this page"</span></li> })
        } else {
            Either::Right(view! { <li><a href=href(trace, raw.row)>{raw.label}</a></li> })
        }
    };
    (!raw.is_empty()).then(|| {
        view! { <ul class="raw-rows">{raw.iter().map(item).collect_view()}</ul> }
    })
}
