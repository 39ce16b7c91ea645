//! Parts of a catalogue entry: the types of [`domain::catalogue`] with their SQL.

use domain::catalogue::{
    CellFormat, Column, End, Filter, Given, KeyKind, Kind, Number, Param, TableColumn, Takes,
    ViewSpec, ViewWords,
};

use crate::sql::Sql;

/// A URL parameter and the SQL behind it.
pub struct SqlParam {
    /// The parameter.
    pub param: Param,
    /// The condition for its values.
    pub condition: Condition,
    /// Its facet, if any.
    pub facet: Option<FacetSql>,
    /// Values from the database that the form offers.
    pub options: Options,
}

/// The condition for a parameter's values. Expressions are over the tables of every branch.
pub enum Condition {
    /// The expression equals a value.
    Equal(&'static str),
    /// The expression equals a value, ignoring case.
    EqualAnyCase(&'static str),
    /// One of these expressions equals a value.
    EqualEither(&'static [&'static str]),
    /// Each value has a condition of its own.
    Each(fn(&str) -> Sql),
    /// The row has this id, or refers to it.
    Id(IdColumns),
    /// The number is within the bound, see [`range`]. The argument is the index of the branch.
    Bound(fn(usize) -> Sql),
    /// The value is at the parameter's path in this `json` column.
    Details(&'static str),
    /// Appends ` AND …` for a branch.
    Custom(fn(&mut Sql, &Given, usize)),
}

/// Columns by which an id parameter finds rows: the primary key, and a second column for ids that are no row's key. The
/// engine has no index on the second column, so it is searched only if the key finds nothing.
pub struct IdColumns {
    /// The table, with its schema.
    pub table: &'static str,
    /// The primary key of the view's row.
    pub key: &'static str,
    /// The second column of the view's row.
    pub reference: &'static str,
    /// The primary key, with the table alias `k`.
    pub k_key: &'static str,
    /// The second column, with the table alias `k`.
    pub k_reference: &'static str,
    /// The time column, with the table alias `k`.
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
    /// Its position among the view's facets.
    pub place: u8,
    /// The value, as an expression over every branch; NULL is not counted.
    pub value: Sql,
    /// Source of names for its values, if they are ids.
    pub names: Option<NameSource>,
    /// Whether a value may combine several, joined by `+`.
    pub joined: bool,
}

impl FacetSql {
    /// A facet of the expression `value`.
    pub fn of(place: u8, value: impl Into<Sql>) -> Self {
        Self {
            place,
            value: value.into(),
            names: None,
            joined: false,
        }
    }

    /// A facet of ids with names.
    pub fn of_ids(place: u8, value: &'static str, names: NameSource) -> Self {
        Self {
            names: Some(names),
            ..Self::of(place, value)
        }
    }
}

/// Source of names for ids.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameSource {
    /// E-mails of accounts.
    Accounts,
    /// Names of algorithms.
    Algorithms,
}

/// Values from the database that a form offers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Options {
    /// None besides the parameter's fixed words.
    None,
    /// The distinct values of a column that is the first of an index of the engine's.
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
    /// The expression over the tables of every branch; for a [`SqlColumn::late`] column over the view's late join.
    pub sql: &'static str,
    /// Whether it is joined only to the rows of a page, after they are found.
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

/// A column that is not exported; only the table on the page needs it.
pub const fn internal(name: &'static str, kind: Kind, sql: &'static str) -> SqlColumn {
    SqlColumn {
        column: Column::internal(name, kind),
        sql,
        late: false,
    }
}

/// A column that is not exported, joined only to the rows of a page.
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

/// A column of the table that is shown on request.
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

/// One `SELECT` of a view; most views have one.
pub struct Branch {
    /// ` FROM` the tables with their joins, and a `WHERE` that conditions can be appended to.
    pub from: Sql,
    /// An alternative for exports, if one is faster.
    pub export_from: Option<ExportFrom>,
    /// The time column.
    pub time: &'static str,
    /// The key of a row besides its time.
    pub key: BranchKey,
}

/// An alternative ` FROM` for exports.
pub struct ExportFrom {
    /// The clause.
    pub from: Sql,
    /// Whether it may replace the page's clause with this filter.
    pub suits: fn(&Filter) -> bool,
}

/// The key of a branch's rows besides their time.
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

/// A join to the rows of a page only, rather than to every row that matches.
pub struct LateJoin {
    /// Columns of the page's rows that the join needs, over the tables of every branch.
    pub needs: &'static str,
    /// ` LEFT JOIN …`, over the page's rows as `found`.
    pub join: Sql,
}

/// Columns that `q` searches.
pub struct Search {
    /// Text columns of each branch.
    pub texts: &'static [&'static [&'static str]],
    /// A `json` column that is searched as well.
    pub json: Option<&'static str>,
}

/// Histogram and facets of a view.
pub struct SurveySql {
    /// The kinds that the histogram stacks, in that order.
    pub kinds: &'static [&'static str],
    /// A row's kind, as an expression over every branch.
    pub kind: &'static str,
    /// A range with at most this many estimated rows is read completely.
    pub read_all: u64,
    /// Number of rows of a sample.
    pub sample: u64,
}

/// A catalogue entry as written in source.
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
    /// Its `SELECT`s.
    pub branches: Vec<Branch>,
    /// Join to a page's rows after they are found.
    pub late_join: Option<LateJoin>,
    /// Columns that words are searched in.
    pub search: Search,
    /// Its histogram and facets, if it has them.
    pub survey: Option<SurveySql>,
}

/// A view whose rows come from a SQL statement.
pub struct SqlView {
    /// Its specification without SQL.
    pub spec: ViewSpec,
    /// SQL of each parameter, in order.
    pub params: Vec<ParamSql>,
    /// SQL of each column, in order.
    pub columns: Vec<ColumnSql>,
    /// Its `SELECT`s.
    pub branches: Vec<Branch>,
    /// Join to a page's rows after they are found.
    pub late_join: Option<LateJoin>,
    /// Columns that words are searched in.
    pub search: Search,
    /// Its histogram and facets, if it has them.
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
