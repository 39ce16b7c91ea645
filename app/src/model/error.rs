//! Pages for people who cannot go on: log-in and errors.

use domain::catalogue::View;
use domain::query::ParamError;
use domain::saved::SavedQuery;

use super::list::FilterOptions;

/// The log-in page.
#[derive(Clone, Debug, Default)]
pub struct LoginPage {
    /// What went wrong before, for people.
    pub message: Option<String>,
    /// Why one has to log in.
    pub notice: Option<String>,
    /// The e-mail that was typed.
    pub email: String,
    /// Where to go after: a local path.
    pub next: String,
    /// What was typed before a session ended, sealed.
    pub draft: Option<String>,
}

/// An error page.
#[derive(Clone, Debug)]
pub struct ErrorPage {
    /// HTTP status.
    pub status: u16,
    /// One line: `No such decision`.
    pub title: String,
    /// What to do next, for people; never internal text.
    pub message: String,
    /// The parameters at fault.
    pub faults: Option<ParamError>,
    /// The same address without them.
    pub corrected: Option<String>,
    /// The list's filter, to be corrected.
    pub filter: Option<RejectedFilter>,
    /// The request's id, to quote.
    pub request_id: Option<String>,
    /// A way out: label and path.
    pub way_out: (String, String),
}

/// A list's filter without the invalid parameters.
#[derive(Clone, Debug)]
pub struct RejectedFilter {
    /// The list.
    pub view: View,
    /// Its query without the parameters at fault.
    pub query: SavedQuery,
    /// Values to offer in the form.
    pub filter_options: FilterOptions,
}
