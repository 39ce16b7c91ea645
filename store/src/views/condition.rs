//! Translates filters into SQL conditions.

use domain::catalogue::{End, Given, Number, Param, Takes};
use domain::filter::details::DetailsPath;
use domain::filter::{ListQuery, Window};
use domain::time::Timestamp;
use uuid::Uuid;

use super::entry::{Condition, IdColumns, SqlView};
use crate::engine::fragments::{and_search, and_search_json, readable};
use crate::sql::{Sql, sql};

/// Range of time of a statement.
#[derive(Clone, Copy)]
pub enum TimeRange {
    /// A window, inclusive.
    Window(Window),
    /// Before a time.
    Before(Timestamp),
    /// After a time.
    After(Timestamp),
    /// From `slice.begins` to `slice.ends` (exclusive), columns of an outer select.
    Slice,
}

impl TimeRange {
    /// Appends ` AND` the time expression is in the range.
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
    /// Appends ` AND` the conditions of the range of time, the query's filter and its search words, for branch
    /// `branch`.
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

/// Appends ` AND` the expression equals one of the wanted values and none of the excluded ones. NULL matches neither.
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

/// As [`and_equal`], ignoring case. Compares lower case, for which there may be an index.
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

/// Appends ` AND` the row has one of the wanted ids, or refers to one that is no row's key, and to none of the excluded
/// ones.
///
/// Rows that refer to an id are searched only in the range of time, and only if some id is no row's key. Otherwise the
/// condition before the subselect, which has no columns, ends it before its first row.
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

/// Appends the array of the ids that are no row's primary key.
fn push_ids_of_no_row(sql: &mut Sql, columns: &IdColumns, ids: &[Uuid]) {
    sql.push("ARRAY(SELECT unnest(").uuids(ids.to_vec());
    sql.push(") EXCEPT SELECT ").push(columns.k_key);
    sql.push(" FROM ").push(columns.table).push(" k WHERE ");
    sql.push(columns.k_key).push(" = ANY(").uuids(ids.to_vec());
    sql.push("))");
}

/// Appends ` AND` one of the wanted conditions holds and none of the excluded ones.
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

/// Appends ` AND` the number is within the bound. NaN, which PostgreSQL sorts above all numbers, is in no range.
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

/// Appends ` AND` the value is at the parameter's path. A document that cannot be parsed has no values.
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
                        // Ranges cannot be negated.
                        Err(_) => assert!(matches!(param.takes, Takes::Bound { .. }), "{raw}"),
                    }
                }
            }
        }
    }
}
