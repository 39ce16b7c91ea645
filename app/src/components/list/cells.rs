//! The cells of a list's table. Each shows one or more values of the row, in the catalogue's format.

use domain::amount::group_thousands;
use domain::catalogue::{CellFormat, ListRow, Value};
use domain::episode::Mechanism;
use domain::event::actor_label;
use domain::filter::ParamEnum;
use domain::finding::{FindingState, Subject, SubjectKind};
use domain::order::OrderLink;
use domain::review::ReviewState;
use domain::signal::SignalOutcome;
use domain::time::Timestamp;
use domain::trade::Outcome;
use leptos::prelude::*;
use uuid::Uuid;

use crate::components::decision::write_decision;
use crate::components::episode::{
    EpisodeState, Leaks, MechanismTag, duration_words, mechanism_name,
};
use crate::components::finding::{FindingStateTag, SubjectLink};
use crate::components::html::Html;
use crate::components::json::write_one_line;
use crate::components::number::{
    write_amount, write_confidence, write_spelled, write_spelled_confidence,
};
use crate::components::outcome::outcome_label;
use crate::components::review::ReviewStateTag;
use crate::components::severity::write_severity;
use crate::components::signal_outcome::signal_label;
use crate::components::text::{cut, or_none, write_none, write_stored, write_stored_or_none};
use crate::components::time::write_timestamp;
use crate::components::visible::visible;
use crate::model::PageContext;

/// Cells of at most this many bytes are never truncated.
const ALWAYS_FITS: usize = 16;
/// Most characters of a tooltip. JSON can be of any length; the row's own page has all of it.
const MOST_ON_HOVER: usize = 600;

/// A cell: its row, its format and the places of the values that it is written from.
pub struct Cell<'a> {
    /// The page's context.
    pub ctx: &'a PageContext,
    /// The row.
    pub row: &'a ListRow,
    /// The format.
    pub format: CellFormat,
    /// The places of its values in the row, in the order that the format names them.
    pub places: &'a [usize],
}

impl<'a> Cell<'a> {
    fn value(&self, nth: usize) -> &'a Value {
        let value = self.places.get(nth).and_then(|at| self.row.values.get(*at));
        debug_assert!(
            value.is_some_and(|value| *value != Value::NotFetched),
            "value {nth} of {:?} was not fetched",
            self.format
        );
        value.unwrap_or(&Value::Null)
    }

    fn text(&self, nth: usize) -> Option<&'a str> {
        match self.value(nth) {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    fn time(&self, nth: usize) -> Option<Timestamp> {
        match self.value(nth) {
            Value::Time(at) => Some(*at),
            _ => None,
        }
    }

    fn count(&self, nth: usize) -> u64 {
        match self.value(nth) {
            Value::Integer(number) => u64::try_from(*number).unwrap_or_default(),
            _ => 0,
        }
    }

    fn is(&self, nth: usize) -> bool {
        matches!(self.value(nth), Value::Bool(true))
    }

    fn word<T: ParamEnum>(&self, nth: usize) -> Option<T> {
        T::parse_word(self.text(nth)?)
    }

    /// The first of its values that is there.
    fn first_text(&self) -> Option<&'a str> {
        (0..self.places.len()).find_map(|nth| self.text(nth))
    }

    /// A decision's order, from values `nth` (its id), `nth + 1` (whether it exists) and `nth + 2` (its status).
    fn order(&self, nth: usize) -> OrderLink<&'a str> {
        match (self.text(nth), self.is(nth + 1)) {
            (_, true) => OrderLink::Found(self.text(nth + 2).unwrap_or_default()),
            (Some(_), false) => OrderLink::Missing,
            (None, false) => OrderLink::None,
        }
    }

    /// What became of an executor's signal; nothing of a collector's.
    fn signal_outcome(&self) -> Option<SignalOutcome> {
        if self.text(0) != Some("executor") {
            return None;
        }
        let own = |nth| self.text(nth).map(ToOwned::to_owned);
        let event = self.text(1).and_then(|id| Uuid::try_parse(id).ok());
        Some(SignalOutcome::of(event, self.text(2), own(3), own(4)))
    }
}

/// Writes what stands in a cell.
pub fn write_cell(html: &mut Html, cell: &Cell) {
    match cell.format {
        CellFormat::Text => write_stored_or_none(html, cell.text(0)),
        CellFormat::FirstText => write_stored_or_none(html, cell.first_text()),
        CellFormat::Word => {
            html.text(cell.text(0).unwrap_or_default());
        }
        CellFormat::Id => or_none(html, cell.text(0), |html, id| {
            html.raw("<code class=\"id\">").text(id).raw("</code>");
        }),
        CellFormat::Code => or_none(html, cell.text(0), |html, text| {
            html.raw("<code class=\"id\">");
            write_stored(html, text);
            html.raw("</code>");
        }),
        CellFormat::Time => or_none(html, cell.time(0), |html, at| {
            write_timestamp(html, cell.ctx, at);
        }),
        CellFormat::Amount => match cell.value(0) {
            Value::Amount(amount) => write_amount(html, amount),
            _ => write_none(html),
        },
        CellFormat::SpelledNumber => or_none(html, cell.text(0), write_spelled),
        CellFormat::Confidence => match cell.value(0) {
            Value::Float(score) => write_confidence(html, *score),
            _ => write_none(html),
        },
        CellFormat::SpelledConfidence => or_none(html, cell.text(0), write_spelled_confidence),
        CellFormat::Count => {
            html.text(&group_thousands(&cell.count(0).to_string()));
        }
        CellFormat::Json => write_one_line(html, cell.text(0)),
        CellFormat::Decision => or_none(html, cell.text(0), write_decision),
        CellFormat::Severity => write_severity(html, cell.text(0).unwrap_or_default()),
        CellFormat::EventActor => {
            let id = cell.text(1).and_then(|id| Uuid::try_parse(id).ok());
            write_stored(html, &actor_label(cell.text(0), id));
        }
        CellFormat::TradeOutcome => {
            let decision = cell.text(2).unwrap_or_default();
            let outcome = Outcome::of(decision, cell.is(0), cell.text(1));
            let (decided, now) = (cell.row.timestamp, cell.ctx.now);
            outcome_label(outcome, cell.order(3), decided, now).write(html);
        }
        CellFormat::OrderStatus => match cell.order(0) {
            OrderLink::None => write_none(html),
            OrderLink::Missing => {
                html.raw("<span class=\"suspect-value\">missing</span>");
            }
            OrderLink::Found(status) => write_stored(html, status),
        },
        CellFormat::SignalOutcome => or_none(html, cell.signal_outcome(), |html, outcome| {
            signal_label(&outcome, cell.row.timestamp, cell.ctx.now).write(html);
        }),
        CellFormat::Mechanism => or_none(html, cell.word::<Mechanism>(0), |html, mechanism| {
            html.raw(mechanism_name(mechanism)).raw(" ");
            html.view(view! { <MechanismTag mechanism /> });
        }),
        CellFormat::EpisodeState => {
            let is_cleared = cell.time(0).is_some();
            html.view(view! { <EpisodeState is_cleared /> });
        }
        CellFormat::Duration => or_none(html, cell.time(0), |html, from| {
            html.text(&duration_words(from, cell.time(1), cell.ctx.now));
        }),
        CellFormat::Cleared => match cell.value(0) {
            Value::Text(by) => write_stored(html, by),
            Value::Time(at) => write_timestamp(html, cell.ctx, *at),
            _ => {
                html.raw("<span class=\"none\">not cleared</span>");
            }
        },
        CellFormat::Leaks => {
            let (approvals, orders) = (cell.count(0), cell.count(1));
            html.view(view! { <Leaks approvals orders /> });
        }
        CellFormat::Review => or_none(html, cell.word::<ReviewState>(0), |html, state| {
            let due_at = cell.time(1).unwrap_or(cell.ctx.now);
            html.view(view! { <ReviewStateTag state due_at now=cell.ctx.now /> });
        }),
        CellFormat::FindingSubject => {
            let kind = cell.text(0).and_then(SubjectKind::parse);
            or_none(html, kind, |html, kind| {
                let id = cell.text(1).unwrap_or_default().to_owned();
                let subject = Subject { kind, id };
                html.view(view! { <SubjectLink subject=&subject /> });
            });
        }
        CellFormat::FindingState => or_none(html, cell.word::<FindingState>(0), |html, state| {
            html.view(view! { <FindingStateTag state /> });
        }),
    }
}

/// Writes the attribute `title`, where a cell may be cut or has more to say.
pub fn write_title(html: &mut Html, cell: &Cell) {
    let title = match cell.format {
        CellFormat::Text | CellFormat::Json | CellFormat::EventActor => whole(cell.text(0)),
        CellFormat::FirstText => whole(cell.first_text()),
        CellFormat::TradeOutcome => cell.text(1),
        CellFormat::SignalOutcome => cell.text(3),
        _ => None,
    };
    let title = title.map(|title| visible(&cut(title, MOST_ON_HOVER)).into_owned());
    html.attribute("title", title.as_deref());
}

/// The whole of a text that may be cut.
fn whole(text: Option<&str>) -> Option<&str> {
    text.filter(|text| text.len() > ALWAYS_FITS)
}
