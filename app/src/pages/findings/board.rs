//! The summary over the list of findings: figures by severity, and the counts of every rule.

use domain::filter::ParamEnum as _;
use domain::finding::{FindingState, OpenFindings, Rule, RuleCount};
use leptos::either::Either;
use leptos::prelude::*;

use crate::components::finding::{RuleSeverity, findings_path, rule_path};
use crate::components::scan_progress::{CheckedTo, RuleProgress};
use crate::components::text::{counted, grouped};
use crate::model::{FindingsPage, PageContext};

/// The figures and the rules. Over a filtered list the rules are collapsed.
#[component]
pub fn RuleBoard<'a>(
    /// The page's context.
    ctx: &'a PageContext,
    /// The page's model.
    page: &'a FindingsPage,
) -> impl IntoView + use<> {
    let narrowed = !page.list.query.filter_pairs().as_slice().is_empty();
    let (found, quiet): (Vec<RuleCount>, Vec<RuleCount>) = Rule::all()
        .map(|rule| RuleCount::among(&page.counts, rule))
        .partition(|count| count.all() > 0);
    let rules = if narrowed {
        let counts = found.into_iter().chain(quiet).collect();
        Either::Left(view! {
            <details class="disclosure rules-disclosure">
                <summary>"Every rule"</summary>
                <RuleList ctx page counts />
            </details>
        })
    } else {
        let summary = match (found.is_empty(), quiet.len() as u64) {
            (_, 0) => None,
            (true, number) => Some(counted(number, ("rule", "rules"))),
            (false, number) => Some(format!(
                "{} without a finding",
                counted(number, ("rule", "rules"))
            )),
        };
        let folded = summary.map(|summary| {
            view! {
                <details class="disclosure rules-disclosure">
                    <summary>{summary}</summary>
                    <RuleList ctx page counts=quiet />
                </details>
            }
        });
        Either::Right(view! { <RuleList ctx page counts=found />{folded} })
    };
    view! {
        <section class="findings-summary" aria-labelledby="board">
            <h2 id="board" class="sr">"All findings, by severity and rule"</h2>
            <Figures ctx page />
            {rules}
        </section>
    }
}

#[component]
fn Figures<'a>(
    /// The page's context.
    ctx: &'a PageContext,
    /// The page's model.
    page: &'a FindingsPage,
) -> impl IntoView + use<> {
    let open = OpenFindings::of(&page.counts);
    let explained: u64 = page.counts.iter().map(|count| count.explained).sum();
    view! {
        <dl class="figures linked">
            <Figure href="/findings?severity=critical&state=open" label="Critical, open" number=open.critical class="urgent" />
            <Figure href="/findings?severity=error&state=open" label="Errors, open" number=open.error class="urgent" />
            <Figure href="/findings?severity=warning&state=open" label="Warnings, open" number=open.warning class="warn" />
            <Figure href="/findings?severity=info&state=open" label="Info, open" number=open.info />
            <Figure href="/findings?state=explained" label="Explained" number=explained />
            <div><dt>"Checked to"</dt><dd><CheckedTo ctx scan_progress=&page.scan_progress /></dd></div>
        </dl>
    }
}

#[component]
fn Figure(
    /// The findings that it counts.
    href: &'static str,
    /// What it counts.
    label: &'static str,
    /// The number.
    number: u64,
    /// The number's class where it is not nought.
    #[prop(optional)]
    class: &'static str,
) -> impl IntoView {
    let class = if number > 0 { class } else { "" };
    view! { <div><dt><a href=href>{label}</a></dt><dd class=class>{grouped(number)}</dd></div> }
}

/// Rules with what they have found. Renders nothing if there is none.
#[component]
fn RuleList<'a>(
    /// The page's context.
    ctx: &'a PageContext,
    /// The page's model.
    page: &'a FindingsPage,
    /// The rules.
    counts: Vec<RuleCount>,
) -> impl IntoView + use<> {
    (!counts.is_empty()).then(|| {
        let entries = counts
            .into_iter()
            .map(|count| view! { <RuleEntry ctx page count /> });
        view! { <ul class="rule-list">{entries.collect_view()}</ul> }
    })
}

#[component]
fn RuleEntry<'a>(
    /// The page's context.
    ctx: &'a PageContext,
    /// The page's model.
    page: &'a FindingsPage,
    /// The rule, and how many findings it has.
    count: RuleCount,
) -> impl IntoView + use<> {
    let rule = count.rule;
    view! {
        <li>
            <div class="entry-head">
                <a class="rule-name" href=rule_path(rule)>{rule.as_str()}</a>
                <RuleNumbers count />
            </div>
            <p>
                <RuleSeverity severity=rule.severity() />
                {format!(" {} ", rule.sentence())}
                <RuleProgress ctx scan_progress=&page.scan_progress rule />
            </p>
        </li>
    }
}

/// The numbers of open and explained findings, each a link to them.
#[component]
fn RuleNumbers(
    /// The rule, and how many findings it has.
    count: RuleCount,
) -> impl IntoView {
    let link = |number: u64, state: FindingState, words: &'static str| {
        let href = findings_path(count.rule, Some(state));
        (number > 0).then(|| view! { <a href=href><strong>{grouped(number)}</strong>{words}</a> })
    };
    let numbers = if count.all() == 0 {
        let href = findings_path(count.rule, None);
        Either::Left(view! { <a class="dim" href=href>"none"</a> })
    } else {
        let open = link(count.open, FindingState::Open, " open");
        let explained = link(count.explained, FindingState::Explained, " explained");
        Either::Right(view! { {open}{explained} })
    };
    view! { <span class="rule-counts">{numbers}</span> }
}
