//! Names and addresses of a trace's rows, and the reasons why they belong to it.

use domain::details::SIGNAL;
use domain::time::Timestamp;
use domain::trace::{Link, RowId, Trace};
use leptos::either::EitherOf3;
use leptos::prelude::*;

use crate::components::text::short_id;
use crate::components::time::distance;

/// The row's own page. An order's is the trace.
#[must_use]
pub fn href(trace: &Trace, row: RowId) -> String {
    match row {
        RowId::Event(id) => {
            let signal = trace.signal.as_ref();
            let is_signal =
                signal.is_some_and(|part| part.row.id == id && part.row.event_type == SIGNAL);
            let view = if is_signal { "signals" } else { "events" };
            format!("/{view}/{id}")
        }
        RowId::Order(id) => format!("/traces/{id}"),
        RowId::Decision(id) => format!("/trades/{id}"),
    }
}

/// The row's role in the trace: `the signal`.
fn name(trace: &Trace, row: RowId) -> &'static str {
    let is = |part: &domain::trace::Part<domain::event::Event>| RowId::Event(part.row.id) == row;
    match row {
        RowId::Decision(_) => "the decision",
        RowId::Order(_) => "the order",
        RowId::Event(_) if trace.signal.as_ref().is_some_and(is) => "the signal",
        RowId::Event(_) if trace.checks.first().is_some_and(is) => "the first check",
        RowId::Event(_) if trace.checks.iter().any(is) => "the second check",
        RowId::Event(_) => "the rejection",
    }
}

/// The candidate's kind and the beginning of its id: `event 1068c4de`.
fn candidate(row: RowId) -> String {
    match row {
        RowId::Event(id) => format!("event {}", short_id(&id)),
        RowId::Order(id) => format!("order {}", short_id(&id)),
        RowId::Decision(id) => format!("decision {}", short_id(&id)),
    }
}

/// The absolute distance between two timestamps: `12.345 ms`.
#[must_use]
pub fn apart(micros: i64) -> String {
    let start = Timestamp::from_postgres_micros(0);
    distance(start, start.plus_micros(micros.saturating_abs()))
        .trim_start_matches('+')
        .to_owned()
}

/// Why a row belongs to the trace. Renders nothing for the first row.
#[component]
pub fn LinkReason<'a>(
    /// The trace.
    trace: &'a Trace,
    /// The row.
    row: RowId,
    /// How the row was linked.
    link: &'a Link,
) -> impl IntoView + use<> {
    match link {
        Link::First => EitherOf3::A(()),
        Link::Key => {
            let words = match row {
                RowId::Decision(_) => " by the order’s id: the decision names the order.",
                RowId::Order(_) | RowId::Event(_) => " by its id: the decision names it.",
            };
            EitherOf3::B(view! { <p class="step-basis fact"><strong>"Fact"</strong>{words}</p> })
        }
        Link::Inferred {
            rule,
            to,
            distance,
            others,
        } => {
            let words = format!(
                ", {} from {}: {}.",
                apart(*distance),
                name(trace, *to),
                rule.sentence(),
            );
            EitherOf3::C(view! {
                <p class="step-basis inferred"><strong>"Inferred"</strong>{words}</p>
                <Candidates trace others />
            })
        }
    }
}

/// Other candidates that match as well. Renders nothing if there is none.
#[component]
fn Candidates<'a>(
    /// The trace.
    trace: &'a Trace,
    /// The rows.
    others: &'a [RowId],
) -> impl IntoView + use<> {
    let items = others
        .iter()
        .map(|row| view! { <li><a href=href(trace, *row)>{candidate(*row)}</a></li> });
    (!others.is_empty()).then(|| {
        view! {
            <div class="other-candidates">
                <p>"It could also belong to:"</p>
                <ul class="inline">{items.collect_view()}</ul>
            </div>
        }
    })
}
