//! How far an export is, and the handle that ends it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use app::model::CutExport;
use bytes::Bytes;
use store::engine::{Chunk, StopReason, Stopper};
use tokio::sync::Notify;
use uuid::Uuid;

use super::line::Line;
use super::rest::{Rest, RestOf};
use super::words;

/// How an export ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// Every row was handed on.
    Done,
    /// It did not begin, broke off half-way, or its owner may not read any more.
    Failed,
    /// It was cut off, and another one can go on where it ended.
    Cut,
    /// Its owner ended it, or its reader went away.
    Cancelled,
}

enum Stage {
    /// In line with the ticket of this number, once it has one.
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
    is_rest_over: bool,
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
pub struct Now {
    /// `waiting`, `running`, `done`, `failed` or `cancelled`.
    pub state: &'static str,
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
                is_rest_over: false,
                is_dismissed: false,
            }),
            ended: Notify::new(),
        }
    }

    /// It waits with the ticket of this number.
    pub fn waits(&self, number: u64) {
        let mut state = self.state();
        if let Stage::Waiting(ticket) = &mut state.stage {
            *ticket = Some(number);
        }
    }

    /// Its turn has come.
    pub fn begins(&self) {
        let mut state = self.state();
        if let Stage::Waiting(_) = state.stage {
            state.stage = Stage::Running(None);
            state.since = Instant::now();
        }
    }

    /// It runs, and `stopper` ends it; at once when it has been cancelled meanwhile.
    pub fn runs(&self, stopper: Stopper) {
        match &mut self.state().stage {
            Stage::Ended { .. } => stopper.stop(StopReason::Cancelled),
            Stage::Running(known) => *known = Some(stopper),
            Stage::Waiting(_) => {}
        }
    }

    /// About how many rows it will have.
    pub fn expects(&self, rows: u64) {
        self.state().estimate = Some(rows);
    }

    /// This is handed on; false when it has ended meanwhile, and must not go on.
    pub fn hands_on(&self, chunk: &Chunk) -> bool {
        let mut state = self.state();
        let goes_on = matches!(state.stage, Stage::Running(_));
        if goes_on {
            state.rows += chunk.rows;
            state.bytes += chunk.lines.len() as u64;
            if !chunk.last_row.is_empty() {
                state.last_row = Some(chunk.last_row.clone());
            }
        }
        goes_on
    }

    /// It ends, unless it has ended already.
    pub fn end(&self, how: End) {
        self.end_as(how, None);
    }

    /// It fails, and this tells people why.
    pub fn fail(&self, message: &str) {
        self.end_as(End::Failed, Some(message));
    }

    /// It is cut off, and this tells people why: what it did not hand on can be asked for.
    pub fn cut(&self, message: &str) {
        self.end_as(End::Cut, Some(message));
    }

    /// Why it was cut off, how far it had got, and where it can be gone on with; nothing where it cannot, or where its
    /// owner has dismissed that.
    #[must_use]
    pub fn as_cut(&self, key: Uuid) -> Option<CutExport> {
        let rest = self.rest()?;
        let state = self.state();
        if state.is_dismissed {
            return None;
        }
        let why = state.message.as_deref().unwrap_or_default();
        Some(CutExport {
            key,
            what: self.what,
            why: format!("{why} {}", words::file(state.rows, &rest)),
            label: rest.label(),
            address: rest.address().to_owned(),
        })
    }

    /// Its owner wants to hear no more of its being cut off.
    pub fn dismiss(&self) {
        self.state().is_dismissed = true;
    }

    /// Somebody went on with the rest, or it cannot be told where that begins.
    pub fn rest_is_over(&self) {
        self.state().is_rest_over = true;
    }

    /// Where it can be gone on with.
    #[must_use]
    pub fn rest(&self) -> Option<Rest> {
        let state = self.state();
        let is_cut = matches!(state.stage, Stage::Ended { how: End::Cut, .. });
        if !is_cut || state.is_rest_over {
            return None;
        }
        (self.rest_of)(state.last_row.as_deref())
    }

    /// The first end counts, with its message. Whatever still reads is stopped.
    fn end_as(&self, how: End, message: Option<&str>) {
        let mut state = self.state();
        let at = Instant::now();
        let before = match &state.stage {
            Stage::Ended { .. } => return,
            _ => std::mem::replace(&mut state.stage, Stage::Ended { how, at }),
        };
        state.message = message.map(ToOwned::to_owned);
        drop(state);
        if let (Stage::Running(Some(stopper)), End::Cancelled | End::Failed | End::Cut) =
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
    pub fn now(&self, line: &Line) -> Now {
        let rest = self.rest();
        let state = self.state();
        let (word, place, until) = match &state.stage {
            Stage::Waiting(ticket) => {
                let place = ticket.map_or(0, |number| line.place(number));
                ("waiting", place, Instant::now())
            }
            Stage::Running(_) => ("running", 0, Instant::now()),
            Stage::Ended { how, at } => {
                let word = match how {
                    End::Done => "done",
                    End::Failed | End::Cut => "failed",
                    End::Cancelled => "cancelled",
                };
                (word, 0, *at)
            }
        };
        Now {
            state: word,
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

impl Now {
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
        if self.state != "running" {
            return None;
        }
        let rows_left = self.estimate?.checked_sub(self.rows)?;
        Some(rows_left.div_ceil(self.rows_per_second()?))
    }
}

/// Ends a progress as cancelled when nobody has ended it otherwise: whoever asked has gone away.
pub struct Watched(pub Arc<Progress>);

impl Drop for Watched {
    fn drop(&mut self) {
        self.0.end(End::Cancelled);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64, rows: u64, estimate: Option<u64>) -> Now {
        Now {
            state: "running",
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
        progress.begins();
        assert!(progress.hands_on(&chunk("last")));
        progress.end(End::Cancelled);
        progress.cut("too late");
        progress.end(End::Done);
        progress.begins();
        assert!(!progress.hands_on(&chunk("later")));
        let line = Line::new(super::super::line::BOUNDS);
        let now = progress.now(&line);
        assert_eq!((now.state, now.rows, now.bytes), ("cancelled", 3, 15));
        assert_eq!(now.rest, None);
    }

    #[test]
    fn what_was_cut_off_can_be_gone_on_with_once() {
        let progress = progress();
        progress.begins();
        assert!(progress.hands_on(&chunk("one")));
        assert!(progress.hands_on(&chunk("two")));
        // Nothing but a header.
        assert!(progress.hands_on(&chunk("")));
        assert_eq!(progress.rest(), None);
        progress.cut("the engine needed the table");
        assert!(!progress.hands_on(&chunk("three")));
        assert_eq!(progress.rest(), Some(Rest::After("two".to_owned())));
        progress.rest_is_over();
        assert_eq!(progress.rest(), None);
    }
}
