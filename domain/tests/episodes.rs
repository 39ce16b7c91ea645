//! Properties of episodes derived from streams of kill-switch events.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    missing_docs,
    reason = "a test fails where it meets what it did not expect"
)]

use domain::episode::{Episode, KillSwitchEvent, Mechanism, Signal, derive};
use domain::event::Event;
use domain::time::Timestamp;
use proptest::prelude::*;
use uuid::Uuid;

/// Kinds of events: those that the engine writes, and malformed ones.
#[derive(Clone, Copy, Debug)]
enum Written {
    Trigger,
    Mirror,
    Clear,
    ToggleOn,
    ToggleOff,
    ToggleBroken,
}

fn event(number: usize, at: i64, written: Written) -> KillSwitchEvent {
    let (event_type, details) = match written {
        Written::Trigger => (
            "EMERGENCY_STOP_ACTIVATED",
            r#"{"status": "active", "triggered_by": "system"}"#,
        ),
        Written::Mirror => (
            "EMERGENCY_STOP_ACTIVATED",
            r#"{"timestamp": "x", "source": "redis"}"#,
        ),
        Written::Clear => ("EMERGENCY_STOP_CLEARED", r#"{"source": "redis"}"#),
        Written::ToggleOn => ("kill_switch_toggle", r#"{"active": true}"#),
        Written::ToggleOff => ("kill_switch_toggle", r#"{"active": false}"#),
        Written::ToggleBroken => ("kill_switch_toggle", r#"{"active": "yes"}"#),
    };
    let event = Event {
        id: Uuid::from_u128(number as u128),
        timestamp: Timestamp::from_postgres_micros(at),
        event_type: event_type.to_owned(),
        severity: "critical".to_owned(),
        user_id: None,
        user_email: None,
        details: Some(details.to_owned()),
    };
    KillSwitchEvent::read(event).unwrap()
}

/// A stream in time order, equal times included, gaps from nothing to minutes.
fn stream() -> impl Strategy<Value = Vec<KillSwitchEvent>> {
    let written = prop::sample::select(
        &[
            Written::Trigger,
            Written::Mirror,
            Written::Clear,
            Written::ToggleOn,
            Written::ToggleOff,
            Written::ToggleBroken,
        ][..],
    );
    let gap = prop::sample::select(&[0_i64, 1, 10_000, 4_999_999, 60_000_000][..]);
    prop::collection::vec((written, gap), 0..60).prop_map(|steps| {
        let mut at = 0;
        let mut events = Vec::new();
        for (number, (written, gap)) in steps.into_iter().enumerate() {
            at += gap;
            events.push(event(number, at, written));
        }
        events
    })
}

fn ids<'a>(events: impl Iterator<Item = &'a KillSwitchEvent>) -> Vec<Uuid> {
    events.map(|event| event.event.id).collect()
}

proptest! {
    #[test]
    fn every_event_is_in_one_episode_or_stray(stream in stream()) {
        let history = derive(stream.clone());
        let mut placed = ids(history.episodes.iter().flat_map(Episode::events).chain(&history.strays));
        placed.sort();
        let mut given = ids(stream.iter());
        given.sort();
        prop_assert_eq!(placed, given);
    }

    #[test]
    fn episodes_have_one_mechanism_and_ordered_events(stream in stream()) {
        for episode in derive(stream).episodes {
            prop_assert!(episode.events().all(|event| event.mechanism == episode.mechanism));
            prop_assert!(episode.activation.len() <= 2);
            prop_assert!(matches!(episode.first().signal, Signal::Activate(_)));
            prop_assert!(episode.events().all(|event| event.event.timestamp >= episode.activated_at()));
            prop_assert!(episode.duration_micros().is_none_or(|micros| micros >= 0));
        }
    }

    #[test]
    fn episodes_of_one_mechanism_do_not_overlap_and_only_the_last_is_open(stream in stream()) {
        let history = derive(stream);
        for mechanism in [Mechanism::EmergencyStop, Mechanism::Toggle] {
            let own: Vec<&Episode> = history.episodes.iter().filter(|e| e.mechanism == mechanism).collect();
            for pair in own.windows(2) {
                let cleared = pair[0].cleared_at();
                prop_assert!(cleared.is_some_and(|at| at <= pair[1].activated_at()));
            }
        }
    }

    #[test]
    fn mechanisms_are_independent(stream in stream()) {
        let together = derive(stream.clone());
        for mechanism in [Mechanism::EmergencyStop, Mechanism::Toggle] {
            let alone = derive(stream.iter().filter(|event| event.mechanism == mechanism).cloned());
            let own: Vec<Episode> =
                together.episodes.iter().filter(|e| e.mechanism == mechanism).cloned().collect();
            prop_assert_eq!(alone.episodes, own);
        }
    }
}

#[test]
fn unreadable_details_do_not_hide_a_toggle() {
    let deep = format!("{}{}", "[".repeat(1_000), "]".repeat(1_000));
    for more in ["1e400", "\"\\ud800\"", "\"\\u0000\"", &deep] {
        let mut raw = event(0, 0, Written::ToggleOn).event;
        raw.details = Some(format!("{{\"n\": {more}, \"active\": true}}"));
        let read = KillSwitchEvent::read(raw).unwrap();
        assert!(matches!(read.signal, Signal::Activate(_)), "{more}");
    }
}

#[test]
fn a_doubled_activation_counts_once_in_either_order() {
    for rows in [
        [Written::Trigger, Written::Mirror],
        [Written::Mirror, Written::Trigger],
    ] {
        let history = derive([
            event(0, 0, rows[0]),
            event(1, 9_832, rows[1]),
            event(2, 600_000, Written::Clear),
        ]);
        assert_eq!(history.episodes.len(), 1);
        assert_eq!(history.episodes[0].activation.len(), 2);
        assert_eq!(history.episodes[0].key(), Uuid::from_u128(0));
        assert_eq!(history.episodes[0].duration_micros(), Some(600_000));
    }
}

#[test]
fn unmatched_events_are_kept_as_strays() {
    let history = derive([
        event(0, 0, Written::Clear),
        event(1, 1, Written::ToggleOn),
        event(2, 2, Written::ToggleOn),
        event(3, 3, Written::ToggleBroken),
        event(4, 4, Written::Trigger),
        event(5, 60_000_000, Written::Mirror),
    ]);
    assert_eq!(
        ids(history.strays.iter()),
        [Uuid::from_u128(0), Uuid::from_u128(3)]
    );
    assert_eq!(
        ids(history.episodes[0].repeats.iter()),
        [Uuid::from_u128(2)]
    );
    // A mirror row a minute later is another activation, not a double.
    assert_eq!(
        ids(history.episodes[1].repeats.iter()),
        [Uuid::from_u128(5)]
    );
    assert!(
        history
            .episodes
            .iter()
            .all(|episode| episode.cleared().is_none())
    );
}
