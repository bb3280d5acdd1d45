//! Who comes in.

use super::hello::Hello;
use super::shared::Shared;
use super::{group, wire};
use rumormill_core::{Duration, Link, Protocol, Why};
use std::net::IpAddr;
use std::sync::Arc;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

/// How long to wait when the system gives no more sockets.
const BREATH: Duration = Duration::from_millis(100);

/// Takes connections, as many as there is room for, until it is dropped; they end with it.
pub(super) async fn accept<P: Protocol>(shared: Arc<Shared<P>>, listener: TcpListener) {
    let strangers = Arc::new(Semaphore::new(shared.config.strangers));
    let mut wires = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, from)) if wires.len() < shared.config.connections => {
                    // Without a place it is closed at once.
                    let Ok(place) = strangers.clone().try_acquire_owned() else { continue };
                    wires.spawn(welcome(shared.clone(), stream, from.ip(), place));
                }
                Ok(_) => {}
                Err(error) => {
                    tracing::warn!(%error, "no connection can be taken");
                    sleep(BREATH).await;
                }
            },
            Some(_) = wires.join_next() => {}
        }
    }
}

/// A connection, and then the life of its wire. It has a place among the strangers until it has said who
/// it is.
async fn welcome<P: Protocol>(
    shared: Arc<Shared<P>>,
    mut stream: TcpStream,
    from: IpAddr,
    place: OwnedSemaphorePermit,
) {
    let introduced = timeout(shared.config.hello_deadline, meet(&shared, &mut stream, from)).await;
    drop(place);
    match introduced.unwrap_or(Err(Why::TimedOut)) {
        Ok(link) => wire::live(shared.clone(), shared.wires.next(), stream, link).await,
        Err(why) => tracing::info!(%from, %why, "a connection was turned away"),
    }
}

/// Whoever speaks our language is answered, so that a dialler sees by itself what is wrong; others learn
/// nothing.
async fn meet<P: Protocol>(
    shared: &Shared<P>,
    stream: &mut TcpStream,
    from: IpAddr,
) -> Result<Link, Why> {
    // Small frames shall not wait for each other.
    let _ = stream.set_nodelay(true);
    let theirs = Hello::read(stream).await?;
    shared.hello.write(stream).await?;
    if let Err(why) = shared.hello.accepts(&theirs) {
        tracing::info!(%from, ours = %shared.hello, theirs = %theirs, %why, "not one of us");
        return Err(why);
    }
    Ok(theirs.link_in(from, group(Some(from))))
}
