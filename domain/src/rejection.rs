//! Counts rejected attempts from `TRADE_REJECTED` rows.
//!
//! The Guard writes a rejection by the kill switch as two rows, milliseconds apart: an error row with `reason` =
//! `kill_switch_active`, then a warning row with a sentence. They are one attempt. Every other rejection is one row.

use std::collections::{HashMap, VecDeque};

use crate::block::BlockKind;
use crate::time::Timestamp;

/// The event type of rejections.
pub const REJECTED: &str = "TRADE_REJECTED";
/// The `reason` of the error row.
pub const KILL_SWITCH_REASON: &str = "kill_switch_active";
/// Maximum microseconds between the error row and the warning row of an attempt. The engine takes 2 to 8 ms; a busy
/// machine may take longer.
pub const PAIRED_WITHIN: i64 = 2_000_000;

/// Kind of a rejection's row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RejectionRow {
    /// The error row of a rejection by the kill switch.
    KillSwitchError,
    /// The warning row of a rejection by the kill switch.
    KillSwitchWarning,
    /// Any other rejection.
    Other,
}

impl RejectionRow {
    /// Determines the kind from a row's severity and the reason in its details.
    #[must_use]
    pub fn of(severity: &str, reason: Option<&str>) -> Self {
        let reason = reason.unwrap_or_default();
        if severity == "error" && reason == KILL_SWITCH_REASON {
            Self::KillSwitchError
        } else if severity == "warning" && BlockKind::of(reason) == BlockKind::KillSwitch {
            Self::KillSwitchWarning
        } else {
            Self::Other
        }
    }
}

/// A row's position in its attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// The first or only row of an attempt, which counts.
    First,
    /// The second row of an attempt, which does not count again.
    Second,
}

/// Pairs the rows of an ordered stream. A warning row belongs to the earliest unpaired error row of the same user that
/// is at most [`PAIRED_WITHIN`] older. A row without a partner is an attempt by itself.
#[derive(Clone, Debug, Default)]
pub struct Pairing<U> {
    alone: HashMap<U, VecDeque<Timestamp>>,
}

impl<U: std::hash::Hash + Eq> Pairing<U> {
    /// The position of the next row.
    pub fn place(&mut self, at: Timestamp, user: U, row: RejectionRow) -> Place {
        match row {
            RejectionRow::Other => Place::First,
            RejectionRow::KillSwitchError => {
                self.alone.entry(user).or_default().push_back(at);
                Place::First
            }
            RejectionRow::KillSwitchWarning => {
                let Some(alone) = self.alone.get_mut(&user) else {
                    return Place::First;
                };
                while let Some(error) = alone.pop_front() {
                    if at.micros_since(error) <= PAIRED_WITHIN {
                        return Place::Second;
                    }
                }
                Place::First
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use RejectionRow::{KillSwitchError as Error, KillSwitchWarning as Warning, Other};

    fn attempts(rows: &[(i64, u8, RejectionRow)]) -> usize {
        let mut pairing = Pairing::default();
        rows.iter()
            .filter(|(at, user, row)| {
                pairing.place(Timestamp::from_postgres_micros(*at), *user, *row) == Place::First
            })
            .count()
    }

    #[test]
    fn paired_rows_are_one_attempt_even_when_interleaved() {
        assert_eq!(attempts(&[(0, 1, Error), (3_000, 1, Warning)]), 1);
        let interleaved = [
            (0, 1, Error),
            (10, 1, Error),
            (20, 2, Error),
            (3_000, 1, Warning),
            (3_010, 2, Warning),
            (3_020, 1, Warning),
        ];
        assert_eq!(attempts(&interleaved), 3);
    }

    #[test]
    fn an_unpaired_row_is_an_attempt() {
        assert_eq!(attempts(&[(0, 1, Error)]), 1);
        assert_eq!(attempts(&[(0, 1, Warning)]), 1);
        assert_eq!(attempts(&[(0, 1, Error), (1, 2, Warning)]), 2);
        let late = PAIRED_WITHIN + 1;
        assert_eq!(attempts(&[(0, 1, Error), (late, 1, Warning)]), 2);
        assert_eq!(attempts(&[(0, 1, Error), (1, 1, Other)]), 2);
    }

    #[test]
    fn kinds_of_rejection_rows_are_recognised() {
        let sentence = Some("Emergency stop is active - trading is halted");
        assert_eq!(RejectionRow::of("error", Some(KILL_SWITCH_REASON)), Error);
        assert_eq!(RejectionRow::of("warning", sentence), Warning);
        assert_eq!(RejectionRow::of("error", sentence), Other);
        assert_eq!(
            RejectionRow::of("warning", Some("Position size limit exceeded")),
            Other
        );
        assert_eq!(RejectionRow::of("warning", None), Other);
    }
}
