//! The pages of kill-switch episodes: conclusion, content, and hostile input.

mod samples;

use app::model::PageContext;
use app::pages;
use samples::part;

fn ctx() -> PageContext {
    samples::ctx("/kill-switch")
}

#[test]
fn an_episode_page_states_its_conclusion_first() {
    let html = pages::episode(&ctx(), &samples::episode_toggle());
    insta::assert_snapshot!(part(&html, "<div class=\"page-head\">", "</dl>"));
    let rows = part(&html, "<table class=\"rows t-raw\">", "</tbody>");
    assert!(rows.contains("activation while already active"), "{rows}");
}

#[test]
fn leaked_amounts_keep_every_digit() {
    let answer = |page| {
        let html = pages::episode(&ctx(), &page);
        part(&html, "<div class=\"banner", "</div>")
    };
    insta::assert_snapshot!("answer_busy", answer(samples::episode_busy()));
    insta::assert_snapshot!("answer_too_busy", answer(samples::episode_too_busy()));
    insta::assert_snapshot!("answer_enforced", answer(samples::episode_enforced()));
    insta::assert_snapshot!("answer_open", answer(samples::episode_open()));
}

#[test]
fn a_review_shows_what_was_signed_and_what_is_needed() {
    let review = |page| {
        let html = pages::episode(&ctx(), &page);
        part(&html, "<section id=\"review\"", "</section>")
    };
    insta::assert_snapshot!("review_fresh", review(samples::episode_toggle()));
    insta::assert_snapshot!("review_overtaken", review(samples::episode_overtaken()));
    insta::assert_snapshot!(
        "review_refused_draft",
        review(samples::episode_refused_draft())
    );
    insta::assert_snapshot!("review_four_eyes", review(samples::episode_four_eyes()));
    insta::assert_snapshot!("review_enforced", review(samples::episode_enforced()));
}

#[test]
fn a_hostile_dossier_is_escaped() {
    let html = pages::episode(&ctx(), &samples::episode_hostile());
    for refused in [
        "<img",
        "<style",
        "<script>",
        "</script><!--",
        "href=\"javascript",
        "<leptos-island data-component=\"Keyboard\"",
        "data-component=Keyboard>",
    ] {
        assert!(!html.contains(refused), "{refused}");
    }
    // Nothing that was written ends a text area early.
    assert_eq!(
        html.matches("<textarea").count(),
        html.matches("</textarea>").count()
    );
}

#[test]
fn timeline_entries_are_drawn_counted_or_reported_as_too_many() {
    let timeline = |page| {
        let html = pages::episode(&ctx(), &page);
        part(&html, "<section id=\"timeline\"", "</section>")
    };
    let drawn = timeline(samples::episode_toggle());
    // Six approvals, one of them a second check, and three orders.
    assert_eq!(drawn.matches("href=\"#t-leak\"").count(), 8, "{drawn}");
    assert_eq!(drawn.matches("href=\"#t-second\"").count(), 1, "{drawn}");
    assert!(
        drawn.contains("Approved, leak: buy 0.01924748 BTC"),
        "{drawn}"
    );
    let counted = timeline(samples::episode_busy());
    assert!(!counted.contains("href=\"#t-leak\""), "{counted}");
    assert!(
        counted.contains("1 approved, 18:34:38 to 18:34:39</title>"),
        "{counted}"
    );
    let too_many = timeline(samples::episode_too_busy());
    assert!(
        too_many.contains("More moments than could be drawn in time."),
        "{too_many}"
    );
    for href in [
        "?from=2026-11-23T07:34:36.368394Z&amp;to=2026-11-23T07:34:54.369060Z#timeline",
        "#timeline\">Whole episode",
    ] {
        assert!(drawn.contains(href), "{href} is not in {drawn}");
    }
}
