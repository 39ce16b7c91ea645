//! `/events/{id}`: one event, its details a tree whose values filter.

use domain::event::Event;
use domain::filter::negation::escaped;
use domain::query::Pairs;
use domain::trace::RowId;
use leptos::prelude::*;

use crate::components::detail::{around, card, columns, links, trail};
use crate::components::facts::{fact, facts, id, optional};
use crate::components::finding::about_row;
use crate::components::json::{Links, json};
use crate::components::severity::severity;
use crate::components::text::{none, short_id, stored};
use crate::components::time::{row_time, to_the_second};
use crate::components::trace::{cards, chain};
use crate::document::{Section, document};
use crate::model::{EventPage, PageContext};

/// One event.
#[must_use]
pub fn event(ctx: &PageContext, page: &EventPage) -> String {
    let event = &page.event;
    let email = event.user_email.clone().map(stored);
    let rows = vec![
        fact("Time", "timestamp", row_time(ctx, event.timestamp)),
        fact("Type", "event_type", stored(&event.event_type)),
        fact("Severity", "severity", severity(&event.severity)),
        optional("User", "user.email", email),
        optional("User id", "user_id", event.user_id.map(id)),
        fact("Event id", "id", id(event.id)),
    ];
    let details = event
        .details
        .as_deref()
        .map_or_else(none, |text| json(text, Links::ToEvents));
    let mut main = Vec::from_iter(about_row(&page.findings));
    main.push(card("Event", facts(rows)));
    let mut side = Vec::new();
    if let Some(trace) = &page.trace {
        main.extend(chain(ctx, trace, Some(RowId::Event(event.id))));
        side.extend(cards(ctx, trace));
    }
    main.push(card("Details", details));
    side.push(card("Related", near(page)));
    let content = view! {
        {trail("/events", "Events", &format!("event {}", short_id(&event.id)))}
        <div class="page-head">
            <h1>{stored(&event.event_type)}", "{to_the_second(ctx, event.timestamp)}</h1>
            {severity(&event.severity)}
        </div>
        <div class="traced">{columns(main, side)}</div>
    };
    document(ctx, Section::List("events"), "Event", content.into_any())
}

fn near(page: &EventPage) -> AnyView {
    let event = &page.event;
    let at = around(event.timestamp);
    let mut items = Vec::new();
    if let Some(episode) = page.episode {
        let href = format!("/kill-switch/{episode}");
        items.push((href, "Its kill-switch episode".to_owned()));
    }
    if event.event_type == "ALGORITHM_SIGNAL" {
        items.push((
            format!("/signals/{}", event.id),
            "This event as a signal".to_owned(),
        ));
    }
    items.push((at.link("/events"), "All events, 15 min each way".to_owned()));
    items.push((
        at.link("/trades"),
        "All decisions, 15 min each way".to_owned(),
    ));
    if !event.event_type.is_empty() {
        let all = Pairs::default()
            .with("type", escaped(&event.event_type))
            .link("/events");
        items.push((all, "All events of this type".to_owned()));
    }
    let by = Pairs::default().with("actor", actor(event)).link("/events");
    items.push((by, format!("All events by {}", event.actor())));
    links(items)
}

/// The actor as the filter takes it; the id where there is one, for it never changes.
fn actor(event: &Event) -> String {
    event
        .user_id
        .map_or_else(|| "system".to_owned(), |id| id.to_string())
}
