//! What is known of one kill-switch episode: what came before, what happened around it and inside it,
//! what slipped through, and how trading resumed.

use uuid::Uuid;

use crate::amount::Amount;
use crate::episode::{Effect, Episode, History, KillSwitchEvent};
use crate::time::Timestamp;

/// A span of time, its end excluded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// From this moment.
    pub from: Timestamp,
    /// To this one, which is no longer part of it.
    pub to: Timestamp,
}

impl Span {
    /// Its length in microseconds.
    #[must_use]
    pub const fn micros(self) -> i64 {
        self.to.micros_since(self.from)
    }

    /// Whether `at` lies in it.
    #[must_use]
    pub fn contains(self, at: Timestamp) -> bool {
        self.from <= at && at < self.to
    }

    /// The span from an episode's activation to its clear; an open one has no end.
    #[must_use]
    pub fn inside(episode: &Episode) -> Self {
        Self {
            from: episode.activated_at(),
            to: episode.cleared_at().unwrap_or(Timestamp::INFINITY),
        }
    }

    /// What a dossier shows at first: the episode with some room on both sides, up to `now` while it is
    /// open.
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

/// Room on each side of an episode, in microseconds: at least a quarter of a second, at most a quarter
/// of an hour.
const LEAST_MARGIN: i64 = 250_000;
const MOST_MARGIN: i64 = PRECEDING;
/// What counts as before an activation: the last 15 minutes, in microseconds.
pub const PRECEDING: i64 = 15 * 60_000_000;
/// Orders that were created up to this many microseconds before an episode are looked at for what
/// was still under way: a day.
pub const LOOK_BACK: i64 = 86_400_000_000;
/// After a clear, trading is looked for so many microseconds: a day.
pub const LOOK_AHEAD: i64 = 86_400_000_000;
/// Columns of a timeline that has too many moments to draw each.
pub const COLUMNS: u16 = 120;

/// Columns of an episode's timeline and of its leaks. The last two say how a row is counted: `inside` the
/// episode, and `counts`, which is false for the second row of a rejected attempt and for the Guard's
/// second check of a trade.
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

/// What happened at a moment of the timeline.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// `ALGORITHM_SIGNAL`.
    Signal,
    /// `TRADE_APPROVED`.
    Approved,
    /// `TRADE_REJECTED`.
    Rejected,
    /// An order's row was made.
    Created,
    /// It was handed to the exchange.
    Submitted,
    /// It was filled.
    Filled,
    /// It was cancelled.
    Cancelled,
    /// It failed.
    Failed,
}

impl Kind {
    /// Every kind, in the order of a trade.
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

    /// As exports spell it.
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

    /// Reads what [`Kind::as_str`] says.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }

    /// Whether it is an event of `audit_log`; else it is a moment of an order.
    #[must_use]
    pub const fn is_event(self) -> bool {
        matches!(self, Self::Signal | Self::Approved | Self::Rejected)
    }

    /// Whether, inside an episode, it means that something slipped through.
    #[must_use]
    pub const fn leaks(self) -> bool {
        matches!(self, Self::Approved | Self::Created)
    }
}

/// Something that happened at a moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimelineEntry {
    /// When.
    pub at: Timestamp,
    /// What.
    pub kind: Kind,
    /// The event's id, or the order's.
    pub id: Uuid,
    /// Whose: e-mail, else id.
    pub user: Option<String>,
    /// The algorithm's id, as the row spells it.
    pub algorithm_id: Option<String>,
    /// Its name, where it still exists.
    pub algorithm_name: Option<String>,
    /// Coin.
    pub coin: Option<String>,
    /// `buy` or `sell`.
    pub side: Option<String>,
    /// Quantity, exactly as written.
    pub quantity: Option<String>,
    /// AUD: an approval's trade value as written; of an order what was filled, price times quantity.
    pub value: Option<String>,
    /// Why it was rejected, or why an order failed.
    pub reason: Option<String>,
    /// An order's status now.
    pub status: Option<String>,
    /// When an order's row was made.
    pub created_at: Option<Timestamp>,
    /// When it was filled.
    pub filled_at: Option<Timestamp>,
    /// The second row of a rejected attempt, or the Guard's second check of a trade: not counted again.
    pub is_second: bool,
}

/// How many moments of a kind fall into a column of the timeline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bucket {
    /// Which kind.
    pub kind: Kind,
    /// 0 to [`COLUMNS`] − 1.
    pub column: u16,
    /// How many.
    pub count: u64,
}

/// What happened in a span of time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Timeline {
    /// The span.
    pub span: Span,
    /// The first moments of it, in order.
    pub entries: Vec<TimelineEntry>,
    /// How many fall into each column, where there are more moments than are listed; none when even
    /// counting them took too long.
    pub buckets: Option<Vec<Bucket>>,
    /// Whether there are more moments than are listed.
    pub more: bool,
}

/// What slipped through, and what was under way.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Leaks {
    /// The first approvals and orders created inside, in order.
    pub entries: Vec<TimelineEntry>,
    /// Whether there are more than are listed.
    pub more: bool,
    /// Orders that were created before and filled inside: not leaks.
    pub in_flight: Vec<TimelineEntry>,
    /// Whether there are more of them than are listed.
    pub more_in_flight: bool,
    /// Orders that were neither filled nor ended when the episode began.
    pub open_at_activation: u64,
    /// When the last order was filled inside.
    pub last_fill: Option<Timestamp>,
}

/// What slipped through in AUD, exact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeakedValue {
    /// Trade values of the approvals, each trade once.
    pub approved_once: Amount,
    /// Trade values of all approvals, the Guard's second checks included.
    pub approved_all: Amount,
    /// Approvals that are second checks.
    pub second_checks: u64,
    /// Approvals whose trade value is missing or no number.
    pub without_value: u64,
    /// What the orders created inside were filled for, price times quantity.
    pub filled: Amount,
    /// Orders created inside that were filled, in part at least.
    pub filled_orders: u64,
    /// Those of them without a price, which cannot be in the sum.
    pub filled_without_price: u64,
}

impl Default for LeakedValue {
    /// Nothing slipped through.
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

/// The last 15 minutes before an activation.
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
    /// Whether a rejection said that limits were halved: the market was marked volatile.
    pub volatile: bool,
}

/// The first signs of trading after a clear.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Resumption {
    /// First approval within a day.
    pub approval: Option<Timestamp>,
    /// First order created within a day.
    pub order: Option<Timestamp>,
}

/// A dynamic limit of the engine that was made before the activation and is active now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RiskRule {
    /// Its name.
    pub name: String,
    /// `max_position_size`, or what the engine wrote.
    pub rule_type: String,
    /// The limit, json as stored.
    pub value: Option<String>,
    /// When it last changed: after the activation, it may have been another one then.
    pub updated_at: Timestamp,
}

/// What an activation is read against, as far as the engine's tables have it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RiskContext {
    /// Limits in force; none when the table cannot be read.
    pub rules: Option<Vec<RiskRule>>,
    /// Today's positions at the prices of the hour before and the time of the activation, AUD, every
    /// five minutes; empty where there are no prices.
    pub equity: Vec<(Timestamp, Amount)>,
}

/// What the switches said just before an activation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PriorState {
    /// The last kill-switch event before it.
    pub last: Option<KillSwitchEvent>,
    /// Episodes that were open already.
    pub open: Vec<Episode>,
}

impl PriorState {
    /// What `history` says of the time before `episode`.
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

/// Everything about one episode but its review.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dossier {
    /// The episode with its raw rows.
    pub episode: Episode,
    /// What happened inside it.
    pub effect: Effect,
    /// Other episodes that share a moment with it.
    pub overlapping: Vec<Episode>,
    /// What the switches said before.
    pub before: PriorState,
    /// The last 15 minutes before.
    pub preceding: Preceding,
    /// What it is read against.
    pub risk_context: RiskContext,
    /// What happened in the span that is shown.
    pub timeline: Timeline,
    /// What slipped through.
    pub leaks: Leaks,
    /// In AUD; none when adding it up took too long.
    pub value: Option<LeakedValue>,
    /// How trading resumed; none while the episode is open.
    pub resumption: Option<Resumption>,
}
