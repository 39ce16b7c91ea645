//! `/kill-switch`: episodes, derived in memory from the engine's kill-switch events.

use std::sync::LazyLock;

use domain::catalogue::{
    CellFormat, Column, KeyKind, Kind, Param, TableColumn, Takes, ViewSpec, ViewWords,
};
use domain::episode::Mechanism;
use domain::filter::kill_switch::{Leaks, State};
use domain::review::ReviewState;

use super::entry::{optional, shown};

/// The entry. [`crate::engine::kill_switch`] applies its parameters, since its rows do not come from SQL.
pub static KILL_SWITCH: LazyLock<ViewSpec> = LazyLock::new(|| ViewSpec {
    name: "kill-switch",
    schema: "KillSwitchEpisode",
    words: ViewWords {
        title: "Kill switch",
        nav: "Kill switch",
        about: "Every time trading was said to stop, and whether it did",
        noun: ("episode", "episodes"),
        search: "Search people and details",
        time: "Activated",
    },
    params: vec![
        Param::new(
            "mechanism",
            "Mechanism",
            1,
            "what stopped trading",
            Takes::word::<Mechanism>(),
        ),
        Param::new(
            "state",
            "State",
            2,
            "whether it was cleared",
            Takes::word::<State>(),
        ),
        Param::new(
            "actor",
            "Actor",
            5,
            "user id, e-mail or system: who activated or cleared it",
            Takes::Actor,
        ),
        Param::new(
            "review",
            "Review",
            4,
            "how far the review has got",
            Takes::word::<ReviewState>(),
        ),
        Param::new(
            "leaks",
            "Leaks",
            3,
            "whether trades were approved or orders created inside",
            Takes::word::<Leaks>(),
        ),
    ],
    columns: vec![
        Column::exported("id", Kind::Plain),
        Column::exported("mechanism", Kind::Plain),
        Column::exported("activated_at", Kind::Time),
        Column::exported("activated_by", Kind::Text),
        Column::exported("cleared_at", Kind::Time),
        Column::exported("cleared_by", Kind::Text),
        Column::exported("duration_seconds", Kind::Seconds),
        Column::exported("rejections", Kind::Integer),
        Column::exported("leaked_approvals", Kind::Integer),
        Column::exported("leaked_orders", Kind::Integer),
        Column::exported("review_status", Kind::Plain),
        Column::exported("reviewed_by", Kind::Text),
        Column::exported("reviewed_at", Kind::Time),
        Column::internal("due_at", Kind::Time),
    ],
    table: table(),
    kinds: &[],
    key: KeyKind::Uuid,
    // Exports are made in memory and cannot be resumed.
    resumable: false,
});

fn table() -> Vec<TableColumn> {
    vec![
        shown(
            "mechanism",
            "Mechanism",
            "c-mechanism",
            CellFormat::Mechanism,
            &["mechanism"],
        ),
        shown(
            "state",
            "State",
            "c-state",
            CellFormat::EpisodeState,
            &["cleared_at"],
        ),
        shown(
            "activated_by",
            "Activated by",
            "c-by",
            CellFormat::Text,
            &["activated_by"],
        ),
        shown(
            "lasted",
            "Duration",
            "c-lasted num",
            CellFormat::Duration,
            &["activated_at", "cleared_at"],
        ),
        shown(
            "cleared_by",
            "Cleared by",
            "c-cleared",
            CellFormat::Cleared,
            &["cleared_by"],
        ),
        shown(
            "rejections",
            "Rejected",
            "c-rejected num",
            CellFormat::Count,
            &["rejections"],
        ),
        shown(
            "leaks",
            "Leaked approvals · orders",
            "c-leaked num",
            CellFormat::Leaks,
            &["leaked_approvals", "leaked_orders"],
        ),
        shown(
            "review",
            "Review",
            "c-review",
            CellFormat::Review,
            &["review_status", "due_at"],
        ),
        optional(
            "cleared_at",
            "Cleared",
            "c-when",
            CellFormat::Cleared,
            &["cleared_at"],
        ),
        optional("id", "Id", "c-id", CellFormat::Id, &["id"]),
    ]
}
