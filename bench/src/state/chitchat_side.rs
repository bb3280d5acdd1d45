//! chitchat, over UDP on the loopback.

use super::counted::Counted;
use super::network::{KEY, Network, first_value};
use chitchat::transport::UdpTransport;
use chitchat::{ChitchatConfig, ChitchatHandle, ChitchatId, FailureDetectorConfig, spawn_chitchat};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

const BASE_PORT: u16 = 21_000;

/// Its nodes.
pub struct Chitchats(Vec<ChitchatHandle>);

fn address(node: u16) -> SocketAddr {
    ([127, 0, 0, 1], BASE_PORT + node).into()
}

fn config(node: u16, interval: Duration) -> ChitchatConfig {
    ChitchatConfig {
        chitchat_id: ChitchatId::new(format!("{}", BASE_PORT + node), 0, address(node)),
        cluster_id: "bench".into(),
        gossip_interval: interval,
        listen_addr: address(node),
        seed_nodes: vec![address(node.saturating_sub(1)).to_string()],
        failure_detector_config: FailureDetectorConfig::default(),
        marked_for_deletion_grace_period: Duration::from_secs(3600),
        catchup_callback: None,
        extra_liveness_predicate: None,
    }
}

impl Network for Chitchats {
    async fn start(nodes: u16, interval: Duration, counted: Arc<Counted>) -> anyhow::Result<Self> {
        let mut all = Vec::new();
        for node in 0..nodes {
            let says = vec![(KEY.to_owned(), first_value(node.into()))];
            let handle = spawn_chitchat(config(node, interval), says, &UdpTransport).await?;
            let counted = counted.clone();
            let listen = move |event: chitchat::KeyChangeEvent<'_>| counted.hear(event.value);
            let chitchat = handle.chitchat();
            chitchat.lock().await.subscribe_event(KEY, listen).forever();
            all.push(handle);
        }
        Ok(Chitchats(all))
    }

    async fn is_complete(&self) -> anyhow::Result<bool> {
        for handle in &self.0 {
            let knows = |chitchat: &mut chitchat::Chitchat| {
                chitchat.node_states().values().filter(|state| state.get(KEY).is_some()).count()
            };
            if handle.with_chitchat(knows).await < self.0.len() {
                return Ok(false);
            }
        }
        Ok(true)
    }

    async fn set(&self, node: usize, value: &str) -> anyhow::Result<()> {
        self.0[node].with_chitchat(|chitchat| chitchat.self_node_state().set(KEY, value)).await;
        Ok(())
    }
}
