//! The button that goes round the colour schemes: system, light, dark.
//!
//! On the server it is a submit button of a form that posts the next scheme; in the browser a click
//! sets the cookie and the page's `data-theme` at once.

use leptos::prelude::*;

/// A colour scheme as the cookie, the form and `data-theme` spell it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// The system’s.
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

impl Scheme {
    /// `system`, `light`, `dark`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// The one after it.
    #[must_use]
    pub const fn next(self) -> Self {
        match self {
            Self::System => Self::Light,
            Self::Light => Self::Dark,
            Self::Dark => Self::System,
        }
    }

    /// What the button says to those who do not see it.
    const fn label(self) -> &'static str {
        match self {
            Self::System => "Colour scheme: system. Switch to light",
            Self::Light => "Colour scheme: light. Switch to dark",
            Self::Dark => "Colour scheme: dark. Switch to system",
        }
    }

    #[cfg(feature = "ssr")]
    fn current() -> Self {
        use_context().unwrap_or(Self::System)
    }

    #[cfg(not(feature = "ssr"))]
    fn current() -> Self {
        let root = document().document_element();
        match root
            .and_then(|root| root.get_attribute("data-theme"))
            .as_deref()
        {
            Some("light") => Self::Light,
            Some("dark") => Self::Dark,
            _ => Self::System,
        }
    }
}

/// The button.
#[island]
pub fn ThemeSwitch() -> impl IntoView {
    let current = Scheme::current();
    view! {
        <button
            class="icon-btn theme-btn"
            name="theme"
            value=current.next().as_str()
            aria-label=current.label()
            title=current.label()
            on:click=|click| switch(&click)
        >
            <span class="theme-icon"></span>
        </button>
    }
}

fn switch(click: &leptos::ev::MouseEvent) {
    use wasm_bindgen::JsCast;

    let chosen = Scheme::current().next();
    let page = document();
    let (Some(root), Some(page)) = (
        page.document_element(),
        page.dyn_ref::<web_sys::HtmlDocument>(),
    ) else {
        return;
    };
    // A year. The server reads the same cookie.
    let cookie = [
        "theme=",
        chosen.as_str(),
        "; Path=/; SameSite=Lax; Max-Age=31536000",
    ]
    .concat();
    if page.set_cookie(&cookie).is_err()
        || root.set_attribute("data-theme", chosen.as_str()).is_err()
    {
        return;
    }
    click.prevent_default();
    let button = click
        .current_target()
        .and_then(|target| target.dyn_into::<web_sys::Element>().ok());
    if let Some(button) = button {
        // These cannot fail: the names are well-formed.
        let _ = button.set_attribute("value", chosen.next().as_str());
        let _ = button.set_attribute("aria-label", chosen.label());
        let _ = button.set_attribute("title", chosen.label());
    }
}
