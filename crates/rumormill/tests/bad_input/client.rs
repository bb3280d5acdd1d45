//! A raw HTTP client: it sends the bytes that a test wants sent, good or not.

use serde_json::Value;
use std::future::Future;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// How long anything may take before the test fails.
pub const PATIENCE: Duration = Duration::from_secs(15);

/// What the future gives, which must be soon.
pub async fn soon<T>(what: &str, future: impl Future<Output = T>) -> T {
    timeout(PATIENCE, future).await.unwrap_or_else(|_| panic!("waited {PATIENCE:?} for {what}"))
}

/// The bytes of a request; with a body, its length is said.
pub fn request(method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Vec<u8> {
    let mut request = format!("{method} {path} HTTP/1.1\r\nhost: localhost\r\n");
    for (name, value) in headers {
        request.push_str(&format!("{name}: {value}\r\n"));
    }
    if !body.is_empty() || method == "POST" {
        request.push_str(&format!("content-length: {}\r\n", body.len()));
    }
    request.push_str("\r\n");
    let mut request = request.into_bytes();
    request.extend_from_slice(body);
    request
}

/// The bytes of a `POST` of JSON.
pub fn post_to(path: &str, body: impl AsRef<[u8]>) -> Vec<u8> {
    request("POST", path, &[("content-type", "application/json")], body.as_ref())
}

/// The bytes of a `GET`.
pub fn get(path: &str) -> Vec<u8> {
    request("GET", path, &[], b"")
}

/// The bytes of a `POST /gossip/`.
pub fn post(body: impl AsRef<[u8]>) -> Vec<u8> {
    post_to("/gossip/", body)
}

/// An answer, as it came.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Answer {
    /// The one header of that name.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut found = self.headers.iter().filter(|(other, _)| other == name);
        let value = found.next().map(|(_, value)| value.as_str());
        assert!(found.next().is_none(), "two headers {name}: {self:?}");
        value
    }

    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error} in {self:?}"))
    }

    /// The head that these bytes are.
    fn of_head(head: &str) -> Answer {
        let mut lines = head.split("\r\n");
        let status = lines.next().and_then(|line| line.split(' ').nth(1)?.parse().ok());
        let header = |line: &str| {
            line.split_once(':')
                .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
        };
        Answer {
            status: status.unwrap_or_else(|| panic!("no status in {head:?}")),
            headers: lines.filter_map(header).collect(),
            body: Vec::new(),
        }
    }
}

/// A connection to a node.
pub struct Connection {
    stream: TcpStream,
    unread: Vec<u8>,
}

impl Connection {
    pub async fn open(port: u16) -> Connection {
        let stream = soon("a connection", TcpStream::connect(("127.0.0.1", port))).await;
        Connection { stream: stream.expect("the node listens"), unread: Vec::new() }
    }

    /// Sends; false if the node takes no more, which is no failure by itself: its answer says why.
    pub async fn send(&mut self, bytes: &[u8]) -> bool {
        soon("bytes to be taken", self.stream.write_all(bytes)).await.is_ok()
    }

    /// Sends no more, but goes on reading.
    pub async fn half_close(&mut self) {
        self.stream.shutdown().await.expect("a connection that is open");
    }

    /// The next answer; nothing if the connection ends before it is whole.
    pub async fn answer(&mut self) -> Option<Answer> {
        soon("an answer", self.read_answer()).await
    }

    async fn read_answer(&mut self) -> Option<Answer> {
        let end = loop {
            if let Some(at) = self.unread.windows(4).position(|bytes| bytes == b"\r\n\r\n") {
                break at;
            }
            self.read_more().await?;
        };
        let head: Vec<u8> = self.unread.drain(..end + 4).collect();
        let mut answer = Answer::of_head(std::str::from_utf8(&head).expect("heads are ASCII"));
        let length =
            answer.header("content-length").map_or(0, |len| len.parse().expect("a length"));
        while self.unread.len() < length {
            self.read_more().await?;
        }
        answer.body = self.unread.drain(..length).collect();
        Some(answer)
    }

    async fn read_more(&mut self) -> Option<()> {
        let read = self.stream.read_buf(&mut self.unread).await;
        read.ok().filter(|count| *count > 0).map(drop)
    }

    /// Waits until the node closes the connection; gives what came before.
    pub async fn closed(&mut self) -> &[u8] {
        soon("the connection to be closed", async { while self.read_more().await.is_some() {} })
            .await;
        &self.unread
    }

    /// Sends a byte now and then for as long as the node takes them; gives what it answered.
    pub async fn trickle(&mut self, bytes: &[u8], pause: Duration) -> Vec<u8> {
        let (mut reader, mut writer) = self.stream.split();
        let writing = async {
            for byte in bytes {
                if writer.write_all(&[*byte]).await.is_err() {
                    break;
                }
                tokio::time::sleep(pause).await;
            }
            std::future::pending().await
        };
        let mut answer = Vec::new();
        let reading = async { reader.read_to_end(&mut answer).await.map(drop).unwrap_or_default() };
        soon("the node's patience to end", async {
            tokio::select! { () = reading => {}, () = writing => {} }
        })
        .await;
        answer
    }

    /// One request and its answer, over this connection.
    pub async fn exchange(&mut self, request: &[u8]) -> Answer {
        self.send(request).await;
        self.answer().await.expect("an answer, not the connection's end")
    }
}

/// One request and its answer, over a connection of its own.
pub async fn exchange(port: u16, request: &[u8]) -> Answer {
    Connection::open(port).await.exchange(request).await
}
