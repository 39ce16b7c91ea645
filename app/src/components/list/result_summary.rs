//! The summary of a list's result: number of rows, time range and zone, with the links to the
//! exports of the same rows.

use domain::filter::{Bound, ListQuery, Window};
use domain::page::Count;
use domain::query::Pairs;
use domain::time::Timestamp;
use domain::zone::offset_label;
use leptos::either::Either;
use leptos::prelude::*;

use super::columns::ColumnMenu;
use super::filter_link::{FORM, UnappliedNotice};
use crate::components::text::counted;
use crate::components::time::{Time, is_ahead};
use crate::islands::ExportProgress;
use crate::model::{ListPage, PageContext};

/// The line over a table.
#[component]
pub fn ResultSummary<'a>(
    /// The page's context.
    ctx: &'a PageContext,
    /// The list.
    page: &'a ListPage,
) -> impl IntoView + use<> {
    let zone = page.query.tz.unwrap_or(ctx.zone);
    let on_page = counted(page.page.rows.len() as u64, ("row", "rows"));
    view! {
        <header class="result-summary">
            <h2 id="result-count">{count_words(page.count, page.query.view.words.noun)}</h2>
            <p>
                <WindowSpan query=&page.query window=page.window zone />
                " · "
                <ZoneName ctx zone />
                {format!(" · {on_page} on this page")}
                <AheadRows ctx page />
            </p>
            <Exports ctx page />
        </header>
    }
}

/// The zone's name and its UTC offset.
#[component]
pub fn ZoneName<'a>(
    /// The page's context.
    ctx: &'a PageContext,
    /// The zone.
    zone: chrono_tz::Tz,
) -> impl IntoView + use<> {
    let offset = offset_label(ctx.now, zone);
    let text = if offset == zone.name() {
        offset
    } else {
        format!("{} ({offset})", zone.name())
    };
    view! { <span class="zone">{text}</span> }
}

/// The menu of columns, and the links to the exports of the list.
#[component]
pub fn Exports<'a>(
    /// The page's context.
    ctx: &'a PageContext,
    /// The list.
    page: &'a ListPage,
) -> impl IntoView + use<> {
    let path = page.query.view.path();
    let newest = page.page.rows.first().map(|row| row.timestamp);
    let rows = page.query.pinned(page.window, newest).pairs();
    view! {
        <div class="exports">
            <ColumnMenu ctx query=&page.query />
            <UnappliedNotice />
            <ExportLink rows=&rows path=format!("{path}.csv") format="CSV" />
            <ExportLink rows=&rows path=format!("{path}.jsonl") format="JSONL" />
            <ExportProgress />
        </div>
    }
}

/// A link to the export of the list. While the form has unapplied changes it is a button of the form, so that the file
/// matches the form's fields.
#[component]
fn ExportLink<'a>(
    /// The query of what is shown.
    rows: &'a Pairs,
    /// The export's path.
    path: String,
    /// Its format as people call it.
    format: &'static str,
) -> impl IntoView + use<> {
    let label = format!("Download {format}");
    let words = format!("↓ {format}");
    view! {
        <a class="btn if-applied" href=rows.link(&path) download="" data-export="" aria-label=label.clone()>
            {words.clone()}
        </a>
        <button class="btn if-changed" form=FORM formaction=path aria-label=label>{words}</button>
    }
}

/// The number of rows on the page with a timestamp in the future. Renders nothing if there is none.
#[component]
pub fn AheadRows<'a>(
    /// The page's context.
    ctx: &'a PageContext,
    /// The list.
    page: &'a ListPage,
) -> impl IntoView + use<> {
    let rows = page.page.rows.iter();
    let ahead = rows.filter(|row| is_ahead(ctx, row.timestamp)).count();
    (ahead > 0).then(|| {
        let rows = counted(ahead as u64, ("row", "rows"));
        let verb = if ahead == 1 { "lies" } else { "lie" };
        let words = format!("{rows} on this page {verb} in the future");
        view! { " · "<span class="future-rows">{words}</span> }
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
#[component]
pub fn WindowSpan<'a>(
    /// The list's query.
    query: &'a ListQuery,
    /// The span of time that it amounts to.
    window: Window,
    /// The zone that times are shown in.
    zone: chrono_tz::Tz,
) -> impl IntoView + use<> {
    if window.from.is_none() && window.to.is_none() {
        return Either::Left("all times");
    }
    let moment = |at: Timestamp| {
        let is_second =
            at.postgres_micros().rem_euclid(1_000_000) == 0 || query.time.last.is_some();
        let text = if is_second {
            at.second_in(zone)
        } else {
            at.full_in(zone)
        };
        view! { <Time at text /> }
    };
    let from = match window.from {
        None => Either::Left("the beginning"),
        Some(at) => Either::Right(moment(at)),
    };
    let to = match window.to {
        None => Either::Left("now"),
        Some(at) if matches!(query.time.to, Some(Bound::Day(_))) => {
            let text = format!("end of {}", at.shown_in(zone).date);
            Either::Right(view! { <Time at text /> })
        }
        Some(at) => Either::Right(moment(at)),
    };
    Either::Right(view! { {from}" → "{to} })
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
