//! Kill-switch events and the episodes that they make.

use app::model::KillSwitchPage;
use chrono_tz::Tz;
use domain::calendar::Band;
use domain::episode::{Effect, History, KillSwitchEvent, derive};
use domain::page::Count;

use super::events::{ADMIN, event};
use super::reviews::{PATIENCE, signature};
use super::{list, now};
use domain::review::{People, Signed};
use store::engine::{CountedEpisodes, list_row};
use store::views;

pub fn kill_switch_stream() -> Vec<KillSwitchEvent> {
    let rows = [
        (
            "2026-11-23T06:11:02.000101Z",
            "EMERGENCY_STOP_CLEARED",
            "warning",
            ADMIN,
            r#"{"timestamp": "2026-11-23 06:11:02+00:00", "source": "redis"}"#,
        ),
        (
            "2026-11-23T07:35:29.167649Z",
            "EMERGENCY_STOP_ACTIVATED",
            "critical",
            ADMIN,
            r#"{"status": "active", "triggered_by": "b0d1650a-70a5-441f-bd6e-3dc180d848d4"}"#,
        ),
        (
            "2026-11-23T07:35:29.177481Z",
            "EMERGENCY_STOP_ACTIVATED",
            "critical",
            ADMIN,
            r#"{"timestamp": "2026-11-23 07:35:29.177346+00:00", "source": "redis"}"#,
        ),
        (
            "2026-11-23T07:35:29.788574Z",
            "EMERGENCY_STOP_CLEARED",
            "warning",
            ADMIN,
            r#"{"timestamp": "2026-11-23 07:35:29.788395+00:00", "source": "redis"}"#,
        ),
        (
            "2026-11-23T07:35:30.370394Z",
            "kill_switch_toggle",
            "critical",
            ADMIN,
            r#"{"active": true}"#,
        ),
        (
            "2026-11-23T07:36:12.000001Z",
            "kill_switch_toggle",
            "critical",
            ADMIN,
            r#"{"active": true}"#,
        ),
        (
            "2026-11-23T07:37:18.374394Z",
            "kill_switch_toggle",
            "critical",
            ADMIN,
            r#"{"active": false}"#,
        ),
        (
            "2026-11-23T09:58:31.716403Z",
            "EMERGENCY_STOP_ACTIVATED",
            "critical",
            None,
            r#"{"status": "active", "triggered_by": "system"}"#,
        ),
        (
            "2026-11-23T09:58:31.725525Z",
            "EMERGENCY_STOP_ACTIVATED",
            "critical",
            None,
            r#"{"timestamp": "2026-11-23 09:58:31.725374+00:00", "source": "redis"}"#,
        ),
    ];
    rows.into_iter()
        .zip(200..)
        .filter_map(|((when, kind, severity, user, details), number)| {
            KillSwitchEvent::read(event(number, when, kind, severity, user, details))
        })
        .collect()
}

pub fn history() -> History {
    derive(kill_switch_stream())
}

/// The first is signed by two, the second by nobody, the third is open.
pub fn episode_rows() -> Vec<CountedEpisodes> {
    let effects = [(12, 0, 0), (1, 6, 3), (7, 0, 0)];
    let mut rows: Vec<CountedEpisodes> = history()
        .episodes
        .into_iter()
        .zip(effects)
        .enumerate()
        .map(
            |(number, (episode, (rejections, leaked_approvals, leaked_orders)))| {
                let signatures = match number {
                    0 => vec![signature(
                        &episode,
                        "reviewer@example.com",
                        "2026-11-23T08:00:00Z",
                    )],
                    _ => Vec::new(),
                };
                let effect = Effect {
                    rejections,
                    leaked_approvals,
                    leaked_orders,
                };
                let signed = Signed::of(&episode, &signatures, &People::default());
                CountedEpisodes {
                    review_progress: signed.review_progress(effect.leaked(), PATIENCE, now()),
                    episode,
                    effect,
                }
            },
        )
        .collect();
    rows.reverse();
    rows
}

/// A year with some stops, the last days as the stream has them.
pub fn band() -> Band {
    let mut band = Band::of(&history(), Tz::Australia__Sydney, now());
    for (at, stops) in [
        (3, 1),
        (40, 2),
        (41, 1),
        (97, 1),
        (188, 4),
        (260, 1),
        (301, 12),
        (344, 2),
    ] {
        band.days[at].stops = stops;
    }
    band
}

pub fn kill_switch(raw: &str) -> KillSwitchPage {
    KillSwitchPage {
        list: list(
            views::kill_switch(),
            raw,
            episode_rows().iter().map(list_row).collect(),
            Count::Exact(3),
        ),
        strays: history().strays,
        band: band(),
    }
}

/// A console that nobody ever had to stop.
pub fn kill_switch_empty() -> KillSwitchPage {
    KillSwitchPage {
        list: list(views::kill_switch(), "", Vec::new(), Count::Exact(0)),
        strays: Vec::new(),
        band: Band::of(&History::default(), Tz::Australia__Sydney, now()),
    }
}
