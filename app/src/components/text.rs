//! Stored text of other writers, and text helpers of the console.

use std::borrow::Cow;

use leptos::either::Either;
use leptos::prelude::*;

use super::html::{Html, written};
use super::visible::{visible, write_visible};

/// Stored text. It is escaped, isolated so that right-to-left letters do not reorder the surrounding text, and each
/// invisible character is marked.
#[component]
#[allow(
    clippy::elidable_lifetime_names,
    reason = "the struct of the props needs its name"
)]
pub fn Stored<'a>(
    /// The text.
    #[prop(into)]
    text: Cow<'a, str>,
    /// The element's class.
    #[prop(optional)]
    class: Option<&'static str>,
) -> impl IntoView + use<> {
    written(|html| {
        html.raw("<bdi").attribute("class", class).raw(">");
        write_visible(html, &text);
        html.raw("</bdi>");
    })
}

/// Writes [`Stored`] without a class.
pub fn write_stored(html: &mut Html, text: &str) {
    html.raw("<bdi>");
    write_visible(html, text);
    html.raw("</bdi>");
}

/// Stored text with its line breaks. Only invisible characters are marked.
#[component]
pub fn StoredLines<'a>(
    /// The text.
    text: &'a str,
) -> impl IntoView + use<> {
    written(|html| {
        html.raw("<pre class=\"raw\">");
        write_visible(html, text);
        html.raw("</pre>");
    })
}

/// A whole number with its thousands separated: `2,148`.
#[must_use]
pub fn grouped(number: u64) -> String {
    domain::amount::group_thousands(&number.to_string())
}

/// A number with its noun: `1 decision`, `2,148 decisions`.
#[must_use]
pub fn counted(number: u64, (one, many): (&str, &str)) -> String {
    format!(
        "{} {}",
        grouped(number),
        if number == 1 { one } else { many }
    )
}

/// The first eight characters of an id, enough to tell it from its neighbours.
#[must_use]
pub fn short_id(id: &impl ToString) -> String {
    id.to_string().chars().take(8).collect()
}

/// At most `most` characters, with an ellipsis if there are more.
#[must_use]
pub fn cut(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// Stored text of at most `most` characters; longer text has its whole as tooltip.
#[component]
#[allow(
    clippy::elidable_lifetime_names,
    reason = "the struct of the props needs its name"
)]
pub fn Brief<'a>(
    /// The text.
    #[prop(into)]
    text: Cow<'a, str>,
    /// Most characters that are shown.
    most: usize,
) -> impl IntoView + use<> {
    let shown = cut(&text, most);
    let whole = (shown != text).then(|| visible(&text));
    written(|html| {
        html.raw("<bdi")
            .attribute("title", whole.as_deref())
            .raw(">");
        write_visible(html, &shown);
        html.raw("</bdi>");
    })
}

/// Words as a sentence: a capital at the beginning, a full stop at the end.
#[must_use]
pub fn sentence(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| {
        format!("{}{}.", first.to_uppercase(), letters.as_str())
    })
}

/// Stored text, where there is some.
#[component]
pub fn StoredOrNone<'a>(
    /// The text.
    text: Option<&'a str>,
) -> impl IntoView + use<> {
    written(|html| write_stored_or_none(html, text))
}

/// Writes [`StoredOrNone`].
pub fn write_stored_or_none(html: &mut Html, text: Option<&str>) {
    or_none(html, text, write_stored);
}

/// A value's view, where there is one.
#[component]
pub fn OrNone<V: IntoView + 'static>(
    /// The view of the value.
    view: Option<V>,
) -> impl IntoView {
    match view {
        Some(view) => Either::Left(view),
        None => Either::Right(view! { <NoValue /> }),
    }
}

/// Writes a value with `write`, or "none".
pub fn or_none<T>(html: &mut Html, value: Option<T>, write: impl FnOnce(&mut Html, T)) {
    match value {
        Some(value) => write(html, value),
        None => write_none(html),
    }
}

/// A value that is not there.
#[component]
pub fn NoValue() -> impl IntoView {
    written(write_none)
}

/// Writes [`NoValue`].
pub fn write_none(html: &mut Html) {
    html.raw("<span class=\"none\">none</span>");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_nouns_agree() {
        assert_eq!(counted(1, ("decision", "decisions")), "1 decision");
        assert_eq!(counted(2_148, ("decision", "decisions")), "2,148 decisions");
    }

    #[test]
    fn long_text_is_cut_between_characters() {
        assert_eq!(cut("äöü", 2), "äö…");
        assert_eq!(cut("äö", 2), "äö");
    }
}
