//! A diagram of the coin's prices around a trade, with the decision and the fill marked.

use domain::amount::Amount;
use domain::time::Timestamp;
use domain::trace::Trace;
use domain::wire::Icon;
use leptos::prelude::*;

use crate::components::curve::{Curve, CurveSegments, ValueAt};
use crate::components::icon::Mark;
use crate::components::number::AmountValue;
use crate::components::text::OrNone;
use crate::components::time::SecondTime;
use crate::model::PageContext;

/// Pixels from the lowest to the highest price.
const HEIGHT: i64 = 96;
/// Pixels from a mark's middle to its edge.
const HALF: i64 = 6;

/// A marked point in time, with its price.
struct Point {
    class: &'static str,
    icon: Icon,
    label: &'static str,
    at: Timestamp,
    price: Option<Amount>,
}

/// The card with the diagram. Renders nothing if there are no prices.
#[component]
pub fn PriceDiagram<'a>(
    /// The page's context.
    ctx: &'a PageContext,
    /// The trace.
    trace: &'a Trace,
) -> impl IntoView + use<> {
    let prices = &trace.background.prices;
    let points = points(trace);
    let curve = points.iter().filter_map(|point| point.price.as_ref()).fold(
        Curve::of(prices, trace.prices_span()?, HEIGHT)?,
        Curve::with,
    );
    let numbers = || prices.iter().filter(|(_, price)| price.decimal().is_some());
    let (lowest_at, lowest) = numbers().min_by_key(|(_, price)| price.decimal())?;
    let (highest_at, highest) = numbers().max_by_key(|(_, price)| price.decimal())?;
    let total = curve.total();
    let marks = points
        .iter()
        .map(|point| view! { <PointMark point curve=&curve /> })
        .collect_view();
    let words = points
        .iter()
        .map(|point| view! { <PointWords ctx point curve=&curve /> })
        .collect_view();
    Some(view! {
        <section class="card prices" aria-labelledby="prices-title">
            <h2 id="prices-title">"Price around it, AUD"</h2>
            <svg width="100%" height=total overflow="visible" aria-hidden="true">
                <CurveSegments curve=&curve path=prices />
                {marks}
            </svg>
            <dl>
                {words}
                <ValueAt ctx label="Lowest" at=*lowest_at amount=lowest />
                <ValueAt ctx label="Highest" at=*highest_at amount=highest />
            </dl>
        </section>
    })
}

/// The decision and the fill.
fn points(trace: &Trace) -> Vec<Point> {
    let decision = trace.decision.as_ref().map(|part| &part.row.decision);
    let decided = decision.map(|row| Point {
        class: "decided",
        icon: Icon::Ring,
        label: "Decided",
        at: row.timestamp,
        price: row.price_at_decision.clone(),
    });
    let filled = trace.order.as_ref().and_then(|part| {
        Some(Point {
            class: "filled",
            icon: Icon::Dot,
            label: "Filled",
            at: part.row.brief.filled_at?,
            price: part.row.brief.price.clone(),
        })
    });
    decided.into_iter().chain(filled).collect()
}

impl Point {
    /// Whether the point is inside the diagram.
    fn fits(&self, curve: &Curve) -> bool {
        let price = self.price.as_ref();
        price.is_some_and(|price| curve.holds(price)) && curve.scale.shows(self.at)
    }
}

/// A point's time as a vertical line, with its price marked on it, if they are inside the diagram.
#[component]
fn PointMark<'a>(
    /// The point.
    point: &'a Point,
    /// The diagram's scale.
    curve: &'a Curve,
) -> impl IntoView + use<> {
    let x = curve.scale.x(point.at);
    let price = point.price.as_ref().filter(|_| point.fits(curve));
    let mark = price.and_then(|price| curve.y(price)).map(|y| {
        view! {
            <svg x=x.clone() y=y overflow="visible">
                <use href=point.icon.href() x=-HALF y=-HALF width=2 * HALF height=2 * HALF></use>
            </svg>
        }
    });
    curve.scale.shows(point.at).then(|| {
        view! {
            <g class=format!("point {}", point.class)>
                <line x1=x.clone() x2=x y1="0" y2=curve.total()></line>
                {mark}
            </g>
        }
    })
}

#[component]
fn PointWords<'a>(
    /// The page's context.
    ctx: &'a PageContext,
    /// The point.
    point: &'a Point,
    /// The diagram's scale.
    curve: &'a Curve,
) -> impl IntoView + use<> {
    let price = point.price.as_ref();
    let price = price.map(|amount| view! { <AmountValue amount /> });
    let off = (!point.fits(curve))
        .then(|| view! { " " <span class="tag warn">"not in the picture"</span> });
    view! {
        <div class=format!("point {}", point.class)>
            <dt><Mark icon=point.icon />{format!(" {}, ", point.label)}<SecondTime ctx at=point.at /></dt>
            <dd><OrNone view=price />{off}</dd>
        </div>
    }
}
