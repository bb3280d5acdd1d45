//! How the driver of a hostile node betrays its machine: what leaves it is not what the machine sent, or
//! nothing leaves at all. It works on messages as they are, so it works for any protocol.
//!
//! ```text
//!   machine ── send, request, reply ──► betrayals, in their order ──► the way to the peer
//!                     ▲                         │
//!                     └── "queued" ─────────────┴──► nothing, and nobody is told
//! ```
//!
//! A betrayal is made once and may be done by many nodes; a node may do several at once, and each is
//! ended alone. What sets links up and ends them is the transport's, and is never betrayed.

use super::context::Context;
use rumormill_core::{Message, Protocol};

/// What a driver does to what its machine sends.
pub enum Betrayal<M> {
    /// It forwards nothing: what others said stays here. Answers to requests are honest.
    Censor,
    /// It says nothing to some, and goes on hearing them: no message, question or answer, of some kinds
    /// or all.
    Silence(Silence),
    /// It says something else.
    Retell(Retell<M>),
}

/// Whom a driver tells nothing, and of what.
pub struct Silence {
    /// By number, which nodes are told nothing; those beyond the list are. A twin is whom it pretends to
    /// be.
    pub to: Vec<bool>,
    /// The kinds of messages that are kept back; empty means all, refusals included.
    pub kinds: Vec<String>,
}

/// What is said instead: from the number of the node that sends and of the one it is for, and what the
/// machine sent. Nothing means that it goes as it is.
pub type Retell<M> = Box<dyn Fn(usize, usize, &M) -> Option<M> + Send>;

/// A betrayal of one network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct BetrayalId(u32);

/// All betrayals of a network, and how often each was done.
pub(crate) struct Betrayals<M>(Vec<(Betrayal<M>, u64)>);

/// What goes to another node, as far as it matters to betrayals.
#[derive(Clone, Copy)]
pub(crate) struct Outgoing {
    /// For whom.
    pub to: u32,
    /// Somebody else's message, on its way.
    pub is_forward: bool,
}

impl<M> Default for Betrayals<M> {
    fn default() -> Self {
        Betrayals(Vec::new())
    }
}

impl<M: Message> Betrayals<M> {
    pub fn add(&mut self, betrayal: Betrayal<M>) -> BetrayalId {
        self.0.push((betrayal, 0));
        BetrayalId(self.0.len() as u32 - 1)
    }

    /// How often it was done.
    pub fn count(&self, id: BetrayalId) -> u64 {
        self.0[id.0 as usize].1
    }

    /// What becomes of a message from a node to another, which is called `face`; nothing if it is kept
    /// back.
    fn apply(
        &mut self,
        id: BetrayalId,
        (from, face): (u32, u32),
        outgoing: Outgoing,
        message: M,
    ) -> Option<M> {
        let (betrayal, done) = &mut self.0[id.0 as usize];
        let other = match betrayal {
            Betrayal::Censor if outgoing.is_forward => None,
            Betrayal::Silence(silence) if silence.keeps(face, Some(message.kind())) => None,
            Betrayal::Censor | Betrayal::Silence(_) => return Some(message),
            Betrayal::Retell(retell) => match retell(from as usize, outgoing.to as usize, &message)
            {
                Some(other) => Some(other),
                None => return Some(message),
            },
        };
        *done += 1;
        other
    }

    /// Whether a refusal, in which there is no message, is kept back.
    fn keeps_refusal(&mut self, id: BetrayalId, face: u32) -> bool {
        let (betrayal, done) = &mut self.0[id.0 as usize];
        let keeps = matches!(betrayal, Betrayal::Silence(silence) if silence.keeps(face, None));
        *done += u64::from(keeps);
        keeps
    }
}

impl Silence {
    fn keeps(&self, to: u32, kind: Option<&str>) -> bool {
        let is_of = |kind| self.kinds.iter().any(|other| other == kind);
        let is_told = !self.to.get(to as usize).copied().unwrap_or(false);
        !is_told && (self.kinds.is_empty() || kind.is_some_and(is_of))
    }
}

impl<P: Protocol> Context<'_, P> {
    /// What a hostile node's driver makes of a message; nothing if it keeps it back. To be asked only
    /// where the port [betrays](super::node::Port::betrays).
    #[cold]
    pub fn betrayed(&mut self, outgoing: Outgoing, message: P::Message) -> Option<P::Message> {
        let (from, face) = (self.port.node, self.shared.twins.face(outgoing.to));
        let mut message = Some(message);
        for at in 0..self.port.betrayals().len() {
            let id = self.port.betrayals()[at];
            let betrayals = &mut self.shared.betrayals;
            message = betrayals.apply(id, (from, face), outgoing, message?);
        }
        self.shared.counters.withheld += u64::from(message.is_none());
        message
    }

    /// Whether it keeps back that a request is refused.
    #[cold]
    pub fn keeps_refusal(&mut self, to: u32) -> bool {
        let face = self.shared.twins.face(to);
        let (port, betrayals) = (&*self.port, &mut self.shared.betrayals);
        port.betrayals().iter().any(|id| betrayals.keeps_refusal(*id, face))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Clone, Debug, PartialEq)]
    struct Word(&'static str);

    impl Message for Word {
        fn wire_len(&self) -> usize {
            self.0.len()
        }

        fn kind(&self) -> &'static str {
            self.0
        }
    }

    fn all() -> (Betrayals<Word>, [BetrayalId; 4]) {
        let mut all = Betrayals::default();
        let silence = |kinds: &[&str]| {
            let kinds = kinds.iter().map(|kind| kind.to_string()).collect();
            Betrayal::Silence(Silence { to: vec![false, true], kinds })
        };
        let other = |_, to, word: &Word| (word.0 == "yes" && to == 2).then_some(Word("no"));
        let each =
            [Betrayal::Censor, silence(&[]), silence(&["yes"]), Betrayal::Retell(Box::new(other))];
        let ids = each.map(|betrayal| all.add(betrayal));
        (all, ids)
    }

    /// What comes of a word for each of three nodes.
    fn said(
        all: &mut Betrayals<Word>,
        id: BetrayalId,
        word: &'static str,
    ) -> [Option<&'static str>; 3] {
        [0, 1, 2].map(|to| {
            let outgoing = Outgoing { to, is_forward: word == "forward" };
            all.apply(id, (9, to), outgoing, Word(word)).map(|word| word.0)
        })
    }

    #[test]
    fn each_does_what_it_says_and_counts_it() {
        let (mut all, [censor, mute, partly, two_faced]) = all();
        assert_eq!(said(&mut all, censor, "forward"), [None; 3]);
        assert_eq!(said(&mut all, censor, "yes"), [Some("yes"); 3]);
        assert_eq!(said(&mut all, mute, "perhaps"), [Some("perhaps"), None, Some("perhaps")]);
        assert_eq!(said(&mut all, partly, "perhaps"), [Some("perhaps"); 3]);
        assert_eq!(said(&mut all, partly, "yes"), [Some("yes"), None, Some("yes")]);
        assert_eq!(said(&mut all, two_faced, "yes"), [Some("yes"), Some("yes"), Some("no")]);
        let counts = [censor, mute, partly, two_faced].map(|id| all.count(id));
        assert_eq!(counts, [3, 1, 1, 1]);
    }

    #[test]
    fn a_refusal_is_of_no_kind() {
        let (mut all, [censor, mute, partly, two_faced]) = all();
        let kept = [censor, mute, partly, two_faced].map(|id| all.keeps_refusal(id, 1));
        assert_eq!((kept, all.count(mute)), ([false, true, false, false], 1));
        assert!(!all.keeps_refusal(mute, 0));
    }
}
