//! The pages of the console, rendered on the server, and its islands, the only code that is compiled
//! to wasm. Pages are pure: a model goes in, an HTML document comes out.
//!
//! * [`model`]: what the server hands to a page.
//! * [`pages`]: one function a page, each returning a whole document.
//! * [`style`]: the style sheet, for the server to serve.
//! * [`live_status`]: the live state as the header and the API say it.
//! * [`islands`]: keyboard, theme switch, live state, print button, progress of exports.

// A view's type names every element inside it: those of the largest components are deeper than the default of 128.
#![recursion_limit = "256"]

pub mod api;
#[cfg(feature = "ssr")]
mod components;
#[cfg(feature = "ssr")]
mod document;
pub mod islands;
#[cfg(feature = "ssr")]
pub mod model;
#[cfg(feature = "ssr")]
pub mod pages;
#[cfg(feature = "ssr")]
pub mod style;

#[cfg(feature = "ssr")]
pub use components::live::live_status;
#[cfg(feature = "ssr")]
pub use style::STYLE;
