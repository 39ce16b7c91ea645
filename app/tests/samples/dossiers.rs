//! Pages of episodes: with leaks, enforced, open, with more than can be drawn, hostile.

use app::model::{EpisodePage, ReviewPermission};
use domain::dossier::{
    Dossier, LeakedValue, Leaks, Preceding, PriorState, Resumption, RiskContext, RiskRule, Span,
    Timeline,
};
use domain::episode::Episode;
use domain::review::{Draft, Involvement, People, Refusal, Review, Signed};
use domain::time::Timestamp;
use store::engine::CountedEpisodes;

use super::entries::{after, around, buckets, in_flight, leaked};
use super::kill_switch::{episode_rows, history};
use super::reviews::{PATIENCE, draft, form, form_overtaken, form_refused, reviews};
use super::{amount, at, now, some};

/// A page of one row, around which nothing happened.
fn quiet(row: CountedEpisodes) -> EpisodePage {
    let CountedEpisodes {
        episode,
        effect,
        review_progress,
    } = row;
    let dossier = Dossier {
        effect,
        overlapping: Vec::new(),
        before: PriorState::of(&episode, &history()),
        preceding: Preceding::default(),
        risk_context: RiskContext::default(),
        timeline: Timeline {
            span: Span::around(&episode, now()),
            entries: Vec::new(),
            buckets: None,
            more: false,
        },
        leaks: Leaks::default(),
        value: Some(LeakedValue::default()),
        resumption: episode.cleared_at().map(|_| Resumption::default()),
        episode,
    };
    EpisodePage {
        dossier,
        reviews: Vec::new(),
        review_progress,
        permission: ReviewPermission::NotAdmin,
        console_url: "https://audit.example.com/".to_owned(),
    }
}

fn equity() -> Vec<(Timestamp, domain::amount::Amount)> {
    let values = [
        "104211.50",
        "104198.11",
        "104230.0",
        "104102.75",
        "103977.3",
        "103981.2",
        "103640.0",
        "103712.9",
        "103655.25",
        "103390.00000001",
        "103402.7",
        "103401.9",
        "103388.125",
    ];
    (0..)
        .zip(values)
        .map(|(step, value)| {
            (
                after(-3_600.0).plus_micros(step * 300_000_000),
                amount(value),
            )
        })
        .collect()
}

/// The emergency stop, as if it had come while the toggle was on.
fn overlapping() -> Episode {
    let mut episode = history().episodes.swap_remove(0);
    for event in &mut episode.activation {
        event.event.timestamp = after(61.2);
    }
    if let Some(clear) = &mut episode.clear {
        clear.event.timestamp = after(70.75);
    }
    episode
}

/// The toggle: trading went on, nobody has signed, the person may.
pub fn episode_toggle() -> EpisodePage {
    let mut page = quiet(episode_rows().swap_remove(1));
    let dossier = &mut page.dossier;
    dossier.overlapping = vec![overlapping()];
    dossier.preceding = Preceding {
        signals: 214,
        approvals: 96,
        rejections: 31,
        orders: 44,
        volatile: true,
    };
    dossier.risk_context = RiskContext {
        rules: Some(vec![
            RiskRule {
                name: "No doge".to_owned(),
                rule_type: "max_position_size".to_owned(),
                value: some(r#"{"limit": 0.25, "coin": "DOGE"}"#),
                updated_at: at("2026-10-02T01:00:00Z"),
            },
            RiskRule {
                name: "Daily loss".to_owned(),
                rule_type: "max_daily_loss".to_owned(),
                value: some("500.00"),
                updated_at: at("2026-11-23T09:12:44Z"),
            },
        ]),
        equity: equity(),
    };
    dossier.timeline.entries = around();
    dossier.leaks = Leaks {
        entries: leaked(),
        more: false,
        in_flight: in_flight(),
        more_in_flight: false,
        open_at_activation: 4,
        last_fill: Some(after(13.4)),
    };
    dossier.value = Some(LeakedValue {
        approved_once: amount("2794.692223921144512"),
        approved_all: amount("2794.758633191144512"),
        second_checks: 1,
        without_value: 0,
        filled: amount("0.05776957035"),
        filled_orders: 2,
        filled_without_price: 0,
    });
    dossier.resumption = Some(Resumption {
        approval: Some(after(108.9)),
        order: None,
    });
    page.permission = ReviewPermission::Open(Box::new(form()));
    page
}

fn with_reviews(mut page: EpisodePage, entries: Vec<Review>) -> EpisodePage {
    let signatures: Vec<_> = entries.iter().map(|e| e.signature.clone()).collect();
    let signed = Signed::of(&page.dossier.episode, &signatures, &People::default());
    page.review_progress = signed.review_progress(page.dossier.effect.leaked(), PATIENCE, now());
    page.reviews = entries;
    page
}

/// Signed by two; somebody signed while the person wrote an amendment.
pub fn episode_overtaken() -> EpisodePage {
    let page = episode_toggle();
    let entries = reviews(&page.dossier.episode);
    let mut page = with_reviews(page, entries);
    page.permission = form_overtaken();
    page
}

/// One signature of two, and a draft with mistakes.
pub fn episode_refused_draft() -> EpisodePage {
    let page = episode_toggle();
    let mut entries = reviews(&page.dossier.episode);
    entries.truncate(2);
    let mut page = with_reviews(page, entries);
    page.permission = form_refused();
    page
}

/// The person activated it; what they typed is kept.
pub fn episode_four_eyes() -> EpisodePage {
    EpisodePage {
        permission: ReviewPermission::Refused {
            refusal: Refusal::FourEyes(Involvement::Both),
            draft: draft(),
        },
        ..episode_toggle()
    }
}

/// Enforced, and reviewed by one.
pub fn episode_enforced() -> EpisodePage {
    let row = episode_rows().swap_remove(2);
    let page = quiet(row);
    let mut entries = reviews(&page.dossier.episode);
    entries.remove(0);
    entries.truncate(1);
    entries[0].number = 1;
    entries[0].known = page.dossier.effect;
    with_reviews(page, entries)
}

/// Still open; the person only reads, what it is worth took too long.
pub fn episode_open() -> EpisodePage {
    let mut page = quiet(episode_rows().swap_remove(0));
    page.dossier.risk_context.rules = Some(Vec::new());
    page.console_url = String::new();
    page.permission = ReviewPermission::Refused {
        refusal: Refusal::FourEyes(Involvement::Activated),
        draft: Draft::default(),
    };
    page
}

/// More moments than can be drawn.
pub fn episode_busy() -> EpisodePage {
    let mut page = episode_toggle();
    let dossier = &mut page.dossier;
    dossier.timeline.buckets = Some(buckets());
    dossier.timeline.more = true;
    dossier.leaks.more = true;
    dossier.leaks.more_in_flight = true;
    dossier.effect.leaked_approvals = 18_204;
    dossier.effect.leaked_orders = 911;
    if let Some(value) = &mut dossier.value {
        value.approved_once = amount("1234567890123.123456789");
        value.without_value = 2;
        value.filled_without_price = 1;
    }
    page
}

/// So many that counting them and adding up their value timed out.
pub fn episode_too_busy() -> EpisodePage {
    let mut page = episode_busy();
    page.dossier.timeline.buckets = None;
    page.dossier.value = None;
    page
}

/// Every text is hostile.
pub fn episode_hostile() -> EpisodePage {
    let script = "</title><script>alert(1)</script><!--\u{202e}";
    let long = format!("\"><img src=x onerror=alert(1)>{}", "A".repeat(900));
    let mut page = episode_toggle();
    let dossier = &mut page.dossier;
    for moment in dossier
        .timeline
        .entries
        .iter_mut()
        .chain(&mut dossier.leaks.entries)
        .chain(&mut dossier.leaks.in_flight)
    {
        moment.user = some(script);
        moment.algorithm_id = Some(long.clone());
        moment.algorithm_name = Some(long.clone());
        moment.coin = Some(long.clone());
        moment.side = some("\u{202e}buy\" onclick=x");
        moment.quantity = some(script);
        moment.value = Some(long.clone());
        moment.reason = Some(long.clone());
        moment.status = some("</style><script>");
    }
    for event in dossier
        .episode
        .activation
        .iter_mut()
        .chain(&mut dossier.episode.clear)
        .chain(&mut dossier.before.last)
    {
        event.event.user_email = Some(long.clone());
        event.event.details = some(script);
    }
    for rule in dossier.risk_context.rules.iter_mut().flatten() {
        script.clone_into(&mut rule.name);
        rule.rule_type.clone_from(&long);
        rule.value = some(script);
    }
    let mut entries = reviews(&page.dossier.episode);
    for entry in &mut entries {
        script.clone_into(&mut entry.signature.reviewer.email);
        entry.cause.clone_from(&long);
        script.clone_into(&mut entry.action);
        entry.note = format!(
            "# {script}\n\n<style>*{{display:none}}</style>\n\n[x](javascript:alert(1)) ![y](http://evil/p.png) \
             <leptos-island data-component=Keyboard>\n\n{}\n\n{long}",
            ">".repeat(300)
        );
    }
    let mut page = with_reviews(page, entries);
    script.clone_into(&mut page.console_url);
    page.permission = ReviewPermission::Refused {
        refusal: Refusal::FourEyes(Involvement::Cleared),
        draft: Draft {
            verdict: script.to_owned(),
            cause: long.clone(),
            action: script.to_owned(),
            note: format!("</textarea>{script}"),
        },
    };
    page
}
