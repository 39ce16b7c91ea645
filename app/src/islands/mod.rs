//! What runs in the browser. Every page works without them.

mod keyboard;
mod theme_switch;

pub use keyboard::Keyboard;
pub use theme_switch::{Scheme, ThemeSwitch};
