//! The dossier's banner, which states whether trading stopped and what leaked, and the figures below it.

use domain::amount::group_thousands;
use domain::dossier::{Dossier, Kind, LeakedValue};
use domain::episode::{Effect, Mechanism};
use domain::wire::{Icon, Tone};
use leptos::either::{Either, EitherOf3};
use leptos::prelude::*;

use super::words::csv;
use crate::components::banner::Banner;
use crate::components::episode::{Leaks, lasted};
use crate::components::text::{Brief, counted, grouped};
use crate::components::time::distance;
use crate::model::PageContext;

/// The banner.
#[component]
pub fn EpisodeBanner<'a>(
    /// What is known of the episode.
    dossier: &'a Dossier,
) -> impl IntoView + use<> {
    let is_open = dossier.episode.cleared().is_none();
    let effect = dossier.effect;
    match (effect.leaked(), dossier.episode.mechanism) {
        (true, mechanism) => {
            let answer = if is_open {
                "Trading goes on."
            } else {
                "Trading went on."
            };
            EitherOf3::A(view! {
                <Banner icon=Icon::Alert tone=Tone::Leak answer>
                    <SlippedThrough dossier mechanism />
                </Banner>
            })
        }
        (false, Mechanism::EmergencyStop) => {
            let (tone, answer) = if is_open {
                (Tone::Stop, "Trading is stopped.")
            } else {
                (Tone::Ok, "Trading was stopped.")
            };
            let more = if effect.rejections == 0 {
                "Nothing was attempted and nothing leaked.".to_owned()
            } else {
                format!("{}, nothing leaked.", rejected(effect))
            };
            EitherOf3::B(view! { <Banner icon=Icon::Square tone answer>{more}</Banner> })
        }
        (false, Mechanism::Toggle) => {
            let answer = "Nothing leaked, though nothing was enforced.";
            let more = format!("{NOT_ENFORCED} {} meanwhile.", rejected(effect));
            EitherOf3::C(view! {
                <Banner icon=Icon::Ring tone=Tone::Warn answer>{more}</Banner>
            })
        }
    }
}

/// Explains why a toggle does not stop trading by itself.
const NOT_ENFORCED: &str =
    "The toggle writes a setting; the Guard enforces only the emergency stop.";

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

/// The approvals and orders that leaked during the stop.
#[component]
fn SlippedThrough<'a>(
    /// What is known of the episode.
    dossier: &'a Dossier,
    /// Its mechanism.
    mechanism: Mechanism,
) -> impl IntoView + use<> {
    let effect = dossier.effect;
    let approvals = counted(effect.leaked_approvals, ("approval", "approvals"));
    let orders = counted(effect.leaked_orders, ("order", "orders"));
    let why = match mechanism {
        Mechanism::Toggle => NOT_ENFORCED,
        Mechanism::EmergencyStop => "The Guard enforces this stop, so nothing should have passed.",
    };
    let worth = match &dossier.value {
        Some(value) => Either::Left(view! { <LeakedWorth effect value /> }),
        None => Either::Right(view! {
            "; what it was worth could not be added up in time, the "
            <a href=csv(&dossier.episode, "leaks") download="">"CSV of the leaks"</a>
            " has every value"
        }),
    };
    view! {
        {format!("{approvals} given and {orders} created while the switch said stopped")}
        {worth}
        {format!(". {why} ")}
        <a class="how-known" href="#enforced">"How this is known"</a>
    }
}

/// An exact sum, thousands apart.
#[component]
fn Aud(
    /// The sum, in AUD.
    sum: String,
) -> impl IntoView {
    view! { <b class="aud">{format!("AUD {}", group_thousands(&sum))}</b> }
}

/// The value of the leaked trades, and the trades without a known value.
#[component]
fn LeakedWorth<'a>(
    /// What leaked.
    effect: Effect,
    /// What it was worth.
    value: &'a LeakedValue,
) -> impl IntoView + use<> {
    let approved = (effect.leaked_approvals > 0).then(|| {
        let seconds = (value.second_checks > 0).then(|| {
            view! {
                ", each trade once ("
                <Aud sum=value.approved_all.to_string() />
                " with the Guard’s second checks)"
            }
        });
        view! { <Aud sum=value.approved_once.to_string() />" approved"{seconds} }
    });
    let apart = (effect.leaked_approvals > 0 && effect.leaked_orders > 0).then_some("; ");
    let filled = (effect.leaked_orders > 0).then(|| {
        if value.filled_orders == 0 {
            Either::Left("nothing filled so far")
        } else {
            Either::Right(view! { <Aud sum=value.filled.to_string() />" filled so far" })
        }
    });
    let missing = left_out(value.without_value, "approval", ["names", "name"], "value");
    let unpriced = left_out(
        value.filled_without_price,
        "filled order",
        ["has", "have"],
        "price",
    );
    view! { ": "{approved}{apart}{filled}{missing}{unpriced} }
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
#[component]
pub fn EpisodeFigures<'a>(
    /// The page's context.
    ctx: &'a PageContext,
    /// What is known of the episode.
    dossier: &'a Dossier,
) -> impl IntoView + use<> {
    let episode = &dossier.episode;
    let effect = dossier.effect;
    let cleared = match episode.cleared() {
        Some(clear) => Either::Left(view! { <Brief text=clear.actor() most=80 /> }),
        None => Either::Right(view! { <span class="none">"nobody so far"</span> }),
    };
    let last_fill = match dossier.leaks.last_fill {
        Some(at) => Either::Left(distance(episode.activated_at(), at)),
        None => Either::Right(view! { <span class="none">"nothing filled inside"</span> }),
    };
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
            <div>
                <dt>"Leaked approvals · orders"</dt>
                <dd><Leaks approvals=effect.leaked_approvals orders=effect.leaked_orders /></dd>
            </div>
            <div><dt>"Time to the last fill"</dt><dd>{last_fill}</dd></div>
            <div>
                <dt>"Open orders at activation"</dt>
                <dd>{grouped(dossier.leaks.open_at_activation)}</dd>
            </div>
            <div><dt>"Cleared by"</dt><dd>{cleared}</dd></div>
        </dl>
        {note}
    }
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
