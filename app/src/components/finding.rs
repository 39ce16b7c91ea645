//! A finding as it stands in lists, on its page, and on the pages of what it is about.

use domain::filter::ParamEnum as _;
use domain::finding::{FindingState, Rule, Severity, StoredFinding, Subject};
use domain::query::Pairs;
use leptos::prelude::*;
use uuid::Uuid;

use super::detail::card;
use super::icon::{Icon, icon};
use super::severity::severity;
use super::text::{cut, short_id, stored};

/// The page of a rule.
#[must_use]
pub fn rule_path(rule: Rule) -> String {
    format!("/findings/rules/{}", rule.as_str())
}

/// The findings of a rule; of one state, where one is given.
#[must_use]
pub fn findings_path(rule: Rule, state: Option<FindingState>) -> String {
    let pairs = Pairs::default().with("rule", rule.as_str());
    let pairs = match state {
        Some(state) => pairs.with("state", state.as_str()),
        None => pairs,
    };
    pairs.link("/findings")
}

/// The page of a finding.
#[must_use]
pub fn finding_path(kept: &StoredFinding) -> String {
    format!("/findings/{}", kept.id)
}

/// How grave it is, as a word and a shape.
pub fn gravity(of: Severity) -> AnyView {
    severity(of.as_str())
}

/// Whether it needs somebody, as a shape and a word.
pub fn state(state: FindingState) -> AnyView {
    let (class, spec, word) = match state {
        FindingState::Open => ("out", Icon::Ring, "Open"),
        FindingState::Explained => ("out ok", Icon::Dot, "Explained"),
    };
    view! { <span class=class>{icon(spec)}{word}</span> }.into_any()
}

/// What it is about: `decision 1068c4de`, a link where it has a page.
pub fn subject(subject: &Subject) -> AnyView {
    let text = match Uuid::try_parse(&subject.id) {
        Ok(id) => short_id(&id),
        // A number, a key, or an id that nothing should have.
        Err(_) => cut(&subject.id, 16),
    };
    let id = view! { <code>{stored(text)}</code> };
    let linked = match subject.path() {
        Some(href) => view! { <a href=href>{id}</a> }.into_any(),
        None => id.into_any(),
    };
    view! { {subject.kind.as_str()}" "{linked} }.into_any()
}

/// What does not add up about a row, for the row's own page; nothing where all does.
pub fn about_row(findings: &[StoredFinding]) -> Option<AnyView> {
    if findings.is_empty() {
        return None;
    }
    let items: Vec<AnyView> = findings.iter().map(entry).collect();
    let list = view! { <ul class="entries">{items}</ul> };
    Some(card("Findings", list.into_any()))
}

fn entry(kept: &StoredFinding) -> AnyView {
    let finding = &kept.finding;
    view! {
        <li>
            <div class="entry-head">
                <a class="row-link" href=finding_path(kept)>{finding.rule.as_str()}</a>
                <span>{gravity(finding.rule.severity())}" · "{state(kept.state)}</span>
            </div>
            <p>{stored(&finding.summary)}</p>
        </li>
    }
    .into_any()
}
