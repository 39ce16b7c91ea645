//! A button that prints the page. Without JavaScript it does not show, and the browser's own menu does
//! the same.

use leptos::prelude::*;

/// The button.
#[island]
pub fn PrintButton() -> impl IntoView {
    view! {
        <button class="btn needs-islands" type="button" on:click=|_| print()>
            "Print"
        </button>
    }
}

fn print() {
    // It fails only if the browser forbids printing; there is nothing to report then.
    let _ = window().print();
}
