//! A machine that says what becomes of everything it is told to do.

use rumormill_core::{
    Address, Bytes, Cell, CellsView, Class, Codec, Duration, Effects, Fingerprint, Gone, Input,
    Message, Name, Peer, Protocol, Target, Why,
};
use rumormill_net::drive::{Drive, Running, drive};
use rumormill_net::driver::Told;
use rumormill_net::transport::tcp::TcpConfig;
use std::collections::BTreeMap;
use tokio::time::timeout;

#[derive(Clone, Debug, PartialEq)]
pub struct Text(pub String);

impl Message for Text {
    fn wire_len(&self) -> usize {
        self.0.len()
    }
    fn kind(&self) -> &'static str {
        "text"
    }
}

pub const CODEC: Codec<Text> = Codec {
    encode: |text| Bytes::copy_from_slice(text.0.as_bytes()),
    decode: |bytes| {
        let text = str::from_utf8(&bytes).map_err(|_| Why::Malformed)?;
        Ok(Text(text.into()))
    },
};

#[derive(Clone, Debug)]
pub enum Order {
    Dial(Address),
    Say(&'static str),
    SayLong(usize),
    /// Asks everybody.
    Ask(&'static str),
    Keep(&'static str),
    Leave,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    Up(Name, Option<Address>),
    Down(Name, Gone),
    NotDialled(Why),
    Heard(Name, String),
    Answered(Result<String, Why>),
    Invalid(Name, Why),
    Lost,
    Kept(Result<(), Why>),
    Remembered(Bytes),
    Path,
}

const KEPT: Cell = Cell::new(1);

#[derive(Clone, Default)]
pub struct Chatter {
    remembered: Option<Bytes>,
    links: BTreeMap<rumormill_core::LinkId, (Peer, Name)>,
}

impl Chatter {
    pub fn new(cells: CellsView<'_>) -> Chatter {
        Chatter { remembered: cells.get(KEPT).cloned(), links: BTreeMap::new() }
    }

    fn name(&self, peer: Peer) -> Name {
        let found = self.links.values().find(|(other, _)| *other == peer);
        found.map(|(_, name)| name.clone()).expect("whoever speaks is linked")
    }

    fn obey(&mut self, order: Order, fx: &mut dyn Effects<Self>) {
        let peers: Vec<Peer> = self.links.values().map(|(peer, _)| *peer).collect();
        match order {
            Order::Dial(address) => fx.dial(Target::Address(address), ()),
            Order::Say(text) => _ = fx.send_all(&peers, Class::Own(()), Text(text.into())),
            Order::SayLong(len) => {
                _ = fx.send_all(&peers, Class::Own(()), Text("x".repeat(len)));
            }
            Order::Ask(text) => {
                peers.iter().for_each(|peer| fx.request(*peer, Text(text.into()), ()));
            }
            Order::Keep(text) => fx.persist(KEPT, Bytes::from_static(text.as_bytes()), ()),
            Order::Leave => self.links.keys().for_each(|link| fx.close(*link, Gone::Left)),
        }
    }
}

impl Protocol for Chatter {
    type Message = Text;
    type Token = ();
    type Command = Order;
    type Event = Event;

    fn handle(&mut self, input: Input<Self>, fx: &mut dyn Effects<Self>) {
        match input {
            Input::Start => {
                self.remembered.take().into_iter().for_each(|it| fx.emit(Event::Remembered(it)));
            }
            Input::LinkUp(link, peer, about, _) => {
                self.links.insert(link, (peer, about.name.clone()));
                fx.emit(Event::Up(about.name, about.address));
            }
            Input::LinkDown(link, _, gone) => {
                let (_, name) = self.links.remove(&link).expect("it was up");
                fx.emit(Event::Down(name, gone));
            }
            Input::DialFailed((), why) => fx.emit(Event::NotDialled(why)),
            Input::Message(peer, Text(text)) => fx.emit(Event::Heard(self.name(peer), text)),
            // "later" is never answered.
            Input::Request(_, to, Text(text)) if text != "later" => {
                fx.reply(to, Ok(Text(format!("{text}?"))));
            }
            Input::Response((), answer) => fx.emit(Event::Answered(answer.map(|Text(text)| text))),
            Input::Invalid(peer, why) => fx.emit(Event::Invalid(self.name(peer), why)),
            Input::Lost(..) => fx.emit(Event::Lost),
            Input::Persisted((), result) => fx.emit(Event::Kept(result)),
            Input::Path(..) => fx.emit(Event::Path),
            Input::Command(order) => self.obey(order, fx),
            _ => {}
        }
    }

    fn fingerprint(&self, _: &mut Fingerprint) {}
}

pub type Node = Running<Chatter>;

/// Spans so short that a test can wait for them.
pub fn hasty() -> TcpConfig {
    TcpConfig {
        frame_bytes: 4096,
        hello_deadline: Duration::from_millis(300),
        frame_deadline: Duration::from_millis(300),
        ping_interval: Duration::from_millis(200),
        ..TcpConfig::default()
    }
}

pub fn chatter(name: u64) -> Drive<Chatter> {
    drive::<Chatter>(Name::Number(name), CODEC, Chatter::new)
        .listen("127.0.0.1:0")
        .network("chat")
        .tcp(hasty())
}

pub async fn start(name: u64) -> Node {
    chatter(name).start().await.expect("a free port")
}

pub async fn dial(from: &Node, to: &Node) {
    let address = to.address().expect("it listens");
    from.command(Order::Dial(address)).await.expect("it runs");
}

/// Two nodes, linked.
pub async fn pair() -> (Node, Node) {
    let (mut one, mut other) = (start(1).await, start(2).await);
    dial(&one, &other).await;
    until(&mut one, |event| matches!(event, Event::Up(..))).await;
    until(&mut other, |event| matches!(event, Event::Up(..))).await;
    (one, other)
}

/// The next event that is so.
pub async fn until(node: &mut Node, is_so: impl Fn(&Event) -> bool) -> Event {
    let found = async {
        loop {
            match node.events.next().await {
                Some(Told::Event(event)) if is_so(&event) => return event,
                Some(_) => {}
                None => panic!("the node has ended"),
            }
        }
    };
    timeout(Duration::from_secs(10), found).await.expect("it is told in time")
}

pub async fn expect(node: &mut Node, event: Event) {
    until(node, |told| *told == event).await;
}
