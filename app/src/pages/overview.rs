//! `/`: the kill switch's live state, the last 24 hours, what is open, what is new.

use domain::day::DayNumbers;
use domain::episode::Episode;
use domain::filter::Choice as _;
use domain::finding::{Severity, Unexplained};
use domain::live::{LiveState, RedisState};
use domain::view::View;
use leptos::prelude::*;

use super::events;
use crate::components::banner::banner;
use crate::components::episode::{lasted, mechanism_name, mechanism_tag, state};
use crate::components::finding::gravity;
use crate::components::list::columns::usual_table;
use crate::components::live::{
    agreement_tone, agreement_words, declared_words, enforced_words, last_event, source_tag, tell,
};
use crate::components::mark::{Mark, mark};
use crate::components::text::{counted, grouped, stored};
use crate::components::time::moment;
use crate::document::{Section, document};
use crate::model::{Attention, Frame, OverviewPage};

/// The overview.
#[must_use]
pub fn overview(frame: &Frame, page: &OverviewPage) -> String {
    let content = view! {
        <div class="page-head">
            <h1>"Overview"</h1>
            <p>"Is trading stopped, what happened today, what needs a look"</p>
        </div>
        {frame.live.as_ref().map(|state| live(frame, state))}
        {last_day(page.last_day)}
        <div class="split">
            <div class="split-main">
                <section class="sheet" aria-labelledby="newest">
                    <header class="shown">
                        <h2 id="newest">"Newest events"</h2>
                        <p class="exports"><a href="/events">"All events"</a></p>
                    </header>
                    {newest(frame, page)}
                </section>
            </div>
            <aside class="split-side">{episodes(frame, page)}</aside>
        </div>
    };
    document(frame, Section::Overview, "Overview", content.into_any())
}

fn live(frame: &Frame, live: &LiveState) -> AnyView {
    let told = tell(live);
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
            <div><dt>"Base of the hard stop, AUD"</dt><dd>{crate::components::number::spelled(equity)}</dd></div>
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
                <div><dt>"Last event"</dt><dd>{last_event(frame, live.last)}</dd></div>
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

fn newest(frame: &Frame, page: &OverviewPage) -> AnyView {
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
        <th scope="col" class="c-time">"Time "<span class="th-zone">{frame.zone.name()}</span></th>
    };
    let of = events::listed("Newest events");
    let (rows, time) = (&page.newest_events, time.into_any());
    usual_table(frame, View::Events, rows, events::COLUMNS, time, &of)
}

/// How many closed episodes are shown beside the open ones.
const RECENT: usize = 5;

fn episodes(frame: &Frame, page: &OverviewPage) -> AnyView {
    let all = &page.history.episodes;
    let open: Vec<AnyView> = all
        .iter()
        .rev()
        .filter(|episode| episode.cleared().is_none())
        .map(|episode| entry(frame, episode))
        .collect();
    let closed: Vec<AnyView> = all
        .iter()
        .rev()
        .filter(|episode| episode.cleared().is_some())
        .take(RECENT)
        .map(|episode| entry(frame, episode))
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
        {findings(frame.attention.findings)}
        {reviews(frame.attention)}
        <section class="card">
            <h2>"Open kill-switch episodes"</h2>
            {open}
        </section>
        {closed}
    }
    .into_any()
}

/// Reviews to do, where there are any.
fn reviews(attention: Attention) -> Option<AnyView> {
    let Attention {
        pending_reviews: pending,
        overdue_reviews: overdue,
        ..
    } = attention;
    let late = (overdue > 0).then(|| {
        let words = format!("{} overdue", counted(overdue, ("review", "reviews")));
        view! { <li><a class="out warn" href="/kill-switch?review=overdue">{mark(Mark::Alert)}{words}</a></li> }
    });
    let waiting = (pending > 0).then(|| {
        let words = format!("{} pending", counted(pending, ("review", "reviews")));
        view! { <li><a class="out quiet" href="/kill-switch?review=pending">{mark(Mark::Ring)}{words}</a></li> }
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
fn findings(open: Unexplained) -> AnyView {
    let of = |number: u64, severity: Severity| {
        let href = format!("/findings?severity={}&state=open", severity.word());
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

fn entry(frame: &Frame, episode: &Episode) -> AnyView {
    let href = format!("/kill-switch/{}", episode.first().event.id);
    view! {
        <li>
            <div class="entry-head">
                <a class="row-link" href=href>{mechanism_name(episode.mechanism)}</a>
                {state(episode)}
            </div>
            {mechanism_tag(episode.mechanism)}
            <p>
                {moment(frame, episode.activated_at())}
                " · "
                {lasted(episode, frame.now)}
                " · by "
                {stored(episode.first().actor())}
            </p>
        </li>
    }
    .into_any()
}
