//! The answer before the evidence.

use domain::wire::{Icon, Tone};
use leptos::prelude::*;

use super::content::Content;
use super::icon::Mark;

/// A banner: a shape, the answer, and as children what explains it.
#[component]
pub fn Banner<A: IntoView + 'static>(
    /// The shape.
    icon: Icon,
    /// How loud it is.
    tone: Tone,
    /// The answer in a few words.
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
