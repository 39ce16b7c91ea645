//! The columns that the console reads, compared with the database's at start.

use std::collections::HashMap;

use sqlx::Row as _;

use super::EngineDb;
use crate::StoreError;

/// Table, column and type (without its length or precision).
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

const FOUND: &str = "SELECT c.relname::text AS table_name, a.attname::text AS column_name, \
    regexp_replace(format_type(a.atttypid, a.atttypmod), '\\(.*\\)', '') AS type_name, \
    has_column_privilege(c.oid, a.attnum, 'SELECT') AS readable \
    FROM pg_catalog.pg_attribute a \
    JOIN pg_catalog.pg_class c ON c.oid = a.attrelid \
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'f') \
      AND a.attnum > 0 AND NOT a.attisdropped";

impl EngineDb {
    /// Compares the engine's tables with what the console reads. More columns are fine.
    ///
    /// # Errors
    /// [`StoreError::Schema`] names every column that is missing, retyped or not granted.
    pub async fn check_schema(&self) -> Result<(), StoreError> {
        let mut found: HashMap<(String, String), (String, bool)> = HashMap::new();
        for row in sqlx::query(FOUND).fetch_all(self.pool()).await? {
            found.insert(
                (row.try_get("table_name")?, row.try_get("column_name")?),
                (row.try_get("type_name")?, row.try_get("readable")?),
            );
        }
        let mut differences = Vec::new();
        for (table, columns) in COLUMNS {
            if !found.keys().any(|(known, _)| known == table) {
                differences.push(format!("{table}: there is no such table in schema public"));
                continue;
            }
            for (column, wanted) in *columns {
                let key = ((*table).to_owned(), (*column).to_owned());
                match found.get(&key) {
                    None => differences.push(format!(
                        "{table}.{column}: is missing (the console reads it as {wanted})"
                    )),
                    Some((is, _)) if is != wanted => differences.push(format!(
                        "{table}.{column}: is {is}, the console reads it as {wanted}"
                    )),
                    Some((_, false)) => differences.push(format!(
                        "{table}.{column}: the console's database role may not SELECT it"
                    )),
                    Some(_) => {}
                }
            }
        }
        if differences.is_empty() {
            Ok(())
        } else {
            Err(StoreError::Schema(differences.join("\n")))
        }
    }
}
