//! A schedule: which faults come when, by its seed alone.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use domain::role::Role;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom as _;
use rand::{Rng as _, SeedableRng as _};
use tokio::task::JoinHandle;

use crate::answers::{Span, live_addresses, without_cursor, wrong_numbers};
use crate::common::download::Download;
use crate::console::Console;
use crate::load::{self, Counts, Known};
use crate::world::{LEAVER, REVIEWER, Topology, World};

/// So long people go on.
const LENGTH: Duration = Duration::from_secs(5);
/// Faults begin within this time.
const FAULTS_WITHIN: u64 = 3_800;
/// Nobody waits for the console longer than this.
const BOUND: Duration = Duration::from_secs(5);
/// What was in the way of the console is out of it after this long.
const MENDED_WITHIN: Duration = Duration::from_secs(10);

/// What goes wrong, in milliseconds and seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The engine's tables are altered.
    Migration,
    /// PostgreSQL is stopped and started.
    Restart,
    /// The console's connections are cut, and none can be made for so long.
    Cut(u64),
    /// The replica stands still for so long.
    Pause(u64),
    /// The pooler is killed and started.
    PoolerRestart,
    /// Somebody holds a table for so long.
    Held(&'static str, u64),
    /// The leaver's role is taken away.
    Revoked,
    /// Redis is gone for so long.
    NoRedis(u64),
    /// The console is killed, and run again after so long.
    Killed(u64),
    /// The console's clock jumps.
    Clock(i64),
}

/// Schedules that failed once, and what was found by them.
const FOUND: [(Topology, &[(u64, Fault)]); 3] = [
    // A pooler without a server lets a client wait: pages were 503 after ten seconds, without Retry-After; and what was
    // dropped meanwhile left transactions open.
    (
        Topology::Pooled,
        &[
            (2_557, Fault::PoolerRestart),
            (2_852, Fault::Restart),
            (2_956, Fault::Revoked),
        ],
    ),
    // A replica replays a migration: what a page read was taken away, and then its plan was stale.
    (
        Topology::Replicated,
        &[
            (347, Fault::Killed(443)),
            (666, Fault::Cut(264)),
            (1_317, Fault::Cut(764)),
            (3_544, Fault::Migration),
        ],
    ),
    // An export gave way before its first row, and was 500.
    (
        Topology::Pooled,
        &[
            (245, Fault::Held("orders", 282)),
            (282, Fault::NoRedis(534)),
            (1_922, Fault::Migration),
        ],
    ),
];

/// Faults by when they begin, in milliseconds.
pub struct Schedule {
    seed: u64,
    topology: Topology,
    faults: Vec<(u64, Fault)>,
}

impl fmt::Display for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.topology)?;
        self.faults
            .iter()
            .try_for_each(|(at, fault)| write!(f, ", {fault:?} at {at}"))
    }
}

impl Schedule {
    /// The schedule of this seed.
    pub fn of(seed: u64) -> Self {
        let mut random = StdRng::seed_from_u64(seed);
        let topologies = [Topology::Direct, Topology::Pooled, Topology::Replicated];
        let topology = *topologies.choose(&mut random).unwrap();
        let number = random.random_range(2..=5);
        let mut faults: Vec<(u64, Fault)> = (0..number)
            .map(|_| {
                let at = random.random_range(200..FAULTS_WITHIN);
                (at, Fault::any(topology, &mut random))
            })
            .collect();
        faults.sort_by_key(|(at, _)| *at);
        Self {
            seed,
            topology,
            faults,
        }
    }

    /// The schedules that failed once.
    pub fn found() -> impl Iterator<Item = Self> {
        FOUND
            .iter()
            .zip(0..)
            .map(|((topology, faults), seed)| Self {
                seed,
                topology: *topology,
                faults: faults.to_vec(),
            })
    }

    fn has(&self, fault: impl Fn(&Fault) -> bool) -> bool {
        self.faults.iter().any(|(_, one)| fault(one))
    }

    /// Runs it, and checks what came of it.
    pub async fn run(&self, world: &mut World) -> Report {
        world.set_role(Some(Role::Admin)).await;
        let mut console = Console::start(world, self.topology).await;
        let reviewer = console.log_in(REVIEWER).await;
        let leaver = console.log_in(LEAVER).await;
        let over = Arc::new(AtomicBool::new(false));
        let engine = world.engine.clone();
        let before: String = engine
            .value("SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')")
            .await;
        let known = Arc::new(Known {
            address: console.address,
            reviewer: reviewer.clone(),
            leaver,
            first: engine.begun.load(Ordering::SeqCst) + 1,
            from: before,
            may_lag: self.topology == Topology::Replicated,
            reference: world.reference.clone(),
            over: Arc::clone(&over),
            revoked: OnceLock::new(),
            counts: Counts::default(),
            engine: engine.clone(),
        });
        let engine_writes = tokio::spawn(engine.clone().write(Arc::clone(&over)));
        let is_revoked = self.has(|fault| *fault == Fault::Revoked);
        let mut people = load::begin(&known, self.seed, is_revoked);
        let waits = self.play(world, &mut console, &known).await;
        over.store(true, Ordering::SeqCst);
        let mut report = Report {
            longest: longest(waits).await,
            ..Report::default()
        };
        if report.longest > BOUND {
            let waited = format!("the engine waited for {:?}", report.longest);
            report.wrong.push(waited);
        }
        while let Some(wrong) = people.join_next().await {
            report.wrong.extend(wrong.unwrap());
        }
        engine_writes.await.unwrap();
        let mended = console.is_ready().await;
        if mended > MENDED_WITHIN {
            report
                .wrong
                .push(format!("ready only {mended:?} after the last fault"));
        }
        self.look_again(world, &console, &known, &mut report).await;
        if !console.stop().await {
            report.wrong.push("it does not stop".to_owned());
        }
        let stopped = Instant::now();
        loop {
            let sessions = world.sessions().await;
            if sessions.is_empty() {
                break;
            }
            if stopped.elapsed() > MENDED_WITHIN {
                let told = format!("sessions stay behind: {sessions:?}");
                report.wrong.push(told);
                break;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        report.tell(&known.counts, &console);
        report
    }

    /// Lets one fault after the other come and go.
    async fn play(
        &self,
        world: &mut World,
        console: &mut Console,
        known: &Known,
    ) -> Vec<JoinHandle<Option<Duration>>> {
        let begun = tokio::time::Instant::now();
        let mut waits = Vec::new();
        let mut steps: Vec<(u64, Step)> = self
            .faults
            .iter()
            .flat_map(|(at, fault)| fault.steps(*at))
            .collect();
        steps.sort_by_key(|(at, _)| *at);
        for (at, step) in steps {
            tokio::time::sleep_until(begun + Duration::from_millis(at)).await;
            step.take(world, console, known, &mut waits).await;
        }
        tokio::time::sleep_until(begun + LENGTH).await;
        // Two faults of one kind may have crossed.
        world.to_primary.mend();
        world.to_pooler.mend();
        world
            .replica
            .execute(world.database.url(), "SELECT pg_wal_replay_resume()")
            .await;
        console.run();
        waits
    }

    /// After all of it: everything that was written is shown, and the quiet rows are as they were.
    async fn look_again(
        &self,
        world: &World,
        console: &Console,
        known: &Known,
        report: &mut Report,
    ) {
        let cookie = console.log_in(REVIEWER).await;
        if self.topology == Topology::Replicated {
            world.replica.catches_up(world.database.url()).await;
        }
        let last = known.engine.committed.load(Ordering::SeqCst);
        let span = Span {
            first: known.first,
            at_least: last,
            at_most: last,
        };
        for path in live_addresses(&known.from) {
            let answer = Download::begin(console.address, &path, &cookie).await;
            let body = answer.unwrap().end().await.body;
            let body = String::from_utf8(body).unwrap();
            report.wrong.extend(wrong_numbers(&path, &body, span));
        }
        let exports = known.reference.exports();
        let turn = usize::try_from(self.seed).unwrap() % exports.len();
        for (path, expected) in known.reference.pages().iter().chain([&exports[turn]]) {
            let answer = Download::begin(console.address, path, &cookie).await;
            let answer = answer.unwrap();
            let head = answer.head.clone();
            let answer = answer.end().await;
            let body = String::from_utf8_lossy(&answer.body);
            if !answer.is_whole || without_cursor(&body) != without_cursor(expected) {
                let told = format!("afterwards {path}: other rows: {head}");
                report.wrong.push(told);
            }
        }
    }
}

async fn longest(waits: Vec<JoinHandle<Option<Duration>>>) -> Duration {
    let mut longest = Duration::ZERO;
    for wait in waits {
        longest = longest.max(wait.await.unwrap().unwrap_or_default());
    }
    longest
}

impl Fault {
    fn any(topology: Topology, random: &mut StdRng) -> Self {
        let length = random.random_range(100..1_500);
        loop {
            return match random.random_range(0..11) {
                0 | 10 => Self::Migration,
                1 => Self::Restart,
                2 => Self::Cut(length),
                3 if topology == Topology::Replicated => Self::Pause(length * 2),
                4 if topology == Topology::Pooled => Self::PoolerRestart,
                5 => {
                    let tables = ["audit_log", "trade_audit", "orders", "\"user\""];
                    Self::Held(tables.choose(random).unwrap(), length)
                }
                6 => Self::Revoked,
                7 => Self::NoRedis(length),
                8 => Self::Killed(length / 3),
                9 => Self::Clock(random.random_range(-2_400..2_400)),
                _ => continue,
            };
        }
    }

    fn steps(self, at: u64) -> Vec<(u64, Step)> {
        let then = |first, length: u64, last| vec![(at, first), (at + length, last)];
        match self {
            Self::Migration => vec![(at, Step::Migrate)],
            Self::Restart => vec![(at, Step::RestartPrimary)],
            Self::Cut(length) => then(Step::Cut, length, Step::Mend),
            Self::Pause(length) => then(Step::Pause, length, Step::Resume),
            Self::PoolerRestart => vec![(at, Step::RestartPooler)],
            Self::Held(table, length) => vec![(at, Step::Hold(table, length))],
            Self::Revoked => vec![(at, Step::Revoke)],
            Self::NoRedis(length) => then(Step::EndRedis, length, Step::BeginRedis),
            Self::Killed(length) => then(Step::Kill, length, Step::Run),
            Self::Clock(seconds) => vec![(at, Step::MoveClock(seconds))],
        }
    }
}

/// A part of a fault.
#[derive(Clone, Copy)]
enum Step {
    Migrate,
    RestartPrimary,
    Cut,
    Mend,
    Pause,
    Resume,
    RestartPooler,
    Hold(&'static str, u64),
    Revoke,
    EndRedis,
    BeginRedis,
    Kill,
    Run,
    MoveClock(i64),
}

impl Step {
    async fn take(
        self,
        world: &mut World,
        console: &mut Console,
        known: &Known,
        waits: &mut Vec<JoinHandle<Option<Duration>>>,
    ) {
        match self {
            Self::Migrate => waits.push(world.engine.migrate()),
            Self::RestartPrimary => world.primary.restart().await,
            Self::Cut => {
                world.to_primary.cut();
                world.to_pooler.cut();
            }
            Self::Mend => {
                world.to_primary.mend();
                world.to_pooler.mend();
            }
            Self::Pause => {
                world
                    .replica
                    .execute(world.database.url(), "SELECT pg_wal_replay_pause()")
                    .await;
            }
            Self::Resume => {
                world
                    .replica
                    .execute(world.database.url(), "SELECT pg_wal_replay_resume()")
                    .await;
            }
            Self::RestartPooler => world.pooler.restart().await,
            Self::Hold(table, length) => {
                waits.push(world.engine.hold(table, Duration::from_millis(length)));
            }
            Self::Revoke => {
                world.set_role(None).await;
                // The first time counts.
                let _ = known.revoked.set(Instant::now());
            }
            Self::EndRedis => world.redis.end(),
            Self::BeginRedis => world.redis.begin(),
            Self::Kill => console.kill(),
            Self::Run => console.run(),
            Self::MoveClock(seconds) => console.move_clock(seconds),
        }
    }
}

/// What came of a schedule.
#[derive(Default)]
pub struct Report {
    wrong: Vec<String>,
    longest: Duration,
    counts: String,
}

impl Report {
    pub fn is_ok(&self) -> bool {
        self.wrong.is_empty()
    }

    /// Keeps what is to be said.
    fn tell(&mut self, counts: &Counts, console: &Console) {
        let log = console.log();
        if log.contains("panicked") {
            self.wrong.push("it panicked".to_owned());
        }
        let of = |counter: &std::sync::atomic::AtomicU32| counter.load(Ordering::SeqCst);
        self.counts = format!(
            "{} whole, {} cut ({} gone on with), {} refused, {} unanswered, {} reviews; the engine waited {:?} at most",
            of(&counts.whole),
            of(&counts.cut),
            of(&counts.gone_on),
            of(&counts.refused),
            of(&counts.unanswered),
            of(&counts.reviews),
            self.longest
        );
        if !self.is_ok() {
            let begin = log.len().saturating_sub(4_000);
            let end = log.get(begin..).unwrap_or(&log);
            self.wrong.push(format!("its log ends so:\n{end}"));
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.counts)?;
        for wrong in self.wrong.iter().take(20) {
            let end = wrong
                .char_indices()
                .nth(4_500)
                .map_or(wrong.len(), |(at, _)| at);
            write!(f, "\n  WRONG {}", &wrong[..end])?;
        }
        Ok(())
    }
}
