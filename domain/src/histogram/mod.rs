//! Histogram and facets of a list, with the precision of their numbers.

pub mod buckets;
pub mod survey;

pub use buckets::{Buckets, Step};
pub use survey::{Facet, FacetValue, Histogram, Precision, Series, Survey};
