//! Whole pages: content, hostile input, and conformance to the content security policy. Run with `--features ssr`.

mod samples;

use app::model::{ListPage, PageContext, RecordNotice};
use app::pages;
use domain::finding::Rule;
use domain::order::OrderLink;
use domain::page::Count;
use domain::wire::{Icon, Tone};
use samples::part;
use store::views;

fn ctx() -> PageContext {
    samples::ctx("/trades?tz=UTC&last=7d")
}

/// Every page, by name.
fn all() -> Vec<(&'static str, String)> {
    let ctx = ctx();
    let hostile = || samples::trade(samples::hostile(), OrderLink::Missing);
    vec![
        ("overview", pages::overview(&ctx, &samples::overview())),
        (
            "trades",
            samples::trades_html(&ctx, &samples::trades("last=7d", &samples::decisions())),
        ),
        (
            "empty",
            samples::trades_html(&ctx, &samples::trades("asset=BTC", &[])),
        ),
        (
            "hostile",
            samples::trades_html(&ctx, &samples::trades("", &[samples::hostile()])),
        ),
        ("trade", pages::trade(&ctx, &samples::trade_filled())),
        ("hostile trade", pages::trade(&ctx, &hostile())),
        ("trace", trace(samples::trace_whole())),
        ("blocked trace", trace(samples::trace_blocked())),
        ("trace without order", trace(samples::trace_missing())),
        ("trace in doubt", trace(samples::trace_in_doubt())),
        ("hostile trace", trace(samples::trace_hostile())),
        (
            "signals",
            samples::signals_html(&ctx, &samples::signals("")),
        ),
        ("signal", pages::signal(&ctx, &samples::signal_page(2))),
        (
            "events",
            samples::events_html(&ctx, &samples::events("severity=critical")),
        ),
        ("event", pages::event(&ctx, &samples::event_page())),
        (
            "kill switch",
            pages::kill_switch(&ctx, &samples::kill_switch("")),
        ),
        (
            "empty kill switch",
            pages::kill_switch(&ctx, &samples::kill_switch_empty()),
        ),
        ("login", pages::login(&ctx, &samples::login())),
        ("error", pages::error(&ctx, &samples::bad_request())),
        ("forbidden", pages::forbidden(&ctx)),
        ("preferences", pages::preferences(&ctx, "/trades")),
    ]
    .into_iter()
    .chain(dossiers())
    .chain(findings())
    .chain(views())
    .collect()
}

/// Chosen columns and saved views, by name.
fn views() -> Vec<(&'static str, String)> {
    let ctx = ctx();
    let hostile = samples::trades("cols=id,block_reason,asset", &[samples::hostile()]);
    let mut trades = samples::trades("cols=id,filled_at", &samples::decisions());
    trades.saved = Some(samples::saved_trades().into());
    vec![
        ("chosen columns", samples::trades_html(&ctx, &trades)),
        ("hostile columns", samples::trades_html(&ctx, &hostile)),
        ("views", pages::views(&ctx, &samples::views())),
        ("no view", pages::views(&ctx, &samples::views_none())),
    ]
    .into_iter()
    .chain(
        samples::all_views_refused()
            .into_iter()
            .map(|(name, page)| (name, pages::views(&ctx, &page))),
    )
    .collect()
}

/// The page without the values of its fields.
fn without_values(page: &str) -> String {
    let mut parts = page.split(" value=\"");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, rest| {
        text + rest.split_once('"').map_or("", |(_, after)| after)
    })
}

/// What a form sends back stays as it is.
#[test]
fn no_page_holds_a_character_that_cannot_be_seen() {
    for (name, page) in all().into_iter().chain(views()) {
        let page = without_values(&page);
        let page: Vec<&str> = page.split("<textarea").collect();
        let (first, areas) = page.split_first().unwrap();
        let after = areas
            .iter()
            .map(|area| area.split_once("</textarea>").unwrap().1);
        let text: String = std::iter::once(*first).chain(after).collect();
        let hidden = text.char_indices().find(|(_, char)| {
            domain::invisible::is_invisible(*char) && !matches!(char, '\n' | '\t' | '\r')
        });
        let ctx = hidden.map(|(at, _)| text[..at].chars().rev().take(90).collect::<String>());
        assert_eq!(hidden, None, "{name}: {ctx:?}");
    }
}

fn trace(trace: domain::trace::Trace) -> String {
    pages::trace(&ctx(), &samples::trace_page(trace))
}

/// Every kind of dossier, by name.
fn dossiers() -> Vec<(&'static str, String)> {
    [
        ("episode", samples::episode_toggle()),
        ("enforced episode", samples::episode_enforced()),
        ("open episode", samples::episode_open()),
        ("overtaken", samples::episode_overtaken()),
        ("refused draft", samples::episode_refused_draft()),
        ("four eyes", samples::episode_four_eyes()),
        ("busy episode", samples::episode_busy()),
        ("too busy episode", samples::episode_too_busy()),
        ("hostile episode", samples::episode_hostile()),
    ]
    .into_iter()
    .map(|(name, page)| (name, pages::episode(&ctx(), &page)))
    .collect()
}

/// Every page of findings, by name.
fn findings() -> Vec<(&'static str, String)> {
    let ctx = ctx();
    let list = |page| pages::findings(&ctx, &page);
    let one = |page| pages::finding(&ctx, &page);
    let rows = samples::finding_rows;
    vec![
        (
            "findings",
            list(samples::findings("", &rows(), samples::scan_progress())),
        ),
        (
            "stale findings",
            list(samples::findings("state=open", &rows(), samples::stale())),
        ),
        ("no finding", list(samples::findings_none())),
        ("unchecked findings", list(samples::findings_unchecked())),
        ("finding", one(samples::finding_page())),
        ("refused note", one(samples::finding_refused())),
        ("overtaken note", one(samples::finding_overtaken())),
        (
            "rule",
            pages::rule(&ctx, &samples::rule_page(Rule::StateDisagrees)),
        ),
    ]
}

#[test]
fn every_page_is_a_whole_document() {
    for (name, html) in all() {
        assert!(
            html.starts_with("<!DOCTYPE html><html lang=\"en\""),
            "{name}"
        );
        assert!(html.ends_with("</body></html>"), "{name}");
        assert_eq!(html.matches("<h1").count(), 1, "{name}");
        assert_eq!(html.matches("<main").count(), 1, "{name}");
        assert_eq!(
            html.matches("<table").count(),
            html.matches("<tbody>").count(),
            "{name}"
        );
    }
}

/// `script-src 'nonce-…'; style-src 'self'` refuses what this looks for.
#[test]
fn no_page_has_inline_styles_or_handlers() {
    for (name, html) in all() {
        // Stored text is escaped, so a quote after `=` belongs to an attribute of ours.
        for refused in [
            " style=\"",
            " onclick=\"",
            " onload=\"",
            " onerror=\"",
            "<style",
            "javascript:",
        ] {
            assert!(!html.contains(refused), "{name} has {refused}");
        }
        assert_eq!(
            html.matches("<script").count(),
            html.matches("<script type=\"module\" nonce=\"n0nce\">")
                .count(),
            "{name}"
        );
    }
}

#[test]
fn ids_are_used_once() {
    for (name, html) in all() {
        let mut ids: Vec<&str> = html
            .split(" id=\"")
            .skip(1)
            .filter_map(|rest| rest.split('"').next())
            .collect();
        ids.sort_unstable();
        let found = ids.len();
        ids.dedup();
        assert_eq!(ids.len(), found, "{name}: {ids:?}");
    }
}

#[test]
fn a_hostile_row_is_escaped() {
    let html = samples::trades_html(&ctx(), &samples::trades("", &[samples::hostile()]));
    let reason = "A".repeat(900);
    insta::assert_snapshot!(part(&html, "<tbody>", "</tbody>").replace(&reason, "[900 A]"));
}

#[test]
fn a_hostile_filter_is_escaped() {
    let raw = "q=%22%3E%3Cscript%3Ealert(1)%3C/script%3E&asset=%E2%80%AEx%22%20onclick=%22y";
    let html = samples::trades_html(&ctx(), &samples::trades(raw, &[]));
    assert!(!html.contains("<script>alert"));
    // As text it may stand there; as an attribute's end it may not.
    assert!(!html.contains("=\"\u{202e}x\""));
}

#[test]
fn rows_show_their_outcome() {
    let rows: Vec<_> = samples::decisions().into_iter().skip(2).take(4).collect();
    let html = samples::trades_html(&ctx(), &samples::trades("last=7d", &rows));
    insta::assert_snapshot!(part(&html, "<table", "</table>"));
}

#[test]
fn signals_show_their_outcome() {
    let mut page = samples::signals("outcome=!nothing");
    page.page.rows.drain(..6);
    let html = samples::signals_html(&ctx(), &page);
    insta::assert_snapshot!(part(&html, "<table", "</table>"));
}

#[test]
fn a_signal_page_begins_with_its_outcome() {
    let banner = |number| {
        let html = pages::signal(&ctx(), &samples::signal_page(number));
        part(&html, "<div class=\"banner", "</div>")
    };
    let all: Vec<String> = (0..6).map(banner).collect();
    insta::assert_snapshot!(all.join("\n\n"));
}

#[test]
fn a_fixed_word_loses_its_underscore_and_a_free_text_does_not() {
    let raw = "block_kind=!kill_switch&agent=kill_switch";
    let html = samples::trades_html(&ctx(), &samples::trades(raw, &[]));
    for text in [
        "<bdi>not kill switch</bdi>",
        "<bdi>kill_switch</bdi>",
        "<bdi>position size</bdi>",
        "value=\"position_size\"",
        "Without blocked by <bdi>not kill switch</bdi>",
    ] {
        assert!(html.contains(text), "{text} is not in {html}");
    }
}

#[test]
fn the_result_summary_links_to_the_exports() {
    let raw = "from=2026-11-16&to=2026-11-22&asset=BTC&limit=100&order=oldest";
    let html = samples::trades_html(&ctx(), &samples::trades(raw, &samples::decisions()));
    insta::assert_snapshot!(part(
        &html,
        "<header class=\"result-summary\">",
        "</header>"
    ));
}

#[test]
fn chips_remove_one_filter_each() {
    let html = samples::trades_html(
        &ctx(),
        &samples::trades("q=rsi&asset=BTC&asset=!ETH&tz=UTC&order=oldest", &[]),
    );
    let chips = part(&html, "<nav aria-label=\"Active filters\"", "</nav>");
    let links: Vec<&str> = chips
        .split("href=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .filter(|href| href.starts_with('/'))
        .collect();
    assert_eq!(
        links,
        [
            "/trades?asset=BTC&amp;asset=!ETH&amp;tz=UTC&amp;order=oldest",
            "/trades?q=rsi&amp;asset=!ETH&amp;tz=UTC&amp;order=oldest",
            "/trades?q=rsi&amp;asset=BTC&amp;tz=UTC&amp;order=oldest",
            "/trades?tz=UTC&amp;order=oldest",
        ]
    );
}

#[test]
fn a_form_keeps_what_it_does_not_show_but_not_the_page() {
    let after = first_page("last=7d&tz=UTC&limit=2")
        .page
        .next
        .unwrap()
        .print(views::trades());
    let raw = format!("last=7d&tz=UTC&limit=2&after={after}");
    let html = samples::trades_html(&ctx(), &samples::trades(&raw, &samples::decisions()));
    let form = part(&html, "<form id=\"filter-form\"", "</form>");
    for kept in [
        "name=\"default_last\" value=\"7d\"",
        "name=\"default_tz\" value=\"UTC\"",
        "name=\"form\" value=\"filter\"",
        "name=\"tz\" value=\"UTC\"",
        "name=\"limit\" value=\"2\"",
        // The whole of the time stands in the same form.
        "name=\"preset\" value=\"30d\"",
        "name=\"from\"",
        "name=\"to\"",
    ] {
        assert!(form.contains(kept), "{kept} is not in {form}");
    }
    assert!(!form.contains("name=\"after\""), "{form}");
    // What is pressed or typed replaces the time: it is no field of its own.
    assert!(!form.contains("name=\"last\""), "{form}");
    // Enter presses the first button, which is to be no preset.
    let first = part(&form, "<button", "</button>");
    assert!(!first.contains("name="), "{first}");
}

fn first_page(raw: &str) -> ListPage {
    ListPage {
        count: Count::NotCounted,
        ..samples::trades(raw, &samples::decisions())
    }
}

#[test]
fn the_pager_leads_both_ways() {
    let first = first_page("limit=2");
    let html = samples::trades_html(&ctx(), &first);
    assert!(html.contains("rel=\"next\""));
    assert!(!html.contains("rel=\"prev\""));
    let after = first.page.next.unwrap().print(views::trades());
    let html = samples::trades_html(&ctx(), &first_page(&format!("limit=2&after={after}")));
    assert!(html.contains("rel=\"prev\""));
    assert!(html.contains("href=\"/trades?limit=2\" class=\"btn\">First page"));
}

#[test]
fn the_live_state_says_since_when() {
    let with = |live| PageContext {
        live: Some(live),
        ..ctx()
    };
    let declared = app::live_status(&with(samples::live(true, false))).unwrap();
    assert_eq!(
        (declared.short.as_str(), declared.since.as_str()),
        ("Declared, not enforced", " since 18:35")
    );
    assert_eq!((declared.tone, declared.mark), (Tone::Leak, Icon::Alert));
    let trading = app::live_status(&ctx()).unwrap();
    assert_eq!(
        (trading.short.as_str(), trading.tone),
        ("Trading", Tone::Ok)
    );
    let unknown = app::live_status(&with(samples::live_unknown())).unwrap();
    assert_eq!(
        (unknown.short.as_str(), unknown.tone),
        ("Unknown", Tone::Warn)
    );
    let mut yesterday = with(samples::live(true, true));
    if let Some(live) = &mut yesterday.live {
        live.stopped_since = Some(samples::at("2026-11-22T07:35:00Z"));
    }
    let stopped = app::live_status(&yesterday).unwrap();
    assert_eq!(
        (stopped.short.as_str(), stopped.since.as_str()),
        ("Stopped", " since 22 Nov 18:35")
    );
    let html = pages::overview(&yesterday, &samples::overview());
    assert!(html.contains(&stopped.title), "{html}");
}

#[test]
fn the_navigation_counts_pending_work() {
    let html = pages::overview(&ctx(), &samples::overview());
    insta::assert_snapshot!(part(&html, "<nav aria-label=\"Main\"", "</nav>"));
    let calm = PageContext {
        nav_badges: app::model::NavBadges::default(),
        ..ctx()
    };
    let html = pages::overview(&calm, &samples::overview());
    let nav = part(&html, "<nav aria-label=\"Main\"", "</nav>");
    assert_eq!(nav.matches(" hidden").count(), 3, "{nav}");
}

#[test]
fn the_kill_switch_list_begins_with_totals() {
    let html = pages::kill_switch(&ctx(), &samples::kill_switch(""));
    insta::assert_snapshot!(part(&html, "<section aria-labelledby=\"band\"", "</dl>"));
    assert!(html.contains("aria-label=\"Mon 23 Nov 2026: 3 stops\""));
    assert!(html.contains("Overdue by 2 h"));
}

#[test]
fn unmatched_events_are_labelled() {
    let html = pages::kill_switch(&ctx(), &samples::kill_switch(""));
    assert!(html.contains("a clear without an activation"));
}

#[test]
fn a_missing_order_is_reported_first() {
    let row = samples::decisions().swap_remove(5);
    let html = pages::trade(&ctx(), &samples::trade(row, OrderLink::Missing));
    let banner = part(&html, "<div class=\"banner leak\">", "</div>");
    assert!(
        banner.contains("Executed, but its order does not exist."),
        "{banner}"
    );
}

#[test]
fn values_of_an_event_link_to_similar_events() {
    let html = pages::event(&ctx(), &samples::event_page());
    insta::assert_snapshot!(part(&html, "<div class=\"json\">", "</div>"));
}

#[test]
fn a_choice_of_zone_is_not_overruled_by_the_url_that_it_returns_to() {
    let html = samples::trades_html(&ctx(), &samples::trades("", &[]));
    assert!(html.contains("name=\"next\" value=\"/trades?last=7d\""));
}

#[test]
fn a_facet_adds_a_value_and_takes_it_away() {
    let html = samples::trades_html(&ctx(), &samples::trades("asset=BTC", &[]));
    let facets = part(&html, "<aside", "</aside>");
    insta::assert_snapshot!(facets);
}

#[test]
fn a_bar_links_to_its_range() {
    let html = samples::trades_html(
        &ctx(),
        &samples::trades("last=7d&asset=BTC&order=oldest", &samples::decisions()),
    );
    let table = part(&html, "<table class=\"chart-table\">", "</table>");
    let rows: Vec<&str> = table.split("<tr>").take(4).collect();
    insta::assert_snapshot!(rows.join("\n"));
    // The table has a row for each bar.
    assert_eq!(
        html.matches("class=\"hit\"").count(),
        table.matches("<th scope=\"row\">").count()
    );
}

#[test]
fn sampled_counts_are_labelled_and_link_to_exact_ones() {
    let mut page = samples::trades("last=7d", &samples::decisions());
    page.count = Count::NotCounted;
    let late = pages::list_deferred(&ctx(), &page, &samples::survey_panel(samples::SAMPLED));
    let (head, chart) = (&late.head, &late.drawn.chart);
    assert!(head.contains("about 2,150,000 decisions"), "{head}");
    assert!(chart.contains("1 row in 1,250"), "{chart}");
    assert!(
        chart.contains("/trades?last=7d&amp;counts=exact"),
        "{chart}"
    );
}

#[test]
fn an_unprotected_record_is_reported_on_every_page() {
    let with = |record| PageContext { record, ..ctx() };
    let html = pages::overview(&with(None), &samples::overview());
    assert!(!html.contains("record-notice"));
    let unprotected = with(Some(RecordNotice::Unprotected));
    let notice = part(
        &pages::overview(&unprotected, &samples::overview()),
        "<p role=\"status\" class=\"record-notice\"",
        "</p>",
    );
    assert!(notice.contains("Nothing is written to it"), "{notice}");
    assert!(
        notice.contains("href=\"/findings?rule=record-unprotected\""),
        "{notice}"
    );
    // Somebody who may not read is not led to what they may not read.
    let nobody = PageContext {
        person: None,
        ..unprotected
    };
    let html = pages::login(&nobody, &app::model::LoginPage::default());
    let notice = part(&html, "<p role=\"status\" class=\"record-notice\"", "</p>");
    assert!(!notice.contains("href"), "{notice}");
    let trial = pages::overview(&with(Some(RecordNotice::Trial)), &samples::overview());
    assert!(
        part(
            &trial,
            "<p role=\"status\" class=\"record-notice trial\"",
            "</p>"
        )
        .contains("Trial:"),
        "{trial}"
    );
}
