//! `/trades`: trade decisions.

use domain::block::BlockKind;
use domain::cursor::CursorKey;
use domain::filter::{DecisionKind, OrderStatus, OutcomeKind};
use domain::order::OrderLink;
use domain::trade::TradeDecision;

use crate::components::decision::write_decision;
use crate::components::facts::write_id;
use crate::components::html::Html;
use crate::components::list::ListSpec;
use crate::components::list::columns::{Column, TableSpec, column, labels, listing, whole};
use crate::components::list::multi_select::{Field, fixed, open};
use crate::components::list::streamed::{deferred, streamed_list};
use crate::components::number::{write_amount, write_confidence};
use crate::components::outcome::outcome_label;
use crate::components::text::{or_none, write_none, write_stored, write_stored_or_none};
use crate::components::time::write_timestamp;
use crate::document::Section;
use crate::model::{DeferredPart, PageContext, Streamed, SurveyPanel, TradesPage};

/// The list of trade decisions.
#[must_use]
pub fn trades(ctx: &PageContext, page: &TradesPage) -> Streamed {
    let of = TableSpec {
        class: "t-trades",
        caption: "Trade decisions",
        time: "Time",
        href: |row: &TradeDecision| format!("/trades/{}", row.id.print()),
    };
    let table = listing(ctx, page, COLUMNS, &of);
    streamed_list(ctx, page, &spec(), table)
}

/// What is late of the page: its picture and its facets.
#[must_use]
pub fn trades_deferred(ctx: &PageContext, page: &TradesPage, made: &SurveyPanel) -> DeferredPart {
    deferred(ctx, page, &spec(), made)
}

pub(super) fn spec() -> ListSpec {
    ListSpec {
        section: Section::Trades,
        title: "Trade decisions",
        about: "What the agents decided, what the Guard blocked, what was filled",
        noun: ("decision", "decisions"),
        searches: "Search reasons",
        fields: vec![
            open("Asset", "asset"),
            fixed::<DecisionKind>("Decision", "decision"),
            fixed::<OutcomeKind>("Outcome", "outcome"),
            fixed::<OrderStatus>("Order", "order_status"),
            fixed::<BlockKind>("Blocked by", "block_kind"),
            open("Agent", "agent"),
            Field::Confidence,
        ],
        columns: labels(COLUMNS),
    }
}

const COLUMNS: &[Column<TradeDecision>] = &[
    column("decision", "c-decision", "Decision", |html, _, row| {
        write_decision(html, &row.decision);
    }),
    column(
        "asset",
        "c-asset",
        "Asset",
        |html, _, row: &TradeDecision| {
            write_stored(html, &row.asset);
        },
    )
    .titled(|row| whole(Some(&row.asset))),
    column("price", "c-price num", "Price, AUD", |html, _, row| {
        let price = row.price_at_decision.as_ref();
        or_none(html, price, write_amount);
    }),
    column("confidence", "c-conf num", "Confidence", |html, _, row| {
        write_confidence(html, row.confidence_score);
    }),
    column("outcome", "c-outcome", "Outcome", write_outcome)
        .titled(|row| row.block_reason.as_deref()),
    column(
        "agent",
        "c-agent",
        "Agent",
        |html, _, row: &TradeDecision| {
            write_stored(html, &row.agent_id);
        },
    )
    .titled(|row| whole(Some(&row.agent_id))),
    column(
        "reason",
        "c-reason",
        "Reason",
        |html, _, row: &TradeDecision| {
            write_stored(html, &row.reason);
        },
    )
    .titled(|row| whole(Some(&row.reason))),
    column(
        "block_reason",
        "c-reason",
        "Blocked because",
        |html, _, row: &TradeDecision| write_stored_or_none(html, row.block_reason.as_deref()),
    )
    .titled(|row| whole(row.block_reason.as_deref())),
    column(
        "order_status",
        "c-status",
        "Order",
        |html, _, row| match &row.order {
            OrderLink::None => write_none(html),
            OrderLink::Missing => {
                html.raw("<span class=\"odd\">missing</span>");
            }
            OrderLink::Found(order) => write_stored(html, &order.status),
        },
    ),
    column("order_side", "c-decision", "Side", |html, _, row| {
        or_none(html, row.order.found(), |html, order| {
            write_decision(html, &order.side);
        });
    }),
    column(
        "order_quantity",
        "c-quantity num",
        "Ordered, as stored",
        |html, _, row| or_none(html, row.order.found().map(|o| &o.quantity), write_amount),
    ),
    column(
        "filled_quantity",
        "c-quantity num",
        "Filled",
        |html, _, row| {
            let filled = row.order.found().map(|order| &order.filled_quantity);
            or_none(html, filled, write_amount);
        },
    ),
    column(
        "fill_price",
        "c-price num",
        "Fill price, AUD",
        |html, _, row| {
            let price = row.order.found().and_then(|order| order.price.as_ref());
            or_none(html, price, write_amount);
        },
    ),
    column("filled_at", "c-when", "Filled at", |html, ctx, row| {
        let at = row.order.found().and_then(|order| order.filled_at);
        or_none(html, at, |html, at| write_timestamp(html, ctx, at));
    }),
    column("order_id", "c-id", "Order id", |html, _, row| {
        or_none(html, row.execution_order_id, write_id);
    }),
    column("id", "c-id", "Id", |html, _, row| write_id(html, row.id)),
];

fn write_outcome(html: &mut Html, ctx: &PageContext, row: &TradeDecision) {
    let order = match &row.order {
        OrderLink::None => OrderLink::None,
        OrderLink::Missing => OrderLink::Missing,
        OrderLink::Found(brief) => OrderLink::Found(brief),
    };
    outcome_label(row.outcome(), &order, row.timestamp, ctx.now).write(html);
}
