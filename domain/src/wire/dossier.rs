//! One kill-switch episode's dossier.
//!
//! Amounts are strings: exact decimals, as stored or added up.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::time::Timestamp;

/// `GET /api/v1/kill-switch/{id}`. Its members keep the order in which they were first published.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Dossier {
    /// Id of the activating event.
    pub id: String,
    /// `emergency_stop` or `toggle`.
    pub mechanism: String,
    /// Whether the Guard enforces a stop of this mechanism.
    pub enforced: bool,
    /// When it began.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub activated_at: Timestamp,
    /// Who or what began it.
    pub activated_by: String,
    /// When it ended; none while it is open.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = DateTime, required))]
    pub cleared_at: Option<Timestamp>,
    /// Who ended it.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub cleared_by: Option<String>,
    /// From activation to clear, in microseconds.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub duration_micros: Option<i64>,
    /// Trades that the Guard rejected inside it.
    pub rejections: u64,
    /// Trades that were approved inside it.
    pub leaked_approvals: u64,
    /// Orders that were created inside it.
    pub leaked_orders: u64,
    /// What slipped through, in AUD; none where nothing did.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub leaked_value_aud: Option<LeakedValue>,
    /// The raw rows that make the episode.
    pub events: Vec<DossierEvent>,
    /// Ids of episodes that overlap with it.
    pub overlapping: Vec<String>,
    /// What the record said before it.
    pub before: AlreadyOpen,
    /// What happened in the quarter of an hour before it.
    pub preceding_15_minutes: Preceding,
    /// What slipped through, earliest first.
    pub leaks: Vec<TimelineEntry>,
    /// Whether there are more leaks than listed.
    pub leaks_cut: bool,
    /// Orders that were created before the stop and changed inside it.
    pub in_flight: Vec<TimelineEntry>,
    /// Whether there are more of them than listed.
    pub in_flight_cut: bool,
    /// Orders that were open at the activation.
    pub open_orders_at_activation: u64,
    /// The last fill inside the episode.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = DateTime, required))]
    pub last_fill_at: Option<Timestamp>,
    /// The first trades after it; none while it is open.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub resumption: Option<Resumption>,
    /// The risk rules as they are now; none where they cannot be read.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub risk_rules: Option<Vec<RiskRule>>,
    /// The account's equity around the activation.
    pub equity_aud: Vec<EquityPoint>,
    /// Whether it is reviewed.
    pub review: ReviewSummary,
    /// Every review that was signed, oldest first.
    pub reviews: Vec<DossierReview>,
}

/// The worth of what slipped through, in AUD.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LeakedValue {
    /// Approved trades whose value is not known.
    pub approvals_without_value: u64,
    /// The approved trades, each counted once.
    pub approved_each_trade_once: String,
    /// The approvals, second checks of a trade included.
    pub approved_with_second_checks: String,
    /// What was filled.
    pub filled: String,
    /// Orders that were filled.
    pub filled_orders: u64,
    /// Filled orders without a price, which are not in `filled`.
    pub filled_orders_without_price: u64,
    /// Approvals that check a trade a second time.
    pub second_checks: u64,
}

/// A raw row of the engine's event log.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DossierEvent {
    /// Its id.
    pub id: String,
    /// What it is to the episode: `activation`, `activation, second row`, `activation while active` or `clear`.
    pub role: String,
    /// When it was written.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub timestamp: Timestamp,
    /// Its type, as stored.
    pub event_type: String,
    /// Its severity, as stored.
    pub severity: String,
    /// Who wrote it.
    pub actor: String,
    /// Its details: the json exactly as stored.
    #[cfg_attr(feature = "openapi", schema(value_type = serde_json::Value, required))]
    pub details: Option<Box<RawValue>>,
}

/// What the record said before the activation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AlreadyOpen {
    /// The last kill-switch event before it.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub last_event: Option<LastEvent>,
    /// Ids of the episodes that were open.
    pub open_episodes: Vec<String>,
}

/// A kill-switch event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LastEvent {
    /// Its type, as stored.
    pub event_type: String,
    /// Its id.
    pub id: String,
    /// When it was written.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub timestamp: Timestamp,
}

/// What happened in the quarter of an hour before the activation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Preceding {
    /// Trades that were approved.
    pub approvals: u64,
    /// Whether the Guard's rejections name a volatile market.
    pub market_volatile: bool,
    /// Orders that were created.
    pub orders: u64,
    /// Trades that were rejected.
    pub rejections: u64,
    /// Signals of algorithms.
    pub signals: u64,
}

/// An approval or an order of the episode's timeline.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TimelineEntry {
    /// The algorithm.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub algorithm_id: Option<String>,
    /// Its name.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub algorithm_name: Option<String>,
    /// The coin.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub coin: Option<String>,
    /// Id of the event or order.
    pub id: String,
    /// Of an approval, whether it checks a trade a second time.
    pub is_second_check: bool,
    /// What happened.
    pub kind: String,
    /// Microseconds after the activation; negative before it.
    pub micros_after_activation: i64,
    /// When the order was created.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = DateTime, required))]
    pub order_created_at: Option<Timestamp>,
    /// When the order was filled.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = DateTime, required))]
    pub order_filled_at: Option<Timestamp>,
    /// The order's status, as stored.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub order_status: Option<String>,
    /// How much, in the engine's own unit.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub quantity: Option<String>,
    /// `BUY` or `SELL`, as stored.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub side: Option<String>,
    /// When it happened.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub timestamp: Timestamp,
    /// Whose trade it is.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub user: Option<String>,
    /// Its worth in AUD.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub value_aud: Option<String>,
}

/// When trading went on after the clear.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Resumption {
    /// The first approval.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = DateTime, required))]
    pub first_approval_at: Option<Timestamp>,
    /// The first order.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = DateTime, required))]
    pub first_order_at: Option<Timestamp>,
}

/// A risk rule of the engine, as it is now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RiskRule {
    /// Its name.
    pub name: String,
    /// Its type.
    pub rule_type: String,
    /// When it was last changed.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub updated_at: Timestamp,
    /// Its value, as stored.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub value: Option<String>,
}

/// The account's equity at a moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EquityPoint {
    /// The moment.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub at: Timestamp,
    /// The equity in AUD.
    pub value: String,
}

/// Whether an episode is reviewed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReviewSummary {
    /// When the review is due.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub due_at: Timestamp,
    /// What the review lacks; none when it is done.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub needs: Option<ReviewNeeds>,
    /// When it was done.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = DateTime, required))]
    pub reviewed_at: Option<Timestamp>,
    /// E-mails of the reviewers whose signatures count.
    pub reviewed_by: Vec<String>,
    /// `pending`, `reviewed` or `overdue`.
    pub state: String,
}

/// What a review lacks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ReviewNeeds {
    /// A signature.
    Reviewer,
    /// A second signature, because something slipped through.
    SecondReviewer,
    /// That the episode is cleared.
    Clear,
    /// A signature after the clear.
    ReviewerAfterClear,
}

/// A signed review.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DossierReview {
    /// What was done.
    pub action: String,
    /// The cause.
    pub cause: String,
    /// What was known when it was signed.
    pub known: Known,
    /// A note.
    pub note: String,
    /// 1 for the first.
    pub number: u32,
    /// E-mail of the reviewer.
    pub reviewer: String,
    /// `justified`, `false_alarm`, `failed_to_stop` or `drill`.
    pub verdict: String,
    /// When it was signed.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub written_at: Timestamp,
}

/// What was known of an episode when a review was signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Known {
    /// Trades that were approved inside the episode.
    pub leaked_approvals: u64,
    /// Orders that were created inside it.
    pub leaked_orders: u64,
    /// Trades that were rejected inside it.
    pub rejections: u64,
}
