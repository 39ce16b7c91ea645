//! Equity before and at the activation: a line, and its first, lowest and last value as text.

use domain::amount::Amount;
use domain::dossier::Span;
use domain::time::Timestamp;
use leptos::prelude::*;

use super::timeline::{Scale, percent};
use crate::components::number::amount;
use crate::components::time::to_the_second;
use crate::model::Frame;

/// Pixels from the lowest to the highest value.
const HEIGHT: i64 = 56;
/// Room over and under the line.
const PAD: i64 = 4;

/// The line; nothing where there are no prices.
pub fn equity(frame: &Frame, at: Timestamp, path: &[(Timestamp, Amount)]) -> Option<AnyView> {
    let (first, last) = (path.first()?, path.last()?);
    let lowest = path
        .iter()
        .filter(|(_, value)| value.decimal().is_some())
        .min_by_key(|(_, value)| value.decimal())?;
    let value = |label: &'static str, (at, value): &(Timestamp, Amount)| {
        view! {
            <div>
                <dt>{label} ", " {to_the_second(frame, *at)}</dt>
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

/// Segments between neighbours; what is no number leaves a gap.
fn line(at: Timestamp, path: &[(Timestamp, Amount)]) -> Option<AnyView> {
    let values = || path.iter().filter_map(|(_, value)| value.decimal());
    let (lowest, highest) = (values().min()?, values().max()?);
    let scale = Scale {
        span: Span {
            from: path.first()?.0,
            to: path.last()?.0,
        },
    };
    let height = highest.checked_sub(lowest)?;
    let y = |value: &Amount| -> Option<String> {
        let share = highest.checked_sub(value.decimal()?)?.checked_div(height);
        let pixels = share.and_then(|share| share.checked_mul(HEIGHT.into()));
        // A line without height runs through the middle.
        let pixels = pixels.unwrap_or_else(|| (HEIGHT / 2).into());
        Some(pixels.round_dp(2).checked_add(PAD.into())?.to_string())
    };
    let segments: Vec<AnyView> = path
        .windows(2)
        .filter_map(|pair| {
            let [(from, before), (to, after)] = pair else {
                return None;
            };
            let segment = view! {
                <line x1=scale.x(*from) y1=y(before)? x2=scale.x(*to) y2=y(after)?></line>
            };
            Some(segment.into_any())
        })
        .collect();
    let here = percent(scale.place(at));
    let total = HEIGHT + 2 * PAD;
    Some(
        view! {
            <svg width="100%" height=total overflow="visible" aria-hidden="true">
                <line class="equity-at" x1=here.clone() x2=here y1="0" y2=total></line>
                <g class="equity-line">{segments}</g>
            </svg>
        }
        .into_any(),
    )
}
