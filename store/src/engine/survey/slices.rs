//! Selects the slices of time that a sample reads.

use domain::histogram::Buckets;
use domain::time::Timestamp;

/// Minimum number of slices in total.
const SLICES: usize = 600;
/// Minimum number of slices per bucket; their variance gives the error of the sum.
const A_BUCKET: usize = 4;
/// Fractional part of the golden ratio. Its multiples are evenly spread and do not align with periodic rows.
const GOLDEN: f64 = 0.618_033_988_749_894_8;

/// A sample of slices of time.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Slices {
    /// Start of each slice.
    pub begins: Vec<Timestamp>,
    /// End of each slice, exclusive.
    pub ends: Vec<Timestamp>,
    /// Bucket of each slice.
    pub buckets: Vec<usize>,
    /// Factor by which each slice's rows are multiplied.
    pub weights: Vec<f64>,
}

impl Slices {
    /// Slices that make up the fraction `share` (0 to 1) of each bucket within `covers`. A bucket is divided into equal
    /// parts, with one slice at a varying offset in each.
    #[allow(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        reason = "microseconds of a calendar's range, cut to whole ones"
    )]
    pub fn over(buckets: &Buckets, covers: (Timestamp, Timestamp), share: f64) -> Self {
        let parts = (SLICES / buckets.len().max(1)).max(A_BUCKET);
        let mut slices = Self::default();
        for (bucket, (begin, end)) in buckets.spans().enumerate() {
            let begin = begin.max(covers.0);
            let end = end.min(covers.1.plus_micros(1));
            let length = end.micros_since(begin) as f64 / parts as f64;
            if length < 1.0 {
                continue;
            }
            let taken = (length * share).max(1.0).floor();
            for part in 0..parts {
                let nth = slices.begins.len() as f64;
                let offset = (nth * GOLDEN).fract() * (length - taken);
                let at = begin.plus_micros((length * part as f64 + offset) as i64);
                slices.begins.push(at);
                slices.ends.push(at.plus_micros(taken as i64));
                slices.buckets.push(bucket);
                slices.weights.push(length / taken);
            }
        }
        slices
    }

    /// Extrapolates the total from the rows of each slice. Also returns the relative error at 95 % confidence (0 to 1),
    /// from the variance within buckets.
    #[allow(clippy::cast_precision_loss, reason = "rows of a sample")]
    pub fn sum(&self, rows: &[u64]) -> (f64, f64) {
        let mut sum = 0.0;
        let mut variance = 0.0;
        let mut at = 0;
        while at < rows.len() {
            let bucket = self.buckets[at];
            let end = (at..rows.len())
                .find(|next| self.buckets[*next] != bucket)
                .unwrap_or(rows.len());
            let held: Vec<f64> = rows[at..end].iter().map(|rows| *rows as f64).collect();
            let count = held.len() as f64;
            let weight = self.weights[at];
            let mean = held.iter().sum::<f64>() / count;
            let spread: f64 = held.iter().map(|held| (held - mean).powi(2)).sum();
            sum += weight * mean * count;
            if count > 1.0 {
                variance += weight * weight * count * spread / (count - 1.0);
            }
            at = end;
        }
        let within = if sum > 0.0 {
            1.96 * variance.sqrt() / sum
        } else {
            1.0
        };
        (sum, within.min(1.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono_tz::Tz;

    fn month() -> (Buckets, (Timestamp, Timestamp)) {
        let from = Timestamp::parse_rfc3339("2026-10-01T00:00:00Z").unwrap();
        let covers = (from, from.plus_micros(30 * 86_400_000_000 - 1));
        let buckets = Buckets::covering(covers.0, covers.1, Tz::UTC, Buckets::MOST).unwrap();
        (buckets, covers)
    }

    #[test]
    fn slices_are_inside_their_buckets_and_do_not_overlap() {
        let (buckets, covers) = month();
        let slices = Slices::over(&buckets, covers, 0.01);
        assert!(slices.begins.len() >= SLICES);
        for (at, begin) in slices.begins.iter().enumerate() {
            let bucket = slices.buckets[at];
            assert!(*begin >= buckets.edges[bucket]);
            assert!(slices.ends[at] <= buckets.edges[bucket + 1]);
            assert!(at == 0 || *begin >= slices.ends[at - 1]);
        }
        let whole: f64 = (0..slices.begins.len())
            .map(|at| {
                let length = slices.ends[at].micros_since(slices.begins[at]);
                f64::from(u32::try_from(length).unwrap()) * slices.weights[at]
            })
            .sum();
        assert!((whole / (30.0 * 86_400_000_000.0) - 1.0).abs() < 1e-6);
    }

    #[test]
    #[allow(clippy::cast_precision_loss, reason = "hundreds of slices")]
    fn error_is_zero_for_even_rows_and_positive_for_uneven_ones() {
        let (buckets, covers) = month();
        let slices = Slices::over(&buckets, covers, 0.01);
        let (sum, within) = slices.sum(&vec![3; slices.begins.len()]);
        assert!((sum / (3.0 * slices.begins.len() as f64 * 100.0) - 1.0).abs() < 0.01);
        assert!(within < 1e-9);
        let uneven: Vec<u64> = (0..slices.begins.len() as u64).map(|nth| nth % 4).collect();
        assert!(slices.sum(&uneven).1 > 0.02);
    }
}
