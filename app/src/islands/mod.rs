//! What runs in the browser. Every page works without them.

#[cfg(feature = "hydrate")]
mod browser;
mod brush;
mod export_progress;
mod keyboard;
mod live_pill;
mod print_button;
#[cfg(feature = "hydrate")]
mod row_clicks;
mod theme_switch;
mod unapplied_filters;

pub use brush::Brush;
pub use export_progress::ExportProgress;
pub use keyboard::Keyboard;
pub use live_pill::{LivePill, findings_count, reviews_count};
pub use print_button::PrintButton;
pub use theme_switch::{Scheme, ThemeSwitch};
pub use unapplied_filters::UnappliedFilters;
