//! What a list amounts to, and how it is drawn.

use std::sync::{Arc, Mutex, PoisonError};

use domain::histogram::Survey;

/// What stands over and beside a list: its rows over time, and its facets.
#[derive(Clone, Debug)]
pub enum SurveyPanel {
    /// It is there.
    Ready(Arc<CachedSurvey>),
    /// It is still being made.
    Pending,
    /// It could not be made.
    Failed,
}

impl SurveyPanel {
    /// What the rows amount to, where that is known.
    #[must_use]
    pub fn survey(&self) -> Option<&Survey> {
        match self {
            Self::Ready(made) => Some(&made.survey),
            Self::Pending | Self::Failed => None,
        }
    }
}

/// What a list amounts to, with how it was drawn last: many pages show the same.
#[derive(Debug)]
pub struct CachedSurvey {
    /// What the rows amount to.
    pub survey: Survey,
    rendered: Mutex<Option<(String, Arc<RenderedSurvey>)>>,
}

/// What is drawn of a survey.
#[derive(Debug)]
pub struct RenderedSurvey {
    /// The bars, their table and what stands below them.
    pub chart: String,
    /// The facets.
    pub facets: String,
}

impl CachedSurvey {
    /// A survey that nobody has drawn yet.
    #[must_use]
    pub const fn new(survey: Survey) -> Self {
        Self {
            survey,
            rendered: Mutex::new(None),
        }
    }

    /// How it is drawn for a page. Pages with the same `key` are drawn alike.
    pub fn rendered(
        &self,
        key: String,
        draw: impl FnOnce() -> RenderedSurvey,
    ) -> Arc<RenderedSurvey> {
        // A panic elsewhere leaves a whole value behind: it is replaced in one piece.
        let lock = || self.rendered.lock().unwrap_or_else(PoisonError::into_inner);
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
