//! The style sheet, put together from the files in `style/`.

/// The whole style sheet. The server serves it under a path that changes with its content.
pub const STYLE: &str = concat!(
    include_str!("../../style/layers.css"),
    include_str!("../../style/reset.css"),
    include_str!("../../style/tokens.css"),
    include_str!("../../style/base.css"),
    include_str!("../../style/layout.css"),
    include_str!("../../style/controls.css"),
    include_str!("../../style/menus.css"),
    include_str!("../../style/filter.css"),
    include_str!("../../style/marks.css"),
    include_str!("../../style/table.css"),
    include_str!("../../style/list.css"),
    include_str!("../../style/cards.css"),
    include_str!("../../style/exports.css"),
    include_str!("../../style/detail.css"),
    include_str!("../../style/calendar.css"),
    include_str!("../../style/dossier.css"),
    include_str!("../../style/timeline.css"),
    include_str!("../../style/review.css"),
    include_str!("../../style/trace.css"),
    include_str!("../../style/findings.css"),
    include_str!("../../style/views.css"),
    include_str!("../../style/pages.css"),
    include_str!("../../style/print.css"),
);
