//! `/findings/rules/{rule}`: what a rule looks for, how it tells, and how to see the same by hand.

use domain::filter::ParamEnum as _;
use domain::finding::{FindingState, RuleCount};
use leptos::prelude::*;

use crate::components::banner::banner;
use crate::components::detail::{card, columns, links, trail};
use crate::components::finding::{findings_path, gravity};
use crate::components::icon::Icon;
use crate::components::outcome::Tone;
use crate::components::scan_progress::{of_rule, warnings};
use crate::components::text::{counted, grouped};
use crate::components::time::{rough_span, to_the_second};
use crate::document::{Section, document};
use crate::model::{PageContext, RulePage};

/// One rule.
#[must_use]
pub fn rule(ctx: &PageContext, page: &RulePage) -> String {
    let rule = page.count.rule;
    let main = vec![
        card(
            "How it works",
            view! { <p class="prose">{rule.explanation()}</p> }.into_any(),
        ),
        card("SQL", query(page)),
    ];
    let side = vec![
        card("Its findings", its_findings(page.count)),
        card("Checked", checked(ctx, page)),
    ];
    let content = view! {
        {trail("/findings", "Findings", &format!("rule {}", rule.as_str()))}
        <div class="page-head">
            <h1>{rule.as_str()}</h1>
            {gravity(rule.severity())}
            <p>{rule.sentence()}</p>
        </div>
        {warnings(ctx, &page.scan_progress)}
        {found(page)}
        {columns(main, side)}
    };
    document(
        ctx,
        Section::List("findings"),
        rule.as_str(),
        content.into_any(),
    )
}

/// The answer: how many it has found.
fn found(page: &RulePage) -> Option<AnyView> {
    let RuleCount {
        open, explained, ..
    } = page.count;
    let has_looked = page.scan_progress.of(page.count.rule).is_some();
    let (spec, tone, answer) = match (open, explained) {
        (0, 0) if !has_looked => return None,
        (0, 0) => (Icon::Dot, Tone::Ok, "Nothing found.".to_owned()),
        (0, _) => (
            Icon::Dot,
            Tone::Ok,
            format!(
                "{}, explained.",
                counted(explained, ("finding", "findings"))
            ),
        ),
        (open, 0) => (
            Icon::Alert,
            Tone::Warn,
            format!("{}.", counted(open, ("open finding", "open findings"))),
        ),
        (open, explained) => (
            Icon::Alert,
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
    Some(banner(spec, tone, answer, more.into_any()))
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

fn checked(ctx: &PageContext, page: &RulePage) -> AnyView {
    let Some(progress) = page.scan_progress.of(page.count.rule) else {
        return view! { <p>"Not checked yet."</p> }.into_any();
    };
    let behind = rough_span(ctx.now.micros_since(progress.checked_to));
    view! {
        <p>"To "{to_the_second(ctx, progress.checked_to)}", "{behind}" behind."</p>
        <p class="dim">"Last looked at "{to_the_second(ctx, progress.checked_at)}"."</p>
        {of_rule(ctx, &page.scan_progress, page.count.rule)}
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
