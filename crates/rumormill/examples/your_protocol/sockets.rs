//! The tally over TCP.

use crate::tally::{Add, CODEC, Tally, Total};
use rumormill::contract::{Address, Name};
use rumormill::drive::{DriveError, Running, drive};
use rumormill::{Ended, Told};

/// Five nodes on this machine, of which each knows the one before; node `i` counts `i`. Gives what the
/// first knows in the end.
pub async fn five() -> Result<u64, Box<dyn std::error::Error>> {
    let mut nodes: Vec<Running<Tally>> = Vec::new();
    for number in 1..=5 {
        let before = nodes.last().and_then(|node| node.address());
        nodes.push(start(number, before.into_iter().collect()).await?);
    }
    for (at, node) in nodes.iter().enumerate() {
        node.command(Add(at as u32 + 1)).await?;
    }
    for node in &mut nodes {
        wait_for(node, Total(15)).await?;
    }
    let known = nodes[0].inspect(|tally, _| tally.total()).await?;
    for node in nodes {
        node.shutdown().await;
    }
    Ok(known)
}

async fn start(number: u64, known: Vec<Address>) -> Result<Running<Tally>, DriveError> {
    drive::<Tally>(Name::Number(number), CODEC, move |cells| Tally::new(number, known, cells))
        .network("tally")
        .listen("127.0.0.1:0")
        .start()
        .await
}

async fn wait_for(node: &mut Running<Tally>, wanted: Total) -> Result<(), Ended> {
    loop {
        match node.events.next().await {
            Some(Told::Event(total)) if total == wanted => return Ok(()),
            Some(_) => {}
            None => return Err(Ended),
        }
    }
}
