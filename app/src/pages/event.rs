//! `/events/{id}`: one event, its details a tree whose values filter.

use domain::event::Event;
use domain::filter::negation::escaped;
use domain::query::Pairs;
use domain::trace::RowId;
use leptos::prelude::*;

use crate::components::detail::{Breadcrumb, Card, Columns, LinkList, around};
use crate::components::facts::{Fact, Facts, Id};
use crate::components::finding::RowFindings;
use crate::components::json::{Json, JsonLinks};
use crate::components::severity::SeverityTag;
use crate::components::text::{OrNone, Stored, StoredOrNone, short_id};
use crate::components::time::{RowTime, SecondTime};
use crate::components::trace::{StrategyCards, TraceCards};
use crate::document::{Section, document};
use crate::model::{EventPage, PageContext};

/// One event.
#[must_use]
pub fn event(ctx: &PageContext, page: &EventPage) -> String {
    document(
        ctx,
        Section::List("events"),
        "Event",
        || view! { <EventContent ctx page /> },
    )
}

#[component]
fn EventContent<'a>(
    /// The page's context.
    ctx: &'a PageContext,
    /// The page's model.
    page: &'a EventPage,
) -> impl IntoView + use<> {
    let event = &page.event;
    let here = Some(RowId::Event(event.id));
    let details = event.details.as_deref();
    let details = details.map(|text| view! { <Json text links=JsonLinks::ToEvents /> });
    let trace = page.trace.as_ref();
    let main = view! {
        <RowFindings findings=&page.findings />
        <EventCard ctx event />
        {trace.map(|trace| view! { <TraceCards ctx trace here /> })}
        <Card title="Details"><OrNone view=details /></Card>
    };
    let side = view! {
        {trace.map(|trace| view! { <StrategyCards ctx trace /> })}
        <Card title="Related"><LinkList links=near(page) /></Card>
    };
    view! {
        <Breadcrumb href="/events" label="Events" here=format!("event {}", short_id(&event.id)) />
        <div class="page-head">
            <h1><Stored text=&event.event_type />", "<SecondTime ctx at=event.timestamp /></h1>
            <SeverityTag word=&event.severity />
        </div>
        <div class="detail-page"><Columns main side /></div>
    }
}

#[component]
fn EventCard<'a>(
    /// The page's context.
    ctx: &'a PageContext,
    /// The event.
    event: &'a Event,
) -> impl IntoView + use<> {
    let user_id = event.user_id.map(|id| view! { <Id id /> });
    view! {
        <Card title="Event">
            <Facts>
                <Fact label="Time" column="timestamp"><RowTime ctx at=event.timestamp /></Fact>
                <Fact label="Type" column="event_type"><Stored text=&event.event_type /></Fact>
                <Fact label="Severity" column="severity"><SeverityTag word=&event.severity /></Fact>
                <Fact label="User" column="user.email">
                    <StoredOrNone text=event.user_email.as_deref() />
                </Fact>
                <Fact label="User id" column="user_id"><OrNone view=user_id /></Fact>
                <Fact label="Event id" column="id"><Id id=event.id /></Fact>
            </Facts>
        </Card>
    }
}

/// Links to what happened around it, and to what is like it.
fn near(page: &EventPage) -> Vec<(String, String)> {
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
    items
}

/// The actor as the filter takes it; the id where there is one, for it never changes.
fn actor(event: &Event) -> String {
    event
        .user_id
        .map_or_else(|| "system".to_owned(), |id| id.to_string())
}
