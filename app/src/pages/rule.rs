//! `/findings/rules/{rule}`: what a rule looks for, how it tells, and how to see the same by hand.

use domain::filter::Choice as _;
use domain::finding::{FindingState, RuleCount};
use leptos::prelude::*;

use crate::components::banner::banner;
use crate::components::checked::{of_rule, warnings};
use crate::components::detail::{card, columns, links, trail};
use crate::components::finding::{findings_path, gravity};
use crate::components::mark::Mark;
use crate::components::outcome::Tone;
use crate::components::text::{counted, grouped};
use crate::components::time::{rough_span, to_the_second};
use crate::document::{Section, document};
use crate::model::{Frame, RulePage};

/// One rule.
#[must_use]
pub fn rule(frame: &Frame, page: &RulePage) -> String {
    let rule = page.count.rule;
    let main = vec![
        card(
            "How it is told",
            view! { <p class="prose">{rule.explanation()}</p> }.into_any(),
        ),
        card("The same by hand", query(page)),
    ];
    let side = vec![
        card("Its findings", its_findings(page.count)),
        card("Checked", checked(frame, page)),
    ];
    let content = view! {
        {trail("/findings", "Findings", &format!("rule {}", rule.word()))}
        <div class="page-head">
            <h1>{rule.word()}</h1>
            {gravity(rule.severity())}
            <p>{rule.sentence()}</p>
        </div>
        {warnings(frame, &page.reach)}
        {found(page)}
        {columns(main, side)}
    };
    document(frame, Section::Findings, rule.word(), content.into_any())
}

/// The answer: how many it has found.
fn found(page: &RulePage) -> Option<AnyView> {
    let RuleCount {
        open, explained, ..
    } = page.count;
    let has_looked = page.reach.of(page.count.rule).is_some();
    let (shape, tone, answer) = match (open, explained) {
        (0, 0) if !has_looked => return None,
        (0, 0) => (Mark::Dot, Tone::Ok, "Nothing found.".to_owned()),
        (0, _) => (
            Mark::Dot,
            Tone::Ok,
            format!(
                "{}, explained.",
                counted(explained, ("finding", "findings"))
            ),
        ),
        (open, 0) => (
            Mark::Alert,
            Tone::Warn,
            format!("{}.", counted(open, ("open finding", "open findings"))),
        ),
        (open, explained) => (
            Mark::Alert,
            Tone::Warn,
            format!(
                "{}, {} explained.",
                counted(open, ("open finding", "open findings")),
                grouped(explained)
            ),
        ),
    };
    let more = (page.count.all() > 0).then(|| {
        let href = findings_path(page.count.rule, None);
        view! { <a href=href>"List them"</a> }
    });
    Some(banner(shape, tone, answer, more.into_any()))
}

fn its_findings(count: RuleCount) -> AnyView {
    let path = |state| findings_path(count.rule, state);
    links(vec![
        (
            path(Some(FindingState::Open)),
            format!("Open: {}", grouped(count.open)),
        ),
        (
            path(Some(FindingState::Explained)),
            format!("Explained: {}", grouped(count.explained)),
        ),
        (path(None), "All of this rule".to_owned()),
    ])
}

fn checked(frame: &Frame, page: &RulePage) -> AnyView {
    let Some(progress) = page.reach.of(page.count.rule) else {
        return view! { <p>"Not checked yet."</p> }.into_any();
    };
    let behind = rough_span(frame.now.micros_since(progress.checked_to));
    view! {
        <p>"To "{to_the_second(frame, progress.checked_to)}", "{behind}" behind."</p>
        <p class="dim">"Last looked at "{to_the_second(frame, progress.checked_at)}"."</p>
        {of_rule(frame, &page.reach, page.count.rule)}
    }
    .into_any()
}

/// The query, and in what it differs from the rule.
fn query(page: &RulePage) -> AnyView {
    let differs = match page.differs {
        Some(differs) => view! { <p class="prose">{differs}</p> }.into_any(),
        None => {
            view! { <p class="prose">"Run it in psql on the engine’s database: it shows the subjects that the rule finds."</p> }
                .into_any()
        }
    };
    view! { {differs}<pre class="sql"><code>{page.query.clone()}</code></pre> }.into_any()
}
