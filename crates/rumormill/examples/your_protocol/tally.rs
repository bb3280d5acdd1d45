//! A tally: every node counts something, and all know the sum of all counts a little later.
//!
//! Each node keeps the count of every node that it heard of. Once a second it sends them all to a random
//! neighbour, who answers with its own: push-pull gossip (Demers et al., 1987). Of two counts of one node
//! the greater is the newer, so the order of arrival never matters: a grow-only counter (Shapiro et al.,
//! 2011).

use rumormill::contract::{
    Address, Bytes, Cell, CellsView, Codec, Duration, Effects, Fingerprint, Input, LinkId, Message,
    Peer, Protocol, Target, Why,
};
use std::collections::BTreeMap;

const PERIOD: Duration = Duration::from_secs(1);
const RETRY: Duration = Duration::from_secs(2);
const NODES_MAX: usize = 4096;
const OWN: Cell = Cell::new(1);

/// How much each node counted.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Counts(pub BTreeMap<u64, u64>);

impl Message for Counts {
    fn wire_len(&self) -> usize {
        16 * self.0.len()
    }
    fn kind(&self) -> &'static str {
        "counts"
    }
}

pub const CODEC: Codec<Counts> = Codec { encode, decode };

fn encode(counts: &Counts) -> Bytes {
    let words = counts.0.iter().flat_map(|(node, count)| [*node, *count]);
    words.flat_map(u64::to_be_bytes).collect()
}

fn decode(bytes: Bytes) -> Result<Counts, Why> {
    let (each, rest) = bytes.as_chunks::<16>();
    if !rest.is_empty() || each.len() > NODES_MAX {
        return Err(Why::Malformed);
    }
    let word = |bytes: &[u8]| bytes.iter().fold(0, |word, byte| word << 8 | u64::from(*byte));
    Ok(Counts(each.iter().map(|pair| (word(&pair[..8]), word(&pair[8..]))).collect()))
}

/// Count so many more.
#[derive(Clone, Debug)]
pub struct Add(pub u32);

/// What all nodes have counted, as this one knows.
#[derive(Clone, Debug, PartialEq)]
pub struct Total(pub u64);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Token {
    Gossip,
    Dial(u16),
    Asked,
    Saved(u32),
}

#[derive(Clone, Debug)]
pub struct Tally {
    me: u64,
    known: Vec<Address>,
    /// What it counted itself, durable or about to be.
    own: u32,
    /// What is known of all, and durable of itself.
    counts: Counts,
    /// Whom it may speak to, and by which dial of its own.
    links: BTreeMap<LinkId, (Peer, Option<Token>)>,
}

impl Tally {
    pub fn new(me: u64, known: Vec<Address>, cells: CellsView<'_>) -> Tally {
        let saved = cells.get(OWN).and_then(|bytes| bytes.as_ref().try_into().ok());
        let own = saved.map_or(0, u32::from_be_bytes);
        let counts = Counts((own > 0).then_some((me, own.into())).into_iter().collect());
        Tally { me, known, own, counts, links: BTreeMap::new() }
    }

    pub fn total(&self) -> u64 {
        self.counts.0.values().copied().fold(0, u64::saturating_add)
    }

    fn on_start(&mut self, fx: &mut dyn Effects<Self>) {
        (0..self.known.len()).for_each(|at| self.dial(at as u16, fx));
        let first = fx.rng().jitter(PERIOD, 1.0);
        fx.set_timer(first, Token::Gossip);
    }

    fn on_gossip(&mut self, fx: &mut dyn Effects<Self>) {
        let peers: Vec<Peer> = self.links.values().map(|(peer, _)| *peer).collect();
        if let Some(peer) = fx.rng().pick(&peers) {
            fx.request(*peer, self.counts.clone(), Token::Asked);
        }
        fx.set_timer(PERIOD, Token::Gossip);
    }

    fn on_add(&mut self, Add(more): Add, fx: &mut dyn Effects<Self>) {
        self.own = self.own.saturating_add(more);
        let bytes = Bytes::copy_from_slice(&self.own.to_be_bytes());
        fx.persist(OWN, bytes, Token::Saved(self.own));
    }

    fn merge(&mut self, theirs: Counts, fx: &mut dyn Effects<Self>) {
        let before = self.total();
        for (node, count) in theirs.0 {
            let is_known = node == self.me || self.counts.0.contains_key(&node);
            if is_known || self.counts.0.len() < NODES_MAX {
                let ours = self.counts.0.entry(node).or_default();
                *ours = count.max(*ours);
            }
        }
        if self.total() > before {
            fx.emit(Total(self.total()));
        }
    }

    fn dial(&self, at: u16, fx: &mut dyn Effects<Self>) {
        let address = self.known[usize::from(at)].clone();
        fx.dial(Target::Address(address), Token::Dial(at));
    }
}

impl Protocol for Tally {
    type Message = Counts;
    type Token = Token;
    type Command = Add;
    type Event = Total;

    fn handle(&mut self, input: Input<Self>, fx: &mut dyn Effects<Self>) {
        match input {
            Input::Start => self.on_start(fx),
            Input::LinkUp(link, peer, _, dial) => _ = self.links.insert(link, (peer, dial)),
            Input::LinkDown(link, ..) => {
                if let Some((_, Some(dial))) = self.links.remove(&link) {
                    fx.set_timer(RETRY, dial);
                }
            }
            Input::DialFailed(dial, _) => fx.set_timer(RETRY, dial),
            Input::Timer(Token::Dial(at)) => self.dial(at, fx),
            Input::Timer(Token::Gossip) => self.on_gossip(fx),
            Input::Command(add) => self.on_add(add, fx),
            Input::Persisted(Token::Saved(own), Ok(())) => {
                self.merge(Counts(BTreeMap::from([(self.me, own.into())])), fx);
            }
            Input::Request(_, asker, theirs) => {
                fx.reply(asker, Ok(self.counts.clone()));
                self.merge(theirs, fx);
            }
            Input::Response(_, Ok(theirs)) => self.merge(theirs, fx),
            _ => {}
        }
    }

    fn fingerprint(&self, into: &mut Fingerprint) {
        into.number(self.me).number(self.own.into()).bytes(&encode(&self.counts));
        for (link, (peer, dial)) in &self.links {
            let dialled = if let Some(Token::Dial(at)) = dial { 1 + u64::from(*at) } else { 0 };
            let (index, generation) = (peer.index() as u64, peer.generation().into());
            into.number(link.0).number(index).number(generation).number(dialled);
        }
    }
}
