//! Writes every page, filled with sample models, and the style sheet to `target/preview`, to look at.

#[path = "../tests/samples/mod.rs"]
mod samples;

use std::fs;
use std::path::Path;

use app::model::{PageContext, Person};
use app::pages;
use domain::finding::Rule;
use domain::order::OrderLink;
use domain::wire::Theme;

/// A page's file name and its HTML.
type Named = (&'static str, String);

fn main() -> std::io::Result<()> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/preview");
    fs::create_dir_all(&folder)?;
    fs::write(folder.join("style.css"), app::STYLE)?;
    for (theme, name_of_theme) in [(Theme::Light, "light"), (Theme::Dark, "dark")] {
        let ctx = PageContext {
            theme,
            ..samples::ctx("/trades")
        };
        for (name, html) in lists(&ctx)
            .into_iter()
            .chain(details(&ctx))
            .chain(episodes(&ctx))
            .chain(findings(&ctx))
            .chain(others(&ctx))
        {
            fs::write(folder.join(format!("{name}-{name_of_theme}.html")), html)?;
        }
    }
    println!("{}", folder.display());
    Ok(())
}

fn lists(ctx: &PageContext) -> Vec<Named> {
    let filter = "q=breakout&last=7d&asset=BTC&asset=!DOGE&outcome=blocked&min_confidence=0.4";
    let trades = |raw: &str, rows: Vec<_>| samples::trades_html(ctx, &samples::trades(raw, &rows));
    let mut hostile = vec![samples::hostile()];
    hostile.extend(samples::decisions().into_iter().take(3));
    let events = samples::events("severity=critical&details.signal.coin_type=SOL");
    let episodes = samples::kill_switch("");
    vec![
        ("trades", trades("last=7d&limit=43", samples::decisions())),
        ("trades-filtered", trades(filter, samples::decisions())),
        ("trades-empty", trades(filter, Vec::new())),
        ("trades-hostile", trades("", hostile)),
        ("signals", samples::signals_html(ctx, &samples::signals(""))),
        ("events", samples::events_html(ctx, &events)),
        ("kill-switch", pages::kill_switch(ctx, &episodes)),
        (
            "kill-switch-empty",
            pages::kill_switch(ctx, &samples::kill_switch_empty()),
        ),
    ]
}

fn details(ctx: &PageContext) -> Vec<Named> {
    let trade = |row, order| pages::trade(ctx, &samples::trade(row, order));
    let missing = samples::decisions().swap_remove(5);
    let blocked = samples::decisions().swap_remove(0);
    vec![
        ("trade", pages::trade(ctx, &samples::trade_filled())),
        ("trade-missing", trade(missing, OrderLink::Missing)),
        ("trade-blocked", trade(blocked, OrderLink::None)),
        ("trade-hostile", trade(samples::hostile(), OrderLink::None)),
        (
            "trace",
            pages::trace(ctx, &samples::trace_page(samples::trace_whole())),
        ),
        (
            "trace-doubt",
            pages::trace(ctx, &samples::trace_page(samples::trace_in_doubt())),
        ),
        (
            "trace-hostile",
            pages::trace(ctx, &samples::trace_page(samples::trace_hostile())),
        ),
        (
            "trade-stopped",
            pages::trade(ctx, &samples::traced(samples::trace_blocked())),
        ),
        ("signal", pages::signal(ctx, &samples::signal_page(2))),
        ("event", pages::event(ctx, &samples::event_page())),
    ]
}

fn episodes(ctx: &PageContext) -> Vec<Named> {
    [
        ("episode", samples::episode_toggle()),
        ("episode-enforced", samples::episode_enforced()),
        ("episode-open", samples::episode_open()),
        ("episode-overtaken", samples::episode_overtaken()),
        ("episode-draft", samples::episode_refused_draft()),
        ("episode-four-eyes", samples::episode_four_eyes()),
        ("episode-busy", samples::episode_busy()),
        ("episode-too-busy", samples::episode_too_busy()),
        ("episode-hostile", samples::episode_hostile()),
    ]
    .into_iter()
    .map(|(name, page)| (name, pages::episode(ctx, &page)))
    .collect()
}

fn findings(ctx: &PageContext) -> Vec<Named> {
    let list = |page| pages::findings(ctx, &page);
    let rows = samples::finding_rows;
    let page = samples::findings("", &rows(), samples::scan_progress());
    let stale = samples::findings("state=open", &rows(), samples::stale());
    let one = |page| pages::finding(ctx, &page);
    let rule = |rule| pages::rule(ctx, &samples::rule_page(rule));
    vec![
        ("findings", list(page)),
        ("findings-stale", list(stale)),
        ("findings-none", list(samples::findings_none())),
        ("findings-unchecked", list(samples::findings_unchecked())),
        ("finding", one(samples::finding_page())),
        ("finding-refused", one(samples::finding_refused())),
        ("finding-overtaken", one(samples::finding_overtaken())),
        ("rule", rule(Rule::StateDisagrees)),
    ]
}

fn others(ctx: &PageContext) -> Vec<Named> {
    let with = |live| PageContext {
        live: Some(live),
        ..ctx.clone()
    };
    let declared = with(samples::live(true, false));
    let unknown = with(samples::live_unknown());
    let nobody = PageContext {
        person: None,
        live: None,
        ..ctx.clone()
    };
    let customer = PageContext {
        person: Some(Person {
            email: "customer@demo.local".to_owned(),
            role: None,
        }),
        ..ctx.clone()
    };
    let overview = samples::overview();
    vec![
        ("overview", pages::overview(ctx, &overview)),
        ("overview-declared", pages::overview(&declared, &overview)),
        ("overview-unknown", pages::overview(&unknown, &overview)),
        ("login", pages::login(&nobody, &samples::login())),
        ("error", pages::error(ctx, &samples::bad_request())),
        ("forbidden", pages::forbidden(&customer)),
        ("preferences", pages::preferences(ctx, "/trades")),
        ("views", pages::views(ctx, &samples::views())),
        ("views-none", pages::views(ctx, &samples::views_none())),
    ]
}
