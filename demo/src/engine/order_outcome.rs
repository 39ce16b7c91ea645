//! Outcomes of orders at the paper exchange, and generated faults.

use rand::Rng;
use rand::rngs::StdRng;

/// How an approved order ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OrderOutcome {
    /// Completely filled.
    Filled,
    /// Partly filled, the rest cancelled.
    Partial,
    /// Cancelled before any fill.
    Cancelled,
    /// Rejected by the exchange.
    Failed,
    /// Remains submitted, since the executor crashed. Generated anomalies only.
    Stuck,
    /// The decision refers to an order that was never stored. Generated anomalies only.
    Missing,
    /// Completely filled, but not booked. Generated anomalies only.
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
