//! The scale of a time axis, in percent of its width. Percentages keep shapes and text at their size
//! on any screen.

use domain::dossier::Span;
use domain::time::Timestamp;

/// The span as a horizontal line.
#[derive(Clone, Copy, Debug)]
pub struct Scale {
    /// What it shows.
    pub span: Span,
}

impl Scale {
    /// Thousandths of a percent from the left, 0 to 100,000; what lies outside stands at the edge.
    #[must_use]
    pub fn place(self, at: Timestamp) -> i64 {
        let length = i128::from(self.span.micros().max(1));
        let from_left = i128::from(at.micros_since(self.span.from)) * 100_000 / length;
        i64::try_from(from_left.clamp(0, 100_000)).unwrap_or(0)
    }

    /// The place as an attribute: `43.210%`.
    #[must_use]
    pub fn x(self, at: Timestamp) -> String {
        percent(self.place(at))
    }

    /// The moment this share of the span from its beginning.
    #[must_use]
    pub fn moment(self, part: i64, of: i64) -> Timestamp {
        let micros = i128::from(self.span.micros()) * i128::from(part) / i128::from(of.max(1));
        self.span
            .from
            .plus_micros(i64::try_from(micros).unwrap_or(i64::MAX))
    }

    /// Whether `at` is drawn at all.
    #[must_use]
    pub fn shows(self, at: Timestamp) -> bool {
        self.span.from <= at && at <= self.span.to
    }
}

/// Thousandths of a percent as an attribute.
#[must_use]
pub fn percent(thousandths: i64) -> String {
    format!("{}.{:03}%", thousandths / 1_000, thousandths % 1_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_shares_of_the_span() {
        let from = Timestamp::from_postgres_micros(0);
        let scale = Scale {
            span: Span {
                from,
                to: from.plus_micros(3_000),
            },
        };
        assert_eq!(scale.x(from.plus_micros(1_000)), "33.333%");
        assert_eq!(scale.x(from.plus_micros(-5)), "0.000%");
        assert_eq!(scale.x(Timestamp::INFINITY), "100.000%");
        assert_eq!(scale.moment(1, 3), from.plus_micros(1_000));
    }

    #[test]
    fn a_span_without_length_divides_nothing() {
        let at = Timestamp::from_postgres_micros(7);
        let scale = Scale {
            span: Span { from: at, to: at },
        };
        assert_eq!(scale.x(at), "0.000%");
    }
}
