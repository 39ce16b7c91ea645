//! `/events`: every row of `audit_log`.

use domain::event::Event;
use domain::filter::Severity;
use leptos::prelude::*;

use crate::components::facts::id;
use crate::components::json::one_line;
use crate::components::list::Shape;
use crate::components::list::columns::{Column, Listed, column, labels, listing};
use crate::components::list::picks::{fixed, open};
use crate::components::list::streamed::{late, streamed_list};
use crate::components::severity::severity;
use crate::components::text::{none, stored, stored_or_none};
use crate::document::Section;
use crate::model::{EventsPage, Frame, Picture, Streamed};

/// The list of events.
#[must_use]
pub fn events(frame: &Frame, page: &EventsPage) -> Streamed {
    let table = listing(frame, page, COLUMNS, &listed("Events"));
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
        columns: labels(COLUMNS),
    }
}

/// The table of events, with this caption.
pub const fn listed(caption: &'static str) -> Listed<Event> {
    Listed {
        class: "t-events",
        caption,
        time: "Time",
        href: |event| format!("/events/{}", event.id),
    }
}

/// The columns of an event's row.
pub const COLUMNS: &[Column<Event>] = &[
    column("severity", "c-severity", "Severity", |_, event| {
        severity(&event.severity)
    }),
    column("type", "c-type", "Type", |_, event| {
        stored(event.event_type.clone()).into_any()
    }),
    column("actor", "c-actor", "Actor", |_, event| {
        stored(event.actor()).into_any()
    }),
    column("details", "c-details", "Details", |_, event| {
        one_line(event.details.as_deref())
    }),
    column("user", "c-actor", "User", |_, event| {
        stored_or_none(event.user_email.as_deref())
    }),
    column("user_id", "c-id", "User id", |_, event| {
        event.user_id.map_or_else(none, id)
    }),
    column("id", "c-id", "Id", |_, event| id(event.id)),
];
