//! The style sheet, put together from the files in `style/`.

/// The whole style sheet. The server serves it under a path that changes with its content.
pub const STYLE: &str = "";
