//! What happens, as it happens: server-sent events.
//!
//! ```text
//! event: state   data: {"origin":7001,"key":"book","value":"…","version":3}    with "removed":true, if it was, or is over
//! event: peer    data: {"name":7001,"address":"…","up":false,"why":"timed-out"}
//! event: gap     data: {"missed":12}           the listener was too slow; look at the state
//! : …                                          now and then, so that a dead connection is noticed
//! ```
//!
//! A stream has a small queue of its own, so that a slow client neither holds the driver's events in
//! memory nor makes others miss any. What doesn't fit is a gap; a client that reads nothing for long
//! is cut off like any other.

use super::fields::wrong;
use super::parameters::{Parameters, named};
use crate::control::Register;
use crate::driver::{Events, Told};
use crate::server::problem::Refusal;
use crate::server::{Server, Shared, views};
use axum::body::{Body, Bytes};
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use hyper::body::Frame;
use rumormill_core::{Duration, Gone, Link, Name, Peer, PeerMap};
use rumormill_node::{AnyNode, NodeEvent, Plane};
use rumormill_protocols::Rumor;
use rumormill_protocols::planes::{DiscoveryEvent, StateEvent};
use serde_json::{Value, json};
use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::task::{Context, Poll, ready};
use tokio::sync::{OwnedSemaphorePermit, mpsc};
use tokio::time::timeout;

/// The most streams at once: each may hold a connection for as long as it likes.
pub(in crate::server) const STREAMS_MAX: usize = 64;

/// The most events that wait for a client.
const QUEUE_MAX: usize = 256;

/// The most bytes that wait for a client, but for a single event.
const QUEUE_BYTES_MAX: usize = 1 << 20;

/// How long nothing may be said. A client that went away is noticed at the second comment.
const KEEP_ALIVE: Duration = Duration::from_secs(5);

/// `GET /api/v1/events`
pub(in crate::server) async fn events(
    server: Shared,
    parameters: Parameters,
) -> Result<Response, Refusal> {
    let [only] = named(parameters, ["only"])?;
    let only = only.as_deref().map_or(Ok(Only::ALL), Only::parse)?;
    let stream = server.listen(only).await?;
    let headers = [(CONTENT_TYPE, "text/event-stream"), (CACHE_CONTROL, "no-store")];
    Ok((headers, Body::new(Telling::of(stream.flow()))).into_response())
}

impl Server {
    async fn listen(&self, only: Only) -> Result<Stream, Refusal> {
        let Ok(place) = self.streams.clone().try_acquire_owned() else {
            let fault = format!("are all taken: {STREAMS_MAX} at once; try again later");
            return Err(Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "streams", fault));
        };
        // Listen first, so that nothing happens unheard in between.
        let events = self.node.handle.events();
        let linked = |driver: &crate::driver::DriverView<'_, AnyNode>| {
            driver.peers().into_iter().map(|peer| (peer.peer, peer.name)).collect::<Vec<_>>()
        };
        let mut names = PeerMap::default();
        for (peer, name) in self.look(move |_, driver| linked(driver)).await? {
            names.insert(peer, name);
        }
        Ok(Stream { events, names, only, place })
    }
}

/// Which events are wanted; gaps are told to all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Only {
    state: bool,
    peer: bool,
}

impl Only {
    const ALL: Only = Only { state: true, peer: true };

    fn parse(text: &str) -> Result<Only, Refusal> {
        let mut only = Only { state: false, peer: false };
        for word in text.split(',') {
            match word.trim() {
                "state" => only.state = true,
                "peer" => only.peer = true,
                _ => return Err(wrong("only", "must be state, peer or state,peer")),
            }
        }
        Ok(only)
    }
}

/// A client's place among the events, before they flow.
struct Stream {
    events: Events<AnyNode>,
    /// What the peers are called that are up.
    names: PeerMap<Name>,
    only: Only,
    place: OwnedSemaphorePermit,
}

impl Stream {
    /// Lets it flow into a queue, from which a client takes what it can.
    fn flow(self) -> Queue {
        let (into, said) = mpsc::channel(QUEUE_MAX);
        let backlog = Arc::new(Backlog::default());
        let Stream { events, names, only, place } = self;
        let source = Source { events, names, only };
        tokio::spawn(source.fill(into, backlog.clone()));
        Queue { said, backlog, _place: place }
    }
}

/// What is said but not sent yet.
#[derive(Default)]
struct Backlog {
    bytes: AtomicUsize,
    missed: AtomicU64,
}

impl Backlog {
    /// Queues what there is room for; whatever is alone is.
    fn admit(&self, into: &mpsc::Sender<Bytes>, said: Bytes) {
        let (held, len) = (self.bytes.load(Ordering::Relaxed), said.len());
        let has_room = held == 0 || held + len <= QUEUE_BYTES_MAX;
        // Counted before it can be taken.
        self.bytes.fetch_add(len, Ordering::Relaxed);
        if !has_room || into.try_send(said).is_err() {
            self.bytes.fetch_sub(len, Ordering::Relaxed);
            self.miss(1);
        }
    }

    fn miss(&self, count: u64) {
        self.missed.fetch_add(count, Ordering::Relaxed);
    }
}

/// The end that a client takes from.
struct Queue {
    said: mpsc::Receiver<Bytes>,
    backlog: Arc<Backlog>,
    _place: OwnedSemaphorePermit,
}

impl Queue {
    /// What to send next; nothing once the node has ended.
    async fn next(mut self) -> Option<(Bytes, Queue)> {
        let missed = self.backlog.missed.swap(0, Ordering::Relaxed);
        if missed > 0 {
            return Some((event("gap", &json!({ "missed": missed })), self));
        }
        match timeout(KEEP_ALIVE, self.said.recv()).await {
            Ok(said) => {
                let said = said?;
                self.backlog.bytes.fetch_sub(said.len(), Ordering::Relaxed);
                Some((said, self))
            }
            Err(_) => Some((comment(), self)),
        }
    }
}

/// The end that the node's events come from.
struct Source {
    events: Events<AnyNode>,
    names: PeerMap<Name>,
    only: Only,
}

impl Source {
    /// Until the node has ended or the client is gone.
    async fn fill(mut self, into: mpsc::Sender<Bytes>, backlog: Arc<Backlog>) {
        loop {
            let told = tokio::select! {
                told = self.events.next() => told,
                () = into.closed() => None,
            };
            match told {
                Some(Told::Event(event)) => {
                    self.say(event).into_iter().for_each(|said| backlog.admit(&into, said));
                }
                Some(Told::Gap(missed)) => backlog.miss(missed),
                None => return,
            }
        }
    }

    fn say(&mut self, event: NodeEvent) -> Option<Bytes> {
        match event {
            Plane::State(StateEvent::Learned(rumor, _)) => self.say_state(&rumor, false),
            Plane::State(StateEvent::Expired(rumor)) => self.say_state(&rumor, true),
            Plane::Discovery(DiscoveryEvent::Up(peer, link)) => self.say_up(peer, &link),
            Plane::Discovery(DiscoveryEvent::Down(peer, gone)) => self.say_down(peer, gone),
            _ => None,
        }
    }

    fn say_state(&self, rumor: &Rumor, is_over: bool) -> Option<Bytes> {
        let register = self.only.state.then(|| Register::of(rumor))??;
        let value = register.value.filter(|_| !is_over);
        let (origin, key, version) = (register.origin, register.key, register.version);
        let mut about = json!({"origin": origin, "key": key, "value": value, "version": version});
        if value.is_none() {
            about["removed"] = true.into();
        }
        Some(event("state", &about))
    }

    fn say_up(&mut self, peer: Peer, link: &Link) -> Option<Bytes> {
        self.names.insert(peer, link.name.clone());
        let address = link.address.as_ref().map(ToString::to_string);
        let about = json!({"name": views::called(&link.name), "address": address, "up": true});
        self.only.peer.then(|| event("peer", &about))
    }

    fn say_down(&mut self, peer: Peer, gone: Gone) -> Option<Bytes> {
        let name = self.names.remove(peer).filter(|_| self.only.peer)?;
        let why = match gone {
            Gone::Failed(why) => why.label(),
            Gone::Left => "left",
            Gone::Evicted => "evicted",
        };
        Some(event("peer", &json!({"name": views::called(&name), "up": false, "why": why})))
    }
}

/// JSON has no line breaks of its own, so the data is one line.
fn event(kind: &str, data: &Value) -> Bytes {
    Bytes::from(format!("event: {kind}\ndata: {data}\n\n"))
}

fn comment() -> Bytes {
    Bytes::from_static(b": nothing new\n\n")
}

type Saying = Pin<Box<dyn Future<Output = Option<(Bytes, Queue)>> + Send>>;

/// A queue as the body of an answer.
struct Telling(Saying);

impl Telling {
    fn of(queue: Queue) -> Telling {
        // Said at once: who listens from here on misses nothing.
        let hello = Bytes::from_static(b": listening\nretry: 1000\n\n");
        Telling(Box::pin(async move { Some((hello, queue)) }))
    }
}

impl hyper::body::Body for Telling {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        match ready!(self.0.as_mut().poll(cx)) {
            Some((said, queue)) => {
                self.0 = Box::pin(queue.next());
                Poll::Ready(Some(Ok(Frame::data(said))))
            }
            None => {
                self.0 = Box::pin(std::future::pending());
                Poll::Ready(None)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_slow_client_has_no_room_for_is_counted() {
        let (into, mut said) = mpsc::channel(QUEUE_MAX);
        let backlog = Backlog::default();
        let large = Bytes::from(vec![b'x'; QUEUE_BYTES_MAX + 1]);
        backlog.admit(&into, large.clone());
        backlog.admit(&into, Bytes::from_static(b"x"));
        assert_eq!(backlog.missed.load(Ordering::Relaxed), 1, "only the large one, alone, fits");
        assert_eq!(said.try_recv().unwrap(), large);
        backlog.bytes.store(0, Ordering::Relaxed);
        (0..=QUEUE_MAX).for_each(|_| backlog.admit(&into, Bytes::from_static(b"x")));
        assert_eq!(backlog.missed.load(Ordering::Relaxed), 2);
        assert_eq!(backlog.bytes.load(Ordering::Relaxed), QUEUE_MAX);
    }

    #[test]
    fn only_what_is_known_can_be_wanted() {
        assert_eq!(Only::parse("state, peer").ok(), Some(Only::ALL));
        assert_eq!(Only::parse("peer").ok(), Some(Only { state: false, peer: true }));
        assert!(Only::parse("").is_err() && Only::parse("books").is_err());
    }

    #[test]
    fn an_event_is_one_line_of_data_whatever_it_says() {
        let said = event("state", &json!({ "value": "two\nlines\r\n\nevent: gap" }));
        let text = std::str::from_utf8(&said).unwrap();
        assert_eq!(text.lines().count(), 3, "{text}");
        assert_eq!(text.matches("event:").count(), 2);
    }
}
