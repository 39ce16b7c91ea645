//! A list's survey, and its rendered form.

use std::sync::{Arc, Mutex, PoisonError};

use domain::histogram::Survey;

/// The histogram and the facets of a list.
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
    /// The survey of the rows, if it is known.
    #[must_use]
    pub fn survey(&self) -> Option<&Survey> {
        match self {
            Self::Ready(made) => Some(&made.survey),
            Self::Pending | Self::Failed => None,
        }
    }
}

/// A list's survey with its last rendering, which many pages share.
#[derive(Debug)]
pub struct CachedSurvey {
    /// The survey of the rows.
    pub survey: Survey,
    rendered: Mutex<Option<(String, Arc<RenderedSurvey>)>>,
}

/// The rendered parts of a survey.
#[derive(Debug)]
pub struct RenderedSurvey {
    /// The histogram, its table and its legend.
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

    /// The rendering for a page. Pages with the same `key` share it.
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
