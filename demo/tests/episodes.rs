//! The kill-switch episodes of a history, as it says that it planted them.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on shall fail")]

use demo::engine::{Actor, EPISODES, ExpectedEpisode, GroundTruth, HistorySpec, Mechanism, Table};
use demo::load::without_database;
use demo::testdb::small_history;
use uuid::Uuid;

/// A kind of episode, and what tells it.
type Kind = (&'static str, fn(&ExpectedEpisode) -> bool);

/// The kinds that a history has.
const KINDS: [Kind; 9] = [
    ("an enforced stop", |episode| {
        episode.mechanism == Mechanism::EmergencyStop
    }),
    ("a declared one", |episode| {
        episode.mechanism == Mechanism::Toggle
    }),
    ("an open one", |episode| episode.cleared_by.is_none()),
    ("one pulled by the system", |episode| {
        episode.activated_by == Actor::System
    }),
    ("one cleared by the system", |episode| {
        episode.cleared_by == Some(Actor::System)
    }),
    ("one cleared by another admin", |episode| {
        episode.activated_by == Actor::Admin && episode.cleared_by == Some(Actor::Admin2)
    }),
    ("one pulled twice", |episode| {
        episode.pulled_again_by.len() == 1
    }),
    ("a leak in which the first admin had no part", |episode| {
        episode.leaks() && is_all_of(episode, Actor::Admin2)
    }),
    ("a stop in which the first admin had no part", |episode| {
        !episode.leaks() && is_all_of(episode, Actor::Admin2)
    }),
];

/// Whether `actor` alone activated and cleared it.
fn is_all_of(episode: &ExpectedEpisode, actor: Actor) -> bool {
    let others = [Actor::Admin, Actor::Admin2, Actor::System];
    episode.cleared_by == Some(actor)
        && others
            .iter()
            .all(|other| episode.involves(*other) == (*other == actor))
}

fn ground_truth(spec: HistorySpec) -> GroundTruth {
    without_database(spec, |_, _| {})
}

#[test]
fn every_kind_of_episode_is_planted_in_every_size() {
    for rows in [500, 2_000, 10_000] {
        let ground_truth = ground_truth(HistorySpec {
            rows,
            ..small_history()
        });
        let episodes = &ground_truth.episodes;
        assert_eq!(episodes.len() as u64, EPISODES);
        for (kind, is_it) in KINDS {
            assert!(episodes.iter().any(is_it), "{kind} in {rows}");
        }
        let open = episodes.iter().filter(|each| each.cleared_at.is_none());
        assert_eq!(open.count(), 1, "{rows}");
        // One of each mechanism.
        assert_eq!(ground_truth.strays.len(), 2, "{rows}");

        let overlaps = |first: &&ExpectedEpisode| {
            episodes
                .iter()
                .any(|second| first.id != second.id && first.overlaps(second))
        };
        let overlapping: Vec<_> = episodes.iter().filter(overlaps).collect();
        assert_eq!(overlapping.len(), 2, "{rows}");
        assert_ne!(overlapping[0].mechanism, overlapping[1].mechanism);
    }
}

#[test]
fn further_episodes_leave_the_planned_ones_as_they_are() {
    const EXTRA: u32 = 60;
    let told = |episode: &ExpectedEpisode| ExpectedEpisode {
        id: Uuid::nil(),
        ..episode.clone()
    };
    let alone = ground_truth(small_history());
    let crowded = ground_truth(HistorySpec {
        extra_episodes: EXTRA,
        ..small_history()
    });
    let all: Vec<_> = crowded.episodes.iter().map(told).collect();
    // With the long one.
    assert_eq!(all.len() as u64, EPISODES + u64::from(EXTRA) + 1);
    for episode in &alone.episodes {
        assert!(all.contains(&told(episode)), "{episode:?}");
    }
    assert_eq!(crowded.strays.len(), alone.strays.len());
    let toggles = |ground_truth: &GroundTruth| {
        ground_truth
            .episodes
            .iter()
            .filter(|each| each.leaks())
            .count()
    };
    assert_eq!(toggles(&crowded) - toggles(&alone), EXTRA as usize / 2 + 1);
}

#[test]
fn a_stop_lets_nothing_through_even_where_trades_are_always_under_way() {
    let mut approvals: Vec<String> = Vec::new();
    let ground_truth = without_database(
        HistorySpec {
            rows: 100_000,
            days: 1,
            extra_episodes: 2_000,
            ..small_history()
        },
        |table, rows| {
            if table == Table::AuditLog {
                let lines = std::str::from_utf8(rows).unwrap().lines();
                let approved = lines.filter(|line| line.starts_with("TRADE_APPROVED\t"));
                approvals.extend(approved.map(|line| line.rsplit('\t').next().unwrap().to_owned()));
            }
        },
    );
    assert!(approvals.len() > 10_000);
    approvals.sort_unstable();
    let before = |instant: String| approvals.partition_point(|approval| *approval < instant);
    for episode in ground_truth.episodes.iter().filter(|each| !each.leaks()) {
        let inside = before(episode.activated_at.to_string())
            ..before(episode.cleared_at.unwrap().to_string());
        assert!(inside.is_empty(), "{episode:?}: {:?}", &approvals[inside]);
    }
}
