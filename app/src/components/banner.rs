//! Banners: the conclusion of a page, stated before its evidence.

use domain::wire::{Icon, Tone};
use leptos::prelude::*;

use super::content::Content;
use super::icon::Mark;

/// A banner: an icon, the conclusion, and an explanation as children.
#[component]
pub fn Banner<A: IntoView + 'static>(
    /// The shape.
    icon: Icon,
    /// The severity, which sets the colour.
    tone: Tone,
    /// The conclusion in a few words.
    answer: A,
    children: Content,
) -> impl IntoView {
    view! {
        <div class=format!("banner {}", tone.class())>
            <Mark icon />
            <p><strong>{answer}</strong>" "{children}</p>
        </div>
    }
}
