//! Reviews of episodes: entries, standings, forms.

use app::model::{NotSaved, ReviewForm, ReviewPermission};
use domain::account::Subject;
use domain::episode::{Effect, Episode};
use domain::form::FieldError;
use domain::page::KeysetRow as _;
use domain::review::{Draft, Review, Reviewer, Signature, Verdict};

use super::{at, uuid};

/// A review is due three quarters of an hour after the clear.
pub const PATIENCE: i64 = 45 * 60_000_000;

pub fn signature(episode: &Episode, email: &str, when: &str) -> Signature {
    let account = email.bytes().map(u128::from).sum();
    Signature {
        episode: episode.key(),
        reviewer: Reviewer {
            subject: Subject::Console(uuid(account)),
            email: email.to_owned(),
        },
        at: at(when),
    }
}

pub const NOTE: &str = "The toggle was taken for the emergency stop. **Nothing was enforced.**\n\n1. The strategist's two algorithms went on trading.\n2. Three orders were created, two of them filled: see [the ticket](https://tickets.example.com/OMC-311).\n\n> “I pressed the red one.”\n\nFrom now on `omc:emergency_stop` is what the runbook says.";

pub fn reviews(episode: &Episode) -> Vec<Review> {
    let entry = |number, email, when, verdict, note: &str, known| Review {
        number,
        signature: signature(episode, email, when),
        verdict,
        cause: "The runbook names the toggle".to_owned(),
        action: if number == 1 {
            "Runbook changed, strategist told"
        } else {
            ""
        }
        .to_owned(),
        note: note.to_owned(),
        known,
    };
    let early = Effect {
        rejections: 1,
        leaked_approvals: 2,
        leaked_orders: 1,
    };
    let all = Effect {
        rejections: 1,
        leaked_approvals: 6,
        leaked_orders: 3,
    };
    vec![
        entry(
            1,
            "reviewer@example.com",
            "2026-11-23T07:36:40Z",
            Verdict::FailedToStop,
            "Trades go on; I am looking into it.",
            early,
        ),
        entry(
            2,
            "reviewer@example.com",
            "2026-11-23T07:58:11.204Z",
            Verdict::FailedToStop,
            NOTE,
            all,
        ),
        entry(
            3,
            "second.pair.of.eyes@example.com",
            "2026-11-23T08:40:03.771Z",
            Verdict::FailedToStop,
            "Seen, and agreed with.",
            all,
        ),
    ]
}

pub fn form() -> ReviewForm {
    ReviewForm {
        draft: Draft::default(),
        errors: Vec::new(),
        not_saved: None,
        seen: 0,
        facts: "open".to_owned(),
        key: uuid(900),
        has_signed: false,
    }
}

pub fn draft() -> Draft {
    Draft {
        verdict: "failed_to_stop".to_owned(),
        cause: "The toggle was taken for the emergency stop".to_owned(),
        action: String::new(),
        note: "Too short".to_owned(),
    }
}

/// Refused for two fields.
pub fn form_refused() -> ReviewPermission {
    let wrong = Draft {
        verdict: String::new(),
        ..draft()
    };
    let errors = wrong.check().unwrap_err();
    ReviewPermission::Open(Box::new(ReviewForm {
        draft: wrong,
        errors,
        ..form()
    }))
}

/// Somebody else signed meanwhile; the person has signed before.
pub fn form_overtaken() -> ReviewPermission {
    ReviewPermission::Open(Box::new(ReviewForm {
        draft: Draft {
            note: "Line one\nline two, which is long enough".to_owned(),
            ..draft()
        },
        errors: Vec::<FieldError>::new(),
        not_saved: Some(NotSaved::Overtaken),
        seen: 3,
        has_signed: true,
        ..form()
    }))
}
