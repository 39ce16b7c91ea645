//! `/findings`: what does not add up, and how far the rules have got.

mod board;
mod nothing;

use domain::filter::ParamEnum as _;
use domain::finding::{FindingState, Rule, Severity, StoredFinding};
use leptos::prelude::*;

use crate::components::facts::write_id;
use crate::components::finding::{finding_path, state, subject};
use crate::components::list::columns::{Column, TableSpec, column, labels, listing, whole};
use crate::components::list::multi_select::{fixed, open};
use crate::components::list::{ListSlots, ListSpec, list_page};
use crate::components::scan_progress::warnings;
use crate::components::severity::write_severity;
use crate::components::text::{or_none, write_code, write_stored, write_stored_or_none};
use crate::components::time::write_timestamp;
use crate::document::Section;
use crate::model::{FindingsPage, PageContext};

/// The list of findings.
#[must_use]
pub fn findings(ctx: &PageContext, page: &FindingsPage) -> String {
    let spec = spec();
    let above = view! { {warnings(ctx, &page.scan_progress)}{board::board(ctx, page)} };
    let around = ListSlots {
        above: Some(above.into_any()),
        nothing: Some(nothing::nothing(ctx, &page.scan_progress)),
        ..ListSlots::default()
    };
    let of = TableSpec {
        class: "t-findings",
        caption: "Findings",
        time: "Time",
        href: finding_path,
    };
    let table = listing(ctx, &page.list, COLUMNS, &of);
    list_page(ctx, &page.list, &spec, table, around)
}

pub(super) fn spec() -> ListSpec {
    ListSpec {
        section: Section::Findings,
        title: "Findings",
        about: "What does not add up, rule by rule",
        noun: ("finding", "findings"),
        searches: "Search summaries, ids",
        fields: vec![
            fixed::<Rule>("Rule", "rule"),
            fixed::<Severity>("Severity", "severity"),
            fixed::<FindingState>("State", "state"),
            open("Asset", "asset"),
            open("Algorithm", "algorithm"),
        ],
        columns: labels(COLUMNS),
    }
}

const COLUMNS: &[Column<StoredFinding>] = &[
    column("severity", "c-severity", "Severity", |html, _, kept| {
        write_severity(html, kept.finding.rule.severity().as_str());
    }),
    column("rule", "c-type", "Rule", |html, _, kept| {
        html.raw(kept.finding.rule.as_str());
    }),
    column(
        "summary",
        "c-reason",
        "Summary",
        |html, _, kept: &StoredFinding| {
            write_stored(html, &kept.finding.summary);
        },
    )
    .titled(|kept| whole(Some(&kept.finding.summary))),
    column(
        "asset",
        "c-asset",
        "Asset",
        |html, _, kept: &StoredFinding| {
            write_stored_or_none(html, kept.finding.asset.as_deref());
        },
    )
    .titled(|kept| whole(kept.finding.asset.as_deref())),
    column("subject", "c-subject", "Subject", |html, _, kept| {
        html.view(subject(&kept.finding.subject));
    }),
    column("state", "c-state", "State", |html, _, kept| {
        html.view(state(kept.state));
    }),
    column(
        "algorithm",
        "c-agent",
        "Algorithm",
        |html, _, kept: &StoredFinding| {
            write_stored_or_none(html, kept.algorithm_name.as_deref());
        },
    )
    .titled(|kept| whole(kept.algorithm_name.as_deref())),
    column("algorithm_id", "c-id", "Algorithm id", |html, _, kept| {
        or_none(html, kept.finding.algorithm.as_deref(), write_code);
    }),
    column("found_at", "c-when", "Found", |html, ctx, kept| {
        write_timestamp(html, ctx, kept.found_at);
    }),
    column("id", "c-id", "Id", |html, _, kept| write_id(html, kept.id)),
];
