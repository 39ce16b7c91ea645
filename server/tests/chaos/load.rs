//! People who read, export and review while everything breaks; what was wrong with the answers that they were given.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use rand::rngs::StdRng;
use rand::seq::IndexedRandom as _;
use rand::{Rng as _, SeedableRng as _};
use serde_json::Value;
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::answers::{Reference, Span, live_addresses, rows, without_cursor, wrong_numbers};
use crate::common::download::Download;
use crate::common::hidden;
use crate::engine::Engine;

/// An answer that is not an export is there after this long.
const PATIENCE: Duration = Duration::from_secs(15);
/// A stream ends so soon after its person's right.
const REVOKED_WITHIN: Duration = Duration::from_secs(10);
/// An activation of the sample's rows.
const EPISODE: &str = "3cccd31d-6b6b-4738-bf75-0e9ea08f2b8c";
/// Pages of which it is enough that they are whole.
const PAGES: [&str; 9] = [
    "/",
    "/trades",
    "/signals?outcome=filled",
    "/events?q=limit",
    "/kill-switch",
    "/findings",
    "/kill-switch/3cccd31d-6b6b-4738-bf75-0e9ea08f2b8c",
    "/api/v1/live",
    "/healthz",
];

/// What all of them know.
pub struct Known {
    pub address: SocketAddr,
    pub reviewer: String,
    pub leaver: String,
    pub engine: Engine,
    pub reference: Reference,
    /// The first numbered event of this schedule, and its moment.
    pub first: u64,
    pub from: String,
    /// A replica may be behind.
    pub may_lag: bool,
    pub over: Arc<AtomicBool>,
    pub revoked: OnceLock<Instant>,
    pub counts: Counts,
}

/// How many answers were looked at.
#[derive(Default)]
pub struct Counts {
    pub whole: AtomicU32,
    pub refused: AtomicU32,
    pub unanswered: AtomicU32,
    pub cut: AtomicU32,
    pub gone_on: AtomicU32,
    pub reviews: AtomicU32,
}

fn count(counter: &AtomicU32) {
    counter.fetch_add(1, Ordering::SeqCst);
}

type Wrong = Vec<String>;

/// Lets them begin; each says in the end what was wrong.
pub fn begin(known: &Arc<Known>, seed: u64, is_revoked: bool) -> JoinSet<Wrong> {
    let mut people = JoinSet::new();
    for reader in 0..3 {
        people.spawn(read(
            Arc::clone(known),
            StdRng::seed_from_u64(seed ^ (reader << 32)),
        ));
    }
    people.spawn(export(
        Arc::clone(known),
        StdRng::seed_from_u64(seed ^ (7 << 32)),
        Duration::ZERO,
    ));
    people.spawn(export(
        Arc::clone(known),
        StdRng::seed_from_u64(seed ^ (8 << 32)),
        Duration::from_secs(2),
    ));
    people.spawn(review(Arc::clone(known)));
    if is_revoked {
        people.spawn(ask_without_a_right(Arc::clone(known)));
        people.spawn(download_without_a_right(Arc::clone(known)));
    }
    people
}

impl Known {
    fn is_over(&self) -> bool {
        self.over.load(Ordering::SeqCst)
    }

    fn span(&self, at_least: u64) -> Span {
        Span {
            first: self.first,
            at_least: if self.may_lag {
                self.first - 1
            } else {
                at_least
            },
            at_most: self.engine.begun.load(Ordering::SeqCst),
        }
    }

    fn committed(&self) -> u64 {
        self.engine.committed.load(Ordering::SeqCst)
    }

    /// Asks, waits so long before anything of the body is read, and reads to the end.
    async fn ask(&self, path: &str, pause: Duration) -> Result<Outcome, String> {
        let begun = tokio::time::timeout(
            PATIENCE,
            Download::begin(self.address, path, &self.reviewer),
        )
        .await;
        let download = match begun {
            Err(_) => return Err(format!("{path}: no answer within {PATIENCE:?}")),
            Ok(Err(_)) => {
                count(&self.counts.unanswered);
                return Ok(Outcome::Nothing);
            }
            Ok(Ok(download)) => download,
        };
        let is_refused = download.is(503) && download.header("retry-after").is_some();
        // One person has four exports at a time.
        if is_refused || download.is(429) {
            count(&self.counts.refused);
            return Ok(Outcome::Nothing);
        }
        if !download.is(200) {
            let head = download.head.clone();
            let body = String::from_utf8_lossy(&download.end().await.body).into_owned();
            return Err(format!("{path}: {head}{body}"));
        }
        tokio::time::sleep(pause).await;
        let Ok(ended) = tokio::time::timeout(PATIENCE, download.end()).await else {
            return Err(format!("{path}: it does not end"));
        };
        let body = String::from_utf8(ended.body).map_err(|_| format!("{path}: no UTF-8"));
        if ended.is_whole {
            count(&self.counts.whole);
            Ok(Outcome::Whole(body?))
        } else {
            count(&self.counts.cut);
            // It may be cut within a character.
            Ok(Outcome::Cut(body.unwrap_or_default()))
        }
    }
}

/// What became of a question.
enum Outcome {
    /// No answer, or a refusal as there may be.
    Nothing,
    Whole(String),
    /// Visibly cut.
    Cut(String),
}

/// Looks at one page after the other.
async fn read(known: Arc<Known>, mut random: StdRng) -> Wrong {
    let mut wrong = Wrong::new();
    let live = live_addresses(&known.from);
    while !known.is_over() {
        let there = known.committed();
        let pause = Duration::ZERO;
        let checked = match random.random_range(0..3) {
            0 => {
                let path = live[..2].choose(&mut random).unwrap();
                known.ask(path, pause).await.map(|outcome| match outcome {
                    Outcome::Whole(body) => wrong_numbers(path, &body, known.span(there)),
                    Outcome::Nothing | Outcome::Cut(_) => None,
                })
            }
            1 => {
                let (path, expected) = known.reference.pages().choose(&mut random).unwrap();
                known.ask(path, pause).await.map(|outcome| match outcome {
                    Outcome::Whole(body) if without_cursor(&body) != without_cursor(expected) => {
                        Some(format!("{path}: other rows: {body}"))
                    }
                    _ => None,
                })
            }
            _ => {
                let path = PAGES.choose(&mut random).unwrap();
                known.ask(path, pause).await.map(|outcome| match outcome {
                    Outcome::Whole(body)
                        if body.contains("<html") && !body.ends_with("</html>") =>
                    {
                        Some(format!("{path}: not a whole page: {body}"))
                    }
                    _ => None,
                })
            }
        };
        wrong.extend(checked.unwrap_or_else(Some));
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    wrong
}

/// Exports again and again, and goes on where an export was cut off. Waits so long before it reads.
async fn export(known: Arc<Known>, mut random: StdRng, pause: Duration) -> Wrong {
    let mut wrong = Wrong::new();
    let live = &live_addresses(&known.from)[2];
    while !known.is_over() {
        let checked = if pause.is_zero() && random.random_bool(0.3) {
            let there = known.committed();
            known.ask(live, pause).await.map(|outcome| match outcome {
                Outcome::Whole(body) => wrong_numbers(live, &body, known.span(there)),
                Outcome::Nothing | Outcome::Cut(_) => None,
            })
        } else {
            let (path, expected) = known.reference.exports().choose(&mut random).unwrap();
            export_quiet(&known, path, expected, pause).await
        };
        wrong.extend(checked.unwrap_or_else(Some));
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    wrong
}

/// Exports rows that do not change: the file, or what it and the rest are together, must be the whole.
async fn export_quiet(
    known: &Known,
    path: &str,
    expected: &str,
    pause: Duration,
) -> Result<Option<String>, String> {
    let mut address = path.to_owned();
    let mut file = String::new();
    loop {
        let key = Uuid::new_v4();
        let keyed = format!("{address}&key={key}");
        let (more, is_whole) = match known.ask(&keyed, pause).await? {
            Outcome::Nothing => return Ok(None),
            Outcome::Whole(body) => (body, true),
            Outcome::Cut(body) => (body, false),
        };
        file.push_str(if file.is_empty() { &more } else { rows(&more) });
        if is_whole {
            let is_right = file == expected;
            return Ok((!is_right).then(|| {
                let [has, wants] = [file.len(), expected.len()];
                let same = file
                    .bytes()
                    .zip(expected.bytes())
                    .take_while(|(a, b)| a == b);
                format!(
                    "{address}: {has} bytes in the place of {wants}, other ones after {}",
                    same.count()
                )
            }));
        }
        if !expected.starts_with(&file) {
            return Ok(Some(format!(
                "{address}: what was cut off is no beginning of the whole"
            )));
        }
        // The console may have gone with what it knew.
        let Some(rest) = rest_of(known, key).await? else {
            return Ok(None);
        };
        count(&known.counts.gone_on);
        address = rest;
    }
}

/// Where the export of this key goes on, where it does.
async fn rest_of(known: &Known, key: Uuid) -> Result<Option<String>, String> {
    let path = format!("/api/v1/exports/{key}");
    let asked = Download::begin(known.address, &path, &known.reviewer).await;
    let Some(answer) = asked.ok().filter(|answer| answer.is(200)) else {
        return Ok(None);
    };
    let body = answer.end().await.body;
    let now: Value = serde_json::from_slice(&body).map_err(|error| format!("{path}: {error}"))?;
    if now["state"] == "done" {
        return Err(format!("{path}: a cut file is said to be whole: {now}"));
    }
    Ok(now["rest"].as_str().map(|rest| {
        let sign = if rest.contains('?') { "" } else { "?" };
        format!("{rest}{sign}")
    }))
}

/// Signs again and again: what was acknowledged is there once, and nothing is there twice.
async fn review(known: Arc<Known>) -> Wrong {
    let mut wrong = Wrong::new();
    let path = format!("/kill-switch/{EPISODE}/review");
    let mut signed = Vec::new();
    while !known.is_over() {
        tokio::time::sleep(Duration::from_millis(100)).await;
        let page = match known
            .ask(&format!("/kill-switch/{EPISODE}"), Duration::ZERO)
            .await
        {
            Ok(Outcome::Whole(page)) => page,
            Ok(Outcome::Nothing | Outcome::Cut(_)) => continue,
            Err(error) => {
                wrong.push(error);
                continue;
            }
        };
        if !page.contains("name=\"key\"") {
            wrong.push("a dossier without its form".to_owned());
            continue;
        }
        let [seen, key, facts] = ["seen", "key", "facts"].map(|name| hidden(&page, name));
        let note = format!("Chaos {}", Uuid::new_v4());
        let form = format!(
            "verdict=drill&cause=&action=&note={}&seen={seen}&key={key}&facts={facts}",
            note.replace(' ', "+")
        );
        let mut is_acknowledged = false;
        // The same form again, as a person presses once more who got no answer.
        for _ in 0..20 {
            let sent = Download::post(known.address, &path, &known.reviewer, &form);
            match tokio::time::timeout(PATIENCE, sent).await {
                Err(_) => wrong.push(format!("POST {path}: no answer within {PATIENCE:?}")),
                Ok(Ok(answer)) if answer.is(303) => is_acknowledged = true,
                // Turned back: another review or another fact came in between.
                Ok(Ok(answer)) if answer.is(409) => break,
                Ok(Ok(answer)) if answer.is(503) => {}
                Ok(Ok(answer)) => wrong.push(format!("POST {path}: {}", answer.head)),
                Ok(Err(_)) => {}
            }
            if is_acknowledged {
                break;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        signed.push((note, is_acknowledged));
    }
    for (note, is_acknowledged) in signed {
        let sql =
            format!("SELECT count(*) FROM audit_console.kill_switch_review WHERE note = '{note}'");
        let there: i64 = known.engine.value(&sql).await;
        if there > 1 || (is_acknowledged && there == 0) {
            wrong.push(format!(
                "a review is there {there} times, acknowledged: {is_acknowledged}"
            ));
        }
        if is_acknowledged {
            count(&known.counts.reviews);
        }
    }
    wrong
}

/// Asks as the leaver: nothing that is asked for after the role was taken is answered.
async fn ask_without_a_right(known: Arc<Known>) -> Wrong {
    let mut wrong = Wrong::new();
    while !known.is_over() {
        let asked = Instant::now();
        let answer = Download::begin(known.address, "/api/v1/events?limit=1", &known.leaver).await;
        let is_after = known.revoked.get().is_some_and(|revoked| *revoked < asked);
        if is_after && answer.is_ok_and(|answer| answer.is(200)) {
            wrong.push("somebody without a role was answered".to_owned());
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    wrong
}

/// Downloads as the leaver, slowly.
async fn download_without_a_right(known: Arc<Known>) -> Wrong {
    let (path, _) = &known.reference.exports()[0];
    while known.revoked.get().is_none() && !known.is_over() {
        let begun = Download::begin(known.address, path, &known.leaver).await;
        let Some(mut download) = begun.ok().filter(|download| download.is(200)) else {
            tokio::time::sleep(Duration::from_millis(20)).await;
            continue;
        };
        while download.read_some().await {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let Some(revoked) = known.revoked.get() else {
            continue;
        };
        let mut wrong = Wrong::new();
        if revoked.elapsed() > REVOKED_WITHIN {
            wrong.push(format!(
                "{path}: it ended {:?} after its right",
                revoked.elapsed()
            ));
        }
        if download.end().await.is_whole && revoked.elapsed() > REVOKED_WITHIN {
            wrong.push(format!("{path}: whole, without a right"));
        }
        return wrong;
    }
    Wrong::new()
}
