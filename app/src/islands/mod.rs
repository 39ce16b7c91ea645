//! What runs in the browser. Every page works without them.

mod brush;
mod keyboard;
mod live_pill;
mod print_button;
mod theme_switch;

pub use brush::Brush;
pub use keyboard::Keyboard;
pub use live_pill::{LivePill, findings_count, reviews_count};
pub use print_button::PrintButton;
pub use theme_switch::{Scheme, ThemeSwitch};
