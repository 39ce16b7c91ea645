//! `/findings/rules/{rule}`: what a rule looks for, how it decides, and SQL that shows the same rows.

use domain::filter::ParamEnum as _;
use domain::finding::{FindingState, RuleCount};
use domain::wire::{Icon, Tone};
use leptos::either::Either;
use leptos::prelude::*;

use crate::components::banner::Banner;
use crate::components::detail::{Breadcrumb, Card, Columns, LinkList};
use crate::components::finding::{RuleSeverity, findings_path};
use crate::components::scan_progress::{RuleProgress, ScanWarnings};
use crate::components::text::{counted, grouped};
use crate::components::time::{SecondTime, rough_span};
use crate::document::{Section, document};
use crate::model::{PageContext, RulePage};

/// One rule.
#[must_use]
pub fn rule(ctx: &PageContext, page: &RulePage) -> String {
    document(
        ctx,
        Section::List("findings"),
        page.count.rule.as_str(),
        || view! { <RuleContent ctx page /> },
    )
}

#[component]
fn RuleContent<'a>(
    /// The page's context.
    ctx: &'a PageContext,
    /// The page's model.
    page: &'a RulePage,
) -> impl IntoView + use<> {
    let rule = page.count.rule;
    let main = view! {
        <Card title="How it works"><p class="prose">{rule.explanation()}</p></Card>
        <Card title="SQL"><RuleQuery page /></Card>
    };
    let side = view! {
        <Card title="Its findings"><LinkList links=its_findings(page.count) /></Card>
        <Card title="Checked"><Checked ctx page /></Card>
    };
    view! {
        <Breadcrumb href="/findings" label="Findings" here=format!("rule {}", rule.as_str()) />
        <div class="page-head">
            <h1>{rule.as_str()}</h1>
            <RuleSeverity severity=rule.severity() />
            <p>{rule.sentence()}</p>
        </div>
        <ScanWarnings ctx scan_progress=&page.scan_progress />
        <Found page />
        <Columns main side />
    }
}

/// The answer: how many it has found. Renders nothing if it has not looked yet.
#[component]
fn Found<'a>(
    /// The page's model.
    page: &'a RulePage,
) -> impl IntoView + use<> {
    let RuleCount {
        open, explained, ..
    } = page.count;
    let has_looked = page.scan_progress.of(page.count.rule).is_some();
    let (icon, tone, answer) = match (open, explained) {
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
    let list = (page.count.all() > 0).then(|| {
        let href = findings_path(page.count.rule, None);
        view! { <a href=href>"List them"</a> }
    });
    Some(view! { <Banner icon tone answer>{list}</Banner> })
}

/// Links to what it has found.
fn its_findings(count: RuleCount) -> Vec<(String, String)> {
    let path = |state| findings_path(count.rule, state);
    vec![
        (
            path(Some(FindingState::Open)),
            format!("Open: {}", grouped(count.open)),
        ),
        (
            path(Some(FindingState::Explained)),
            format!("Explained: {}", grouped(count.explained)),
        ),
        (path(None), "All of this rule".to_owned()),
    ]
}

/// How far the rule has got.
#[component]
fn Checked<'a>(
    /// The page's context.
    ctx: &'a PageContext,
    /// The page's model.
    page: &'a RulePage,
) -> impl IntoView + use<> {
    let rule = page.count.rule;
    let Some(progress) = page.scan_progress.of(rule) else {
        return Either::Left(view! { <p>"Not checked yet."</p> });
    };
    let behind = rough_span(ctx.now.micros_since(progress.checked_to));
    Either::Right(view! {
        <p>"To "<SecondTime ctx at=progress.checked_to />{format!(", {behind} behind.")}</p>
        <p class="dim">"Last looked at "<SecondTime ctx at=progress.checked_at />"."</p>
        <RuleProgress ctx scan_progress=&page.scan_progress rule />
    })
}

/// The query, and in what it differs from the rule.
#[component]
fn RuleQuery<'a>(
    /// The page's model.
    page: &'a RulePage,
) -> impl IntoView + use<> {
    let differs = page.differs.unwrap_or(
        "Run it in psql on the engine’s database: it shows the subjects that the rule finds.",
    );
    view! {
        <p class="prose">{differs}</p>
        <pre class="sql"><code>{page.query.clone()}</code></pre>
    }
}
