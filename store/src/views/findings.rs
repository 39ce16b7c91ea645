//! `/findings`: findings, from the console's own tables.

use std::sync::LazyLock;

use domain::catalogue::{CellFormat, Kind, Param, TableColumn, Takes, ViewWords};
use domain::finding::{FindingState, Rule};

use super::entry::{
    Branch, BranchKey, Condition, Entry, Options, Search, SqlColumn, SqlParam, SqlView, exported,
    internal, optional, shown,
};
use crate::console::findings::{FROM, STATE};

/// The entry.
pub static FINDINGS: LazyLock<SqlView> = LazyLock::new(|| SqlView::from(entry()));

fn entry() -> Entry {
    Entry {
        name: "findings",
        schema: "Finding",
        words: ViewWords {
            title: "Findings",
            nav: "Findings",
            about: "What does not add up, rule by rule",
            noun: ("finding", "findings"),
            search: "Search summaries, ids",
            time: "Time",
        },
        params: params(),
        columns: columns(),
        table: table(),
        branches: vec![Branch {
            from: FROM.into(),
            export_from: None,
            time: "f.\"timestamp\"",
            key: BranchKey::Uuid("f.id"),
        }],
        late_join: None,
        search: Search {
            texts: &[&["f.summary", "f.subject_id"]],
            json: None,
        },
        survey: None,
    }
}

fn columns() -> Vec<SqlColumn> {
    vec![
        exported("id", Kind::Plain, "f.id"),
        exported("rule", Kind::Text, "f.rule"),
        exported("severity", Kind::Text, "f.severity"),
        exported("found_at", Kind::Time, "f.found_at"),
        exported("timestamp", Kind::Time, "f.\"timestamp\""),
        exported("subject_kind", Kind::Text, "f.subject_kind"),
        exported("subject_id", Kind::Text, "f.subject_id"),
        exported("asset", Kind::Text, "f.asset"),
        exported("algorithm_id", Kind::Text, "f.algorithm_id"),
        exported("summary", Kind::Text, "f.summary"),
        exported("state", Kind::Plain, STATE),
        internal("algorithm_name", Kind::Text, "f.algorithm_name"),
    ]
}

fn table() -> Vec<TableColumn> {
    vec![
        shown(
            "severity",
            "Severity",
            "c-severity",
            CellFormat::Severity,
            &["severity"],
        ),
        shown("rule", "Rule", "c-type", CellFormat::Word, &["rule"]),
        shown(
            "summary",
            "Summary",
            "c-reason",
            CellFormat::Text,
            &["summary"],
        ),
        shown("asset", "Coin", "c-asset", CellFormat::Text, &["asset"]),
        shown(
            "subject",
            "Subject",
            "c-subject",
            CellFormat::FindingSubject,
            &["subject_kind", "subject_id"],
        ),
        shown(
            "state",
            "State",
            "c-state",
            CellFormat::FindingState,
            &["state"],
        ),
        optional(
            "algorithm",
            "Algorithm",
            "c-agent",
            CellFormat::Text,
            &["algorithm_name"],
        ),
        optional(
            "algorithm_id",
            "Algorithm id",
            "c-id",
            CellFormat::Code,
            &["algorithm_id"],
        ),
        optional(
            "found_at",
            "Found",
            "c-when",
            CellFormat::Time,
            &["found_at"],
        ),
        optional("id", "Id", "c-id", CellFormat::Id, &["id"]),
    ]
}

fn params() -> Vec<SqlParam> {
    vec![
        SqlParam {
            param: Param::new(
                "rule",
                "Rule",
                1,
                "a rule's id, for example leak-during-stop",
                Takes::word::<Rule>(),
            ),
            condition: Condition::Equal("f.rule"),
            facet: None,
            options: Options::None,
        },
        SqlParam {
            param: Param::new(
                "severity",
                "Severity",
                2,
                "how severe the rule is",
                Takes::word::<domain::finding::Severity>(),
            ),
            condition: Condition::Equal("f.severity"),
            facet: None,
            options: Options::None,
        },
        SqlParam {
            param: Param::new("asset", "Coin", 4, "coin, exactly", Takes::Text),
            condition: Condition::Equal("f.asset"),
            facet: None,
            options: Options::Distinct {
                table: "public.trade_audit",
                column: "asset",
            },
        },
        SqlParam {
            param: Param::new(
                "algorithm",
                "Algorithm",
                5,
                "an algorithm's id or name",
                Takes::Text,
            ),
            condition: Condition::EqualEither(&["f.algorithm_id", "f.algorithm_name"]),
            facet: None,
            options: Options::AlgorithmNames,
        },
        SqlParam {
            param: Param::new(
                "state",
                "State",
                3,
                "whether somebody has explained it",
                Takes::word::<FindingState>(),
            ),
            condition: Condition::Equal(STATE),
            facet: None,
            options: Options::None,
        },
    ]
}
