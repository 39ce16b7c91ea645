//! Detects rows that were committed late, by changed row counts of recent minutes.

use std::collections::BTreeMap;

use domain::dossier::Span;
use domain::finding::slice::CONTEXT;
use domain::time::Timestamp;

/// Rows that are committed up to this many microseconds late are found: five minutes.
const LOOK_BACK: i64 = 5 * MINUTE;
/// Interval of counting in microseconds.
const EVERY: i64 = 10_000_000;
const MINUTE: i64 = 60_000_000;

/// Row counts of recent minutes.
#[derive(Default)]
pub struct Recent {
    counted_at: Option<Timestamp>,
    counts: BTreeMap<Timestamp, i64>,
}

impl Recent {
    /// Start of the minutes to count; `None` if they were counted less than [`EVERY`] ago.
    pub fn due(&mut self, until: Timestamp) -> Option<Timestamp> {
        let since = self.counted_at.map(|at| until.micros_since(at));
        if since.is_some_and(|since| (0..EVERY).contains(&since)) {
            return None;
        }
        self.counted_at = Some(until);
        let from = until.plus_micros(-LOOK_BACK).postgres_micros();
        let minute = from.div_euclid(MINUTE).saturating_mul(MINUTE);
        Some(Timestamp::from_postgres_micros(minute))
    }

    /// Stores the new counts and returns the spans around minutes whose counts have changed. On the first call, all
    /// have. The current minute is left out, since it is scanned anyway.
    pub fn changed(&mut self, counts: Vec<(Timestamp, i64)>, until: Timestamp) -> Vec<Span> {
        let mut spans: Vec<Span> = Vec::new();
        let counts: BTreeMap<Timestamp, i64> = counts.into_iter().collect();
        for (minute, count) in &counts {
            let end = minute.plus_micros(MINUTE);
            if end > until || self.counts.get(minute) == Some(count) {
                continue;
            }
            let (from, to) = (
                minute.plus_micros(-CONTEXT),
                end.plus_micros(CONTEXT).min(until),
            );
            match spans.last_mut() {
                Some(last) if last.to >= from => last.to = to,
                _ => spans.push(Span { from, to }),
            }
        }
        self.counts = counts;
        self.counts
            .retain(|minute, _| minute.plus_micros(MINUTE) <= until);
        spans
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn minute(number: i64) -> Timestamp {
        Timestamp::from_postgres_micros(number * MINUTE)
    }

    #[test]
    fn a_minute_with_new_rows_is_rescanned_with_its_context() {
        let mut recent = Recent::default();
        let until = minute(5);
        assert_eq!(recent.due(until), Some(minute(0)));
        assert_eq!(recent.due(until.plus_micros(EVERY - 1)), None);
        let first = recent.changed(vec![(minute(1), 7), (minute(3), 7)], until);
        assert_eq!(first.len(), 2);
        assert_eq!(recent.due(until.plus_micros(EVERY)), Some(minute(0)));
        let late = recent.changed(vec![(minute(1), 8), (minute(3), 7)], until);
        let wanted = Span {
            from: minute(1).plus_micros(-CONTEXT),
            to: minute(2).plus_micros(CONTEXT),
        };
        assert_eq!(late, [wanted]);
        assert!(
            recent
                .changed(vec![(minute(1), 8), (minute(3), 7)], until)
                .is_empty()
        );
    }

    #[test]
    fn adjacent_minutes_are_merged_and_the_current_one_is_skipped() {
        let mut recent = Recent::default();
        let until = minute(3).plus_micros(1);
        let spans = recent.changed(vec![(minute(1), 1), (minute(2), 1), (minute(3), 1)], until);
        assert_eq!(spans.len(), 1);
        assert_eq!(spans[0].to, until);
    }
}
