//! Operations that every view supports, whatever the source of its rows.

use domain::filter::{ListQuery, Window};
use domain::page::Page;
use domain::time::Timestamp;

use super::export::{Export, ExportFormat};
use super::list::JsonRow;
use super::{EngineDb, ReviewPolicy};
use crate::StoreError;
use crate::access::Auditor;
use crate::views::{Source, source};

impl EngineDb {
    /// A page of the query's view as JSON objects with the columns of exports.
    ///
    /// # Errors
    /// When a database is unreachable or the query times out.
    pub async fn json_page(
        &self,
        policy: &ReviewPolicy,
        auditor: &Auditor,
        query: &ListQuery,
        window: Window,
        as_of: Timestamp,
    ) -> Result<Page<JsonRow>, StoreError> {
        match source(query.view) {
            Source::Engine(view) => self.engine_json(auditor, view, query, window, as_of).await,
            Source::Findings => {
                let console = &policy.console;
                console.findings_json(auditor, query, window, as_of).await
            }
            Source::Episodes => {
                self.episodes_json(auditor, policy, query, window, as_of)
                    .await
            }
        }
    }

    /// Starts an export of all rows that `query` matches; if it has a cursor, of the rows after it.
    ///
    /// # Errors
    /// When a database is unreachable, too many exports run, or the statement is refused.
    pub async fn export(
        &self,
        policy: &ReviewPolicy,
        auditor: &Auditor,
        query: &ListQuery,
        window: Window,
        format: ExportFormat,
    ) -> Result<Export, StoreError> {
        match source(query.view) {
            Source::Engine(view) => self.export_view(auditor, view, query, window, format).await,
            Source::Findings => {
                let console = &policy.console;
                console
                    .export_findings(auditor, query, window, format)
                    .await
            }
            Source::Episodes => {
                self.export_episodes(auditor, policy, query, window, format)
                    .await
            }
        }
    }

    /// Estimates the number of rows of an export; `None` when it cannot be estimated quickly.
    ///
    /// # Errors
    /// When a database is unreachable.
    pub async fn estimate(
        &self,
        policy: &ReviewPolicy,
        auditor: &Auditor,
        query: &ListQuery,
        window: Window,
    ) -> Result<Option<u64>, StoreError> {
        match source(query.view) {
            Source::Engine(view) => self.estimate_view(auditor, view, query, window).await,
            Source::Findings => {
                let console = &policy.console;
                console.estimate_findings(auditor, query, window).await
            }
            // Episodes are derived in memory; counting them would take as long as the export.
            Source::Episodes => Ok(None),
        }
    }
}
