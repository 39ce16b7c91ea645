//! What the whole history of stops amounts to: a few figures, each a way to what it counts.

use domain::calendar::Band;
use domain::time::duration_in_words;
use leptos::prelude::*;

use super::calendar::calendar;
use super::text::grouped;
use crate::model::{NavBadges, PageContext};

/// The band over the list of episodes.
pub fn band(ctx: &PageContext, band: &Band) -> AnyView {
    view! {
        <section class="band" aria-labelledby="band">
            <h2 id="band" class="sr">"All stops so far"</h2>
            <dl class="figures linked">
                <div>
                    <dt>"Days without a stop"</dt>
                    <dd>{days_without(band)}</dd>
                </div>
                {longest(band)}
                {open(ctx.nav_badges.open_episodes)}
                {reviews(ctx.nav_badges)}
            </dl>
            {calendar(&band.days, ctx.zone)}
        </section>
    }
    .into_any()
}

fn days_without(band: &Band) -> AnyView {
    match band.days_without {
        Some(days) => grouped(days).into_any(),
        None => view! { <span class="none">"never stopped"</span> }.into_any(),
    }
}

fn longest(band: &Band) -> AnyView {
    let Some(longest) = band.longest else {
        return view! { <div><dt>"Longest stop"</dt><dd><span class="none">"none"</span></dd></div> }
            .into_any();
    };
    let href = format!("/kill-switch/{}", longest.id);
    view! {
        <div>
            <dt><a href=href>"Longest stop"</a></dt>
            <dd>{duration_in_words(longest.micros)}</dd>
        </div>
    }
    .into_any()
}

fn open(number: u64) -> AnyView {
    let class = if number > 0 { "hot" } else { "" };
    view! {
        <div>
            <dt><a href="/kill-switch?state=open">"Open episodes"</a></dt>
            <dd class=class>{grouped(number)}</dd>
        </div>
    }
    .into_any()
}

/// Two numbers that belong together, so the links are theirs and not the box's.
fn reviews(nav_badges: NavBadges) -> AnyView {
    let class = if nav_badges.overdue_reviews > 0 {
        "late"
    } else {
        ""
    };
    view! {
        <div class="pair">
            <dt>"Reviews"</dt>
            <dd>
                <a href="/kill-switch?review=pending">
                    {grouped(nav_badges.pending_reviews)} <small>" pending"</small>
                </a>
                <a class=class href="/kill-switch?review=overdue">
                    {grouped(nav_badges.overdue_reviews)} <small>" overdue"</small>
                </a>
            </dd>
        </div>
    }
    .into_any()
}
