//! Equity before and at the activation: a line, and its first, lowest and last value as text.

use domain::amount::Amount;
use domain::dossier::Span;
use domain::time::Timestamp;
use leptos::prelude::*;

use crate::components::curve::{Curve, CurveSegments, ValueAt};
use crate::model::PageContext;

/// Pixels from the lowest to the highest value.
const HEIGHT: i64 = 56;

/// The line with its values. Renders nothing if there is none.
#[component]
pub fn Equity<'a>(
    /// The page's context.
    ctx: &'a PageContext,
    /// When the stop was activated.
    at: Timestamp,
    /// The values, in order.
    path: &'a [(Timestamp, Amount)],
) -> impl IntoView + use<> {
    let ((first_at, first), (last_at, last)) = (path.first()?, path.last()?);
    let (lowest_at, lowest) = path
        .iter()
        .filter(|(_, value)| value.decimal().is_some())
        .min_by_key(|(_, value)| value.decimal())?;
    Some(view! {
        <figure class="equity">
            <figcaption>"Today’s positions at the prices of then, AUD"</figcaption>
            <EquityLine at path />
            <dl>
                <ValueAt ctx label="First" at=*first_at amount=first />
                <ValueAt ctx label="Lowest" at=*lowest_at amount=lowest />
                <ValueAt ctx label="Last" at=*last_at amount=last />
            </dl>
        </figure>
    })
}

#[component]
fn EquityLine<'a>(
    /// When the stop was activated.
    at: Timestamp,
    /// The values, in order.
    path: &'a [(Timestamp, Amount)],
) -> impl IntoView + use<> {
    let span = Span {
        from: path.first()?.0,
        to: path.last()?.0,
    };
    let curve = Curve::of(path, span, HEIGHT)?;
    let here = curve.scale.x(at);
    let total = curve.total();
    Some(view! {
        <svg width="100%" height=total overflow="visible" aria-hidden="true">
            <line class="equity-marker" x1=here.clone() x2=here y1="0" y2=total></line>
            <CurveSegments curve=&curve path />
        </svg>
    })
}
