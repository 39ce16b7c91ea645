//! What a list's rows amount to: how many, when, and which values they have.
//!
//! Few rows are counted, every one. Of many, evenly spread slices of time are read through the index of
//! time, and the numbers are reckoned from them: the cost does not grow with the table.

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
use super::list::EngineView;
use crate::StoreError;
use crate::access::Auditor;
use extent::Extent;
use tally::{Large, Tally, TallyRequest};

/// A view that has a picture of time and facets.
pub trait Surveyable: EngineView {
    /// The kinds of rows that the picture stacks, in that order. Rows of no known kind are `other`.
    const KINDS: &'static [&'static str];
    /// Parameters that have a facet.
    const FACETS: &'static [FacetSpec];
    /// Where a range holds no more rows than this, every one is read.
    const READ_ALL: u64;
    /// How many rows a sample should hold.
    const SAMPLE: u64;

    /// A row's kind, as an expression over every branch.
    fn kind() -> String;
}

/// The kind of rows that are of no known one.
pub const OTHER: &str = "other";

/// What a facet counts.
pub struct FacetSpec {
    /// The parameter.
    pub param: &'static str,
    /// The value, as an expression over every branch; NULL has none.
    pub value: fn() -> String,
    /// Where its values have names.
    pub named: Option<NameSource>,
    /// A value may stand for several, joined by `+`.
    pub joined: bool,
}

impl FacetSpec {
    /// Of what `value` says, as it is.
    pub const fn column(param: &'static str, value: fn() -> String) -> Self {
        Self {
            param,
            value,
            named: None,
            joined: false,
        }
    }
}

/// Where the names of ids are.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum NameSource {
    /// Accounts, by their e-mail.
    Accounts,
    /// Algorithms, by their name.
    Algorithms,
}

/// What is counted in which time, and in which zone its days begin.
#[derive(Clone, Copy, Debug)]
pub struct Scope {
    /// The filter's span of time.
    pub window: Window,
    /// The zone of the picture's days.
    pub zone: Tz,
    /// The present.
    pub now: Timestamp,
    /// Whether to read every row, however long it takes.
    pub exact: bool,
}

impl Scope {
    /// Of what `query` asks for, in the zone whose days are shown.
    ///
    /// # Errors
    /// When `from` is after `to`.
    pub fn of<V: Surveyable>(
        query: &ListQuery<V>,
        zone: Tz,
        now: Timestamp,
    ) -> Result<Self, ParamError> {
        Ok(Self {
            window: query.window(zone, now)?,
            zone,
            now,
            exact: query.exact_counts,
        })
    }
}

impl EngineDb {
    /// What a list's query amounts to. It runs on connections of its own, each statement with a time limit
    /// of its own, so that it never takes anything from a page.
    ///
    /// # Errors
    /// When the database is away.
    pub fn survey<V: Surveyable>(
        &self,
        _: &Auditor,
        query: &ListQuery<V>,
        scope: Scope,
    ) -> impl Future<Output = Result<Survey, StoreError>> + Send + use<V> {
        let (db, query) = (self.clone(), query.clone());
        async move { db.made_survey(&query, scope).await }
    }

    async fn made_survey<V: Surveyable>(
        &self,
        query: &ListQuery<V>,
        scope: Scope,
    ) -> Result<Survey, StoreError> {
        let mut survey = Survey {
            made_at: scope.now,
            count: Count::Exact(0),
            histogram: None,
            facets: Vec::new(),
            cut: false,
        };
        let Some(extent) = self.extent(query, scope).await? else {
            return Ok(survey);
        };
        let narrowed: Vec<usize> = (0..V::FACETS.len())
            .filter(|at| !values_in_force(query, V::FACETS[*at].param).is_empty())
            .collect();
        let plain = (0..V::FACETS.len()).filter(|at| !narrowed.contains(at));
        let whole = TallyRequest {
            over_time: true,
            facets: plain.collect(),
        };
        let (large, as_narrower) = Large::shared();
        let others = narrowed.iter().map(|at| {
            let other = without::<V>(query, V::FACETS[*at].param);
            let wanted = TallyRequest {
                over_time: false,
                facets: vec![*at],
            };
            let (extent, large) = (&extent, as_narrower());
            async move { self.tally(&other, scope, extent, &wanted, large).await }
        });
        let (whole_tally, other_tallies) = tokio::join!(
            self.tally(query, scope, &extent, &whole, large),
            join_all(others)
        );
        if let Some(tally) = whole_tally? {
            survey.count = tally.count;
            for at in &whole.facets {
                survey.facets.push(facet::<V>(query, &tally, *at));
            }
            survey.histogram = Some(histogram::<V>(&extent, &tally));
        } else {
            survey.count = Count::NotCounted;
            survey.cut = true;
        }
        for (at, tally) in narrowed.iter().zip(other_tallies) {
            match tally? {
                Some(tally) => survey.facets.push(facet::<V>(query, &tally, *at)),
                None => survey.cut = true,
            }
        }
        let place = |facet: &Facet| V::FACETS.iter().position(|of| of.param == facet.param);
        survey.facets.sort_by_key(place);
        self.name_values::<V>(&mut survey.facets).await?;
        Ok(survey)
    }
}

/// The values of `param` that the query asks for, those it excludes left out.
fn values_in_force<V: Surveyable>(query: &ListQuery<V>, param: &str) -> Vec<String> {
    let pairs = query.filter_pairs();
    let values = pairs.as_slice().iter().filter(|(name, _)| name == param);
    values.map(|(_, value)| value.clone()).collect()
}

/// The query without what it says of `param`.
fn without<V: Surveyable>(query: &ListQuery<V>, param: &str) -> ListQuery<V> {
    let pairs = query.filter_pairs().without(&[param]);
    // What was printed can be read: the words, the time and the filter of a query that was read once.
    let reread = Params::from_pairs(pairs.as_slice().iter().cloned())
        .and_then(ListQuery::from_params)
        .unwrap_or_else(|_| query.clone());
    ListQuery {
        tz: query.tz,
        ..reread
    }
}

fn histogram<V: Surveyable>(extent: &Extent, tally: &Tally) -> Histogram {
    let mut words: Vec<&'static str> = V::KINDS.to_vec();
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

fn facet<V: Surveyable>(query: &ListQuery<V>, tally: &Tally, at: usize) -> Facet {
    let of = &V::FACETS[at];
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
    let in_force = values_in_force(query, of.param);
    let mut place = 0;
    values.retain(|value| {
        place += 1;
        place <= Facet::MOST || in_force.contains(&value.value)
    });
    Facet {
        param: of.param,
        values,
        more,
        precision: tally.precision,
    }
}

/// Buckets over what a query without ends of its own covers.
fn buckets_over(covers: (Timestamp, Timestamp), zone: Tz) -> Option<Buckets> {
    Buckets::covering(covers.0, covers.1, zone, Buckets::MOST)
}
