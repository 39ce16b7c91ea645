//! Rows that were written after rows that bear a later time.

use std::collections::BinaryHeap;

use super::Rule;
use super::events::about;
use super::slice::{CONTEXT, EventRow, Found, Slice};

/// Rows that lie no further apart than this, in microseconds, may be written in any order.
const LENIENCE: i64 = 5_000_000;

/// An event that rows of a later time are still compared with, the youngest transaction first.
struct Earlier<'a> {
    event: &'a EventRow,
    /// Counted from the slice's first, so that the numbers' turn-over does no harm.
    transaction: i32,
}

/// Finds events whose transaction is younger than that of an event between [`LENIENCE`] and [`CONTEXT`]
/// later.
pub(super) fn look(slice: &Slice, found: &mut Found) {
    let Some(base) = slice.events.iter().find_map(|event| event.transaction) else {
        return;
    };
    let since_base = |event: &EventRow| Some(event.transaction?.wrapping_sub(base).cast_signed());
    let mut ripening = slice.events.iter().peekable();
    let mut earlier: BinaryHeap<Earlier<'_>> = BinaryHeap::new();
    for event in &slice.events {
        let Some(transaction) = since_base(event) else {
            continue;
        };
        while let Some(ripe) = ripening.next_if(|ripe| event.at.micros_since(ripe.at) > LENIENCE) {
            if let Some(transaction) = since_base(ripe)
                && slice.span.contains(ripe.at)
            {
                earlier.push(Earlier {
                    event: ripe,
                    transaction,
                });
            }
        }
        while earlier
            .peek()
            .is_some_and(|top| top.transaction > transaction)
        {
            if let Some(top) = earlier.pop()
                && event.at.micros_since(top.event.at) <= CONTEXT
            {
                let name = &top.event.event_type;
                let summary =
                    format!("{name} was written, or changed, after events that bear a later time.");
                found.add(Rule::ClockBackwards, about(top.event), summary);
            }
        }
        if earlier.len() > MOST_EARLIER {
            let within = |top: &Earlier<'_>| event.at.micros_since(top.event.at) <= CONTEXT;
            earlier.retain(within);
        }
    }
}

/// When so many wait, those too old to be compared are let go.
const MOST_EARLIER: usize = 100_000;

impl Ord for Earlier<'_> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.transaction, self.event.id).cmp(&(other.transaction, other.event.id))
    }
}

impl PartialOrd for Earlier<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Earlier<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Earlier<'_> {}
