//! Invisible characters: controls, and characters that only affect how others are shown.

/// General categories Cc, Cf, Zl and Zp of Unicode 16, and characters with the property `Default_Ignorable_Code_Point`:
/// first and last of each range, in order.
pub const INVISIBLE: [(char, char); 27] = [
    ('\u{0}', '\u{1f}'),
    ('\u{7f}', '\u{9f}'),
    ('\u{ad}', '\u{ad}'),
    ('\u{34f}', '\u{34f}'),
    ('\u{600}', '\u{605}'),
    ('\u{61c}', '\u{61c}'),
    ('\u{6dd}', '\u{6dd}'),
    ('\u{70f}', '\u{70f}'),
    ('\u{890}', '\u{891}'),
    ('\u{8e2}', '\u{8e2}'),
    ('\u{115f}', '\u{1160}'),
    ('\u{17b4}', '\u{17b5}'),
    ('\u{180b}', '\u{180f}'),
    ('\u{200b}', '\u{200f}'),
    ('\u{2028}', '\u{202e}'),
    ('\u{2060}', '\u{206f}'),
    ('\u{3164}', '\u{3164}'),
    ('\u{fe00}', '\u{fe0f}'),
    ('\u{feff}', '\u{feff}'),
    ('\u{ffa0}', '\u{ffa0}'),
    ('\u{fff0}', '\u{fffb}'),
    ('\u{110bd}', '\u{110bd}'),
    ('\u{110cd}', '\u{110cd}'),
    ('\u{13430}', '\u{1343f}'),
    ('\u{1bca0}', '\u{1bca3}'),
    ('\u{1d173}', '\u{1d17a}'),
    ('\u{e0000}', '\u{e0fff}'),
];

/// Whether `char` is one of [`INVISIBLE`].
#[must_use]
pub fn is_invisible(char: char) -> bool {
    let after = INVISIBLE.partition_point(|(first, _)| *first <= char);
    after > 0 && char <= INVISIBLE[after - 1].1
}

#[cfg(test)]
mod tests {
    use super::*;
    use unicode_properties::{GeneralCategory, UnicodeGeneralCategory as _};

    #[test]
    fn ranges_are_sorted_and_disjoint() {
        for (first, last) in INVISIBLE {
            assert!(first <= last, "{first:?}");
        }
        for pair in INVISIBLE.windows(2) {
            assert!(u32::from(pair[0].1) + 1 < u32::from(pair[1].0), "{pair:?}");
        }
    }

    #[test]
    fn all_control_and_format_characters_are_included_and_letters_are_not() {
        for char in '\0'..=char::MAX {
            let steers = matches!(
                char.general_category(),
                GeneralCategory::Control
                    | GeneralCategory::Format
                    | GeneralCategory::LineSeparator
                    | GeneralCategory::ParagraphSeparator
            );
            assert!(!steers || is_invisible(char), "{char:?}");
        }
        for char in [
            'a', ' ', '\u{a0}', 'ü', '\u{308}', 'а', '中', '😀', '\u{fffd}',
        ] {
            assert!(!is_invisible(char), "{char:?}");
        }
    }
}
