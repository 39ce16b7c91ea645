//! Amounts with every stored digit, and confidences.

use domain::amount::{Amount, group_thousands};
use domain::trade::confidence_label;
use leptos::prelude::*;

use super::html::{Html, written};
use super::text::write_stored;
use super::visible::write_visible;

/// An amount with every stored digit. Trailing zeros are muted.
#[component]
pub fn AmountValue<'a>(
    /// The amount.
    amount: &'a Amount,
) -> impl IntoView + use<> {
    written(|html| write_amount(html, amount))
}

/// Writes [`AmountValue`].
pub fn write_amount(html: &mut Html, amount: &Amount) {
    write_digits(html, &amount.grouped());
}

/// A number as spelled in JSON; other text is shown unchanged.
#[component]
pub fn SpelledNumber<'a>(
    /// The number as it is spelled.
    text: &'a str,
) -> impl IntoView + use<> {
    written(|html| write_spelled(html, text))
}

/// Writes [`SpelledNumber`].
pub fn write_spelled(html: &mut Html, text: &str) {
    write_digits(html, &group_thousands(text));
}

fn write_digits(html: &mut Html, text: &str) {
    let (lead, zeros) = text.split_at(kept_digits(text));
    html.raw("<bdi>");
    write_visible(html, lead);
    if !zeros.is_empty() {
        html.raw("<span class=\"zeros\">");
        html.text(zeros).raw("</span>");
    }
    html.raw("</bdi>");
}

/// The length of a printed decimal without trailing zeros and a trailing point, in bytes.
fn kept_digits(text: &str) -> usize {
    let is_decimal = text.contains('.')
        && text
            .bytes()
            .all(|byte| byte.is_ascii_digit() || b",.-".contains(&byte));
    if is_decimal {
        text.trim_end_matches('0').trim_end_matches('.').len()
    } else {
        text.len()
    }
}

/// A confidence with a bar. A value outside 0 to 1 is marked as out of range.
#[component]
pub fn Confidence(
    /// The confidence; 0 to 1 if it is valid.
    score: f64,
) -> impl IntoView {
    written(|html| write_confidence(html, score))
}

/// Writes [`Confidence`].
pub fn write_confidence(html: &mut Html, score: f64) {
    let label = confidence_label(score);
    if (0.0..=1.0).contains(&score) {
        html.raw("<span class=\"conf\"><svg class=\"conf-bar\" aria-hidden=\"true\"><rect/><rect width=\"");
        html.print(format_args!("{:.1}", score * 42.0));
        html.raw("\"/></svg>").text(&label).raw("</span>");
    } else {
        html.raw("<span class=\"suspect-value\" title=\"outside 0 to 1\">");
        html.text(&label).raw("</span>");
    }
}

/// A confidence as spelled in JSON.
#[component]
pub fn SpelledConfidence<'a>(
    /// The confidence as it is spelled.
    text: &'a str,
) -> impl IntoView + use<> {
    written(|html| write_spelled_confidence(html, text))
}

/// Writes [`SpelledConfidence`].
pub fn write_spelled_confidence(html: &mut Html, text: &str) {
    match text.parse::<f64>() {
        Ok(score) if (0.0..=1.0).contains(&score) => write_confidence(html, score),
        _ => {
            html.raw("<span class=\"suspect-value\" title=\"no number from 0 to 1\">");
            write_stored(html, text);
            html.raw("</span>");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_zeros_behind_the_point_step_back() {
        assert_eq!(kept_digits("1,000.50000000"), "1,000.5".len());
        assert_eq!(kept_digits("3.00"), 1);
        assert_eq!(kept_digits("100"), 3);
        assert_eq!(kept_digits("v1.00"), 5);
    }
}
