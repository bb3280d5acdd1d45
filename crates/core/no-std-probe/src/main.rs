//! A program without std that makes a machine, tells it something and looks at what became of it.
//!
//! Whoever uses std in core or protocols, or takes in a dependency that does, brings a second panic
//! handler, and this program no longer compiles.

#![no_std]
#![no_main]

extern crate alloc;

use alloc::sync::Arc;
use core::alloc::{GlobalAlloc, Layout};
use core::ffi::{c_int, c_void};
use core::panic::PanicInfo;
use core::time::Duration;
use rumormill_core::bounded::HashSeed;
use rumormill_core::driver::Draws;
use rumormill_core::{
    Address, Bytes, Cell, Cells, Class, Effects, Fingerprint, Gone, Input, Link, LinkId, Name,
    Peer, Protocol, ReplyTo, Rng, RngKey, Sent, Target, Time, Verify, Why,
};
use rumormill_protocols::broadcast::flood::{Flood, FloodConfig, FloodMessage, FloodToken};
use rumormill_protocols::planes::{BroadcastCommand, BroadcastEvent};
use rumormill_protocols::{Life, Rumor, RumorId, Subject};

#[link(name = "c")]
unsafe extern "C" {
    fn malloc(size: usize) -> *mut c_void;
    fn free(memory: *mut c_void);
    safe fn abort() -> !;
}

struct Malloc;

/// What malloc aligns to, on every 64-bit platform that has it.
const ALIGNED: usize = 16;

// SAFETY: malloc and free keep the contract of `GlobalAlloc` for layouts that are aligned no more
// strictly than malloc does; for others there is no memory.
unsafe impl GlobalAlloc for Malloc {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if layout.align() > ALIGNED {
            return core::ptr::null_mut();
        }
        // SAFETY: malloc may be called with any size.
        unsafe { malloc(layout.size()).cast() }
    }

    unsafe fn dealloc(&self, memory: *mut u8, _: Layout) {
        // SAFETY: the caller says that the memory came from `alloc`, so from malloc.
        unsafe { free(memory.cast()) }
    }
}

#[global_allocator]
static MALLOC: Malloc = Malloc;

#[panic_handler]
fn on_panic(_: &PanicInfo<'_>) -> ! {
    abort()
}

/// The alloc that comes with the toolchain was built to unwind and names this function, which would be
/// std's. Nothing here unwinds.
// SAFETY: without std nobody else defines it, and it is never called.
#[unsafe(no_mangle)]
extern "C" fn rust_eh_personality() {
    abort()
}

/// Effects that are only counted.
struct Counting {
    draws: Draws,
    sent: u32,
    emitted: u32,
}

impl Effects<Flood> for Counting {
    fn now(&self) -> Time {
        Time::ZERO
    }

    fn rng(&mut self) -> &mut Rng {
        self.draws.rng()
    }

    fn send(&mut self, _: Peer, _: Class<FloodToken>, _: FloodMessage) -> Sent {
        self.sent += 1;
        Sent::Queued
    }

    fn emit(&mut self, _: BroadcastEvent) {
        self.emitted += 1;
    }

    fn own_address(&self) -> Option<Address> {
        None
    }

    fn request(&mut self, _: Peer, _: FloodMessage, _: FloodToken) {}
    fn reply(&mut self, _: ReplyTo, _: Result<FloodMessage, Why>) {}
    fn set_timer(&mut self, _: Duration, _: FloodToken) {}
    fn verify(&mut self, _: Verify, _: FloodToken) {}
    fn persist(&mut self, _: Cell, _: Bytes, _: FloodToken) {}
    fn cancel(&mut self, _: FloodToken) {}
    fn dial(&mut self, _: Target, _: FloodToken) {}
    fn close(&mut self, _: LinkId, _: Gone) {}
    fn disconnect(&mut self, _: Peer, _: Why) {}
}

/// Two peers come up, and a rumor is to be spread.
fn spread() -> (Flood, Counting) {
    let own = Name::Number(7000);
    let cells = Cells::default();
    let mut node =
        Flood::new(FloodConfig::default(), own.clone(), HashSeed::default(), cells.view());
    let mut fx = Counting { draws: Draws::new(RngKey::of_node(1, 1)), sent: 0, emitted: 0 };
    node.handle(Input::Start, &mut fx);
    for number in 1..=2 {
        let link = Link::outgoing(Name::Number(7000 + u64::from(number)));
        node.handle(Input::PeerUp(Peer::new(number, 0), link), &mut fx);
    }
    let (id, subject) = (RumorId::random(fx.rng()), Subject::register("book"));
    let payload = Bytes::from_static(br#"{"book":"Lucky Jim"}"#);
    let rumor = Arc::new(Rumor { id, origin: own, version: 1, subject, payload, life: Life::Lasting });
    node.handle(Input::Command(BroadcastCommand::Spread(rumor)), &mut fx);
    (node, fx)
}

fn fingerprint(node: &Flood) -> [u64; 2] {
    let mut print = Fingerprint::new();
    node.fingerprint(&mut print);
    print.finish()
}

// SAFETY: no other `main` is linked.
#[unsafe(no_mangle)]
extern "C" fn main() -> c_int {
    let ((one, fx), (other, _)) = (spread(), spread());
    let is_right = fx.sent == 2 && fx.emitted == 0 && fingerprint(&one) == fingerprint(&other);
    c_int::from(!is_right)
}
