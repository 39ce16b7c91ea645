//! `/findings`: what does not add up, and how far the rules have got.

mod board;
mod nothing;

use domain::filter::Choice as _;
use domain::finding::{FindingState, KeptFinding, Rule, Severity};
use leptos::prelude::*;

use crate::components::checked::warnings;
use crate::components::finding::{finding_path, gravity, state, subject};
use crate::components::list::picks::{fixed, open};
use crate::components::list::table::{header, table, time_cell, time_header};
use crate::components::list::{Around, Shape, list_page};
use crate::components::text::{none, stored};
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
    };
    let head = vec![
        time_header(frame, &page.list.query, "Time"),
        header("c-severity", "Severity"),
        header("c-type", "Rule"),
        header("c-reason", "Summary"),
        header("c-asset", "Asset"),
        header("c-subject", "Subject"),
        header("c-state", "State"),
    ];
    let rows = page.list.page.rows.iter();
    let rows = rows.map(|kept| row(frame, kept)).collect();
    let above = view! { {warnings(frame, &page.reach)}{board::board(frame, page)} };
    let around = Around {
        above: Some(above.into_any()),
        nothing: Some(nothing::nothing(frame, &page.reach)),
        ..Around::default()
    };
    let table = table("t-findings", "Findings", head, rows);
    list_page(frame, &page.list, &shape, table, around)
}

fn row(frame: &Frame, kept: &KeptFinding) -> AnyView {
    let finding = &kept.finding;
    let asset = finding
        .asset
        .clone()
        .map_or_else(none, |asset| stored(asset).into_any());
    view! {
        <tr data-row="">
            {time_cell(frame, finding.at, finding_path(kept))}
            <td class="c-severity">{gravity(finding.rule.severity())}</td>
            <td class="c-type">{finding.rule.word()}</td>
            <td class="c-reason">{stored(finding.summary.clone())}</td>
            <td class="c-asset">{asset}</td>
            <td class="c-subject">{subject(&finding.subject)}</td>
            <td class="c-state">{state(kept.state)}</td>
        </tr>
    }
    .into_any()
}
