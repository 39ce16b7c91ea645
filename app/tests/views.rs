//! Custom columns, the menus over lists, and the page of saved views. Run with
//! `--features ssr`.

mod samples;

use app::model::PageContext;
use app::pages;
use domain::catalogue::View;
use domain::filter::{Columns, SavedColumns};
use samples::part;

fn ctx() -> PageContext {
    samples::ctx("/trades")
}

/// A list with these columns.
fn list(view: View, raw: &str) -> String {
    let ctx = ctx();
    match view.name {
        "trades" => samples::trades_html(&ctx, &samples::trades(raw, &samples::decisions())),
        "signals" => samples::signals_html(&ctx, &samples::signals(raw)),
        "events" => samples::events_html(&ctx, &samples::events(raw)),
        "kill-switch" => pages::kill_switch(&ctx, &samples::kill_switch(raw)),
        _ => pages::findings(
            &ctx,
            &samples::findings(raw, &samples::finding_rows(), samples::scan_progress()),
        ),
    }
}

#[test]
fn every_column_that_can_be_asked_for_is_there() {
    for view in store::views::all() {
        let all = Columns::all(view);
        let html = list(view, &format!("cols={}", all.print()));
        let table = part(&html, "<table class=\"rows custom-columns", "</table>");
        let columns = all.names().len();
        assert_eq!(table.matches("<th ").count(), columns + 1, "{view}");
        let rows = table.matches("<tr data-row").count();
        assert_eq!(table.matches(" data-label=\"").count(), columns * rows);
        let menu = part(&html, "<form method=\"get\" action=\"/", "</details>");
        assert_eq!(menu.matches("type=\"checkbox\"").count(), columns, "{view}");
        assert_eq!(menu.matches(" checked").count(), columns, "{view}");
    }
}

#[test]
fn custom_columns_keep_their_order_and_are_labelled() {
    let mut rows = samples::decisions();
    rows.truncate(3);
    let raw = "asset=BTC&cols=id,order_status,filled_quantity,block_reason";
    let html = samples::trades_html(&ctx(), &samples::trades(raw, &rows));
    insta::assert_snapshot!(part(&html, "<div class=\"horizontal-scroll\">", "</table>"));
}

#[test]
fn default_columns_keep_their_layout_when_requested_explicitly() {
    let usual = Columns::default_for(store::views::trades()).print();
    let table = |raw: &str| part(&list(store::views::trades(), raw), "<tbody>", "</table>");
    assert_eq!(table(&format!("cols={usual}")), table(""));
}

#[test]
fn kept_columns_are_shown_unless_the_link_says_others() {
    let kept = SavedColumns::read(&store::views::all(), |view| {
        (view == store::views::trades()).then_some("id.asset")
    });
    let ctx = PageContext {
        columns: kept,
        ..ctx()
    };
    let heads = |raw: &str| {
        let html = samples::trades_html(&ctx, &samples::trades(raw, &samples::decisions()));
        let head = part(&html, "<thead>", "</thead>");
        let cells = head.lines().filter(|line| line.starts_with("<th "));
        let words = cells.map(|cell| cell.split(['>', '<']).nth(2).unwrap_or_default().to_owned());
        words.skip(1).collect::<Vec<_>>()
    };
    assert_eq!(heads(""), ["Id", "Coin"]);
    assert_eq!(heads("cols=agent"), ["Agent"]);
    let html = samples::events_html(&ctx, &samples::events(""));
    assert!(html.contains("rows t-events"));
}

#[test]
fn the_menu_of_columns_keeps_the_filter_and_moves_columns() {
    let html = list(
        store::views::events(),
        "severity=critical&limit=100&cols=type,id",
    );
    insta::assert_snapshot!(part(
        &html,
        "<form method=\"get\" action=\"/events\" class=\"panel\">",
        "</form>"
    ));
}

#[test]
fn every_link_and_form_of_a_list_carries_the_columns_and_exports_do_not() {
    let html = list(store::views::trades(), "asset=BTC&limit=2&cols=id,asset");
    let form = part(&html, "<form id=\"filter-form\"", "</form>");
    assert!(form.contains("name=\"cols\" value=\"id,asset\""), "{form}");
    let main = part(&html, "<main", "</main>");
    let hrefs = main.split("href=\"").skip(1);
    let hrefs = hrefs.filter_map(|rest| rest.split('"').next());
    for href in hrefs.filter(|href| href.starts_with("/trades?")) {
        let carries = href.contains("cols=") || href.contains("keep=cols");
        assert!(carries, "{href}");
    }
    for href in main.split("href=\"/trades.").skip(1) {
        assert!(!href.split('"').next().unwrap_or_default().contains("cols"));
    }
}

#[test]
fn a_list_offers_its_saved_views_and_marks_the_current_one() {
    let mut page = samples::trades("outcome=blocked&asset=BTC&last=7d", &[]);
    page.saved = Some(samples::saved_trades().into());
    let html = samples::trades_html(&ctx(), &page);
    insta::assert_snapshot!(part(
        &html,
        "<details name=\"dropdown\" class=\"dropdown quiet",
        "</details>"
    ));
    page.saved = None;
    let html = samples::trades_html(&ctx(), &page);
    assert!(html.contains("They cannot be loaded at the moment."));
    assert!(html.contains("action=\"/views\""));
}

#[test]
fn saved_views_describe_their_query() {
    let html = pages::views(&ctx(), &samples::views());
    insta::assert_snapshot!(part(&html, "<div class=\"page-head\">", "</main>"));
    let html = pages::views(&ctx(), &samples::views_none());
    assert!(html.contains("No saved view yet"));
}

#[test]
fn a_rejected_name_keeps_its_text() {
    let forms = samples::all_views_refused()
        .into_iter()
        .map(|(name, page)| {
            let html = pages::views(&ctx(), &page);
            let form = part(&html, "<section class=\"card name-form\">", "</section>");
            format!("{name}\n{form}")
        });
    insta::assert_snapshot!(forms.collect::<Vec<_>>().join("\n\n"));
}
