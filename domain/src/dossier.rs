//! The dossier of one kill-switch episode: what preceded it, the timeline around it, its leaks, and the resumption of
//! trading.

use uuid::Uuid;

use crate::amount::Amount;
use crate::episode::{Effect, Episode, History, KillSwitchEvent};
use crate::time::Timestamp;

/// A span of time, end exclusive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// Start, inclusive.
    pub from: Timestamp,
    /// End, exclusive.
    pub to: Timestamp,
}

impl Span {
    /// Its length in microseconds.
    #[must_use]
    pub const fn micros(self) -> i64 {
        self.to.micros_since(self.from)
    }

    /// Whether `at` is inside it.
    #[must_use]
    pub fn contains(self, at: Timestamp) -> bool {
        self.from <= at && at < self.to
    }

    /// The span from an episode's activation to its clear; an open episode has no end.
    #[must_use]
    pub fn inside(episode: &Episode) -> Self {
        Self {
            from: episode.activated_at(),
            to: episode.cleared_at().unwrap_or(Timestamp::INFINITY),
        }
    }

    /// The initial span of a dossier's timeline: the episode with a margin on both sides, up to `now` while it is open.
    #[must_use]
    pub fn around(episode: &Episode, now: Timestamp) -> Self {
        let from = episode.activated_at();
        let to = episode.cleared_at().unwrap_or(now).max(from);
        let margin = (to.micros_since(from) / 2).clamp(LEAST_MARGIN, MOST_MARGIN);
        Self {
            from: from.plus_micros(-margin),
            to: to.plus_micros(margin),
        }
    }
}

/// Margin on each side of an episode, in microseconds: a quarter of a second to a quarter of an hour.
const LEAST_MARGIN: i64 = 250_000;
const MOST_MARGIN: i64 = PRECEDING;
/// The time before an activation that a dossier covers, in microseconds: 15 minutes.
pub const PRECEDING: i64 = 15 * 60_000_000;
/// Orders that were created up to this many microseconds before an episode may still be in flight: one day.
pub const LOOK_BACK: i64 = 86_400_000_000;
/// Resumption of trading is searched for this many microseconds after a clear: one day.
pub const LOOK_AHEAD: i64 = 86_400_000_000;
/// Columns of a timeline with too many entries to draw each.
pub const COLUMNS: u16 = 120;

/// Columns of exports of an episode's timeline and leaks. `inside` says whether a row is inside the episode. `counts`
/// is false for the second row of a rejected attempt and for the Guard's second check of a trade.
pub const ENTRY_COLUMNS: &[&str] = &[
    "timestamp",
    "seconds_after_activation",
    "kind",
    "event_id",
    "order_id",
    "user",
    "algorithm_id",
    "algorithm_name",
    "coin",
    "side",
    "quantity",
    "value_aud",
    "reason",
    "order_status",
    "order_created_at",
    "order_filled_at",
    "inside",
    "counts",
];

/// Kind of a timeline entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// `ALGORITHM_SIGNAL`.
    Signal,
    /// `TRADE_APPROVED`.
    Approved,
    /// `TRADE_REJECTED`.
    Rejected,
    /// An order was created.
    Created,
    /// An order was submitted to the exchange.
    Submitted,
    /// An order was filled.
    Filled,
    /// An order was cancelled.
    Cancelled,
    /// An order failed.
    Failed,
}

impl Kind {
    /// All kinds, in the order of a trade.
    pub const ALL: [Self; 8] = [
        Self::Signal,
        Self::Approved,
        Self::Rejected,
        Self::Created,
        Self::Submitted,
        Self::Filled,
        Self::Cancelled,
        Self::Failed,
    ];

    /// Its word in exports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Signal => "signal",
            Self::Approved => "approved",
            Self::Rejected => "rejected",
            Self::Created => "order_created",
            Self::Submitted => "order_submitted",
            Self::Filled => "order_filled",
            Self::Cancelled => "order_cancelled",
            Self::Failed => "order_failed",
        }
    }

    /// Parses the word of [`Kind::as_str`].
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }

    /// Whether it is an event of `audit_log` rather than of an order.
    #[must_use]
    pub const fn is_event(self) -> bool {
        matches!(self, Self::Signal | Self::Approved | Self::Rejected)
    }

    /// Whether it is a leak when inside an episode.
    #[must_use]
    pub const fn leaks(self) -> bool {
        matches!(self, Self::Approved | Self::Created)
    }
}

/// An entry of a timeline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimelineEntry {
    /// Its time.
    pub at: Timestamp,
    /// Its kind.
    pub kind: Kind,
    /// The event's id, or the order's.
    pub id: Uuid,
    /// The user's e-mail, else id.
    pub user: Option<String>,
    /// The algorithm's id, as in the row.
    pub algorithm_id: Option<String>,
    /// The algorithm's name, if it exists.
    pub algorithm_name: Option<String>,
    /// Coin.
    pub coin: Option<String>,
    /// `buy` or `sell`.
    pub side: Option<String>,
    /// Quantity, exactly as written.
    pub quantity: Option<String>,
    /// Value in AUD: of an approval its trade value as written, of an order the filled quantity times the price.
    pub value: Option<String>,
    /// Reason of a rejection, or of an order's failure.
    pub reason: Option<String>,
    /// Present status of an order.
    pub status: Option<String>,
    /// When an order was created.
    pub created_at: Option<Timestamp>,
    /// When an order was filled.
    pub filled_at: Option<Timestamp>,
    /// Whether it is the second row of a rejected attempt or the Guard's second check of a trade, and so not counted.
    pub is_second: bool,
}

/// The number of entries of a kind in a column of the timeline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bucket {
    /// The kind.
    pub kind: Kind,
    /// The column, 0 to [`COLUMNS`] − 1.
    pub column: u16,
    /// The number.
    pub count: u64,
}

/// The timeline of a span.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Timeline {
    /// The span.
    pub span: Span,
    /// Its first entries, in order.
    pub entries: Vec<TimelineEntry>,
    /// Numbers of entries per column, if there are more than are listed; `None` if counting timed out.
    pub buckets: Option<Vec<Bucket>>,
    /// Whether there are more entries than are listed.
    pub more: bool,
}

/// Leaks of an episode, and orders that were in flight.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Leaks {
    /// The first leaks, in order: approvals and orders created inside.
    pub entries: Vec<TimelineEntry>,
    /// Whether there are more leaks than are listed.
    pub more: bool,
    /// Orders that were created before and filled inside: not leaks.
    pub in_flight: Vec<TimelineEntry>,
    /// Whether more orders were in flight than are listed.
    pub more_in_flight: bool,
    /// Orders that were open when the episode began.
    pub open_at_activation: u64,
    /// Time of the last fill inside.
    pub last_fill: Option<Timestamp>,
}

/// The exact value of the leaks in AUD.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeakedValue {
    /// Sum of trade values, each trade once.
    pub approved_once: Amount,
    /// Sum of trade values of all approvals, including second checks.
    pub approved_all: Amount,
    /// Approvals that are second checks.
    pub second_checks: u64,
    /// Approvals whose trade value is missing or no number.
    pub without_value: u64,
    /// Sum of the fills of orders created inside, price times quantity.
    pub filled: Amount,
    /// Orders created inside that were at least partly filled.
    pub filled_orders: u64,
    /// Those without a price, which are not in the sum.
    pub filled_without_price: u64,
}

impl Default for LeakedValue {
    /// No leaks.
    fn default() -> Self {
        Self {
            approved_once: Amount::zero(),
            approved_all: Amount::zero(),
            second_checks: 0,
            without_value: 0,
            filled: Amount::zero(),
            filled_orders: 0,
            filled_without_price: 0,
        }
    }
}

/// Activity in the last 15 minutes before an activation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Preceding {
    /// Signals of executors.
    pub signals: u64,
    /// Approvals.
    pub approvals: u64,
    /// Rejected attempts.
    pub rejections: u64,
    /// Orders created.
    pub orders: u64,
    /// Whether a rejection said that limits were halved because the market was volatile.
    pub volatile: bool,
}

/// The first trading activity after a clear.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Resumption {
    /// First approval within a day.
    pub approval: Option<Timestamp>,
    /// First order created within a day.
    pub order: Option<Timestamp>,
}

/// A risk rule that existed before the activation and is active now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RiskRule {
    /// Its name.
    pub name: String,
    /// `max_position_size`, or what the engine wrote.
    pub rule_type: String,
    /// The limit, as stored JSON.
    pub value: Option<String>,
    /// When it last changed. If that is after the activation, it may have been different then.
    pub updated_at: Timestamp,
}

/// Context of an activation, as far as the engine's tables have it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RiskContext {
    /// Active rules; `None` if the table cannot be read.
    pub rules: Option<Vec<RiskRule>>,
    /// Value in AUD of today's positions at past prices, every five minutes, from one hour before the activation; empty
    /// without prices.
    pub equity: Vec<(Timestamp, Amount)>,
}

/// State of the kill switches just before an activation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PriorState {
    /// The last kill-switch event before it.
    pub last: Option<KillSwitchEvent>,
    /// Episodes that were already open.
    pub open: Vec<Episode>,
}

impl PriorState {
    /// The state before `episode`, from `history`.
    #[must_use]
    pub fn of(episode: &Episode, history: &History) -> Self {
        let begin = (episode.activated_at(), episode.key());
        let last = history
            .events()
            .filter(|event| (event.event.timestamp, event.event.id) < begin)
            .max_by_key(|event| (event.event.timestamp, event.event.id));
        let open = history
            .episodes
            .iter()
            .filter(|other| (other.activated_at(), other.key()) < begin)
            .filter(|other| {
                other
                    .cleared_at()
                    .is_none_or(|at| at > episode.activated_at())
            });
        Self {
            last: last.cloned(),
            open: open.cloned().collect(),
        }
    }
}

/// Everything about one episode except its review.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dossier {
    /// The episode with its raw rows.
    pub episode: Episode,
    /// What happened inside it, counted.
    pub effect: Effect,
    /// Other episodes that overlap with it.
    pub overlapping: Vec<Episode>,
    /// State of the kill switches before.
    pub before: PriorState,
    /// Activity in the last 15 minutes before.
    pub preceding: Preceding,
    /// Risk rules and equity.
    pub risk_context: RiskContext,
    /// Timeline of the requested span.
    pub timeline: Timeline,
    /// Leaks.
    pub leaks: Leaks,
    /// Value of the leaks; `None` if summing timed out.
    pub value: Option<LeakedValue>,
    /// Resumption of trading; `None` while the episode is open.
    pub resumption: Option<Resumption>,
}
