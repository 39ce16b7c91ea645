//! The HTML document around every page: head, header, main part, and the script that starts the
//! islands.

use std::sync::Arc;

use hydration_context::SsrSharedContext;
use leptos::prelude::*;

use crate::components::header::Header;
use crate::components::icon::Sprite;
use crate::islands::Keyboard;
use crate::model::{CutExport, IslandFiles, PageContext, RecordNotice};

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

/// Renders a whole document, with `content` in its main part.
pub(crate) fn document<V: IntoView>(
    ctx: &PageContext,
    section: Section,
    title: &str,
    content: impl FnOnce() -> V,
) -> String {
    let Shell { before, after } = Shell::render(ctx, section, title);
    [before, rendered(content), after].concat()
}

/// Renders a piece of a document. Islands need the owner that the view is built and rendered under.
pub(crate) fn rendered<V: IntoView>(view: impl FnOnce() -> V) -> String {
    let owner = Owner::new_root(Some(Arc::new(SsrSharedContext::new_islands())));
    let html = owner.with(|| view().to_html());
    owner.cleanup();
    html
}

/// A document without its main part's content. A page that is sent in pieces puts them between the two.
pub(crate) struct Shell {
    /// Up to the beginning of the main part.
    pub before: String,
    /// From the end of the main part.
    pub after: String,
}

impl Shell {
    /// Renders the shell of a page. Whoever is not logged in sees no header and has no keys.
    pub fn render(ctx: &PageContext, section: Section, title: &str) -> Self {
        let is_known = ctx.person.is_some();
        let head = rendered(|| view! { <Head ctx title /> });
        let top = rendered(|| view! { <Top ctx section /> });
        let keyboard = rendered(|| is_known.then(|| view! { <Keyboard /> }));
        let main = if is_known { MAIN } else { MAIN_CENTERED };
        Self {
            before: format!(
                "<!DOCTYPE html><html lang=\"en\" data-theme=\"{}\">{head}<body>{top}{main}",
                ctx.theme.as_str()
            ),
            after: ["</main>", &keyboard, "</body></html>"].concat(),
        }
    }
}

/// Opens the main part. [`Shell::after`] closes it.
const MAIN: &str = r#"<main id="main" tabindex="-1" class="main">"#;
/// As [`MAIN`], on a page without a header.
const MAIN_CENTERED: &str = r#"<main id="main" tabindex="-1" class="main centered">"#;

/// The document's head.
#[component]
fn Head<'a>(
    /// The page's context.
    ctx: &'a PageContext,
    /// The page's title, without the console's name.
    title: &'a str,
) -> impl IntoView + use<> {
    let islands = ctx.assets.islands.as_ref();
    let boot = islands.map(|files| boot(files, &ctx.nonce));
    view! {
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
    }
}

/// What stands before the main part: the header, and what every page says.
#[component]
fn Top<'a>(
    /// The page's context.
    ctx: &'a PageContext,
    /// The navigation's entry of the page.
    section: Section,
) -> impl IntoView + use<> {
    view! {
        <Sprite />
        <a class="skip-link" href="#main">"Skip to content"</a>
        {ctx.person.is_some().then(|| view! { <Header ctx section /> })}
        {ctx.record.map(|notice| view! { <RecordNoticeLine ctx notice /> })}
        {ctx.cut_exports.iter().map(|export| view! { <CutExportNotice export /> }).collect_view()}
    }
}

/// What is wrong with the record, on every page. Whoever may read finds the details among the findings.
#[component]
fn RecordNoticeLine<'a>(
    /// The page's context.
    ctx: &'a PageContext,
    /// What is wrong.
    notice: RecordNotice,
) -> impl IntoView + use<> {
    let person = ctx.person.as_ref();
    let may_read = person.is_some_and(|person| person.role.is_some());
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
    view! { <p class=class role="status">{text}{details}</p> }
}

/// The notice about a user's export that was cut off, with a link to the rest. It works without JavaScript.
#[component]
fn CutExportNotice<'a>(
    /// The export.
    export: &'a CutExport,
) -> impl IntoView + use<> {
    view! {
        <div class="cut-export" role="status">
            <p>
                <strong>{format!("Your export of {} was cut off. ", export.what)}</strong>
                {format!("{} ", export.why)}
                <a href=export.address.clone() data-export="">{export.label}</a>
            </p>
            <form method="post" action=format!("/exports/{}/dismiss", export.key)>
                <button class="btn">"Dismiss"</button>
            </form>
        </div>
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_cannot_leave_the_script() {
        assert_eq!(
            script_string("/pkg/a\"</script>.js"),
            r#""/pkg/a\"\u003c/script>.js""#
        );
    }
}
