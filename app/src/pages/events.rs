//! `/events`: every row of `audit_log`.

use domain::event::Event;
use domain::filter::Severity;

use crate::components::facts::write_id;
use crate::components::json::write_one_line;
use crate::components::list::ListSpec;
use crate::components::list::columns::{Column, TableSpec, column, labels, listing, whole};
use crate::components::list::multi_select::{fixed, open};
use crate::components::list::streamed::{deferred, streamed_list};
use crate::components::severity::write_severity;
use crate::components::text::{or_none, write_stored, write_stored_or_none};
use crate::document::Section;
use crate::model::{DeferredPart, EventsPage, PageContext, Streamed, SurveyPanel};

/// The list of events.
#[must_use]
pub fn events(ctx: &PageContext, page: &EventsPage) -> Streamed {
    let table = listing(ctx, page, COLUMNS, &listed("Events"));
    streamed_list(ctx, page, &spec(), table)
}

/// What is late of the page: its picture and its facets.
#[must_use]
pub fn events_deferred(ctx: &PageContext, page: &EventsPage, made: &SurveyPanel) -> DeferredPart {
    deferred(ctx, page, &spec(), made)
}

pub(super) fn spec() -> ListSpec {
    ListSpec {
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
pub const fn listed(caption: &'static str) -> TableSpec<Event> {
    TableSpec {
        class: "t-events",
        caption,
        time: "Time",
        href: |event| format!("/events/{}", event.id),
    }
}

/// The columns of an event's row.
pub const COLUMNS: &[Column<Event>] = &[
    column("severity", "c-severity", "Severity", |html, _, event| {
        write_severity(html, &event.severity);
    }),
    column("type", "c-type", "Type", |html, _, event: &Event| {
        write_stored(html, &event.event_type);
    })
    .titled(|event| whole(Some(&event.event_type))),
    column("actor", "c-actor", "Actor", |html, _, event: &Event| {
        write_stored(html, &event.actor());
    })
    .titled(|event| whole(event.user_email.as_deref())),
    column(
        "details",
        "c-details",
        "Details",
        |html, _, event: &Event| {
            write_one_line(html, event.details.as_deref());
        },
    )
    .titled(|event| whole(event.details.as_deref())),
    column("user", "c-actor", "User", |html, _, event: &Event| {
        write_stored_or_none(html, event.user_email.as_deref());
    })
    .titled(|event| whole(event.user_email.as_deref())),
    column("user_id", "c-id", "User id", |html, _, event| {
        or_none(html, event.user_id, write_id);
    }),
    column("id", "c-id", "Id", |html, _, event| {
        write_id(html, event.id);
    }),
];
