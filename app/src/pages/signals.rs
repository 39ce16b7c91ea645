//! `/signals`: what the executor's algorithms and the data collectors asked for.

use domain::cursor::CursorKey;
use domain::filter::SignalOutcomeKind;
use domain::filter::signals::ActionKind;
use domain::signal::{Origin, Signal};

use crate::components::decision::write_decision;
use crate::components::json::write_one_line;
use crate::components::list::ListSpec;
use crate::components::list::columns::{Column, TableSpec, column, labels, listing, whole};
use crate::components::list::multi_select::{Field, fixed, open};
use crate::components::list::streamed::{deferred, streamed_list};
use crate::components::number::{write_spelled, write_spelled_confidence};
use crate::components::signal_outcome::{rejection, signal_label};
use crate::components::text::{or_none, write_code, write_stored_or_none};
use crate::document::Section;
use crate::model::{DeferredPart, PageContext, SignalsPage, Streamed, SurveyPanel};

/// The list of signals.
#[must_use]
pub fn signals(ctx: &PageContext, page: &SignalsPage) -> Streamed {
    let of = TableSpec {
        class: "t-signals",
        caption: "Algorithm signals",
        time: "Time",
        href: |signal: &Signal| format!("/signals/{}", signal.id.print()),
    };
    let table = listing(ctx, page, COLUMNS, &of);
    streamed_list(ctx, page, &spec(), table)
}

/// What is late of the page: its picture and its facets.
#[must_use]
pub fn signals_deferred(ctx: &PageContext, page: &SignalsPage, made: &SurveyPanel) -> DeferredPart {
    deferred(ctx, page, &spec(), made)
}

pub(super) fn spec() -> ListSpec {
    ListSpec {
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
    column("action", "c-decision", "Action", |html, _, signal| {
        or_none(html, signal.action.as_deref(), write_decision);
    }),
    column("coin", "c-asset", "Coin", |html, _, signal: &Signal| {
        write_stored_or_none(html, signal.coin.as_deref());
    })
    .titled(|signal| whole(signal.coin.as_deref())),
    column(
        "quantity",
        "c-quantity num",
        "Quantity",
        |html, _, signal| {
            or_none(html, signal.quantity.as_deref(), write_spelled);
        },
    ),
    column("price", "c-price num", "Price, AUD", |html, _, signal| {
        or_none(html, signal.price.as_deref(), write_spelled);
    }),
    column(
        "confidence",
        "c-conf num",
        "Confidence",
        |html, _, signal| {
            or_none(html, signal.confidence.as_deref(), write_spelled_confidence);
        },
    ),
    column(
        "outcome",
        "c-outcome",
        "Outcome",
        |html, ctx, signal: &Signal| {
            or_none(html, signal.outcome.as_ref(), |html, outcome| {
                signal_label(outcome, signal.timestamp, ctx.now).write(html);
            });
        },
    )
    .titled(|signal| rejection(signal.outcome.as_ref())),
    column("origin", "c-origin", "Origin", |html, _, signal| {
        html.raw(signal.id.origin().as_str());
    }),
    column(
        "by",
        "c-by",
        "Algorithm or source",
        |html, _, signal: &Signal| {
            write_stored_or_none(html, by(signal));
        },
    )
    .titled(|signal| whole(by(signal))),
    column(
        "algorithm",
        "c-agent",
        "Algorithm",
        |html, _, signal: &Signal| {
            write_stored_or_none(html, signal.algorithm_name.as_deref());
        },
    )
    .titled(|signal| whole(signal.algorithm_name.as_deref())),
    column("algorithm_id", "c-id", "Algorithm id", |html, _, signal| {
        or_none(html, signal.algorithm_id.as_deref(), write_code);
    }),
    column("source", "c-agent", "Source", |html, _, signal: &Signal| {
        write_stored_or_none(html, signal.source.as_deref());
    })
    .titled(|signal| whole(signal.source.as_deref())),
    column(
        "rejection",
        "c-reason",
        "Rejected because",
        |html, _, signal: &Signal| write_stored_or_none(html, rejection(signal.outcome.as_ref())),
    )
    .titled(|signal| whole(rejection(signal.outcome.as_ref()))),
    column(
        "details",
        "c-details",
        "Details",
        |html, _, signal: &Signal| {
            write_one_line(html, signal.details.as_deref());
        },
    )
    .titled(|signal| whole(signal.details.as_deref())),
    column("id", "c-id", "Id", |html, _, signal| {
        html.raw("<code>").text(&signal.id.print()).raw("</code>");
    }),
];

/// The algorithm's name, else its id, else the collector's name.
fn by(signal: &Signal) -> Option<&str> {
    let known = [&signal.algorithm_name, &signal.algorithm_id, &signal.source];
    known.into_iter().find_map(Option::as_deref)
}
