//! The outcome of a decision: a short text for a row, a sentence for its page.

use domain::order::OrderLink;
use domain::time::Timestamp;
use domain::trade::Outcome;
pub use domain::wire::{Icon, Tone};

use super::html::Html;
use super::icon::write_icon;
use super::time::rough_span;
use super::visible::visible;

/// An outcome in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutcomeLabel {
    /// Its shape.
    pub mark: Icon,
    /// Its tone.
    pub tone: Tone,
    /// For a row: `Blocked · position size`.
    pub short: String,
    /// For the page's banner: `Blocked by the Guard: position size.`
    pub answer: String,
    /// Further explanation, in a sentence; may be empty.
    pub more: String,
}

impl OutcomeLabel {
    pub(super) fn new(
        mark: Icon,
        tone: Tone,
        short: impl Into<String>,
        answer: impl Into<String>,
    ) -> Self {
        Self {
            mark,
            tone,
            // The words may quote stored text.
            short: visible(&short.into()).into_owned(),
            answer: visible(&answer.into()).into_owned(),
            more: String::new(),
        }
    }

    pub(super) fn more(mut self, text: impl Into<String>) -> Self {
        self.more = visible(&text.into()).into_owned();
        self
    }

    /// Shape and short text.
    pub fn write(&self, html: &mut Html) {
        html.raw("<span class=\"out ");
        html.raw(self.tone.class()).raw("\">");
        write_icon(html, self.mark);
        html.text(&self.short).raw("</span>");
    }
}

/// Describes the outcome of a decision that was written at `decided`.
#[must_use]
pub fn outcome_label(
    outcome: Outcome,
    order: OrderLink<&str>,
    decided: Timestamp,
    now: Timestamp,
) -> OutcomeLabel {
    let waited = now.micros_since(decided);
    match outcome {
        Outcome::NoOrder => OutcomeLabel::new(
            Icon::Dash,
            Tone::Quiet,
            "No order",
            "HOLD: no order was called for.",
        ),
        Outcome::Pending => OutcomeLabel::new(
            Icon::Ring,
            if_stale(waited),
            format!("Pending {}", rough_span(waited)),
            "Pending: neither executed nor blocked.",
        )
        .more(format!("It was written {} ago.", rough_span(waited))),
        Outcome::Blocked(kind) => OutcomeLabel::new(
            Icon::Square,
            Tone::Stop,
            format!("Blocked · {}", kind.label()),
            format!("Blocked by the Guard: {}.", kind.label()),
        ),
        Outcome::BlockedYetExecuted(kind) => OutcomeLabel::new(
            Icon::Alert,
            Tone::Leak,
            format!("Blocked, yet executed · {}", kind.label()),
            format!("Blocked by the Guard ({}), and yet executed.", kind.label()),
        )
        .more("The row has a block reason and says that an order was submitted."),
        Outcome::Executed => order_label(order, waited),
    }
}

/// After this many microseconds, a pending order deserves attention.
const STALE: i64 = 60_000_000;

/// The tone of an order that has been pending for this many microseconds.
const fn if_stale(waited: i64) -> Tone {
    if waited > STALE {
        Tone::Warn
    } else {
        Tone::Quiet
    }
}

fn order_label(order: OrderLink<&str>, waited: i64) -> OutcomeLabel {
    let status = match order {
        OrderLink::Found(status) => status,
        OrderLink::Missing => {
            return OutcomeLabel::new(
                Icon::Alert,
                Tone::Leak,
                "Order missing",
                "Executed, but its order does not exist.",
            )
            .more("The decision names an order that the engine’s table of orders does not hold.");
        }
        OrderLink::None => {
            return OutcomeLabel::new(
                Icon::Alert,
                Tone::Leak,
                "Executed, no order",
                "Executed, but it names no order.",
            )
            .more("The row says that an order was submitted and does not say which.");
        }
    };
    status_label("Executed", status, waited)
}

/// Describes the status of a created order. `lead` is the text before it: `Executed`.
pub(super) fn status_label(lead: &str, status: &str, waited: i64) -> OutcomeLabel {
    let waiting = if_stale(waited);
    let since = rough_span(waited);
    match status {
        "filled" => OutcomeLabel::new(
            Icon::Dot,
            Tone::Ok,
            "Filled",
            format!("{lead}: its order was filled."),
        ),
        "partial" => OutcomeLabel::new(
            Icon::Half,
            Tone::Warn,
            "Partly filled",
            format!("{lead}: its order was filled in part."),
        ),
        "submitted" => OutcomeLabel::new(
            Icon::Ring,
            waiting,
            format!("Not filled for {since}"),
            format!("{lead}, but its order has not been filled for {since}."),
        )
        .more("The order was handed to the exchange and nothing has come back."),
        "pending" => OutcomeLabel::new(
            Icon::Ring,
            waiting,
            format!("Not sent for {since}"),
            format!("{lead}, but its order has not been sent for {since}."),
        )
        .more("The order exists and was not handed to the exchange."),
        "cancelled" => OutcomeLabel::new(
            Icon::Dash,
            Tone::Warn,
            "Order cancelled",
            format!("{lead}, then its order was cancelled."),
        ),
        "failed" => OutcomeLabel::new(
            Icon::Cross,
            Tone::Stop,
            "Order failed",
            format!("{lead}, but its order failed."),
        ),
        other => OutcomeLabel::new(
            Icon::Ring,
            Tone::Warn,
            format!("Order {other}"),
            format!("{lead}: its order says “{other}”."),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::block::BlockKind;

    fn told(outcome: Outcome, order: OrderLink<&str>, waited: i64) -> OutcomeLabel {
        let decided = Timestamp::from_postgres_micros(0);
        outcome_label(outcome, order, decided, decided.plus_micros(waited))
    }

    #[test]
    fn a_dangling_order_is_louder_than_a_block() {
        let missing = told(Outcome::Executed, OrderLink::Missing, 0);
        assert_eq!((missing.tone, missing.mark), (Tone::Leak, Icon::Alert));
        let blocked = told(
            Outcome::Blocked(BlockKind::PositionSize),
            OrderLink::None,
            0,
        );
        assert_eq!(blocked.tone, Tone::Stop);
        assert_eq!(blocked.short, "Blocked · position size");
    }

    #[test]
    fn an_order_that_waits_becomes_worth_a_look() {
        let submitted = "submitted";
        let fresh = told(Outcome::Executed, OrderLink::Found(submitted), 1_000_000);
        assert_eq!(fresh.tone, Tone::Quiet);
        let old = told(
            Outcome::Executed,
            OrderLink::Found(submitted),
            3 * 3_600_000_000,
        );
        assert_eq!(
            (old.tone, old.short.as_str()),
            (Tone::Warn, "Not filled for 3 h")
        );
    }

    #[test]
    fn a_status_of_a_later_release_is_shown_as_it_is() {
        let odd = "expired";
        assert_eq!(
            told(Outcome::Executed, OrderLink::Found(odd), 0).short,
            "Order expired"
        );
    }
}
