//! Rows that were written after rows that bear a later time.

use super::Rule;
use super::events::about;
use super::slice::{EventRow, Found, Known, Slice};

/// Rows that lie no further apart than this, in microseconds, may be written in any order.
const LENIENCE: i64 = 5_000_000;
/// So many of the events that follow after five seconds are compared.
pub const COMPARED: usize = 8;

/// Finds events whose transaction is younger than those of most of the events that follow by their time. One
/// event that bears too late a time makes no other a finding.
pub(super) fn look(slice: &Slice, known: &Known<'_>, found: &mut Found) {
    let mut later = 0;
    for event in &slice.events {
        let is_later = |other: &EventRow| other.at.micros_since(event.at) > LENIENCE;
        while slice
            .events
            .get(later)
            .is_some_and(|other| !is_later(other))
        {
            later += 1;
        }
        let Some(transaction) = event.transaction.filter(|_| slice.span.contains(event.at)) else {
            continue;
        };
        let following = slice
            .events
            .iter()
            .skip(later)
            .chain(slice.following.iter().filter(|other| is_later(other)));
        let (mut older, mut compared) = (0, 0);
        let known_by_now = following.filter(|other| other.at <= known.now);
        for other in known_by_now
            .filter_map(|other| other.transaction)
            .take(COMPARED)
        {
            compared += 1;
            // The numbers turn over: they are compared as on a clock.
            older += usize::from(other.wrapping_sub(transaction).cast_signed() < 0);
        }
        if 2 * older > compared {
            let kind = &event.event_type;
            let summary =
                format!("{kind} was written, or changed, after events that bear a later time.");
            found.add(Rule::ClockBackwards, about(event), summary);
        }
    }
}
