//! `/signals`: what the executor's algorithms and the data collectors asked for.

use domain::cursor::CursorKey;
use domain::filter::SignalOutcomeKind;
use domain::filter::signals::ActionKind;
use domain::signal::{Origin, Signal};
use leptos::prelude::*;

use crate::components::decision::decision;
use crate::components::json::one_line;
use crate::components::list::Shape;
use crate::components::list::columns::{Column, Listed, column, labels, listing};
use crate::components::list::picks::{Field, fixed, open};
use crate::components::list::streamed::{late, streamed_list};
use crate::components::number::{spelled, spelled_confidence};
use crate::components::signal_outcome::{rejection, tell_signal};
use crate::components::text::{none, stored, stored_or_none};
use crate::document::Section;
use crate::model::{Frame, Picture, SignalsPage, Streamed};

/// The list of signals.
#[must_use]
pub fn signals(frame: &Frame, page: &SignalsPage) -> Streamed {
    let of = Listed {
        class: "t-signals",
        caption: "Algorithm signals",
        time: "Time",
        href: |signal: &Signal| format!("/signals/{}", signal.id.print()),
    };
    let table = listing(frame, page, COLUMNS, &of);
    streamed_list(frame, page, &shape(), table)
}

/// What is late of the page: its picture and its facets.
#[must_use]
pub fn signals_late(frame: &Frame, page: &SignalsPage, made: &Picture) -> String {
    late(frame, page, &shape(), made)
}

fn shape() -> Shape {
    Shape {
        section: Section::Signals,
        title: "Algorithm signals",
        about: "What algorithms and data collectors asked for, and what became of it",
        noun: ("signal", "signals"),
        searches: "Search names and details",
        fields: vec![
            open("Coin", "coin"),
            fixed::<ActionKind>("Action", "action"),
            fixed::<SignalOutcomeKind>("Outcome", "outcome"),
            fixed::<Origin>("Origin", "origin"),
            open("Algorithm", "algorithm"),
            open("Source", "source"),
            Field::Confidence,
        ],
        columns: labels(COLUMNS),
    }
}

const COLUMNS: &[Column<Signal>] = &[
    column("action", "c-decision", "Action", |_, signal| {
        signal.action.as_deref().map_or_else(none, decision)
    }),
    column("coin", "c-asset", "Coin", |_, signal| {
        stored_or_none(signal.coin.as_deref())
    }),
    column("quantity", "c-quantity num", "Quantity", |_, signal| {
        signal.quantity.as_deref().map_or_else(none, spelled)
    }),
    column("price", "c-price num", "Price, AUD", |_, signal| {
        signal.price.as_deref().map_or_else(none, spelled)
    }),
    column("confidence", "c-conf num", "Confidence", |_, signal| {
        let score = signal.confidence.as_deref();
        score.map_or_else(none, spelled_confidence)
    }),
    column("outcome", "c-outcome", "Outcome", outcome)
        .titled(|signal| rejection(signal.outcome.as_ref()).map(ToOwned::to_owned)),
    column("origin", "c-origin", "Origin", |_, signal| {
        signal.id.origin().as_str().into_any()
    }),
    column("by", "c-by", "Algorithm or source", |_, signal| by(signal)),
    column("algorithm", "c-agent", "Algorithm", |_, signal| {
        stored_or_none(signal.algorithm_name.as_deref())
    }),
    column("algorithm_id", "c-id", "Algorithm id", |_, signal| {
        let id = signal.algorithm_id.clone();
        id.map_or_else(none, |id| view! { <code><bdi>{id}</bdi></code> }.into_any())
    }),
    column("source", "c-agent", "Source", |_, signal| {
        stored_or_none(signal.source.as_deref())
    }),
    column("rejection", "c-reason", "Rejected because", |_, signal| {
        stored_or_none(rejection(signal.outcome.as_ref()))
    }),
    column("details", "c-details", "Details", |_, signal| {
        one_line(signal.details.as_deref())
    }),
    column("id", "c-id", "Id", |_, signal| {
        view! { <code>{signal.id.print()}</code> }.into_any()
    }),
];

fn outcome(frame: &Frame, signal: &Signal) -> AnyView {
    signal.outcome.as_ref().map_or_else(none, |outcome| {
        tell_signal(outcome, signal.timestamp, frame.now).view()
    })
}

/// The algorithm's name, else its id, else the collector's name.
fn by(signal: &Signal) -> AnyView {
    let known = [&signal.algorithm_name, &signal.algorithm_id, &signal.source];
    known
        .into_iter()
        .find_map(Clone::clone)
        .map_or_else(none, |name| stored(name).into_any())
}
