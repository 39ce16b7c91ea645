//! Builds the statements of a list. Page, count, JSON rows and exports share conditions and tables.

use domain::catalogue::{KeyKind, Kind, RowKey};
use domain::cursor::{Cursor, Direction};
use domain::filter::{ListQuery, Window};
use domain::page::{Count, Order};

use crate::engine::ExportFormat;
use crate::engine::columns::{csv, json, json_object};
use crate::sql::{Sql, sql};
use crate::views::{Branch, BranchKey, SqlView, TimeRange};

/// Output of a page's statement.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Output<'a> {
    /// Values of these columns, given as indexes into the view's columns; read by [`super::RowReader`].
    Values(&'a [usize]),
    /// JSON objects; read by [`super::rows::read_json`].
    Json,
}

impl SqlView {
    /// Columns that the rows of the view are sorted by.
    fn sort(&self) -> &'static [&'static str] {
        match self.spec.key {
            KeyKind::Uuid => &["sort_time", "sort_id"],
            KeyKind::UuidOrInteger => &["sort_time", "sort_rank", "sort_number", "sort_id"],
        }
    }

    /// `SELECT` list of a branch's sort columns. Of rows with the same time, those with an integer key come first.
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

    /// Appends `SELECT … FROM … WHERE …` of one branch with all conditions except the cursor's.
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

    /// SQL of one page, with one row more than fits.
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
            // A join does not preserve order.
            sql.push(") found")
                .push(&late.join)
                .order_by(self.sort(), order);
        }
        sql
    }

    /// A column's value, with the name that [`super::RowReader`] expects.
    fn value_sql(&self, at: usize) -> Sql {
        let value = self.columns[at].sql;
        match self.spec.columns[at].kind {
            Kind::Time | Kind::Float | Kind::Bool => sql![value, " AS v", at],
            _ => sql!["(", value, ")::text AS v", at],
        }
    }

    /// `COPY` of all rows that the query matches. Each row is one message of the protocol.
    pub fn copy_sql(&self, query: &ListQuery, window: Window, format: ExportFormat) -> Sql {
        let select = self.export_sql(query, window, format);
        let form = match format {
            ExportFormat::Csv(_) => "FORMAT csv",
            // JSON text has no control characters except line breaks between tokens, so nothing is escaped, and a line
            // is quoted only for those line breaks.
            ExportFormat::JsonLines => {
                r"FORMAT csv, DELIMITER E'\x02', QUOTE E'\x01', ESCAPE E'\x01'"
            }
        };
        sql!["COPY (", select, ") TO STDOUT (", form, ")"]
    }

    /// SQL of all rows that the query matches, after its cursor if it has one, as the export formats them.
    ///
    /// Written so that PostgreSQL can return the first row at once, in the order of the index on time:
    /// * JSON objects are built from sorted rows. Sorting the objects would mean millions of them before the first,
    ///   since PostgreSQL expects an object to be a few bytes.
    /// * Each branch is sorted by time, so that branches can be merged. This requires the same column types in all
    ///   branches.
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

    /// SQL that counts up to one more than [`Count::CAP`].
    pub fn count_sql(&self, query: &ListQuery, window: Window) -> Sql {
        let (one, limit) = (Sql::new("1"), sql![" LIMIT ", Count::CAP + 1]);
        let mut sql = Sql::new("SELECT count(*) FROM (");
        for (at, branch) in self.branches.iter().enumerate() {
            sql.push(if at > 0 { " UNION ALL (" } else { "(" });
            self.push_branch(&mut sql, query, window, at, (&one, &branch.from));
            sql.push(&limit).push(")");
        }
        // A single branch has its own limit already, and SQL permits no second one.
        if self.branches.len() > 1 {
            sql.push(&limit);
        }
        sql.push(") AS counted");
        sql
    }

    /// `EXPLAIN` statement for the planner's row estimate.
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

/// Appends ` AND` a row of the branch comes after the cursor's row when sorted in `order`. Rows of the same time are
/// sorted by kind of key, integers first, then by key.
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
            // The cursor is in another branch: of rows with its time, either all of this branch come after it or none.
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

    /// Number of outcome lookups in a statement of signals: page, JSON page, count, CSV.
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
    fn signal_outcomes_are_joined_only_when_needed() {
        assert_eq!(lookups("coin=BTC"), [1, 0, 0, 0]);
        assert_eq!(lookups("outcome=filled"), [2, 1, 1, 1]);
    }
}
