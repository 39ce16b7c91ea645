//! What every view can be asked for, wherever its rows come from.

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
    /// A page of the query's view as JSON objects with exactly the export's columns.
    ///
    /// # Errors
    /// When a database is away or the query takes too long.
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

    /// Begins an export of everything that `query` matches; where it has a cursor, of the rows after that one's.
    ///
    /// # Errors
    /// When a database is away, too many exports run, or the statement is refused.
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

    /// About how many rows an export of `query` will have; `None` where that is not known soon.
    ///
    /// # Errors
    /// When a database is away.
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
            // Their number is known when they are: the export is made in memory.
            Source::Episodes => Ok(None),
        }
    }
}
