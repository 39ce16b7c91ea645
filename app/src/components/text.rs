//! Text that somebody else wrote, and words of the console's own.

use leptos::prelude::*;

/// Stored text: escaped, and isolated so that a right-to-left mark in it cannot reorder what stands
/// around it.
pub fn stored(text: impl Into<String>) -> impl IntoView {
    view! { <bdi>{text.into()}</bdi> }
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

/// At most `most` characters; an ellipsis says that there are more.
#[must_use]
pub fn cut(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// Stored text of at most `most` characters, with its whole on hover where it is longer.
pub fn brief(text: String, most: usize) -> AnyView {
    let shown = cut(&text, most);
    let whole = (shown != text).then_some(text);
    view! { <bdi title=whole>{shown}</bdi> }.into_any()
}

/// Words as a sentence: a capital at the beginning, a full stop at the end.
#[must_use]
pub fn sentence(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| {
        format!("{}{}.", first.to_uppercase(), letters.as_str())
    })
}

/// For an attribute between double quotes, and for where the renderer does not escape: the content of a
/// `<textarea>`, and what is set as `inner_html`.
#[must_use]
pub fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
    }
    out
}

/// Stored text, where there is some.
pub fn stored_or_none(text: Option<&str>) -> AnyView {
    text.map_or_else(none, |text| stored(text).into_any())
}

/// A value that is not there.
pub fn none() -> AnyView {
    view! { <span class="none">"none"</span> }.into_any()
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
