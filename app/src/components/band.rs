//! Totals over all kill-switch episodes. Each figure links to the rows that it counts.

use domain::calendar::Band;
use domain::time::duration_in_words;
use leptos::either::Either;
use leptos::prelude::*;

use super::calendar::Calendar;
use super::text::grouped;
use crate::model::{NavBadges, PageContext};

/// The band over the list of episodes.
#[component]
pub fn HistoryBand<'a>(
    /// The page's context.
    ctx: &'a PageContext,
    /// The figures.
    band: &'a Band,
) -> impl IntoView + use<> {
    view! {
        <section class="band" aria-labelledby="band">
            <h2 id="band" class="sr">"All stops so far"</h2>
            <dl class="figures linked">
                <DaysWithout days=band.days_without />
                <LongestStop band />
                <OpenEpisodes number=ctx.nav_badges.open_episodes />
                <ReviewCounts nav_badges=ctx.nav_badges />
            </dl>
            <Calendar days=&band.days zone=ctx.zone />
        </section>
    }
}

#[component]
fn DaysWithout(
    /// Whole days since the last stop; `None` if there never was one.
    days: Option<u64>,
) -> impl IntoView {
    let days = match days {
        Some(days) => Either::Left(grouped(days)),
        None => Either::Right(view! { <span class="none">"never stopped"</span> }),
    };
    view! { <div><dt>"Days without a stop"</dt><dd>{days}</dd></div> }
}

#[component]
fn LongestStop<'a>(
    /// The figures.
    band: &'a Band,
) -> impl IntoView + use<> {
    match band.longest {
        None => Either::Left(view! {
            <div><dt>"Longest stop"</dt><dd><span class="none">"none"</span></dd></div>
        }),
        Some(longest) => {
            let href = format!("/kill-switch/{}", longest.id);
            Either::Right(view! {
                <div>
                    <dt><a href=href>"Longest stop"</a></dt>
                    <dd>{duration_in_words(longest.micros)}</dd>
                </div>
            })
        }
    }
}

#[component]
fn OpenEpisodes(
    /// How many episodes are open.
    number: u64,
) -> impl IntoView {
    let class = if number > 0 { "urgent" } else { "" };
    view! {
        <div>
            <dt><a href="/kill-switch?state=open">"Open episodes"</a></dt>
            <dd class=class>{grouped(number)}</dd>
        </div>
    }
}

/// A figure of two numbers. Each number is a link, instead of the whole box.
#[component]
fn ReviewCounts(
    /// The number of items that need a person.
    nav_badges: NavBadges,
) -> impl IntoView {
    let NavBadges {
        pending_reviews: pending,
        overdue_reviews: overdue,
        ..
    } = nav_badges;
    let class = if overdue > 0 { "warn" } else { "" };
    view! {
        <div class="pair">
            <dt>"Reviews"</dt>
            <dd>
                <a href="/kill-switch?review=pending">{grouped(pending)} <small>" pending"</small></a>
                <a class=class href="/kill-switch?review=overdue">
                    {grouped(overdue)} <small>" overdue"</small>
                </a>
            </dd>
        </div>
    }
}
