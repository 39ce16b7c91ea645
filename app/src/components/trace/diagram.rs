//! The coin's prices around a trade, with the decision and the fill marked.

use domain::amount::Amount;
use domain::time::Timestamp;
use domain::trace::Trace;
use leptos::prelude::*;

use crate::components::curve::Curve;
use crate::components::icon::{Icon, icon};
use crate::components::number::amount;
use crate::components::text::none;
use crate::components::time::to_the_second;
use crate::model::PageContext;

/// Pixels from the lowest to the highest price.
const HEIGHT: i64 = 96;
/// Pixels from a mark's middle to its edge.
const HALF: i64 = 6;

/// A moment of the trade with its price.
struct Point {
    class: &'static str,
    spec: Icon,
    label: &'static str,
    at: Timestamp,
    price: Option<Amount>,
}

/// The card; nothing where there are no prices.
pub fn card(ctx: &PageContext, trace: &Trace) -> Option<AnyView> {
    let prices = &trace.background.prices;
    let points = points(trace);
    let curve = points.iter().filter_map(|point| point.price.as_ref()).fold(
        Curve::of(prices, trace.prices_span()?, HEIGHT)?,
        Curve::with,
    );
    let numbers = || prices.iter().filter(|(_, price)| price.decimal().is_some());
    let lowest = numbers().min_by_key(|(_, price)| price.decimal())?;
    let highest = numbers().max_by_key(|(_, price)| price.decimal())?;
    let total = curve.total();
    let drawn: Vec<AnyView> = points.iter().map(|point| point.drawn(&curve)).collect();
    let told: Vec<AnyView> = points.iter().map(|point| point.told(ctx, &curve)).collect();
    let extreme = |label: &'static str, (at, price): &(Timestamp, Amount)| {
        view! {
            <div>
                <dt>{label}", "{to_the_second(ctx, *at)}</dt>
                <dd>{amount(price)}</dd>
            </div>
        }
    };
    Some(
        view! {
            <section class="card prices" aria-labelledby="prices-title">
                <h2 id="prices-title">"Price around it, AUD"</h2>
                <svg width="100%" height=total overflow="visible" aria-hidden="true">
                    <g class="curve">{curve.segments(prices)}</g>
                    {drawn}
                </svg>
                <dl>{told}{extreme("Lowest", lowest)}{extreme("Highest", highest)}</dl>
            </section>
        }
        .into_any(),
    )
}

/// The decision and the fill.
fn points(trace: &Trace) -> Vec<Point> {
    let decision = trace.decision.as_ref().map(|part| &part.row.decision);
    let decided = decision.map(|row| Point {
        class: "decided",
        spec: Icon::Ring,
        label: "Decided",
        at: row.timestamp,
        price: row.price_at_decision.clone(),
    });
    let filled = trace.order.as_ref().and_then(|part| {
        Some(Point {
            class: "filled",
            spec: Icon::Dot,
            label: "Filled",
            at: part.row.brief.filled_at?,
            price: part.row.brief.price.clone(),
        })
    });
    decided.into_iter().chain(filled).collect()
}

impl Point {
    /// Whether the picture has a place for its price.
    fn fits(&self, curve: &Curve) -> bool {
        let price = self.price.as_ref();
        price.is_some_and(|price| curve.holds(price)) && curve.scale.shows(self.at)
    }

    /// Its time as a line, and its price on that, where the picture has a place for them.
    fn drawn(&self, curve: &Curve) -> AnyView {
        if !curve.scale.shows(self.at) {
            return ().into_any();
        }
        let x = curve.scale.x(self.at);
        let spec = self
            .price
            .as_ref()
            .filter(|_| self.fits(curve))
            .and_then(|price| curve.y(price))
            .map(|y| {
                view! {
                    <svg x=x.clone() y=y overflow="visible">
                        <use href=self.spec.href() x=-HALF y=-HALF width=2 * HALF height=2 * HALF></use>
                    </svg>
                }
            });
        view! {
            <g class=format!("point {}", self.class)>
                <line x1=x.clone() x2=x.clone() y1="0" y2=curve.total()></line>
                {spec}
            </g>
        }
        .into_any()
    }

    fn told(&self, ctx: &PageContext, curve: &Curve) -> AnyView {
        let price = self.price.as_ref().map_or_else(none, amount);
        let off = (!self.fits(curve))
            .then(|| view! { " " <span class="tag warn">"not in the picture"</span> });
        view! {
            <div class=format!("point {}", self.class)>
                <dt>{icon(self.spec)}" "{self.label}", "{to_the_second(ctx, self.at)}</dt>
                <dd>{price}{off}</dd>
            </div>
        }
        .into_any()
    }
}
