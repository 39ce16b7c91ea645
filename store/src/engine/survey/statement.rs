//! The statement that groups a query's rows by bucket and kind and by each facet's value, in one pass.

use domain::filter::{ListQuery, Window};
use domain::histogram::{Buckets, Facet};

use super::slices::Slices;
use super::tally::TallyRequest;
use super::values_in_force;
use crate::sql::{Mode, Sql};
use crate::views::{SqlView, TimeRange};

/// Values of a facet that are fetched: a joined one stands for several.
const FETCHED: usize = 2 * Facet::MOST + 1;

/// Which rows are read.
pub enum Rows<'a> {
    /// Every one.
    All(&'a Buckets),
    /// Those in slices of time.
    In(&'a Slices),
}

/// A select of `which`, `slice`, `kind`, `value`, `n`. `which` is 0 for rows over time, where `slice` is the number
/// of the bucket or of the slice; of a facet, it is one more than its place in [`TallyRequest::facets`].
pub fn tally_sql(
    view: &'static SqlView,
    query: &ListQuery,
    window: Window,
    rows: &Rows<'_>,
    wanted: &TallyRequest,
) -> Sql {
    let names: Vec<String> = (0..wanted.facets.len())
        .map(|at| format!("f{at}"))
        .collect();
    let sets: Vec<String> = wanted
        .over_time
        .then(|| "(slice, kind)".to_owned())
        .into_iter()
        .chain(names.iter().map(|name| format!("({name})")))
        .collect();
    // Of the columns of a grouping set, those of the others are NULL, and `grouping` tells which those are.
    let cases: Vec<String> = names
        .iter()
        .enumerate()
        .map(|(at, name)| format!("WHEN grouping({name}) = 0 THEN {}", at + 1))
        .collect();
    let which = if cases.is_empty() {
        "0".to_owned()
    } else {
        format!("CASE {} ELSE 0 END", cases.join(" "))
    };
    let value = if names.is_empty() {
        "NULL::text".to_owned()
    } else {
        format!("coalesce({})", names.join(", "))
    };
    let over_time = if wanted.over_time {
        "slice, kind"
    } else {
        "NULL::integer AS slice, NULL::text AS kind"
    };
    let mut sql = Sql::new(Mode::Bound, "SELECT which, slice, kind, value, n FROM (");
    sql.push(
        "SELECT *, row_number() OVER (PARTITION BY which ORDER BY n DESC, value) AS place FROM (",
    )
    .push(&format!(
        "SELECT {which} AS which, {over_time}, {value} AS value, count(*) AS n FROM ("
    ));
    push_rows(&mut sql, view, query, window, rows, wanted);
    sql.push(&format!(
        ") seen GROUP BY GROUPING SETS ({})) grouped) ranked \
         WHERE which = 0 OR value IS NOT NULL AND (place <= {FETCHED}",
        sets.join(", ")
    ));
    let facets = view.facets();
    let in_force: Vec<String> = wanted
        .facets
        .iter()
        .flat_map(|at| values_in_force(query, facets[*at].0))
        .collect();
    if !in_force.is_empty() {
        sql.push(" OR value = ANY(").texts(in_force).push(")");
    }
    sql.push(")");
    sql
}

fn push_rows(
    sql: &mut Sql,
    view: &'static SqlView,
    query: &ListQuery,
    window: Window,
    rows: &Rows<'_>,
    wanted: &TallyRequest,
) {
    let mut values: Vec<String> = Vec::new();
    if let Some(survey) = view.survey.as_ref().filter(|_| wanted.over_time) {
        values.push(format!("({})::text AS kind", survey.kind));
    }
    let facets = view.facets();
    for (at, facet) in wanted.facets.iter().enumerate() {
        values.push(format!("({})::text AS f{at}", facets[*facet].1.value));
    }
    let values = values.join(", ");
    for (at, branch) in view.branches.iter().enumerate() {
        sql.push(if at > 0 { " UNION ALL " } else { "" });
        match rows {
            Rows::All(buckets) => {
                sql.push("SELECT ");
                if wanted.over_time {
                    sql.push(&format!("width_bucket({}, ", branch.time))
                        .timestamps(buckets.edges.clone())
                        .push(") - 1 AS slice, ");
                }
                sql.push(&values).push(&branch.from);
                view.and_conditions(query, TimeRange::Window(window), at, sql);
            }
            Rows::In(slices) => {
                let slice = if wanted.over_time {
                    "(slice.nth - 1)::integer AS slice, "
                } else {
                    ""
                };
                sql.push(&format!("SELECT {slice}found.* FROM unnest("))
                    .timestamps(slices.begins.clone())
                    .push(", ")
                    .timestamps(slices.ends.clone())
                    .push(
                        ") WITH ORDINALITY AS slice(begins, ends, nth) CROSS JOIN LATERAL (SELECT ",
                    )
                    .push(&values)
                    .push(&branch.from);
                view.and_conditions(query, TimeRange::Slice, at, sql);
                // The slices come first, whatever the planner thinks of their number.
                sql.push(" OFFSET 0) found");
            }
        }
    }
}
