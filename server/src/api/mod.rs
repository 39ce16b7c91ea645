//! `/api/v1`: the views as JSON, one episode's dossier, the live state.

pub mod episode;
pub mod lists;
pub mod live;
pub mod survey;
