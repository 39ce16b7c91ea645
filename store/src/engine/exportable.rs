//! What every view can be asked for, wherever its rows come from.

use std::future::Future;

use domain::filter::{EpisodeFilter, FindingFilter, ListQuery, ViewFilter, Window};
use domain::page::Page;
use domain::time::Timestamp;

use super::export::{Export, ExportFormat};
use super::list::{EngineView, JsonRow};
use super::{EngineDb, ReviewPolicy};
use crate::StoreError;
use crate::access::Auditor;

/// A page of JSON objects.
type JsonPage<V> = Page<JsonRow<<V as ViewFilter>::Key>>;

/// A view whose rows can be had as a page of JSON objects and as an export.
pub trait Exportable: ViewFilter {
    /// A page as JSON objects with exactly the export's columns.
    ///
    /// # Errors
    /// When the database is away or the query takes too long.
    fn json_page(
        db: &EngineDb,
        review_policy: &ReviewPolicy,
        auditor: &Auditor,
        query: &ListQuery<Self>,
        window: Window,
        as_of: Timestamp,
    ) -> impl Future<Output = Result<JsonPage<Self>, StoreError>> + Send;

    /// Begins an export of everything that `query` matches; where it has a cursor, of the rows after that one's.
    ///
    /// # Errors
    /// When the database is away, too many exports run, or the statement is refused.
    fn export(
        db: &EngineDb,
        review_policy: &ReviewPolicy,
        auditor: &Auditor,
        query: &ListQuery<Self>,
        window: Window,
        format: ExportFormat,
    ) -> impl Future<Output = Result<Export, StoreError>> + Send;

    /// About how many rows an export will have; `None` where that is not known soon.
    ///
    /// # Errors
    /// When the database is away.
    fn estimate(
        db: &EngineDb,
        review_policy: &ReviewPolicy,
        auditor: &Auditor,
        query: &ListQuery<Self>,
        window: Window,
    ) -> impl Future<Output = Result<Option<u64>, StoreError>> + Send;
}

impl<V: EngineView> Exportable for V {
    fn json_page(
        db: &EngineDb,
        _: &ReviewPolicy,
        auditor: &Auditor,
        query: &ListQuery<Self>,
        window: Window,
        as_of: Timestamp,
    ) -> impl Future<Output = Result<JsonPage<Self>, StoreError>> + Send {
        db.json_page(auditor, query, window, as_of)
    }

    fn export(
        db: &EngineDb,
        _: &ReviewPolicy,
        auditor: &Auditor,
        query: &ListQuery<Self>,
        window: Window,
        format: ExportFormat,
    ) -> impl Future<Output = Result<Export, StoreError>> + Send {
        db.export(auditor, query, window, format)
    }

    fn estimate(
        db: &EngineDb,
        _: &ReviewPolicy,
        auditor: &Auditor,
        query: &ListQuery<Self>,
        window: Window,
    ) -> impl Future<Output = Result<Option<u64>, StoreError>> + Send {
        db.estimate(auditor, query, window)
    }
}

impl Exportable for EpisodeFilter {
    fn json_page(
        db: &EngineDb,
        review_policy: &ReviewPolicy,
        auditor: &Auditor,
        query: &ListQuery<Self>,
        window: Window,
        as_of: Timestamp,
    ) -> impl Future<Output = Result<JsonPage<Self>, StoreError>> + Send {
        db.episodes_json(auditor, review_policy, query, window, as_of)
    }

    fn export(
        db: &EngineDb,
        review_policy: &ReviewPolicy,
        auditor: &Auditor,
        query: &ListQuery<Self>,
        window: Window,
        format: ExportFormat,
    ) -> impl Future<Output = Result<Export, StoreError>> + Send {
        db.export_episodes(auditor, review_policy, query, window, format)
    }

    /// Their number is known when they are: the export is made in memory.
    async fn estimate(
        _: &EngineDb,
        _: &ReviewPolicy,
        _: &Auditor,
        _: &ListQuery<Self>,
        _: Window,
    ) -> Result<Option<u64>, StoreError> {
        Ok(None)
    }
}

impl Exportable for FindingFilter {
    fn json_page(
        _: &EngineDb,
        review_policy: &ReviewPolicy,
        auditor: &Auditor,
        query: &ListQuery<Self>,
        window: Window,
        as_of: Timestamp,
    ) -> impl Future<Output = Result<JsonPage<Self>, StoreError>> + Send {
        review_policy
            .console
            .findings_json(auditor, query, window, as_of)
    }

    fn export(
        _: &EngineDb,
        review_policy: &ReviewPolicy,
        auditor: &Auditor,
        query: &ListQuery<Self>,
        window: Window,
        format: ExportFormat,
    ) -> impl Future<Output = Result<Export, StoreError>> + Send {
        review_policy
            .console
            .export_findings(auditor, query, window, format)
    }

    fn estimate(
        _: &EngineDb,
        review_policy: &ReviewPolicy,
        auditor: &Auditor,
        query: &ListQuery<Self>,
        window: Window,
    ) -> impl Future<Output = Result<Option<u64>, StoreError>> + Send {
        review_policy
            .console
            .estimate_findings(auditor, query, window)
    }
}
