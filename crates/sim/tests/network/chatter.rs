//! A machine that does as it is told, and tells what it is told.

use rumormill_core::{
    Class, Duration, Effects, Fingerprint, Input, Message, Name, Peer, Protocol, Sent, Target,
    Time, Why,
};
use rumormill_sim::{Config, Network};

#[derive(Clone, Debug)]
pub struct Word(pub u32);

/// On the wire, in bytes.
pub const WORD_LEN: usize = 100;

impl Message for Word {
    fn wire_len(&self) -> usize {
        WORD_LEN
    }

    fn kind(&self) -> &'static str {
        "word"
    }
}

#[derive(Clone, Default)]
pub struct Chatter {
    peer: Option<Peer>,
    greeting: Option<u32>,
    drawn: u64,
}

#[derive(Clone, Debug)]
pub enum Do {
    Dial(u64),
    /// Sends words of these numbers to the newest peer.
    Say(std::ops::Range<u32>),
    /// Asks the newest peer; zero is never answered.
    Ask(u32),
    Wait(Duration),
    /// From now on asks whoever links to it, at once.
    Greet(u32),
    /// Dials a name drawn below this, says two words there, and again after a while, for ever.
    Roam(u64),
}

#[derive(Clone, Debug, PartialEq)]
pub enum Told {
    /// Whether from a peer with a link, and what.
    Heard(bool, u32),
    Asked(bool, u32),
    Answer(Result<u32, Why>),
    Up(Name),
    Down(Why),
    DialFailed(Why),
    Waited,
    Sent(Sent),
}

impl Chatter {
    fn obey(&mut self, command: Do, fx: &mut dyn Effects<Self>) {
        match (command, self.peer) {
            (Do::Dial(name), _) => fx.dial(Target::Name(Name::Number(name)), 0),
            (Do::Say(words), Some(peer)) => words.for_each(|word| {
                let sent = fx.send(peer, Class::Forward, Word(word));
                if sent != Sent::Queued {
                    fx.emit(Told::Sent(sent));
                }
            }),
            (Do::Ask(word), Some(peer)) => fx.request(peer, Word(word), 0),
            (Do::Greet(word), _) => self.greeting = Some(word),
            (Do::Wait(span), _) => fx.set_timer(span, 0),
            (Do::Roam(names), _) => self.roam(names, fx),
            (Do::Say(_) | Do::Ask(_), None) => panic!("nobody to talk to"),
        }
    }

    fn roam(&mut self, names: u64, fx: &mut dyn Effects<Self>) {
        self.drawn = fx.rng().below(names);
        fx.dial(Target::Name(Name::Number(self.drawn)), names);
        let pause = fx.rng().jitter(Duration::from_millis(50), 0.5);
        fx.set_timer(pause, names);
    }
}

impl Protocol for Chatter {
    type Message = Word;
    type Token = u64;
    type Command = Do;
    type Event = Told;

    fn handle(&mut self, input: Input<Self>, fx: &mut dyn Effects<Self>) {
        match input {
            Input::Command(command) => self.obey(command, fx),
            Input::LinkUp(_, peer, link, token) => {
                self.peer = Some(peer);
                fx.emit(Told::Up(link.name));
                if let Some(word) = self.greeting {
                    self.obey(Do::Ask(word), fx);
                }
                if token.is_some_and(|names| names > 0) {
                    self.obey(Do::Say(7..9), fx);
                }
            }
            Input::LinkDown(_, _, rumormill_core::Gone::Failed(why)) => fx.emit(Told::Down(why)),
            Input::DialFailed(_, why) => fx.emit(Told::DialFailed(why)),
            Input::Message(from, word) => fx.emit(Told::Heard(from != Peer::STRANGER, word.0)),
            Input::Request(from, to, word) => {
                fx.emit(Told::Asked(from != Peer::STRANGER, word.0));
                if word.0 > 0 {
                    fx.reply(to, Ok(Word(word.0 + 1)));
                }
            }
            Input::Response(_, answer) => fx.emit(Told::Answer(answer.map(|word| word.0))),
            Input::Timer(0) => fx.emit(Told::Waited),
            Input::Timer(names) => self.roam(names, fx),
            _ => {}
        }
    }

    fn fingerprint(&self, into: &mut Fingerprint) {
        into.number(self.drawn);
    }
}

/// A network of chatters, and what each told so far.
pub struct Room {
    pub network: Network<Chatter>,
    pub told: Vec<Vec<(Time, Told)>>,
}

impl Room {
    pub fn new(config: Config, nodes: usize) -> Room {
        let mut network = Network::new(config, |_, _| Chatter::default());
        for _ in 0..nodes {
            let node = network.add();
            network.start(node);
        }
        Room { network, told: vec![Vec::new(); nodes] }
    }

    /// Commands, then lets so many milliseconds pass.
    pub fn act(&mut self, node: usize, command: Do, millis: u64) {
        self.network.command(node, command);
        self.pass(millis);
    }

    pub fn pass(&mut self, millis: u64) {
        let until = self.network.now() + Duration::from_millis(millis);
        let told = &mut self.told;
        self.network.run_until(until, &mut |node: usize, at, event: &Told| {
            told[node].push((at, event.clone()))
        });
    }

    /// What a node told since it was last asked.
    pub fn take(&mut self, node: usize) -> Vec<Told> {
        self.told[node].drain(..).map(|(_, told)| told).collect()
    }
}
