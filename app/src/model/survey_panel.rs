//! What a list amounts to, and how it is drawn.

use std::sync::{Arc, Mutex, PoisonError};

use domain::histogram::Survey;

/// What stands over and beside a list: its rows over time, and its facets.
#[derive(Clone, Debug)]
pub enum Picture {
    /// It is there.
    Made(Arc<Made>),
    /// It is still being made.
    Late,
    /// It could not be made.
    Failed,
}

impl Picture {
    /// What the rows amount to, where that is known.
    #[must_use]
    pub fn survey(&self) -> Option<&Survey> {
        match self {
            Self::Made(made) => Some(&made.survey),
            Self::Late | Self::Failed => None,
        }
    }
}

/// What a list amounts to, with how it was drawn last: many pages show the same.
#[derive(Debug)]
pub struct Made {
    /// What the rows amount to.
    pub survey: Survey,
    drawn: Mutex<Option<(String, Arc<Drawn>)>>,
}

/// What is drawn of a survey.
#[derive(Debug)]
pub struct Drawn {
    /// The bars, their table and what stands below them.
    pub chart: String,
    /// The facets.
    pub facets: String,
}

impl Made {
    /// A survey that nobody has drawn yet.
    #[must_use]
    pub const fn new(survey: Survey) -> Self {
        Self {
            survey,
            drawn: Mutex::new(None),
        }
    }

    /// How it is drawn for a page. Pages with the same `key` are drawn alike.
    pub fn drawn(&self, key: String, draw: impl FnOnce() -> Drawn) -> Arc<Drawn> {
        // A panic elsewhere leaves a whole value behind: it is replaced in one piece.
        let lock = || self.drawn.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((known, drawn)) = lock().as_ref()
            && *known == key
        {
            return drawn.clone();
        }
        let drawn = Arc::new(draw());
        *lock() = Some((key, drawn.clone()));
        drawn
    }
}
