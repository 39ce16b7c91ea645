//! Many people at once: a generator of load that takes as little of the machine as it can.

use std::io::{BufRead, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use crate::error::Error;

use super::session::Session;

/// Answers a second at `path` to so many people, each over one kept connection, and each asking again as soon as
/// an answer has ended.
///
/// # Errors
/// When a connection breaks, an answer's status is not 200, or its body does not end as announced.
pub fn answers_per_second(
    session: &Session,
    path: &str,
    clients: usize,
    long: Duration,
) -> Result<f64, Error> {
    let request = session.request(path);
    let begun = Instant::now();
    let answers = std::thread::scope(|scope| {
        let clients: Vec<_> = (0..clients)
            .map(|_| {
                scope.spawn(|| {
                    let read = read_for(session.authority(), &request, long);
                    read.map_err(|reason| Error::Http {
                        path: path.to_owned(),
                        reason,
                    })
                })
            })
            .collect();
        clients.into_iter().try_fold(0, |sum, client| {
            let read = client.join();
            let read =
                read.unwrap_or_else(|_| Err(Error::Unexpected("a client panicked".to_owned())))?;
            Ok::<u32, Error>(sum + read)
        })
    })?;
    Ok(f64::from(answers) / begun.elapsed().as_secs_f64())
}

fn read_for(authority: &str, request: &str, long: Duration) -> Result<u32, String> {
    let stream = TcpStream::connect(authority).map_err(|error| error.to_string())?;
    stream
        .set_nodelay(true)
        .map_err(|error| error.to_string())?;
    let mut reader = BufReader::with_capacity(64 * 1024, stream);
    let begun = Instant::now();
    let mut answers = 0;
    while begun.elapsed() < long {
        let written = reader.get_mut().write_all(request.as_bytes());
        written.map_err(|error| error.to_string())?;
        let status = read_answer(&mut reader)?;
        if status != 200 {
            return Err(format!("status {status}"));
        }
        answers += 1;
    }
    Ok(answers)
}

/// Reads one answer to its end; its status.
///
/// # Errors
/// When the connection breaks, or its body does not end as announced.
pub fn read_answer(reader: &mut impl BufRead) -> Result<u16, String> {
    let line = read_line(reader)?;
    let status = line.split(' ').nth(1).and_then(|word| word.parse().ok());
    let status = status.ok_or_else(|| format!("`{line}` has no status"))?;
    let (mut length, mut is_chunked) = (None, false);
    loop {
        let line = read_line(reader)?.to_ascii_lowercase();
        match line.split_once(": ") {
            Some(("content-length", value)) => length = value.parse().ok(),
            Some(("transfer-encoding", value)) => is_chunked = value == "chunked",
            Some(_) => {}
            None if line.is_empty() => break,
            None => return Err(format!("`{line}` is no header")),
        }
    }
    match length {
        Some(bytes) => skip(reader, bytes)?,
        None if is_chunked => skip_chunks(reader)?,
        None => return Err("the body has no announced end".to_owned()),
    }
    Ok(status)
}

fn skip_chunks(reader: &mut impl BufRead) -> Result<(), String> {
    loop {
        let size = read_line(reader)?;
        let bytes =
            u64::from_str_radix(&size, 16).map_err(|_| format!("`{size}` is no chunk's size"))?;
        skip(reader, bytes)?;
        if !read_line(reader)?.is_empty() {
            return Err("a chunk is longer than announced".to_owned());
        }
        if bytes == 0 {
            return Ok(());
        }
    }
}

fn skip(reader: &mut impl BufRead, bytes: u64) -> Result<(), String> {
    let skipped = std::io::copy(&mut reader.take(bytes), &mut std::io::sink());
    match skipped {
        Ok(count) if count == bytes => Ok(()),
        Ok(count) => Err(format!("{count} of {bytes} bytes came")),
        Err(error) => Err(error.to_string()),
    }
}

/// A line without its end.
fn read_line(reader: &mut impl BufRead) -> Result<String, String> {
    let mut line = String::new();
    match reader.read_line(&mut line) {
        Ok(0) => Err("the connection was closed".to_owned()),
        Ok(_) => Ok(line.trim_end_matches(['\r', '\n']).to_owned()),
        Err(error) => Err(error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_read_to_its_end_and_no_further() {
        let mut two = concat!(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
            "HTTP/1.1 404 Not Found\r\ncontent-length: 2\r\n\r\nde"
        )
        .as_bytes();
        assert_eq!(read_answer(&mut two), Ok(200));
        assert_eq!(read_answer(&mut two), Ok(404));
        assert!(two.is_empty());
    }

    #[test]
    fn what_is_cut_off_is_no_answer() {
        for bad in [
            "",
            "HTTP/1.1 OK\r\ncontent-length: 0\r\n\r\n",
            "HTTP/1.1 200 OK\r\n\r\nabc",
            "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nabc",
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n",
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nabc\r\n0\r\n\r\n",
        ] {
            assert!(read_answer(&mut bad.as_bytes()).is_err(), "{bad}");
        }
    }
}
