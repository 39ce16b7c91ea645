//! The wasm entry: registers the islands, nothing else.

use wasm_bindgen::prelude::wasm_bindgen;

// Linked for its islands, which wasm-bindgen exports by name.
use app as _;

/// Called once by the page's script before it hands every island its element.
#[wasm_bindgen]
pub fn hydrate() {
    leptos::mount::hydrate_islands();
}
