//! A client of a real socket that reads an export as slowly as a test wants, and sees how it ends.

use std::io;
use std::net::SocketAddr;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// A download whose rows have begun to come.
pub struct Download {
    stream: TcpStream,
    /// The status line and the headers.
    pub head: String,
    /// What has come of the body, in chunks as HTTP/1.1 has them.
    received: Vec<u8>,
}

/// How a download ended.
pub struct Ended {
    /// Its bytes.
    pub body: Vec<u8>,
    /// Whether its last chunk came: without it, it is visibly cut.
    pub is_whole: bool,
    /// Whether the connection was reset rather than closed.
    pub is_reset: bool,
}

impl Download {
    /// Asks, and reads until the headers are there.
    ///
    /// # Errors
    /// When nobody answers.
    pub async fn begin(address: SocketAddr, path: &str, cookie: &str) -> io::Result<Self> {
        let request = format!("GET {path} HTTP/1.1\r\n{}\r\n", headers(address, cookie));
        Self::send(address, request).await
    }

    /// Sends a form, and reads until the answer's headers are there.
    ///
    /// # Errors
    /// When nobody answers: nobody knows then what became of it.
    pub async fn post(
        address: SocketAddr,
        path: &str,
        cookie: &str,
        form: &str,
    ) -> io::Result<Self> {
        let request = format!(
            "POST {path} HTTP/1.1\r\n{}Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{form}",
            headers(address, cookie),
            form.len()
        );
        Self::send(address, request).await
    }

    async fn send(address: SocketAddr, request: String) -> io::Result<Self> {
        let mut stream = TcpStream::connect(address).await?;
        stream.write_all(request.as_bytes()).await?;
        let mut received = Vec::new();
        loop {
            if let Some(end) = received.windows(4).position(|four| four == b"\r\n\r\n") {
                let body = received.split_off(end + 4);
                let head = String::from_utf8_lossy(&received).into_owned();
                return Ok(Self {
                    stream,
                    head,
                    received: body,
                });
            }
            let mut piece = [0; 4096];
            match stream.read(&mut piece).await? {
                0 => return Err(io::ErrorKind::UnexpectedEof.into()),
                read => received.extend_from_slice(&piece[..read]),
            }
        }
    }

    /// Whether it began with this status.
    pub fn is(&self, status: u16) -> bool {
        self.head.starts_with(&format!("HTTP/1.1 {status}"))
    }

    /// A header's value.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines.find_map(|(of, value)| of.eq_ignore_ascii_case(name).then_some(value))
    }

    /// Reads a piece of the body; false when there is no more.
    pub async fn read_some(&mut self) -> bool {
        let mut piece = [0; 4096];
        let read = self.stream.read(&mut piece).await.unwrap_or_default();
        self.received.extend_from_slice(&piece[..read]);
        read > 0
    }

    /// Reads whatever comes until the connection ends.
    pub async fn end(mut self) -> Ended {
        let read = self.stream.read_to_end(&mut self.received).await;
        let is_reset = read.is_err_and(|error| error.kind() == io::ErrorKind::ConnectionReset);
        let length = self.header("content-length");
        let (body, is_whole) = match length.and_then(|length| length.parse::<usize>().ok()) {
            Some(length) => {
                let is_whole = self.received.len() == length;
                (self.received, is_whole)
            }
            None => dechunked(&self.received),
        };
        Ended {
            body,
            is_whole,
            is_reset,
        }
    }
}

fn headers(address: SocketAddr, cookie: &str) -> String {
    format!("Host: {address}\r\nCookie: {cookie}\r\nConnection: close\r\n")
}

/// The bytes in these chunks, and whether the last one is there.
fn dechunked(mut chunks: &[u8]) -> (Vec<u8>, bool) {
    let mut body = Vec::new();
    loop {
        let Some(end) = chunks.windows(2).position(|two| two == b"\r\n") else {
            return (body, false);
        };
        let size = std::str::from_utf8(&chunks[..end]).unwrap();
        let size = usize::from_str_radix(size, 16).unwrap();
        chunks = &chunks[end + 2..];
        if size == 0 {
            return (body, chunks == b"\r\n");
        }
        body.extend_from_slice(&chunks[..size.min(chunks.len())]);
        match chunks.get(size + 2..) {
            Some(rest) => chunks = rest,
            None => return (body, false),
        }
    }
}
