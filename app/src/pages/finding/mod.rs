//! `/findings/{id}`: one finding, what it is about, and what people make of it.

mod form;
mod notes;

use domain::filter::ParamEnum as _;
use domain::finding::{FindingState, Severity, StoredFinding};
use domain::query::Pairs;
use leptos::prelude::*;

use crate::components::banner::banner;
use crate::components::detail::{around, card, columns, links, trail};
use crate::components::facts::{Fact, fact, facts, id, optional};
use crate::components::finding::{findings_path, gravity, rule_path, state};
use crate::components::icon::Icon;
use crate::components::outcome::Tone;
use crate::components::text::{short_id, stored};
use crate::components::time::{exact, row_time, to_the_second};
use crate::document::{Section, document};
pub(crate) use form::UNPROTECTED;

use crate::model::{FindingPage, PageContext};

/// One finding.
#[must_use]
pub fn finding(ctx: &PageContext, page: &FindingPage) -> String {
    let kept = &page.kept;
    let rule = kept.finding.rule;
    let main = vec![
        card("Finding", facts(rows(ctx, kept))),
        notes::card(ctx, page),
    ];
    let side = vec![
        card("The rule", the_rule(kept)),
        card("Related", near(kept)),
    ];
    let content = view! {
        {trail("/findings", "Findings", &format!("finding {}", short_id(&kept.id)))}
        <div class="page-head">
            <h1>{rule.as_str()}", "{to_the_second(ctx, kept.finding.at)}</h1>
            {gravity(rule.severity())}
            {state(kept.state)}
        </div>
        {answer(page)}
        {columns(main, side)}
    };
    document(
        ctx,
        Section::List("findings"),
        "Finding",
        content.into_any(),
    )
}

/// What was found, as loud as its rule is grave; quieter once somebody has explained it.
fn answer(page: &FindingPage) -> AnyView {
    let kept = &page.kept;
    let (spec, tone) = match (kept.state, kept.finding.rule.severity()) {
        (FindingState::Explained, _) => (Icon::Dot, Tone::Ok),
        (FindingState::Open, Severity::Critical | Severity::Error) => (Icon::Alert, Tone::Stop),
        (FindingState::Open, Severity::Warning) => (Icon::Alert, Tone::Warn),
        (FindingState::Open, Severity::Info) => (Icon::Ring, Tone::Quiet),
    };
    let more = match (kept.state, page.notes.last()) {
        (FindingState::Open, None) => "Nobody has said anything about it.".into_any(),
        (FindingState::Open, Some(_)) => {
            "What was said about it is about what was found before.".into_any()
        }
        (FindingState::Explained, None) => "Explained.".into_any(),
        (FindingState::Explained, Some(note)) => {
            view! { {note.answer.label()}" by "{stored(&note.author_email)}"." }.into_any()
        }
    };
    banner(spec, tone, stored(&kept.finding.summary), more)
}

fn rows(ctx: &PageContext, kept: &StoredFinding) -> Vec<Fact> {
    let finding = &kept.finding;
    let rule = view! { <a href=rule_path(finding.rule)>{finding.rule.as_str()}</a> };
    let subject = &finding.subject;
    let code = view! { <code class="id">{stored(&subject.id)}</code> };
    let code = match subject.path() {
        Some(href) => view! { <a href=href>{code}</a> }.into_any(),
        None => code.into_any(),
    };
    let text = |text: &Option<String>| text.as_ref().map(stored);
    let mut rows = vec![
        fact("Rule", "rule", rule.into_any()),
        fact("Severity", "severity", gravity(finding.rule.severity())),
        fact(
            "Subject",
            "subject_kind, subject_id",
            view! { {subject.kind.as_str()}" "{code} }.into_any(),
        ),
    ];
    if let Some(href) = subject.trace() {
        let trace = view! { <a href=href>"From signal to fill"</a> };
        rows.push(fact("Trace", "", trace.into_any()));
    }
    rows.push(optional("Coin", "asset", text(&finding.asset)));
    if kept.algorithm_name.is_some() {
        rows.push(optional("Algorithm", "", text(&kept.algorithm_name)));
    }
    rows.extend([
        optional("Algorithm id", "algorithm_id", text(&finding.algorithm)),
        fact("Time", "timestamp", row_time(ctx, finding.at)),
        fact("Found", "found_at", exact(ctx, kept.found_at)),
        fact("Finding id", "id", id(kept.id)),
    ]);
    rows
}

/// What the rule looks for, in short.
fn the_rule(kept: &StoredFinding) -> AnyView {
    let rule = kept.finding.rule;
    view! {
        <div class="paragraphs">
            <p>{rule.sentence()}</p>
            <p class="dim">{rule.explanation()}</p>
            <p><a href=rule_path(rule)>"The rule and its query"</a></p>
        </div>
    }
    .into_any()
}

fn near(kept: &StoredFinding) -> AnyView {
    let finding = &kept.finding;
    let at = around(finding.at);
    let about = Pairs::default()
        .with("q", finding.subject.id.clone())
        .link("/findings");
    links(vec![
        (
            findings_path(finding.rule, None),
            "All findings of this rule".to_owned(),
        ),
        (
            about,
            format!("All findings about this {}", finding.subject.kind.as_str()),
        ),
        (
            at.link("/findings"),
            "All findings, 15 min each way".to_owned(),
        ),
        (at.link("/events"), "All events, 15 min each way".to_owned()),
    ])
}
