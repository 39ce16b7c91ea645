//! What the paper exchange makes of an order, and the accidents that are planted.

use rand::Rng;
use rand::rngs::StdRng;

/// How an approved order ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OrderOutcome {
    /// Filled whole.
    Filled,
    /// Filled in part, the rest given up.
    Partial,
    /// Cancelled before any fill.
    Cancelled,
    /// Refused by the exchange.
    Failed,
    /// Submitted for ever: the executor crashed on it. Planted only.
    Stuck,
    /// The decision names an order that was never stored. Planted only.
    Missing,
    /// Filled whole, but kept out of the paper books. Planted only.
    Unbooked,
}

/// Shares of orders, in 1/1000, that end otherwise than filled.
const PARTIAL: u32 = 9;
const CANCELLED: u32 = 7;
const FAILED: u32 = 12;

/// Messages of the exchange for orders that it refuses.
const ERRORS: [&str; 5] = [
    "Insufficient liquidity at the requested size",
    "Exchange timeout after 30 s",
    "HTTP 503 from exchange: service unavailable",
    "Rate limit exceeded, retry later",
    "Market is closed for maintenance",
];

/// Draws the end of an ordinary order.
pub fn draw(rng: &mut StdRng) -> OrderOutcome {
    match rng.random_range(0..1000) {
        ticket if ticket < PARTIAL => OrderOutcome::Partial,
        ticket if ticket < PARTIAL + CANCELLED => OrderOutcome::Cancelled,
        ticket if ticket < PARTIAL + CANCELLED + FAILED => OrderOutcome::Failed,
        _ => OrderOutcome::Filled,
    }
}

/// Draws the exchange's message for a refused order.
pub fn error_message(rng: &mut StdRng) -> &'static str {
    ERRORS[rng.random_range(0..ERRORS.len())]
}
