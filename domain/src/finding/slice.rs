//! Applies rules to the rows of a span.
//!
//! Findings about a row depend only on rows within [`CONTEXT`] of it. A span can therefore be checked by itself,
//! repeatedly and in any order, with the same result.

use std::collections::HashSet;

use uuid::Uuid;

use super::{DetailsCheck, Finding, clock, events, trades};
use crate::amount::Amount;
use crate::dossier::Span;
use crate::episode::Episode;
use crate::link::LINK_WITHIN;
use crate::time::Timestamp;

pub use super::clock::COMPARED;

/// Microseconds of rows before and after a span that are needed to check it.
pub const CONTEXT: i64 = 2 * LINK_WITHIN;
/// An order that is still open this many microseconds after its creation is a finding: 15 minutes.
pub const PATIENCE: i64 = 15 * 60_000_000;

/// A row of `audit_log`.
#[derive(Clone, Debug)]
pub struct EventRow {
    /// `id`
    pub id: Uuid,
    /// `timestamp`
    pub at: Timestamp,
    /// `event_type`
    pub event_type: String,
    /// `severity`
    pub severity: String,
    /// `user_id`
    pub user: Option<Uuid>,
    /// `details`, parsed.
    pub details: DetailsCheck,
    /// Id of the transaction that wrote the row, modulo 2^32; `None` if the table has none.
    pub transaction: Option<u32>,
}

/// A row of `orders`.
#[derive(Clone, Debug)]
pub struct OrderRow {
    /// `id`
    pub id: Uuid,
    /// `created_at`
    pub at: Timestamp,
    /// `user_id`
    pub user: Uuid,
    /// `algorithm_id`
    pub algorithm: Option<Uuid>,
    /// `coin_type`
    pub coin: String,
    /// `side`
    pub side: String,
    /// `quantity`
    pub quantity: Option<f64>,
}

/// A row of `trade_audit` with the state of its order.
#[derive(Clone, Debug)]
pub struct DecisionRow {
    /// `id`
    pub id: Uuid,
    /// `timestamp`
    pub at: Timestamp,
    /// `agent_id`
    pub agent: String,
    /// `asset`
    pub asset: String,
    /// `decision`
    pub decision: String,
    /// `confidence_score`
    pub confidence: f64,
    /// `is_executed`
    pub is_executed: bool,
    /// `execution_order_id`
    pub order: Option<Uuid>,
    /// `block_reason`
    pub block_reason: Option<String>,
    /// State of the order, if it exists.
    pub order_state: Option<OrderState>,
}

/// State of an order.
#[derive(Clone, Debug)]
pub struct OrderState {
    /// `status`
    pub status: String,
    /// `created_at`
    pub created_at: Timestamp,
    /// Whether `filled_at` is set.
    pub is_filled: bool,
}

impl OrderState {
    /// Whether it may still be filled.
    #[must_use]
    pub fn is_open(&self) -> bool {
        match self.status.as_str() {
            "pending" | "submitted" => true,
            "partial" => !self.is_filled,
            _ => false,
        }
    }
}

/// A row of `signal`.
#[derive(Clone, Debug)]
pub struct CollectorRow {
    /// `id`
    pub id: i64,
    /// `generated_at`
    pub at: Timestamp,
    /// `asset`
    pub asset: String,
    /// `strength`
    pub strength: f64,
}

/// The rows of a span and its context.
#[derive(Clone, Debug)]
pub struct Slice {
    /// The span. Findings are only about rows inside it.
    pub span: Span,
    /// Ordered by time and id.
    pub events: Vec<EventRow>,
    /// The [`COMPARED`] events after those, ordered by time and id.
    pub following: Vec<EventRow>,
    /// Ordered by time.
    pub orders: Vec<OrderRow>,
    /// Ordered by time.
    pub decisions: Vec<DecisionRow>,
    /// Collectors' rows of the span, without context.
    pub collectors: Vec<CollectorRow>,
}

/// A limit in AUD.
#[derive(Clone, Debug)]
pub struct Limit {
    /// Name for people: `rule “Desk position cap”`.
    pub name: String,
    /// Amount in AUD.
    pub amount: Amount,
    /// The user that it applies to; all users if `None`.
    pub user: Option<Uuid>,
    /// The algorithm that it applies to; all if `None`.
    pub algorithm: Option<Uuid>,
    /// Start of validity.
    pub since: Timestamp,
    /// End of validity, if any.
    pub until: Option<Timestamp>,
    /// When its row last changed.
    pub changed_at: Timestamp,
}

/// Reference data of the rules.
#[derive(Clone, Debug)]
pub struct Known<'a> {
    /// Time of the scan.
    pub now: Timestamp,
    /// Every kill-switch episode.
    pub episodes: &'a [Episode],
    /// Limits in AUD.
    pub limits: &'a [Limit],
    /// Ids of all algorithms.
    pub algorithms: &'a HashSet<Uuid>,
    /// The ids among [`Slice::users`] that exist.
    pub users: &'a HashSet<Uuid>,
}

/// Result of checking a slice.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// The findings.
    pub findings: Vec<Finding>,
    /// Executed decisions whose orders are still open, to be checked again.
    pub waiting: Vec<Uuid>,
}

impl Slice {
    /// The user ids in its rows, to be looked up.
    #[must_use]
    pub fn users(&self) -> HashSet<Uuid> {
        let of_events = self.events.iter().flat_map(events::named_users);
        of_events
            .filter_map(|id| Uuid::try_parse(&id).ok())
            .chain(self.orders.iter().map(|order| order.user))
            .collect()
    }

    /// Applies the rules to the rows of the span.
    #[must_use]
    pub fn look(&self, known: &Known<'_>) -> Found {
        let mut found = Found::default();
        let episodes: Vec<&Episode> = known
            .episodes
            .iter()
            .filter(|episode| {
                let inside = Span::inside(episode);
                inside.from < self.span.to && self.span.from < inside.to
            })
            .collect();
        events::look(self, known, &episodes, &mut found);
        trades::look(self, known, &mut found);
        clock::look(self, known, &mut found);
        found
    }
}
