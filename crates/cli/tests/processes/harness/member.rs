//! A member written by hand, as one would in any language: a small HTTP server and `POST`s.

use super::http::{Incoming, answer};
use super::{Network, post};
use serde_json::{Value, json};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

/// It answers `GET /peers/` as itself, and keeps what is posted to it.
pub struct Member {
    pub port: u16,
    inner: Arc<Inner>,
    server: Option<JoinHandle<()>>,
}

struct Inner {
    port: u16,
    takes_envelopes: bool,
    ending: AtomicBool,
    got: Mutex<Got>,
}

/// What was posted.
#[derive(Clone, Default)]
struct Got {
    messages: Vec<Value>,
    envelopes: usize,
}

impl Member {
    pub fn start(network: &Network, at: u16) -> Member {
        Member::serve(network.port(at), true)
    }

    /// One that knows single messages alone, and answers anything else with 400.
    pub fn start_simple(network: &Network, at: u16) -> Member {
        Member::serve(network.port(at), false)
    }

    fn serve(port: u16, takes_envelopes: bool) -> Member {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).expect("the port is free");
        let (ending, got) = (AtomicBool::new(false), Mutex::default());
        let inner = Arc::new(Inner { port, takes_envelopes, ending, got });
        let serving = inner.clone();
        let server = std::thread::spawn(move || serving.serve(&listener));
        Member { port, inner, server: Some(server) }
    }

    /// Posts one message of its own to the node at that port.
    #[track_caller]
    pub fn tell(&self, port: u16, version: u64, book: &str) -> Value {
        post(port, "/gossip/", &message(self.port, version, 8, book))
    }

    /// The messages that it got, an envelope's if it takes any, in order.
    pub fn messages(&self) -> Vec<Value> {
        self.inner.got().messages
    }

    /// How many envelopes it got, taken or not.
    pub fn envelopes(&self) -> usize {
        self.inner.got().envelopes
    }

    /// How often it got that version of that origin.
    pub fn count_of(&self, origin: u16, version: u64) -> usize {
        let of = |message: &&Value| message["origin"] == origin && message["version"] == version;
        self.messages().iter().filter(of).count()
    }
}

impl Drop for Member {
    fn drop(&mut self) {
        self.inner.ending.store(true, Ordering::SeqCst);
        // It looks up when somebody calls.
        let _ = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port));
        let _ = self.server.take().map(JoinHandle::join);
    }
}

impl Inner {
    fn serve(self: Arc<Self>, listener: &TcpListener) {
        for stream in listener.incoming().flatten() {
            if self.ending.load(Ordering::SeqCst) {
                return;
            }
            let inner = self.clone();
            std::thread::spawn(move || inner.serve_one(&stream));
        }
    }

    fn serve_one(&self, stream: &TcpStream) -> std::io::Result<()> {
        let request = Incoming::read(stream.try_clone()?)?;
        let own = format!("127.0.0.1:{}", self.port);
        match request.first_line.rsplit_once(' ') {
            Some(("GET /peers" | "GET /peers/", _)) => {
                answer(stream, "200 OK", &json!({"self": own, "peers": []}))
            }
            Some(("POST /gossip" | "POST /gossip/", _)) => {
                let (status, document) = self.take(&serde_json::from_slice(&request.body)?);
                answer(stream, status, &document)
            }
            _ => answer(stream, "404 Not Found", &json!({})),
        }
    }

    fn take(&self, document: &Value) -> (&'static str, Value) {
        let mut got = self.got.lock().unwrap_or_else(PoisonError::into_inner);
        let messages = document.get("messages").and_then(Value::as_array);
        got.envelopes += usize::from(messages.is_some());
        let messages = match messages {
            Some(_) if !self.takes_envelopes => return ("400 Bad Request", json!({})),
            Some(messages) => messages.clone(),
            None => vec![document.clone()],
        };
        let accepted = messages.len();
        got.messages.extend(messages);
        let counts = json!({"accepted": accepted, "duplicate": 0, "stale": 0, "messages": []});
        ("200 OK", counts)
    }

    fn got(&self) -> Got {
        self.got.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// A message that says which book the origin likes.
pub fn message(origin: u16, version: u64, ttl: u8, book: &str) -> Value {
    let id = format!("00000000-0000-4000-8000-{origin:04x}{version:08x}");
    json!({"id": id, "origin": origin, "version": version, "ttl": ttl, "payload": {"book": book}})
}
