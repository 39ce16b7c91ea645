//! What lists amount to, kept for a moment: many people look at the same list, and one person turns its pages.
//!
//! What is older than a moment is shown all the same while it is being made anew: a page waits for a picture
//! only where there is none yet.

use std::future::Future;
use std::sync::Arc;
use std::time::{Duration, Instant};

use app::model::{CachedSurvey, SurveyPanel};
use domain::filter::ListQuery;
use domain::page::Count;
use moka::Expiry;
use moka::future::Cache;
use moka::policy::EvictionPolicy;
use store::StoreError;
use store::engine::Scope;
use store::views::EngineView;
use tokio::task::JoinHandle;

use crate::auth::Reader;
use crate::error::AppError;
use crate::state::App;

/// A survey is as good as new for this long.
const FRESH: Duration = Duration::from_secs(2);
/// One of a sample is for this long: what was written meanwhile is less than it is sure of.
const FRESH_SAMPLE: Duration = Duration::from_secs(10);
/// An older one is shown for this long while it is being made anew.
const STALE: Duration = Duration::from_mins(1);
/// A page waits this long for a new survey before it takes an older one.
const PATIENCE: Duration = Duration::from_millis(15);
/// A page waits this long for the first survey.
const FIRST: Duration = Duration::from_millis(500);
/// A page waits this long for one that somebody wants exact.
const EXACT: Duration = Duration::from_secs(31);
/// Surveys that are kept. Each is some 70 kB with how it was drawn.
const KEPT: u64 = 200;

/// The surveys that were made lately.
pub struct Surveys {
    /// Made once for everybody who asks at the same time.
    fresh: Cache<String, Arc<CachedSurvey>>,
    stale: Cache<String, Arc<CachedSurvey>>,
}

impl Default for Surveys {
    fn default() -> Self {
        let kept = || {
            let cache = Cache::builder().max_capacity(KEPT);
            cache.eviction_policy(EvictionPolicy::lru())
        };
        Self {
            fresh: kept().expire_after(SurveyExpiry).build(),
            stale: kept().time_to_live(STALE).build(),
        }
    }
}

/// How long a survey is as good as new.
struct SurveyExpiry;

impl Expiry<String, Arc<CachedSurvey>> for SurveyExpiry {
    fn expire_after_create(
        &self,
        _: &String,
        made: &Arc<CachedSurvey>,
        _: Instant,
    ) -> Option<Duration> {
        Some(if is_about_right(made) {
            FRESH_SAMPLE
        } else {
            FRESH
        })
    }
}

/// A survey under way, or one that was made just now.
type SurveyTask = JoinHandle<Result<Arc<CachedSurvey>, Arc<StoreError>>>;

impl App {
    /// Has a survey made, once for everybody who asks at the same time. It goes on where nobody waits any more.
    fn make_survey(
        &self,
        reader: &Reader,
        view: EngineView,
        query: &ListQuery,
        scope: Scope,
        key: String,
    ) -> SurveyTask {
        let surveys = self.surveys.clone();
        let making = self.engine.survey(&reader.auditor, view, query, scope);
        tokio::spawn(async move {
            let keep = async {
                let survey = Arc::new(CachedSurvey::new(making.await?));
                surveys.stale.insert(key.clone(), survey.clone()).await;
                Ok(survey)
            };
            surveys.fresh.try_get_with(key.clone(), keep).await
        })
    }

    /// What `query` amounts to, as far as that is known soon. What is not new is being made anew meanwhile.
    pub fn survey(
        &self,
        reader: &Reader,
        view: EngineView,
        query: &ListQuery,
        scope: Scope,
    ) -> impl Future<Output = SurveyPanel> + Send + use<> {
        let key = key(query, scope);
        let surveys = self.surveys.clone();
        let making = (!surveys.fresh.contains_key(&key))
            .then(|| self.make_survey(reader, view, query, scope, key.clone()));
        async move {
            let kept = match surveys.stale.get(&key).await {
                None => surveys.fresh.get(&key).await,
                kept => kept,
            };
            let patience = match &kept {
                // New, or only about right, and that it is for a minute.
                Some(made) if making.is_none() || is_about_right(made) => {
                    return SurveyPanel::Ready(made.clone());
                }
                Some(made) if !made.survey.cut => PATIENCE,
                _ if scope.exact => EXACT,
                _ => FIRST,
            };
            let Some(making) = making else {
                return SurveyPanel::Pending;
            };
            match tokio::time::timeout(patience, making).await {
                Ok(Ok(Ok(survey))) => SurveyPanel::Ready(survey),
                Ok(Ok(Err(error))) => {
                    log(&error);
                    kept.map_or(SurveyPanel::Failed, SurveyPanel::Ready)
                }
                Ok(Err(_)) => SurveyPanel::Failed,
                Err(_) => kept.map_or(SurveyPanel::Pending, SurveyPanel::Ready),
            }
        }
    }

    /// What `query` amounts to, however long that takes.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn whole_survey(
        &self,
        reader: &Reader,
        view: EngineView,
        query: &ListQuery,
        scope: Scope,
    ) -> Result<Arc<CachedSurvey>, AppError> {
        let made = self.make_survey(reader, view, query, scope, key(query, scope));
        match made.await {
            Ok(Ok(survey)) => Ok(survey),
            Ok(Err(error)) => {
                log(&error);
                Err(AppError::DatabaseTimeout)
            }
            Err(_) => Err(AppError::DatabaseTimeout),
        }
    }
}

fn is_about_right(made: &CachedSurvey) -> bool {
    !made.survey.cut && !matches!(made.survey.count, Count::Exact(_))
}

fn log(error: &Arc<StoreError>) {
    tracing::warn!(%error, "a list could not be surveyed");
}

/// What tells surveys apart: the rows, the zone of the days, and for a span that ends now, when that was where
/// somebody turns its pages.
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
