//! The HTTP side that answers: the books network's endpoints, and what operators look at.
//!
//! | | |
//! |---|---|
//! | `GET /peers/`, `POST /gossip/` | the network (`docs/protocols/books-http.md`) |
//! | `GET /state`, `GET /messages` | what the node knows |
//! | `GET /healthz`, `GET /metrics` | how it is |
//! | `/api/v1/…` | what programs ask of it (`docs/guide/api.md`) |
//! | `GET /` | the network as a page |
//!
//! Strangers are bounded: so many connections at once, so long for a request's head and body, so many
//! bytes. Whoever is over a bound is told by a problem document (RFC 9457), and nothing of what it
//! sent is taken.

mod access;
mod api;
mod body;
mod gossip;
mod metrics;
mod page;
mod pages;
mod patience;
mod places;
mod problem;
mod reconcile;
mod routes;
mod token;
mod views;

pub use rumormill_node::ServerConfig;
pub use token::{TOKEN_FILE, Token, TokenError};

use crate::driver::Handle;
use crate::transport::Arrivals;
use crate::transport::http::port_of;
use axum::Router;
use axum::body::Body;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use patience::Patient;
use places::Places;
use rumormill_core::{Address, Duration};
use rumormill_node::AnyNode;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::time::Instant;
use tower_service::Service;

/// Who answers.
#[derive(Clone)]
pub struct Answering {
    /// The node's driver.
    pub handle: Handle<AnyNode>,
    /// Where its messages go.
    pub arrivals: Arrivals<AnyNode>,
    /// Where it is reached; the port is its name.
    pub own: Address,
    /// Which network it is of.
    pub network: String,
    /// Where its cells are, if they are on disk.
    pub data_dir: Option<PathBuf>,
    /// What a program must show that changes its state; without one, none may.
    pub token: Option<Token>,
    /// Bounds.
    pub config: ServerConfig,
}

/// What every request sees.
struct Server {
    node: Answering,
    own_port: u16,
    started: Instant,
    counts: Counts,
    /// Room for streams of events.
    streams: Arc<Semaphore>,
    network: api::network::Network,
}

impl Server {
    fn new(node: Answering) -> Server {
        Server {
            own_port: port_of(&node.own).unwrap_or_default(),
            started: Instant::now(),
            counts: Counts::default(),
            streams: Arc::new(Semaphore::new(api::events::STREAMS_MAX)),
            network: api::network::Network::default(),
            node,
        }
    }
}

/// What the server counts.
#[derive(Debug, Default)]
struct Counts {
    requests: AtomicU64,
    refused: AtomicU64,
    connections: AtomicU64,
    turned_away: AtomicU64,
}

impl Counts {
    fn add(counter: &AtomicU64) {
        counter.fetch_add(1, Ordering::Relaxed);
    }
}

/// Where a request came from.
#[derive(Clone, Copy)]
struct Remote(SocketAddr);

type Shared = axum::extract::State<Arc<Server>>;

/// Answers on `listener` until the future is dropped.
pub async fn serve(listener: TcpListener, node: Answering) {
    let server = Arc::new(Server::new(node));
    let places = Places::new(server.node.config.connections_max);
    let router = routes::router(server.clone());
    // Connections end with the server.
    let mut connections = tokio::task::JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, remote)) => match places.take(remote.ip()) {
                    Some(place) => {
                        let connection = connection(stream, remote, server.clone(), router.clone());
                        connections.spawn(async move { connection.await; drop(place) });
                    }
                    None => {
                        Counts::add(&server.counts.turned_away);
                        turn_away(&stream);
                    }
                },
                // Out of descriptors or memory: what is open has to end first.
                Err(error) => {
                    tracing::warn!(%error, "cannot accept connections");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
            },
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn connection(stream: TcpStream, remote: SocketAddr, server: Arc<Server>, router: Router) {
    Counts::add(&server.counts.connections);
    // Small answers should not wait to be joined by others.
    let _ = stream.set_nodelay(true);
    let stream = Patient::new(stream, server.node.config.send_timeout);
    let service = service_fn(move |request: hyper::Request<hyper::body::Incoming>| {
        let mut router = router.clone();
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(Remote(remote));
        async move { Ok::<_, Infallible>(router.call(request).await.unwrap_or_else(|no| match no {})) }
    });
    let serving = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(server.node.config.head_timeout)
        .max_buf_size(64 << 10)
        // Who has said all may still want to be answered.
        .half_close(true)
        .serve_connection(TokioIo::new(stream), service);
    if let Err(error) = serving.await {
        tracing::debug!(%remote, %error, "connection ended");
    }
}

/// Says so without a task or a wait: a fresh socket has room for one short answer.
fn turn_away(stream: &TcpStream) {
    let body = problem::OVERLOADED;
    let answer = format!(
        "HTTP/1.1 503 Service Unavailable\r\ncontent-type: application/problem+json\r\n\
         content-length: {}\r\nconnection: close\r\nretry-after: 1\r\n\r\n{body}",
        body.len()
    );
    let _ = stream.try_write(answer.as_bytes());
}
