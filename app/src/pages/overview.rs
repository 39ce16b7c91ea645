//! `/`: the kill switch's live state, the last 24 hours, what is open, what is new.

use domain::day::DayNumbers;
use domain::episode::Episode;
use domain::filter::ParamEnum as _;
use domain::finding::{OpenFindings, Severity};
use domain::live::{LiveState, RedisState};
use leptos::prelude::*;

use crate::components::banner::banner;
use crate::components::episode::{lasted, mechanism_name, mechanism_tag, state};
use crate::components::finding::gravity;
use crate::components::icon::{Icon, icon};
use crate::components::list::columns::default_table;
use crate::components::live::{
    agreement_tone, agreement_words, declared_words, enforced_words, last_event, live_state_text,
    source_tag,
};
use crate::components::text::{counted, grouped, stored};
use crate::components::time::timestamp;
use crate::document::{Section, document};
use crate::model::{NavBadges, OverviewPage, PageContext};

/// The overview.
#[must_use]
pub fn overview(ctx: &PageContext, page: &OverviewPage) -> String {
    let content = view! {
        <div class="page-head">
            <h1>"Overview"</h1>
            <p>"Is trading stopped, what happened today, what needs a look"</p>
        </div>
        {ctx.live.as_ref().map(|state| live(ctx, state))}
        {last_day(page.last_day)}
        <div class="split">
            <div class="split-main">
                <section class="sheet" aria-labelledby="newest">
                    <header class="shown">
                        <h2 id="newest">"Newest events"</h2>
                        <p class="exports"><a href="/events">"All events"</a></p>
                    </header>
                    {newest(ctx, page)}
                </section>
            </div>
            <aside class="split-side">{episodes(ctx, page)}</aside>
        </div>
    };
    document(ctx, Section::Overview, "Overview", content.into_any())
}

fn live(ctx: &PageContext, live: &LiveState) -> AnyView {
    let told = live_state_text(live);
    let agreement = format!("agreement {}", agreement_tone(live).class());
    let volatile = match &live.redis {
        RedisState::Known { volatile: true, .. } => Some(view! {
            <div><dt>"Market"</dt><dd><span class="tag warn">"volatile"</span>" limits are halved"</dd></div>
        }),
        _ => None,
    };
    let equity = match &live.redis {
        RedisState::Known {
            initial_equity: Some(equity),
            ..
        } => Some(view! {
            <div><dt>"Hard-stop baseline, AUD"</dt><dd>{crate::components::number::spelled(equity)}</dd></div>
        }),
        _ => None,
    };
    view! {
        <section class="live" aria-labelledby="live">
            <h2 id="live" class="sr">"Kill switch, now"</h2>
            {banner(told.mark, told.tone, told.answer.to_owned(), told.more.into_any())}
            <dl class="figures joined">
                <div><dt>"Database setting"</dt><dd>{source_tag(declared_words(live))}</dd></div>
                <div><dt>"Redis (enforced)"</dt><dd>{source_tag(enforced_words(live))}</dd></div>
                <div><dt>"Last event"</dt><dd>{last_event(ctx, live.last)}</dd></div>
                <div><dt>"Agreement"</dt><dd class=agreement>{agreement_words(live)}</dd></div>
                {volatile}
                {equity}
            </dl>
        </section>
    }
    .into_any()
}

fn last_day(day: DayNumbers) -> AnyView {
    let figure = |href: &'static str, label: &'static str, number: u64, class: &'static str| {
        view! {
            <div><dt><a href=href>{label}</a></dt><dd class=class>{grouped(number)}</dd></div>
        }
        .into_any()
    };
    view! {
        <section aria-labelledby="last-day">
            <h2 id="last-day" class="section-title">"Last 24 hours"</h2>
            <dl class="figures linked">
                {figure("/trades?last=24h", "Decisions", day.decisions, "")}
                {figure("/trades?last=24h&outcome=executed", "Executed", day.executed, "")}
                {figure("/trades?last=24h&outcome=blocked", "Blocked by the Guard", day.blocked, "")}
                {figure("/signals?last=24h", "Signals", day.signals, "")}
                {figure("/events?last=24h&type=TRADE_REJECTED", "Rejected attempts", day.rejections, "")}
                {figure("/events?last=24h", "Events", day.events, "")}
            </dl>
        </section>
    }
    .into_any()
}

fn newest(ctx: &PageContext, page: &OverviewPage) -> AnyView {
    if page.newest_events.is_empty() {
        return view! {
            <div class="empty">
                <p class="empty-title">"No event yet"</p>
                <p>"The engine has written none. They appear here as soon as it does."</p>
            </div>
        }
        .into_any();
    }
    let time = view! {
        <th scope="col" class="c-time">"Time "<span class="th-zone">{ctx.zone.name()}</span></th>
    };
    let (rows, time) = (&page.newest_events, time.into_any());
    default_table(ctx, page.events, "Newest events", rows, time)
}

/// How many closed episodes are shown beside the open ones.
const RECENT: usize = 5;

fn episodes(ctx: &PageContext, page: &OverviewPage) -> AnyView {
    let all = &page.history.episodes;
    let open: Vec<AnyView> = all
        .iter()
        .rev()
        .filter(|episode| episode.cleared().is_none())
        .map(|episode| entry(ctx, episode))
        .collect();
    let closed: Vec<AnyView> = all
        .iter()
        .rev()
        .filter(|episode| episode.cleared().is_some())
        .take(RECENT)
        .map(|episode| entry(ctx, episode))
        .collect();
    let open = if open.is_empty() {
        view! { <p class="dim">"No episode is open."</p> }.into_any()
    } else {
        view! { <ul class="entries">{open}</ul> }.into_any()
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
        {findings(ctx.nav_badges.findings)}
        {reviews(ctx.nav_badges)}
        <section class="card">
            <h2>"Open kill-switch episodes"</h2>
            {open}
        </section>
        {closed}
    }
    .into_any()
}

/// Reviews to do, where there are any.
fn reviews(nav_badges: NavBadges) -> Option<AnyView> {
    let NavBadges {
        pending_reviews: pending,
        overdue_reviews: overdue,
        ..
    } = nav_badges;
    let late = (overdue > 0).then(|| {
        let words = format!("{} overdue", counted(overdue, ("review", "reviews")));
        view! { <li><a class="out warn" href="/kill-switch?review=overdue">{icon(Icon::Alert)}{words}</a></li> }
    });
    let waiting = (pending > 0).then(|| {
        let words = format!("{} pending", counted(pending, ("review", "reviews")));
        view! { <li><a class="out quiet" href="/kill-switch?review=pending">{icon(Icon::Ring)}{words}</a></li> }
    });
    (pending + overdue > 0).then(|| {
        view! {
            <section class="card">
                <h2>"Reviews to do"</h2>
                <ul class="links">{late}{waiting}</ul>
            </section>
        }
        .into_any()
    })
}

/// Findings that nobody has explained, by severity.
fn findings(open: OpenFindings) -> AnyView {
    let of = |number: u64, severity: Severity| {
        let href = format!("/findings?severity={}&state=open", severity.as_str());
        (number > 0).then(|| {
            view! {
                <li class="counted"><a href=href>{gravity(severity)}</a><span class="num">{grouped(number)}</span></li>
            }
        })
    };
    let counts = if open.all() == 0 {
        view! { <p class="dim">"None is open."</p> }.into_any()
    } else {
        view! {
            <ul class="links">
                {of(open.critical, Severity::Critical)}
                {of(open.error, Severity::Error)}
                {of(open.warning, Severity::Warning)}
                {of(open.info, Severity::Info)}
            </ul>
        }
        .into_any()
    };
    view! {
        <section class="card">
            <h2>"Open findings"</h2>
            {counts}
            <p><a href="/findings">"All findings"</a></p>
        </section>
    }
    .into_any()
}

fn entry(ctx: &PageContext, episode: &Episode) -> AnyView {
    let href = format!("/kill-switch/{}", episode.first().event.id);
    view! {
        <li>
            <div class="entry-head">
                <a class="row-link" href=href>{mechanism_name(episode.mechanism)}</a>
                {state(episode.cleared().is_some())}
            </div>
            {mechanism_tag(episode.mechanism)}
            <p>
                {timestamp(ctx, episode.activated_at())}
                " · "
                {lasted(episode, ctx.now)}
                " · by "
                {stored(episode.first().actor())}
            </p>
        </li>
    }
    .into_any()
}
