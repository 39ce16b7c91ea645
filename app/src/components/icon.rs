//! Icons that stand beside words, so that no meaning depends on colour alone.

use domain::wire::Icon;
use leptos::prelude::*;

use super::html::{Html, written};

/// An icon. It is hidden from screen readers, because the word beside it has the same meaning.
#[component]
pub fn Mark(
    /// Which shape.
    icon: Icon,
) -> impl IntoView {
    written(|html| write_icon(html, icon))
}

/// Writes [`Mark`].
pub fn write_icon(html: &mut Html, icon: Icon) {
    html.raw("<svg class=\"mark\" aria-hidden=\"true\"><use href=\"");
    html.raw(icon.href()).raw("\"></use></svg>");
}

/// The definitions of all icons, once per page.
#[component]
pub fn Sprite() -> impl IntoView {
    const SHAPES: &str = concat!(
        r#"<symbol id="m-up" viewBox="0 0 10 10"><path d="M5 1 9.6 9H.4z"/></symbol>"#,
        r#"<symbol id="m-down" viewBox="0 0 10 10"><path d="M5 9 .4 1h9.2z"/></symbol>"#,
        r#"<symbol id="m-dot" viewBox="0 0 10 10"><circle cx="5" cy="5" r="3.6"/></symbol>"#,
        r#"<symbol id="m-ring" viewBox="0 0 10 10"><circle cx="5" cy="5" r="3.2" fill="none" stroke="currentColor" stroke-width="1.8"/></symbol>"#,
        r#"<symbol id="m-half" viewBox="0 0 10 10"><circle cx="5" cy="5" r="3.2" fill="none" stroke="currentColor" stroke-width="1.8"/><path d="M5 1.8v6.4a3.2 3.2 0 0 1 0-6.4z"/></symbol>"#,
        r#"<symbol id="m-square" viewBox="0 0 10 10"><path d="M1.6 1.6h6.8v6.8H1.6z"/></symbol>"#,
        r#"<symbol id="m-cross" viewBox="0 0 10 10"><path d="M1.8 1.8l6.4 6.4m0-6.4L1.8 8.2" fill="none" stroke="currentColor" stroke-width="2"/></symbol>"#,
        r#"<symbol id="m-dash" viewBox="0 0 10 10"><path d="M2 5h6" fill="none" stroke="currentColor" stroke-width="1.8"/></symbol>"#,
        r#"<symbol id="m-alert" viewBox="0 0 10 10"><path fill-rule="evenodd" d="M5 .4 9.9 9.4H.1zM4.4 3.6h1.2L5.4 6.6h-.8zM4.4 7.2h1.2v1.2H4.4z"/></symbol>"#,
    );
    view! { <svg class="sprite" width="0" height="0" aria-hidden="true" inner_html=SHAPES></svg> }
}
