//! Has PostgreSQL plan every statement of every view.

use domain::catalogue::{Param, RowKey, Takes, View};
use domain::csv::FormulaGuard;
use domain::cursor::{Cursor, Direction};
use domain::filter::{ListQuery, Window};
use domain::page::Order;
use domain::time::Timestamp;
use sqlx::postgres::PgConnection;
use sqlx::{AssertSqlSafe, Executor as _};
use uuid::Uuid;

use super::{SqlView, sql_views};
use crate::engine::{ExportFormat, Output, survey_statements};
use crate::sql::Sql;
use crate::statements::tests::migrated;

/// A valid value of the parameter.
pub fn example(param: &Param) -> &'static str {
    match &param.takes {
        Takes::Word { words, .. } => words[0],
        Takes::Actor => "system",
        Takes::Id => "3cccd31d-6b6b-4738-bf75-0e9ea08f2b8c",
        Takes::Bound { .. } => "0.5",
        Takes::Text | Takes::Stored(_) | Takes::Details => "x",
    }
}

/// Queries: no filter, search words, and each parameter with every kind of value.
fn queries(view: View) -> Vec<ListQuery> {
    let mut raw = vec![String::new(), "q=btc+\"%C3%BC\"".to_owned()];
    for param in &view.params {
        let name = param.name.replace("PATH", "signal.coin_type");
        let values: Vec<String> = match &param.takes {
            Takes::Word { words, .. } => words.iter().map(ToString::to_string).collect(),
            Takes::Stored(words) => words.iter().map(ToString::to_string).collect(),
            Takes::Actor => ["system", "a@b.c", "3cccd31d-6b6b-4738-bf75-0e9ea08f2b8c"]
                .map(ToOwned::to_owned)
                .to_vec(),
            _ => vec![example(param).to_owned()],
        };
        let all: Vec<String> = values
            .iter()
            .map(|value| format!("{name}={value}"))
            .collect();
        raw.extend(all.iter().cloned());
        if !matches!(param.takes, Takes::Bound { .. }) {
            raw.extend(values.iter().map(|value| format!("{name}=!{value}")));
            raw.push(format!("{}&{name}=!other-{}", all.join("&"), values[0]));
        }
    }
    raw.iter()
        .filter_map(|raw| ListQuery::parse(view, raw).ok())
        .collect()
}

/// The query's first page, and pages after and before a row of each kind of key.
fn pages(query: &ListQuery) -> Vec<ListQuery> {
    let mut pages = vec![query.clone()];
    for order in [Order::Newest, Order::Oldest] {
        for direction in [Direction::Forward, Direction::Backward] {
            for key in [RowKey::Uuid(Uuid::nil()), RowKey::Integer(7)] {
                let cursor = Cursor {
                    order,
                    direction,
                    timestamp: Timestamp::from_postgres_micros(0),
                    key,
                    as_of: Timestamp::from_postgres_micros(1),
                };
                let query = ListQuery {
                    order,
                    ..query.clone()
                };
                pages.push(query.at(cursor));
            }
        }
    }
    pages
}

fn statements(view: &'static SqlView, query: &ListQuery) -> Vec<Sql> {
    let columns: Vec<usize> = (0..view.columns.len()).collect();
    let window = Window {
        from: Some(Timestamp::from_postgres_micros(0)),
        to: None,
    };
    let mut statements = vec![
        view.count_sql(query, window),
        view.export_sql(query, window, ExportFormat::Csv(FormulaGuard::On)),
        view.export_sql(query, window, ExportFormat::JsonLines),
    ];
    for page in pages(query) {
        statements.push(view.page_sql(&page, window, Output::Values(&columns)));
        statements.push(view.page_sql(&page, window, Output::Json));
    }
    if view.survey.is_some() {
        statements.extend(survey_statements(view, query, window));
    }
    statements
}

async fn plan(connection: &mut PgConnection, what: &str, statement: &Sql) {
    let text = format!("EXPLAIN {statement}");
    if let Err(error) = connection.execute(AssertSqlSafe(text.clone())).await {
        panic!("{what}: {error}\n{text}");
    }
}

#[tokio::test]
async fn every_statement_of_every_view_can_be_planned() {
    let database = migrated().await;
    let mut connection = database.pool().acquire().await.unwrap();
    for view in sql_views() {
        let handle = View(&view.spec);
        let queries = queries(handle);
        assert!(queries.len() > view.spec.params.len(), "{handle}");
        for query in queries {
            let what = format!("{handle}?{}", query.pairs());
            for statement in statements(view, &query) {
                plan(&mut connection, &what, &statement).await;
            }
        }
    }
}
