//! The header of the printed dossier: console address, episode, and time of the data.

use leptos::prelude::*;

use super::words::path;
use crate::components::text::Stored;
use crate::components::time::ExactTime;
use crate::model::{EpisodePage, PageContext};

/// The head of the first page.
#[component]
pub fn PaperHead<'a>(
    /// The page's context.
    ctx: &'a PageContext,
    /// The page's model.
    page: &'a EpisodePage,
) -> impl IntoView + use<> {
    let episode = &page.dossier.episode;
    let console = if page.console_url.is_empty() {
        "Audit Console".to_owned()
    } else {
        let url = page.console_url.trim_end_matches('/');
        format!("{url}{}", path(episode))
    };
    view! {
        <dl class="print-header" aria-hidden="true">
            <div><dt>"Kill-switch dossier"</dt><dd><Stored text=console /></dd></div>
            <div><dt>"Episode"</dt><dd><code>{episode.first().event.id.to_string()}</code></dd></div>
            <div><dt>"As of"</dt><dd><ExactTime ctx at=ctx.now /></dd></div>
            <div><dt>"Times in"</dt><dd>{ctx.zone.name()}</dd></div>
        </dl>
    }
}
