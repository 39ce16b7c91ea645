//! How far the rules have got: findings are only as fresh as that.

use domain::finding::{Rebuild, Rule, ScanProgress};
use leptos::prelude::*;

use super::banner::banner;
use super::icon::Icon;
use super::outcome::Tone;
use super::text::counted;
use super::time::{rough_span, second_or_date, to_the_second};
use crate::model::PageContext;

/// `18:35:41, 4 s behind`, by the rule that lies furthest behind.
pub fn checked_to(ctx: &PageContext, scan_progress: &ScanProgress) -> AnyView {
    let Some(at) = scan_progress.checked_to() else {
        return view! { <span class="none">"not checked yet"</span> }.into_any();
    };
    let behind = format!("{} behind", rough_span(ctx.now.micros_since(at)));
    view! { {second_or_date(ctx, at)}" "<small>{behind}</small> }.into_any()
}

/// What must be said of one rule: that it has not begun, or lies behind the others; nothing where it keeps
/// up with them.
pub fn of_rule(ctx: &PageContext, scan_progress: &ScanProgress, rule: Rule) -> Option<AnyView> {
    match scan_progress.of(rule) {
        // Where none has begun, that is said once.
        None if scan_progress.progress.is_empty() => None,
        None => Some(view! { <span class="tag warn">"not checked yet"</span> }.into_any()),
        Some(progress) if scan_progress.is_behind(progress) => Some(
            view! {
                <span class="tag warn">"checked to "{second_or_date(ctx, progress.checked_to)}</span>
            }
            .into_any(),
        ),
        Some(_) => None,
    }
}

/// What the list cannot be trusted for: nothing was checked lately or ever; and the re-run, if one is under
/// way.
pub fn warnings(ctx: &PageContext, scan_progress: &ScanProgress) -> AnyView {
    let loud = match scan_progress.checked_at() {
        None => Some(banner(
            Icon::Alert,
            Tone::Warn,
            "Not checked yet.".to_owned(),
            "No rule has looked at the engine’s rows, so that nothing is listed says nothing. The server looks \
             by itself as soon as it can."
                .into_any(),
        )),
        Some(at) if scan_progress.is_stale(ctx.now) => {
            let silent = rough_span(ctx.now.micros_since(at));
            let more = view! {
                "What is listed was true at "
                {to_the_second(ctx, at)}
                ". The server looks every few seconds; its log says what keeps it from looking."
            };
            Some(banner(
                Icon::Alert,
                Tone::Stop,
                format!("Nothing has been checked for {silent}."),
                more.into_any(),
            ))
        }
        Some(_) => None,
    };
    view! { {loud}{scan_progress.rebuild.map(|rebuild| rerun(ctx, rebuild))} }.into_any()
}

fn rerun(ctx: &PageContext, rebuild: Rebuild) -> AnyView {
    let rows = counted(rebuild.looked_at, ("row", "rows"));
    let more = if rebuild.looked_at == 0 {
        view! { "It has just begun, and ends at "{to_the_second(ctx, rebuild.until)}"." }.into_any()
    } else {
        view! {
            {rows}
            " looked at, up to "
            {to_the_second(ctx, rebuild.checked_to)}
            " of "
            {to_the_second(ctx, rebuild.until)}
            "."
        }
        .into_any()
    };
    banner(
        Icon::Half,
        Tone::Quiet,
        "All rows are being checked again.".to_owned(),
        more,
    )
}
