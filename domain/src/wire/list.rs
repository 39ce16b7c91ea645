//! A page of a list.

use serde::{Deserialize, Serialize};

/// `GET /api/v1/{view}`: rows whose members are the view's columns, and the cursor of the next page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListAnswer<Row> {
    /// At most `limit` rows, in the list's order.
    pub rows: Vec<Row>,
    /// For the parameter `after`; none on the last page.
    pub next: Option<String>,
}
