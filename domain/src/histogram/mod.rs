//! A list's rows over time, its facets, and how sure their numbers are.

pub mod buckets;
pub mod survey;

pub use buckets::{Buckets, Step};
pub use survey::{Facet, FacetValue, Histogram, Precision, Series, Survey};
