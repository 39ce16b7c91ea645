//! An order's columns.

use domain::order::Order;
use leptos::prelude::*;

use super::decision::DecisionTag;
use super::facts::{Fact, Facts, Id};
use super::number::AmountValue;
use super::text::{OrNone, Stored, StoredOrNone};
use super::time::ExactTime;
use crate::model::PageContext;

/// All its columns, with the names of the joined rows.
#[component]
pub fn OrderFacts<'a>(
    /// The page's context.
    ctx: &'a PageContext,
    /// The order.
    order: &'a Order,
) -> impl IntoView + use<> {
    let brief = &order.brief;
    let price = brief.price.as_ref();
    let price = price.map(|amount| view! { <AmountValue amount /> });
    let submitted = order.submitted_at.map(|at| view! { <ExactTime ctx at /> });
    let filled = brief.filled_at.map(|at| view! { <ExactTime ctx at /> });
    let algorithm = order.algorithm_id.map(|id| view! { <Id id /> });
    view! {
        <Facts>
            <Fact label="Status" column="status"><Stored text=&brief.status /></Fact>
            <Fact label="Side" column="side"><DecisionTag word=&brief.side /></Fact>
            <Fact label="Coin" column="coin_type"><Stored text=&order.coin_type /></Fact>
            <Fact label="Type" column="order_type"><Stored text=&order.order_type /></Fact>
            <Fact label="Quantity" column="quantity"><AmountValue amount=&brief.quantity /></Fact>
            <Fact label="Filled" column="filled_quantity">
                <AmountValue amount=&brief.filled_quantity />
            </Fact>
            <Fact label="Price, AUD" column="price"><OrNone view=price /></Fact>
            <Fact label="Created" column="created_at"><ExactTime ctx at=order.created_at /></Fact>
            <Fact label="Submitted" column="submitted_at"><OrNone view=submitted /></Fact>
            <Fact label="Filled at" column="filled_at"><OrNone view=filled /></Fact>
            <Fact label="Last change" column="updated_at"><ExactTime ctx at=order.updated_at /></Fact>
            <Fact label="Error" column="error_message">
                <StoredOrNone text=order.error_message.as_deref() />
            </Fact>
            <Fact label="User" column="user.email">
                <StoredOrNone text=order.user_email.as_deref() />
            </Fact>
            <Fact label="User id" column="user_id"><Id id=order.user_id /></Fact>
            <Fact label="Algorithm" column="algorithms.name">
                <StoredOrNone text=order.algorithm_name.as_deref() />
            </Fact>
            <Fact label="Algorithm id" column="algorithm_id"><OrNone view=algorithm /></Fact>
            <Fact label="Exchange’s id" column="coinspot_order_id">
                <StoredOrNone text=order.coinspot_order_id.as_deref() />
            </Fact>
            <Fact label="Order id" column="id"><Id id=order.id /></Fact>
        </Facts>
    }
}
