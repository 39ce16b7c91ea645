//! `/signals`: what the executor's algorithms and the data collectors asked for.

use domain::cursor::CursorKey;
use domain::filter::SignalOutcomeKind;
use domain::filter::signals::ActionKind;
use domain::signal::{Origin, Signal};
use leptos::prelude::*;

use crate::components::decision::decision;
use crate::components::list::Shape;
use crate::components::list::picks::{Field, fixed, open};
use crate::components::list::streamed::{late, streamed_list};
use crate::components::list::table::{header, table, time_cell, time_header};
use crate::components::number::{spelled, spelled_confidence};
use crate::components::signal_outcome::{rejection, tell_signal};
use crate::components::text::{none, stored};
use crate::document::Section;
use crate::model::{Frame, Picture, SignalsPage, Streamed};

/// The list of signals.
#[must_use]
pub fn signals(frame: &Frame, page: &SignalsPage) -> Streamed {
    let head = vec![
        time_header(frame, &page.query, "Time"),
        header("c-decision", "Action"),
        header("c-asset", "Coin"),
        header("c-quantity num", "Quantity"),
        header("c-price num", "Price, AUD"),
        header("c-conf num", "Confidence"),
        header("c-outcome", "Outcome"),
        header("c-origin", "Origin"),
        header("c-by", "Algorithm or source"),
    ];
    let rows = page
        .page
        .rows
        .iter()
        .map(|signal| row(frame, signal))
        .collect();
    let table = table("t-signals", "Algorithm signals", head, rows);
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
    }
}

fn row(frame: &Frame, signal: &Signal) -> AnyView {
    let text = |value: &Option<String>| {
        value
            .clone()
            .map_or_else(none, |text| stored(text).into_any())
    };
    let number = |value: &Option<String>| value.as_deref().map_or_else(none, spelled);
    let outcome = signal.outcome.as_ref().map_or_else(none, |outcome| {
        tell_signal(outcome, signal.timestamp, frame.now).view()
    });
    let why = rejection(signal.outcome.as_ref()).map(ToOwned::to_owned);
    let href = format!("/signals/{}", signal.id.print());
    view! {
        <tr data-row="">
            {time_cell(frame, signal.timestamp, href)}
            <td class="c-decision">{signal.action.as_deref().map_or_else(none, decision)}</td>
            <td class="c-asset">{text(&signal.coin)}</td>
            <td class="c-quantity num">{number(&signal.quantity)}</td>
            <td class="c-price num">{number(&signal.price)}</td>
            <td class="c-conf num">
                {signal.confidence.as_deref().map_or_else(none, spelled_confidence)}
            </td>
            <td class="c-outcome" title=why>{outcome}</td>
            <td class="c-origin">{signal.id.origin().as_str()}</td>
            <td class="c-by">{by(signal)}</td>
        </tr>
    }
    .into_any()
}

/// The algorithm's name, else its id, else the collector's name.
fn by(signal: &Signal) -> AnyView {
    let known = [&signal.algorithm_name, &signal.algorithm_id, &signal.source];
    known
        .into_iter()
        .find_map(Clone::clone)
        .map_or_else(none, |name| stored(name).into_any())
}
