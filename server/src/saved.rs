//! A person's saved views of one list, for the menu on the list's page.

use std::sync::Arc;
use std::time::Duration;

use domain::catalogue::View;
use domain::saved::SavedView;
use store::access::Subject;
use store::views;

use crate::auth::Reader;
use crate::state::App;
use crate::swr_cache::{AgeFrom, Freshness, SwrPolicy};

/// A view that was saved by way of another copy of the console is in the menu after two seconds.
pub const POLICY: SwrPolicy<Arc<[SavedView]>> = SwrPolicy {
    name: "saved views",
    fresh: |_| FRESH,
    stale: FRESH,
    age_from: AgeFrom::LoadEnded,
    load_share: 0,
    capacity: 200,
};

const FRESH: Duration = Duration::from_secs(2);

impl App {
    /// The reader's saved views of a list; none when they cannot be read: the list is shown without its menu.
    pub async fn saved_views(&self, reader: &Reader, list: View) -> Option<Arc<[SavedView]>> {
        let owner = reader.visitor.user.subject();
        let load = || {
            let (app, auditor) = (self.clone(), reader.auditor);
            async move {
                let views = app.console.list_saved_views(&auditor, owner, Some(list));
                Ok(views.await?.into())
            }
        };
        match self
            .saved
            .get(&(owner, list), Freshness::Recent, load)
            .await
        {
            Ok(views) => Some(views),
            Err(error) => {
                tracing::warn!(%error, "saved views could not be read");
                None
            }
        }
    }

    /// Drops the cached menus of a person who has changed their views.
    pub fn forget_saved_views(&self, owner: Subject) {
        for list in views::all() {
            self.saved.invalidate(&(owner, list));
        }
    }
}
