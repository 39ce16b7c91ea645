//! Conditions: what a filter means in SQL.

use domain::catalogue::{End, Given, Number, Param, Takes};
use domain::filter::details::DetailsPath;
use domain::filter::{ListQuery, Window};
use domain::time::Timestamp;
use uuid::Uuid;

use super::entry::{Condition, IdColumns, SqlView};
use crate::engine::fragments::{and_search, and_search_json, readable};
use crate::sql::{Sql, sql};

/// The times of the rows that a statement reads.
#[derive(Clone, Copy)]
pub enum TimeRange {
    /// In a window, its ends included.
    Window(Window),
    /// Before a moment.
    Before(Timestamp),
    /// After a moment.
    After(Timestamp),
    /// From the column `slice.begins` of an outer select to its `slice.ends`, which is not included.
    Slice,
}

impl TimeRange {
    /// Appends ` AND` that the expression of time lies in the range.
    pub fn and(self, sql: &mut Sql, time: &'static str) {
        match self {
            Self::Window(window) => {
                if let Some(from) = window.from {
                    sql.push(" AND ").push(time).push(" >= ").timestamp(from);
                }
                if let Some(to) = window.to {
                    sql.push(" AND ").push(time).push(" <= ").timestamp(to);
                }
            }
            Self::Before(end) => {
                sql.push(" AND ").push(time).push(" < ").timestamp(end);
            }
            Self::After(end) => {
                sql.push(" AND ").push(time).push(" > ").timestamp(end);
            }
            Self::Slice => {
                sql.push(" AND ").push(time).push(" >= slice.begins AND ");
                sql.push(time).push(" < slice.ends");
            }
        }
    }
}

impl SqlView {
    /// Appends ` AND` the range of time and the query's filter and words, on branch number `branch`.
    pub fn and_conditions(
        &self,
        query: &ListQuery,
        range: TimeRange,
        branch: usize,
        sql: &mut Sql,
    ) {
        let (filter, words) = (&query.filter, &query.words);
        if let Some(branch) = self.branches.get(branch) {
            range.and(sql, branch.time);
        }
        for (param, part) in self.spec.params.iter().zip(&self.params) {
            for given in filter.all().filter(|given| param.is_named(&given.name)) {
                part.condition.append(param, given, (range, branch), sql);
            }
        }
        let texts = self.search.texts.get(branch).copied().unwrap_or_default();
        match self.search.json {
            Some(json) => and_search_json(sql, texts, json, words),
            None => and_search(sql, texts, words),
        }
    }
}

impl Condition {
    fn append(
        &self,
        param: &Param,
        given: &Given,
        (range, branch): (TimeRange, usize),
        sql: &mut Sql,
    ) {
        match *self {
            Self::Equal(expression) => and_equal(sql, &Sql::new(expression), given),
            Self::EqualAnyCase(expression) => and_equal_any_case(sql, expression, given),
            Self::EqualEither(expressions) => and_equal_either(sql, expressions, given),
            Self::Each(condition) => and_each(sql, condition, given),
            Self::Id(ref columns) => and_id(sql, columns, range, given),
            Self::Bound(expression) => {
                if let Takes::Bound { end, number, .. } = param.takes {
                    and_bound(sql, &expression(branch), given, end, number);
                }
            }
            Self::Details(column) => and_details(sql, column, given),
            Self::Custom(append) => append(sql, given, branch),
        }
    }
}

/// Appends ` AND` that the expression equals one of the wanted values and none of the unwanted. A NULL equals none: it is
/// never wanted and never unwanted.
pub fn and_equal(sql: &mut Sql, expression: &Sql, given: &Given) {
    match given.any.as_slice() {
        [] => {}
        [one] => {
            sql.push(" AND ").push(expression).push(" = ").text(one);
        }
        _ => {
            sql.push(" AND ")
                .push(expression)
                .push(" = ANY(")
                .texts(given.any.clone())
                .push(")");
        }
    }
    if !given.not.is_empty() {
        sql.push(" AND (")
            .push(expression)
            .push(" = ANY(")
            .texts(given.not.clone())
            .push(")) IS NOT TRUE");
    }
}

/// As [`and_equal`], whatever the case: small letters are compared, for which there may be an index.
fn and_equal_any_case(sql: &mut Sql, expression: &'static str, given: &Given) {
    let lower = |texts: &[String]| texts.iter().map(|text| text.to_lowercase()).collect();
    let given = Given {
        name: given.name.clone(),
        any: lower(&given.any),
        not: lower(&given.not),
    };
    and_equal(sql, &sql!["lower(", expression, ")"], &given);
}

/// Appends ` AND` that one of the expressions equals a value.
fn and_equal_either(sql: &mut Sql, expressions: &[&'static str], given: &Given) {
    for (texts, end) in [(&given.any, ")"), (&given.not, ") IS NOT TRUE")] {
        if texts.is_empty() {
            continue;
        }
        for (at, expression) in expressions.iter().enumerate() {
            sql.push(if at == 0 { " AND (" } else { " OR " });
            sql.push(*expression)
                .push(" = ANY(")
                .texts(texts.clone())
                .push(")");
        }
        sql.push(end);
    }
}

/// Appends ` AND` the conditions of values that are conditions of their own.
fn and_each(sql: &mut Sql, condition: fn(&str) -> Sql, given: &Given) {
    and_any(
        sql,
        given,
        |value| vec![condition(value)],
        |sql, condition| {
            sql.push(condition);
        },
    );
}

/// Appends ` AND` that a row has one of the wanted ids, or refers to one that no row has, and to none of the unwanted ones.
///
/// The rows that refer to an id are looked for in the range of time alone, and only where some id is no row's: without one the
/// condition before it, which holds no column, ends the subselect before its first row.
fn and_id(sql: &mut Sql, columns: &IdColumns, range: TimeRange, given: &Given) {
    let ids = |values: &[String]| -> Vec<Uuid> {
        let ids = values.iter().filter_map(|id| Uuid::try_parse(id).ok());
        ids.collect()
    };
    if !given.any.is_empty() {
        let wanted = ids(&given.any);
        sql.push(" AND ").push(columns.key).push(" = ANY(");
        sql.uuids(wanted.clone()).push(" || ARRAY(SELECT ");
        sql.push(columns.k_key).push(" FROM ").push(columns.table);
        sql.push(" k WHERE cardinality(");
        push_ids_of_no_row(sql, columns, &wanted);
        sql.push(") > 0 AND ").push(columns.k_reference);
        sql.push(" = ANY(");
        push_ids_of_no_row(sql, columns, &wanted);
        sql.push(")");
        range.and(sql, columns.k_time);
        sql.push("))");
    }
    if !given.not.is_empty() {
        let unwanted = ids(&given.not);
        sql.push(" AND (").push(columns.key).push(" = ANY(");
        sql.uuids(unwanted.clone()).push(") OR ");
        sql.push(columns.reference).push(" = ANY(");
        push_ids_of_no_row(sql, columns, &unwanted);
        sql.push(")) IS NOT TRUE");
    }
}

/// Appends the array of those of the ids that are no row's primary key.
fn push_ids_of_no_row(sql: &mut Sql, columns: &IdColumns, ids: &[Uuid]) {
    sql.push("ARRAY(SELECT unnest(").uuids(ids.to_vec());
    sql.push(") EXCEPT SELECT ").push(columns.k_key);
    sql.push(" FROM ").push(columns.table).push(" k WHERE ");
    sql.push(columns.k_key).push(" = ANY(").uuids(ids.to_vec());
    sql.push("))");
}

/// Appends ` AND` that one of the wanted values' conditions holds, and none of the unwanted ones'.
pub fn and_any<T>(
    sql: &mut Sql,
    given: &Given,
    conditions: impl Fn(&str) -> Vec<T>,
    push: impl Fn(&mut Sql, T),
) {
    for (values, end) in [(&given.any, ")"), (&given.not, ") IS NOT TRUE")] {
        let mut all = values.iter().flat_map(|value| conditions(value));
        let Some(first) = all.next() else {
            continue;
        };
        sql.push(" AND (");
        push(sql, first);
        for condition in all {
            sql.push(" OR ");
            push(sql, condition);
        }
        sql.push(end);
    }
}

/// Appends ` AND` that the number is not beyond the bound. NaN, which PostgreSQL sorts above every number, is in no range.
fn and_bound(sql: &mut Sql, expression: &Sql, given: &Given, end: End, number: Number) {
    let Some(bound) = given.any.first() else {
        return;
    };
    let sign = match end {
        End::Min => " >= ",
        End::Max => " <= ",
    };
    sql.push(" AND ").push(expression).push(sign);
    match number {
        Number::Share => {
            sql.float(bound.parse().unwrap_or_default());
        }
        Number::Decimal => {
            sql.push("(").text(bound).push(")::numeric");
        }
    }
    if end == End::Min {
        sql.push(" AND ").push(expression).push(" <> 'NaN'");
    }
}

/// Appends ` AND` that the value stands at the parameter's path. In a document that cannot be read nothing stands anywhere.
fn and_details(sql: &mut Sql, column: &'static str, given: &Given) {
    let Some(path) = DetailsPath::of_param(&given.name) else {
        return;
    };
    let mut expression = sql!["(", readable(column), " #>> "];
    expression.texts_literal(path.keys().to_vec()).push(")");
    and_equal(sql, &expression, given);
}

#[cfg(test)]
mod tests {
    use domain::catalogue::View;
    use domain::filter::{ListQuery, Window};

    use super::*;
    use crate::views::tests::example;
    use crate::views::{EVENTS, FINDINGS, SIGNALS, TRADES};

    #[test]
    fn every_parameter_narrows_the_statement() {
        for view in [&*TRADES, &*SIGNALS, &*EVENTS, &*FINDINGS] {
            let handle = View(&view.spec);
            let statement =
                |query: &ListQuery| view.count_sql(query, Window::default()).to_string();
            let whole = statement(&ListQuery::all(handle));
            for param in &view.spec.params {
                let value = example(param);
                for raw in [
                    format!("{}={value}", param.name),
                    format!("{}=!{value}", param.name),
                ] {
                    match ListQuery::parse(handle, &raw) {
                        Ok(query) => assert_ne!(statement(&query), whole, "{handle} {raw}"),
                        // A range has no other side.
                        Err(_) => assert!(matches!(param.takes, Takes::Bound { .. }), "{raw}"),
                    }
                }
            }
        }
    }
}
