//! What runs in the browser. Every page works without it.

mod brush;
mod export_progress;
mod keyboard;
mod live;
#[cfg(feature = "hydrate")]
mod patience;
mod print_button;
#[cfg(feature = "hydrate")]
mod row_clicks;
mod theme_switch;
mod unapplied_filters;

pub use brush::Brush;
pub use export_progress::ExportProgress;
pub use keyboard::Keyboard;
pub use live::{Badge, BadgeCount, LivePill, NavBadge, UNKNOWN};
pub use print_button::PrintButton;
pub use theme_switch::ThemeSwitch;
pub use unapplied_filters::UnappliedFilters;
