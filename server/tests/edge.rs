//! What stands around every route, against a real socket where it matters: names, ids, files, connections that are held.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    missing_docs,
    reason = "a test fails where it meets what it did not expect"
)]

mod common;

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use axum::http::{Request, StatusCode};
use common::{ADMIN, Console, router_of, settings};
use server::config::Settings;
use server::listen;
use server::routes::router;
use server::state::App;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// How long the listening console waits for headers.
const HEADERS: Duration = Duration::from_millis(300);
/// Whatever is cut, is by then.
const SOON: Duration = Duration::from_secs(20);

/// The console on a socket of its own, for as long as the test runs.
async fn listening(url: &str) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let router = router(App::new(settings(url)).unwrap());
    tokio::spawn(async move {
        listen::serve(listener, router, HEADERS, std::future::pending()).await;
    });
    address
}

/// Everything that the console answers until it closes.
async fn read_to_end(stream: &mut TcpStream) -> String {
    let mut answer = Vec::new();
    let read = tokio::time::timeout(SOON, stream.read_to_end(&mut answer));
    // A reset is a close, too.
    let _ = read.await.expect("the connection is held");
    String::from_utf8_lossy(&answer).into_owned()
}

/// Sends a piece again and again until the console has closed.
async fn trickle(stream: TcpStream, piece: &str, every: Duration) -> String {
    let (mut from, mut to) = stream.into_split();
    let sending = async {
        while to.write_all(piece.as_bytes()).await.is_ok() {
            tokio::time::sleep(every).await;
        }
        std::future::pending::<()>().await;
    };
    let mut answer = Vec::new();
    let reading = tokio::time::timeout(SOON, from.read_to_end(&mut answer));
    tokio::select! {
        () = sending => {}
        read = reading => { let _ = read.expect("the connection is held"); }
    }
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn headers_that_never_end_are_cut() {
    let console = Console::sample().await;
    let address = listening(console.database.url()).await;
    let connect = || async { TcpStream::connect(address).await.unwrap() };
    // Silence, what may become HTTP/2, half a line, half of the headers.
    for beginning in [
        "",
        "P",
        "PRI * HTTP/2.0",
        "GET /healthz",
        "GET /healthz HTTP/1.1\r\nhost: localhost\r\n",
    ] {
        let mut stream = connect().await;
        stream.write_all(beginning.as_bytes()).await.unwrap();
        let answer = read_to_end(&mut stream).await;
        assert!(!answer.contains("200 OK"), "{beginning:?}: {answer}");
    }
    let mut stream = connect().await;
    stream
        .write_all(b"GET /healthz HTTP/1.1\r\n")
        .await
        .unwrap();
    let answer = trickle(stream, "x-more: x\r\n", HEADERS / 10).await;
    assert!(!answer.contains("200 OK"), "{answer}");
    // Who asks is answered, and may ask again on the same connection.
    let mut stream = connect().await;
    for _ in 0..2 {
        let request = b"GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n";
        stream.write_all(request).await.unwrap();
        let mut answer = [0; 1024];
        let read = stream.read(&mut answer).await.unwrap();
        assert!(answer[..read].starts_with(b"HTTP/1.1 200 OK"));
    }
    read_to_end(&mut stream).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_trickles_is_cut() {
    let console = Console::sample().await;
    let address = listening(console.database.url()).await;
    let begun = Instant::now();
    let request = "POST /login HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-length: 1000\r\n\
                   content-type: application/x-www-form-urlencoded\r\n\r\n";
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let answer = trickle(stream, "x", Duration::from_millis(200)).await;
    assert!(answer.starts_with("HTTP/1.1 503"), "{answer}");
    assert!(begun.elapsed() < Duration::from_secs(15));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_attempt_to_log_in_is_recorded_with_the_address_that_it_came_from() {
    let console = Console::sample().await;
    let address = listening(console.database.url()).await;
    let form = format!("email={}&password=wrong", ADMIN.0);
    let request = format!(
        "POST /login HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\ncontent-length: {}\r\n\
         content-type: application/x-www-form-urlencoded\r\n\r\n{form}",
        form.len()
    );
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let answer = read_to_end(&mut stream).await;
    assert!(answer.starts_with("HTTP/1.1 401"), "{answer}");
    let recorded: (String, String) =
        sqlx::query_as("SELECT address, address_block FROM audit_console.login_attempt")
            .fetch_one(console.database.pool())
            .await
            .unwrap();
    assert_eq!(recorded, ("127.0.0.1".to_owned(), "127.0.0.1".to_owned()));
}

#[tokio::test]
async fn other_names_than_the_consoles_are_refused() {
    let console = Console::logged_in().await;
    let public = Console {
        router: router_of(Settings {
            public_url: Some("http://audit.example".to_owned()),
            ..settings(&console.database.runtime_url())
        }),
        ..console.again()
    };
    let with_host = |path: &str, host: &str| Request::get(path).header("host", host);
    for (console, own, says) in [
        (&console, "127.0.0.1:8040", "PUBLIC_URL"),
        (&public, "audit.example", "http://audit.example"),
    ] {
        for path in [
            "/trades",
            "/trades.csv",
            "/api/v1/trades",
            "/login",
            "/style.css",
            "/nothing",
        ] {
            let answer = console.send(with_host(path, "evil.example")).await;
            assert_eq!(answer.status, StatusCode::MISDIRECTED_REQUEST, "{path}");
            assert!(answer.body.contains(says), "{path}: {}", answer.body);
            assert!(!answer.body.contains("MA crossover"), "{path}");
            // As HTTP/2 and a proxy's request have it.
            let target = format!("http://evil.example{path}");
            let answer = console.send(with_host(&target, own)).await;
            assert_eq!(answer.status, StatusCode::MISDIRECTED_REQUEST, "{path}");
        }
        let answer = console.send(with_host("/trades", own)).await;
        assert_eq!(answer.status, StatusCode::OK, "{own}");
        let target = format!("http://{own}/trades");
        assert_eq!(
            console.send(Request::get(target)).await.status,
            StatusCode::OK
        );
        // A load balancer asks by an address, or by a name of its own.
        for path in ["/healthz", "/readyz"] {
            let answer = console.send(with_host(path, "10.0.0.7:8040")).await;
            assert_eq!(answer.status, StatusCode::OK, "{path}");
        }
    }
    let by_address = public.send(with_host("/trades", "127.0.0.1:8040")).await;
    assert_eq!(by_address.status, StatusCode::MISDIRECTED_REQUEST);
}

#[tokio::test]
async fn a_public_url_without_a_host_is_refused_at_start() {
    let settings = Settings {
        public_url: Some("https://".to_owned()),
        ..settings("postgres://nobody@localhost/x")
    };
    let error = App::new(settings).err().unwrap().to_string();
    assert!(error.contains("PUBLIC_URL is https://"), "{error}");
}

#[tokio::test]
async fn what_is_no_file_of_the_packages_is_not_there() {
    let folder = tempfile();
    std::fs::create_dir_all(folder.join("pkg/inner")).unwrap();
    std::fs::write(folder.join("pkg/there.js"), "x").unwrap();
    std::fs::write(folder.join("secret.js"), "secret").unwrap();
    let console = Console::sample().await;
    let console = Console {
        router: router_of(Settings {
            site_root: Some(folder.clone()),
            ..settings(&console.database.runtime_url())
        }),
        ..console
    };
    assert_eq!(console.get("/pkg/there.js").await.status, StatusCode::OK);
    for path in [
        "/pkg",
        "/pkg/",
        "/pkg/.",
        "/pkg/..",
        "/pkg//",
        "/pkg//evil.example",
        "/pkg/inner",
        "/pkg/inner/",
        "/pkg/inner/..",
        "/pkg/..%2f",
        "/pkg/..%2fsecret.js",
        "/pkg/%2e%2e/secret.js",
        "/pkg/../secret.js",
        "/pkg/there.js/",
        "/pkg/.there.js",
        "/pkg/%00",
        "//",
        "//evil.example",
        "/./trades",
    ] {
        let answer = console.get(path).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
        assert!(answer.header("location").is_empty(), "{path}");
    }
    std::fs::remove_dir_all(folder).unwrap();
}

/// A folder of this test's own.
fn tempfile() -> std::path::PathBuf {
    let name = format!("edge-{}", uuid::Uuid::new_v4());
    std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(name)
}

#[tokio::test]
async fn errors_follow_what_the_caller_takes() {
    let console = Console::logged_in().await;
    let cancel = format!("/exports/{}/cancel", uuid::Uuid::new_v4());
    let html = "text/html,application/xhtml+xml,*/*;q=0.8";
    for (path, accept, is_json) in [
        (cancel.as_str(), None, true),
        (cancel.as_str(), Some("*/*"), true),
        (cancel.as_str(), Some("application/json"), true),
        (cancel.as_str(), Some(html), false),
        ("/views/x/rename", Some("application/json"), true),
        ("/views/x/rename", Some(html), false),
    ] {
        let request = Request::post(path);
        let request = match accept {
            Some(accept) => request.header("accept", accept),
            None => request,
        };
        let answer = console.post_with(request, "").await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path} {accept:?}");
        let kind = answer.header("content-type");
        assert_eq!(
            kind.starts_with("application/json"),
            is_json,
            "{path} {accept:?}"
        );
    }
    let nobody = console.as_nobody();
    let answer = nobody.post(&cancel, "").await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    assert!(answer.body.contains("not_logged_in"));
    let program = Request::get("/trades").header("accept", "application/json");
    assert_eq!(nobody.send(program).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_requests_own_id_is_bounded_and_checked() {
    let console = Console::sample().await;
    let answer = async |id: &str| {
        let request = Request::get("/healthz").header("x-request-id", id);
        console
            .send(request)
            .await
            .header("x-request-id")
            .to_owned()
    };
    assert_eq!(answer("trace-7.a_B").await, "trace-7.a_B");
    for bad in ["", "two words", "{}", &"x".repeat(65)] {
        let given = answer(bad).await;
        assert_ne!(given, bad);
        assert!(uuid::Uuid::try_parse(&given).is_ok(), "{given}");
    }
}
