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
    // It fails only where the browser forbids printing, and then there is nothing to say that it does not.
    let _ = window().print();
}
