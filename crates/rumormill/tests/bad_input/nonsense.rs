//! Peers that answer nonsense.

use crate::client::{PATIENCE, soon};
use crate::fixture::{View, builder};
use rumormill::Node;
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

/// How long the nonsense goes on.
const WATCHED: Duration = Duration::from_secs(2);

/// How often a peer that fails is called within that time at most: at once, and after about 1 s; and
/// once more, should the clock be unkind.
const CALLS_MAX: usize = 3;

/// What a fake peer answers to `GET /peers/`.
#[derive(Clone, Copy, Debug)]
enum Nonsense {
    Hangup,
    Silence,
    Endless,
    EndlessHead,
    Answer(u16, &'static str),
}

const KINDS: [Nonsense; 12] = [
    Nonsense::Hangup,
    Nonsense::Silence,
    Nonsense::Endless,
    Nonsense::EndlessHead,
    Nonsense::Answer(200, ""),
    Nonsense::Answer(200, "garbage"),
    Nonsense::Answer(200, "[]"),
    Nonsense::Answer(200, r#"{"self":7,"peers":[]}"#),
    Nonsense::Answer(200, r#"{"self":"127.0.0.1:1","peers":["127.0.0.1:2"]}"#),
    Nonsense::Answer(200, r#"{"self":"","peers":null}"#),
    Nonsense::Answer(302, ""),
    Nonsense::Answer(500, r#"{"self":"127.0.0.1:1","peers":[]}"#),
];

/// A peer that is none.
struct Fake {
    kind: Nonsense,
    port: u16,
    calls: Arc<AtomicUsize>,
}

impl Fake {
    async fn start(kind: Nonsense) -> Fake {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("bound").port();
        let calls = Arc::new(AtomicUsize::new(0));
        let counted = calls.clone();
        tokio::spawn(async move {
            while let Ok((caller, _)) = listener.accept().await {
                counted.fetch_add(1, Ordering::Relaxed);
                tokio::spawn(kind.tell(caller));
            }
        });
        Fake { kind, port, calls }
    }
}

impl Nonsense {
    /// Reads the request, and answers it until the caller has enough.
    async fn tell(self, mut caller: TcpStream) {
        let mut request = [0; 4096];
        let _ = caller.read(&mut request).await;
        let more = [b'a'; 4096];
        match self {
            Nonsense::Hangup => return,
            Nonsense::Silence => {}
            Nonsense::Endless => {
                let head = b"HTTP/1.1 200 OK\r\ncontent-length: 1000000000000\r\n\r\n";
                let _ = caller.write_all(head).await;
                while caller.write_all(&more).await.is_ok() {}
            }
            Nonsense::EndlessHead => {
                let _ = caller.write_all(b"HTTP/1.1 200 OK\r\n").await;
                while caller.write_all(&more).await.is_ok() {}
            }
            Nonsense::Answer(status, body) => {
                let _ = caller.write_all(answer(status, body).as_bytes()).await;
            }
        }
        // Until the caller hangs up.
        while caller.read(&mut request).await.is_ok_and(|count| count > 0) {}
    }
}

fn answer(status: u16, body: &str) -> String {
    let length = body.len();
    format!("HTTP/1.1 {status} Said\r\nlocation: /peers/\r\ncontent-length: {length}\r\n\r\n{body}")
}

#[tokio::test]
async fn peers_that_answer_nonsense_are_never_listed_and_seldom_called() {
    let mut fakes = Vec::new();
    for kind in KINDS {
        fakes.push(Fake::start(kind).await);
    }
    let addresses = fakes.iter().map(|fake| format!("127.0.0.1:{}", fake.port));
    let node = builder().bootstrap(addresses).spawn().await.expect("a node");
    let friend = builder().bootstrap([node.address()]).spawn().await.expect("a node");
    friend.wait_ready(1, PATIENCE).await.expect("the node serves others meanwhile");
    tokio::time::sleep(WATCHED).await;
    let mut view = View::of(node.port()).await;
    assert_eq!(view.get("/healthz").await["status"], "ok");
    let listed = view.get("/peers/").await["peers"].clone();
    assert_eq!(listed, json!([friend.address().to_string()]));
    for fake in fakes {
        let calls = fake.calls.load(Ordering::Relaxed);
        assert!((1..=CALLS_MAX).contains(&calls), "{:?} was called {calls} times", fake.kind);
    }
}

/// A peer that is good but for its gossip, which is answered with `lie`.
async fn liar(lie: String) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("bound").port();
    let greeting = format!(r#"{{"self":"127.0.0.1:{port}","peers":[]}}"#);
    tokio::spawn(async move {
        while let Ok((mut caller, _)) = listener.accept().await {
            let (greeting, lie) = (greeting.clone(), lie.clone());
            tokio::spawn(async move {
                let mut request = [0; 1 << 16];
                while let Ok(1..) = caller.read(&mut request).await {
                    let body = if request.starts_with(b"GET") { &greeting } else { &lie };
                    let _ = caller.write_all(answer(200, body).as_bytes()).await;
                }
            });
        }
    });
    port
}

/// A node whose one peer answers its digests with that, and that has had the first answer.
async fn deceived(lie: &str) -> Node {
    let liar = format!("127.0.0.1:{}", liar(lie.into()).await);
    let interval = Some(Duration::from_millis(50));
    let node = builder().bootstrap([liar]).sync_interval(interval).spawn().await.expect("a node");
    node.wait_ready(1, PATIENCE).await.expect("the liar is a peer");
    node
}

/// What a sync is answered with.
const LIES: [&str; 7] = [
    "",
    "garbage",
    "[]",
    r#"{"messages":7}"#,
    r#"{"messages":[{"id":1}]}"#,
    r#"{"messages":[{"id":"00000000-0000-4000-8000-000000000001","origin":1,"version":-1}]}"#,
    "{}",
];

#[tokio::test]
async fn a_sync_that_is_answered_with_nonsense_teaches_nothing_and_silences_nobody() {
    let mut tests = JoinSet::new();
    LIES.into_iter().for_each(|lie| _ = tests.spawn(goes_on(lie)));
    while let Some(ended) = tests.join_next().await {
        ended.expect("a test that succeeds");
    }
}

/// However it was lied to, it publishes, once it has waited in vain for what others know of it.
async fn goes_on(lie: &'static str) {
    let node = deceived(lie).await;
    let mut changes = node.state().watch();
    node.state().set("book", "Emma").await.expect("a node that runs");
    let own = soon("its own book", changes.next()).await;
    assert_eq!(own.and_then(|change| change.value), Some("Emma".into()), "{lie}");
    assert_eq!(node.state().all().await.map(|all| all.len()), Ok(1), "{lie}");
}
