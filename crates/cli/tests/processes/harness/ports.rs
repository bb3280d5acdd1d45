//! Ports that nobody else uses.

use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::Duration;

/// Below what systems hand out to outgoing connections, and above what services listen on.
const FIRST: u16 = 10_000;
const BLOCK: u16 = 16;
const BLOCKS: u16 = 1_400;

/// Fifteen consecutive free ports. The block's first port stays bound as the claim to it, so that
/// other tests, of this run or another, choose other blocks.
pub struct Ports {
    claim: u16,
    _claim: TcpListener,
}

impl Ports {
    pub fn claim() -> Ports {
        static NEXT: AtomicU16 = AtomicU16::new(0);
        let start = (std::process::id() % u32::from(BLOCKS)) as u16 * 37;
        let blocks = (0..BLOCKS).map(|_| NEXT.fetch_add(1, Ordering::Relaxed));
        let mut blocks = blocks.map(|next| start.wrapping_add(next) % BLOCKS);
        blocks
            .find_map(|block| Ports::claim_at(FIRST + block * BLOCK))
            .expect("some ports are free")
    }

    fn claim_at(claim: u16) -> Option<Ports> {
        let _claim = bind(claim)?;
        let free = (1..BLOCK).all(|at| bind(claim + at).is_some());
        free.then_some(Ports { claim, _claim })
    }

    pub fn at(&self, at: u16) -> u16 {
        assert!(at + 1 < BLOCK, "a block has {} ports", BLOCK - 1);
        self.claim + 1 + at
    }
}

fn bind(port: u16) -> Option<TcpListener> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).ok()
}

/// Whether somebody listens there.
pub fn listens(port: u16) -> bool {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    TcpStream::connect_timeout(&address, Duration::from_secs(2)).is_ok()
}
