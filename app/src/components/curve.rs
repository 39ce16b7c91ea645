//! A line chart of amounts over time: the scale, and the segments between neighbouring values.

use domain::amount::Amount;
use domain::dossier::Span;
use domain::time::Timestamp;
use leptos::prelude::*;
use rust_decimal::Decimal;

use super::number::AmountValue;
use super::scale::Scale;
use super::time::SecondTime;
use crate::model::PageContext;

/// Room over and under the line, in pixels.
const PAD: i64 = 4;

/// The scale of a line chart.
pub struct Curve {
    /// From left to right.
    pub scale: Scale,
    lowest: Decimal,
    highest: Decimal,
    height: i64,
}

impl Curve {
    /// The scale of a path over `span`, `height` pixels from its lowest to its highest value; `None` if
    /// the path has no number.
    pub fn of(path: &[(Timestamp, Amount)], span: Span, height: i64) -> Option<Self> {
        let values = || path.iter().filter_map(|(_, value)| value.decimal());
        let (lowest, highest) = (values().min()?, values().max()?);
        highest.checked_sub(lowest)?;
        Some(Self {
            scale: Scale { span },
            lowest,
            highest,
            height,
        })
    }

    /// Total height in pixels.
    pub const fn total(&self) -> i64 {
        self.height + 2 * PAD
    }

    /// Extends the scale to one more value, unless the value is so far away that the line would become flat.
    pub fn with(mut self, value: &Amount) -> Self {
        let Some(value) = value.decimal() else {
            return self;
        };
        let height = self.highest.saturating_sub(self.lowest);
        let (low, high) = (self.lowest.min(value), self.highest.max(value));
        if high.saturating_sub(low) <= height.saturating_mul(Decimal::from(MOST_STRETCH)) {
            (self.lowest, self.highest) = (low, high);
        }
        self
    }

    /// Whether the value is within the scale.
    pub fn holds(&self, value: &Amount) -> bool {
        let within = |value| self.lowest <= value && value <= self.highest;
        value.decimal().is_some_and(within)
    }

    /// Pixels from the top, as an attribute; `None` if the value is not a number.
    pub fn y(&self, value: &Amount) -> Option<String> {
        let height = self.highest.checked_sub(self.lowest)?;
        let share = self
            .highest
            .checked_sub(value.decimal()?)?
            .checked_div(height);
        let pixels = share.and_then(|share| share.checked_mul(self.height.into()));
        // A line without height runs through the middle.
        let pixels = pixels.unwrap_or_else(|| (self.height / 2).into());
        Some(pixels.round_dp(2).checked_add(PAD.into())?.to_string())
    }
}

/// Segments between neighbouring values. A value that is not a number leaves a gap.
#[component]
pub fn CurveSegments<'a>(
    /// The diagram's scale.
    curve: &'a Curve,
    /// Where the values stand, in order.
    path: &'a [(Timestamp, Amount)],
) -> impl IntoView + use<> {
    let segment = |pair: &[(Timestamp, Amount)]| {
        let [(from, before), (to, after)] = pair else {
            return None;
        };
        let (y1, y2) = (curve.y(before)?, curve.y(after)?);
        let (x1, x2) = (curve.scale.x(*from), curve.scale.x(*to));
        Some(view! { <line x1=x1 y1=y1 x2=x2 y2=y2></line> })
    };
    let segments = path.windows(2).filter_map(segment).collect_view();
    view! { <g class="curve">{segments}</g> }
}

/// A value of a path with its time: `Lowest, Mon 23 Nov 2026 18:35:29`.
#[component]
pub fn ValueAt<'a>(
    /// The page's context.
    ctx: &'a PageContext,
    /// Which value.
    label: &'static str,
    /// When it was.
    at: Timestamp,
    /// The value.
    amount: &'a Amount,
) -> impl IntoView + use<> {
    view! {
        <div>
            <dt>{format!("{label}, ")}<SecondTime ctx at /></dt>
            <dd><AmountValue amount /></dd>
        </div>
    }
}

/// A value outside the line extends the scale by at most this factor.
const MOST_STRETCH: u8 = 3;
