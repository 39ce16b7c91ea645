//! One step of a trace on its rail: a shape, what it is, when, what matters of it, why it stands there.

use domain::time::Timestamp;
use domain::trace::{Link, RowId, Trace};
use leptos::prelude::*;

use super::words::{href, reason};
use crate::components::icon::{Icon, icon};
use crate::components::outcome::Tone;
use crate::components::text::stored;
use crate::components::time::{distance, timestamp};
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

/// A step.
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
    pub fn new(title: &'static str, (tone, mark): (Tone, Icon), what: AnyView) -> Self {
        Self {
            title,
            tone,
            mark,
            is_missing: false,
            at: None,
            what,
            values: Vec::new(),
            quote: None,
            note: None,
            raw: Vec::new(),
        }
    }

    /// A step that should be there.
    pub fn missing(title: &'static str, tone: Tone, what: impl IntoView + 'static) -> Self {
        let spec = match tone {
            Tone::Leak | Tone::Stop => Icon::Alert,
            _ => Icon::Ring,
        };
        Self {
            is_missing: true,
            ..Self::new(title, (tone, spec), what.into_any())
        }
    }

    /// At this time.
    pub fn at(self, at: Option<Timestamp>) -> Self {
        Self { at, ..self }
    }

    /// With this value, where there is one.
    pub fn value(mut self, label: &'static str, value: Option<AnyView>) -> Self {
        self.values.extend(value.map(|value| (label, value)));
        self
    }

    /// With somebody's words.
    pub fn quote(self, words: Option<String>) -> Self {
        let quote = words.filter(|words| !words.is_empty());
        Self { quote, ..self }
    }

    /// With a sentence of the console's own.
    pub fn note(self, note: impl IntoView + 'static) -> Self {
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

    /// The step as an item of the rail; `before` is when the step before it was.
    fn view(
        self,
        ctx: &PageContext,
        trace: &Trace,
        here: Option<RowId>,
        before: Option<Timestamp>,
    ) -> AnyView {
        let is_here = self.raw.iter().any(|raw| Some(raw.row) == here);
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
        let lag = before
            .zip(self.at)
            .map(|(before, at)| view! { <span class="lag">{distance(before, at)}</span> });
        let time = self.at.map(|at| timestamp(ctx, at));
        let values: Vec<AnyView> = self
            .values
            .into_iter()
            .map(|(label, value)| view! { <div><dt>{label}</dt><dd>{value}</dd></div> }.into_any())
            .collect();
        let values = (!values.is_empty()).then(|| view! { <dl class="values">{values}</dl> });
        let quote = self
            .quote
            .map(|words| view! { <blockquote>{stored(words)}</blockquote> });
        let note = self.note.map(|note| view! { <p class="note">{note}</p> });
        let why: Vec<AnyView> = self
            .raw
            .iter()
            .filter_map(|raw| reason(trace, raw.row, &raw.link))
            .collect();
        let links: Vec<AnyView> = self
            .raw
            .iter()
            .map(|raw| raw_link(trace, raw, here))
            .collect();
        let links = (!links.is_empty()).then(|| view! { <ul class="raw-rows">{links}</ul> });
        view! {
            <li class=class aria-current=is_here.then_some("step")>
                <div class="when">{time}{lag}</div>
                <span class="node">{icon(self.mark)}</span>
                <div class="told">
                    <div class="station-head">
                        <h3>{self.title}</h3>
                        <div class="what">{self.what}</div>
                        {links}
                    </div>
                    {values}
                    {quote}
                    {note}
                    {why}
                </div>
            </li>
        }
        .into_any()
    }
}

fn raw_link(trace: &Trace, raw: &Raw, here: Option<RowId>) -> AnyView {
    if here == Some(raw.row) {
        return view! { <li><span class="tag">"this page"</span></li> }.into_any();
    }
    view! { <li><a href=href(trace, raw.row)>{raw.label}</a></li> }.into_any()
}

/// The steps on their rail, each with the lag to the last one before it that has a time. `here` is the row
/// whose page this is.
pub fn rail(
    ctx: &PageContext,
    trace: &Trace,
    here: Option<RowId>,
    stations: Vec<Station>,
) -> AnyView {
    let mut before = None;
    let items: Vec<AnyView> = stations
        .into_iter()
        .map(|station| {
            let at = station.at;
            let item = station.view(ctx, trace, here, before);
            before = at.or(before);
            item
        })
        .collect();
    view! { <ol class="rail">{items}</ol> }.into_any()
}
