//! What the rules amount to, over the list: figures by severity, and every rule with what it has found.

use domain::filter::ParamEnum as _;
use domain::finding::{FindingState, OpenFindings, Rule, RuleCount};
use leptos::prelude::*;

use crate::components::finding::{findings_path, gravity, rule_path};
use crate::components::scan_progress::{checked_to, of_rule};
use crate::components::text::{counted, grouped};
use crate::model::{FindingsPage, PageContext};

/// The figures and the rules. Over a list that is narrowed down the rules are folded.
pub fn board(ctx: &PageContext, page: &FindingsPage) -> AnyView {
    let narrowed = !page.list.query.filter_pairs().as_slice().is_empty();
    let (found, quiet): (Vec<RuleCount>, Vec<RuleCount>) = Rule::all()
        .map(|rule| RuleCount::among(&page.counts, rule))
        .partition(|count| count.all() > 0);
    let entries = |counts: Vec<RuleCount>| {
        let entries: Vec<AnyView> = counts
            .into_iter()
            .map(|count| entry(ctx, page, count))
            .collect();
        (!entries.is_empty()).then(|| view! { <ul class="rule-list">{entries}</ul> })
    };
    let rules = if narrowed {
        view! {
            <details class="fold board-fold">
                <summary>"Every rule"</summary>
                {entries(found.into_iter().chain(quiet).collect())}
            </details>
        }
        .into_any()
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
                <details class="fold board-fold">
                    <summary>{summary}</summary>
                    {entries(quiet)}
                </details>
            }
        });
        view! { {entries(found)}{folded} }.into_any()
    };
    view! {
        <section class="board" aria-labelledby="board">
            <h2 id="board" class="sr">"All findings, by severity and rule"</h2>
            {figures(ctx, page)}
            {rules}
        </section>
    }
    .into_any()
}

fn figures(ctx: &PageContext, page: &FindingsPage) -> AnyView {
    let open = OpenFindings::of(&page.counts);
    let explained: u64 = page.counts.iter().map(|count| count.explained).sum();
    let figure = |href: &'static str, label: &'static str, number: u64, class: &'static str| {
        let class = if number > 0 { class } else { "" };
        view! {
            <div><dt><a href=href>{label}</a></dt><dd class=class>{grouped(number)}</dd></div>
        }
        .into_any()
    };
    view! {
        <dl class="figures linked">
            {figure("/findings?severity=critical&state=open", "Critical, open", open.critical, "hot")}
            {figure("/findings?severity=error&state=open", "Errors, open", open.error, "hot")}
            {figure("/findings?severity=warning&state=open", "Warnings, open", open.warning, "late")}
            {figure("/findings?severity=info&state=open", "Info, open", open.info, "")}
            {figure("/findings?state=explained", "Explained", explained, "")}
            <div><dt>"Checked to"</dt><dd>{checked_to(ctx, &page.scan_progress)}</dd></div>
        </dl>
    }
    .into_any()
}

fn entry(ctx: &PageContext, page: &FindingsPage, count: RuleCount) -> AnyView {
    let rule = count.rule;
    view! {
        <li>
            <div class="entry-head">
                <a class="rule-name" href=rule_path(rule)>{rule.as_str()}</a>
                {numbers(count)}
            </div>
            <p>{gravity(rule.severity())}" "{rule.sentence()}" "{of_rule(ctx, &page.scan_progress, rule)}</p>
        </li>
    }
    .into_any()
}

/// How many are open and explained, each a way to them.
fn numbers(count: RuleCount) -> AnyView {
    let link = |number: u64, state: FindingState, words: &'static str| {
        let href = findings_path(count.rule, Some(state));
        (number > 0).then(|| view! { <a href=href><strong>{grouped(number)}</strong>{words}</a> })
    };
    if count.all() == 0 {
        let href = findings_path(count.rule, None);
        return view! { <span class="numbers"><a class="dim" href=href>"none"</a></span> }
            .into_any();
    }
    view! {
        <span class="numbers">
            {link(count.open, FindingState::Open, " open")}
            {link(count.explained, FindingState::Explained, " explained")}
        </span>
    }
    .into_any()
}
