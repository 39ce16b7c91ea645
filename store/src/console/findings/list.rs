//! Queries of the list of findings: pages, counts, exports.

use domain::catalogue::ListRow;
use domain::filter::{ListQuery, ParamEnum as _, Window};
use domain::finding::{
    Finding, FindingState, Rule, RuleCount, StoredFinding, Subject, SubjectKind,
};
use domain::page::{Count, Page};
use domain::time::Timestamp;
use sqlx::Row as _;
use sqlx::postgres::PgRow;
use uuid::Uuid;

use super::FROM;
use crate::StoreError;
use crate::access::Auditor;
use crate::console::ConsoleDb;
use crate::db::Isolation;
use crate::engine::{
    Export, ExportFormat, JsonRow, export_list, fetch_count, fetch_estimate, fetch_json_page,
    fetch_page,
};
use crate::pg::RowExt as _;
use crate::sql::Sql;
use crate::statements::statements;
use crate::views::FINDINGS;

statements! {
    IS_GONE = "SELECT EXISTS (SELECT FROM audit_console.finding \
        WHERE id = $1 AND gone_at IS NOT NULL)";

    /// Counts all findings by an index-only scan and subtracts the explained ones, since few findings have notes.
    COUNTS_BY_RULE = "WITH latest AS (SELECT DISTINCT ON (finding_id) finding_id, about \
          FROM audit_console.finding_note ORDER BY finding_id, number DESC), \
        explained AS (SELECT f.rule, count(*) AS n FROM latest l \
          JOIN audit_console.finding f ON f.id = l.finding_id AND f.summary = l.about \
          WHERE f.gone_at IS NULL GROUP BY f.rule), \
        held AS (SELECT rule, count(*) AS n FROM audit_console.finding \
          WHERE gone_at IS NULL GROUP BY rule) \
        SELECT h.rule, h.n - coalesce(e.n, 0), coalesce(e.n, 0) \
        FROM held h LEFT JOIN explained e ON e.rule = h.rule";
}

const ROW: &str = "f.id, f.rule, f.found_at, f.\"timestamp\", f.subject_kind, f.subject_id, f.asset, \
    f.algorithm_id, f.algorithm_name, f.summary, n.current IS TRUE AS is_explained";

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

fn rule_of(word: &str) -> Option<Rule> {
    Rule::all().find(|rule| rule.as_str() == word)
}

impl ConsoleDb {
    /// A page of findings with the values of the given columns.
    ///
    /// # Errors
    /// When the database is unreachable or the query times out.
    pub async fn findings(
        &self,
        _: &Auditor,
        query: &ListQuery,
        window: Window,
        columns: &[usize],
        as_of: Timestamp,
    ) -> Result<Page<ListRow>, StoreError> {
        fetch_page(self.pool(), &FINDINGS, query, window, columns, as_of).await
    }

    /// Counts the findings that match.
    ///
    /// # Errors
    /// When the database is unreachable.
    pub async fn count_findings(
        &self,
        _: &Auditor,
        query: &ListQuery,
        window: Window,
    ) -> Result<Count, StoreError> {
        fetch_count(self.pool(), FINDINGS.count_sql(query, window)).await
    }

    /// A page of findings as JSON objects.
    ///
    /// # Errors
    /// When the database is unreachable or the query times out.
    pub async fn findings_json(
        &self,
        _: &Auditor,
        query: &ListQuery,
        window: Window,
        as_of: Timestamp,
    ) -> Result<Page<JsonRow>, StoreError> {
        fetch_json_page(self.pool(), &FINDINGS, query, window, as_of).await
    }

    /// Starts an export of every finding that matches.
    ///
    /// # Errors
    /// When the database is unreachable, too many exports run, or the statement is refused.
    pub async fn export_findings(
        &self,
        _: &Auditor,
        query: &ListQuery,
        window: Window,
        format: ExportFormat,
    ) -> Result<Export, StoreError> {
        let place = self.exports.take(Isolation::Statement).await?;
        export_list(place, &FINDINGS, query, window, format).await
    }

    /// Estimates how many findings match, by the planner's row estimate.
    ///
    /// # Errors
    /// When the database is unreachable.
    pub async fn estimate_findings(
        &self,
        _: &Auditor,
        query: &ListQuery,
        window: Window,
    ) -> Result<Option<u64>, StoreError> {
        fetch_estimate(self.pool(), &FINDINGS, query, window).await
    }

    /// Finds a finding that has not gone.
    ///
    /// # Errors
    /// When the database is unreachable.
    pub async fn find_finding(
        &self,
        _: &Auditor,
        id: Uuid,
    ) -> Result<Option<StoredFinding>, StoreError> {
        let mut sql = Sql::new("SELECT ");
        sql.push(ROW).push(FROM).push(" AND f.id = ").uuid(id);
        let row = sql.query().fetch_optional(self.pool()).await?;
        Ok(row.as_ref().map(read).transpose()?)
    }

    /// Whether the finding exists and is marked as gone.
    ///
    /// # Errors
    /// When the database is unreachable.
    pub async fn is_finding_gone(&self, _: &Auditor, id: Uuid) -> Result<bool, StoreError> {
        let gone = sqlx::query_scalar(IS_GONE).bind(id);
        Ok(gone.fetch_one(self.pool()).await?)
    }

    /// Lists at most 100 findings about these subject ids, oldest first: the rows of a trace.
    ///
    /// # Errors
    /// When the database is unreachable.
    pub async fn findings_about(
        &self,
        _: &Auditor,
        subjects: Vec<String>,
    ) -> Result<Vec<StoredFinding>, StoreError> {
        let mut sql = Sql::new("SELECT ");
        sql.push(ROW)
            .push(FROM)
            .push(" AND f.subject_id = ANY(")
            .texts(subjects);
        sql.push(") ORDER BY f.\"timestamp\", f.id LIMIT 100");
        let rows = sql.query().fetch_all(self.pool()).await?;
        Ok(rows.iter().map(read).collect::<Result<_, _>>()?)
    }

    /// Counts the open and explained findings of each rule. Rules without findings are left out.
    ///
    /// # Errors
    /// When the database is unreachable.
    pub async fn count_findings_by_rule(&self, _: &Auditor) -> Result<Vec<RuleCount>, StoreError> {
        let rows = sqlx::query(COUNTS_BY_RULE).fetch_all(self.pool()).await?;
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
