//! Compares the columns that the console reads with the database's, at start and while it runs, since others migrate
//! the engine's tables.
//!
//! Wider types are accepted. When a column is missing, its pages are unavailable and the others work.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use sqlx::Row as _;

use super::EngineDb;
use crate::StoreError;
use crate::statements::statements;

statements! {
    FOUND = "SELECT c.relname::text AS table_name, a.attname::text AS column_name, \
        regexp_replace(format_type(a.atttypid, a.atttypmod), '\\(.*\\)', '') AS type_name, \
        has_column_privilege(c.oid, a.attnum, 'SELECT') AS readable \
        FROM pg_catalog.pg_attribute a \
        JOIN pg_catalog.pg_class c ON c.oid = a.attrelid \
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'f') \
          AND a.attnum > 0 AND NOT a.attisdropped";
}

/// Tables, columns and types (without length or precision).
const COLUMNS: &[(&str, &[(&str, &str)])] = &[
    (
        "trade_audit",
        &[
            ("id", "uuid"),
            ("timestamp", "timestamp with time zone"),
            ("agent_id", "character varying"),
            ("decision", "character varying"),
            ("reason", "character varying"),
            ("confidence_score", "double precision"),
            ("asset", "character varying"),
            ("price_at_decision", "numeric"),
            ("is_executed", "boolean"),
            ("execution_order_id", "uuid"),
            ("block_reason", "character varying"),
        ],
    ),
    (
        "audit_log",
        &[
            ("id", "uuid"),
            ("timestamp", "timestamp with time zone"),
            ("event_type", "character varying"),
            ("severity", "character varying"),
            ("details", "json"),
            ("user_id", "uuid"),
        ],
    ),
    (
        "orders",
        &[
            ("id", "uuid"),
            ("user_id", "uuid"),
            ("algorithm_id", "uuid"),
            ("coin_type", "character varying"),
            ("side", "character varying"),
            ("order_type", "character varying"),
            ("quantity", "numeric"),
            ("price", "numeric"),
            ("filled_quantity", "numeric"),
            ("status", "character varying"),
            ("error_message", "character varying"),
            ("coinspot_order_id", "character varying"),
            ("created_at", "timestamp with time zone"),
            ("updated_at", "timestamp with time zone"),
            ("submitted_at", "timestamp with time zone"),
            ("filled_at", "timestamp with time zone"),
        ],
    ),
    (
        "signal",
        &[
            ("id", "integer"),
            ("type", "character varying"),
            ("asset", "character varying"),
            ("strength", "double precision"),
            ("generated_at", "timestamp with time zone"),
            ("source", "character varying"),
            ("context", "json"),
        ],
    ),
    (
        "algorithms",
        &[
            ("id", "uuid"),
            ("name", "character varying"),
            ("version", "character varying"),
            ("algorithm_type", "character varying"),
            ("configuration_json", "character varying"),
            ("default_position_limit", "numeric"),
            ("created_at", "timestamp with time zone"),
            ("updated_at", "timestamp with time zone"),
        ],
    ),
    (
        "deployed_algorithms",
        &[
            ("id", "uuid"),
            ("user_id", "uuid"),
            ("algorithm_id", "uuid"),
            ("deployment_name", "character varying"),
            ("is_active", "boolean"),
            ("execution_frequency", "integer"),
            ("position_limit", "numeric"),
            ("daily_loss_limit", "numeric"),
            ("parameters_json", "character varying"),
            ("created_at", "timestamp with time zone"),
            ("updated_at", "timestamp with time zone"),
            ("activated_at", "timestamp with time zone"),
            ("deactivated_at", "timestamp with time zone"),
            ("last_executed_at", "timestamp with time zone"),
        ],
    ),
    (
        "risk_rule",
        &[
            ("name", "character varying"),
            ("rule_type", "character varying"),
            ("value", "json"),
            ("is_active", "boolean"),
            ("created_at", "timestamp with time zone"),
            ("updated_at", "timestamp with time zone"),
        ],
    ),
    (
        "strategy_promotions",
        &[
            ("id", "uuid"),
            ("algorithm_id", "uuid"),
            ("from_environment", "character varying"),
            ("to_environment", "character varying"),
            ("status", "character varying"),
            ("promotion_notes", "character varying"),
            ("rejection_reason", "character varying"),
            ("created_by", "uuid"),
            ("created_at", "timestamp with time zone"),
            ("reviewed_by", "uuid"),
            ("reviewed_at", "timestamp with time zone"),
        ],
    ),
    (
        "system_setting",
        &[
            ("key", "character varying"),
            ("value", "json"),
            ("updated_at", "timestamp with time zone"),
        ],
    ),
    (
        "user",
        &[
            ("id", "uuid"),
            ("email", "character varying"),
            ("is_active", "boolean"),
            ("is_superuser", "boolean"),
            ("hashed_password", "character varying"),
            ("timezone", "character varying"),
        ],
    ),
];

/// Pages that read a table, by the first segment of their path; `/` is the overview.
const PAGES: &[(&str, &[&str])] = &[
    ("trade_audit", &["/", "/trades", "/findings", "/traces"]),
    (
        "audit_log",
        &[
            "/",
            "/signals",
            "/events",
            "/kill-switch",
            "/findings",
            "/traces",
        ],
    ),
    (
        "orders",
        &[
            "/",
            "/trades",
            "/signals",
            "/kill-switch",
            "/findings",
            "/traces",
        ],
    ),
    ("signal", &["/signals", "/findings"]),
    (
        "algorithms",
        &[
            "/trades",
            "/signals",
            "/kill-switch",
            "/findings",
            "/traces",
        ],
    ),
    ("deployed_algorithms", &["/findings", "/traces"]),
    ("risk_rule", &["/findings"]),
    ("strategy_promotions", &["/traces"]),
    ("system_setting", &["/", "/findings"]),
    (
        "user",
        &["/login", "/events", "/kill-switch", "/findings", "/traces"],
    ),
];

/// Whether a type holds every value of the expected one and is decoded in the same way.
fn is_as_wide(is: &str, wanted: &str) -> bool {
    is == wanted
        || match wanted {
            "character varying" => matches!(is, "text" | "character"),
            "integer" => matches!(is, "bigint" | "smallint"),
            _ => false,
        }
}

/// A column or table that differs from what the console reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SchemaDifference {
    /// Table in schema `public`.
    pub table: &'static str,
    /// Table and column, or the table alone, and the difference: `trade_audit.reason: is missing …`.
    pub message: String,
}

/// Differences between the engine's tables and what the console reads.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SchemaReport {
    /// One entry per column.
    pub differences: Vec<SchemaDifference>,
}

impl SchemaReport {
    /// Pages that read a table with differences, by the first segment of their path.
    #[must_use]
    pub fn pages_without(&self) -> Vec<&'static str> {
        let mut pages: Vec<&str> = PAGES
            .iter()
            .filter(|(table, _)| self.differences.iter().any(|it| it.table == *table))
            .flat_map(|(_, pages)| pages.iter().copied())
            .collect();
        pages.sort_unstable();
        pages.dedup();
        pages
    }

    /// Whether any list is still available.
    #[must_use]
    pub fn any_list_works(&self) -> bool {
        let without = self.pages_without();
        ["/trades", "/signals", "/events", "/kill-switch"]
            .iter()
            .any(|list| !without.contains(list))
    }

    /// Differences in the tables that a page reads, by the page's path.
    pub fn of_page(&self, path: &str) -> impl Iterator<Item = &SchemaDifference> {
        let path = path
            .strip_prefix("/api/v1")
            .unwrap_or(path)
            .trim_start_matches('/');
        let first = path.split(['/', '.']).next().unwrap_or_default();
        let page = format!("/{first}");
        self.differences.iter().filter(move |difference| {
            PAGES
                .iter()
                .any(|(table, pages)| *table == difference.table && pages.contains(&page.as_str()))
        })
    }
}

impl fmt::Display for SchemaReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let messages: Vec<&str> = self
            .differences
            .iter()
            .map(|difference| difference.message.as_str())
            .collect();
        f.write_str(&messages.join("\n"))
    }
}

/// The last report.
#[derive(Default)]
pub struct LastReport(Mutex<Arc<SchemaReport>>);

impl EngineDb {
    /// Compares the engine's tables with what the console reads. Additional columns are accepted.
    ///
    /// # Errors
    /// When the database is unreachable.
    pub async fn look_at_schema(&self) -> Result<Arc<SchemaReport>, StoreError> {
        let mut found: HashMap<(String, String), (String, bool)> = HashMap::new();
        for row in sqlx::query(FOUND).fetch_all(&self.essential).await? {
            found.insert(
                (row.try_get("table_name")?, row.try_get("column_name")?),
                (row.try_get("type_name")?, row.try_get("readable")?),
            );
        }
        let mut differences = Vec::new();
        for (table, columns) in COLUMNS {
            let mut differs = |message| differences.push(SchemaDifference { table, message });
            if !found.keys().any(|(known, _)| known == table) {
                differs(format!("{table}: there is no such table in schema public"));
                continue;
            }
            for (column, wanted) in *columns {
                let key = ((*table).to_owned(), (*column).to_owned());
                match found.get(&key) {
                    None => differs(format!(
                        "{table}.{column}: is missing (the console reads it as {wanted})"
                    )),
                    Some((is, _)) if !is_as_wide(is, wanted) => differs(format!(
                        "{table}.{column}: is {is}, the console reads it as {wanted}"
                    )),
                    Some((_, false)) => differs(format!(
                        "{table}.{column}: the console's database role may not SELECT it"
                    )),
                    Some(_) => {}
                }
            }
        }
        let report = Arc::new(SchemaReport { differences });
        *self.schema.0.lock().unwrap_or_else(PoisonError::into_inner) = Arc::clone(&report);
        Ok(report)
    }

    /// Result of the last [`EngineDb::look_at_schema`]; empty before the first.
    #[must_use]
    pub fn schema_report(&self) -> Arc<SchemaReport> {
        let last = self.schema.0.lock();
        Arc::clone(&last.unwrap_or_else(PoisonError::into_inner))
    }

    /// Fails if there is any difference.
    ///
    /// # Errors
    /// [`StoreError::Schema`], which names every column that is missing, retyped or not granted.
    pub async fn check_schema(&self) -> Result<(), StoreError> {
        let report = self.look_at_schema().await?;
        if report.differences.is_empty() {
            Ok(())
        } else {
            Err(StoreError::Schema(report.to_string()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_table_is_mapped_to_pages() {
        for (table, _) in COLUMNS {
            assert!(
                PAGES
                    .iter()
                    .any(|(known, pages)| known == table && !pages.is_empty())
            );
        }
        assert_eq!(COLUMNS.len(), PAGES.len());
    }

    #[test]
    fn report_finds_the_differences_of_a_page() {
        let difference = SchemaDifference {
            table: "signal",
            message: "signal.strength: is missing".to_owned(),
        };
        let report = SchemaReport {
            differences: vec![difference],
        };
        assert_eq!(report.pages_without(), ["/findings", "/signals"]);
        assert!(report.any_list_works());
        for path in [
            "/signals",
            "/signals.csv",
            "/signals/7",
            "/api/v1/signals/survey",
        ] {
            assert_eq!(report.of_page(path).count(), 1, "{path}");
        }
        assert_eq!(report.of_page("/trades").count(), 0);
        assert_eq!(report.of_page("/").count(), 0);
    }
}
