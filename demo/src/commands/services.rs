//! `demo services`: an empty PostgreSQL, and Redis where it is installed, for a run of tests.
//!
//! Each run has its own folder and removes it, so that runs do not interfere. Folders of killed runs are removed by the
//! next run.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use demo::error::{AtPath, Error, Result};
use demo::platform::folder::{DataFolder, target_folder};
use demo::platform::lifeline;
use demo::postgres::Postgres;
use demo::redis_server::RedisServer;

use super::stop_signal::StopSignal;

const PREFIX: &str = "run-";

/// Runs until standard input ends, or Ctrl-C or SIGTERM comes.
pub async fn run(data_dir: Option<PathBuf>) -> Result<()> {
    let parent = data_dir.unwrap_or_else(|| target_folder().join("services"));
    fs::create_dir_all(&parent).at(&parent)?;
    remove_leftovers(&parent)?;
    let wanted = parent.join(format!("{PREFIX}{}", std::process::id()));
    let folder = DataFolder::open(&wanted)?;

    let mut stop = StopSignal::listen()?;
    let outcome = serve(&folder, &mut stop).await;
    for path in [folder.root(), &wanted] {
        // The next run removes what remains.
        let _ = fs::remove_dir_all(path);
    }
    match outcome {
        Err(Error::Interrupted) => Ok(()),
        outcome => outcome,
    }
}

async fn serve(folder: &DataFolder, stop: &mut StopSignal) -> Result<()> {
    let starting =
        async { tokio::try_join!(Postgres::start(folder), RedisServer::start(folder.root())) };
    let (postgres, redis) = stop.or(starting).await?;
    println!("TEST_DATABASE_URL={}", postgres.url());
    match &redis {
        Some(redis) => println!("TEST_REDIS_URL={}", redis.url()),
        None => eprintln!("redis-server is not installed: tests that need it are told so"),
    }
    println!("READY");
    std::io::stdout().flush()?;

    tokio::select! {
        released = lifeline::until_released() => released?,
        () = stop.received() => {}
    }
    if let Some(redis) = redis {
        redis.stop().await;
    }
    postgres.stop().await;
    Ok(())
}

/// Removes the folders of runs whose process is gone.
fn remove_leftovers(parent: &Path) -> Result<()> {
    for entry in fs::read_dir(parent).at(parent)? {
        let path = entry.at(parent)?.path();
        let owner = path
            .file_name()
            .and_then(|name| name.to_str())
            .and_then(|name| name.strip_prefix(PREFIX));
        if owner.is_some_and(|pid| !Path::new("/proc").join(pid).exists()) {
            fs::remove_dir_all(&path).at(&path)?;
        }
    }
    Ok(())
}
