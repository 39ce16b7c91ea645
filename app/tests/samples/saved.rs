//! Saved views, one with a hostile name.

use app::model::{NameRejection, NameTarget, RejectedName, ViewsPage};
use domain::catalogue::View;
use domain::form::FieldError;
use domain::saved::{SavedQuery, SavedView};
use store::views;

use super::{at, uuid};

fn saved(number: u128, view: View, name: &str, raw: &str) -> SavedView {
    SavedView {
        id: uuid(number),
        view,
        name: name.to_owned(),
        query: SavedQuery::parse(view, raw, chrono_tz::Tz::UTC).unwrap(),
        saved_at: at("2026-11-20T03:04:05Z"),
    }
}

/// Those of the trades, by name.
pub fn saved_trades() -> Vec<SavedView> {
    let trades = |number, name, raw| saved(number, views::trades(), name, raw);
    vec![
        trades(901, "<b>\u{202e}bold\"</b>", ""),
        trades(902, "Blocked BTC", "last=7d&asset=BTC&outcome=blocked"),
        trades(
            903,
            "Not filled",
            "order_status=submitted&order=oldest&tz=UTC&limit=100&cols=asset,order_status,id",
        ),
    ]
}

pub fn views() -> ViewsPage {
    let mut views = saved_trades();
    views.push(saved(904, views::kill_switch(), "Leaks", "leaks=yes"));
    ViewsPage {
        views,
        refused: None,
    }
}

pub fn views_none() -> ViewsPage {
    ViewsPage {
        views: Vec::new(),
        refused: None,
    }
}

/// The query of a view that was not saved.
fn new_view() -> NameTarget {
    let query = SavedQuery::parse(views::trades(), "asset=!BTC&q=rsi", chrono_tz::Tz::UTC).unwrap();
    NameTarget::New(views::trades(), query)
}

pub fn views_refused(target: NameTarget, refusal: NameRejection) -> ViewsPage {
    ViewsPage {
        refused: Some(RejectedName {
            target,
            name: "Blocked BTC".to_owned(),
            refusal,
        }),
        ..views()
    }
}

/// Every way in which a name is refused.
pub fn all_views_refused() -> Vec<(&'static str, ViewsPage)> {
    let wrong = FieldError::new("name", "takes 1 to 80 characters; this has 0");
    vec![
        ("taken", views_refused(new_view(), NameRejection::Taken)),
        ("full", views_refused(new_view(), NameRejection::TooMany)),
        (
            "wrong",
            views_refused(NameTarget::Saved(uuid(902)), NameRejection::Wrong(wrong)),
        ),
    ]
}
