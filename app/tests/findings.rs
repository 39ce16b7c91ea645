//! The pages of findings: rules, rows, notes, and hostile input.

mod samples;

use app::model::PageContext;
use app::pages;
use domain::finding::Rule;
use samples::part;

fn ctx() -> PageContext {
    samples::ctx("/findings")
}

#[test]
fn hostile_rows_are_escaped() {
    let page = samples::findings("", &samples::finding_rows(), samples::scan_progress());
    let html = pages::findings(&ctx(), &page);
    insta::assert_snapshot!(part(&html, "<tbody>", "</tbody>"));
}

#[test]
fn every_rule_shows_its_counts_and_its_lag() {
    let page = samples::findings("", &samples::finding_rows(), samples::scan_progress());
    let html = pages::findings(&ctx(), &page);
    let board = part(&html, "<section aria-labelledby=\"board\"", "</section>");
    for rule in Rule::all() {
        assert_eq!(board.matches(rule.sentence()).count(), 1, "{rule:?}");
    }
    insta::assert_snapshot!(part(&html, "<section aria-labelledby=\"board\"", "</ul>"));
    assert!(board.contains("15 rules without a finding"), "{board}");
    assert_eq!(board.matches("not checked yet").count(), 1, "{board}");
    assert_eq!(board.matches("checked to <time").count(), 1, "{board}");
}

#[test]
fn a_stale_list_warns_first() {
    let page = samples::findings("state=open", &samples::finding_rows(), samples::stale());
    let html = pages::findings(&ctx(), &page);
    insta::assert_snapshot!(part(&html, "<div class=\"banner stop\">", "<section"));
    let fresh = samples::findings("", &samples::finding_rows(), samples::scan_progress());
    let html = pages::findings(&ctx(), &fresh);
    assert!(!html.contains("class=\"banner"), "{html}");
}

#[test]
fn an_empty_list_states_whether_the_rules_have_run() {
    let html = pages::findings(&ctx(), &samples::findings_none());
    insta::assert_snapshot!(part(&html, "<div class=\"empty\">", "</div>"));
    let html = pages::findings(&ctx(), &samples::findings_unchecked());
    let empty = part(&html, "<div class=\"empty\">", "</div>");
    assert!(empty.contains("Not checked yet"), "{empty}");
    assert!(html.contains("that nothing is listed says nothing"));
    let filtered = samples::findings("asset=BTC", &[], samples::scan_progress());
    let html = pages::findings(&ctx(), &filtered);
    assert!(html.contains("No finding matches this filter"), "{html}");
}

#[test]
fn a_rule_is_explained_with_its_query() {
    let html = pages::rule(&ctx(), &samples::rule_page(Rule::StateDisagrees));
    insta::assert_snapshot!(part(&html, "<nav aria-label=\"Breadcrumb\"", "</aside>"));
    let quiet = pages::rule(&ctx(), &samples::rule_page(Rule::Silence));
    assert!(quiet.contains("Nothing found."), "{quiet}");
    assert!(quiet.contains("it shows the subjects that the rule finds"));
    let unchecked = pages::rule(&ctx(), &samples::rule_page(Rule::StopTwice));
    assert!(!unchecked.contains("Nothing found."), "{unchecked}");
}

#[test]
fn a_finding_shows_its_result_and_its_notes() {
    let html = pages::finding(&ctx(), &samples::finding_page());
    insta::assert_snapshot!(part(&html, "<div class=\"page-head\">", "</dl>"));
    insta::assert_snapshot!("notes", part(&html, "<section id=\"notes\"", "</ol>"));
}

#[test]
fn a_rejected_note_keeps_its_text() {
    let html = pages::finding(&ctx(), &samples::finding_refused());
    insta::assert_snapshot!(part(
        &html,
        "<form method=\"post\" action=\"/findings/",
        "</form>"
    ));
    let html = pages::finding(&ctx(), &samples::finding_overtaken());
    let form = part(
        &html,
        "<form method=\"post\" action=\"/findings/",
        "</form>",
    );
    assert!(
        form.contains("Somebody wrote a note while you were writing."),
        "{form}"
    );
    assert!(
        form.contains("\nWhat I wrote meanwhile.</textarea>"),
        "{form}"
    );
    assert!(form.contains("name=\"seen\" value=\"2\""), "{form}");
}

#[test]
fn a_row_page_begins_with_its_findings() {
    let mut page = samples::event_page();
    let without = pages::event(&ctx(), &page);
    assert!(!without.contains("<h2>Findings</h2>"), "{without}");
    page.findings = samples::finding_rows();
    let html = pages::event(&ctx(), &page);
    insta::assert_snapshot!(part(&html, "<div class=\"split-main\">", "</section>"));
}
