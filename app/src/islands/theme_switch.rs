//! The button that cycles through the colour schemes: system, light, dark.
//!
//! On the server it is a submit button of a form that posts the next scheme. In the browser a click sets the cookie that
//! the server reads, and the document's `data-theme`.

use domain::wire::Theme;
use leptos::ev::MouseEvent;
use leptos::prelude::*;

/// What the button says to those who do not see it.
const fn label(theme: Theme) -> &'static str {
    match theme {
        Theme::System => "Colour scheme: system. Switch to light",
        Theme::Light => "Colour scheme: light. Switch to dark",
        Theme::Dark => "Colour scheme: dark. Switch to system",
    }
}

/// The button.
#[island]
pub fn ThemeSwitch(
    /// The scheme of the page.
    theme: Theme,
) -> impl IntoView {
    let theme = RwSignal::new(theme);
    let switch = move |click: MouseEvent| {
        let next = theme.get_untracked().next();
        // Where the browser refuses, the form is sent instead.
        if apply(next).is_some() {
            click.prevent_default();
            theme.set(next);
        }
    };
    view! {
        <button
            class="icon-btn theme-btn"
            name="theme"
            value=move || theme.get().next().as_str()
            aria-label=move || label(theme.get())
            title=move || label(theme.get())
            on:click=switch
        >
            <span class="theme-icon"></span>
        </button>
    }
}

/// Keeps the scheme for a year, and shows it. `None` where the browser does not let it.
fn apply(theme: Theme) -> Option<()> {
    use wasm_bindgen::JsCast;

    let page = document().dyn_into::<web_sys::HtmlDocument>().ok()?;
    let theme = theme.as_str();
    let cookie = format!("theme={theme}; Path=/; SameSite=Lax; Max-Age=31536000");
    page.set_cookie(&cookie).ok()?;
    let root = page.document_element()?;
    root.set_attribute("data-theme", theme).ok()
}
