//! `/events`: every row of `audit_log`.

use domain::event::Event;
use domain::filter::Severity;
use leptos::prelude::*;

use crate::components::json::one_line;
use crate::components::list::Shape;
use crate::components::list::picks::{fixed, open};
use crate::components::list::streamed::{late, streamed_list};
use crate::components::list::table::{header, table, time_cell, time_header};
use crate::components::severity::severity;
use crate::components::text::stored;
use crate::document::Section;
use crate::model::{EventsPage, Frame, Picture, Streamed};

/// The list of events.
#[must_use]
pub fn events(frame: &Frame, page: &EventsPage) -> Streamed {
    let mut head = vec![time_header(frame, &page.query, "Time")];
    head.extend(columns());
    let rows = page
        .page
        .rows
        .iter()
        .map(|event| row(frame, event))
        .collect();
    let table = table("t-events", "Events", head, rows);
    streamed_list(frame, page, &shape(), table)
}

/// What is late of the page: its picture and its facets.
#[must_use]
pub fn events_late(frame: &Frame, page: &EventsPage, made: &Picture) -> String {
    late(frame, page, &shape(), made)
}

fn shape() -> Shape {
    Shape {
        section: Section::Events,
        title: "Events",
        about: "All that the Guard and the executor wrote down; open one to filter by any value in it",
        noun: ("event", "events"),
        searches: "Search types, details",
        fields: vec![
            open("Type", "type"),
            fixed::<Severity>("Severity", "severity"),
            open("Actor", "actor"),
        ],
    }
}

/// The columns after the time.
pub fn columns() -> Vec<AnyView> {
    vec![
        header("c-severity", "Severity"),
        header("c-type", "Type"),
        header("c-actor", "Actor"),
        header("c-details", "Details"),
    ]
}

/// An event's row.
pub fn row(frame: &Frame, event: &Event) -> AnyView {
    let href = format!("/events/{}", event.id);
    view! {
        <tr data-row="">
            {time_cell(frame, event.timestamp, href)}
            <td class="c-severity">{severity(&event.severity)}</td>
            <td class="c-type">{stored(event.event_type.clone())}</td>
            <td class="c-actor">{stored(event.actor())}</td>
            <td class="c-details">{one_line(event.details.as_deref())}</td>
        </tr>
    }
    .into_any()
}
