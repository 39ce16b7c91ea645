//! An order's columns.

use domain::order::Order;
use domain::time::Timestamp;

use super::decision::decision;
use super::facts::{Fact, fact, id, optional};
use super::number::amount;
use super::text::stored;
use super::time::exact;
use crate::model::PageContext;

/// Every column of it, with the names that it joins.
pub fn order_facts(ctx: &PageContext, order: &Order) -> Vec<Fact> {
    let brief = &order.brief;
    let text = |text: &Option<String>| text.as_ref().map(stored);
    let time = |at: Option<Timestamp>| at.map(|at| exact(ctx, at));
    vec![
        fact("Status", "status", stored(&brief.status)),
        fact("Side", "side", decision(&brief.side)),
        fact("Coin", "coin_type", stored(&order.coin_type)),
        fact("Type", "order_type", stored(&order.order_type)),
        fact("Quantity", "quantity", amount(&brief.quantity)),
        fact("Filled", "filled_quantity", amount(&brief.filled_quantity)),
        optional("Price, AUD", "price", brief.price.as_ref().map(amount)),
        fact("Created", "created_at", exact(ctx, order.created_at)),
        optional("Submitted", "submitted_at", time(order.submitted_at)),
        optional("Filled at", "filled_at", time(brief.filled_at)),
        fact("Last change", "updated_at", exact(ctx, order.updated_at)),
        optional("Error", "error_message", text(&order.error_message)),
        optional("User", "user.email", text(&order.user_email)),
        fact("User id", "user_id", id(order.user_id)),
        optional("Algorithm", "algorithms.name", text(&order.algorithm_name)),
        optional("Algorithm id", "algorithm_id", order.algorithm_id.map(id)),
        optional(
            "Exchange’s id",
            "coinspot_order_id",
            text(&order.coinspot_order_id),
        ),
        fact("Order id", "id", id(order.id)),
    ]
}
