//! An HTTP client that is logged in as the demo's auditor.

use std::time::{Duration, Instant};

use ureq::Agent;
use ureq::http::header::{COOKIE, ORIGIN, SET_COOKIE};

use crate::error::Error;
use crate::process;

const EMAIL: &str = "auditor@demo.local";
const PASSWORD: &str = "demo-console";

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

    /// Gets `path` and reads the body to its end.
    ///
    /// # Errors
    /// When the status is not 200 or the body is cut off.
    pub fn get(&self, path: &str) -> Result<Answer, Error> {
        let started = Instant::now();
        let answer = self
            .agent
            .get(format!("{}{path}", self.base))
            .header(COOKIE, &self.cookie)
            .call()
            .map_err(|error| refused(path, error))?;
        if answer.status() != 200 {
            return Err(refused(path, format_args!("status {}", answer.status())));
        }
        let bytes = process::drain(answer.into_body().into_reader())
            .map_err(|error| refused(path, error))?;
        Ok(Answer {
            milliseconds: started.elapsed().as_secs_f64() * 1_000.0,
            bytes,
        })
    }
}

fn refused(path: &str, reason: impl std::fmt::Display) -> Error {
    Error::Http {
        path: path.to_owned(),
        reason: reason.to_string(),
    }
}
