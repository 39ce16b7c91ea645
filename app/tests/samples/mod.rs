//! Sample models as the engine writes them, for the tests and the preview.
#![allow(dead_code, unused_imports, reason = "each user takes what it needs")]
#![allow(clippy::unwrap_used, reason = "samples are known to be well-formed")]

mod dossiers;
mod entries;
mod events;
mod findings;
mod kill_switch;
mod reviews;
mod rows;
mod saved;
mod signals;
mod surveys;
mod traces;
mod trades;

use std::sync::Arc;

use app::model::{
    Assets, ErrorPage, IslandFiles, ListPage, LoginPage, NavBadges, OverviewPage, PageContext,
    Person,
};
use chrono_tz::Tz;
use domain::amount::Amount;
use domain::catalogue::{ListRow, View};
use domain::episode::{History, derive};
use domain::filter::{ListQuery, SavedColumns};
use domain::finding::OpenFindings;
use domain::live::{LiveState, RedisState};
use domain::page::{Count, Page};
use domain::query::ParamError;
use domain::role::Role;
use domain::time::Timestamp;
use domain::wire::Theme;
use store::views;
use uuid::Uuid;

pub use dossiers::*;
pub use events::*;
pub use findings::*;
pub use kill_switch::*;
pub use saved::*;
pub use signals::*;
pub use surveys::*;
pub use traces::*;
pub use trades::*;

pub fn at(text: &str) -> Timestamp {
    Timestamp::parse_rfc3339(text).unwrap()
}

pub fn now() -> Timestamp {
    at("2026-11-23T10:42:00.251Z")
}

pub fn uuid(number: u128) -> Uuid {
    // Spread over the whole id, so that their beginnings differ.
    Uuid::from_u128(number.wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835))
}

pub fn redis(emergency_stop: bool) -> RedisState {
    RedisState::Known {
        emergency_stop,
        volatile: true,
        initial_equity: Some("100000.00".to_owned()),
    }
}

/// The three sources, where the last event says what the setting says.
pub fn live(declared: bool, enforced: bool) -> LiveState {
    let history = if declared {
        let mut stream = kill_switch_stream();
        stream.truncate(6);
        derive(stream)
    } else {
        let mut stream = kill_switch_stream();
        stream.truncate(7);
        derive(stream)
    };
    LiveState::new(Some(declared), redis(enforced), &history)
}

/// Nothing is known of Redis, and no stop was ever written.
pub fn live_unknown() -> LiveState {
    LiveState::new(Some(true), RedisState::NotReachable, &History::default())
}

pub fn ctx(here: &str) -> PageContext {
    PageContext {
        person: Some(Person {
            email: "auditor@demo.local".to_owned(),
            role: Some(Role::Auditor),
        }),
        zone: Tz::Australia__Sydney,
        now: now(),
        engine_now: now(),
        theme: Theme::System,
        columns: SavedColumns::default(),
        live: Some(live(false, false)),
        nav_badges: NavBadges {
            open_episodes: 1,
            pending_reviews: 2,
            overdue_reviews: 1,
            findings: OpenFindings::of(&counts()),
        },
        views: views::all().to_vec(),
        record: None,
        cut_exports: Vec::new(),
        here: here.to_owned(),
        form_owner: String::new(),
        nonce: "n0nce".to_owned(),
        assets: Assets {
            css: "style.css".to_owned(),
            islands: Some(IslandFiles {
                js: "./pkg/audit_console.js".to_owned(),
                wasm: "./pkg/audit_console_bg.wasm".to_owned(),
            }),
        },
    }
}

pub fn amount(text: &str) -> Amount {
    Amount::from_numeric_text(text.to_owned())
}

pub fn list(view: View, raw: &str, rows: Vec<ListRow>, count: Count) -> ListPage {
    let query = ListQuery::parse(view, raw).unwrap();
    let window = query.window(Tz::Australia__Sydney, now()).unwrap();
    let page = Page::from_fetched(rows, &query, now());
    ListPage {
        query,
        window,
        page,
        count,
        filter_options: Vec::new(),
        searched_to: None,
        saved: Some(Vec::new().into()),
    }
}

pub fn words(values: &[&str]) -> Arc<[String]> {
    values.iter().map(ToString::to_string).collect()
}

#[allow(clippy::unnecessary_wraps, reason = "shortens what follows")]
pub fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

pub fn overview() -> OverviewPage {
    OverviewPage {
        last_day: domain::day::DayNumbers {
            decisions: 2_223,
            executed: 812,
            blocked: 187,
            signals: 1_604,
            rejections: 214,
            events: 5_190,
        },
        events: views::events(),
        newest_events: events_sample().iter().map(rows::event_row).collect(),
        history: history(),
    }
}

pub fn login() -> LoginPage {
    LoginPage {
        message: some("E-mail or password is wrong."),
        notice: None,
        email: "auditor@demo.local".to_owned(),
        next: "/trades?last=7d".to_owned(),
        draft: None,
    }
}

pub fn bad_request() -> ErrorPage {
    ErrorPage {
        status: 400,
        title: "The filter cannot be read".to_owned(),
        message: "A parameter of this request cannot be used.".to_owned(),
        faults: Some(ParamError::new(
            "limit",
            "takes a whole number from 1 to 500, not “501”",
        )),
        corrected: some("/trades"),
        filter: None,
        request_id: some("01JD7E0B3GQZ6V9W"),
        way_out: ("All trade decisions".to_owned(), "/trades".to_owned()),
    }
}

/// The part of a page between two texts, one tag a line, without the markers that the renderer puts between views.
pub fn part(html: &str, from: &str, to: &str) -> String {
    let start = html.find(from).unwrap_or_else(|| panic!("no {from}"));
    let length = html[start..].find(to).unwrap_or_else(|| panic!("no {to}"));
    html[start..start + length + to.len()]
        .replace("<!>", "")
        .replace("><", ">\n<")
}
