//! `idle_memory`, `memory_at_32`: what a console that has just been started takes, and what it takes while 32
//! people read.

use crate::console::Running;
use crate::error::Error;
use crate::workspace::Workspace;

use super::measure::{Measure, Reference, Target};
use super::serve::Serve;
use super::session::Session;

/// People who read at the same time.
const CLIENTS: usize = 32;
/// Pages that each of them reads.
const PAGES_EACH: usize = 40;
/// MiB.
const TARGET_IDLE: f64 = 30.0;
/// MiB.
const TARGET_READ: f64 = 90.0;

/// The first pages of a console, then what everybody reads.
const PAGES: [&str; 6] = [
    "/",
    "/trades",
    "/signals",
    "/events",
    "/kill-switch",
    "/findings",
];

/// On a console of its own.
pub fn measure(workspace: &Workspace, demo: &Running) -> Result<Vec<Measure>, Error> {
    let serve = Serve::start(workspace, demo)?;
    let session = Session::log_in(&serve.url)?;
    for page in PAGES {
        session.get(page)?;
    }
    let idle = serve.resident_memory()?;
    serve.reset_peak_memory()?;
    std::thread::scope(|scope| {
        let clients: Vec<_> = (0..CLIENTS)
            .map(|first| {
                let session = session.another();
                scope.spawn(move || read(&session, first))
            })
            .collect();
        clients.into_iter().try_for_each(|client| {
            let read = client.join();
            read.unwrap_or_else(|_| Err(Error::Unexpected("a client panicked".to_owned())))
        })
    })?;
    let peak = serve.peak_memory()?;
    Ok(vec![
        Measure {
            name: "idle_memory".to_owned(),
            value: idle,
            unit: "MiB",
            reference: None,
            target: Target::AtMost(TARGET_IDLE),
        },
        Measure {
            name: "memory_at_32".to_owned(),
            value: peak,
            unit: "MiB",
            reference: Some(Reference {
                value: idle,
                unit: "MiB",
                ratio: peak / idle,
            }),
            target: Target::AtMost(TARGET_READ),
        },
    ])
}

fn read(session: &Session, first: usize) -> Result<(), Error> {
    for at in 0..PAGES_EACH {
        session.get(PAGES[(first + at) % PAGES.len()])?;
    }
    Ok(())
}
