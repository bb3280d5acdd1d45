use super::*;
use crate::engine::{At, Unseen};
use crate::model::Loss;
use rumormill_core::{Bytes, Class, Effects, Fingerprint, Gone, Input, Message, Peer, Target, Why};

/// Node 0 dials node 1 and sends it numbers, ten a second; both say what happens.
#[derive(Clone)]
struct Counter {
    is_first: bool,
    other: Target,
    peer: Option<Peer>,
    count: u64,
}

#[derive(Clone, Debug, PartialEq)]
struct Number(u64);

impl Message for Number {
    fn wire_len(&self) -> usize {
        8
    }
    fn kind(&self) -> &'static str {
        "number"
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Said {
    Heard(u64),
    Down(Gone),
    Invalid,
}

impl Protocol for Counter {
    type Message = Number;
    type Token = ();
    type Command = ();
    type Event = Said;

    fn handle(&mut self, input: Input<Self>, fx: &mut dyn Effects<Self>) {
        match input {
            Input::Start | Input::Timer(()) => {
                fx.set_timer(Duration::from_millis(100), ());
                match self.peer {
                    Some(peer) => {
                        self.count += 1;
                        fx.send(peer, Class::Forward, Number(self.count));
                    }
                    None if self.is_first => fx.dial(self.other.clone(), ()),
                    None => {}
                }
            }
            Input::LinkUp(_, peer, _, token) => self.peer = token.map(|()| peer),
            Input::LinkDown(_, _, gone) => {
                self.peer = None;
                fx.emit(Said::Down(gone));
            }
            Input::Message(_, Number(number)) => fx.emit(Said::Heard(number)),
            Input::Invalid(..) => fx.emit(Said::Invalid),
            _ => {}
        }
    }

    fn fingerprint(&self, into: &mut Fingerprint) {
        into.number(self.count);
    }
}

fn two(config: Config) -> Run<'static, Counter> {
    let name = config.name_of(1);
    let make = move |node, _: CellsView<'_>| {
        let other = Target::Name(name.clone());
        Counter { is_first: node == 0, other, peer: None, count: 0 }
    };
    run::<Counter>(config, make).nodes(2)
}

const fn secs(secs: u64) -> Duration {
    Duration::from_secs(secs)
}

fn apart() -> Rule {
    Rule::partition(vec![0, 1])
}

/// What node 1 hears, by the second.
fn heard(run: Run<'_, Counter>) -> (Vec<u64>, Network<Counter>) {
    let mut by_second = vec![0; 6];
    let mut seen = |node, time: Time, said: &Said| {
        if node == 1 && matches!(said, Said::Heard(_)) {
            by_second[(time.as_millis() / 1000) as usize] += 1;
        }
    };
    let network = run.until(secs(6), &mut seen);
    (by_second, network)
}

#[test]
fn a_partition_breaks_streams_and_is_over_in_time() {
    let run = two(Config::default()).during(secs(2)..secs(4), apart());
    let (by_second, network) = heard(run);
    assert!(by_second[0] >= 7 && by_second[1] == 10, "{by_second:?}");
    assert!(by_second[2] <= 1 && by_second[3] == 0, "{by_second:?}");
    assert!(by_second[5] == 10, "{by_second:?}");
    assert_eq!(network.now(), Time::ZERO + secs(6));
}

#[test]
fn over_datagrams_nobody_is_told_of_a_partition() {
    let config = Config { kind: LinkKind::Datagram, ..Config::default() };
    let mut downs = 0;
    let mut seen = |_, _, said: &Said| downs += u32::from(matches!(said, Said::Down(_)));
    two(config).during(secs(2)..secs(4), apart()).until(secs(6), &mut seen);
    assert_eq!(downs, 0);
}

#[test]
fn what_is_done_is_done_in_order_and_not_after_the_end() {
    let order = std::cell::RefCell::new(Vec::new());
    let note = |what| {
        let order = &order;
        move |network: &mut Network<Counter>| {
            order.borrow_mut().push((network.now().as_millis(), what))
        }
    };
    let run = two(Config::default())
        .at(secs(3), note('c'))
        .at(secs(1), note('a'))
        .at(secs(1), note('b'))
        .at(secs(9), note('d'));
    run.until(secs(5), &mut Unseen);
    assert_eq!(order.into_inner(), [(1000, 'a'), (1000, 'b'), (3000, 'c')]);
}

#[test]
fn the_same_run_again_and_with_every_message_written_is_the_same() {
    const CODEC: Codec<Number> = Codec {
        encode: |number| Bytes::copy_from_slice(&number.0.to_be_bytes()),
        decode: |bytes| {
            let bytes = bytes.as_ref().try_into().map_err(|_| Why::Malformed)?;
            Ok(Number(u64::from_be_bytes(bytes)))
        },
    };
    let hash = |seed, is_encoded: bool| {
        let config = Config { seed, loss: Loss::Uniform(0.2), ..Config::default() };
        let run = two(config).during(secs(1)..secs(2), apart());
        let run = if is_encoded { run.codec(CODEC) } else { run };
        run.until(secs(5), &mut Unseen).trace_hash()
    };
    assert_eq!(hash(1, false), hash(1, false));
    assert_eq!(hash(1, false), hash(1, true));
    assert_ne!(hash(1, false), hash(2, false));
}

#[test]
fn what_can_t_be_read_arrives_as_invalid() {
    let codec = Codec { encode: |_| Bytes::new(), decode: |_| Err(Why::Malformed) };
    let mut all = Vec::new();
    let mut seen = |_, _, said: &Said| all.push(*said);
    two(Config::default()).codec(codec).until(secs(1), &mut seen);
    assert!(!all.is_empty() && all.iter().all(|said| *said == Said::Invalid), "{all:?}");
}

#[test]
fn an_observer_ends_the_run() {
    struct Third(u64);
    impl Observer<Counter> for Third {
        fn event(&mut self, _: &At, said: &Said) {
            self.0 += u64::from(matches!(said, Said::Heard(_)));
        }
        fn is_done(&self) -> bool {
            self.0 >= 3
        }
    }
    let mut third = Third(0);
    let never = |_: &mut Network<Counter>| panic!("it is over");
    let network = two(Config::default()).at(secs(4), never).until(secs(5), &mut third);
    assert!(network.now() < Time::ZERO + secs(1));
}
