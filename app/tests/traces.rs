//! Traces: facts, inferences, and hostile input.

mod samples;

use app::model::PageContext;
use app::pages;
use samples::part;

fn ctx() -> PageContext {
    samples::ctx("/traces/1")
}

fn trace(trace: domain::trace::Trace) -> String {
    pages::trace(&ctx(), &samples::trace_page(trace))
}

/// The card of a trace.
fn chain(html: &str) -> String {
    part(
        html,
        "<section aria-labelledby=\"trace-title\"",
        "</section>",
    )
}

#[test]
fn a_trace_distinguishes_facts_from_inferences() {
    let whole = pages::trade(&ctx(), &samples::trade_filled());
    insta::assert_snapshot!("trace_whole", chain(&whole));
    let blocked = samples::traced(samples::trace_blocked());
    insta::assert_snapshot!("trace_blocked", chain(&pages::trade(&ctx(), &blocked)));
    let missing = trace(samples::trace_missing());
    insta::assert_snapshot!("trace_missing", chain(&missing));
    let doubt = trace(samples::trace_in_doubt());
    insta::assert_snapshot!("trace_in_doubt", chain(&doubt));
}

#[test]
fn a_trace_is_read_against_its_strategy_and_prices() {
    let html = trace(samples::trace_whole());
    insta::assert_snapshot!(
        "trace_prices",
        part(
            &html,
            "<section aria-labelledby=\"prices-title\"",
            "</section>"
        )
    );
    insta::assert_snapshot!(
        "trace_side",
        part(&html, "<aside aria-label=\"Related\"", "<h2>Related")
    );
    assert!(!trace(samples::trace_missing()).contains("card prices"));
}

#[test]
fn a_hostile_trace_is_escaped() {
    let html = trace(samples::trace_hostile());
    assert!(!html.contains("<script>alert") && html.contains("&lt;script&gt;"));
    assert!(html.contains("infinity"));
}
