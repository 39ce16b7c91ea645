//! The real binary, started, killed and stopped.

use std::fs;
use std::net::SocketAddr;
use std::process::Command;
use std::time::{Duration, Instant};

use rustix::process::Signal;

use crate::common::download::Download;
use crate::common::field;
use crate::common::servers::{Folder, Program, free_port};
use crate::world::{PASSWORD, Topology, World};

/// It answers after this long at the latest, and has stopped after this long.
const PATIENCE: Duration = Duration::from_secs(20);

pub struct Console {
    pub address: SocketAddr,
    variables: Vec<(&'static str, String)>,
    program: Option<Program>,
    /// Its log, and how far its clock is moved.
    folder: Folder,
}

impl Console {
    /// Starts one, and waits until it answers.
    pub async fn start(world: &World, topology: Topology) -> Self {
        let address: SocketAddr = ([127, 0, 0, 1], free_port()).into();
        let folder = Folder::new();
        let mut variables = world.variables(topology);
        variables.push(("REDIS_URL", world.redis.url()));
        variables.push(("LISTEN_ADDR", address.to_string()));
        if let Some(library) = &world.clock {
            variables.push(("LD_PRELOAD", library.clone()));
            let file = folder.0.join("clock").display().to_string();
            variables.push(("FAKETIME_TIMESTAMP_FILE", file));
            variables.push(("FAKETIME_CACHE_DURATION", "1".to_owned()));
            // Timers go on as they are; that is what a real clock's jump does.
            variables.push(("FAKETIME_DONT_FAKE_MONOTONIC", "1".to_owned()));
            variables.push(("DONT_FAKE_MONOTONIC", "1".to_owned()));
        }
        let mut console = Self {
            address,
            variables,
            program: None,
            folder,
        };
        console.move_clock(0);
        console.run();
        console.answers().await;
        console
    }

    /// Runs it again where it does not run; it need not answer yet.
    pub fn run(&mut self) {
        let runs = self
            .program
            .as_mut()
            .is_some_and(|program| !program.has_ended());
        if runs {
            return;
        }
        let log = self.folder.0.join("log");
        let log = fs::OpenOptions::new().create(true).append(true).open(log);
        let log = log.unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_audit-console"));
        command
            .env_clear()
            .envs(self.variables.iter().map(|(name, value)| (name, value)))
            .current_dir(&self.folder.0)
            .arg("serve")
            .stdout(log.try_clone().unwrap())
            .stderr(log);
        self.program = Some(Program::start(&mut command));
    }

    /// Waits until it answers; one that ended meanwhile is run again, as a supervisor does it.
    pub async fn answers(&mut self) {
        self.waits_for("/healthz").await;
    }

    /// Waits until it says that everything is there.
    pub async fn is_ready(&mut self) -> Duration {
        let begun = Instant::now();
        self.waits_for("/readyz").await;
        begun.elapsed()
    }

    async fn waits_for(&mut self, path: &str) {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Ok(answer) = Download::begin(self.address, path, "").await {
                if answer.is(200) {
                    return;
                }
                let head = answer.head.clone();
                let body = answer.end().await.body;
                let body = String::from_utf8_lossy(&body);
                assert!(
                    Instant::now() < deadline,
                    "{path}: {head}{body}\n{}",
                    self.log()
                );
            }
            assert!(
                Instant::now() < deadline,
                "{path}: no answer\n{}",
                self.log()
            );
            self.run();
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// The cookie of a session.
    pub async fn log_in(&self, email: &str) -> String {
        let form = format!("email={}&password={PASSWORD}", field(email));
        let answer = Download::post(self.address, "/login", "", &form).await;
        let answer = answer.unwrap();
        assert!(answer.is(303), "{}\n{}", answer.head, self.log());
        let cookie = answer.header("set-cookie").unwrap();
        cookie.split(';').next().unwrap().to_owned()
    }

    /// Its clock goes on so many seconds from the true one.
    pub fn move_clock(&self, seconds: i64) {
        fs::write(self.folder.0.join("clock"), format!("{seconds:+}\n")).unwrap();
    }

    pub fn kill(&mut self) {
        self.program = None;
    }

    /// Asks it to stop, and waits until it has; false when it takes too long.
    pub async fn stop(&mut self) -> bool {
        let Some(mut program) = self.program.take() else {
            return true;
        };
        let stopped = tokio::task::spawn_blocking(move || program.end_by(Signal::TERM));
        tokio::time::timeout(PATIENCE, stopped).await.is_ok()
    }

    /// What it has said so far.
    pub fn log(&self) -> String {
        fs::read_to_string(self.folder.0.join("log")).unwrap_or_default()
    }
}
