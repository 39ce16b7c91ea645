//! Equity before and at the activation: a line, and its first, lowest and last value as text.

use domain::amount::Amount;
use domain::dossier::Span;
use domain::time::Timestamp;
use leptos::prelude::*;

use crate::components::curve::Curve;
use crate::components::number::amount;
use crate::components::time::to_the_second;
use crate::model::PageContext;

/// Pixels from the lowest to the highest value.
const HEIGHT: i64 = 56;

/// The line; nothing where there are no prices.
pub fn equity(ctx: &PageContext, at: Timestamp, path: &[(Timestamp, Amount)]) -> Option<AnyView> {
    let (first, last) = (path.first()?, path.last()?);
    let lowest = path
        .iter()
        .filter(|(_, value)| value.decimal().is_some())
        .min_by_key(|(_, value)| value.decimal())?;
    let value = |label: &'static str, (at, value): &(Timestamp, Amount)| {
        view! {
            <div>
                <dt>{label} ", " {to_the_second(ctx, *at)}</dt>
                <dd>{amount(value)}</dd>
            </div>
        }
        .into_any()
    };
    Some(
        view! {
            <figure class="equity">
                <figcaption>"Today’s positions at the prices of then, AUD"</figcaption>
                {line(at, path)}
                <dl>
                    {value("First", first)}
                    {value("Lowest", lowest)}
                    {value("Last", last)}
                </dl>
            </figure>
        }
        .into_any(),
    )
}

fn line(at: Timestamp, path: &[(Timestamp, Amount)]) -> Option<AnyView> {
    let span = Span {
        from: path.first()?.0,
        to: path.last()?.0,
    };
    let curve = Curve::of(path, span, HEIGHT)?;
    let here = curve.scale.x(at);
    let total = curve.total();
    Some(
        view! {
            <svg width="100%" height=total overflow="visible" aria-hidden="true">
                <line class="equity-at" x1=here.clone() x2=here y1="0" y2=total></line>
                <g class="curve">{curve.segments(path)}</g>
            </svg>
        }
        .into_any(),
    )
}
