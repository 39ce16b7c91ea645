//! Rule `clock-backwards`: rows that were written after rows with a later time.

use super::Rule;
use super::events::about;
use super::slice::{EventRow, Found, Known, Slice};

/// Rows within this many microseconds may be written in any order.
const LENIENCE: i64 = 5_000_000;
/// Number of events, from five seconds later on, that an event is compared with.
pub const COMPARED: usize = 8;

/// Finds events whose transaction is newer than those of most later events. One event with a time in the future does
/// not cause findings for others.
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
            // Transaction ids wrap around, so they are compared modulo 2^32.
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
