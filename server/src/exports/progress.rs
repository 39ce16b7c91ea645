//! How far an export is, and the handle that ends it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use app::model::CutExport;
use bytes::Bytes;
use domain::wire::ExportState;
use store::engine::{Chunk, StopReason, Stopper};
use tokio::sync::Notify;
use uuid::Uuid;

use super::messages;
use super::queue::ExportQueue;
use super::rest::{Rest, RestOf};

/// How an export ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// Every row was handed on.
    Done,
    /// It did not begin, broke off half-way, or its owner may not read any more.
    Failed,
    /// It was cut off, and another one can go on where it ended.
    Aborted,
    /// Its owner ended it, or its reader went away.
    Cancelled,
}

enum Stage {
    /// In the queue, with the slot of this number once it has one.
    Waiting(Option<u64>),
    Running(Option<Stopper>),
    Ended {
        how: End,
        at: Instant,
    },
}

struct State {
    stage: Stage,
    /// When it was asked for; from the moment that it runs, when it began to.
    since: Instant,
    rows: u64,
    bytes: u64,
    estimate: Option<u64>,
    message: Option<String>,
    /// The line of the last row that was handed on.
    last_row: Option<Bytes>,
    /// Whether somebody went on with the rest, or what was handed on did not all leave the console.
    rest_discarded: bool,
    /// Whether its owner wants to hear no more of its being cut off.
    is_dismissed: bool,
}

/// One export's progress.
pub struct Progress {
    what: &'static str,
    rest_of: RestOf,
    state: Mutex<State>,
    ended: Notify,
}

/// A progress at one moment.
#[derive(Clone, Debug, PartialEq)]
pub struct ProgressSnapshot {
    /// What it is doing.
    pub state: ExportState,
    /// In line: 1 is next. 0 when it does not wait.
    pub place: usize,
    /// Rows handed on.
    pub rows: u64,
    /// Bytes handed on.
    pub bytes: u64,
    /// How long it has waited, or has run.
    pub elapsed: Duration,
    /// About how many rows it will have.
    pub estimate: Option<u64>,
    /// Why it failed, for people.
    pub message: Option<String>,
    /// Where it can be gone on with after it was cut off.
    pub rest: Option<Rest>,
}

impl Progress {
    /// Of an export of `what` (`trades`) that has just been asked for.
    #[must_use]
    pub fn new(what: &'static str, rest_of: RestOf) -> Self {
        Self {
            what,
            rest_of,
            state: Mutex::new(State {
                stage: Stage::Waiting(None),
                since: Instant::now(),
                rows: 0,
                bytes: 0,
                estimate: None,
                message: None,
                last_row: None,
                rest_discarded: false,
                is_dismissed: false,
            }),
            ended: Notify::new(),
        }
    }

    /// It waits in the queue, with the slot of this number.
    pub fn set_queued(&self, number: u64) {
        let mut state = self.state();
        if let Stage::Waiting(slot) = &mut state.stage {
            *slot = Some(number);
        }
    }

    /// Its turn has come.
    pub fn set_started(&self) {
        let mut state = self.state();
        if let Stage::Waiting(_) = state.stage {
            state.stage = Stage::Running(None);
            state.since = Instant::now();
        }
    }

    /// It runs, and `stopper` ends it; at once when it has been cancelled meanwhile.
    pub fn set_running(&self, stopper: Stopper) {
        match &mut self.state().stage {
            Stage::Ended { .. } => stopper.stop(StopReason::Cancelled),
            Stage::Running(known) => *known = Some(stopper),
            Stage::Waiting(_) => {}
        }
    }

    /// About how many rows it will have.
    pub fn set_estimate(&self, rows: u64) {
        self.state().estimate = Some(rows);
    }

    /// Counts a chunk that is about to be sent. False if the export has ended meanwhile: the chunk must not be sent then.
    pub fn record_chunk(&self, chunk: &Chunk) -> bool {
        let mut state = self.state();
        let is_running = matches!(state.stage, Stage::Running(_));
        if is_running {
            state.rows += chunk.rows;
            state.bytes += chunk.lines.len() as u64;
            if !chunk.last_row.is_empty() {
                state.last_row = Some(chunk.last_row.clone());
            }
        }
        is_running
    }

    /// It ends, unless it has ended already.
    pub fn finish(&self, how: End) {
        self.finish_as(how, None);
    }

    /// It fails, and this tells people why.
    pub fn fail(&self, message: &str) {
        self.finish_as(End::Failed, Some(message));
    }

    /// It is cut off, and this tells people why: what it did not hand on can be asked for.
    pub fn abort(&self, message: &str) {
        self.finish_as(End::Aborted, Some(message));
    }

    /// Why it was cut off, how far it had got, and where it can be gone on with; nothing where it cannot, or where its
    /// owner has dismissed that.
    #[must_use]
    pub fn aborted_notice(&self, key: Uuid) -> Option<CutExport> {
        let rest = self.rest()?;
        let state = self.state();
        if state.is_dismissed {
            return None;
        }
        let why = state.message.as_deref().unwrap_or_default();
        Some(CutExport {
            key,
            what: self.what,
            why: format!("{why} {}", messages::file(state.rows, &rest)),
            label: rest.label(),
            address: rest.address().to_owned(),
        })
    }

    /// Its owner wants to hear no more of its being cut off.
    pub fn dismiss(&self) {
        self.state().is_dismissed = true;
    }

    /// Somebody went on with the rest, or it cannot be told where that begins.
    pub fn discard_rest(&self) {
        self.state().rest_discarded = true;
    }

    /// Where it can be gone on with.
    #[must_use]
    pub fn rest(&self) -> Option<Rest> {
        let state = self.state();
        let is_cut = matches!(
            state.stage,
            Stage::Ended {
                how: End::Aborted,
                ..
            }
        );
        if !is_cut || state.rest_discarded {
            return None;
        }
        (self.rest_of)(state.last_row.as_deref())
    }

    /// The first end counts, with its message. Whatever still reads is stopped.
    fn finish_as(&self, how: End, message: Option<&str>) {
        let mut state = self.state();
        let at = Instant::now();
        let before = match &state.stage {
            Stage::Ended { .. } => return,
            _ => std::mem::replace(&mut state.stage, Stage::Ended { how, at }),
        };
        state.message = message.map(ToOwned::to_owned);
        drop(state);
        if let (Stage::Running(Some(stopper)), End::Cancelled | End::Failed | End::Aborted) =
            (before, how)
        {
            stopper.stop(StopReason::Cancelled);
        }
        self.ended.notify_one();
    }

    /// Waits until it has ended. One at a time may wait.
    pub async fn ended(&self) {
        while self.ended_at().is_none() {
            self.ended.notified().await;
        }
    }

    /// When it ended.
    #[must_use]
    pub fn ended_at(&self) -> Option<Instant> {
        match self.state().stage {
            Stage::Ended { at, .. } => Some(at),
            _ => None,
        }
    }

    /// What there is to tell now.
    #[must_use]
    pub fn snapshot(&self, queue: &ExportQueue) -> ProgressSnapshot {
        let rest = self.rest();
        let state = self.state();
        let (now, place, until) = match &state.stage {
            Stage::Waiting(slot) => {
                let place = slot.map_or(0, |number| queue.place(number));
                (ExportState::Waiting, place, Instant::now())
            }
            Stage::Running(_) => (ExportState::Running, 0, Instant::now()),
            Stage::Ended { how, at } => {
                let now = match how {
                    End::Done => ExportState::Done,
                    End::Failed | End::Aborted => ExportState::Failed,
                    End::Cancelled => ExportState::Cancelled,
                };
                (now, 0, *at)
            }
        };
        ProgressSnapshot {
            state: now,
            place,
            rows: state.rows,
            bytes: state.bytes,
            elapsed: until.saturating_duration_since(state.since),
            estimate: state.estimate,
            message: state.message.clone(),
            rest,
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // No code that holds it panics.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ProgressSnapshot {
    /// Rows a second so far; `None` before there is anything to tell it from.
    #[must_use]
    pub fn rows_per_second(&self) -> Option<u64> {
        let milliseconds = u64::try_from(self.elapsed.as_millis()).ok()?;
        let rate = self.rows.checked_mul(1_000)?.checked_div(milliseconds)?;
        (rate > 0).then_some(rate)
    }

    /// About how long it will yet run, in seconds.
    #[must_use]
    pub fn seconds_left(&self) -> Option<u64> {
        if self.state != ExportState::Running {
            return None;
        }
        let rows_left = self.estimate?.checked_sub(self.rows)?;
        Some(rows_left.div_ceil(self.rows_per_second()?))
    }
}

/// Ends a progress as cancelled when nobody has ended it otherwise: whoever asked has gone away.
pub struct CancelOnDrop(pub Arc<Progress>);

impl Drop for CancelOnDrop {
    fn drop(&mut self) {
        self.0.finish(End::Cancelled);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64, rows: u64, estimate: Option<u64>) -> ProgressSnapshot {
        ProgressSnapshot {
            state: ExportState::Running,
            place: 0,
            rows,
            bytes: 0,
            elapsed: Duration::from_secs(seconds),
            estimate,
            message: None,
            rest: None,
        }
    }

    /// Of an export of trades, the rest of which is at the address of its last line.
    fn progress() -> Progress {
        let rest_of = |last: Option<&[u8]>| {
            let address = std::str::from_utf8(last.unwrap_or_default()).ok()?;
            Some(Rest::After(address.to_owned()))
        };
        Progress::new("trades", Box::new(rest_of))
    }

    fn chunk(last_row: &'static str) -> Chunk {
        Chunk {
            lines: Bytes::from_static(b"a,b,c,d\r\nlast\r\n"),
            rows: 3,
            last_row: Bytes::from_static(last_row.as_bytes()),
        }
    }

    #[test]
    fn how_long_yet_follows_from_the_rate_so_far() {
        let now = at(4, 40_000, Some(100_001));
        assert_eq!(now.rows_per_second(), Some(10_000));
        assert_eq!(now.seconds_left(), Some(7));
        assert_eq!(at(0, 0, Some(10)).seconds_left(), None);
        assert_eq!(at(4, 0, Some(10)).seconds_left(), None);
        assert_eq!(at(4, 10, None).seconds_left(), None);
        // More than was expected: nobody knows.
        assert_eq!(at(4, 11, Some(10)).seconds_left(), None);
    }

    #[test]
    fn what_has_ended_stays_as_it_ended() {
        let progress = progress();
        progress.set_started();
        assert!(progress.record_chunk(&chunk("last")));
        progress.finish(End::Cancelled);
        progress.abort("too late");
        progress.finish(End::Done);
        progress.set_started();
        assert!(!progress.record_chunk(&chunk("later")));
        let queue = ExportQueue::new(super::super::queue::LIMITS);
        let now = progress.snapshot(&queue);
        assert_eq!(
            (now.state, now.rows, now.bytes),
            (ExportState::Cancelled, 3, 15)
        );
        assert_eq!(now.rest, None);
    }

    #[test]
    fn what_was_cut_off_can_be_gone_on_with_once() {
        let progress = progress();
        progress.set_started();
        assert!(progress.record_chunk(&chunk("one")));
        assert!(progress.record_chunk(&chunk("two")));
        // Nothing but a header.
        assert!(progress.record_chunk(&chunk("")));
        assert_eq!(progress.rest(), None);
        progress.abort("the engine needed the table");
        assert!(!progress.record_chunk(&chunk("three")));
        assert_eq!(progress.rest(), Some(Rest::After("two".to_owned())));
        progress.discard_rest();
        assert_eq!(progress.rest(), None);
    }
}
