//! What crosses the wire as JSON: the answers of `/api/v1` and of the server functions, which the islands read.
//!
//! One declaration serves the handler that writes an answer, the OpenAPI document that describes it and the browser that
//! reads it. The columns of a list's rows are not here: they are those of the [catalogue](crate::catalogue).
//!
//! Members are declared in alphabetical order, and sent so: the same answer has the same bytes in every version.

mod dossier;
mod error;
mod export;
mod list;
mod live;
mod survey;
mod theme;
mod time;

pub use dossier::{
    AlreadyOpen, Dossier, DossierEvent, DossierReview, EquityPoint, Known, LastEvent, LeakedValue,
    Preceding, Resumption, ReviewNeeds, ReviewSummary, RiskRule, TimelineEntry,
};
pub use error::{ApiError, ErrorBody};
pub use export::{ExportState, ExportStatus};
pub use list::ListAnswer;
pub use live::{Icon, LiveStatus, Tone};
pub use survey::{
    CountPrecision, Precision, Survey, SurveyCount, SurveyFacet, SurveyFacetValue, SurveyHistogram,
    SurveySeries,
};
pub use theme::Theme;
