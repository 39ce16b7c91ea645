//! Writes every page, filled with sample models, and the style sheet to `target/preview`, to look at.

#[path = "../tests/samples/mod.rs"]
mod samples;

use std::fs;
use std::path::Path;

use app::model::{Frame, Person, Theme};
use app::pages;
use domain::order::OrderLink;

fn main() -> std::io::Result<()> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/preview");
    fs::create_dir_all(&folder)?;
    fs::write(folder.join("style.css"), app::STYLE)?;
    for theme in [Theme::Light, Theme::Dark] {
        for (name, html) in all(theme) {
            let theme = if theme == Theme::Light {
                "light"
            } else {
                "dark"
            };
            fs::write(folder.join(format!("{name}-{theme}.html")), html)?;
        }
    }
    println!("{}", folder.display());
    Ok(())
}

fn all(theme: Theme) -> Vec<(&'static str, String)> {
    let frame = |here: &str| Frame {
        theme,
        ..samples::frame(here)
    };
    let filter = "q=breakout&last=7d&asset=BTC&asset=!DOGE&outcome=blocked&min_confidence=0.4";
    let mut hostile = vec![samples::hostile()];
    hostile.extend(samples::decisions().into_iter().take(3));
    let mut declared = frame("/");
    if let Some(live) = &mut declared.live {
        live.declared = Some(true);
    }
    let missing = samples::decisions().swap_remove(5);
    let blocked = samples::decisions().swap_remove(0);
    let nobody = Frame {
        person: None,
        live: None,
        ..frame("/login")
    };
    let customer = Frame {
        person: Some(Person {
            email: "customer@demo.local".to_owned(),
            role: None,
        }),
        ..frame("/")
    };
    vec![
        (
            "overview",
            pages::overview(&frame("/"), &samples::overview()),
        ),
        (
            "overview-declared",
            pages::overview(&declared, &samples::overview()),
        ),
        (
            "trades",
            pages::trades(
                &frame("/trades"),
                &samples::trades("last=7d&limit=43", samples::decisions()),
            ),
        ),
        (
            "trades-filtered",
            pages::trades(
                &frame("/trades"),
                &samples::trades(filter, samples::decisions()),
            ),
        ),
        (
            "trades-empty",
            pages::trades(&frame("/trades"), &samples::trades(filter, Vec::new())),
        ),
        (
            "trades-hostile",
            pages::trades(&frame("/trades"), &samples::trades("", hostile)),
        ),
        (
            "trade",
            pages::trade(&frame("/trades/1"), &samples::trade_filled()),
        ),
        (
            "trade-missing",
            pages::trade(
                &frame("/trades/1"),
                &samples::trade(missing, OrderLink::Missing),
            ),
        ),
        (
            "trade-blocked",
            pages::trade(
                &frame("/trades/1"),
                &samples::trade(blocked, OrderLink::None),
            ),
        ),
        (
            "trade-hostile",
            pages::trade(
                &frame("/trades/1"),
                &samples::trade(samples::hostile(), OrderLink::None),
            ),
        ),
        (
            "signals",
            pages::signals(&frame("/signals"), &samples::signals("")),
        ),
        (
            "signal",
            pages::signal(&frame("/signals/1"), &samples::signal_page()),
        ),
        (
            "events",
            pages::events(
                &frame("/events"),
                &samples::events("severity=critical&details.signal.coin_type=SOL"),
            ),
        ),
        (
            "event",
            pages::event(&frame("/events/1"), &samples::event_page()),
        ),
        (
            "kill-switch",
            pages::kill_switch(&frame("/kill-switch"), &samples::kill_switch("")),
        ),
        (
            "episode",
            pages::episode(&frame("/kill-switch/1"), &samples::episode_toggle()),
        ),
        (
            "episode-open",
            pages::episode(&frame("/kill-switch/1"), &samples::episode_open()),
        ),
        ("login", pages::login(&nobody, &samples::login())),
        (
            "error",
            pages::error(&frame("/trades?limit=501"), &samples::bad_request()),
        ),
        ("forbidden", pages::forbidden(&customer)),
        (
            "preferences",
            pages::preferences(&frame("/preferences"), "/trades"),
        ),
    ]
}
