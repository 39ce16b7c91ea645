//! Real servers of a test's own beside the one of all tests: a pooler, a replica, a Redis. They end with their values.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection};
use uuid::Uuid;

/// A program that is not on this machine: the test says so and ends.
pub fn find(program: &str) -> Option<PathBuf> {
    let folders = ["/usr/sbin", "/usr/bin", "/usr/local/bin"];
    let versions = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten();
    let found = folders
        .iter()
        .map(PathBuf::from)
        .chain(versions.map(|version| version.path().join("bin")))
        .map(|folder| folder.join(program))
        .find(|path| path.is_file());
    if found.is_none() {
        eprintln!("no {program} on this machine: nothing to test");
    }
    found
}

/// A folder that everybody may write to and that goes with its value.
pub struct Folder(pub PathBuf);

impl Folder {
    pub fn new() -> Self {
        let path = std::env::temp_dir().join(format!("audit-console-{}", Uuid::new_v4().simple()));
        fs::create_dir(&path).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o777)).unwrap();
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A running program. It ends with its value.
pub struct Program(Child);

impl Program {
    /// Starts it; what it says goes nowhere but where the command has it.
    pub fn start(command: &mut Command) -> Self {
        Self(command.stdin(Stdio::null()).spawn().unwrap())
    }

    /// Asks it to end in the way of this signal, and waits until it has.
    pub fn end_by(&mut self, signal: Signal) {
        let pid = Pid::from_child(&self.0);
        kill_process(pid, signal).unwrap();
        self.0.wait().unwrap();
    }

    /// Whether it has ended by itself.
    pub fn has_ended(&mut self) -> bool {
        self.0.try_wait().unwrap().is_some()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A command as somebody who is not root: neither PostgreSQL nor PgBouncer runs as root.
fn unprivileged(program: &Path) -> Command {
    let is_root =
        fs::metadata("/proc/self").is_ok_and(|it| std::os::unix::fs::MetadataExt::uid(&it) == 0);
    if !is_root {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    command
        .args(["--reuid=65534", "--regid=65534", "--clear-groups", "--"])
        .arg(program);
    command
}

pub fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

/// Waits until something answers at this URL.
async fn wait_for(url: &str, log: &Path) {
    let deadline = Instant::now() + Duration::from_mins(1);
    loop {
        let Err(error) = sqlx::postgres::PgConnection::connect(url).await else {
            return;
        };
        // What refuses a start-up parameter answers.
        if matches!(&error, sqlx::Error::Database(error) if error.code().as_deref() == Some("08P01"))
        {
            return;
        }
        assert!(
            Instant::now() < deadline,
            "{error}: {}",
            fs::read_to_string(log).unwrap_or_default()
        );
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// `host:port` of a URL.
pub fn host(url: &str) -> &str {
    let (_, rest) = url.split_once('@').unwrap();
    rest.split('/').next().unwrap()
}

/// Splits `postgres://user:password@host:port/name`.
fn parts(url: &str) -> [&str; 5] {
    let (user, rest) = url
        .strip_prefix("postgres://")
        .unwrap()
        .split_once('@')
        .unwrap();
    let (user, password) = user.split_once(':').unwrap();
    let (host, name) = rest.split_once('/').unwrap();
    let (host, port) = host.split_once(':').unwrap();
    [user, password, host, port, name]
}

/// A PgBouncer before a database.
pub struct PgBouncer {
    process: Program,
    folder: Folder,
    port: u16,
    url: String,
}

impl PgBouncer {
    /// Before the database at `url`; none where there is no PgBouncer. `mode`: `session` or `transaction`; `ignored`:
    /// start-up parameters that it drops without a word.
    pub async fn before(url: &str, mode: &str, ignored: &str) -> Option<Self> {
        let program = find("pgbouncer")?;
        let [user, password, host, port, name] = parts(url);
        let (folder, own) = (Folder::new(), free_port());
        let file = folder.0.join("pgbouncer.ini");
        let text = format!(
            "[databases]\n{name} = host={host} port={port} dbname={name} user={user} password={password}\n\
             [pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {own}\nunix_socket_dir =\n\
             auth_type = any\npool_mode = {mode}\nignore_startup_parameters = {ignored}\n\
             default_pool_size = {size}\nmax_client_conn = 200\nserver_login_retry = 1\nlogfile = {log}\n",
            log = folder.0.join("log").display(),
            // A session keeps its connection.
            size = if mode == "session" { 60 } else { 12 },
        );
        fs::write(&file, text).unwrap();
        let process = start(&program, &file);
        let url = format!("postgres://{user}:{password}@127.0.0.1:{own}/{name}");
        wait_for(&url, &folder.0.join("log")).await;
        Some(Self {
            process,
            folder,
            port: own,
            url,
        })
    }

    pub fn url(&self) -> &str {
        &self.url
    }

    /// Stops it and starts it again at the same port.
    pub async fn restart(&mut self) {
        self.process.end_by(Signal::KILL);
        self.process = start(
            &find("pgbouncer").unwrap(),
            &self.folder.0.join("pgbouncer.ini"),
        );
        assert!(self.url.contains(&self.port.to_string()));
        wait_for(&self.url, &self.folder.0.join("log")).await;
    }
}

fn start(program: &Path, file: &Path) -> Program {
    let mut command = unprivileged(program);
    command.arg("-q").arg(file);
    Program::start(command.stdout(Stdio::null()).stderr(Stdio::null()))
}

/// A PostgreSQL server that can be replicated. That of all tests writes too little into its log for that.
pub struct Primary {
    process: Program,
    folder: Folder,
    port: u16,
    url: String,
}

/// A primary's settings.
const PRIMARY: [&str; 4] = [
    "wal_level=replica",
    "max_wal_senders=4",
    "fsync=off",
    "shared_buffers=64MB",
];

impl Primary {
    /// An empty one; none where PostgreSQL's programs are not found.
    pub async fn start() -> Option<Self> {
        const PASSWORD: &str = "primary";
        let (initdb, server) = (find("initdb")?, find("postgres")?);
        let (folder, port) = (Folder::new(), free_port());
        let (data, password) = (folder.0.join("data"), folder.0.join("password"));
        fs::write(&password, PASSWORD).unwrap();
        let done = unprivileged(&initdb)
            .args([
                "-U",
                "postgres",
                "-A",
                "scram-sha-256",
                "-E",
                "UTF8",
                "--locale=C.UTF-8",
            ])
            .arg("--no-sync")
            .arg("--pwfile")
            .arg(&password)
            .arg("-D")
            .arg(&data)
            .output()
            .unwrap();
        assert!(
            done.status.success(),
            "{}",
            String::from_utf8_lossy(&done.stderr)
        );
        let process = serve(&server, &folder, port, &PRIMARY);
        let url = format!("postgres://postgres:{PASSWORD}@127.0.0.1:{port}/postgres");
        wait_for(&url, &folder.0.join("log")).await;
        Some(Self {
            process,
            folder,
            port,
            url,
        })
    }

    pub fn url(&self) -> &str {
        &self.url
    }

    /// Its host and port.
    pub fn host(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// Stops it, sessions and all, and starts it again at the same port.
    pub async fn restart(&mut self) {
        self.process.end_by(Signal::INT);
        self.process = serve(
            &find("postgres").unwrap(),
            &self.folder,
            self.port,
            &PRIMARY,
        );
        wait_for(&self.url, &self.folder.0.join("log")).await;
    }
}

/// PostgreSQL over the cluster in the folder's `data`.
fn serve(program: &Path, folder: &Folder, port: u16, settings: &[&str]) -> Program {
    let log = fs::File::create(folder.0.join("log")).unwrap();
    let mut command = unprivileged(program);
    command
        .arg("-D")
        .arg(folder.0.join("data"))
        .args(["-p", &port.to_string(), "-h", "127.0.0.1", "-k", ""])
        .args(settings.iter().flat_map(|setting| ["-c", setting]));
    Program::start(command.stdout(log.try_clone().unwrap()).stderr(log))
}

/// A streaming replica of a [`Primary`].
pub struct Replica {
    _process: Program,
    folder: Folder,
    port: u16,
}

impl Replica {
    /// Of the server behind `url`, caught up with it; none where PostgreSQL's programs are not found.
    pub async fn of(url: &str) -> Option<Self> {
        let (backup, server) = (find("pg_basebackup")?, find("postgres")?);
        let [user, password, host, port, _] = parts(url);
        let (folder, own) = (Folder::new(), free_port());
        let data = folder.0.join("data");
        let done = unprivileged(&backup)
            .args([
                "-h", host, "-p", port, "-U", user, "-R", "-X", "stream", "-c", "fast", "-D",
            ])
            .arg(&data)
            .env("PGPASSWORD", password)
            .output()
            .unwrap();
        assert!(
            done.status.success(),
            "{}",
            String::from_utf8_lossy(&done.stderr)
        );
        // Its replay waits for nobody.
        let settings = [
            "max_standby_streaming_delay=100ms",
            "hot_standby_feedback=off",
        ];
        let replica = Self {
            _process: serve(&server, &folder, own, &settings),
            folder,
            port: own,
        };
        wait_for(&replica.url(url), &replica.folder.0.join("log")).await;
        Some(replica)
    }

    /// Where the database that is at `url` on the primary is on the replica.
    pub fn url(&self, url: &str) -> String {
        let [user, password, _, _, name] = parts(url);
        format!(
            "postgres://{user}:{password}@127.0.0.1:{}/{name}",
            self.port
        )
    }

    /// Waits until it has replayed what the primary has written so far.
    pub async fn catches_up(&self, url: &str) {
        let mut primary = PgConnection::connect(url).await.unwrap();
        let mut replica = PgConnection::connect(&self.url(url)).await.unwrap();
        let written: String = sqlx::query_scalar("SELECT pg_current_wal_lsn()::text")
            .fetch_one(&mut primary)
            .await
            .unwrap();
        let deadline = Instant::now() + Duration::from_secs(30);
        loop {
            let is_there: bool =
                sqlx::query_scalar("SELECT pg_last_wal_replay_lsn() >= $1::pg_lsn")
                    .bind(&written)
                    .fetch_one(&mut replica)
                    .await
                    .unwrap();
            if is_there {
                return;
            }
            assert!(Instant::now() < deadline, "the replica does not catch up");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// Waits until an export there waits for its reader.
    pub async fn runs_blocked_export(&self, url: &str) {
        let mut replica = PgConnection::connect(&self.url(url)).await.unwrap();
        let deadline = Instant::now() + Duration::from_secs(30);
        loop {
            let is_blocked: bool = sqlx::query_scalar(
                "SELECT EXISTS (SELECT FROM pg_stat_activity \
                 WHERE query LIKE 'COPY%' AND state = 'active' AND wait_event = 'ClientWrite')",
            )
            .fetch_one(&mut replica)
            .await
            .unwrap();
            if is_blocked {
                return;
            }
            assert!(Instant::now() < deadline, "no export waits for its reader");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// Runs SQL on it, such as pausing its replay.
    pub async fn execute(&self, url: &str, sql: &str) {
        let mut replica = PgConnection::connect(&self.url(url)).await.unwrap();
        replica
            .execute(AssertSqlSafe(sql.to_owned()))
            .await
            .unwrap();
    }
}

/// A Redis.
pub struct Redis {
    process: Option<Program>,
    folder: Folder,
    port: u16,
}

impl Redis {
    /// An empty one; none where there is no Redis.
    pub fn start() -> Option<Self> {
        let mut redis = Self {
            process: None,
            folder: Folder::new(),
            port: free_port(),
        };
        find("redis-server")?;
        redis.begin();
        Some(redis)
    }

    /// Starts it again at the same port.
    pub fn begin(&mut self) {
        let mut command = Command::new(find("redis-server").unwrap());
        command
            .args(["--port", &self.port.to_string(), "--bind", "127.0.0.1"])
            .args(["--save", "", "--appendonly", "no"])
            .current_dir(&self.folder.0);
        self.process = Some(Program::start(
            command.stdout(Stdio::null()).stderr(Stdio::null()),
        ));
    }

    /// Kills it.
    pub fn end(&mut self) {
        self.process = None;
    }

    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}/0", self.port)
    }
}
