//! The pages of the console, rendered on the server, and its islands, the only code that is compiled
//! to wasm. Pages are pure: a model goes in, an HTML document comes out.

#[cfg(feature = "ssr")]
pub mod model;
