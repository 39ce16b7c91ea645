//! Running other programs: to the end, for their output, or in the background.

use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use crate::error::Error;

/// Runs a command to its end with the terminal's input and outputs.
///
/// # Errors
/// When it cannot be started or fails.
pub fn run(command: &mut Command) -> Result<(), Error> {
    let status = command.status().map_err(start_error(command))?;
    if status.success() {
        Ok(())
    } else {
        Err(Error::Failed {
            command: shown(command),
            status,
        })
    }
}

/// Runs a command to its end and returns its standard output.
///
/// # Errors
/// When it cannot be started or fails.
pub fn output(command: &mut Command) -> Result<String, Error> {
    let output = command
        .stderr(Stdio::inherit())
        .output()
        .map_err(start_error(command))?;
    if output.status.success() {
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    } else {
        Err(Error::Failed {
            command: shown(command),
            status: output.status,
        })
    }
}

/// Runs a command to its end, passes its standard output on line by line, and shows each line to
/// `watch`. True when it succeeded.
///
/// # Errors
/// When it cannot be started or its output cannot be read.
pub fn run_watched(command: &mut Command, mut watch: impl FnMut(&str)) -> Result<bool, Error> {
    let mut child = command
        .stdout(Stdio::piped())
        .spawn()
        .map_err(start_error(command))?;
    if let Some(stdout) = child.stdout.take() {
        for line in BufReader::new(stdout).split(b'\n') {
            let line = line.map_err(start_error(command))?;
            let line = String::from_utf8_lossy(&line);
            println!("{line}");
            watch(line.trim_end());
        }
    }
    let status = child.wait().map_err(start_error(command))?;
    Ok(status.success())
}

/// The program's path when it is in a folder of `PATH`.
pub fn find_in_path(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .map(|folder| folder.join(program))
        .find(|candidate| is_executable(candidate))
}

/// Whether `path` is a file that somebody may execute.
pub fn is_executable(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    path.metadata()
        .is_ok_and(|data| data.is_file() && data.permissions().mode() & 0o111 != 0)
}

/// The command line as one would type it.
pub fn shown(command: &Command) -> String {
    let mut text = command.get_program().to_string_lossy().into_owned();
    for argument in command.get_args() {
        text.push(' ');
        text.push_str(&argument.to_string_lossy());
    }
    text
}

fn start_error(command: &Command) -> impl FnOnce(std::io::Error) -> Error + use<> {
    let command = shown(command);
    move |source| Error::Start { command, source }
}

/// A program that runs beside the task and is stopped with it.
///
/// Its standard input stays open until then: programs that end on its end-of-file are not left
/// behind, however the task dies. Where `setpriv` is on the machine the others are told by SIGTERM.
#[derive(Debug)]
pub struct Background {
    name: &'static str,
    child: Child,
    lines: Receiver<String>,
}

impl Background {
    /// Starts `command`; its standard error goes to the terminal.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn start(name: &'static str, command: &Command) -> Result<Self, Error> {
        let mut command = ending_with_parent(command);
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(start_error(&command))?;
        let (sender, lines) = channel();
        if let Some(stdout) = child.stdout.take() {
            // Reads on after the interesting lines: a full pipe would stop the program.
            std::thread::spawn(move || {
                for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                    if sender.send(line).is_err() {
                        break;
                    }
                }
            });
        }
        Ok(Self { name, child, lines })
    }

    /// The process id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Shows each line of standard output to `watch` until it says that it has seen enough, and
    /// returns what it made of them.
    ///
    /// # Errors
    /// When the program ends, or stays silent about it for `limit`.
    pub fn wait_for<T>(
        &mut self,
        limit: Duration,
        mut watch: impl FnMut(&str) -> Option<T>,
    ) -> Result<T, Error> {
        let deadline = Instant::now() + limit;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            match self.lines.recv_timeout(left) {
                Ok(line) => {
                    if let Some(found) = watch(&line) {
                        return Ok(found);
                    }
                }
                Err(RecvTimeoutError::Timeout) => {
                    return Err(Error::Unexpected(format!(
                        "{} was not ready within {} s",
                        self.name,
                        limit.as_secs()
                    )));
                }
                Err(RecvTimeoutError::Disconnected) => {
                    return Err(Error::Unexpected(format!(
                        "{} ended before it was ready; what it said is above",
                        self.name
                    )));
                }
            }
        }
    }

    /// Stops the program: end of input and SIGTERM, and SIGKILL after `PATIENCE`.
    fn stop(&mut self) {
        const PATIENCE: Duration = Duration::from_secs(30);
        drop(self.child.stdin.take());
        let id = i32::try_from(self.child.id()).ok();
        if let Some(pid) = id.and_then(rustix::process::Pid::from_raw) {
            // The only failure is that it has ended already.
            let _ = rustix::process::kill_process(pid, rustix::process::Signal::TERM);
        }
        let deadline = Instant::now() + PATIENCE;
        while Instant::now() < deadline {
            match self.child.try_wait() {
                Ok(None) => std::thread::sleep(Duration::from_millis(20)),
                Ok(Some(_)) | Err(_) => return,
            }
        }
        eprintln!("xtask: {} did not stop when asked; killing it", self.name);
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Background {
    fn drop(&mut self) {
        self.stop();
    }
}

/// The same command, told by the kernel when this process dies.
fn ending_with_parent(command: &Command) -> Command {
    let mut wrapped = match find_in_path("setpriv") {
        Some(setpriv) => {
            let mut wrapped = Command::new(setpriv);
            wrapped.args(["--pdeathsig", "TERM", "--"]);
            wrapped.arg(command.get_program());
            wrapped
        }
        None => Command::new(command.get_program()),
    };
    wrapped.args(command.get_args());
    if let Some(folder) = command.get_current_dir() {
        wrapped.current_dir(folder);
    }
    for (key, value) in command.get_envs() {
        match value {
            Some(value) => wrapped.env(key, value),
            None => wrapped.env_remove(key),
        };
    }
    wrapped
}

/// Reads everything and throws it away; returns how many bytes there were.
///
/// # Errors
/// Those of the reader.
pub fn drain(mut reader: impl Read) -> std::io::Result<u64> {
    let mut buffer = vec![0; 64 * 1024];
    let mut total = 0;
    loop {
        match reader.read(&mut buffer)? {
            0 => return Ok(total),
            count => total += count as u64,
        }
    }
}
