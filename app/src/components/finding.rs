//! Parts of a finding, shared by lists, its own page and the pages of its subject.

use domain::filter::ParamEnum as _;
use domain::finding::{FindingState, Rule, Severity, StoredFinding, Subject};
use domain::query::Pairs;
use domain::wire::Icon;
use leptos::either::Either;
use leptos::prelude::*;
use uuid::Uuid;

use super::detail::Card;
use super::icon::Mark;
use super::severity::SeverityTag;
use super::text::{Stored, cut, short_id};

/// The page of a rule.
#[must_use]
pub fn rule_path(rule: Rule) -> String {
    format!("/findings/rules/{}", rule.as_str())
}

/// The list of a rule's findings, optionally of one state.
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

/// A rule's severity, as a word and an icon.
#[component]
pub fn RuleSeverity(
    /// The rule's severity.
    severity: Severity,
) -> impl IntoView {
    view! { <SeverityTag word=severity.as_str() /> }
}

/// A finding's state, as an icon and a word.
#[component]
pub fn FindingStateTag(
    /// Its state.
    state: FindingState,
) -> impl IntoView {
    let (class, icon, word) = match state {
        FindingState::Open => ("out", Icon::Ring, "Open"),
        FindingState::Explained => ("out ok", Icon::Dot, "Explained"),
    };
    view! { <span class=class><Mark icon />{word}</span> }
}

/// A finding's subject: `decision 1068c4de`. A link if the subject has a page.
#[component]
pub fn SubjectLink<'a>(
    /// The subject.
    subject: &'a Subject,
) -> impl IntoView + use<> {
    let text = match Uuid::try_parse(&subject.id) {
        Ok(id) => short_id(&id),
        // A number, a key, or an id without a page.
        Err(_) => cut(&subject.id, 16),
    };
    let id = view! { <code><Stored text /></code> };
    let linked = match subject.path() {
        Some(href) => Either::Left(view! { <a href=href>{id}</a> }),
        None => Either::Right(id),
    };
    view! { {format!("{} ", subject.kind.as_str())}{linked} }
}

/// The findings about a row, for the row's own page. Renders nothing if there is none.
#[component]
pub fn RowFindings<'a>(
    /// The findings about the row.
    findings: &'a [StoredFinding],
) -> impl IntoView + use<> {
    (!findings.is_empty()).then(|| {
        let entries = findings
            .iter()
            .map(|kept| view! { <FindingEntry kept /> })
            .collect_view();
        view! { <Card title="Findings"><ul class="entries">{entries}</ul></Card> }
    })
}

#[component]
fn FindingEntry<'a>(
    /// The finding.
    kept: &'a StoredFinding,
) -> impl IntoView + use<> {
    let finding = &kept.finding;
    view! {
        <li>
            <div class="entry-head">
                <a class="row-link" href=finding_path(kept)>{finding.rule.as_str()}</a>
                <span>
                    <RuleSeverity severity=finding.rule.severity() />
                    " · "
                    <FindingStateTag state=kept.state />
                </span>
            </div>
            <p><Stored text=&finding.summary /></p>
        </li>
    }
}
