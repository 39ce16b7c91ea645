//! The pages. Each is a function from the frame and its model to a whole HTML document.

mod episode;
mod error;
mod event;
mod finding;
mod findings;
mod forbidden;
mod kill_switch;
mod list;
mod login;
mod overview;
mod preferences;
mod rule;
mod signal;
mod trace;
mod trade;
mod views;

pub use episode::episode;
pub use error::error;
pub use event::event;
pub use finding::finding;
pub use findings::findings;
pub use forbidden::forbidden;
pub use kill_switch::kill_switch;
pub use list::{list, list_deferred};
pub use login::login;
pub use overview::overview;
pub use preferences::preferences;
pub use rule::rule;
pub use signal::signal;
pub use trace::trace;
pub use trade::trade;
pub use views::views;
