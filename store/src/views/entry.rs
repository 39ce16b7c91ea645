//! What an entry of the catalogue consists of: the parts of [`domain::catalogue`] with the SQL behind them.

use domain::catalogue::{
    CellFormat, Column, End, Filter, Given, KeyKind, Kind, Number, Param, TableColumn, Takes,
    ViewSpec, ViewWords,
};

use crate::sql::Sql;

/// A URL parameter and the SQL behind it.
pub struct SqlParam {
    /// The parameter.
    pub param: Param,
    /// The condition that its values mean.
    pub condition: Condition,
    /// Its facet beside the list.
    pub facet: Option<FacetSql>,
    /// Values of the rows that the form offers.
    pub options: Options,
}

/// The condition that a parameter's values mean. Expressions are over the tables of every branch.
pub enum Condition {
    /// The expression equals a value.
    Equal(&'static str),
    /// The expression equals a value, whatever the case of both.
    EqualAnyCase(&'static str),
    /// One of these expressions equals a value.
    EqualEither(&'static [&'static str]),
    /// Each value is a condition of its own.
    Each(fn(&str) -> Sql),
    /// The row has this id, or refers to it.
    Id(IdColumns),
    /// The number is not beyond the bound, see [`range`]; the expression is over the tables of the branch of this number.
    Bound(fn(usize) -> Sql),
    /// The value stands at the parameter's path inside this `json` column.
    Details(&'static str),
    /// Appends ` AND …` for a branch.
    Custom(fn(&mut Sql, &Given, usize)),
}

/// The `uuid` columns by which a parameter of ids finds rows: the primary key, and another column for an id that no row has
/// as its key. The engine has no index for the other column, so it is read only where the key finds nothing.
pub struct IdColumns {
    /// The table, with its schema.
    pub table: &'static str,
    /// The primary key of the view's row.
    pub key: &'static str,
    /// The other column of the view's row.
    pub reference: &'static str,
    /// The primary key of the table as `k`.
    pub k_key: &'static str,
    /// The other column of the table as `k`.
    pub k_reference: &'static str,
    /// The time of the table as `k`.
    pub k_time: &'static str,
}

/// Both ends of a range of numbers.
pub fn range(
    [min, max]: [&'static str; 2],
    label: &'static str,
    form_place: u8,
    description: &'static str,
    number: Number,
    expression: fn(usize) -> Sql,
) -> [SqlParam; 2] {
    let bound = |name, end, other| SqlParam {
        param: Param::new(
            name,
            label,
            form_place,
            description,
            Takes::Bound { end, number, other },
        ),
        condition: Condition::Bound(expression),
        facet: None,
        options: Options::None,
    };
    [bound(min, End::Min, max), bound(max, End::Max, min)]
}

/// What a facet counts.
pub struct FacetSql {
    /// Its place among the view's facets.
    pub place: u8,
    /// The value, as an expression over every branch; a row without one is not counted.
    pub value: Sql,
    /// Where its values have names.
    pub names: Option<NameSource>,
    /// A value may stand for several, joined by `+`.
    pub joined: bool,
}

impl FacetSql {
    /// Of the expression `value`, as it is.
    pub fn of(place: u8, value: impl Into<Sql>) -> Self {
        Self {
            place,
            value: value.into(),
            names: None,
            joined: false,
        }
    }

    /// Of ids that have names.
    pub fn of_ids(place: u8, value: &'static str, names: NameSource) -> Self {
        Self {
            names: Some(names),
            ..Self::of(place, value)
        }
    }
}

/// Where the names of ids are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameSource {
    /// Accounts, by their e-mail.
    Accounts,
    /// Algorithms, by their name.
    Algorithms,
}

/// Values of the rows that a form offers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Options {
    /// None beside the parameter's own words.
    None,
    /// The distinct values of a column that one of the engine's indexes begins with.
    Distinct {
        /// The table with its schema.
        table: &'static str,
        /// The column.
        column: &'static str,
    },
    /// The names of the engine's algorithms.
    AlgorithmNames,
}

/// A column and the SQL behind it.
pub struct SqlColumn {
    /// The column.
    pub column: Column,
    /// The expression over the tables of every branch; of a column that is [`SqlColumn::late`] over the view's late join.
    pub sql: &'static str,
    /// Whether it is looked up for the rows of a page once they are found.
    pub late: bool,
}

/// A column of exports and of the API.
pub const fn exported(name: &'static str, kind: Kind, sql: &'static str) -> SqlColumn {
    SqlColumn {
        column: Column::exported(name, kind),
        sql,
        late: false,
    }
}

/// A column that only the table needs.
pub const fn internal(name: &'static str, kind: Kind, sql: &'static str) -> SqlColumn {
    SqlColumn {
        column: Column::internal(name, kind),
        sql,
        late: false,
    }
}

/// A column that only the table needs, looked up for the rows of a page once they are found.
pub const fn late(name: &'static str, kind: Kind, sql: &'static str) -> SqlColumn {
    SqlColumn {
        late: true,
        ..internal(name, kind, sql)
    }
}

/// A column of the table that is shown by default.
pub const fn shown(
    name: &'static str,
    label: &'static str,
    class: &'static str,
    format: CellFormat,
    of: &'static [&'static str],
) -> TableColumn {
    TableColumn {
        name,
        label,
        class,
        format,
        of,
        default: true,
    }
}

/// A column of the table that is shown where it is asked for.
pub const fn optional(
    name: &'static str,
    label: &'static str,
    class: &'static str,
    format: CellFormat,
    of: &'static [&'static str],
) -> TableColumn {
    TableColumn {
        default: false,
        ..shown(name, label, class, format, of)
    }
}

/// One select of a view; most views have one.
pub struct Branch {
    /// ` FROM` the tables with their joins, and a `WHERE` that conditions can be appended to.
    pub from: Sql,
    /// The same for an export, which takes every column of every row, where that is faster and the filter allows it.
    pub export_from: Option<ExportFrom>,
    /// The time column.
    pub time: &'static str,
    /// What identifies a row beside its time.
    pub key: BranchKey,
}

/// Another ` FROM` for exports.
pub struct ExportFrom {
    /// The text.
    pub from: Sql,
    /// Whether it may stand in for the page's with this filter.
    pub suits: fn(&Filter) -> bool,
}

/// What identifies the rows of a branch beside their time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BranchKey {
    /// A `uuid` expression.
    Uuid(&'static str),
    /// An `integer` expression.
    Integer(&'static str),
}

impl BranchKey {
    /// The expression.
    pub const fn sql(self) -> &'static str {
        match self {
            Self::Uuid(sql) | Self::Integer(sql) => sql,
        }
    }
}

/// What is looked up for the rows of a page once they are found: it need not be looked up for every row that matches.
pub struct LateJoin {
    /// Columns that the join needs of the page's rows, over the tables of every branch.
    pub needs: &'static str,
    /// ` LEFT JOIN …`, over the page's rows as `found`.
    pub join: Sql,
}

/// How the words of `q` are looked for.
pub struct Search {
    /// Text columns of each branch.
    pub texts: &'static [&'static [&'static str]],
    /// A `json` column that is searched, too.
    pub json: Option<&'static str>,
}

/// Histogram and facets of a view.
pub struct SurveySql {
    /// The kinds that the histogram stacks, in that order.
    pub kinds: &'static [&'static str],
    /// A row's kind, as an expression over every branch.
    pub kind: &'static str,
    /// A range that is expected to hold no more rows than this is read whole.
    pub read_all: u64,
    /// Rows that a sample should hold.
    pub sample: u64,
}

/// An entry of the catalogue, as it is written down.
pub struct Entry {
    /// See [`ViewSpec::name`].
    pub name: &'static str,
    /// See [`ViewSpec::schema`].
    pub schema: &'static str,
    /// See [`ViewSpec::words`].
    pub words: ViewWords,
    /// Its parameters, in the order of the canonical URL.
    pub params: Vec<SqlParam>,
    /// Its columns: the exported ones in their order, then the others.
    pub columns: Vec<SqlColumn>,
    /// The columns of its table: the default ones in their order, then the others.
    pub table: Vec<TableColumn>,
    /// Its selects.
    pub branches: Vec<Branch>,
    /// What is looked up once a page's rows are found.
    pub late_join: Option<LateJoin>,
    /// How words are looked for.
    pub search: Search,
    /// Its histogram and facets, where it has them.
    pub survey: Option<SurveySql>,
}

/// A view whose rows are those of a statement.
pub struct SqlView {
    /// What everybody may know of it.
    pub spec: ViewSpec,
    /// Of each parameter, in order.
    pub params: Vec<ParamSql>,
    /// The SQL of each column, in order, and whether it is looked up late.
    pub columns: Vec<ColumnSql>,
    /// Its selects.
    pub branches: Vec<Branch>,
    /// What is looked up once a page's rows are found.
    pub late_join: Option<LateJoin>,
    /// How words are looked for.
    pub search: Search,
    /// Its histogram and facets, where it has them.
    pub survey: Option<SurveySql>,
}

/// The SQL of a parameter.
pub struct ParamSql {
    /// See [`SqlParam::condition`].
    pub condition: Condition,
    /// See [`SqlParam::facet`].
    pub facet: Option<FacetSql>,
    /// See [`SqlParam::options`].
    pub options: Options,
}

/// The SQL of a column.
pub struct ColumnSql {
    /// See [`SqlColumn::sql`].
    pub sql: &'static str,
    /// See [`SqlColumn::late`].
    pub late: bool,
}

impl From<Entry> for SqlView {
    fn from(entry: Entry) -> Self {
        let (params, param_sql) = entry
            .params
            .into_iter()
            .map(|part| {
                let sql = ParamSql {
                    condition: part.condition,
                    facet: part.facet,
                    options: part.options,
                };
                (part.param, sql)
            })
            .unzip();
        let (columns, column_sql) = entry
            .columns
            .into_iter()
            .map(|part| {
                let sql = ColumnSql {
                    sql: part.sql,
                    late: part.late,
                };
                (part.column, sql)
            })
            .unzip();
        let key = if entry.branches.len() > 1 {
            KeyKind::UuidOrInteger
        } else {
            KeyKind::Uuid
        };
        Self {
            spec: ViewSpec {
                name: entry.name,
                schema: entry.schema,
                words: entry.words,
                params,
                columns,
                table: entry.table,
                kinds: entry.survey.as_ref().map_or(&[], |survey| survey.kinds),
                key,
                resumable: true,
            },
            params: param_sql,
            columns: column_sql,
            branches: entry.branches,
            late_join: entry.late_join,
            search: entry.search,
            survey: entry.survey,
        }
    }
}
