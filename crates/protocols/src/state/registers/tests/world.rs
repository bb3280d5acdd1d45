//! A few nodes that meet: what they ask is answered, or lost.

use super::*;
use alloc::collections::VecDeque;
use rumormill_core::{Message, ReplyTo, Rng, RngKey};

/// A few nodes, and what is under way between them.
pub struct World {
    pub nodes: Vec<Recorder<Registers>>,
    pub rng: Rng,
    /// Of a hundred messages, so many are lost.
    pub loss: u64,
    config: RegistersConfig,
    /// What each node made durable.
    cells: Vec<Cells>,
    /// Updates on their way by broadcast.
    broadcast: Vec<(usize, Arc<Rumor>)>,
    questions: VecDeque<(usize, usize, RegistersMessage, RegistersToken)>,
    /// How many messages were exchanged.
    pub exchanged: usize,
}

impl World {
    /// So many nodes, each linked to every other.
    pub fn new(nodes: usize, config: RegistersConfig, seed: u64) -> World {
        let mut world = World {
            nodes: (0..nodes).map(|at| restored(at, config, &Cells::default())).collect(),
            cells: (0..nodes).map(|_| Cells::default()).collect(),
            rng: Rng::new(RngKey::of_node(seed, 0), 0),
            loss: 0,
            config,
            broadcast: Vec::new(),
            questions: VecDeque::new(),
            exchanged: 0,
        };
        for at in 0..nodes {
            let did = give(&mut world.nodes[at], Input::Start);
            world.note(at, did);
            (0..nodes).filter(|other| *other != at).for_each(|other| world.link(at, other));
        }
        world.answer_all();
        world
    }

    pub fn link(&mut self, at: usize, other: usize) {
        let did = up(&mut self.nodes[at], other as u32 + 1, VERSION_OF_EXCHANGES);
        self.note(at, did);
    }

    pub fn unlink(&mut self, at: usize, other: usize) {
        let gone = rumormill_core::Gone::Failed(Why::Closed);
        let did = give(&mut self.nodes[at], Input::PeerDown(peer(other as u32 + 1), gone));
        self.note(at, did);
    }

    /// A crash, and a new start with what was durable. Whom it was linked to finds it again.
    pub fn restart(&mut self, at: usize) {
        self.questions.retain(|(asker, ..)| *asker != at);
        let now = self.nodes[at].now();
        self.nodes[at] = restored(at, self.config, &self.cells[at]);
        self.nodes[at].wait(now.since(Time::ZERO));
        let did = give(&mut self.nodes[at], Input::Start);
        self.note(at, did);
        for other in (0..self.nodes.len()).filter(|other| *other != at) {
            self.unlink(other, at);
            self.link(other, at);
            self.link(at, other);
        }
    }

    pub fn set(&mut self, at: usize, key: &str, payload: Bytes, life: Life) {
        let set = StateCommand::Set { ticket: 0, key: Arc::from(key), payload, life };
        let did = give(&mut self.nodes[at], Input::Command(set));
        self.note(at, did);
    }

    pub fn is_lost(&mut self) -> bool {
        self.rng.below(100) < self.loss
    }

    fn note(&mut self, at: usize, did: Vec<Effect<Registers>>) {
        for effect in did {
            match effect {
                Effect::Request(to, message, token) => {
                    self.questions.push_back((at, to.index() - 1, message, token));
                }
                Effect::Persist(cell, bytes, _) => self.cells[at].insert(cell, bytes),
                Effect::Emit(StateEvent::Publish(rumor)) => {
                    let others = (0..self.nodes.len()).filter(|other| *other != at);
                    self.broadcast.extend(others.map(|other| (other, rumor.clone())));
                }
                _ => {}
            }
        }
    }

    /// Delivers what is broadcast, in any order, as far as it isn't lost.
    pub fn spread(&mut self) {
        let mut under_way = core::mem::take(&mut self.broadcast);
        self.rng.shuffle(&mut under_way);
        for (to, rumor) in under_way {
            if !self.is_lost() {
                let from = peer(rumor.origin.number().unwrap() as u32 - 6999);
                let learn = StateCommand::Learn(rumor, from);
                let did = give(&mut self.nodes[to], Input::Command(learn));
                self.note(to, did);
            }
        }
    }

    /// Answers what is asked, until nobody asks any more.
    pub fn answer_all(&mut self) {
        while let Some((asker, asked, question, token)) = self.questions.pop_front() {
            self.exchanged += 1;
            assert!(self.exchanged < 100_000, "they talk without end");
            self.check(&question);
            let lost = self.is_lost();
            let reply = if lost { None } else { self.ask(asker, asked, question) };
            let answer = match reply {
                Some(reply) if !self.is_lost() => {
                    self.check(&reply);
                    Ok(reply)
                }
                _ => Err(Why::TimedOut),
            };
            let did = give(&mut self.nodes[asker], Input::Response(token, answer));
            self.note(asker, did);
        }
    }

    fn ask(
        &mut self,
        asker: usize,
        at: usize,
        question: RegistersMessage,
    ) -> Option<RegistersMessage> {
        let request = Input::Request(peer(asker as u32 + 1), ReplyTo(1), question);
        let mut did = give(&mut self.nodes[at], request);
        let reply = did.iter().position(|effect| matches!(effect, Effect::Reply(..)))?;
        let Effect::Reply(_, answer) = did.remove(reply) else { return None };
        self.note(at, did);
        answer.ok()
    }

    /// No message is above its budget.
    fn check(&self, message: &RegistersMessage) {
        let RegistersConfig { delta_bytes_max, digest_bytes_max, .. } = self.config;
        let max = match message {
            RegistersMessage::Summary(_) | RegistersMessage::Same => 64,
            RegistersMessage::Digest(_) => digest_bytes_max,
            RegistersMessage::Delta(_) => delta_bytes_max,
            RegistersMessage::Exchange(_) => delta_bytes_max + digest_bytes_max + 48,
        };
        assert!(message.wire_len() <= max, "{} bytes of {message:?}", message.wire_len());
    }

    /// Lets time pass for everybody, and whatever it brings.
    pub fn pass(&mut self, span: Duration) {
        for at in 0..self.nodes.len() {
            self.nodes[at].wait(span);
            let over = RegistersToken::Over(self.nodes[at].machine.alarm.number);
            for token in [over, RegistersToken::Tick] {
                let did = give(&mut self.nodes[at], Input::Timer(token));
                self.note(at, did);
            }
        }
        self.answer_all();
    }

    /// From now on nothing is lost; time passes until everybody met everybody often.
    pub fn calm(&mut self) {
        self.loss = 0;
        let rested = Duration::from_secs(70);
        self.spread();
        for _ in 0..40 {
            self.pass(rested);
            self.spread();
        }
    }

    /// What each node shows.
    pub fn shown(&self) -> Vec<Vec<Arc<Rumor>>> {
        self.nodes.iter().map(|node| contents(node.machine.table())).collect()
    }
}

/// A node that was just started.
pub fn fresh(at: usize, config: RegistersConfig) -> Recorder<Registers> {
    let mut node = restored(at, config, &Cells::default());
    give(&mut node, Input::Start);
    node
}

fn restored(at: usize, config: RegistersConfig, cells: &Cells) -> Recorder<Registers> {
    let config = RegistersConfig { removal: Some(removal), ..config };
    let own = Name::Number(7000 + at as u64);
    Recorder::new(Registers::new(config, own, HashSeed::default(), cells.view()))
}
