//! The rules over rows, span by span.
//!
//! What is found about a row depends on the rows around it, [`CONTEXT`] to each side at the most: so a span
//! can be looked at by itself, again, and in any order, and gives the same.

use std::collections::HashSet;

use uuid::Uuid;

use super::{DetailsCheck, Finding, clock, events, trades};
use crate::amount::Amount;
use crate::dossier::Span;
use crate::episode::Episode;
use crate::link::LINK_WITHIN;
use crate::time::Timestamp;

pub use super::clock::COMPARED;

/// So many microseconds of rows before and after a span are needed to look at it.
pub const CONTEXT: i64 = 2 * LINK_WITHIN;
/// An order that is still open so many microseconds after its making is a finding: 15 minutes.
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
    /// What `details` say.
    pub details: DetailsCheck,
    /// The transaction that wrote the row, as PostgreSQL numbers them: modulo 2^32. None where the table
    /// has no such thing.
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

/// A row of `trade_audit` with the state of the order that it names.
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
    /// What is known of that order, where it exists.
    pub order_state: Option<OrderState>,
}

/// How far an order has got.
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
    /// Whether something may still come of it.
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

/// The rows of a span, and those of its context.
#[derive(Clone, Debug)]
pub struct Slice {
    /// What is looked at. Findings are about rows inside it alone.
    pub span: Span,
    /// Ordered by time and id.
    pub events: Vec<EventRow>,
    /// The [`COMPARED`] events after those, ordered by time and id.
    pub following: Vec<EventRow>,
    /// Ordered by time.
    pub orders: Vec<OrderRow>,
    /// Ordered by time.
    pub decisions: Vec<DecisionRow>,
    /// Those of the span itself.
    pub collectors: Vec<CollectorRow>,
}

/// A limit in AUD.
#[derive(Clone, Debug)]
pub struct Limit {
    /// In words: `rule “Desk position cap”`.
    pub name: String,
    /// AUD.
    pub amount: Amount,
    /// Whom it binds; everybody where none.
    pub user: Option<Uuid>,
    /// Which algorithm it binds; all where none.
    pub algorithm: Option<Uuid>,
    /// From when on it was in force.
    pub since: Timestamp,
    /// Until when.
    pub until: Option<Timestamp>,
    /// When its row changed last.
    pub changed_at: Timestamp,
}

/// What the rules know besides the rows.
#[derive(Clone, Debug)]
pub struct Known<'a> {
    /// The moment of the look.
    pub now: Timestamp,
    /// Every kill-switch episode.
    pub episodes: &'a [Episode],
    /// Limits in AUD.
    pub limits: &'a [Limit],
    /// Every algorithm's id.
    pub algorithms: &'a HashSet<Uuid>,
    /// The users that exist, of those that the slice names ([`Slice::users`]).
    pub users: &'a HashSet<Uuid>,
}

/// What was found in a slice.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// The findings.
    pub findings: Vec<Finding>,
    /// Executed decisions whose orders are still open: to be looked at again.
    pub waiting: Vec<Uuid>,
}

impl Slice {
    /// The ids that its rows use for users, to be looked up.
    #[must_use]
    pub fn users(&self) -> HashSet<Uuid> {
        let of_events = self.events.iter().flat_map(events::named_users);
        of_events
            .filter_map(|id| Uuid::try_parse(&id).ok())
            .chain(self.orders.iter().map(|order| order.user))
            .collect()
    }

    /// Looks at the rows of the span.
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
