//! The answer: did trading stop, and what did it cost? Then the figures it rests on.

use domain::amount::group_thousands;
use domain::dossier::{Dossier, Kind, LeakedValue};
use domain::episode::{Effect, Mechanism};
use leptos::prelude::*;

use super::words::csv;
use crate::components::banner::banner;
use crate::components::episode::{lasted, leaks};
use crate::components::icon::Icon;
use crate::components::outcome::Tone;
use crate::components::text::{brief, counted, grouped};
use crate::components::time::distance;
use crate::model::PageContext;

/// The banner.
pub fn answer(dossier: &Dossier) -> AnyView {
    let open = dossier.episode.cleared().is_none();
    let effect = dossier.effect;
    match (effect.leaked(), dossier.episode.mechanism) {
        (true, mechanism) => {
            let answer = if open {
                "Trading goes on."
            } else {
                "Trading went on."
            };
            let more = slipped_through(dossier, mechanism);
            banner(Icon::Alert, Tone::Leak, answer.to_owned(), more)
        }
        (false, Mechanism::EmergencyStop) => {
            let (tone, answer) = if open {
                (Tone::Stop, "Trading is stopped.")
            } else {
                (Tone::Ok, "Trading was stopped.")
            };
            let more = if effect.rejections == 0 {
                "Nothing was attempted and nothing leaked.".to_owned()
            } else {
                format!("{}, nothing leaked.", rejected(effect))
            };
            banner(Icon::Square, tone, answer.to_owned(), more.into_any())
        }
        (false, Mechanism::Toggle) => banner(
            Icon::Ring,
            Tone::Warn,
            "Nothing leaked, though nothing was enforced.".to_owned(),
            format!(
                "The toggle writes a setting; the Guard enforces only the emergency stop. {} meanwhile.",
                rejected(effect)
            )
            .into_any(),
        ),
    }
}

/// `1 attempt was rejected`, `12 attempts were rejected`.
fn rejected(effect: Effect) -> String {
    let were = if effect.rejections == 1 {
        "was"
    } else {
        "were"
    };
    let attempts = counted(effect.rejections, ("attempt", "attempts"));
    format!("{attempts} {were} rejected")
}

fn slipped_through(dossier: &Dossier, mechanism: Mechanism) -> AnyView {
    let effect = dossier.effect;
    let gave = counted(effect.leaked_approvals, ("approval", "approvals"));
    let orders = counted(effect.leaked_orders, ("order", "orders"));
    let why = match mechanism {
        Mechanism::Toggle => {
            "The toggle writes a setting; the Guard enforces only the emergency stop."
        }
        Mechanism::EmergencyStop => "The Guard enforces this stop, so nothing should have passed.",
    };
    let worth = match &dossier.value {
        Some(value) => worth(effect, value),
        None => view! {
            "; what it was worth could not be added up in time, the "
            <a href=csv(&dossier.episode, "leaks") download="">"CSV of the leaks"</a>
            " has every value"
        }
        .into_any(),
    };
    view! {
        {gave} " given and " {orders} " created while the switch said stopped" {worth} ". " {why}
        " "
        <a class="how" href="#enforced">"How this is known"</a>
    }
    .into_any()
}

/// An exact sum, thousands apart.
fn aud(sum: &impl ToString) -> AnyView {
    let text = format!("AUD {}", group_thousands(&sum.to_string()));
    view! { <b class="aud">{text}</b> }.into_any()
}

fn worth(effect: Effect, value: &LeakedValue) -> AnyView {
    let approved = (effect.leaked_approvals > 0).then(|| {
        let seconds = (value.second_checks > 0).then(|| {
            view! {
                ", each trade once (" {aud(&value.approved_all)} " with the Guard’s second checks)"
            }
        });
        view! { {aud(&value.approved_once)} " approved" {seconds} }
    });
    let apart = (effect.leaked_approvals > 0 && effect.leaked_orders > 0).then_some("; ");
    let filled = (effect.leaked_orders > 0).then(|| {
        if value.filled_orders == 0 {
            "nothing filled so far".into_any()
        } else {
            view! { {aud(&value.filled)} " filled so far" }.into_any()
        }
    });
    let missing = left_out(value.without_value, "approval", ["names", "name"], "value");
    let unpriced = left_out(
        value.filled_without_price,
        "filled order",
        ["has", "have"],
        "price",
    );
    view! { ": " {approved} {apart} {filled} {missing} {unpriced} }.into_any()
}

/// `. 3 approvals name no value and cannot be in the sum`; of none, nothing.
fn left_out(count: u64, noun: &str, [one, many]: [&str; 2], lacks: &str) -> Option<String> {
    let (plural, verb) = if count == 1 { ("", one) } else { ("s", many) };
    (count > 0).then(|| {
        format!(
            ". {} {noun}{plural} {verb} no {lacks} and cannot be in the sum",
            grouped(count)
        )
    })
}

/// The figures.
pub fn figures(ctx: &PageContext, dossier: &Dossier) -> AnyView {
    let episode = &dossier.episode;
    let effect = dossier.effect;
    let cleared = match episode.cleared() {
        Some(clear) => brief(clear.actor(), 80),
        None => view! { <span class="none">"nobody so far"</span> }.into_any(),
    };
    let last_fill = dossier.leaks.last_fill.map_or_else(
        || view! { <span class="none">"nothing filled inside"</span> }.into_any(),
        |at| distance(episode.activated_at(), at).into_any(),
    );
    let note = has_pairs(dossier).then(|| {
        view! {
            <p class="figures-note">
                "Rejected attempts: the Guard writes a rejection by the kill switch twice; each pair counts once."
            </p>
        }
    });
    view! {
        <dl class="figures">
            <div><dt>"Duration"</dt><dd>{lasted(episode, ctx.now)}</dd></div>
            <div><dt>"Rejected attempts"</dt><dd>{grouped(effect.rejections)}</dd></div>
            <div><dt>"Leaked approvals · orders"</dt><dd>{leaks(effect.leaked_approvals, effect.leaked_orders)}</dd></div>
            <div><dt>"Time to the last fill"</dt><dd>{last_fill}</dd></div>
            <div>
                <dt>"Open orders at activation"</dt>
                <dd>{grouped(dossier.leaks.open_at_activation)}</dd>
            </div>
            <div><dt>"Cleared by"</dt><dd>{cleared}</dd></div>
        </dl>
        {note}
    }
    .into_any()
}

/// Whether rows were paired, or will have been: only an emergency stop makes the Guard write two.
fn has_pairs(dossier: &Dossier) -> bool {
    let enforced = std::iter::once(&dossier.episode)
        .chain(&dossier.overlapping)
        .any(|episode| episode.mechanism == Mechanism::EmergencyStop);
    let paired = dossier
        .timeline
        .entries
        .iter()
        .any(|moment| moment.kind == Kind::Rejected && moment.is_second);
    dossier.effect.rejections > 0 && (enforced || paired)
}
