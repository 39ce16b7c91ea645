//! A person's saved views, for the menus of their lists: turning pages does not read them again and again.

use std::sync::Arc;
use std::time::Duration;

use domain::catalogue::View;
use domain::saved::SavedView;
use moka::future::Cache;
use store::access::Subject;
use store::views;

use crate::auth::Reader;
use crate::state::App;

/// What was saved by way of another copy of the console is in the menus after this long.
const FRESH: Duration = Duration::from_secs(2);
/// Menus that are kept.
const KEPT: u64 = 200;

/// The menus that were read lately.
pub struct SavedViewMenus(Cache<(Subject, View), Arc<[SavedView]>>);

impl Default for SavedViewMenus {
    fn default() -> Self {
        let kept = Cache::builder().max_capacity(KEPT);
        Self(kept.time_to_live(FRESH).build())
    }
}

impl SavedViewMenus {
    /// The reader's views of a list; none when they cannot be read: the list is shown without.
    pub async fn of(&self, app: &App, reader: &Reader, list: View) -> Option<Arc<[SavedView]>> {
        let owner = reader.visitor.user.subject();
        let read = async {
            let (auditor, of) = (&reader.auditor, Some(list));
            let views = app.console.list_saved_views(auditor, owner, of).await;
            views.map(Arc::from)
        };
        match self.0.try_get_with((owner, list), read).await {
            Ok(views) => Some(views),
            Err(error) => {
                tracing::warn!(%error, "saved views could not be read");
                None
            }
        }
    }

    /// Whoever has changed their views finds them changed.
    pub async fn forget(&self, owner: Subject) {
        for list in views::all() {
            self.0.invalidate(&(owner, list)).await;
        }
    }
}
