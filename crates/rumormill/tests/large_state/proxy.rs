//! A proxy that writes down how much is said.

use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// A question and its answer.
pub struct Exchange {
    pub path: String,
    pub question: Vec<u8>,
    pub answer_len: usize,
}

/// Everything that was said.
pub type Seen = Arc<Mutex<Vec<Exchange>>>;

/// Listens at 127.0.0.2, and passes on to the same port at 127.0.0.1.
pub struct Proxy(u16);

impl Proxy {
    pub async fn start(seen: &Seen) -> Proxy {
        let listener = TcpListener::bind("127.0.0.2:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let seen = seen.clone();
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(pass_on(client, port, seen.clone()));
            }
        });
        Proxy(port)
    }

    pub fn port(&self) -> u16 {
        self.0
    }

    /// Where its node is reached.
    pub fn address(&self) -> String {
        format!("127.0.0.2:{}", self.0)
    }
}

/// Nothing once either end has closed the connection.
async fn pass_on(client: TcpStream, port: u16, seen: Seen) -> Option<()> {
    let node = TcpStream::connect(("127.0.0.1", port)).await.ok()?;
    let (mut client, mut node) = (Side::of(client), Side::of(node));
    loop {
        let (head, question) = client.message().await?;
        let path = head.split(' ').nth(1)?.to_owned();
        node.send(&head, &question).await?;
        let (head, answer) = node.message().await?;
        let exchange = Exchange { path, question, answer_len: answer.len() };
        seen.lock().expect("no panic").push(exchange);
        client.send(&head, &answer).await?;
    }
}

/// One end of a connection.
struct Side {
    stream: TcpStream,
    unread: Vec<u8>,
}

impl Side {
    fn of(stream: TcpStream) -> Side {
        Side { stream, unread: Vec::new() }
    }

    /// The next head and its body.
    async fn message(&mut self) -> Option<(String, Vec<u8>)> {
        let end = loop {
            if let Some(at) = self.unread.windows(4).position(|bytes| bytes == b"\r\n\r\n") {
                break at + 4;
            }
            self.read().await?;
        };
        let head = String::from_utf8(self.unread.drain(..end).collect()).ok()?;
        let len = length(&head);
        while self.unread.len() < len {
            self.read().await?;
        }
        Some((head, self.unread.drain(..len).collect()))
    }

    async fn read(&mut self) -> Option<()> {
        let read = self.stream.read_buf(&mut self.unread).await;
        read.ok().filter(|count| *count > 0).map(drop)
    }

    async fn send(&mut self, head: &str, body: &[u8]) -> Option<()> {
        self.stream.write_all(head.as_bytes()).await.ok()?;
        self.stream.write_all(body).await.ok()
    }
}

fn length(head: &str) -> usize {
    let headers = head.split("\r\n").filter_map(|line| line.split_once(':'));
    let length = headers.filter(|(name, _)| name.eq_ignore_ascii_case("content-length")).last();
    length.map_or(0, |(_, length)| length.trim().parse().expect("a length"))
}
