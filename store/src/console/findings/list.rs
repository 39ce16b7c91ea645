//! The list of findings: pages, counts, exports.

use domain::columns::FINDINGS;
use domain::cursor::Cursor;
use domain::filter::{FindingFilter, ListQuery, ParamEnum as _, Window};
use domain::finding::{
    Finding, FindingState, Rule, RuleCount, StoredFinding, Subject, SubjectKind,
};
use domain::page::{Count, Order, Page};
use domain::time::Timestamp;
use sqlx::Row as _;
use sqlx::postgres::PgRow;
use uuid::Uuid;

use super::{NOTE, STATE};
use crate::StoreError;
use crate::access::Auditor;
use crate::console::ConsoleDb;
use crate::db::Isolation;
use crate::engine::{
    Branch, Export, ExportFormat, JsonRow, Kind, ListView, Output, and_after_uuid, and_search,
    and_text, and_words, columns, count_sql, export_list, fetch_count, fetch_estimate, fetch_page,
    page_sql, read_json,
};
use crate::pg::RowExt as _;
use crate::sql::{Mode, Sql};

const ROW: &str = "f.id, f.rule, f.found_at, f.\"timestamp\", f.subject_kind, f.subject_id, f.asset, \
    f.algorithm_id, f.algorithm_name, f.summary, n.current IS TRUE AS is_explained";

const COLUMNS: &[(&str, Kind)] = &[
    ("f.id", Kind::Plain),
    ("f.rule", Kind::Text),
    ("f.severity", Kind::Text),
    ("f.found_at", Kind::Time),
    ("f.\"timestamp\"", Kind::Time),
    ("f.subject_kind", Kind::Text),
    ("f.subject_id", Kind::Text),
    ("f.asset", Kind::Text),
    ("f.algorithm_id", Kind::Text),
    ("f.summary", Kind::Text),
    (STATE, Kind::Plain),
];

fn from() -> String {
    format!(" FROM audit_console.finding f{NOTE} WHERE f.gone_at IS NULL")
}

impl ListView for FindingFilter {
    type Row = StoredFinding;

    const SORT: &'static [&'static str] = &["sort_time", "sort_id"];

    fn branches(&self) -> Vec<Branch> {
        vec![Branch {
            row: ROW,
            columns: columns(FINDINGS, COLUMNS),
            from: from(),
            export_from: None,
            time: "f.\"timestamp\"",
            sort: &["f.\"timestamp\"", "f.id"],
            order: &["f.\"timestamp\"", "f.id"],
        }]
    }

    fn and_conditions(query: &ListQuery<Self>, _: usize, sql: &mut Sql) {
        let filter = &query.filter;
        and_words(sql, "f.rule", &filter.rule);
        and_words(sql, "f.severity", &filter.severity);
        and_text(sql, "f.asset", &filter.asset);
        for (wanted, end) in [
            (&filter.algorithm.any, ")"),
            (&filter.algorithm.not, ") IS NOT TRUE"),
        ] {
            let texts: Vec<String> = wanted.iter().map(|text| text.0.clone()).collect();
            if !texts.is_empty() {
                sql.push(" AND (f.algorithm_id = ANY(").texts(texts.clone());
                sql.push(") OR f.algorithm_name = ANY(")
                    .texts(texts)
                    .push(")")
                    .push(end);
            }
        }
        and_words(sql, STATE, &filter.state);
        and_search(sql, &["f.summary", "f.subject_id"], &query.words);
    }

    fn and_after(cursor: &Cursor<Uuid>, order: Order, _: usize, sql: &mut Sql) {
        and_after_uuid(sql, "(f.\"timestamp\", f.id)", cursor, order);
    }

    fn read(row: &PgRow) -> Result<StoredFinding, sqlx::Error> {
        let undecodable =
            |what: &str, word: &str| sqlx::Error::Decode(format!("no {what}: {word}").into());
        let rule: String = row.try_get("rule")?;
        let kind: String = row.try_get("subject_kind")?;
        let explained: bool = row.try_get("is_explained")?;
        let finding = Finding {
            rule: rule_of(&rule).ok_or_else(|| undecodable("rule", &rule))?,
            subject: Subject {
                kind: SubjectKind::parse(&kind).ok_or_else(|| undecodable("kind", &kind))?,
                id: row.try_get("subject_id")?,
            },
            at: row.timestamp("timestamp")?,
            asset: row.try_get("asset")?,
            algorithm: row.try_get("algorithm_id")?,
            summary: row.try_get("summary")?,
        };
        Ok(StoredFinding {
            id: row.try_get("id")?,
            finding,
            algorithm_name: row.try_get("algorithm_name")?,
            found_at: row.timestamp("found_at")?,
            state: if explained {
                FindingState::Explained
            } else {
                FindingState::Open
            },
        })
    }

    fn read_key(row: &PgRow) -> Result<Uuid, sqlx::Error> {
        row.try_get("sort_id")
    }
}

fn rule_of(word: &str) -> Option<Rule> {
    Rule::all().find(|rule| rule.as_str() == word)
}

impl ConsoleDb {
    /// A page of findings.
    ///
    /// # Errors
    /// When the database is away or the query takes too long.
    pub async fn findings(
        &self,
        _: &Auditor,
        query: &ListQuery<FindingFilter>,
        window: Window,
        as_of: Timestamp,
    ) -> Result<Page<StoredFinding>, StoreError> {
        let statement = page_sql(query, window, Output::Rows);
        let place = (query.limit, query.order, query.after.clone());
        fetch_page(
            self.pool().clone(),
            statement,
            FindingFilter::read,
            place,
            as_of,
        )
        .await
    }

    /// How many findings match.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn count_findings(
        &self,
        _: &Auditor,
        query: &ListQuery<FindingFilter>,
        window: Window,
    ) -> Result<Count, StoreError> {
        fetch_count(self.pool().clone(), count_sql(query, window)).await
    }

    /// A page of findings as JSON objects.
    ///
    /// # Errors
    /// When the database is away or the query takes too long.
    pub async fn findings_json(
        &self,
        _: &Auditor,
        query: &ListQuery<FindingFilter>,
        window: Window,
        as_of: Timestamp,
    ) -> Result<Page<JsonRow<Uuid>>, StoreError> {
        let statement = page_sql(query, window, Output::Json);
        let place = (query.limit, query.order, query.after.clone());
        let read = read_json::<FindingFilter>;
        fetch_page(self.pool().clone(), statement, read, place, as_of).await
    }

    /// Begins an export of every finding that matches.
    ///
    /// # Errors
    /// When the database is away, too many exports run, or the statement is refused.
    pub async fn export_findings(
        &self,
        _: &Auditor,
        query: &ListQuery<FindingFilter>,
        window: Window,
        format: ExportFormat,
    ) -> Result<Export, StoreError> {
        let place = self.exports.take(Isolation::Statement).await?;
        export_list(place, query, window, format).await
    }

    /// About how many findings match.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn estimate_findings(
        &self,
        _: &Auditor,
        query: &ListQuery<FindingFilter>,
        window: Window,
    ) -> Result<Option<u64>, StoreError> {
        fetch_estimate(self.pool().clone(), query, window).await
    }

    /// One finding, while it holds.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn find_finding(
        &self,
        _: &Auditor,
        id: Uuid,
    ) -> Result<Option<StoredFinding>, StoreError> {
        let mut sql = Sql::new(Mode::Bound, "SELECT ");
        sql.push(ROW).push(&from()).push(" AND f.id = ").uuid(id);
        let row = sql.query().fetch_optional(self.pool()).await?;
        Ok(row.as_ref().map(FindingFilter::read).transpose()?)
    }

    /// Whether there was such a finding, and it does not hold any more.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn is_finding_gone(&self, _: &Auditor, id: Uuid) -> Result<bool, StoreError> {
        let text = "SELECT EXISTS (SELECT FROM audit_console.finding \
            WHERE id = $1 AND gone_at IS NOT NULL)";
        let gone = sqlx::query_scalar(text).bind(id);
        Ok(gone.fetch_one(self.pool()).await?)
    }

    /// What was found about one of these subjects: the rows of a trace.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn findings_about(
        &self,
        _: &Auditor,
        subjects: Vec<String>,
    ) -> Result<Vec<StoredFinding>, StoreError> {
        let mut sql = Sql::new(Mode::Bound, "SELECT ");
        sql.push(ROW)
            .push(&from())
            .push(" AND f.subject_id = ANY(")
            .texts(subjects);
        sql.push(") ORDER BY f.\"timestamp\", f.id LIMIT 100");
        let rows = sql.query().fetch_all(self.pool()).await?;
        Ok(rows
            .iter()
            .map(FindingFilter::read)
            .collect::<Result<_, _>>()?)
    }

    /// How many findings each rule has; a rule without any is not in it.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn count_findings_by_rule(&self, _: &Auditor) -> Result<Vec<RuleCount>, StoreError> {
        // All of them are counted in an index, without their rows; of many findings few have notes.
        const TEXT: &str = "WITH latest AS (SELECT DISTINCT ON (finding_id) finding_id, about \
              FROM audit_console.finding_note ORDER BY finding_id, number DESC), \
            explained AS (SELECT f.rule, count(*) AS n FROM latest l \
              JOIN audit_console.finding f ON f.id = l.finding_id AND f.summary = l.about \
              WHERE f.gone_at IS NULL GROUP BY f.rule), \
            held AS (SELECT rule, count(*) AS n FROM audit_console.finding \
              WHERE gone_at IS NULL GROUP BY rule) \
            SELECT h.rule, h.n - coalesce(e.n, 0), coalesce(e.n, 0) \
            FROM held h LEFT JOIN explained e ON e.rule = h.rule";
        let rows = sqlx::query(TEXT).fetch_all(self.pool()).await?;
        let mut counts = Vec::new();
        for row in &rows {
            if let Some(rule) = rule_of(row.try_get(0)?) {
                counts.push(RuleCount {
                    rule,
                    open: row.try_get::<i64, _>(1)?.unsigned_abs(),
                    explained: row.try_get::<i64, _>(2)?.unsigned_abs(),
                });
            }
        }
        Ok(counts)
    }
}
