//! `/trades`: trade decisions.

use domain::block::BlockKind;
use domain::cursor::CursorKey;
use domain::filter::{DecisionKind, OrderStatus, OutcomeKind};
use domain::order::OrderLink;
use domain::trade::TradeDecision;
use leptos::prelude::*;

use crate::components::decision::decision;
use crate::components::list::Shape;
use crate::components::list::picks::{Field, fixed, open};
use crate::components::list::streamed::{late, streamed_list};
use crate::components::list::table::{header, table, time_cell, time_header};
use crate::components::number::{amount, confidence};
use crate::components::outcome::tell;
use crate::components::text::{none, stored};
use crate::document::Section;
use crate::model::{Frame, Picture, Streamed, TradesPage};

/// The list of trade decisions.
#[must_use]
pub fn trades(frame: &Frame, page: &TradesPage) -> Streamed {
    let head = vec![
        time_header(frame, &page.query, "Time"),
        header("c-decision", "Decision"),
        header("c-asset", "Asset"),
        header("c-price num", "Price, AUD"),
        header("c-conf num", "Confidence"),
        header("c-outcome", "Outcome"),
        header("c-agent", "Agent"),
        header("c-reason", "Reason"),
    ];
    let rows = page
        .page
        .rows
        .iter()
        .map(|decision| row(frame, decision))
        .collect();
    let table = table("t-trades", "Trade decisions", head, rows);
    streamed_list(frame, page, &shape(), table)
}

/// What is late of the page: its picture and its facets.
#[must_use]
pub fn trades_late(frame: &Frame, page: &TradesPage, made: &Picture) -> String {
    late(frame, page, &shape(), made)
}

fn shape() -> Shape {
    Shape {
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
    }
}

fn row(frame: &Frame, row: &TradeDecision) -> AnyView {
    let order = match &row.order {
        OrderLink::None => OrderLink::None,
        OrderLink::Missing => OrderLink::Missing,
        OrderLink::Found(brief) => OrderLink::Found(brief),
    };
    let told = tell(row.outcome(), &order, row.timestamp, frame.now);
    let price = row.price_at_decision.as_ref().map_or_else(none, amount);
    let href = format!("/trades/{}", row.id.print());
    view! {
        <tr data-row="">
            {time_cell(frame, row.timestamp, href)}
            <td class="c-decision">{decision(&row.decision)}</td>
            <td class="c-asset">{stored(row.asset.clone())}</td>
            <td class="c-price num">{price}</td>
            <td class="c-conf num">{confidence(row.confidence_score)}</td>
            <td class="c-outcome" title=row.block_reason.clone()>{told.view()}</td>
            <td class="c-agent">{stored(row.agent_id.clone())}</td>
            <td class="c-reason">{stored(row.reason.clone())}</td>
        </tr>
    }
    .into_any()
}
