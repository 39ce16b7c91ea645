//! Columns of exports and of tables.

/// What kind of value a column holds. It decides how the value is read, spelled in CSV and JSON, and described in the
/// OpenAPI document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// An id or one of the console's own words: never guarded against spreadsheet formulas.
    Plain,
    /// An integer.
    Integer,
    /// Seconds with six decimals: `0.620925`.
    Seconds,
    /// `timestamptz`: RFC 3339 in UTC with six decimals.
    Time,
    /// Text that somebody may have written.
    Text,
    /// Text out of json that should spell a number, left alone while it does.
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
    /// Its name in CSV headers, JSON lines and API rows: `price_at_decision`.
    pub name: &'static str,
    /// What it holds.
    pub kind: Kind,
    /// Whether exports and the API have it; else it only serves the table.
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

    /// A column that only the table needs.
    #[must_use]
    pub const fn internal(name: &'static str, kind: Kind) -> Self {
        Self {
            name,
            kind,
            exported: false,
        }
    }
}

/// How a cell of the table is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CellFormat {
    /// Text as stored.
    Text,
    /// The first of the columns that is there, as text.
    FirstText,
    /// An id of the engine's or the console's own making.
    Id,
    /// Text as stored that should be an id.
    Code,
    /// A word that the console itself wrote.
    Word,
    /// A time in the person's zone.
    Time,
    /// An exact decimal.
    Amount,
    /// A text that should spell a number.
    SpelledNumber,
    /// A confidence from 0 to 1.
    Confidence,
    /// A text that should spell a confidence.
    SpelledConfidence,
    /// A whole number.
    Count,
    /// json on one line.
    Json,
    /// `BUY`, `SELL`, `HOLD` with their shape.
    Decision,
    /// A severity with its shape.
    Severity,
    /// What became of a decision: `is_executed`, `block_reason`, `decision`, `execution_order_id`, `order_found`,
    /// `order_status`.
    TradeOutcome,
    /// The status of a decision's order, or that it does not exist: `execution_order_id`, `order_found`, `order_status`.
    OrderStatus,
    /// What became of a signal: `outcome_event`, `outcome_verdict`, `rejection_reason`, `became_status`.
    SignalOutcome,
    /// Who caused an event: `user_email`, `user_id`.
    EventActor,
    /// A kill-switch mechanism with its tag.
    Mechanism,
    /// Open or closed: `cleared_at`.
    EpisodeState,
    /// From `activated_at` to `cleared_at`, or until now.
    Duration,
    /// Text, or "not cleared" where `cleared_at` is absent.
    Cleared,
    /// Leaked approvals and orders.
    Leaks,
    /// How far a review has got.
    Review,
    /// What a finding is about: `subject_kind`, `subject_id`.
    FindingSubject,
    /// Whether a finding is explained.
    FindingState,
}

/// A column that a view's table can show, beside its time.
#[derive(Clone, Copy, Debug)]
pub struct TableColumn {
    /// Its name in the URL parameter `cols`.
    pub name: &'static str,
    /// Its header.
    pub label: &'static str,
    /// The class of its cells; a number's has `num`.
    pub class: &'static str,
    /// How its cells are written.
    pub format: CellFormat,
    /// The columns that its cells are written from, by name.
    pub of: &'static [&'static str],
    /// Whether it is shown to those who have chosen no columns.
    pub default: bool,
}
