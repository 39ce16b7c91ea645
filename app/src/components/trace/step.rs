//! One step of a trace: icon, title, time, values, and the reason why the row belongs to the trace.

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

/// A row that a step is based on.
pub struct Raw {
    /// The link's text.
    pub label: &'static str,
    /// The row.
    pub row: RowId,
    /// Why it belongs to the trace.
    pub link: Link,
}

/// A step. Its content differs by kind, so it is stored as type-erased views.
pub struct TraceStep {
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

impl TraceStep {
    /// A step that happened.
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

    /// A step that is expected but missing.
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

    /// Sets the time.
    pub fn at(self, at: Option<Timestamp>) -> Self {
        Self { at, ..self }
    }

    /// Adds a value, if there is one.
    pub fn value(mut self, label: &'static str, value: Option<impl IntoView>) -> Self {
        self.values
            .extend(value.map(|value| (label, value.into_any())));
        self
    }

    /// Adds a quotation of stored text.
    pub fn quote(self, words: Option<String>) -> Self {
        let quote = words.filter(|words| !words.is_empty());
        Self { quote, ..self }
    }

    /// Adds a note by the console.
    pub fn note(self, note: impl IntoView) -> Self {
        Self {
            note: Some(note.into_any()),
            ..self
        }
    }

    /// Adds a row that the step is based on.
    pub fn raw(mut self, label: &'static str, row: RowId, link: &Link) -> Self {
        self.raw.push(Raw {
            label,
            row,
            link: link.clone(),
        });
        self
    }

    /// The CSS classes of its item. `before` is the time of the previous step.
    fn class(&self, ctx: &PageContext, is_here: bool, before: Option<Timestamp>) -> String {
        let mut class = format!("step {}", self.tone.class());
        if self.is_missing {
            class.push_str(" missing");
        }
        if is_here {
            class.push_str(" current");
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

/// The steps as a list, each with the lag since the previous step that has a time.
#[component]
pub fn StepList<'a>(
    /// The page's context.
    ctx: &'a PageContext,
    /// The trace.
    trace: &'a Trace,
    /// The row whose page this is.
    here: Option<RowId>,
    /// The steps, in order.
    steps: Vec<TraceStep>,
) -> impl IntoView + use<> {
    let mut before = None;
    let items = steps.into_iter().map(|step| {
        let at = step.at;
        let item = view! { <StepItem ctx trace here before step /> };
        before = at.or(before);
        item
    });
    view! { <ol class="steps">{items.collect_view()}</ol> }
}

/// A step as a list item.
#[component]
fn StepItem<'a>(
    /// The page's context.
    ctx: &'a PageContext,
    /// The trace.
    trace: &'a Trace,
    /// The row whose page this is.
    here: Option<RowId>,
    /// The time of the previous step.
    before: Option<Timestamp>,
    /// The step.
    step: TraceStep,
) -> impl IntoView + use<> {
    let is_here = step.raw.iter().any(|raw| Some(raw.row) == here);
    let class = step.class(ctx, is_here, before);
    let lag = before
        .zip(step.at)
        .map(|(before, at)| view! { <span class="step-lag">{distance(before, at)}</span> });
    let time = step.at.map(|at| view! { <TableTime ctx at /> });
    let quote = step
        .quote
        .map(|text| view! { <blockquote><Stored text /></blockquote> });
    let note = step.note.map(|note| view! { <p class="note">{note}</p> });
    let reasons = step.raw.iter();
    let reasons = reasons.map(|raw| view! { <LinkReason trace row=raw.row link=&raw.link /> });
    view! {
        <li class=class aria-current=is_here.then_some("step")>
            <div class="step-time">{time}{lag}</div>
            <span class="step-mark"><Mark icon=step.mark /></span>
            <div class="step-body">
                <div class="step-head">
                    <h3>{step.title}</h3>
                    <div class="step-text">{step.what}</div>
                    <RawRows trace raw=&step.raw here />
                </div>
                <Values values=step.values />
                {quote}
                {note}
                {reasons.collect_view()}
            </div>
        </li>
    }
}

/// The values of a step. Renders nothing if there is none.
#[component]
fn Values(
    /// Each with its label.
    values: Vec<(&'static str, AnyView)>,
) -> impl IntoView {
    (!values.is_empty()).then(|| {
        let values = values
            .into_iter()
            .map(|(label, value)| view! { <div><dt>{label}</dt><dd>{value}</dd></div> });
        view! { <dl class="step-values">{values.collect_view()}</dl> }
    })
}

/// Links to the rows that a step is based on. Renders nothing if there is none.
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
