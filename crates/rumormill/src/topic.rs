//! Publishing and subscribing.

use crate::{Name, NodeEvent, Told};
use rumormill_net::driver::Events;
use rumormill_node::{AnyNode, Plane};
use rumormill_protocols::planes::BroadcastEvent;
use rumormill_protocols::{RumorId, Subject};
use rumormill_wire::json::topic_data;

/// A message of a topic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// Its id.
    pub id: RumorId,
    /// Who published it, or claims to have.
    pub origin: Name,
    /// The publisher's own counter.
    pub version: u64,
    /// What it says.
    pub data: Vec<u8>,
}

/// What is published on one topic.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use rumormill::{Node, Told};
/// use std::time::Duration;
/// let hears = Node::builder().spawn().await?;
/// let speaks = Node::builder().bootstrap([hears.address()]).spawn().await?;
/// let mut news = hears.subscribe("news");
/// speaks.wait_ready(1, Duration::from_secs(5)).await?;
/// let receipt = speaks.publish("news", b"hello").await?;
/// assert_eq!(receipt.queued, 1);
/// let Some(Told::Event(delivery)) = news.next().await else { panic!("the node ended") };
/// assert_eq!(delivery.data, b"hello");
/// # Ok(()) }
/// ```
pub struct Subscription {
    topic: Box<str>,
    events: Events<AnyNode>,
}

impl Subscription {
    pub(crate) fn new(topic: &str, events: Events<AnyNode>) -> Subscription {
        Subscription { topic: topic.into(), events }
    }

    /// The next delivery; a gap, if we were so slow that events were missed; nothing once the node
    /// has ended. Cancel-safe.
    pub async fn next(&mut self) -> Option<Told<Delivery>> {
        loop {
            match self.events.next().await? {
                Told::Gap(missed) => return Some(Told::Gap(missed)),
                Told::Event(event) => {
                    if let Some(delivery) = self.delivery(event) {
                        return Some(Told::Event(delivery));
                    }
                }
            }
        }
    }

    fn delivery(&self, event: NodeEvent) -> Option<Delivery> {
        let Plane::Broadcast(BroadcastEvent::Arrived(rumor, _)) = event else { return None };
        match &rumor.subject {
            Subject::Topic(topic) if **topic == *self.topic => {}
            _ => return None,
        }
        let data = topic_data(&rumor.payload)?;
        Some(Delivery { id: rumor.id, origin: rumor.origin.clone(), version: rumor.version, data })
    }
}
