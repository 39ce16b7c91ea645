//! `/findings`, and the page of a rule.

use std::time::Duration;

use app::model::{FindingsPage, ListPage, RulePage};
use axum::extract::{Path, State};
use domain::clock;
use domain::filter::ParamEnum as _;
use domain::finding::{Rule, RuleCount, ScanProgress};
use domain::page::Count;
use store::StoreError;
use store::access::Auditor;
use store::engine::rule_query;
use tokio::task::JoinHandle;

use super::lists::fetched_columns;
use crate::auth::Reader;
use crate::error::AppError;
use crate::page_context::PageHtml;
use crate::query::{NoParams, PageQuery};
use crate::state::App;
use crate::swr_cache::Freshness;

/// A page whose rows are ready waits this long for its count.
const COUNT_GRACE: Duration = Duration::from_millis(60);

/// `/findings`
///
/// # Errors
/// When the query is invalid or a database is unavailable.
pub async fn list(
    State(app): State<App>,
    PageQuery { reader, query }: PageQuery,
) -> Result<PageHtml, AppError> {
    let now = clock::now();
    let window = query.window(reader.visitor.zone(query.tz), now)?;
    let auditor = &reader.auditor;
    let counting = tokio::spawn({
        let (console, auditor, query) = (app.console.clone(), *auditor, query.clone());
        async move { console.count_findings(&auditor, &query, window).await }
    });
    let (nav_counts, page, scan_progress, filter_options, saved) = tokio::try_join!(
        app.nav_counts(auditor, Freshness::Now),
        async {
            let as_of = query.as_of(now);
            let columns = fetched_columns(&reader, &query);
            let console = &app.console;
            console
                .findings(auditor, &query, window, &columns, as_of)
                .await
        },
        scan_progress(&app, auditor),
        app.filter_options(auditor, query.view),
        async { Ok(app.saved_views(&reader, query.view).await) },
    )?;
    // The counts of the navigation are fresh now.
    let ctx = app.reader_context(&reader, query.tz).await?;
    let count = if query.after.is_none() && page.next.is_none() {
        Count::Exact(page.rows.len() as u64)
    } else {
        wait_for(counting).await
    };
    let list = ListPage {
        query,
        window,
        page,
        count,
        filter_options,
        searched_to: None,
        saved,
    };
    let page = FindingsPage {
        list,
        counts: nav_counts.findings.to_vec(),
        scan_progress,
    };
    Ok(PageHtml::new(&ctx, app::pages::findings(&ctx, &page)))
}

/// `/findings/rules/{rule}`
///
/// # Errors
/// When there is no such rule, or a database is unavailable.
pub async fn rule(
    State(app): State<App>,
    reader: Reader,
    Path(word): Path<String>,
    _: NoParams,
) -> Result<PageHtml, AppError> {
    let rule = Rule::all()
        .find(|rule| rule.as_str() == word)
        .ok_or(AppError::NotFound("rule"))?;
    let auditor = &reader.auditor;
    let (nav_counts, scan_progress) = tokio::try_join!(
        app.nav_counts(auditor, Freshness::Now),
        scan_progress(&app, auditor),
    )?;
    let ctx = app.reader_context(&reader, None).await?;
    let query = rule_query(rule);
    let page = RulePage {
        count: RuleCount::among(&nav_counts.findings, rule),
        scan_progress,
        query: query.text,
        differs: query.differs,
    };
    Ok(PageHtml::new(&ctx, app::pages::rule(&ctx, &page)))
}

/// The progress of the scan.
async fn scan_progress(app: &App, auditor: &Auditor) -> Result<ScanProgress, StoreError> {
    let (progress, rebuild) = tokio::try_join!(
        app.console.finding_progress(auditor),
        app.console.finding_rebuild(auditor),
    )?;
    Ok(ScanProgress { progress, rebuild })
}

/// The count, where it is ready soon; otherwise the page is shown without it.
async fn wait_for(counting: JoinHandle<Result<Count, StoreError>>) -> Count {
    match tokio::time::timeout(COUNT_GRACE, counting).await {
        Ok(Ok(Ok(count))) => count,
        Ok(Ok(Err(error))) => {
            tracing::warn!(%error, "findings could not be counted");
            Count::NotCounted
        }
        Ok(Err(_)) | Err(_) => Count::NotCounted,
    }
}
