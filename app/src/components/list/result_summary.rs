//! The line that says exactly what is shown: how many, from when to when, in which zone; and the
//! exports of exactly that.

use domain::filter::{Bound, ListQuery, Window};
use domain::page::Count;
use domain::query::Pairs;
use domain::time::Timestamp;
use domain::zone::offset_label;
use leptos::prelude::*;

use super::columns::menu;
use super::submit_button::{FORM, unapplied};
use crate::components::text::counted;
use crate::components::time::is_ahead;
use crate::islands::ExportProgress;
use crate::model::{ListPage, PageContext};

/// The line over a table.
pub fn result_summary(ctx: &PageContext, page: &ListPage) -> AnyView {
    let zone = page.query.tz.unwrap_or(ctx.zone);
    let on_page = counted(page.page.rows.len() as u64, ("row", "rows"));
    view! {
        <header class="shown">
            <h2 id="shown">{count_words(page.count, page.query.view.words.noun)}</h2>
            <p>
                {span_words(&page.query, page.window, zone)}
                " · "
                {zone_words(ctx, zone)}
                " · "
                {on_page}
                " on this page"
                {ahead_words(ctx, page)}
            </p>
            {exports(ctx, page)}
        </header>
    }
    .into_any()
}

/// The zone's name and its distance from UTC.
pub fn zone_words(ctx: &PageContext, zone: chrono_tz::Tz) -> AnyView {
    let offset = offset_label(ctx.now, zone);
    let distance = (offset != zone.name()).then(|| format!(" ({offset})"));
    view! { <span class="zone">{zone.name()}{distance}</span> }.into_any()
}

/// The menu of columns, and the links to the exports of exactly what is shown.
pub fn exports(ctx: &PageContext, page: &ListPage) -> AnyView {
    let path = page.query.view.path();
    let newest = page.page.rows.first().map(|row| row.timestamp);
    let rows = page.query.pinned(page.window, newest).pairs();
    view! {
        <div class="exports">
            {menu(ctx, &page.query)}
            {unapplied()}
            {export(&rows, &format!("{path}.csv"), "CSV")}
            {export(&rows, &format!("{path}.jsonl"), "JSONL")}
            <ExportProgress />
        </div>
    }
    .into_any()
}

/// A link to the export of what is shown. While the form holds something unapplied it is a button of the form's: the
/// file is then what is ticked and typed, as whoever presses it believes.
fn export(rows: &Pairs, path: &str, kind: &'static str) -> AnyView {
    let label = format!("Download {kind}");
    view! {
        <a class="btn if-applied" href=rows.link(path) download="" data-export="" aria-label=label.clone()>
            "↓ "{kind}
        </a>
        <button class="btn if-changed" form=FORM formaction=path.to_owned() aria-label=label>"↓ "{kind}</button>
    }
    .into_any()
}

/// How many rows of the page lie ahead of the database's clock; nothing where none does.
pub fn ahead_words(ctx: &PageContext, page: &ListPage) -> Option<AnyView> {
    let rows = page.page.rows.iter();
    let ahead = rows.filter(|row| is_ahead(ctx, row.timestamp)).count();
    (ahead > 0).then(|| {
        let rows = counted(ahead as u64, ("row", "rows"));
        let verb = if ahead == 1 { "lies" } else { "lie" };
        view! { " · "<span class="ahead-words">{rows}" on this page "{verb}" in the future"</span> }
            .into_any()
    })
}

/// `2,148 decisions`, `about 1,230,000 decisions`, `more than 10,000 decisions`.
#[must_use]
pub fn count_words(count: Count, noun: (&str, &str)) -> String {
    match count {
        Count::Exact(number) => counted(number, noun),
        Count::About(0) => format!("hardly any {}", noun.0),
        Count::About(number) => format!("about {}", counted(number, noun)),
        Count::MoreThan(number) => format!("more than {}", counted(number, noun)),
        Count::NotCounted => format!("{}, not counted in time", noun.1),
    }
}

/// `Mon 16 Nov 2026 00:00:00 → end of Sun 22 Nov 2026`.
pub fn span_words(query: &ListQuery, window: Window, zone: chrono_tz::Tz) -> AnyView {
    if window.from.is_none() && window.to.is_none() {
        return "all times".into_any();
    }
    let whole_day = |bound: Option<Bound>| matches!(bound, Some(Bound::Day(_)));
    let moment = |at: Timestamp| {
        let second = at.postgres_micros().rem_euclid(1_000_000) == 0 || query.time.last.is_some();
        let text = if second {
            at.second_in(zone)
        } else {
            at.full_in(zone)
        };
        let utc = at.rfc3339();
        view! { <time datetime=utc.clone() title=utc>{text}</time> }.into_any()
    };
    let from = window
        .from
        .map_or_else(|| "the beginning".into_any(), moment);
    let to = match window.to {
        None => "now".into_any(),
        Some(at) if whole_day(query.time.to) => {
            let utc = at.rfc3339();
            let date = at.shown_in(zone).date;
            view! { <time datetime=utc.clone() title=utc>"end of "{date}</time> }.into_any()
        }
        Some(at) => moment(at),
    };
    view! { {from}" → "{to} }.into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_count_says_how_sure_it_is() {
        let noun = ("decision", "decisions");
        assert_eq!(count_words(Count::Exact(2_148), noun), "2,148 decisions");
        assert_eq!(
            count_words(Count::about(1_234_567), noun),
            "about 1,230,000 decisions"
        );
        assert_eq!(
            count_words(Count::capped(10_001), noun),
            "more than 10,000 decisions"
        );
        assert_eq!(
            count_words(Count::NotCounted, noun),
            "decisions, not counted in time"
        );
    }
}
