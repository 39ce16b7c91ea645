//! Conditions: what a filter means in SQL.

use domain::catalogue::{End, Filter, Given, Number, Param, Takes};
use domain::filter::details::DetailsPath;
use domain::filter::{Window, Words};
use uuid::Uuid;

use super::entry::{Condition, SqlView};
use crate::engine::fragments::{and_search, and_search_json, readable};
use crate::sql::{Mode, Sql};

impl SqlView {
    /// Appends ` AND` the conditions of a filter and of words on branch number `branch`.
    pub fn and_conditions(&self, filter: &Filter, words: &Words, branch: usize, sql: &mut Sql) {
        for (param, part) in self.spec.params.iter().zip(&self.params) {
            for given in filter.all().filter(|given| param.is_named(&given.name)) {
                part.condition.append(param, given, branch, sql);
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
    fn append(&self, param: &Param, given: &Given, branch: usize, sql: &mut Sql) {
        match self {
            Self::Equal(expression) => and_equal(sql, expression, given),
            Self::EqualAnyCase(expression) => and_equal_any_case(sql, expression, given),
            Self::EqualEither(expressions) => and_equal_either(sql, expressions, given),
            Self::Each(condition) => and_each(sql, *condition, given),
            Self::Id(expressions) => and_id(sql, expressions, given),
            Self::Bound(expression) => {
                if let Takes::Bound { end, number, .. } = param.takes {
                    and_bound(sql, expression, given, end, number);
                }
            }
            Self::Details(column) => and_details(sql, column, given),
            Self::Custom(append) => append(sql, given, branch),
        }
    }
}

/// Appends ` AND` that the expression of time lies in the window.
pub fn and_window(sql: &mut Sql, time: &'static str, window: Window) {
    if let Some(from) = window.from {
        sql.push(" AND ").push(time).push(" >= ").timestamp(from);
    }
    if let Some(to) = window.to {
        sql.push(" AND ").push(time).push(" <= ").timestamp(to);
    }
}

/// Appends ` AND` that the expression equals one of the wanted values and none of the unwanted. A NULL equals none: it is
/// never wanted and never unwanted.
pub fn and_equal(sql: &mut Sql, expression: &str, given: &Given) {
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
fn and_equal_any_case(sql: &mut Sql, expression: &str, given: &Given) {
    let lower = |texts: &[String]| texts.iter().map(|text| text.to_lowercase()).collect();
    let given = Given {
        name: given.name.clone(),
        any: lower(&given.any),
        not: lower(&given.not),
    };
    and_equal(sql, &format!("lower({expression})"), &given);
}

/// Appends ` AND` that one of the expressions equals a value.
fn and_equal_either(sql: &mut Sql, expressions: &[&'static str], given: &Given) {
    for (texts, end) in [(&given.any, ")"), (&given.not, ") IS NOT TRUE")] {
        if texts.is_empty() {
            continue;
        }
        for (at, expression) in expressions.iter().enumerate() {
            sql.push(if at == 0 { " AND (" } else { " OR " });
            sql.push(expression)
                .push(" = ANY(")
                .texts(texts.clone())
                .push(")");
        }
        sql.push(end);
    }
}

/// Appends ` AND` the conditions of values that are conditions of their own.
fn and_each(sql: &mut Sql, condition: fn(&str) -> String, given: &Given) {
    let joined = |values: &[String]| {
        let all: Vec<String> = values.iter().map(|value| condition(value)).collect();
        all.join(" OR ")
    };
    if !given.any.is_empty() {
        sql.push(" AND (").push(&joined(&given.any)).push(")");
    }
    if !given.not.is_empty() {
        sql.push(" AND (")
            .push(&joined(&given.not))
            .push(") IS NOT TRUE");
    }
}

/// Appends ` AND` that one of the `uuid` expressions equals a value. Values that are no UUID are no value of the parameter.
fn and_id(sql: &mut Sql, expressions: &[&'static str], given: &Given) {
    let ids = |values: &[String]| -> Vec<Uuid> {
        let ids = values
            .iter()
            .filter_map(|value| Uuid::try_parse(value).ok());
        ids.collect()
    };
    for (ids, end) in [(ids(&given.any), ")"), (ids(&given.not), ") IS NOT TRUE")] {
        let mut is_first = true;
        for expression in expressions {
            for id in &ids {
                sql.push(if is_first { " AND (" } else { " OR " });
                is_first = false;
                sql.push(expression).push(" = ").uuid(*id);
            }
        }
        if !is_first {
            sql.push(end);
        }
    }
}

/// Appends ` AND` that the number is not beyond the bound. NaN, which PostgreSQL sorts above every number, is in no range.
pub fn and_bound(sql: &mut Sql, expression: &str, given: &Given, end: End, number: Number) {
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
fn and_details(sql: &mut Sql, column: &str, given: &Given) {
    let Some(path) = DetailsPath::of_param(&given.name) else {
        return;
    };
    let mut keys = Sql::new(Mode::Literal, "");
    keys.texts(path.keys().to_vec());
    let expression = format!("({} #>> {})", readable(column), keys.into_text());
    and_equal(sql, &expression, given);
}
