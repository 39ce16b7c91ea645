//! What only paper shows: where the dossier comes from, of which episode it is, and when it was true.

use leptos::prelude::*;

use super::words::path;
use crate::components::text::stored;
use crate::components::time::exact;
use crate::model::{EpisodePage, PageContext};

/// The head of the first page.
pub fn head(ctx: &PageContext, page: &EpisodePage) -> AnyView {
    let episode = &page.dossier.episode;
    let console = if page.console_url.is_empty() {
        "Audit Console".to_owned()
    } else {
        format!(
            "{}{}",
            page.console_url.trim_end_matches('/'),
            path(episode)
        )
    };
    view! {
        <dl class="paper-head" aria-hidden="true">
            <div><dt>"Kill-switch dossier"</dt><dd>{stored(&console)}</dd></div>
            <div><dt>"Episode"</dt><dd><code>{episode.first().event.id.to_string()}</code></dd></div>
            <div><dt>"As of"</dt><dd>{exact(ctx, ctx.now)}</dd></div>
            <div><dt>"Times in"</dt><dd>{ctx.zone.name()}</dd></div>
        </dl>
    }
    .into_any()
}
