//! `/findings`: what does not add up, and how far the rules have got.

mod board;
mod nothing;

use domain::filter::Choice as _;
use domain::finding::{FindingState, KeptFinding, Rule, Severity};
use leptos::prelude::*;

use crate::components::checked::warnings;
use crate::components::facts::id;
use crate::components::finding::{finding_path, gravity, state, subject};
use crate::components::list::columns::{Column, Listed, column, labels, listing};
use crate::components::list::picks::{fixed, open};
use crate::components::list::{Around, Shape, list_page};
use crate::components::text::{none, stored, stored_or_none};
use crate::components::time::moment;
use crate::document::Section;
use crate::model::{FindingsPage, Frame};

/// The list of findings.
#[must_use]
pub fn findings(frame: &Frame, page: &FindingsPage) -> String {
    let shape = Shape {
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
    };
    let above = view! { {warnings(frame, &page.reach)}{board::board(frame, page)} };
    let around = Around {
        above: Some(above.into_any()),
        nothing: Some(nothing::nothing(frame, &page.reach)),
        ..Around::default()
    };
    let of = Listed {
        class: "t-findings",
        caption: "Findings",
        time: "Time",
        href: finding_path,
    };
    let table = listing(frame, &page.list, COLUMNS, &of);
    list_page(frame, &page.list, &shape, table, around)
}

const COLUMNS: &[Column<KeptFinding>] = &[
    column("severity", "c-severity", "Severity", |_, kept| {
        gravity(kept.finding.rule.severity())
    }),
    column("rule", "c-type", "Rule", |_, kept| {
        kept.finding.rule.word().into_any()
    }),
    column("summary", "c-reason", "Summary", |_, kept| {
        stored(kept.finding.summary.clone()).into_any()
    }),
    column("asset", "c-asset", "Asset", |_, kept| {
        stored_or_none(kept.finding.asset.as_deref())
    }),
    column("subject", "c-subject", "Subject", |_, kept| {
        subject(&kept.finding.subject)
    }),
    column("state", "c-state", "State", |_, kept| state(kept.state)),
    column("algorithm", "c-agent", "Algorithm", |_, kept| {
        stored_or_none(kept.algorithm_name.as_deref())
    }),
    column("algorithm_id", "c-id", "Algorithm id", |_, kept| {
        let id = kept.finding.algorithm.clone();
        id.map_or_else(none, |id| view! { <code><bdi>{id}</bdi></code> }.into_any())
    }),
    column("found_at", "c-when", "Found", |frame, kept| {
        moment(frame, kept.found_at)
    }),
    column("id", "c-id", "Id", |_, kept| id(kept.id)),
];
