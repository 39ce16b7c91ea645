//! Zooming by links: a column of the drawing, or a span with a name.

use domain::dossier::Span;
use domain::episode::Episode;
use domain::query::Pairs;
use domain::time::Timestamp;
use leptos::prelude::*;

use crate::components::scale::Scale;
use crate::model::PageContext;
use crate::pages::episode::words::{path, short_time};

/// Columns of the drawing that are links.
const COLUMNS: i64 = 12;
/// A span shorter than this is not worth zooming into, in microseconds.
const SHORTEST: i64 = COLUMNS * 1_000;

/// The page with another span.
fn href(episode: &Episode, span: Span) -> String {
    let query = Pairs::default()
        .with("from", span.from.rfc3339())
        .with("to", span.to.rfc3339());
    format!("{}#timeline", query.link(&path(episode)))
}

/// Links over the drawing, each a twelfth of the span; none where it is too short already.
#[component]
pub fn ZoomColumns<'a>(
    /// The page's context.
    ctx: &'a PageContext,
    /// The episode.
    episode: &'a Episode,
    /// The span that is drawn.
    span: Span,
) -> impl IntoView + use<> {
    let scale = Scale { span };
    let links = (0..COLUMNS).map(|column| {
        let part = Span {
            from: scale.moment(column, COLUMNS),
            to: scale.moment(column + 1, COLUMNS),
        };
        let label = format!(
            "Zoom in: {} to {}",
            short_time(ctx, part, part.from),
            short_time(ctx, part, part.to)
        );
        view! { <a href=href(episode, part) aria-label=label.clone() title=label></a> }
    });
    (span.micros() >= SHORTEST).then(|| {
        view! { <nav class="tl-zoom" aria-label="Zoom into a part">{links.collect_view()}</nav> }
    })
}

/// Spans with a name.
#[component]
pub fn NamedSpans<'a>(
    /// The page's context.
    ctx: &'a PageContext,
    /// The episode.
    episode: &'a Episode,
    /// The span that is drawn.
    span: Span,
) -> impl IntoView + use<> {
    let length = span.micros().max(1_000);
    let near = near(episode, ctx.now);
    let moved = |by: i64| Span {
        from: span.from.plus_micros(by),
        to: span.to.plus_micros(by),
    };
    let around = |at: Timestamp| Span {
        from: at.plus_micros(-near),
        to: at.plus_micros(near),
    };
    let wider = Span {
        from: span.from.plus_micros(-length),
        to: span.to.plus_micros(length),
    };
    let mut places = vec![
        ("Whole episode", format!("{}#timeline", path(episode))),
        (
            "Around the activation",
            href(episode, around(episode.activated_at())),
        ),
    ];
    places.extend(
        episode
            .cleared_at()
            .map(|at| ("Around the clear", href(episode, around(at)))),
    );
    let steps = vec![
        ("← Earlier", href(episode, moved(-length / 2))),
        ("Later →", href(episode, moved(length / 2))),
        ("Wider", href(episode, wider)),
    ];
    view! {
        <nav class="tl-links" aria-label="Span of the timeline">
            <SpanLinks links=places />
            <SpanLinks links=steps />
        </nav>
    }
}

#[component]
fn SpanLinks(
    /// Each span's name and address.
    links: Vec<(&'static str, String)>,
) -> impl IntoView {
    let items = links
        .into_iter()
        .map(|(label, href)| view! { <li><a href=href>{label}</a></li> });
    view! { <ul>{items.collect_view()}</ul> }
}

/// The margin around an end of the episode: a tenth of its length, between 0.1 s and one minute.
fn near(episode: &Episode, now: Timestamp) -> i64 {
    let end = episode.cleared_at().unwrap_or(now);
    (end.micros_since(episode.activated_at()) / 10).clamp(100_000, 60_000_000)
}
