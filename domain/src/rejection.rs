//! Rejected attempts out of `TRADE_REJECTED` rows.
//!
//! The Guard writes a rejection by the kill switch twice, milliseconds apart: an error row with
//! `reason` = `kill_switch_active`, then a warning row with a sentence. They are one attempt. Any other
//! rejection is one row.

use std::collections::{HashMap, VecDeque};

use crate::block::BlockKind;
use crate::time::Timestamp;

/// The event type of rejections.
pub const REJECTED: &str = "TRADE_REJECTED";
/// The `reason` of the error row.
pub const KILL_SWITCH_REASON: &str = "kill_switch_active";
/// Within this many microseconds the warning row of an attempt follows its error row. The engine takes
/// 2 to 8 ms; a busy machine may take longer.
pub const PAIRED_WITHIN: i64 = 2_000_000;

/// Which of the Guard's rows it is.
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
    /// Reads a row's severity and the reason in its details.
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

/// A row's place within its attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// The attempt's first or only row: it counts.
    First,
    /// The second row of an attempt that was counted.
    Second,
}

/// Pairs the rows of an ordered stream: a warning row belongs to the earliest error row of the same user
/// that is still alone and at most [`PAIRED_WITHIN`] older. A row whose partner is missing is an attempt
/// by itself.
#[derive(Clone, Debug, Default)]
pub struct Pairing<U> {
    alone: HashMap<U, VecDeque<Timestamp>>,
}

impl<U: std::hash::Hash + Eq> Pairing<U> {
    /// The place of the stream's next row.
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
    fn two_rows_are_one_attempt_also_where_attempts_interleave() {
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
    fn a_row_whose_partner_is_missing_is_an_attempt() {
        assert_eq!(attempts(&[(0, 1, Error)]), 1);
        assert_eq!(attempts(&[(0, 1, Warning)]), 1);
        assert_eq!(attempts(&[(0, 1, Error), (1, 2, Warning)]), 2);
        let late = PAIRED_WITHIN + 1;
        assert_eq!(attempts(&[(0, 1, Error), (late, 1, Warning)]), 2);
        assert_eq!(attempts(&[(0, 1, Error), (1, 1, Other)]), 2);
    }

    #[test]
    fn the_guards_rows_are_told_apart() {
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
