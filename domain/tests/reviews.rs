//! When a review is complete, and who may sign.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    missing_docs,
    reason = "a test fails where it meets what it did not expect"
)]

use domain::account::Subject;
use domain::episode::{Episode, KillSwitchEvent, derive};
use domain::event::Event;
use domain::review::{
    Draft, Involvement, Link, Needs, People, Refusal, ReviewState, Reviewer, Signature, Signed,
    may_sign,
};
use domain::time::Timestamp;
use proptest::prelude::*;
use uuid::Uuid;

const DAY: i64 = 86_400_000_000;

fn at(hours: i64) -> Timestamp {
    Timestamp::from_postgres_micros(hours * 3_600_000_000)
}

fn reviewer(number: u128) -> Reviewer {
    Reviewer {
        subject: Subject::Engine(Uuid::from_u128(number)),
        email: format!("admin{number}@audit.example"),
    }
}

fn toggle(id: u128, hours: i64, user: Option<u128>, active: bool) -> KillSwitchEvent {
    KillSwitchEvent::read(Event {
        id: Uuid::from_u128(id),
        timestamp: at(hours),
        event_type: "kill_switch_toggle".to_owned(),
        severity: "critical".to_owned(),
        user_id: user.map(Uuid::from_u128),
        user_email: user.map(|user| reviewer(user).email),
        details: Some(format!(r#"{{"active": {active}}}"#)),
    })
    .unwrap()
}

/// Activated by 1 at hour 0; cleared by 2 at hour 10, unless it is open.
fn episode(open: bool) -> Episode {
    let mut events = vec![toggle(1, 0, Some(1), true)];
    if !open {
        events.push(toggle(2, 10, Some(2), false));
    }
    derive(events).episodes.pop().unwrap()
}

fn sign(who: u128, hours: i64) -> Signature {
    Signature {
        episode: Uuid::from_u128(1),
        reviewer: reviewer(who),
        at: at(hours),
    }
}

fn state(signatures: &[Signature], leaked: bool, now: i64) -> (ReviewState, Option<Needs>) {
    let review_progress = Signed::of(&episode(false), signatures, &People::default())
        .review_progress(leaked, DAY, at(now));
    (review_progress.state, review_progress.needs)
}

#[test]
fn one_signature_is_enough_without_leaks_and_two_people_with() {
    let none: &[Signature] = &[];
    assert_eq!(
        state(none, false, 12),
        (ReviewState::Pending, Some(Needs::Reviewer))
    );
    let one = [sign(3, 11)];
    assert_eq!(state(&one, false, 12), (ReviewState::Reviewed, None));
    assert_eq!(
        state(&one, true, 12),
        (ReviewState::Pending, Some(Needs::SecondReviewer))
    );
    // A second entry of the same person is an amendment, not a second reviewer.
    let same = [sign(3, 11), sign(3, 12)];
    assert_eq!(state(&same, true, 13).1, Some(Needs::SecondReviewer));
    let two = [sign(3, 11), sign(4, 12)];
    assert_eq!(state(&two, true, 13), (ReviewState::Reviewed, None));
}

#[test]
fn a_person_involved_is_never_the_only_reviewer() {
    let closed = episode(false);
    for (who, part) in [(1, Involvement::Activated), (2, Involvement::Cleared)] {
        assert_eq!(
            may_sign(&reviewer(who), &closed, &[], &People::default()),
            Err(Refusal::FourEyes(part))
        );
        let after_the_other = [sign(3 - who, 11)];
        assert!(
            may_sign(
                &reviewer(who),
                &closed,
                &after_the_other,
                &People::default()
            )
            .is_err()
        );
        assert!(may_sign(&reviewer(who), &closed, &[sign(3, 11)], &People::default()).is_ok());
        // Even if it were written, it would not count alone.
        assert_eq!(state(&[sign(who, 11)], false, 12).0, ReviewState::Pending);
    }
    assert!(may_sign(&reviewer(3), &closed, &[], &People::default()).is_ok());
    assert_eq!(
        state(&[sign(1, 11), sign(2, 11)], true, 12).0,
        ReviewState::Pending
    );
    assert_eq!(
        state(&[sign(3, 11), sign(1, 12)], true, 12).0,
        ReviewState::Reviewed
    );
}

#[test]
fn another_account_of_the_same_person_is_the_same_person() {
    let twin = Reviewer {
        subject: Subject::Console(Uuid::from_u128(99)),
        email: "ADMIN1@audit.example".to_owned(),
    };
    assert!(may_sign(&twin, &episode(false), &[], &People::default()).is_err());
    let mut second = sign(3, 12);
    second.reviewer = Reviewer {
        subject: Subject::Console(Uuid::from_u128(98)),
        email: "Admin3@audit.example".to_owned(),
    };
    assert_eq!(
        state(&[sign(3, 11), second], true, 13).0,
        ReviewState::Pending
    );
}

#[test]
fn it_is_overdue_a_day_after_the_clear_and_an_open_one_a_day_after_its_activation() {
    assert_eq!(state(&[], false, 34).0, ReviewState::Pending);
    assert_eq!(state(&[], false, 35).0, ReviewState::Overdue);
    assert_eq!(state(&[sign(3, 40)], false, 41).0, ReviewState::Reviewed);
    let open = |now| {
        Signed::of(&episode(true), &[], &People::default()).review_progress(false, DAY, at(now))
    };
    assert_eq!(open(24).state, ReviewState::Pending);
    assert_eq!(open(25).state, ReviewState::Overdue);
}

#[test]
fn signatures_before_the_clear_do_not_complete_the_review() {
    let early = [sign(3, 5)];
    assert_eq!(
        state(&early, false, 12),
        (ReviewState::Pending, Some(Needs::ReviewerAfterClear))
    );
    assert_eq!(
        state(&[sign(3, 5), sign(3, 11)], false, 12).0,
        ReviewState::Reviewed
    );
    let open =
        Signed::of(&episode(true), &early, &People::default()).review_progress(false, DAY, at(6));
    assert_eq!(
        (open.state, open.needs),
        (ReviewState::Pending, Some(Needs::Clear))
    );
}

#[test]
fn repeating_an_activation_is_involvement() {
    let mut events = vec![toggle(1, 0, Some(1), true), toggle(3, 1, Some(5), true)];
    events.push(toggle(2, 10, None, false));
    let twice = derive(events).episodes.pop().unwrap();
    assert_eq!(twice.key(), Uuid::from_u128(1));
    assert!(may_sign(&reviewer(5), &twice, &[], &People::default()).is_err());
    assert!(may_sign(&reviewer(2), &twice, &[], &People::default()).is_ok());
}

#[test]
fn every_wrong_field_is_named() {
    let fields = |draft: &Draft| -> Vec<&'static str> {
        let errors = draft.check().unwrap_err();
        errors.iter().map(|error| error.field).collect()
    };
    assert_eq!(fields(&Draft::default()), ["verdict", "note"]);
    let draft = Draft {
        verdict: "drill".to_owned(),
        cause: "x".repeat(501),
        action: "a\0".to_owned(),
        note: "   123456789   ".to_owned(),
    };
    assert_eq!(fields(&draft), ["cause", "action", "note"]);
    let message = &draft.check().unwrap_err()[2].message;
    assert_eq!(message, "takes 10 to 5000 characters; this has 9");
    let good = Draft {
        cause: String::new(),
        action: String::new(),
        note: format!(" {}\r\n{} ", "ä".repeat(2_499), "ö".repeat(2_500)),
        ..draft
    };
    assert_eq!(good.check().unwrap().note.chars().count(), 5_000);
}

proptest! {
    /// Further signatures never undo a complete review, and leaks never make completion easier.
    #[test]
    fn further_signatures_never_undo_a_review(
        signatures in prop::collection::vec((1_u128..6, 0_i64..40), 0..8),
        open in any::<bool>(),
    ) {
        let mut signatures: Vec<Signature> =
            signatures.into_iter().map(|(who, hours)| sign(who, hours)).collect();
        signatures.sort_by_key(|signature| signature.at);
        let episode = episode(open);
        let done = |signatures: &[Signature], leaked| {
            let review_progress = Signed::of(&episode, signatures, &People::default()).review_progress(leaked, DAY, at(50));
            review_progress.state == ReviewState::Reviewed
        };
        for cut in 0..signatures.len() {
            for leaked in [false, true] {
                prop_assert!(!done(&signatures[..cut], leaked) || done(&signatures[..=cut], leaked));
            }
            prop_assert!(!done(&signatures[..cut], true) || done(&signatures[..cut], false));
        }
        let signed = Signed::of(&episode, &signatures, &People::default());
        prop_assert_eq!(
            signed.depends_on_leaks(),
            done(&signatures, false) != done(&signatures, true)
        );
        if open {
            prop_assert!(!done(&signatures, false));
        }
    }
}

#[test]
fn a_row_without_an_account_belongs_to_the_account_in_triggered_by() {
    let one = reviewer(1);
    let Subject::Engine(id) = one.subject else {
        panic!("an engine's account")
    };
    let event = |details: String| {
        KillSwitchEvent::read(Event {
            id: Uuid::from_u128(9),
            timestamp: at(0),
            event_type: "EMERGENCY_STOP_ACTIVATED".to_owned(),
            severity: "critical".to_owned(),
            user_id: None,
            user_email: None,
            details: Some(details),
        })
        .unwrap()
    };
    assert!(one.wrote(&event(format!(r#"{{"triggered_by": "{id}"}}"#))));
    assert!(!one.wrote(&event(r#"{"triggered_by": "system"}"#.to_owned())));
    assert!(!reviewer(2).wrote(&event(format!(r#"{{"triggered_by": "{id}"}}"#))));
}

fn console_account(number: u128, email: &str) -> Reviewer {
    Reviewer {
        subject: Subject::Console(Uuid::from_u128(number)),
        email: email.to_owned(),
    }
}

fn link(one: &Reviewer, other: &Reviewer, ended_at: Option<i64>) -> Link {
    Link {
        one: one.clone(),
        other: other.clone(),
        ended_at: ended_at.map(at),
    }
}

#[test]
fn accounts_with_the_same_recorded_e_mail_are_involved() {
    let (account, other) = (console_account(50, "a@b"), console_account(51, "c@d"));
    let closed = episode(false);
    let mut people = People::default();
    assert!(may_sign(&account, &closed, &[], &people).is_ok());
    people.add_actor(Uuid::from_u128(2), account.subject, None);
    people.add_actor(
        Uuid::from_u128(1),
        Subject::Engine(Uuid::from_u128(1)),
        Some("C@D".to_owned()),
    );
    assert_eq!(
        may_sign(&account, &closed, &[], &people),
        Err(Refusal::FourEyes(Involvement::Cleared))
    );
    assert_eq!(
        may_sign(&other, &closed, &[], &people),
        Err(Refusal::FourEyes(Involvement::Activated))
    );
    // An event of another episode has no effect on this one.
    let mut people = People::default();
    people.add_actor(Uuid::from_u128(9), account.subject, Some("a@b".to_owned()));
    assert!(may_sign(&account, &closed, &[], &people).is_ok());
}

#[test]
fn links_are_transitive_and_ended_ones_count_for_earlier_episodes() {
    let (near, far) = (console_account(50, "a@b"), console_account(51, "c@d"));
    let actor = reviewer(1);
    let closed = episode(false);
    let links = |ended| vec![link(&near, &far, None), link(&far, &actor, ended)];
    for (ended, refused) in [
        (None, true),
        (Some(0), true),
        (Some(5), true),
        (Some(-1), false),
    ] {
        let people = People::new(links(ended));
        assert_eq!(
            may_sign(&near, &closed, &[], &people).is_err(),
            refused,
            "{ended:?}"
        );
        assert_eq!(people.are_one(&actor, &near, &closed), refused);
        assert!(people.are_one(&far, &near, &closed));
    }
    // Two accounts of one person are one reviewer.
    let signed = |reviewer: &Reviewer, hours| Signature {
        episode: Uuid::from_u128(1),
        reviewer: reviewer.clone(),
        at: at(hours),
    };
    let both = [signed(&near, 11), signed(&far, 12)];
    for (people, state) in [
        (People::default(), ReviewState::Reviewed),
        (
            People::new(vec![link(&far, &near, None)]),
            ReviewState::Pending,
        ),
    ] {
        let review_progress =
            Signed::of(&closed, &both, &people).review_progress(true, DAY, at(13));
        assert_eq!(review_progress.state, state);
    }
}
