//! Columns of exports and of tables.

/// The kind of a column's values. It determines how values are read, how CSV and JSON print them, and how the OpenAPI
/// document describes them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// An id or a fixed word of the console; never guarded against spreadsheet formulas.
    Plain,
    /// An integer.
    Integer,
    /// Seconds with six decimals: `0.620925`.
    Seconds,
    /// `timestamptz`: RFC 3339 in UTC with six decimals.
    Time,
    /// Text that a person may have written.
    Text,
    /// Text from JSON that should be a number; not guarded if it is one.
    NumberText,
    /// `double precision`
    Float,
    /// `numeric`: exact; a string in JSON, so that no reader makes a float of it.
    Numeric,
    /// `boolean`
    Bool,
    /// `json`, as stored.
    Json,
}

/// A column of a view.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    /// Name in CSV headers, JSON lines and API rows: `price_at_decision`.
    pub name: &'static str,
    /// Kind of its values.
    pub kind: Kind,
    /// Whether exports and the API include it; otherwise only the table uses it.
    pub exported: bool,
}

impl Column {
    /// A column of exports and of the API.
    #[must_use]
    pub const fn exported(name: &'static str, kind: Kind) -> Self {
        Self {
            name,
            kind,
            exported: true,
        }
    }

    /// A column that is not exported; only the table uses it.
    #[must_use]
    pub const fn internal(name: &'static str, kind: Kind) -> Self {
        Self {
            name,
            kind,
            exported: false,
        }
    }
}

/// How a table cell is rendered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CellFormat {
    /// Text as stored.
    Text,
    /// The first of the columns that is not NULL, as text.
    FirstText,
    /// An id that the engine or the console generated.
    Id,
    /// Stored text that should be an id.
    Code,
    /// A fixed word of the console.
    Word,
    /// A time in the user's time zone.
    Time,
    /// An exact decimal.
    Amount,
    /// Text that should be a number.
    SpelledNumber,
    /// A confidence from 0 to 1.
    Confidence,
    /// Text that should be a confidence.
    SpelledConfidence,
    /// A whole number.
    Count,
    /// JSON on one line.
    Json,
    /// `BUY`, `SELL` or `HOLD` with its shape.
    Decision,
    /// A severity with its shape.
    Severity,
    /// Outcome of a decision, from `is_executed`, `block_reason`, `decision`, `execution_order_id`, `order_found`,
    /// `order_status`.
    TradeOutcome,
    /// Status of a decision's order, or that it does not exist, from `execution_order_id`, `order_found`,
    /// `order_status`.
    OrderStatus,
    /// Outcome of a signal, from `origin`, `outcome_event`, `outcome_verdict`, `rejection_reason`, `order_status`.
    SignalOutcome,
    /// Actor of an event, from `user_email`, `user_id`.
    EventActor,
    /// A kill-switch mechanism with its tag.
    Mechanism,
    /// Open or closed, from `cleared_at`.
    EpisodeState,
    /// Time from `activated_at` to `cleared_at`, or until now.
    Duration,
    /// Text, or "not cleared" where `cleared_at` is absent.
    Cleared,
    /// Leaked approvals and orders.
    Leaks,
    /// State of a review.
    Review,
    /// Subject of a finding, from `subject_kind`, `subject_id`.
    FindingSubject,
    /// Whether a finding is explained.
    FindingState,
}

/// A column that a view's table can show, besides the time.
#[derive(Clone, Copy, Debug)]
pub struct TableColumn {
    /// Its name in the URL parameter `cols`.
    pub name: &'static str,
    /// Its header.
    pub label: &'static str,
    /// CSS class of its cells; includes `num` for numbers.
    pub class: &'static str,
    /// How its cells are rendered.
    pub format: CellFormat,
    /// Names of the columns that its cells are rendered from.
    pub of: &'static [&'static str],
    /// Whether it is shown by default.
    pub default: bool,
}
