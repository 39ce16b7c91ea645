//! `/findings/{id}`: one finding, its subject, and the notes about it.

mod form;
mod notes;

use domain::filter::ParamEnum as _;
use domain::finding::{FindingState, Severity, StoredFinding};
use domain::query::Pairs;
use domain::wire::{Icon, Tone};
use leptos::either::Either;
use leptos::prelude::*;

use crate::components::banner::Banner;
use crate::components::detail::{Breadcrumb, Card, Columns, LinkList, around};
use crate::components::facts::{Fact, Facts, Id};
use crate::components::finding::{FindingStateTag, RuleSeverity, findings_path, rule_path};
use crate::components::text::{Stored, StoredOrNone, short_id};
use crate::components::time::{ExactTime, RowTime, SecondTime};
use crate::document::{Section, document};
use crate::model::{FindingPage, PageContext};
pub(crate) use form::UNPROTECTED;
use notes::NotesCard;

/// One finding.
#[must_use]
pub fn finding(ctx: &PageContext, page: &FindingPage) -> String {
    document(
        ctx,
        Section::List("findings"),
        "Finding",
        || view! { <FindingContent ctx page /> },
    )
}

#[component]
fn FindingContent<'a>(
    /// The page's context.
    ctx: &'a PageContext,
    /// The page's model.
    page: &'a FindingPage,
) -> impl IntoView + use<> {
    let kept = &page.kept;
    let rule = kept.finding.rule;
    let main = view! {
        <Card title="Finding"><FindingFacts ctx kept /></Card>
        <NotesCard ctx page />
    };
    let side = view! {
        <Card title="The rule">
            <div class="paragraphs">
                <p>{rule.sentence()}</p>
                <p class="dim">{rule.explanation()}</p>
                <p><a href=rule_path(rule)>"The rule and its query"</a></p>
            </div>
        </Card>
        <Card title="Related"><LinkList links=near(kept) /></Card>
    };
    view! {
        <Breadcrumb href="/findings" label="Findings" here=format!("finding {}", short_id(&kept.id)) />
        <div class="page-head">
            <h1>{format!("{}, ", rule.as_str())}<SecondTime ctx at=kept.finding.at /></h1>
            <RuleSeverity severity=rule.severity() />
            <FindingStateTag state=kept.state />
        </div>
        <FindingBanner page />
        <Columns main side />
    }
}

/// The finding's banner. Its tone follows the rule's severity, and is muted once the finding is explained.
#[component]
fn FindingBanner<'a>(
    /// The page's model.
    page: &'a FindingPage,
) -> impl IntoView + use<> {
    let kept = &page.kept;
    let (icon, tone) = match (kept.state, kept.finding.rule.severity()) {
        (FindingState::Explained, _) => (Icon::Dot, Tone::Ok),
        (FindingState::Open, Severity::Critical | Severity::Error) => (Icon::Alert, Tone::Stop),
        (FindingState::Open, Severity::Warning) => (Icon::Alert, Tone::Warn),
        (FindingState::Open, Severity::Info) => (Icon::Ring, Tone::Quiet),
    };
    let more = match (kept.state, page.notes.last()) {
        (FindingState::Open, None) => Either::Left("Nobody has said anything about it."),
        (FindingState::Open, Some(_)) => {
            Either::Left("What was said about it is about what was found before.")
        }
        (FindingState::Explained, None) => Either::Left("Explained."),
        (FindingState::Explained, Some(note)) => Either::Right(view! {
            {format!("{} by ", note.answer.label())}
            <Stored text=&note.author_email />
            "."
        }),
    };
    let answer = view! { <Stored text=&kept.finding.summary /> };
    view! { <Banner icon tone answer>{more}</Banner> }
}

#[component]
fn FindingFacts<'a>(
    /// The page's context.
    ctx: &'a PageContext,
    /// The finding.
    kept: &'a StoredFinding,
) -> impl IntoView + use<> {
    let finding = &kept.finding;
    let rule = finding.rule;
    let subject = &finding.subject;
    let code = view! { <code class="id"><Stored text=&subject.id /></code> };
    let code = match subject.path() {
        Some(href) => Either::Left(view! { <a href=href>{code}</a> }),
        None => Either::Right(code),
    };
    let trace = subject.trace().map(|href| {
        view! { <Fact label="Trace"><a href=href>"From signal to fill"</a></Fact> }
    });
    let algorithm = kept.algorithm_name.as_ref();
    let algorithm = algorithm.map(|text| view! { <Fact label="Algorithm"><Stored text /></Fact> });
    view! {
        <Facts>
            <Fact label="Rule" column="rule"><a href=rule_path(rule)>{rule.as_str()}</a></Fact>
            <Fact label="Severity" column="severity"><RuleSeverity severity=rule.severity() /></Fact>
            <Fact label="Subject" column="subject_kind, subject_id">
                {format!("{} ", subject.kind.as_str())}
                {code}
            </Fact>
            {trace}
            <Fact label="Coin" column="asset"><StoredOrNone text=finding.asset.as_deref() /></Fact>
            {algorithm}
            <Fact label="Algorithm id" column="algorithm_id">
                <StoredOrNone text=finding.algorithm.as_deref() />
            </Fact>
            <Fact label="Time" column="timestamp"><RowTime ctx at=finding.at /></Fact>
            <Fact label="Found" column="found_at"><ExactTime ctx at=kept.found_at /></Fact>
            <Fact label="Finding id" column="id"><Id id=kept.id /></Fact>
        </Facts>
    }
}

/// Links to what happened around it, and to what is like it.
fn near(kept: &StoredFinding) -> Vec<(String, String)> {
    let finding = &kept.finding;
    let at = around(finding.at);
    let about = Pairs::default()
        .with("q", finding.subject.id.clone())
        .link("/findings");
    vec![
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
    ]
}
