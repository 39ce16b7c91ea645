//! The progress of the finding rules, which limits how recent findings are.

use domain::finding::{Rebuild, Rule, ScanProgress};
use domain::wire::{Icon, Tone};
use leptos::either::{Either, EitherOf3};
use leptos::prelude::*;

use super::banner::Banner;
use super::text::counted;
use super::time::{ClockTime, SecondTime, rough_span};
use crate::model::PageContext;

/// The progress of the rule that is furthest behind: `18:35:41, 4 s behind`.
#[component]
pub fn CheckedTo<'a>(
    /// The page's context.
    ctx: &'a PageContext,
    /// How far the rules have got.
    scan_progress: &'a ScanProgress,
) -> impl IntoView + use<> {
    match scan_progress.checked_to() {
        None => Either::Left(view! { <span class="none">"not checked yet"</span> }),
        Some(at) => {
            let behind = format!("{} behind", rough_span(ctx.now.micros_since(at)));
            Either::Right(view! { <ClockTime ctx at />" "<small>{behind}</small> })
        }
    }
}

/// A tag for a rule that has not started or is behind the others. Renders nothing if it keeps up with them.
#[component]
pub fn RuleProgress<'a>(
    /// The page's context.
    ctx: &'a PageContext,
    /// How far the rules have got.
    scan_progress: &'a ScanProgress,
    /// Which rule.
    rule: Rule,
) -> impl IntoView + use<> {
    match scan_progress.of(rule) {
        // If no rule has started, one notice for all is enough.
        None if scan_progress.progress.is_empty() => None,
        None => Some(Either::Left(
            view! { <span class="tag warn">"not checked yet"</span> },
        )),
        Some(progress) if scan_progress.is_behind(progress) => Some(Either::Right(view! {
            <span class="tag warn">"checked to "<ClockTime ctx at=progress.checked_to /></span>
        })),
        Some(_) => None,
    }
}

/// Warns if nothing was checked recently or ever. Shows the progress of a re-run.
#[component]
pub fn ScanWarnings<'a>(
    /// The page's context.
    ctx: &'a PageContext,
    /// How far the rules have got.
    scan_progress: &'a ScanProgress,
) -> impl IntoView + use<> {
    let loud = match scan_progress.checked_at() {
        None => EitherOf3::A(view! {
            <Banner icon=Icon::Alert tone=Tone::Warn answer="Not checked yet.">
                "No rule has looked at the engine’s rows, so that nothing is listed says nothing. The server looks by itself as soon as it can."
            </Banner>
        }),
        Some(at) if scan_progress.is_stale(ctx.now) => {
            let silent = rough_span(ctx.now.micros_since(at));
            let answer = format!("Nothing has been checked for {silent}.");
            EitherOf3::B(view! {
                <Banner icon=Icon::Alert tone=Tone::Stop answer>
                    "What is listed was true at " <SecondTime ctx at />
                    ". The server looks every few seconds; its log says what keeps it from looking."
                </Banner>
            })
        }
        Some(_) => EitherOf3::C(()),
    };
    view! {
        {loud}
        {scan_progress.rebuild.map(|rebuild| view! { <RebuildProgress ctx rebuild /> })}
    }
}

#[component]
fn RebuildProgress<'a>(
    /// The page's context.
    ctx: &'a PageContext,
    /// The re-run.
    rebuild: Rebuild,
) -> impl IntoView + use<> {
    let more = if rebuild.looked_at == 0 {
        Either::Left(view! {
            "It has just begun, and ends at "
            <SecondTime ctx at=rebuild.until />
            "."
        })
    } else {
        let rows = counted(rebuild.looked_at, ("row", "rows"));
        Either::Right(view! {
            {format!("{rows} looked at, up to ")}
            <SecondTime ctx at=rebuild.checked_to />
            " of "
            <SecondTime ctx at=rebuild.until />
            "."
        })
    };
    view! {
        <Banner icon=Icon::Half tone=Tone::Quiet answer="All rows are being checked again.">{more}</Banner>
    }
}
