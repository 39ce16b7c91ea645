//! `page_p50_under_logins`: pages while strangers try passwords, beside pages without them.

use std::io::{BufReader, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use crate::error::Error;

use super::load;
use super::measure::Measure;
use super::pages::{Beside, beside, read};
use super::session::Session;

/// Strangers who try at the same time.
const STRANGERS: usize = 200;
/// So long pages are read in each run, without strangers and again with them.
const READING: Duration = Duration::from_secs(10);
/// How many times slower a page may get.
const TARGET: f64 = 2.0;

/// How many times slower pages are.
pub fn measure(session: &Session) -> Result<Measure, Error> {
    let what = Beside {
        name: "page_p50_under_logins",
        share: 0.5,
        long: READING,
        target: TARGET,
    };
    beside(session, &what, || read_beside(session))
}

fn read_beside(session: &Session) -> Result<Vec<f64>, Error> {
    let authority = session.authority();
    let until = Instant::now() + READING;
    std::thread::scope(|scope| {
        let strangers: Vec<_> = (0..STRANGERS)
            .map(|number| scope.spawn(move || try_passwords(authority, number, until)))
            .collect();
        let times = read(session, READING);
        let mut tried = 0;
        for stranger in strangers {
            let of_one = stranger
                .join()
                .unwrap_or_else(|_| Err("a stranger panicked".to_owned()));
            tried += of_one.map_err(|reason| Error::Http {
                path: "/login".to_owned(),
                reason,
            })?;
        }
        if tried < STRANGERS {
            return Err(Error::Unexpected(format!(
                "{tried} answers to {STRANGERS} strangers"
            )));
        }
        times
    })
}

/// Tries one password after the other, each as soon as the last one was refused; how many were.
fn try_passwords(authority: &str, number: usize, until: Instant) -> Result<usize, String> {
    let text = |error: std::io::Error| error.to_string();
    let stream = TcpStream::connect(authority).map_err(text)?;
    let mut reader = BufReader::new(stream);
    let mut tried = 0;
    while Instant::now() < until {
        let form = format!("email=stranger-{number}@demo.local&password=wrong-{tried}");
        let request = format!(
            "POST /login HTTP/1.1\r\nhost: {authority}\r\norigin: http://{authority}\r\n\
             content-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n\r\n{form}",
            form.len()
        );
        let written = reader.get_mut().write_all(request.as_bytes());
        written.map_err(text)?;
        let status = load::read_answer(&mut reader)?;
        if !matches!(status, 401 | 429 | 503) {
            return Err(format!("a wrong password was answered by {status}"));
        }
        tried += 1;
    }
    Ok(tried)
}
