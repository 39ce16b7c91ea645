//! The surveys of lists: how many rows a query matches, over time and by facet.
//!
//! Many people look at the same list, and one person turns its pages, so surveys are cached by query. A page waits long
//! only for a survey of which there is none yet.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use app::model::{CachedSurvey, SurveyPanel};
use domain::filter::ListQuery;
use domain::page::Count;
use store::engine::Scope;
use store::views::EngineView;

use crate::auth::Reader;
use crate::error::AppError;
use crate::state::App;
use crate::swr_cache::{AgeFrom, Freshness, LoadError, Lookup, SwrPolicy};

/// A sample is fresh for longer: the rows that were written meanwhile are fewer than its margin of error.
pub const POLICY: SwrPolicy<Arc<CachedSurvey>> = SwrPolicy {
    name: "survey",
    fresh: |survey| Duration::from_secs(if is_sample(survey) { 10 } else { 2 }),
    stale: Duration::from_mins(1),
    age_from: AgeFrom::LoadEnded,
    load_share: 0,
    // Each is some 70 kB with its rendered chart.
    capacity: 200,
};

/// A page waits this long for a refresh before it shows the stale survey.
const REFRESH_PATIENCE: Duration = Duration::from_millis(15);
/// A page waits this long for the first survey.
const FIRST_PATIENCE: Duration = Duration::from_millis(500);
/// A page waits this long for a survey that counts every row.
const EXACT_PATIENCE: Duration = Duration::from_secs(31);

impl App {
    /// The survey of `query`, as far as there is one soon. What is to be loaded is under way when this returns.
    pub fn survey(
        &self,
        reader: &Reader,
        view: EngineView,
        query: &ListQuery,
        scope: Scope,
    ) -> impl Future<Output = SurveyPanel> + Send + use<> {
        let lookup = self.look_up_survey(reader, view, query, scope);
        let patience = if scope.exact {
            EXACT_PATIENCE
        } else {
            FIRST_PATIENCE
        };
        async move {
            let (stale, flight, patience) = match lookup {
                Lookup::Fresh(survey) => return SurveyPanel::Ready(survey),
                // It is only about right, and that it is for as long as it is served.
                Lookup::Stale(survey, _) if is_sample(&survey) => {
                    return SurveyPanel::Ready(survey);
                }
                Lookup::Stale(survey, flight) if survey.survey.cut => {
                    (Some(survey), flight, patience)
                }
                Lookup::Stale(survey, flight) => (Some(survey), flight, REFRESH_PATIENCE),
                Lookup::Missing(flight) => (None, flight, patience),
            };
            match tokio::time::timeout(patience, flight).await {
                Ok(Ok(survey)) => SurveyPanel::Ready(survey),
                Ok(Err(error)) => {
                    log(&error);
                    stale.map_or(SurveyPanel::Failed, SurveyPanel::Ready)
                }
                Err(_) => stale.map_or(SurveyPanel::Pending, SurveyPanel::Ready),
            }
        }
    }

    /// The survey of `query`, however long it takes.
    ///
    /// # Errors
    /// When the database is unavailable or times out.
    pub async fn whole_survey(
        &self,
        reader: &Reader,
        view: EngineView,
        query: &ListQuery,
        scope: Scope,
    ) -> Result<Arc<CachedSurvey>, AppError> {
        let flight = match self.look_up_survey(reader, view, query, scope) {
            Lookup::Fresh(survey) => return Ok(survey),
            Lookup::Stale(_, flight) | Lookup::Missing(flight) => flight,
        };
        flight.await.map_err(|error| {
            log(&error);
            AppError::DatabaseTimeout
        })
    }

    fn look_up_survey(
        &self,
        reader: &Reader,
        view: EngineView,
        query: &ListQuery,
        scope: Scope,
    ) -> Lookup<Arc<CachedSurvey>> {
        let load = || {
            let survey = self.engine.survey(&reader.auditor, view, query, scope);
            async move { Ok(Arc::new(CachedSurvey::new(survey.await?))) }
        };
        self.surveys
            .lookup(&key(query, scope), Freshness::Recent, load)
    }
}

fn is_sample(survey: &CachedSurvey) -> bool {
    !survey.survey.cut && !matches!(survey.survey.count, Count::Exact(_))
}

fn log(error: &LoadError) {
    tracing::warn!(%error, "a list could not be surveyed");
}

/// The cache's key: the query without its position, the zone of its days, how it is counted, and where a span that ends
/// now is paged through, the time at which the first page was shown.
fn key(query: &ListQuery, scope: Scope) -> String {
    let as_of = query.after.as_ref().filter(|_| query.time.last.is_some());
    let end = as_of.map(|cursor| cursor.as_of.rfc3339());
    format!(
        "{}|{}|{}|{}",
        query.filter_pairs().link(query.view.name),
        scope.zone.name(),
        scope.exact,
        end.unwrap_or_default()
    )
}
