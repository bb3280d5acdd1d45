//! Whatever links come and go, in whatever order.

use super::*;
use alloc::collections::{BTreeMap, BTreeSet};
use proptest::prelude::*;
use rumormill_core::bounded::HashSeed;
use rumormill_core::driver::Peers;

/// Something that happens; numbers pick one of what there is.
#[derive(Clone, Debug)]
enum Step {
    /// A dial reaches its node, or comes to nothing.
    Reached(usize),
    Failed(usize, Why),
    /// A node dials us, over a link for one way or both.
    Come(u64, bool),
    /// A link breaks, or its other end closes it.
    Break(usize, Gone),
    /// What the machine closed goes down.
    Closed,
    Add(u64, bool),
    Hear(u64),
    Pass(u64),
}

fn any_step() -> impl Strategy<Value = Step> {
    let port = 7001..7009u64;
    let why = prop::sample::select(vec![Why::Unreachable, Why::TimedOut, Why::NotThem]);
    let gone = prop::sample::select(vec![BROKEN, Gone::Left]);
    prop_oneof![
        5 => any::<usize>().prop_map(Step::Reached),
        2 => (any::<usize>(), why).prop_map(|(dial, why)| Step::Failed(dial, why)),
        4 => (port.clone(), any::<bool>()).prop_map(|(port, sends)| Step::Come(port, sends)),
        3 => (any::<usize>(), gone).prop_map(|(link, gone)| Step::Break(link, gone)),
        2 => Just(Step::Closed),
        1 => (port.clone(), any::<bool>()).prop_map(|(port, name)| Step::Add(port, name)),
        1 => port.prop_map(Step::Hear),
        3 => (0..30u64).prop_map(Step::Pass),
    ]
}

/// A driver of one roster. The node on 7005 is ourselves; nobody else is called so.
struct World {
    node: Recorder<Roster>,
    peers: Peers,
    /// Links that are up, with who is there and whether we may send.
    links: BTreeMap<LinkId, (u64, bool)>,
    closed: Vec<(LinkId, Gone)>,
    dials: Vec<(Target, u32)>,
    timers: BTreeSet<(Time, u32)>,
    /// Who is up, as the machine told.
    up: BTreeSet<Peer>,
}

impl World {
    fn new(list: Vec<Target>, config: RosterConfig) -> World {
        let mut world = World {
            node: made(config, list),
            peers: Peers::new(HashSeed::default()),
            links: BTreeMap::new(),
            closed: vec![],
            dials: vec![],
            timers: BTreeSet::new(),
            up: BTreeSet::new(),
        };
        world.give(Input::Start);
        world
    }

    fn give(&mut self, input: Input<Roster>) {
        for effect in self.node.give(input) {
            match effect {
                Effect::Dial(target, RosterToken::Dial(at)) => self.dials.push((target, at)),
                Effect::Timer(wait, RosterToken::Wake(number)) => {
                    self.timers.insert((self.node.now() + wait, number));
                }
                Effect::Close(link, gone) => {
                    assert!(self.links.remove(&link).is_some(), "{link:?} is closed once");
                    self.closed.push((link, gone));
                }
                Effect::Emit(DiscoveryEvent::Up(peer, _)) => assert!(self.up.insert(peer)),
                Effect::Emit(DiscoveryEvent::Down(peer, _)) => assert!(self.up.remove(&peer)),
                Effect::Emit(DiscoveryEvent::Unreachable(..)) => {}
                other => panic!("{other:?}"),
            }
        }
        self.check();
    }

    fn check(&self) {
        let linked = self.links.values().filter(|(_, sends)| *sends);
        let linked = linked.filter_map(|(port, _)| self.peers.find(&Name::Number(*port)));
        let linked: Vec<Peer> = linked.collect();
        assert_eq!(self.up, linked.iter().copied().collect(), "who is up is linked");
        assert_eq!(self.up.len(), linked.len(), "over one link each");
        let dialled: BTreeSet<u32> = self.dials.iter().map(|(_, at)| *at).collect();
        assert_eq!(dialled.len(), self.dials.len(), "one dial each");
        assert!(self.dials.len() <= self.node.machine.config.dials_max);
    }

    fn link_up(&mut self, port: u64, sends: bool, dial: Option<u32>) {
        let (link, peer) = self.peers.link_up(&Name::Number(port), sends).unwrap();
        let mut about = Link { sends, ..Link::outgoing(Name::Number(port)) };
        match dial {
            Some(_) => about.address = Some(address(port)),
            None => about.direction = Direction::In,
        }
        self.links.insert(link, (port, sends));
        self.give(Input::LinkUp(link, peer, about, dial.map(RosterToken::Dial)));
    }

    fn link_down(&mut self, link: LinkId, gone: Gone) {
        let (peer, _) = self.peers.link_down(link).unwrap();
        self.give(Input::LinkDown(link, peer, gone));
    }

    fn take(&mut self, step: Step) {
        match step {
            Step::Reached(dial) => self.end_dial(dial, None),
            Step::Failed(dial, why) => self.end_dial(dial, Some(why)),
            Step::Come(7005, _) => {}
            Step::Come(port, sends) => self.link_up(port, sends, None),
            Step::Break(link, gone) => {
                let up = link % self.links.len().max(1);
                if let Some(link) = self.links.keys().nth(up).copied() {
                    self.links.remove(&link);
                    self.link_down(link, gone);
                }
            }
            Step::Closed => {
                for (link, gone) in core::mem::take(&mut self.closed) {
                    self.link_down(link, gone);
                }
            }
            Step::Add(port, name) => {
                let target = if name { named(port) } else { at(port) };
                self.give(Input::Command(DiscoveryCommand::Add(target)));
            }
            Step::Hear(port) => {
                let here = PeersMessage::Here(address(port));
                self.give(Input::Message(Peer::STRANGER, here));
            }
            Step::Pass(seconds) => self.pass(Duration::from_secs(seconds)),
        }
    }

    fn end_dial(&mut self, dial: usize, why: Option<Why>) {
        if self.dials.is_empty() {
            return;
        }
        let (target, at) = self.dials.remove(dial % self.dials.len());
        let port = match &target {
            Target::Name(name) => name.number(),
            Target::Address(address) => address.as_str().rsplit(':').next().unwrap().parse().ok(),
        };
        let why = if port == Some(7005) { Some(Why::Ourselves) } else { why };
        match why {
            Some(why) => self.give(Input::DialFailed(RosterToken::Dial(at), why)),
            None => self.link_up(port.unwrap(), true, Some(at)),
        }
    }

    fn pass(&mut self, span: Duration) {
        self.node.wait(span);
        while let Some((due, number)) = self.timers.first().copied()
            && due <= self.node.now()
        {
            self.timers.remove(&(due, number));
            self.give(Input::Timer(RosterToken::Wake(number)));
        }
    }

    /// From now on all goes well.
    fn calm_down(&mut self) {
        for _ in 0..20 {
            self.take(Step::Closed);
            self.pass(Duration::from_secs(60));
            while !self.dials.is_empty() {
                self.take(Step::Reached(0));
                self.take(Step::Closed);
            }
        }
    }
}

fn any_list() -> impl Strategy<Value = Vec<Target>> {
    let port = 7001..7009u64;
    let target = prop_oneof![
        port.clone().prop_map(named),
        port.clone().prop_map(at),
        port.prop_map(|port| Target::Address(Address::new(&format!("localhost:{port}")))),
    ];
    prop::collection::vec(target, 0..8)
}

proptest! {
    #[test]
    fn who_is_up_is_who_is_linked_and_in_the_end_that_is_the_list(
        list in any_list(),
        steps in prop::collection::vec(any_step(), 0..80),
        dials_max in 1..4usize,
    ) {
        let mut world = World::new(list, RosterConfig { dials_max, ..RosterConfig::default() });
        steps.into_iter().for_each(|step| world.take(step));
        world.calm_down();
        let down = world.node.machine.acquaintances().filter(|peer| peer.footing != Footing::Neighbour);
        prop_assert_eq!(down.collect::<Vec<_>>(), vec![]);
        prop_assert!(world.closed.is_empty() && world.dials.is_empty(), "and then it is quiet");
    }

    #[test]
    fn guests_keep_to_their_bound(
        steps in prop::collection::vec(any_step(), 0..80),
        guests_max in 0..3usize,
    ) {
        let mut world = World::new(vec![], RosterConfig { guests_max, ..RosterConfig::default() });
        for step in steps {
            world.take(step);
            let roster = &world.node.machine;
            prop_assert!(roster.entries.len() <= roster.listed as usize + guests_max);
        }
    }

    #[test]
    fn the_same_inputs_make_the_same_state(
        list in any_list(),
        steps in prop::collection::vec(any_step(), 0..40),
    ) {
        let run = || {
            let mut world = World::new(list.clone(), RosterConfig::default());
            steps.iter().for_each(|step| world.take(step.clone()));
            world.node.fingerprint()
        };
        prop_assert_eq!(run(), run());
    }
}
