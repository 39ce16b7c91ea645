//! The real binary: its commands, its exit statuses, and how it stops.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    missing_docs,
    reason = "a test fails where it meets what it did not expect"
)]

mod common;

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpListener;
use std::process::{Child, Command, Output, Stdio};

use axum::http::StatusCode;
use common::Console;
use common::program::{program, run, stderr};
use demo::testdb::TestDatabase;

#[tokio::test(flavor = "multi_thread")]
async fn an_export_from_the_shell_is_the_same_bytes() {
    let served = Console::logged_in().await;
    let folder = env!("CARGO_TARGET_TMPDIR");
    for (view, arguments, uri, file) in [
        (
            "trades",
            vec!["--asset=BTC", "--order=oldest"],
            "/trades.csv?asset=BTC&order=oldest",
            "t.csv",
        ),
        ("trades", vec!["--raw=1"], "/trades.csv?raw=1", "r.csv"),
        (
            "signals",
            vec!["--from=2026-11-23"],
            "/signals.jsonl?from=2026-11-23",
            "s.jsonl",
        ),
        (
            "events",
            vec!["--severity=critical", "--severity=error"],
            "/events.csv?severity=critical&severity=error",
            "e.csv",
        ),
        (
            "kill-switch",
            vec!["--review=overdue"],
            "/kill-switch.csv?review=overdue",
            "k.csv",
        ),
        (
            "kill-switch",
            vec!["--leaks=yes"],
            "/kill-switch.csv?leaks=yes",
            "k.csv",
        ),
    ] {
        let path = format!("{folder}/{}-{file}", std::process::id());
        let mut command = program(&served.url());
        command
            .args(["export", view])
            .args(&arguments)
            .args(["-o", &path]);
        let output = run(&mut command);
        assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
        let written = std::fs::read_to_string(&path).unwrap();
        std::fs::remove_file(&path).unwrap();
        assert_eq!(written, served.get(uri).await.body, "{uri}");
        assert!(written.lines().count() > 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn findings_are_looked_for_again_and_exported() {
    let served = Console::logged_in().await;
    let url = &served.url();
    let none = run(program(url).arg("findings"));
    assert_eq!(none.status.code(), Some(0), "{}", stderr(&none));
    let rebuilt = run(program(url).args(["findings", "--rebuild"]));
    assert_eq!(rebuilt.status.code(), Some(0), "{}", stderr(&rebuilt));
    assert!(
        stderr(&rebuilt).contains("249 rows"),
        "{}",
        stderr(&rebuilt)
    );
    let told = String::from_utf8_lossy(&rebuilt.stdout).into_owned();
    assert!(
        told.contains("leak-during-stop\tcritical\t9\t0\t"),
        "{told}"
    );
    let listed = run(program(url).arg("findings"));
    assert_eq!(String::from_utf8_lossy(&listed.stdout), told);
    let export =
        run(program(url).args(["export", "findings", "--rule=leak-during-stop", "-o", "-"]));
    let served = served.get("/findings.csv?rule=leak-during-stop").await.body;
    assert_eq!(String::from_utf8_lossy(&export.stdout), served);
    assert_eq!(served.lines().count(), 10, "{served}");
}

#[tokio::test(flavor = "multi_thread")]
async fn indexes_are_advised_and_measured_on_another_database_only() {
    let served = Console::sample().await;
    let url = &served.url();
    let told = |output: &Output| String::from_utf8_lossy(&output.stdout).into_owned();
    let advised = run(program(url).arg("advise"));
    assert_eq!(advised.status.code(), Some(0), "{}", stderr(&advised));
    let pending = "\nCREATE INDEX CONCURRENTLY IF NOT EXISTS audit_console_trades_pending \
        ON public.trade_audit USING btree (\"timestamp\", id) \
        WHERE NOT is_executed AND block_reason IS NULL AND decision <> 'HOLD';\n";
    assert!(told(&advised).contains(pending), "{}", told(&advised));
    assert!(
        told(&advised).contains("not measured"),
        "{}",
        told(&advised)
    );
    let own = run(program(url).args(["advise", "--measure", url]));
    assert_eq!(own.status.code(), Some(2), "{}", stderr(&own));
    assert!(stderr(&own).contains("--measure: that is the engine's own"));
    let alone = run(program(url).args(["advise", "--sample", "10"]));
    assert_eq!(alone.status.code(), Some(2), "{}", stderr(&alone));
    let scratch = TestDatabase::builder().create().await;
    let measured = run(program(url).args(["advise", "--measure", scratch.url()]));
    assert_eq!(measured.status.code(), Some(0), "{}", stderr(&measured));
    assert!(
        told(&measured)
            .lines()
            .any(|line| line.contains("/trades?outcome=pending: page ") && line.contains(" ms -> ")),
        "{}",
        told(&measured)
    );
    // What brings nothing is a comment; which that is depends on the machine's load.
    let statements = |output: &Output, begin: &str| told(output).matches(begin).count();
    let in_vain = statements(&measured, "\n-- CREATE INDEX CONCURRENTLY");
    assert_eq!(
        statements(&measured, "\n--   It brings nothing on these rows.\n-- "),
        in_vain
    );
    assert_eq!(
        statements(&measured, "\nCREATE INDEX CONCURRENTLY") + in_vain,
        statements(&advised, "\nCREATE INDEX CONCURRENTLY"),
        "{}",
        told(&measured)
    );
}

/// A standard output whose reader has gone already.
fn unread() -> Stdio {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    writer.into()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_command_ends_quietly_when_nobody_reads_it() {
    let served = Console::sample().await;
    let url = served.database.url();
    let toggle = "3cccd31d-6b6b-4738-bf75-0e9ea08f2b8c";
    for arguments in [
        vec!["advise"],
        vec!["findings"],
        vec!["findings", "--rebuild"],
        vec!["kill-switch", "list"],
        vec!["kill-switch", "show", toggle],
        vec!["user", "list"],
        vec!["export", "trades", "-o", "-"],
        vec!["export", "kill-switch", "-o", "-"],
        vec!["migrate"],
        vec!["--help"],
        vec!["export", "--help"],
        vec!["--version"],
    ] {
        let mut command = program(url);
        let output = command
            .args(&arguments)
            .stdin(Stdio::null())
            .stdout(unread())
            .stderr(Stdio::piped());
        let output = output.spawn().unwrap().wait_with_output().unwrap();
        assert_eq!(
            output.status.code(),
            Some(0),
            "{arguments:?}: {}",
            stderr(&output)
        );
        for word in ["panicked", "roken pipe"] {
            assert!(
                !stderr(&output).contains(word),
                "{arguments:?}: {}",
                stderr(&output)
            );
        }
        // Nor is standard error needed.
        let mut command = program(url);
        let mut child = command
            .args(&arguments)
            .stdin(Stdio::null())
            .stdout(unread())
            .stderr(unread())
            .spawn()
            .unwrap();
        assert_eq!(child.wait().unwrap().code(), Some(0), "{arguments:?}");
    }
    let mut wrong = program(url);
    let mut wrong = wrong
        .args(["export", "trades"])
        .stdin(Stdio::null())
        .stderr(unread())
        .spawn()
        .unwrap();
    assert_eq!(wrong.wait().unwrap().code(), Some(2));
}

async fn scratch_schemas(scratch: &TestDatabase) -> i64 {
    sqlx::query_scalar("SELECT count(*) FROM pg_namespace WHERE nspname = 'audit_console_advise'")
        .fetch_one(scratch.pool())
        .await
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn measuring_leaves_nothing_behind_however_it_ends() {
    let served = Console::sample().await;
    let url = served.database.url();
    let scratch = TestDatabase::builder().create().await;
    let measure = || {
        let mut command = program(url);
        command
            .args(["advise", "--measure", scratch.url()])
            .stdin(Stdio::null())
            .stderr(Stdio::piped());
        command
    };
    // `| head -1`
    let mut child = measure().stdout(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    assert!(line.starts_with("-- Indexes that help"), "{line}");
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert!(!stderr(&output).contains("panicked"), "{}", stderr(&output));
    assert_eq!(scratch_schemas(&scratch).await, 0);
    for signal in ["-TERM", "-INT"] {
        let mut child = measure().stdout(Stdio::null()).spawn().unwrap();
        let mut told = BufReader::new(child.stderr.take().unwrap());
        let mut line = String::new();
        // The copy is there, and something is done with it.
        while !line.contains(": measuring") {
            line.clear();
            assert_ne!(
                told.read_line(&mut line).unwrap(),
                0,
                "it ended before it measured"
            );
        }
        assert_eq!(scratch_schemas(&scratch).await, 1);
        let id = child.id().to_string();
        assert!(
            Command::new("kill")
                .args([signal, &id])
                .status()
                .unwrap()
                .success()
        );
        let mut rest = String::new();
        told.read_to_string(&mut rest).unwrap();
        assert_eq!(child.wait().unwrap().code(), Some(1), "{rest}");
        assert!(rest.contains("interrupted"), "{rest}");
        assert_eq!(scratch_schemas(&scratch).await, 0, "{signal}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_interrupted_export_leaves_no_file() {
    let served = Console::sample().await;
    // It takes a while.
    served.database.add_large_decisions(150_000).await;
    let file = format!(
        "{}/{}-cut.csv",
        env!("CARGO_TARGET_TMPDIR"),
        std::process::id()
    );
    let part = format!("{file}.part");
    let mut command = program(served.database.url());
    let command = command
        .args(["export", "trades", "-o", &file])
        .stdin(Stdio::null());
    let mut child = command.stderr(Stdio::null()).spawn().unwrap();
    while !std::fs::exists(&part).unwrap() {
        assert!(child.try_wait().unwrap().is_none(), "it ended by itself");
        tokio::task::yield_now().await;
    }
    let id = child.id().to_string();
    assert!(Command::new("kill").arg(&id).status().unwrap().success());
    assert_eq!(child.wait().unwrap().code(), Some(1));
    assert!(!std::fs::exists(&part).unwrap() && !std::fs::exists(&file).unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_usage_is_2_and_failure_is_1_and_both_say_what_to_do() {
    let served = Console::sample().await;
    let url = &served.url();
    for (arguments, status, says) in [
        (vec!["export", "trades", "--asset=BTC"], 2, "add -o FILE"),
        (
            vec!["export", "trades", "--foo=1", "-o", "x.csv"],
            2,
            "--foo: unknown parameter",
        ),
        (
            vec!["export", "nothing", "-o", "x.csv"],
            2,
            "[possible values: trades, signals, kill-switch, findings, events]",
        ),
        (vec!["frobnicate"], 2, "unrecognized subcommand"),
        (
            vec!["export", "trades", "-o", "/nowhere/x.csv"],
            1,
            "/nowhere/x.csv cannot be written",
        ),
        (
            vec!["user", "grant", "nobody@nowhere", "--role", "auditor"],
            1,
            "no active account",
        ),
        (
            vec!["user", "grant", "strategist@omc.local", "--role", "king"],
            2,
            "a role is",
        ),
    ] {
        let output = run(program(url).args(&arguments));
        assert_eq!(
            output.status.code(),
            Some(status),
            "{arguments:?}: {}",
            stderr(&output)
        );
        assert!(
            stderr(&output).contains(says),
            "{arguments:?}: {}",
            stderr(&output)
        );
    }
    let output = run(program(url).env("AUDIT_CONSOLE_PORT", "1").arg("migrate"));
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("AUDIT_CONSOLE_PORT is set"));
    let output = run(program("postgres://x@127.0.0.1:1/x").arg("serve"));
    assert_eq!(output.status.code(), Some(1));
    assert!(
        stderr(&output).contains("cannot be reached"),
        "{}",
        stderr(&output)
    );
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let output = run(program(url).args(["serve", "--listen-addr", &address]));
    assert_eq!(output.status.code(), Some(1));
    assert!(
        stderr(&output).contains("is taken by another program"),
        "{}",
        stderr(&output)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_made_in_the_shell_can_log_in_until_its_role_goes() {
    let mut served = Console::sample().await;
    let mut command = program(&served.url());
    command.args(["user", "add", "eve@audit.example", "--role", "auditor"]);
    let mut child = command
        .stdin(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(b"a long password\n")
        .unwrap();
    assert!(child.wait().unwrap().success());
    served
        .log_in(("eve@audit.example", "a long password"))
        .await;
    assert_eq!(served.get("/trades").await.status, StatusCode::OK);
    let listed = run(program(&served.url()).args(["user", "list"]));
    let listed = String::from_utf8(listed.stdout).unwrap();
    assert!(
        listed.contains("admin@example.com\tadmin\tsuperuser of the engine"),
        "{listed}"
    );
    assert!(
        listed.contains("eve@audit.example\tauditor\tgranted"),
        "{listed}"
    );
    let revoked = run(program(&served.url()).args(["user", "revoke", "eve@audit.example"]));
    assert!(revoked.status.success());
    assert_eq!(served.get("/trades").await.status, StatusCode::SEE_OTHER);
}

/// A running server, killed when the test ends.
struct Running {
    child: Child,
    address: String,
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn serve(url: &str) -> Running {
    let mut child = program(url)
        .args(["serve", "--listen-addr", "127.0.0.1:0"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.as_mut().unwrap())
        .read_line(&mut line)
        .unwrap();
    let address = line.trim().strip_prefix("listening on http://").unwrap();
    Running {
        address: address.to_owned(),
        child,
    }
}

fn terminate(running: &Running) {
    let id = running.child.id().to_string();
    assert!(Command::new("kill").arg(id).status().unwrap().success());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stopped_server_ends_well_and_cuts_a_stalled_export_visibly() {
    let served = Console::logged_in().await;
    served.database.add_large_decisions(40_000).await;
    let mut running = serve(&served.url());
    let mut stream = std::net::TcpStream::connect(&running.address).unwrap();
    let request = format!(
        "GET /trades.csv HTTP/1.1\r\nHost: localhost\r\nCookie: {}\r\n\r\n",
        served.cookie
    );
    stream.write_all(request.as_bytes()).unwrap();
    let mut first = [0; 16];
    stream.read_exact(&mut first).unwrap();
    assert_eq!(&first, b"HTTP/1.1 200 OK\r");
    terminate(&running);
    // The reader stalls; after its ten seconds the server ends without it.
    assert!(running.child.wait().unwrap().success());
    let mut rest = Vec::new();
    let ended = stream.read_to_end(&mut rest);
    assert!(
        ended.is_err() || !rest.ends_with(b"0\r\n\r\n"),
        "a cut export looks whole"
    );
    // With nothing under way it ends at once; waiting for it is the assertion.
    let mut idle = serve(&served.url());
    terminate(&idle);
    assert!(idle.child.wait().unwrap().success());
}

#[tokio::test(flavor = "multi_thread")]
async fn episodes_are_listed_and_shown_in_the_terminal() {
    let served = Console::sample().await;
    let url = &served.url();
    let toggle = "3cccd31d-6b6b-4738-bf75-0e9ea08f2b8c";
    let list = run(program(url).args(["kill-switch", "list", "--leaks=yes"]));
    assert!(list.status.success(), "{}", stderr(&list));
    let text = String::from_utf8(list.stdout).unwrap();
    let lines: Vec<Vec<&str>> = text
        .lines()
        .map(|line| line.split('\t').collect())
        .collect();
    assert_eq!(lines.len(), 2);
    assert!(lines.iter().all(|line| line.len() == 10));
    assert_eq!(lines[1][0], toggle);
    assert_eq!(lines[1][6..], ["0", "6", "3", "overdue"]);
    let show = run(program(url).args(["kill-switch", "show", toggle]));
    assert!(show.status.success(), "{}", stderr(&show));
    let text = String::from_utf8(show.stdout).unwrap();
    for line in [
        "toggle, declared and not enforced",
        "6 approvals, 3 orders",
        "2794.692223921144512 approved, each trade once",
        "needs a reviewer",
    ] {
        assert!(text.contains(line), "{line}: {text}");
    }
    let wrong = run(program(url).args(["kill-switch", "list", "--leaks=maybe"]));
    assert_eq!(wrong.status.code(), Some(2));
    assert!(
        stderr(&wrong).contains("--leaks: takes yes or no"),
        "{}",
        stderr(&wrong)
    );
    let nobody = "00000000-0000-0000-0000-000000000000";
    let missing = run(program(url).args(["kill-switch", "show", nobody]));
    assert_eq!(missing.status.code(), Some(1));
    assert!(stderr(&missing).contains("there is no kill-switch episode"));
    // Whoever writes to a terminal what they like must not move its cursor.
    served
        .execute(
            "UPDATE audit_log SET details = E'{\"active\": true}', user_id = NULL \
             WHERE id = '3cccd31d-6b6b-4738-bf75-0e9ea08f2b8c'; \
             UPDATE \"user\" SET email = E'\\x1b[2J@evil.example' WHERE email LIKE 'strategist%'; \
             INSERT INTO audit_log (event_type, severity, details, id, timestamp, user_id) \
             SELECT 'kill_switch_toggle', 'critical', '{\"active\": true}', gen_random_uuid(), now(), id \
             FROM \"user\" WHERE email LIKE '%evil%'",
        )
        .await;
    let list = run(program(url).args(["kill-switch", "list"]));
    assert!(list.status.success());
    assert!(!list.stdout.contains(&0x1b));
}
