//! The statement that groups a query's rows by bucket and kind, and by each facet's value, in one pass.

use domain::filter::{ListQuery, Window};
use domain::histogram::{Buckets, Facet};

use super::slices::Slices;
use super::tally::TallyRequest;
use super::values_in_force;
use crate::sql::{Sql, sql};
use crate::views::{SqlView, TimeRange};

/// Fetched values per facet. More than shown, since a joined value stands for several.
const FETCHED: usize = 2 * Facet::MOST + 1;

/// The rows to read.
pub enum Rows<'a> {
    /// All rows.
    All(&'a Buckets),
    /// Rows in slices of time.
    In(&'a Slices),
}

/// SQL of `which`, `slice`, `kind`, `value`, `n`. For rows over time, `which` is 0 and `slice` is the index of the
/// bucket or slice. For a facet, `which` is its index in [`TallyRequest::facets`] plus one.
pub fn tally_sql(
    view: &'static SqlView,
    query: &ListQuery,
    window: Window,
    rows: &Rows<'_>,
    wanted: &TallyRequest,
) -> Sql {
    let names: Vec<Sql> = (0..wanted.facets.len()).map(|at| sql!["f", at]).collect();
    let over_time = wanted.over_time.then(|| Sql::new("(slice, kind)"));
    let of_facets = names.iter().map(|name| sql!["(", name, ")"]);
    let sets = Sql::joined(", ", over_time.into_iter().chain(of_facets));
    // In each grouping set the columns of the other sets are NULL; `grouping` tells which.
    let cases = names
        .iter()
        .enumerate()
        .map(|(at, name)| sql!["WHEN grouping(", name, ") = 0 THEN ", at + 1, " "]);
    let (which, value) = if names.is_empty() {
        (Sql::new("0"), Sql::new("NULL::text"))
    } else {
        (
            sql!["CASE ", Sql::joined("", cases), "ELSE 0 END"],
            sql!["coalesce(", Sql::joined(", ", &names), ")"],
        )
    };
    let slice_and_kind = if wanted.over_time {
        "slice, kind"
    } else {
        "NULL::integer AS slice, NULL::text AS kind"
    };
    let mut sql = Sql::template(
        "SELECT which, slice, kind, value, n FROM (\
         SELECT *, row_number() OVER (PARTITION BY which ORDER BY n DESC, value) AS place FROM (\
         SELECT {which} AS which, {slice_and_kind}, {value} AS value, count(*) AS n FROM (",
        &[
            ("which", which),
            ("slice_and_kind", slice_and_kind.into()),
            ("value", value),
        ],
    );
    push_rows(&mut sql, view, query, window, rows, wanted);
    sql.push(") seen GROUP BY GROUPING SETS (").push(sets);
    sql.push(")) grouped) ranked WHERE which = 0 OR value IS NOT NULL AND (place <= ");
    sql.push(FETCHED);
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
    let survey = view.survey.as_ref().filter(|_| wanted.over_time);
    let kind = survey.map(|survey| sql!["(", survey.kind, ")::text AS kind"]);
    let facets = view.facets();
    let wanted_facets = wanted.facets.iter().enumerate();
    let of_facets =
        wanted_facets.map(|(at, facet)| sql!["(", &facets[*facet].1.value, ")::text AS f", at]);
    let values = Sql::joined(", ", kind.into_iter().chain(of_facets));
    for (at, branch) in view.branches.iter().enumerate() {
        sql.push(if at > 0 { " UNION ALL " } else { "" });
        match rows {
            Rows::All(buckets) => {
                sql.push("SELECT ");
                if wanted.over_time {
                    sql.push("width_bucket(")
                        .push(branch.time)
                        .push(", ")
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
                sql.push("SELECT ")
                    .push(slice)
                    .push("found.* FROM unnest(")
                    .timestamps(slices.begins.clone())
                    .push(", ")
                    .timestamps(slices.ends.clone())
                    .push(
                        ") WITH ORDINALITY AS slice(begins, ends, nth) CROSS JOIN LATERAL (SELECT ",
                    )
                    .push(&values)
                    .push(&branch.from);
                view.and_conditions(query, TimeRange::Slice, at, sql);
                // Forces the planner to begin with the slices, whatever its estimate.
                sql.push(" OFFSET 0) found");
            }
        }
    }
}
