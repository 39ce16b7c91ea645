//! `/`: the kill switch's live state, the last 24 hours, what is open, what is new.

use domain::day::DayNumbers;
use domain::episode::{Episode, History};
use domain::filter::ParamEnum as _;
use domain::finding::{OpenFindings, Severity};
use domain::live::{LiveState, RedisState};
use domain::wire::Icon;
use leptos::either::Either;
use leptos::prelude::*;

use crate::components::banner::Banner;
use crate::components::episode::{EpisodeState, MechanismTag, lasted, mechanism_name};
use crate::components::finding::RuleSeverity;
use crate::components::icon::Mark;
use crate::components::list::PageHead;
use crate::components::list::columns::DefaultTable;
use crate::components::list::empty::NoneYet;
use crate::components::list::table::ZoneHeader;
use crate::components::live::{
    LastEventLine, SourceTag, agreement_tone, agreement_words, declared_words, enforced_words,
    live_state_text,
};
use crate::components::number::SpelledNumber;
use crate::components::text::{Stored, counted, grouped};
use crate::components::time::TableTime;
use crate::document::{Section, document};
use crate::model::{NavBadges, OverviewPage, PageContext};

/// The overview.
#[must_use]
pub fn overview(ctx: &PageContext, page: &OverviewPage) -> String {
    document(
        ctx,
        Section::Overview,
        "Overview",
        || view! { <OverviewContent ctx page /> },
    )
}

#[component]
fn OverviewContent<'a>(
    /// The page's context.
    ctx: &'a PageContext,
    /// The page's model.
    page: &'a OverviewPage,
) -> impl IntoView + use<> {
    view! {
        <PageHead title="Overview" about="Is trading stopped, what happened today, what needs a look" />
        {ctx.live.as_ref().map(|live| view! { <LiveSources ctx live /> })}
        <LastDay day=page.last_day />
        <div class="split">
            <div class="split-main"><NewestEvents ctx page /></div>
            <aside class="split-side">
                <FindingsToExplain open=ctx.nav_badges.findings />
                <ReviewsToDo nav_badges=ctx.nav_badges />
                <RecentEpisodes ctx history=&page.history />
            </aside>
        </div>
    }
}

/// The kill switch's state, and what it rests on.
#[component]
fn LiveSources<'a>(
    /// The page's context.
    ctx: &'a PageContext,
    /// The state.
    live: &'a LiveState,
) -> impl IntoView + use<> {
    let told = live_state_text(live);
    let agreement = format!("agreement {}", agreement_tone(live).class());
    let (is_volatile, equity) = match &live.redis {
        RedisState::Known {
            volatile,
            initial_equity,
            ..
        } => (*volatile, initial_equity.as_deref()),
        RedisState::NotConfigured | RedisState::NotReachable => (false, None),
    };
    let volatile = is_volatile.then(|| {
        view! {
            <div><dt>"Market"</dt><dd><span class="tag warn">"volatile"</span>" limits are halved"</dd></div>
        }
    });
    let equity = equity.map(|text| {
        view! { <div><dt>"Hard-stop baseline, AUD"</dt><dd><SpelledNumber text /></dd></div> }
    });
    view! {
        <section class="live" aria-labelledby="live">
            <h2 id="live" class="sr">"Kill switch, now"</h2>
            <Banner icon=told.mark tone=told.tone answer=told.answer>{told.more}</Banner>
            <dl class="figures joined">
                <div><dt>"Database setting"</dt><dd><SourceTag words=declared_words(live) /></dd></div>
                <div><dt>"Redis (enforced)"</dt><dd><SourceTag words=enforced_words(live) /></dd></div>
                <div><dt>"Last event"</dt><dd><LastEventLine ctx last=live.last /></dd></div>
                <div><dt>"Agreement"</dt><dd class=agreement>{agreement_words(live)}</dd></div>
                {volatile}
                {equity}
            </dl>
        </section>
    }
}

#[component]
fn LastDay(
    /// What happened in it.
    day: DayNumbers,
) -> impl IntoView {
    view! {
        <section aria-labelledby="last-day">
            <h2 id="last-day" class="section-title">"Last 24 hours"</h2>
            <dl class="figures linked">
                <DayFigure href="/trades?last=24h" label="Decisions" number=day.decisions />
                <DayFigure href="/trades?last=24h&outcome=executed" label="Executed" number=day.executed />
                <DayFigure href="/trades?last=24h&outcome=blocked" label="Blocked by the Guard" number=day.blocked />
                <DayFigure href="/signals?last=24h" label="Signals" number=day.signals />
                <DayFigure href="/events?last=24h&type=TRADE_REJECTED" label="Rejected attempts" number=day.rejections />
                <DayFigure href="/events?last=24h" label="Events" number=day.events />
            </dl>
        </section>
    }
}

#[component]
fn DayFigure(
    /// The list that it counts.
    href: &'static str,
    /// What it counts.
    label: &'static str,
    /// The number.
    number: u64,
) -> impl IntoView {
    view! { <div><dt><a href=href>{label}</a></dt><dd class="">{grouped(number)}</dd></div> }
}

#[component]
fn NewestEvents<'a>(
    /// The page's context.
    ctx: &'a PageContext,
    /// The page's model.
    page: &'a OverviewPage,
) -> impl IntoView + use<> {
    let rows = page.newest_events.as_slice();
    let body = if rows.is_empty() {
        Either::Left(view! { <NoneYet noun="event" /> })
    } else {
        Either::Right(view! {
            <DefaultTable ctx view=page.events caption="Newest events" rows>
                <ZoneHeader ctx />
            </DefaultTable>
        })
    };
    view! {
        <section class="sheet" aria-labelledby="newest">
            <header class="result-summary">
                <h2 id="newest">"Newest events"</h2>
                <p class="exports"><a href="/events">"All events"</a></p>
            </header>
            {body}
        </section>
    }
}

/// How many closed episodes are shown beside the open ones.
const RECENT: usize = 5;

/// The open episodes, and the ones that were closed last.
#[component]
fn RecentEpisodes<'a>(
    /// The page's context.
    ctx: &'a PageContext,
    /// Every episode.
    history: &'a History,
) -> impl IntoView + use<> {
    let newest_first = || history.episodes.iter().rev();
    let entry = |episode| view! { <EpisodeEntry ctx episode /> };
    let open = newest_first().filter(|episode| episode.cleared().is_none());
    let open = open.map(entry).collect_view();
    let closed = newest_first().filter(|episode| episode.cleared().is_some());
    let closed = closed.take(RECENT).map(entry).collect_view();
    let open = if open.is_empty() {
        Either::Left(view! { <p class="dim">"No episode is open."</p> })
    } else {
        Either::Right(view! { <ul class="entries">{open}</ul> })
    };
    let closed = (!closed.is_empty()).then(|| {
        view! {
            <section class="card">
                <h2>"Last closed episodes"</h2>
                <ul class="entries">{closed}</ul>
                <p><a href="/kill-switch">"All episodes"</a></p>
            </section>
        }
    });
    view! {
        <section class="card">
            <h2>"Open kill-switch episodes"</h2>
            {open}
        </section>
        {closed}
    }
}

#[component]
fn EpisodeEntry<'a>(
    /// The page's context.
    ctx: &'a PageContext,
    /// The episode.
    episode: &'a Episode,
) -> impl IntoView + use<> {
    let mechanism = episode.mechanism;
    let href = format!("/kill-switch/{}", episode.first().event.id);
    view! {
        <li>
            <div class="entry-head">
                <a class="row-link" href=href>{mechanism_name(mechanism)}</a>
                <EpisodeState is_cleared=episode.cleared().is_some() />
            </div>
            <MechanismTag mechanism />
            <p>
                <TableTime ctx at=episode.activated_at() />
                {format!(" · {} · by ", lasted(episode, ctx.now))}
                <Stored text=episode.first().actor() />
            </p>
        </li>
    }
}

/// Reviews to do. Renders nothing if there is none.
#[component]
fn ReviewsToDo(
    /// The number of items that need a person.
    nav_badges: NavBadges,
) -> impl IntoView {
    let NavBadges {
        pending_reviews: pending,
        overdue_reviews: overdue,
        ..
    } = nav_badges;
    let late = (overdue > 0).then(|| {
        let words = format!("{} overdue", counted(overdue, ("review", "reviews")));
        view! { <li><a class="out warn" href="/kill-switch?review=overdue"><Mark icon=Icon::Alert />{words}</a></li> }
    });
    let waiting = (pending > 0).then(|| {
        let words = format!("{} pending", counted(pending, ("review", "reviews")));
        view! { <li><a class="out quiet" href="/kill-switch?review=pending"><Mark icon=Icon::Ring />{words}</a></li> }
    });
    (pending + overdue > 0).then(|| {
        view! {
            <section class="card">
                <h2>"Reviews to do"</h2>
                <ul class="links">{late}{waiting}</ul>
            </section>
        }
    })
}

/// Findings that nobody has explained, by severity.
#[component]
fn FindingsToExplain(
    /// How many there are.
    open: OpenFindings,
) -> impl IntoView {
    let counts = if open.all() == 0 {
        Either::Left(view! { <p class="dim">"None is open."</p> })
    } else {
        Either::Right(view! {
            <ul class="links">
                <SeverityCount number=open.critical severity=Severity::Critical />
                <SeverityCount number=open.error severity=Severity::Error />
                <SeverityCount number=open.warning severity=Severity::Warning />
                <SeverityCount number=open.info severity=Severity::Info />
            </ul>
        })
    };
    view! {
        <section class="card">
            <h2>"Open findings"</h2>
            {counts}
            <p><a href="/findings">"All findings"</a></p>
        </section>
    }
}

#[component]
fn SeverityCount(
    /// How many findings of it are open.
    number: u64,
    /// The severity.
    severity: Severity,
) -> impl IntoView {
    let href = format!("/findings?severity={}&state=open", severity.as_str());
    (number > 0).then(|| {
        view! {
            <li class="count-row">
                <a href=href><RuleSeverity severity /></a>
                <span class="num">{grouped(number)}</span>
            </li>
        }
    })
}
