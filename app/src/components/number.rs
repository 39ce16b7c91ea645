//! Amounts exactly as stored, and confidences.

use domain::amount::{Amount, group_thousands};
use domain::trade::confidence_label;
use leptos::prelude::*;

/// An amount with every stored digit; zeros at its end step back.
pub fn amount(amount: &Amount) -> AnyView {
    digits(&amount.grouped())
}

/// A number as some json spells it, if it is one; other text as it is.
pub fn spelled(text: &str) -> AnyView {
    digits(&group_thousands(text))
}

fn digits(text: &str) -> AnyView {
    let kept = kept_digits(text);
    let (lead, zeros) = text.split_at(kept);
    let zeros =
        (!zeros.is_empty()).then(|| view! { <span class="zeros">{zeros.to_owned()}</span> });
    view! { <bdi>{lead.to_owned()}{zeros}</bdi> }.into_any()
}

/// How many bytes of a printed decimal come before the zeros at its end (and a point before those).
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

/// A confidence with its bar; what is no number from 0 to 1 is said to be out of range.
pub fn confidence(score: f64) -> AnyView {
    if !(0.0..=1.0).contains(&score) {
        let label = confidence_label(score);
        return view! { <span class="odd" title="outside 0 to 1">{label}</span> }.into_any();
    }
    let width = format!("{:.1}", score * 42.0);
    view! {
        <span class="conf">
            <svg class="conf-bar" width="42" height="4" viewBox="0 0 42 4" aria-hidden="true">
                <rect class="conf-track" width="42" height="4" rx="2"></rect>
                <rect class="conf-fill" width=width height="4" rx="2"></rect>
            </svg>
            {confidence_label(score)}
        </span>
    }
    .into_any()
}

/// A confidence as some json spells it.
pub fn spelled_confidence(text: &str) -> AnyView {
    match text.parse::<f64>() {
        Ok(score) if (0.0..=1.0).contains(&score) => confidence(score),
        _ => view! { <span class="odd" title="no number from 0 to 1"><bdi>{text.to_owned()}</bdi></span> }
            .into_any(),
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
