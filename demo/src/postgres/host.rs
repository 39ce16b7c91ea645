//! The helper's side (`demo postgres-host`): makes the cluster, heals what a killed run left, runs the server.

use std::fs::{self, File, TryLockError};
use std::io::{Seek, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use postgresql_embedded::{BOOTSTRAP_DATABASE, PostgreSQL};
use rand::distr::Alphanumeric;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use rustix::process::{Pid, test_kill_process};

use super::settings::settings;
use crate::error::{AtPath, Error, Result};
use crate::platform::helper::READY;
use crate::platform::lifeline;

/// How long we wait for a helper whose parent has died to stop its server and go.
const HANDOVER_LIMIT: Duration = Duration::from_secs(30);
/// How often we look whether it is gone.
const HANDOVER_POLL: Duration = Duration::from_millis(50);
/// How many ports are tried, should somebody take one between our finding it free and the server's binding it.
const PORT_ATTEMPTS: u32 = 3;
/// File in the cluster that says that it was made whole, and with which locale.
const FINISHED: &str = "cluster-finished";
/// Characters of a generated password.
const PASSWORD_LENGTH: usize = 24;

/// Runs the server in `folder` until released, and announces its URL on standard output.
///
/// # Errors
/// When another live process uses the folder, or the server cannot be set up or started.
pub async fn run(folder: &Path, parent: i32) -> Result<()> {
    let _lock = lock(folder, parent)?;
    let password = password(&folder.join("password"))?;
    let settings = settings(folder, &password);

    stop_orphan(&settings).await?;
    let locale = std::env::var(super::LOCALE).unwrap_or_default();
    discard_unusable_cluster(&settings.data_dir, &locale)?;
    let mut server = PostgreSQL::new(settings.clone());
    server.setup().await?;
    let finished = settings.data_dir.join(FINISHED);
    fs::write(&finished, &locale).at(&finished)?;

    // Whatever `setup` settled on (a downloaded version has a folder of its own) stays the same for every attempt.
    let settings = server.settings().clone();
    let server = start(settings).await?;
    println!(
        "{READY}{}",
        server
            .settings()
            .url(BOOTSTRAP_DATABASE)
            .replacen("postgresql:", "postgres:", 1)
    );
    std::io::stdout().flush()?;

    lifeline::until_released().await?;
    server.stop().await?;
    Ok(())
}

async fn start(settings: postgresql_embedded::Settings) -> Result<PostgreSQL> {
    let mut attempt = 1;
    loop {
        let mut server = PostgreSQL::new(settings.clone());
        match server.start().await {
            Ok(()) => return Ok(server),
            Err(error) if attempt == PORT_ATTEMPTS => {
                let log = settings.data_dir.join("start.log");
                eprintln!("PostgreSQL's own messages are in {}", log.display());
                return Err(error.into());
            }
            Err(_) => attempt += 1,
        }
    }
}

/// Takes the folder for ourselves; the lock ends with the returned file. A helper whose parent has died is on its way
/// out, so we wait for it; one with a living parent is in use.
fn lock(folder: &Path, parent: i32) -> Result<File> {
    let path = folder.join("lock");
    let mut file = File::options()
        .create(true)
        .truncate(false)
        .read(true)
        .write(true)
        .open(&path)
        .at(&path)?;
    let started = Instant::now();
    loop {
        match file.try_lock() {
            Ok(()) => break,
            Err(TryLockError::Error(error)) => return Err(error).at(&path),
            Err(TryLockError::WouldBlock) => {
                let holder = fs::read_to_string(&path).unwrap_or_default();
                let pid: i32 = holder.trim().parse().unwrap_or_default();
                if is_alive(pid) || started.elapsed() > HANDOVER_LIMIT {
                    return Err(Error::FolderInUse {
                        path: folder.to_owned(),
                        pid,
                    });
                }
                std::thread::sleep(HANDOVER_POLL);
            }
        }
    }
    file.set_len(0).at(&path)?;
    file.rewind().at(&path)?;
    write!(file, "{parent}").at(&path)?;
    Ok(file)
}

/// Whether a process lives, be it somebody else's.
fn is_alive(pid: i32) -> bool {
    Pid::from_raw(pid).is_some_and(
        |pid| !matches!(test_kill_process(pid), Err(error) if error == rustix::io::Errno::SRCH),
    )
}

/// The superuser's password: made once, kept beside the cluster, readable by this account alone.
fn password(path: &Path) -> Result<String> {
    match fs::read_to_string(path) {
        Ok(password) if password.len() == PASSWORD_LENGTH => return Ok(password),
        _ => {}
    }
    let password: String = StdRng::from_os_rng()
        .sample_iter(&Alphanumeric)
        .take(PASSWORD_LENGTH)
        .map(char::from)
        .collect();
    let mut file = File::options()
        .create(true)
        .truncate(true)
        .write(true)
        .mode(0o600)
        .open(path)
        .at(path)?;
    file.write_all(password.as_bytes()).at(path)?;
    // A cluster that was made with another password is of no use.
    let data = path.with_file_name("data");
    if data.exists() {
        fs::remove_dir_all(&data).at(&data)?;
    }
    Ok(password)
}

/// Removes a cluster whose `initdb` did not finish (it looks like one, but does not start), or that has another locale.
fn discard_unusable_cluster(data: &Path, locale: &str) -> Result<()> {
    let finished = fs::read_to_string(data.join(FINISHED));
    if data.exists() && finished.ok().as_deref() != Some(locale) {
        fs::remove_dir_all(data).at(data)?;
    }
    Ok(())
}

/// Ends a server that a killed helper left behind, or removes the note of one that is gone. We hold the lock, so whatever
/// runs in this folder has lost its keeper.
async fn stop_orphan(settings: &postgresql_embedded::Settings) -> Result<()> {
    let note = settings.data_dir.join("postmaster.pid");
    let Ok(content) = fs::read_to_string(&note) else {
        return Ok(());
    };
    let pid: i32 = content
        .lines()
        .next()
        .and_then(|line| line.trim().parse().ok())
        .unwrap_or_default();
    if is_server(pid, &settings.data_dir) {
        PostgreSQL::new(settings.clone()).stop().await?;
    } else {
        // The number may be another program's by now; PostgreSQL would take that for a living server and refuse.
        fs::remove_file(&note).at(&note)?;
    }
    Ok(())
}

/// Whether process `pid` is a PostgreSQL server with its cluster in `data`.
fn is_server(pid: i32, data: &Path) -> bool {
    let command_line = fs::read(PathBuf::from(format!("/proc/{pid}/cmdline"))).unwrap_or_default();
    let data = data.as_os_str().as_encoded_bytes();
    is_alive(pid)
        && command_line
            .split(|byte| *byte == 0)
            .any(|argument| argument == data)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(name: &str) -> PathBuf {
        let path = std::env::temp_dir().join(format!("demo-host-{name}-{}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        path
    }

    #[test]
    fn a_folder_whose_user_lives_is_refused_by_name() {
        let folder = folder("busy");
        let own = i32::try_from(std::process::id()).unwrap();
        let _held = lock(&folder, own).unwrap();
        let message = lock(&folder, own).unwrap_err().to_string();
        assert!(message.contains(&own.to_string()), "{message}");
        assert!(message.contains("--data-dir"), "{message}");
        fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn a_cluster_without_its_finished_mark_is_made_again() {
        let folder = folder("unfinished");
        let data = folder.join("data");
        fs::create_dir_all(&data).unwrap();
        fs::write(data.join("PG_VERSION"), "15").unwrap();
        discard_unusable_cluster(&data, "C.UTF-8").unwrap();
        assert!(!data.exists());

        fs::create_dir_all(&data).unwrap();
        fs::write(data.join(FINISHED), "C.UTF-8").unwrap();
        discard_unusable_cluster(&data, "C.UTF-8").unwrap();
        assert!(data.exists());
        discard_unusable_cluster(&data, "C").unwrap();
        assert!(!data.exists());
        fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn the_password_is_made_once() {
        let folder = folder("password");
        let path = folder.join("password");
        let first = password(&path).unwrap();
        assert_eq!(first.len(), PASSWORD_LENGTH);
        assert_eq!(password(&path).unwrap(), first);
        fs::remove_dir_all(&folder).unwrap();
    }
}
