//! Surveys of lists: number of rows, histogram over time, and facets.
//!
//! Small ranges are counted completely. For large ones, evenly spread slices of time are read by index and the numbers
//! are extrapolated, so that the cost does not grow with the table.

mod extent;
mod names;
mod slices;
mod statement;
mod tally;

use std::future::Future;

use chrono_tz::Tz;
use domain::filter::{ListQuery, Window};
use domain::histogram::{Buckets, Facet, FacetValue, Histogram, Series, Survey};
use domain::page::Count;
use domain::query::{ParamError, Params};
use domain::time::Timestamp;
use futures::future::join_all;

use super::EngineDb;
use crate::StoreError;
use crate::access::Auditor;
use crate::views::{EngineView, FacetSql, SqlView};
use extent::Extent;
use tally::{Large, Tally, TallyRequest};

#[cfg(test)]
use crate::sql::Sql;
#[cfg(test)]
use extent::ends_sql;
#[cfg(test)]
use slices::Slices;
#[cfg(test)]
use statement::{Rows, tally_sql};

/// The facets of a view in order, each with its parameter.
type Facets = Vec<(&'static str, &'static FacetSql)>;

impl SqlView {
    fn facets(&'static self) -> Facets {
        let params = self.spec.params.iter().zip(&self.params);
        let mut facets: Facets = params
            .filter_map(|(param, part)| Some((param.name, part.facet.as_ref()?)))
            .collect();
        facets.sort_by_key(|(_, facet)| facet.place);
        facets
    }

    /// The number of rows up to which a range is read completely, and the number of rows of a sample.
    fn read_all_and_sample(&self) -> (u64, u64) {
        let survey = self.survey.as_ref();
        survey.map_or((0, 0), |survey| (survey.read_all, survey.sample))
    }
}

/// The kind of rows whose kind is not listed.
pub const OTHER: &str = "other";

/// Range of time, time zone and precision of a survey.
#[derive(Clone, Copy, Debug)]
pub struct Scope {
    /// The filter's window.
    pub window: Window,
    /// Time zone of the histogram's days.
    pub zone: Tz,
    /// The present time.
    pub now: Timestamp,
    /// Whether to count exactly, by reading every row.
    pub exact: bool,
}

impl Scope {
    /// The scope of `query`, with days in `zone`.
    ///
    /// # Errors
    /// When `from` is after `to`.
    pub fn of(query: &ListQuery, zone: Tz, now: Timestamp) -> Result<Self, ParamError> {
        Ok(Self {
            window: query.window(zone, now)?,
            zone,
            now,
            exact: query.exact_counts,
        })
    }
}

impl EngineDb {
    /// Surveys a list's query. It uses its own connections with their own statement timeout, so that it never blocks
    /// pages.
    ///
    /// # Errors
    /// When the database is unreachable.
    pub fn survey(
        &self,
        _: &Auditor,
        view: EngineView,
        query: &ListQuery,
        scope: Scope,
    ) -> impl Future<Output = Result<Survey, StoreError>> + Send + use<> {
        let (db, query) = (self.clone(), query.clone());
        async move { db.made_survey(view.0, &query, scope).await }
    }

    async fn made_survey(
        &self,
        view: &'static SqlView,
        query: &ListQuery,
        scope: Scope,
    ) -> Result<Survey, StoreError> {
        let mut survey = Survey {
            made_at: scope.now,
            count: Count::Exact(0),
            histogram: None,
            facets: Vec::new(),
            cut: false,
        };
        let Some(extent) = self.extent(view, query, scope).await? else {
            return Ok(survey);
        };
        let facets = view.facets();
        let narrowed: Vec<usize> = (0..facets.len())
            .filter(|at| !values_in_force(query, facets[*at].0).is_empty())
            .collect();
        let plain = (0..facets.len()).filter(|at| !narrowed.contains(at));
        let whole = TallyRequest {
            over_time: true,
            facets: plain.collect(),
        };
        let (large, as_narrower) = Large::shared();
        let others = narrowed.iter().map(|at| {
            let other = without(query, facets[*at].0);
            let wanted = TallyRequest {
                over_time: false,
                facets: vec![*at],
            };
            let (extent, large) = (&extent, as_narrower());
            async move {
                self.tally(view, &other, scope, extent, &wanted, large)
                    .await
            }
        });
        let (whole_tally, other_tallies) = tokio::join!(
            self.tally(view, query, scope, &extent, &whole, large),
            join_all(others)
        );
        if let Some(tally) = whole_tally? {
            survey.count = tally.count;
            for at in &whole.facets {
                survey.facets.push(facet(&facets, query, &tally, *at));
            }
            survey.histogram = Some(histogram(view, &extent, &tally));
        } else {
            survey.count = Count::NotCounted;
            survey.cut = true;
        }
        for (at, tally) in narrowed.iter().zip(other_tallies) {
            match tally? {
                Some(tally) => survey.facets.push(facet(&facets, query, &tally, *at)),
                None => survey.cut = true,
            }
        }
        let place = |facet: &Facet| facets.iter().position(|(param, _)| *param == facet.param);
        survey.facets.sort_by_key(place);
        self.name_values(&facets, &mut survey.facets).await?;
        Ok(survey)
    }
}

/// The wanted values of `param` in the query, without the excluded ones.
fn values_in_force(query: &ListQuery, param: &str) -> Vec<String> {
    let pairs = query.filter_pairs();
    let values = pairs.as_slice().iter().filter(|(name, _)| name == param);
    values.map(|(_, value)| value.clone()).collect()
}

/// The query without `param`.
fn without(query: &ListQuery, param: &str) -> ListQuery {
    let pairs = query.filter_pairs().without(&[param]);
    // A printed query can be parsed again.
    let reread = Params::from_pairs(pairs.as_slice().iter().cloned())
        .and_then(|params| ListQuery::from_params(query.view, params))
        .unwrap_or_else(|_| query.clone());
    ListQuery {
        tz: query.tz,
        ..reread
    }
}

fn histogram(view: &SqlView, extent: &Extent, tally: &Tally) -> Histogram {
    let mut words: Vec<&'static str> = view.spec.kinds.to_vec();
    words.push(OTHER);
    let mut series: Vec<Series> = words
        .iter()
        .map(|word| Series {
            kind: word,
            rows: vec![0; extent.buckets.len()],
        })
        .collect();
    for cell in &tally.cells {
        let kind = words.iter().position(|word| *word == cell.kind);
        let kind = kind.unwrap_or(words.len() - 1);
        if let Some(rows) = series[kind].rows.get_mut(cell.bucket) {
            *rows += cell.rows;
        }
    }
    series.retain(|series| series.rows.iter().any(|rows| *rows > 0));
    Histogram {
        buckets: extent.buckets.clone(),
        covers: extent.covers,
        series,
        outside: extent.outside,
        precision: tally.precision,
    }
}

fn facet(facets: &Facets, query: &ListQuery, tally: &Tally, at: usize) -> Facet {
    let (param, of) = facets[at];
    let mut values: Vec<FacetValue> = Vec::new();
    let counted = tally.values.iter().filter(|counted| counted.facet == at);
    for counted in counted {
        let parts: Vec<&str> = if of.joined {
            counted.value.split('+').collect()
        } else {
            vec![&counted.value]
        };
        for part in parts {
            match values.iter_mut().find(|value| value.value == part) {
                Some(value) => value.rows = value.rows.map(|rows| rows + counted.rows),
                None => values.push(FacetValue {
                    value: part.to_owned(),
                    name: None,
                    rows: Some(counted.rows),
                }),
            }
        }
    }
    values.sort_by(|a, b| b.rows.cmp(&a.rows).then_with(|| a.value.cmp(&b.value)));
    let more = values.len() > Facet::MOST;
    let in_force = values_in_force(query, param);
    let mut place = 0;
    values.retain(|value| {
        place += 1;
        place <= Facet::MOST || in_force.contains(&value.value)
    });
    Facet {
        param,
        values,
        more,
        precision: tally.precision,
    }
}

/// Buckets over a range.
fn buckets_over(covers: (Timestamp, Timestamp), zone: Tz) -> Option<Buckets> {
    Buckets::covering(covers.0, covers.1, zone, Buckets::MOST)
}

/// The statements of a survey: of all rows and of a sample, over time and per facet.
#[cfg(test)]
pub fn survey_statements(view: &'static SqlView, query: &ListQuery, window: Window) -> Vec<Sql> {
    let covers = (
        Timestamp::from_postgres_micros(0),
        Timestamp::from_postgres_micros(86_400_000_000),
    );
    let Some(buckets) = buckets_over(covers, Tz::UTC) else {
        return Vec::new();
    };
    let covered = Window {
        from: Some(covers.0),
        to: Some(covers.1),
    };
    let slices = Slices::over(&buckets, covers, 0.1);
    let facets: Vec<usize> = (0..view.facets().len()).collect();
    let mut statements = vec![ends_sql(view, query, Window::default(), covered)];
    for rows in [Rows::All(&buckets), Rows::In(&slices)] {
        for (over_time, facets) in [
            (true, facets.clone()),
            (true, Vec::new()),
            (false, facets.clone()),
        ] {
            let wanted = TallyRequest { over_time, facets };
            statements.push(tally_sql(view, query, window, &rows, &wanted));
        }
    }
    statements
}
