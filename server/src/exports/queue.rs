//! The line of exports: a few run at once, others wait for their turn in the order in which they came.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use store::access::Subject;
use tokio::sync::oneshot;

use super::refusal::Refusal;

/// How many exports a line takes.
#[derive(Clone, Copy, Debug)]
pub struct QueueLimits {
    /// That run at the same time.
    pub running: usize,
    /// That wait.
    pub waiting: usize,
    /// Of one person, waiting or running.
    pub of_one: usize,
}

/// The console's.
pub const LIMITS: QueueLimits = QueueLimits {
    running: 4,
    waiting: 32,
    of_one: 4,
};

/// The line, as long as the console runs.
pub struct ExportQueue {
    bounds: QueueLimits,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// Tickets given out so far; the next one's number.
    given: u64,
    running: Vec<(u64, Subject)>,
    waiting: VecDeque<Waiting>,
}

struct Waiting {
    number: u64,
    owner: Subject,
    call: oneshot::Sender<()>,
}

impl ExportQueue {
    /// An empty line.
    #[must_use]
    pub fn new(bounds: QueueLimits) -> Self {
        Self {
            bounds,
            state: Mutex::default(),
        }
    }

    /// Joins the line at its end; where nobody waits and there is room, the ticket's turn has come.
    ///
    /// # Errors
    /// When too many wait, or too many are this person's already.
    pub fn join(self: &Arc<Self>, owner: Subject) -> Result<QueueSlot, Refusal> {
        let mut state = self.state();
        if state.of(owner) >= self.bounds.of_one {
            return Err(Refusal::TooManyOfOne(self.bounds.of_one));
        }
        let number = state.given;
        // Whoever waits is called as soon as there is room: where there is some, nobody waits.
        let (place, call) = if state.running.len() < self.bounds.running {
            state.running.push((number, owner));
            (0, None)
        } else if state.waiting.len() < self.bounds.waiting {
            let (call, called) = oneshot::channel();
            state.waiting.push_back(Waiting {
                number,
                owner,
                call,
            });
            (state.waiting.len(), Some(called))
        } else {
            return Err(Refusal::Full);
        };
        state.given += 1;
        Ok(QueueSlot {
            queue: Arc::clone(self),
            number,
            place,
            call,
        })
    }

    /// The place at which the ticket of this number waits now: 1 is next, 0 waits no longer.
    #[must_use]
    pub fn place(&self, number: u64) -> usize {
        let state = self.state();
        let mut waiting = state.waiting.iter();
        waiting
            .position(|waiting| waiting.number == number)
            .map_or(0, |before| before + 1)
    }

    fn leave(&self, number: u64) {
        let mut state = self.state();
        state.waiting.retain(|waiting| waiting.number != number);
        state.running.retain(|(running, _)| *running != number);
        while state.running.len() < self.bounds.running
            && let Some(next) = state.waiting.pop_front()
        {
            state.running.push((next.number, next.owner));
            // One that is leaving at this moment does not hear it, and makes room again.
            let _ = next.call.send(());
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // No code that holds it panics.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn of(&self, owner: Subject) -> usize {
        let running = self.running.iter().filter(|(_, of)| *of == owner);
        let waiting = self.waiting.iter().filter(|one| one.owner == owner);
        running.count() + waiting.count()
    }
}

/// A place in the line, or among those that run; dropping it makes room.
pub struct QueueSlot {
    queue: Arc<ExportQueue>,
    number: u64,
    place: usize,
    call: Option<oneshot::Receiver<()>>,
}

impl QueueSlot {
    /// What tells it from every other.
    #[must_use]
    pub const fn number(&self) -> u64 {
        self.number
    }

    /// The place at which it joined: 0 is at once, 1 was next.
    #[must_use]
    pub const fn place(&self) -> usize {
        self.place
    }

    /// Waits for its turn.
    ///
    /// # Errors
    /// When it has not come after `patience`.
    pub async fn turn(&mut self, patience: Duration) -> Result<(), Refusal> {
        let Some(called) = self.call.take() else {
            return Ok(());
        };
        match tokio::time::timeout(patience, called).await {
            Ok(_) => Ok(()),
            Err(_) => Err(Refusal::Waited),
        }
    }
}

impl Drop for QueueSlot {
    fn drop(&mut self) {
        self.queue.leave(self.number);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::FutureExt as _;
    use uuid::Uuid;

    const SOON: Duration = Duration::from_mins(1);

    fn queue() -> Arc<ExportQueue> {
        Arc::new(ExportQueue::new(QueueLimits {
            running: 2,
            waiting: 3,
            of_one: 2,
        }))
    }

    fn somebody() -> Subject {
        Subject::Console(Uuid::new_v4())
    }

    fn has_come(slot: &mut QueueSlot) -> bool {
        slot.turn(SOON).now_or_never() == Some(Ok(()))
    }

    #[tokio::test]
    async fn turns_come_in_the_order_of_joining_and_those_who_leave_are_passed_over() {
        let queue = queue();
        let mut tickets: Vec<QueueSlot> = (0..5).map(|_| queue.join(somebody()).unwrap()).collect();
        let places: Vec<usize> = tickets.iter().map(QueueSlot::place).collect();
        assert_eq!(places, [0, 0, 1, 2, 3]);
        assert_eq!(queue.join(somebody()).err(), Some(Refusal::Full));
        let (mut last, fourth) = (tickets.pop().unwrap(), tickets.pop().unwrap());
        let mut third = tickets.pop().unwrap();
        drop(fourth);
        assert_eq!(queue.place(last.number()), 2);
        drop(tickets.pop());
        assert_eq!(queue.place(last.number()), 1);
        assert!(has_come(&mut third));
        assert_eq!(queue.place(third.number()), 0);
        drop(third);
        assert!(has_come(&mut last));
        // There is room for one more at once.
        drop(tickets);
        assert_eq!(queue.join(somebody()).unwrap().place(), 0);
    }

    #[tokio::test]
    async fn nobody_takes_more_than_their_share() {
        let (queue, one) = (queue(), somebody());
        let first = queue.join(one).unwrap();
        let _second = queue.join(one).unwrap();
        assert_eq!(queue.join(one).err(), Some(Refusal::TooManyOfOne(2)));
        assert_eq!(queue.join(somebody()).unwrap().place(), 1);
        drop(first);
        assert!(queue.join(one).is_ok());
    }

    #[tokio::test]
    async fn a_turn_that_does_not_come_is_not_waited_for_for_ever() {
        let queue = queue();
        let _running = [queue.join(somebody()), queue.join(somebody())];
        let mut waiting = queue.join(somebody()).unwrap();
        assert_eq!(waiting.turn(Duration::ZERO).await, Err(Refusal::Waited));
    }
}
