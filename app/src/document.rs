//! The HTML document around every page: head, header, main part, and the script that starts the
//! islands.

use std::sync::Arc;

use hydration_context::SsrSharedContext;
use leptos::prelude::*;
use memchr::memmem;

use crate::components::header::header;
use crate::components::icon::sprite;
use crate::islands::{Keyboard, Scheme};
use crate::model::{CutExport, IslandFiles, PageContext, RecordNotice, Streamed, Theme};

/// Which entry of the navigation a page belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Section {
    /// `/`
    Overview,
    /// The list of this name.
    List(&'static str),
    /// None of them.
    Elsewhere,
}

/// The console's mark, on the page and in the browser's tab.
pub const LOGO: &str = r#"<rect width="20" height="20" rx="5" fill="currentColor"/><path d="M3.5 11h2.6l1.7-5 3 9 2-6.5 1 2.5h2.7" fill="none" stroke="var(--surface, #fff)" stroke-width="1.6" stroke-linecap="round" stroke-linejoin="round"/>"#;

const ICON: &str = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 20 20'%3E%3Crect width='20' height='20' rx='5' fill='%23222'/%3E%3Cpath d='M3.5 11h2.6l1.7-5 3 9 2-6.5 1 2.5h2.7' fill='none' stroke='%23fff' stroke-width='1.6'/%3E%3C/svg%3E";

/// Renders a whole document.
pub(crate) fn document(
    ctx: &PageContext,
    section: Section,
    title: &str,
    content: AnyView,
) -> String {
    let html = rendered(|| {
        provide_context(scheme(ctx.theme));
        page(ctx, section, title, content)
    });
    [DOCTYPE, &html].concat()
}

/// Renders a document in pieces: where `content` has [`LATE`] stand its rows, and what comes after them is put in
/// later.
pub(crate) fn streamed(
    ctx: &PageContext,
    section: Section,
    title: &str,
    content: AnyView,
    rows: String,
) -> Streamed {
    let mut before = document(ctx, section, title, content);
    let after = split_at_late(&mut before);
    Streamed {
        before,
        rows,
        after,
    }
}

/// Cuts a text off where [`LATE`] stands, and returns what comes after it.
pub(crate) fn split_at_late(text: &mut String) -> String {
    let Some(at) = find(text, LATE) else {
        return String::new();
    };
    let after = text.split_off(at + LATE.len());
    text.truncate(at);
    after
}

const DOCTYPE: &str = "<!DOCTYPE html>";

/// Where something late stands. Stored text cannot hold it: its `<` is escaped.
pub(crate) const LATE: &str = "<late-part></late-part>";

/// Renders a piece of a document.
pub(crate) fn rendered(view: impl FnOnce() -> AnyView) -> String {
    // `content` may hold values of the caller's; only islands need the owner, and they come here.
    let owner = Owner::new_root(Some(Arc::new(SsrSharedContext::new_islands())));
    let html = owner.with(|| view().to_html());
    owner.cleanup();
    without_markers(&html)
}

const ISLAND: &str = "<leptos-island";
const ISLAND_END: &str = "</leptos-island>";
/// What the renderer puts between neighbouring texts so that hydration finds them again.
const MARKER: &str = "<!>";

/// The document without the renderer's markers, which only islands need. Stored text cannot hold one:
/// its `<` is escaped.
fn without_markers(html: &str) -> String {
    let mut clean = String::with_capacity(html.len());
    let mut rest = html;
    while !rest.is_empty() {
        let (plain, island) = rest.split_at(find(rest, ISLAND).unwrap_or(rest.len()));
        let mut kept = 0;
        for at in memmem::find_iter(plain.as_bytes(), MARKER) {
            clean.push_str(&plain[kept..at]);
            kept = at + MARKER.len();
        }
        clean.push_str(&plain[kept..]);
        let end = find(island, ISLAND_END).map_or(island.len(), |at| at + ISLAND_END.len());
        clean.push_str(&island[..end]);
        rest = &island[end..];
    }
    clean
}

/// Where `part` begins in `text`. The standard library's search takes several times as long.
fn find(text: &str, part: &str) -> Option<usize> {
    memmem::find(text.as_bytes(), part.as_bytes())
}

fn page(ctx: &PageContext, section: Section, title: &str, content: AnyView) -> AnyView {
    let known = ctx.person.is_some();
    let main_class = if known { "main" } else { "main alone" };
    let boot = ctx
        .assets
        .islands
        .as_ref()
        .map(|files| boot(files, &ctx.nonce));
    view! {
        <html lang="en" data-theme=scheme(ctx.theme).as_str()>
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <meta name="color-scheme" content="light dark" />
                <meta name="robots" content="noindex" />
                <title>{format!("{title} · Audit Console")}</title>
                <link rel="icon" href=ICON />
                <link rel="stylesheet" href=ctx.assets.css.clone() />
                {boot}
            </head>
            <body>
                {sprite()}
                <a class="skip" href="#main">"Skip to content"</a>
                {known.then(|| header(ctx, section))}
                {record_notice(ctx)}
                {cut_exports(ctx)}
                <main class=main_class id="main" tabindex="-1">{content}</main>
                {known.then(|| view! { <Keyboard /> })}
            </body>
        </html>
    }
    .into_any()
}

/// What is wrong with the record, on every page. Whoever may read finds the details among the findings.
fn record_notice(ctx: &PageContext) -> Option<AnyView> {
    let may_read = ctx
        .person
        .as_ref()
        .is_some_and(|person| person.role.is_some());
    let notice = ctx.record?;
    let (class, text) = match notice {
        RecordNotice::Trial => (
            "record-notice trial",
            "Trial: the console’s database role owns its record, so entries can be rewritten. \
             Run “audit-console roles” for the SQL of two roles.",
        ),
        RecordNotice::Unprotected => (
            "record-notice",
            "The record is not protected. Nothing is written to it: no reviews, notes, role changes or log-ins.",
        ),
    };
    let details = (notice == RecordNotice::Unprotected && may_read).then(|| {
        view! { " "<a href="/findings?rule=record-unprotected">"What is wrong"</a> }
    });
    let view = view! { <p class=class role="status">{text}{details}</p> };
    Some(view.into_any())
}

/// The person's exports that were cut off: without JavaScript nothing else says why, and where they go on.
fn cut_exports(ctx: &PageContext) -> AnyView {
    let notice = |cut: &CutExport| {
        let (what, why) = (cut.what, cut.why.clone());
        view! {
            <div class="cut-export" role="status">
                <p>
                    <strong>"Your export of "{what}" was cut off. "</strong>
                    {why}" "
                    <a href=cut.address.clone() data-export="">{cut.label}</a>
                </p>
                <form method="post" action=format!("/exports/{}/dismiss", cut.key)>
                    <button class="btn">"Dismiss"</button>
                </form>
            </div>
        }
    };
    ctx.cut_exports.iter().map(notice).collect_view().into_any()
}

/// Starts the islands: an inline module, because only it knows where this build's files are.
fn boot(files: &IslandFiles, nonce: &str) -> AnyView {
    let script = format!(
        "import init, * as islands from {js};\n\
         await init({{ module_or_path: {wasm} }});\n\
         islands.hydrate();\n\
         for (const island of document.querySelectorAll(\"leptos-island\"))\n\
         \x20 islands[island.dataset.component]?.(island);",
        js = script_string(&files.js),
        wasm = script_string(&files.wasm),
    );
    view! {
        <link rel="modulepreload" href=files.js.clone() />
        <script type="module" nonce=nonce.to_owned()>{script}</script>
    }
    .into_any()
}

/// A string literal that can stand inside a `<script>` element.
fn script_string(text: &str) -> String {
    serde_json::Value::from(text)
        .to_string()
        .replace('<', "\\u003c")
}

const fn scheme(theme: Theme) -> Scheme {
    match theme {
        Theme::System => Scheme::System,
        Theme::Light => Scheme::Light,
        Theme::Dark => Scheme::Dark,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_islands_keep_their_markers() {
        assert_eq!(
            without_markers("a<!>b<leptos-island x>c<!>d</leptos-island>e<!>f"),
            "ab<leptos-island x>c<!>d</leptos-island>ef"
        );
    }

    #[test]
    fn a_path_cannot_leave_the_script() {
        assert_eq!(
            script_string("/pkg/a\"</script>.js"),
            r#""/pkg/a\"\u003c/script>.js""#
        );
    }
}
