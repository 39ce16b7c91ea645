//! The queue of exports, which alone decides who runs: a few run at once, others wait in the order in which they came, and
//! nobody has more than their quota. How those that run share the machine with each other and with pages is the business
//! of `store`.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use store::EngineDb;
use store::access::Subject;
use tokio::sync::oneshot;

use super::refusal::Refusal;

/// How many exports a queue takes.
#[derive(Clone, Copy, Debug)]
pub struct QueueLimits {
    /// Exports that run at the same time.
    pub running: usize,
    /// Exports that wait.
    pub waiting: usize,
    /// Exports of one person, waiting or running.
    pub per_person: usize,
}

/// The console's limits. Of both databases together no more run than either has connections for, so that an export that
/// may run always finds a connection.
pub const LIMITS: QueueLimits = QueueLimits {
    running: EngineDb::EXPORT_CONNECTIONS,
    waiting: 32,
    per_person: 4,
};

/// The queue of a console, in memory.
pub struct ExportQueue {
    limits: QueueLimits,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// Slots given out so far; the next one's number.
    slots: u64,
    running: Vec<(u64, Subject)>,
    waiting: VecDeque<Waiting>,
}

struct Waiting {
    number: u64,
    owner: Subject,
    start: oneshot::Sender<()>,
}

impl ExportQueue {
    /// An empty queue.
    #[must_use]
    pub fn new(limits: QueueLimits) -> Self {
        Self {
            limits,
            state: Mutex::default(),
        }
    }

    /// Joins the queue at its end; where there is room, the export may run at once.
    ///
    /// # Errors
    /// When the queue is full, or this person's quota is used up.
    pub fn join(self: &Arc<Self>, owner: Subject) -> Result<QueueSlot, Refusal> {
        let mut state = self.state();
        if state.count_of(owner) >= self.limits.per_person {
            return Err(Refusal::TooManyPerPerson(self.limits.per_person));
        }
        let number = state.slots;
        // Whoever waits is started as soon as there is room: where there is some, nobody waits.
        let (place, started) = if state.running.len() < self.limits.running {
            state.running.push((number, owner));
            (0, None)
        } else if state.waiting.len() < self.limits.waiting {
            let (start, started) = oneshot::channel();
            state.waiting.push_back(Waiting {
                number,
                owner,
                start,
            });
            (state.waiting.len(), Some(started))
        } else {
            return Err(Refusal::Full);
        };
        state.slots += 1;
        Ok(QueueSlot {
            queue: Arc::clone(self),
            number,
            place,
            started,
        })
    }

    /// The place at which the slot of this number waits now: 1 is next, 0 waits no longer.
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
        while state.running.len() < self.limits.running
            && let Some(next) = state.waiting.pop_front()
        {
            state.running.push((next.number, next.owner));
            // One that is leaving at this moment does not receive it, and frees its slot again.
            let _ = next.start.send(());
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // No code panics while it holds the lock.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn count_of(&self, owner: Subject) -> usize {
        let running = self.running.iter().filter(|(_, of)| *of == owner);
        let waiting = self.waiting.iter().filter(|one| one.owner == owner);
        running.count() + waiting.count()
    }
}

/// An export's slot in the queue, or among those that run; dropping it frees the slot.
pub struct QueueSlot {
    queue: Arc<ExportQueue>,
    number: u64,
    place: usize,
    /// Received when the export may run; none where it may already.
    started: Option<oneshot::Receiver<()>>,
}

impl QueueSlot {
    /// Its number, which no other slot of the queue has.
    #[must_use]
    pub const fn number(&self) -> u64 {
        self.number
    }

    /// The place at which it joined: 0 ran at once, 1 was next.
    #[must_use]
    pub const fn place(&self) -> usize {
        self.place
    }

    /// Waits until the export may run.
    ///
    /// # Errors
    /// When it may not after `patience`.
    pub async fn started(&mut self, patience: Duration) -> Result<(), Refusal> {
        let Some(started) = self.started.take() else {
            return Ok(());
        };
        match tokio::time::timeout(patience, started).await {
            Ok(_) => Ok(()),
            Err(_) => Err(Refusal::WaitedTooLong),
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
            per_person: 2,
        }))
    }

    fn somebody() -> Subject {
        Subject::Console(Uuid::new_v4())
    }

    fn may_run(slot: &mut QueueSlot) -> bool {
        slot.started(SOON).now_or_never() == Some(Ok(()))
    }

    #[tokio::test]
    async fn exports_run_in_the_order_of_joining_and_those_that_leave_are_passed_over() {
        let queue = queue();
        let mut slots: Vec<QueueSlot> = (0..5).map(|_| queue.join(somebody()).unwrap()).collect();
        let places: Vec<usize> = slots.iter().map(QueueSlot::place).collect();
        assert_eq!(places, [0, 0, 1, 2, 3]);
        assert_eq!(queue.join(somebody()).err(), Some(Refusal::Full));
        let (mut last, fourth) = (slots.pop().unwrap(), slots.pop().unwrap());
        let mut third = slots.pop().unwrap();
        drop(fourth);
        assert_eq!(queue.place(last.number()), 2);
        drop(slots.pop());
        assert_eq!(queue.place(last.number()), 1);
        assert!(may_run(&mut third));
        assert_eq!(queue.place(third.number()), 0);
        drop(third);
        assert!(may_run(&mut last));
        // There is room for one more at once.
        drop(slots);
        assert_eq!(queue.join(somebody()).unwrap().place(), 0);
    }

    #[tokio::test]
    async fn nobody_has_more_than_their_quota() {
        let (queue, one) = (queue(), somebody());
        let first = queue.join(one).unwrap();
        let _second = queue.join(one).unwrap();
        assert_eq!(queue.join(one).err(), Some(Refusal::TooManyPerPerson(2)));
        assert_eq!(queue.join(somebody()).unwrap().place(), 1);
        drop(first);
        assert!(queue.join(one).is_ok());
    }

    #[tokio::test]
    async fn waiting_ends_after_a_time() {
        let queue = queue();
        let _running = [queue.join(somebody()), queue.join(somebody())];
        let mut waiting = queue.join(somebody()).unwrap();
        assert_eq!(
            waiting.started(Duration::ZERO).await,
            Err(Refusal::WaitedTooLong)
        );
    }
}
