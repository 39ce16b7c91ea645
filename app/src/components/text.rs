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

/// Words as a sentence: a capital at the beginning, a full stop at the end.
#[must_use]
pub fn sentence(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| {
        format!("{}{}.", first.to_uppercase(), letters.as_str())
    })
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
