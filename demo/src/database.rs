//! The demo's database `engine`: loaded at the first start, found again at the next ones.
//!
//! A note file in the data folder describes its content. The file is written last, so that an interrupted load is
//! repeated.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::PathBuf;

use serde_json::{Value, json};
use sqlx::{Connection, PgConnection};

use crate::engine::{Engine, HistorySpec, Instant};
use crate::error::{AtPath, Error, Result};
use crate::load::{self, recreate_database};
use crate::platform::folder::DataFolder;
use crate::platform::step::Step;
use crate::postgres::Postgres;
use crate::schema;

/// Name of the database that holds the engine's tables and the console's schema.
const NAME: &str = "engine";
/// Days that the history covers.
const DAYS: u32 = 90;
/// Seed of the demo's history.
const SEED: u64 = 0x00A0_D170;
/// Part of the note; increase it when the generator's output changes.
const GENERATION: u64 = 3;

/// A database that is ready, and the engine that trades in it.
pub struct DemoDatabase {
    /// Its URL.
    pub url: String,
    /// The engine, at the end of the history or at the present.
    pub engine: Engine,
}

/// Finds or creates the database with a history of `rows` decisions and this many additional kill-switch episodes.
///
/// # Errors
/// When the database refuses or the note cannot be written.
pub async fn ensure(
    folder: &DataFolder,
    postgres: &Postgres,
    rows: u64,
    extra_episodes: u32,
) -> Result<DemoDatabase> {
    let step = Step::begin("history");
    let url = postgres.database_url(NAME);
    let mut server = PgConnection::connect(postgres.url()).await?;
    let cluster: String =
        sqlx::query_scalar("SELECT system_identifier::text FROM pg_control_system()")
            .fetch_one(&mut server)
            .await?;
    let note = Note {
        path: folder.root().join("history.json"),
        content: json!({
            "cluster": cluster,
            "seed": SEED,
            "rows": rows,
            "days": DAYS,
            "episodes": extra_episodes,
            "generation": GENERATION,
            "schema": format!("{:016x}", hash_of(&(schema::TABLES, schema::INDEXES))),
        }),
    };
    if note.stands() {
        let mut database = PgConnection::connect(&url).await?;
        let engine = Engine::resume(SEED, Instant::now(), &mut database).await?;
        database.close().await?;
        step.done(format_args!(
            "found, {rows} decisions and what was traded since"
        ));
        return Ok(DemoDatabase { url, engine });
    }
    note.remove();
    recreate_database(&mut server, NAME).await?;
    let spec = HistorySpec {
        seed: SEED,
        rows,
        days: DAYS,
        end: Instant::now(),
        extra_episodes,
    };
    let loaded = load::history(&url, spec).await?;
    note.write()?;
    step.done(format_args!(
        "loaded, {} rows; {}",
        loaded.rows, loaded.ground_truth
    ));
    Ok(DemoDatabase {
        url,
        engine: loaded.engine,
    })
}

/// The note about the database's content.
struct Note {
    path: PathBuf,
    content: Value,
}

impl Note {
    fn stands(&self) -> bool {
        std::fs::read(&self.path)
            .ok()
            .and_then(|bytes| serde_json::from_slice::<Value>(&bytes).ok())
            .is_some_and(|found| found == self.content)
    }

    fn remove(&self) {
        // A missing note is fine. One that remains is overwritten.
        let _ = std::fs::remove_file(&self.path);
    }

    fn write(&self) -> Result<()> {
        let text = serde_json::to_vec_pretty(&self.content)
            .map_err(|error| Error::History(error.to_string()))?;
        std::fs::write(&self.path, text).at(&self.path)
    }
}

/// A hash for detecting changes; not collision-resistant.
#[must_use]
pub fn hash_of(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}
