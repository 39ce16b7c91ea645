//! An HTTP client that is logged in as the demo's auditor.

use std::io::Read as _;
use std::time::{Duration, Instant};

use ureq::http::Response;
use ureq::http::header::{COOKIE, ORIGIN, SET_COOKIE};
use ureq::{Agent, Body};

use crate::error::Error;
use crate::process;

const EMAIL: &str = "auditor@demo.local";
const PASSWORD: &str = "demo-console";
/// The console notices so long after a client has gone, at the latest, that it has.
const NOTICED: Duration = Duration::from_secs(10);

/// A logged-in client over one kept connection.
#[derive(Debug)]
pub struct Session {
    agent: Agent,
    base: String,
    cookie: String,
}

/// One whole answer.
#[derive(Debug)]
pub struct Answer {
    /// From the request to the body's last byte, in ms.
    pub milliseconds: f64,
    /// The body's length.
    pub bytes: u64,
}

/// One whole answer, of which something was waited for.
#[derive(Debug)]
pub struct Watched {
    /// From the request to the body's last byte, in ms.
    pub milliseconds: f64,
    /// From the request until the mark had come, in ms; `None` where it did not.
    pub seen: Option<f64>,
    /// The body.
    pub text: String,
}

/// A client that neither follows redirects nor takes a status for an error.
pub fn agent() -> Agent {
    Agent::config_builder()
        .max_redirects(0)
        .max_redirects_will_error(false)
        .http_status_as_error(false)
        .timeout_global(Some(Duration::from_mins(30)))
        .build()
        .into()
}

impl Session {
    /// Logs in at `base` by the form.
    ///
    /// # Errors
    /// When that is not answered by a redirect with a cookie.
    pub fn log_in(base: &str) -> Result<Self, Error> {
        let agent = agent();
        let path = "/login";
        let answer = agent
            .post(format!("{base}{path}"))
            .header(ORIGIN, base)
            .send_form([("email", EMAIL), ("password", PASSWORD)])
            .map_err(|error| refused(path, error))?;
        if answer.status() != 303 {
            return Err(refused(path, format_args!("status {}", answer.status())));
        }
        let cookies: Vec<&str> = answer
            .headers()
            .get_all(SET_COOKIE)
            .iter()
            .filter_map(|value| value.to_str().ok()?.split(';').next())
            .collect();
        Ok(Self {
            base: base.to_owned(),
            cookie: cookies.join("; "),
            agent,
        })
    }

    /// The same person with a connection of their own.
    pub fn another(&self) -> Self {
        Self {
            agent: agent(),
            base: self.base.clone(),
            cookie: self.cookie.clone(),
        }
    }

    /// Gets `path` and reads the body to its end.
    ///
    /// # Errors
    /// When the status is not 200 or the body is cut off.
    pub fn get(&self, path: &str) -> Result<Answer, Error> {
        let started = Instant::now();
        let answer = good(path, self.ask(path)?)?;
        let bytes = process::drain(answer.into_body().into_reader())
            .map_err(|error| refused(path, error))?;
        Ok(Answer {
            milliseconds: started.elapsed().as_secs_f64() * 1_000.0,
            bytes,
        })
    }

    /// The milliseconds of `path` so many times. It is asked for once before, so that what is kept of it is there.
    ///
    /// # Errors
    /// As [`Session::get`].
    pub fn warm_times(&self, path: &str, repeats: usize) -> Result<Vec<f64>, Error> {
        self.get(path)?;
        (0..repeats)
            .map(|_| Ok(self.get(path)?.milliseconds))
            .collect()
    }

    /// Gets `path` and notes when `mark` had come.
    ///
    /// # Errors
    /// As [`Session::text`].
    pub fn watch(&self, path: &str, mark: &str) -> Result<Watched, Error> {
        let started = Instant::now();
        let elapsed = || started.elapsed().as_secs_f64() * 1_000.0;
        let mut body = good(path, self.ask(path)?)?.into_body().into_reader();
        let (mut text, mut seen) = (Vec::new(), None);
        let mut buffer = vec![0; 64 * 1024];
        loop {
            let count = body
                .read(&mut buffer)
                .map_err(|error| refused(path, error))?;
            if count == 0 {
                break;
            }
            // The mark may begin in what came before.
            let from = text.len().saturating_sub(mark.len());
            text.extend_from_slice(&buffer[..count]);
            let has_come = || {
                text[from..]
                    .windows(mark.len())
                    .any(|part| part == mark.as_bytes())
            };
            if seen.is_none() && has_come() {
                seen = Some(elapsed());
            }
        }
        let milliseconds = elapsed();
        let text = String::from_utf8(text).map_err(|error| refused(path, error))?;
        Ok(Watched {
            milliseconds,
            seen,
            text,
        })
    }

    /// Where the console listens: host and port.
    pub fn authority(&self) -> &str {
        self.base.trim_start_matches("http://")
    }

    /// The request for `path` as it is sent, over a connection that is kept.
    pub fn request(&self, path: &str) -> String {
        let (authority, cookie) = (self.authority(), &self.cookie);
        format!("GET {path} HTTP/1.1\r\nhost: {authority}\r\ncookie: {cookie}\r\n\r\n")
    }

    /// The text at `path`.
    ///
    /// # Errors
    /// As [`Session::get`], and when it is not UTF-8.
    pub fn text(&self, path: &str) -> Result<String, Error> {
        let mut text = String::new();
        good(path, self.ask(path)?)?
            .into_body()
            .into_reader()
            .read_to_string(&mut text)
            .map_err(|error| refused(path, error))?;
        Ok(text)
    }

    /// Reads the export at `path` until `enough` says so of the bytes read, and hangs up; or to its end.
    /// While as many of this person's exports as may are still known to run it tries again.
    ///
    /// # Errors
    /// When it is refused for another reason, or is cut off.
    pub fn read_export(&self, path: &str, enough: impl Fn(u64) -> bool) -> Result<u64, Error> {
        let begun = Instant::now();
        let answer = loop {
            let answer = self.ask(path)?;
            if answer.status() != 429 || begun.elapsed() > NOTICED {
                break good(path, answer)?;
            }
        };
        let mut body = answer.into_body().into_reader();
        let mut buffer = vec![0; 64 * 1024];
        let mut bytes = 0;
        while !enough(bytes) {
            match body.read(&mut buffer) {
                Ok(0) => break,
                Ok(count) => bytes += count as u64,
                Err(error) => return Err(refused(path, error)),
            }
        }
        Ok(bytes)
    }

    fn ask(&self, path: &str) -> Result<Response<Body>, Error> {
        self.agent
            .get(format!("{}{path}", self.base))
            .header(COOKIE, &self.cookie)
            .call()
            .map_err(|error| refused(path, error))
    }
}

fn good(path: &str, answer: Response<Body>) -> Result<Response<Body>, Error> {
    if answer.status() == 200 {
        Ok(answer)
    } else {
        Err(refused(path, format_args!("status {}", answer.status())))
    }
}

fn refused(path: &str, reason: impl std::fmt::Display) -> Error {
    Error::Http {
        path: path.to_owned(),
        reason: reason.to_string(),
    }
}
