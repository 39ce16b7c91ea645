//! The outcome of an executor's signal: a short text for a row, a sentence for its page.

use domain::block::BlockKind;
use domain::link::LINK_WITHIN;
use domain::signal::{SignalOutcome, Verdict};
use domain::time::Timestamp;

use super::outcome::{OutcomeLabel, status_label};
use domain::wire::{Icon, Tone};

/// Describes the outcome of a signal that was written at `signalled`.
#[must_use]
pub fn signal_label(outcome: &SignalOutcome, signalled: Timestamp, now: Timestamp) -> OutcomeLabel {
    let waited = now.micros_since(signalled);
    let SignalOutcome::Verdict { verdict, .. } = outcome else {
        return no_outcome_label(waited);
    };
    match verdict {
        Verdict::Rejected(reason) => rejected_label(reason.as_deref()),
        Verdict::Approved => approved_label(waited),
        Verdict::Ordered(status) => status_label("Approved", status, waited),
    }
}

/// The Guard's reason, if it rejected the signal.
#[must_use]
pub fn rejection(outcome: Option<&SignalOutcome>) -> Option<&str> {
    match outcome {
        Some(SignalOutcome::Verdict {
            verdict: Verdict::Rejected(reason),
            ..
        }) => reason.as_deref(),
        _ => None,
    }
}

fn rejected_label(reason: Option<&str>) -> OutcomeLabel {
    let Some(reason) = reason else {
        return OutcomeLabel::new(
            Icon::Square,
            Tone::Stop,
            "Rejected",
            "Rejected by the Guard.",
        )
        .more("The event does not say why.");
    };
    let label = BlockKind::of(reason).label();
    OutcomeLabel::new(
        Icon::Square,
        Tone::Stop,
        format!("Rejected · {label}"),
        format!("Rejected by the Guard: {label}."),
    )
}

fn approved_label(waited: i64) -> OutcomeLabel {
    // The order can lag the approval, and the approval the signal, by this much.
    if waited <= 2 * LINK_WITHIN {
        return OutcomeLabel::new(
            Icon::Ring,
            Tone::Quiet,
            "Approved",
            "Approved by the Guard; no order yet.",
        );
    }
    OutcomeLabel::new(
        Icon::Ring,
        Tone::Warn,
        "Approved, no order",
        "Approved by the Guard, but no order came of it.",
    )
    .more(
        "No order of this user, algorithm, coin and side was created within 10 s of the approval.",
    )
}

fn no_outcome_label(waited: i64) -> OutcomeLabel {
    if waited <= LINK_WITHIN {
        return OutcomeLabel::new(
            Icon::Ring,
            Tone::Quiet,
            "No verdict yet",
            "The Guard has not decided yet.",
        );
    }
    OutcomeLabel::new(
        Icon::Dash,
        Tone::Warn,
        "No verdict",
        "Nothing came of it: there is no verdict of the Guard.",
    )
    .more(
        "No approval or rejection of this user, algorithm, coin, side and quantity was written within 10 s.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn told(verdict: Option<Verdict>, waited: i64) -> OutcomeLabel {
        let outcome = verdict.map_or(SignalOutcome::Nothing, |verdict| SignalOutcome::Verdict {
            event: Uuid::nil(),
            verdict,
        });
        let signalled = Timestamp::from_postgres_micros(0);
        signal_label(&outcome, signalled, signalled.plus_micros(waited))
    }

    #[test]
    fn what_is_missing_is_worth_a_look_only_after_its_time() {
        assert_eq!(told(None, LINK_WITHIN).tone, Tone::Quiet);
        assert_eq!(told(None, LINK_WITHIN + 1).tone, Tone::Warn);
        let approved = |waited| told(Some(Verdict::Approved), waited);
        assert_eq!(approved(2 * LINK_WITHIN).short, "Approved");
        assert_eq!(approved(2 * LINK_WITHIN + 1).short, "Approved, no order");
    }

    #[test]
    fn a_rejection_says_what_it_is_about() {
        let rejected = |reason: &str| told(Some(Verdict::Rejected(Some(reason.to_owned()))), 0);
        assert_eq!(
            rejected("Daily loss limit exceeded").short,
            "Rejected · daily loss"
        );
        assert_eq!(rejected("<b>").short, "Rejected · other reason");
        assert_eq!(told(Some(Verdict::Rejected(None)), 0).short, "Rejected");
    }

    #[test]
    fn an_order_is_told_as_everywhere_after_an_approval() {
        let filled = told(Some(Verdict::Ordered("filled".to_owned())), 0);
        assert_eq!((filled.tone, filled.short.as_str()), (Tone::Ok, "Filled"));
        assert_eq!(filled.answer, "Approved: its order was filled.");
    }
}
