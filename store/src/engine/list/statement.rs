//! The statements of a list: its page, its count, its JSON rows and its exports are the same conditions over the same
//! tables.

use domain::catalogue::{KeyKind, Kind, RowKey};
use domain::cursor::{Cursor, Direction};
use domain::filter::{ListQuery, Window};
use domain::page::{Count, Order};

use crate::engine::ExportFormat;
use crate::engine::columns::{csv, json, json_object};
use crate::sql::{Sql, sql};
use crate::views::{Branch, BranchKey, SqlView, TimeRange};

/// What a page's statement is to give.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Output<'a> {
    /// The values of these columns, by their places in the view's; [`super::RowReader`] reads them.
    Values(&'a [usize]),
    /// JSON objects; [`super::rows::read_json`] reads them.
    Json,
}

impl SqlView {
    /// The names of the columns that the rows of the whole view are sorted by.
    fn sort(&self) -> &'static [&'static str] {
        match self.spec.key {
            KeyKind::Uuid => &["sort_time", "sort_id"],
            KeyKind::UuidOrInteger => &["sort_time", "sort_rank", "sort_number", "sort_id"],
        }
    }

    /// The sort columns of one branch. Of rows of the same time those with an integer come first.
    fn sorted(&self, branch: &Branch) -> Sql {
        let (time, key) = (branch.time, branch.key.sql());
        let rank_and_key = match (self.spec.key, branch.key) {
            (KeyKind::Uuid, _) => sql![key, " AS sort_id"],
            (KeyKind::UuidOrInteger, BranchKey::Uuid(_)) => sql![
                "1 AS sort_rank, NULL::integer AS sort_number, ",
                key,
                " AS sort_id"
            ],
            (KeyKind::UuidOrInteger, BranchKey::Integer(_)) => sql![
                "0 AS sort_rank, ",
                key,
                " AS sort_number, NULL::uuid AS sort_id"
            ],
        };
        sql![time, " AS sort_time, ", rank_and_key]
    }

    /// `SELECT … FROM … WHERE …` of one branch with every condition but the page's.
    fn push_branch(
        &self,
        sql: &mut Sql,
        query: &ListQuery,
        window: Window,
        at: usize,
        (select, from): (&Sql, &Sql),
    ) {
        sql.push("SELECT ").push(select).push(from);
        self.and_conditions(query, TimeRange::Window(window), at, sql);
    }

    /// The statement of one page, with one row more than fits.
    pub fn page_sql(&self, query: &ListQuery, window: Window, output: Output<'_>) -> Sql {
        let backward = query
            .after
            .as_ref()
            .is_some_and(|cursor| cursor.direction == Direction::Backward);
        let order = if backward {
            query.order.reversed()
        } else {
            query.order
        };
        let limit = sql![" LIMIT ", query.limit.rows() + 1];
        let wanted = match output {
            Output::Values(wanted) => wanted,
            Output::Json => &[],
        };
        let is_late = |at: &&usize| self.columns[**at].late;
        let late = self
            .late_join
            .as_ref()
            .filter(|_| wanted.iter().any(|at| is_late(&at)));
        let values: Vec<Sql> = match output {
            Output::Json => vec![sql![json_object(self), " AS json"]],
            Output::Values(wanted) => {
                let early = wanted.iter().filter(|at| !is_late(at));
                let early = early.map(|at| self.value_sql(*at));
                early.chain(late.map(|join| join.needs.into())).collect()
            }
        };
        let mut sql = Sql::default();
        if late.is_some() {
            sql.push("SELECT found.*");
            for at in wanted.iter().filter(is_late) {
                sql.push(", ").push(self.value_sql(*at));
            }
            sql.push(" FROM (");
        }
        for (at, branch) in self.branches.iter().enumerate() {
            sql.push(if at > 0 { " UNION ALL (" } else { "(" });
            let selected = values.iter().cloned().chain([self.sorted(branch)]);
            let select = Sql::joined(", ", selected);
            self.push_branch(&mut sql, query, window, at, (&select, &branch.from));
            if let Some(cursor) = &query.after {
                and_after(cursor, order, branch, &mut sql);
            }
            sql.order_by(&[branch.time, branch.key.sql()], order)
                .push(&limit)
                .push(")");
        }
        if self.branches.len() > 1 {
            sql.order_by(self.sort(), order).push(&limit);
        }
        if let Some(late) = late {
            // A join promises no order.
            sql.push(") found")
                .push(&late.join)
                .order_by(self.sort(), order);
        }
        sql
    }

    /// A column's value under the name by which [`super::RowReader`] finds it.
    fn value_sql(&self, at: usize) -> Sql {
        let value = self.columns[at].sql;
        match self.spec.columns[at].kind {
            Kind::Time | Kind::Float | Kind::Bool => sql![value, " AS v", at],
            _ => sql!["(", value, ")::text AS v", at],
        }
    }

    /// The `COPY` of everything that the query matches. A row is one message of the protocol.
    pub fn copy_sql(&self, query: &ListQuery, window: Window, format: ExportFormat) -> Sql {
        let select = self.export_sql(query, window, format);
        let form = match format {
            ExportFormat::Csv(_) => "FORMAT csv",
            // JSON holds no control characters, so nothing is ever escaped, and a line is quoted only
            // for line breaks between its tokens.
            ExportFormat::JsonLines => {
                r"FORMAT csv, DELIMITER E'\x02', QUOTE E'\x01', ESCAPE E'\x01'"
            }
        };
        sql!["COPY (", select, ") TO STDOUT (", form, ")"]
    }

    /// Everything that the query matches, after its cursor where it has one, spelled as the export has it.
    ///
    /// It is written so that PostgreSQL can hand out the first row at once, by walking along the index of time:
    /// * JSON is made of rows that are in order already. PostgreSQL takes a made object to be a few bytes, and would sort
    ///   millions of them before the first.
    /// * Of several branches each is in the order of time, and so they can be merged. That needs each column to have the
    ///   same type in all of them.
    pub fn export_sql(&self, query: &ListQuery, window: Window, format: ExportFormat) -> Sql {
        let exported = || {
            let columns = self.spec.columns.iter().zip(&self.columns);
            columns.filter(|(column, _)| column.exported)
        };
        let names = exported().map(|(column, _)| sql!["\"", column.name, "\""]);
        let names = Sql::joined(", ", names);
        let values = exported().map(|(column, part)| {
            let value = match format {
                ExportFormat::Csv(_) => csv(column.kind, part.sql),
                ExportFormat::JsonLines => json(column.kind, part.sql),
            };
            sql![value, " AS \"", column.name, "\""]
        });
        let values = Sql::joined(", ", values);
        let mut sql = Sql::default();
        if format == ExportFormat::JsonLines {
            sql.push("SELECT row_to_json(object)::text FROM (");
        }
        sql.push("SELECT ").push(&names).push(" FROM (");
        for (at, branch) in self.branches.iter().enumerate() {
            sql.push(if at > 0 { " UNION ALL (" } else { "(" });
            let select = sql![&values, ", ", self.sorted(branch)];
            let other = branch.export_from.as_ref();
            let other = other.filter(|other| (other.suits)(&query.filter));
            let from = other.map_or(&branch.from, |other| &other.from);
            self.push_branch(&mut sql, query, window, at, (&select, from));
            if let Some(cursor) = &query.after {
                and_after(cursor, query.order, branch, &mut sql);
            }
            if self.branches.len() > 1 {
                sql.order_by(&[branch.time], query.order);
            }
            sql.push(")");
        }
        sql.push(") AS rows").order_by(self.sort(), query.order);
        if format == ExportFormat::JsonLines {
            sql.push(") AS object");
        }
        sql
    }

    /// The statement that counts, up to one more than [`Count::CAP`].
    pub fn count_sql(&self, query: &ListQuery, window: Window) -> Sql {
        let (one, limit) = (Sql::new("1"), sql![" LIMIT ", Count::CAP + 1]);
        let mut sql = Sql::new("SELECT count(*) FROM (");
        for (at, branch) in self.branches.iter().enumerate() {
            sql.push(if at > 0 { " UNION ALL (" } else { "(" });
            self.push_branch(&mut sql, query, window, at, (&one, &branch.from));
            sql.push(&limit).push(")");
        }
        // Without a second branch there is one limit already, and SQL takes no other.
        if self.branches.len() > 1 {
            sql.push(&limit);
        }
        sql.push(") AS counted");
        sql
    }

    /// The statement by which the planner says how many rows it expects.
    pub fn estimate_sql(&self, query: &ListQuery, window: Window) -> Sql {
        let one = Sql::new("1");
        let mut sql = Sql::new("EXPLAIN (FORMAT JSON) ");
        for (at, branch) in self.branches.iter().enumerate() {
            if at > 0 {
                sql.push(" UNION ALL ");
            }
            self.push_branch(&mut sql, query, window, at, (&one, &branch.from));
        }
        sql
    }
}

/// ` AND` that a row of the branch comes after the cursor's row when sorted in `order`. Rows of the same time are ordered
/// integers first, then by their key.
fn and_after(cursor: &Cursor, order: Order, branch: &Branch, sql: &mut Sql) {
    let strictly = match order {
        Order::Newest => "<",
        Order::Oldest => ">",
    };
    sql.push(" AND ");
    match (cursor.key, branch.key) {
        (RowKey::Uuid(_), BranchKey::Uuid(key)) | (RowKey::Integer(_), BranchKey::Integer(key)) => {
            sql.push("(").push(branch.time).push(", ").push(key);
            sql.push(") ").push(strictly).push(" (");
            sql.timestamp(cursor.timestamp).push(", ");
            match cursor.key {
                RowKey::Uuid(id) => sql.uuid(id),
                RowKey::Integer(number) => sql.int(number),
            };
            sql.push(")");
        }
        (key, _) => {
            // Another branch: of the same time all come after the cursor's row, or none.
            let is_uuid = matches!(key, RowKey::Uuid(_));
            let all_come_after = is_uuid == (order == Order::Newest);
            sql.push(branch.time).push(" ").push(strictly);
            sql.push(if all_come_after { "= " } else { " " });
            sql.timestamp(cursor.timestamp);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::views::SIGNALS;
    use domain::catalogue::View;
    use domain::csv::FormulaGuard;

    /// How often a statement looks up what became of signals: on the page, in its JSON, its count, its CSV.
    fn lookups(raw: &str) -> [usize; 4] {
        let view: &'static SqlView = &SIGNALS;
        let query = ListQuery::parse(View(&view.spec), raw).unwrap();
        let window = Window::default();
        let outcome = view.spec.column("outcome_verdict").unwrap();
        [
            view.page_sql(&query, window, Output::Values(&[outcome]))
                .to_string(),
            view.page_sql(&query, window, Output::Json).to_string(),
            view.count_sql(&query, window).to_string(),
            view.copy_sql(&query, window, ExportFormat::Csv(FormulaGuard::On))
                .to_string(),
        ]
        .map(|text| text.matches("FROM public.orders").count())
    }

    #[test]
    fn what_became_of_rows_is_looked_up_only_where_it_is_needed() {
        assert_eq!(lookups("coin=BTC"), [1, 0, 0, 0]);
        assert_eq!(lookups("outcome=filled"), [2, 1, 1, 1]);
    }
}
