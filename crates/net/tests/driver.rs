//! What the driver promises beyond the contract: its handle, its bounds, its end. The transport is a
//! puppet: the test plays the network.

use rumormill_core::driver::OutboxLimits;
use rumormill_core::{
    Address, Bytes, Cell, Class, Duration, Effects, Fingerprint, Gone, Input, Link, LinkId,
    Message, Name, Peer, Protocol, Target, Why,
};
use rumormill_net::driver::{
    BatchLimits, Dropped, Ended, Handle, OwnAddress, Parts, Settings, Told, drive,
};
use rumormill_net::store::{Disk, Memory, Store};
use rumormill_net::transport::{Arrival, Arrivals, ExchangeId, From, Transport, WireId, WireIds};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

/// Tells every input and does what a command says.
#[derive(Clone, Debug)]
struct Probe;

type Do = fn(&mut dyn Effects<Probe>);

#[derive(Clone, Copy, Debug, PartialEq)]
struct Word(u32);

impl Message for Word {
    fn wire_len(&self) -> usize {
        100
    }
    fn kind(&self) -> &'static str {
        if self.0 < 10 { "small" } else { "big" }
    }
}

impl Protocol for Probe {
    type Message = Word;
    type Token = u8;
    type Command = Do;
    type Event = String;

    fn handle(&mut self, input: Input<Self>, fx: &mut dyn Effects<Self>) {
        match input {
            Input::Start => {}
            Input::Command(act) => act(fx),
            Input::Request(_, to, word) if word.0 > 0 => fx.reply(to, Ok(Word(word.0 + 1))),
            Input::LinkUp(link, peer, ..) => fx.emit(format!("up {} {peer:?}", link.0)),
            other => fx.emit(format!("{other:?}")),
        }
    }

    fn fingerprint(&self, _: &mut Fingerprint) {}
}

#[derive(Debug, PartialEq)]
enum Call {
    Dial(WireId, Target),
    Send(WireId, Vec<u32>),
    Request(WireId, ExchangeId, u32),
    Cancel(ExchangeId),
    Close(WireId, Gone, Vec<u32>),
}

struct Puppet(mpsc::UnboundedSender<Call>);

impl Puppet {
    fn note(&self, call: Call) {
        // A test may have seen enough.
        let _ = self.0.send(call);
    }
}

fn numbers(batch: Vec<Word>) -> Vec<u32> {
    batch.into_iter().map(|word| word.0).collect()
}

impl Transport<Probe> for Puppet {
    fn dial(&mut self, wire: WireId, target: Target) {
        self.note(Call::Dial(wire, target));
    }
    fn send(&mut self, wire: WireId, batch: Vec<Word>) {
        self.note(Call::Send(wire, numbers(batch)));
    }
    fn request(&mut self, wire: WireId, exchange: ExchangeId, message: Word) {
        self.note(Call::Request(wire, exchange, message.0));
    }
    fn cancel(&mut self, exchange: ExchangeId) {
        self.note(Call::Cancel(exchange));
    }
    fn close(&mut self, wire: WireId, gone: Gone, last: Vec<Word>) {
        self.note(Call::Close(wire, gone, numbers(last)));
    }
}

struct Stage {
    handle: Handle<Probe>,
    arrivals: Arrivals<Probe>,
    calls: mpsc::UnboundedReceiver<Call>,
    own_address: OwnAddress,
    task: JoinHandle<()>,
}

/// The first peer and its link, as every driver numbers them.
const PEER: Peer = Peer::new(1, 0);
const LINK: LinkId = LinkId(1);
const WIRE: WireId = WireId(7);

impl Stage {
    fn new(settings: Settings) -> Stage {
        Stage::over(settings, Box::new(Memory::default()))
    }

    fn over(settings: Settings, store: Box<dyn Store>) -> Stage {
        let (reports, arrivals) = mpsc::channel(settings.inbox);
        let (notes, calls) = mpsc::unbounded_channel();
        let own_address = OwnAddress::default();
        let (handle, driver) = drive(Parts {
            machine: Probe,
            transport: Box::new(Puppet(notes)),
            arrivals,
            wires: WireIds::default(),
            store,
            settings,
            key: Settings::entropy().expect("random numbers"),
            own_address: own_address.clone(),
        });
        Stage { handle, arrivals: reports, calls, own_address, task: tokio::spawn(driver) }
    }

    /// With one peer linked.
    async fn linked(settings: Settings) -> Stage {
        let stage = Stage::new(settings);
        stage.report(Arrival::Up { wire: WIRE, link: Link::outgoing(Name::Number(1)) }).await;
        stage.obey(|_| ()).await;
        stage
    }

    async fn report(&self, arrival: Arrival<Probe>) {
        self.arrivals.send(arrival).await.expect("the driver listens");
    }

    /// Reports messages; gives what they came to.
    async fn hear(&self, from: From, words: &[u32]) -> Vec<String> {
        let (observed, told) = oneshot::channel();
        let messages = words.iter().map(|word| Word(*word)).collect();
        self.report(Arrival::Messages { from, messages, observed: Some(observed) }).await;
        told.await.expect("the driver tells")
    }

    /// Asks as a stranger; gives where the answer will be.
    async fn ask(&self, word: u32) -> oneshot::Receiver<Result<Word, Why>> {
        let (answer, answered) = oneshot::channel();
        let message = Word(word);
        self.report(Arrival::Request { from: From::Stranger, message, answer }).await;
        answered
    }

    async fn obey(&self, act: Do) -> Vec<String> {
        self.handle.command(act).await.expect("the driver obeys")
    }

    async fn dropped(&self, what: Dropped, why: Why) -> u64 {
        let look = move |_: &Probe, driver: &rumormill_net::driver::DriverView<'_, Probe>| {
            driver.counters().dropped.get(&(what, why)).copied().unwrap_or(0)
        };
        self.handle.inspect(look).await.expect("the driver shows")
    }
}

fn call(stage: &mut Stage) -> Call {
    stage.calls.try_recv().expect("a call")
}

#[tokio::test]
async fn what_is_observed_is_what_exactly_these_came_to() {
    let stage = Stage::linked(Settings::default()).await;
    let told = stage.hear(From::Wire(WIRE), &[1, 2]).await;
    assert_eq!(told, ["Message(p1, Word(1))", "Message(p1, Word(2))"]);
    let named = stage.hear(From::Name(Name::Number(1)), &[3]).await;
    let unknown = stage.hear(From::Name(Name::Number(2)), &[4]).await;
    assert_eq!((&*named[0], &*unknown[0]), ("Message(p1, Word(3))", "Message(p0, Word(4))"));
    assert_eq!(stage.obey(|fx| fx.emit("only this".into())).await, ["only this"]);
    assert!(stage.hear(From::Wire(WireId(99)), &[5]).await.is_empty());
    assert_eq!(stage.dropped(Dropped::Arrived, Why::NotLinked).await, 1);
}

#[tokio::test]
async fn a_wire_has_one_batch_at_a_time_within_bounds() {
    let batch = BatchLimits { messages: 3, bytes: 10_000 };
    let mut stage = Stage::linked(Settings { batch, ..Settings::default() }).await;
    stage.obey(|fx| (1..=5).for_each(|n| _ = fx.send(PEER, Class::Forward, Word(n)))).await;
    stage.obey(|fx| _ = fx.send(PEER, Class::Forward, Word(6))).await;
    assert_eq!(call(&mut stage), Call::Send(WIRE, vec![1, 2, 3]));
    assert!(stage.calls.try_recv().is_err(), "one at a time");
    for rest in [vec![4, 5, 6], vec![]] {
        stage.report(Arrival::Written { wire: WIRE }).await;
        stage.obey(|_| ()).await;
        assert_eq!(
            stage.calls.try_recv().ok(),
            (!rest.is_empty()).then_some(Call::Send(WIRE, rest))
        );
    }
    let sent = stage.handle.inspect(|_, driver| driver.counters().sent["small"]).await.unwrap();
    assert_eq!((sent.messages, sent.bytes), (6, 600));
}

#[tokio::test]
async fn what_a_wire_takes_with_it_is_told_before_it_is_down() {
    let mut stage = Stage::linked(Settings::default()).await;
    let mut events = stage.handle.events();
    stage.obey(|fx| _ = fx.send(PEER, Class::Own(1), Word(1))).await;
    stage.obey(|fx| _ = fx.send(PEER, Class::Own(2), Word(2))).await;
    stage.obey(|fx| _ = fx.send(PEER, Class::Lazy, Word(3))).await;
    stage.obey(|fx| fx.request(PEER, Word(4), 4)).await;
    assert_eq!(call(&mut stage), Call::Send(WIRE, vec![1]));
    assert_eq!(call(&mut stage), Call::Request(WIRE, ExchangeId(1), 4));
    stage.report(Arrival::Down { wire: WIRE, gone: Gone::Failed(Why::Closed) }).await;
    let expected = [
        "Lost(p1, 1)",
        "Lost(p1, 2)",
        "Response(4, Err(Closed))",
        "LinkDown(LinkId(1), p1, Failed(Closed))",
    ];
    for event in expected {
        assert_eq!(events.next().await, Some(Told::Event(event.to_owned())));
    }
    assert_eq!(stage.dropped(Dropped::Lazy, Why::Closed).await, 1);
    let peers = stage.handle.inspect(|_, driver| driver.peers().len()).await;
    assert_eq!(peers, Ok(0));
}

#[tokio::test]
async fn a_goodbye_in_peace_takes_control_messages_along() {
    for (gone, last) in [(Gone::Evicted, vec![2]), (Gone::Failed(Why::Unwanted), vec![])] {
        let mut stage = Stage::linked(Settings::default()).await;
        stage.obey(|fx| _ = fx.send(PEER, Class::Forward, Word(1))).await;
        let part: Do = match gone {
            Gone::Evicted => |fx| {
                fx.send(PEER, Class::Control, Word(2));
                fx.close(LINK, Gone::Evicted);
            },
            _ => |fx| {
                fx.send(PEER, Class::Control, Word(2));
                fx.disconnect(PEER, Why::Unwanted);
            },
        };
        stage.obey(part).await;
        assert_eq!(call(&mut stage), Call::Send(WIRE, vec![1]));
        assert_eq!(call(&mut stage), Call::Close(WIRE, gone, last));
        let late = stage.hear(From::Wire(WIRE), &[3]).await;
        assert!(late.is_empty(), "a link that is down stays down");
    }
}

#[tokio::test(start_paused = true)]
async fn requests_are_bounded_and_timed() {
    let mut stage = Stage::linked(Settings { exchanges: 2, ..Settings::default() }).await;
    let mut events = stage.handle.events();
    stage.obey(|fx| (1..=3).for_each(|token| fx.request(PEER, Word(1), token))).await;
    stage.obey(|fx| fx.cancel(2)).await;
    let mut next = async || match events.next().await {
        Some(Told::Event(event)) => event,
        other => panic!("{other:?}"),
    };
    assert_eq!(next().await, "Response(3, Err(Overloaded))");
    assert_eq!(next().await, "Response(1, Err(TimedOut))");
    let calls: Vec<Call> = std::iter::from_fn(|| stage.calls.try_recv().ok()).skip(2).collect();
    assert_eq!(calls, [ExchangeId(2), ExchangeId(1)].map(Call::Cancel));
    let late = Arrival::Response { exchange: ExchangeId(1), result: Ok(Word(2)) };
    stage.report(late).await;
    stage.obey(|_| ()).await;
    assert_eq!(stage.dropped(Dropped::Arrived, Why::Cancelled).await, 1);
}

#[tokio::test(start_paused = true)]
async fn a_stranger_is_answered_refused_or_turned_away() {
    let stage = Stage::new(Settings { replies: 1, ..Settings::default() });
    assert_eq!(stage.ask(1).await.await, Ok(Ok(Word(2))));
    let unanswered = stage.ask(0).await;
    assert_eq!(stage.ask(1).await.await, Ok(Err(Why::Overloaded)), "one may wait");
    assert_eq!(unanswered.await, Ok(Err(Why::Refused)), "at its deadline");
}

#[tokio::test]
async fn a_flood_starves_nobody() {
    let stage = Stage::linked(Settings { inbox: 4, ..Settings::default() }).await;
    let arrivals = stage.arrivals.clone();
    let flood = tokio::spawn(async move {
        let flood = || Arrival::Messages {
            from: From::Wire(WIRE),
            messages: vec![Word(1); 64],
            observed: None,
        };
        while arrivals.send(flood()).await.is_ok() {}
    });
    for _ in 0..100 {
        stage.obey(|fx| fx.set_timer(Duration::ZERO, 1)).await;
        let queues = stage.handle.inspect(|_, driver| driver.queues()).await.expect("it shows");
        assert!(queues.arrivals <= 4 && queues.timers <= 1, "{queues:?}");
    }
    flood.abort();
}

#[tokio::test]
async fn a_slow_listener_is_told_how_much_it_missed() {
    let stage = Stage::new(Settings { events: 4, ..Settings::default() });
    let mut events = stage.handle.events();
    stage.obey(|fx| (0..10).for_each(|n| fx.emit(n.to_string()))).await;
    assert_eq!(events.next().await, Some(Told::Gap(6)));
    assert_eq!(events.next().await, Some(Told::Event("6".into())));
}

#[tokio::test]
async fn an_address_is_known_as_soon_as_somebody_tells_it() {
    let stage = Stage::new(Settings::default());
    let tell: Do = |fx| {
        let own = fx.own_address();
        fx.emit(format!("{own:?}"));
    };
    let before = stage.obey(tell).await;
    stage.own_address.set(Address::new("127.0.0.1:7001"));
    assert_eq!([before, stage.obey(tell).await].concat(), ["None", "Some(127.0.0.1:7001)"]);
}

#[tokio::test]
async fn a_round_trip_is_told_when_its_ring_changes() {
    let stage = Stage::linked(Settings::default()).await;
    let mut events = stage.handle.events();
    for millis in [10, 11, 12, 900] {
        let round_trip = Duration::from_millis(millis);
        stage.report(Arrival::Path { wire: WIRE, round_trip }).await;
    }
    for ring in ["Path(p1, RttRing(4))", "Path(p1, RttRing(7))"] {
        assert_eq!(events.next().await, Some(Told::Event(ring.to_owned())));
    }
}

#[tokio::test(start_paused = true)]
async fn a_shutdown_sends_what_is_queued_and_finishes_what_is_written() {
    let disk = Memory::slow(Duration::from_millis(300));
    let mut stage = Stage::over(Settings::default(), Box::new(disk.clone()));
    stage.report(Arrival::Up { wire: WIRE, link: Link::outgoing(Name::Number(1)) }).await;
    stage.obey(|_| ()).await;
    stage.obey(|fx| _ = fx.send(PEER, Class::Own(1), Word(1))).await;
    stage.obey(|fx| _ = fx.send(PEER, Class::Own(2), Word(2))).await;
    stage.obey(|fx| fx.persist(Cell::new(1), Bytes::from_static(b"last"), 3)).await;
    let (handle, mut events) = (stage.handle.clone(), stage.handle.events());
    let shutdown = tokio::spawn(async move { handle.shutdown().await });
    assert_eq!(stage.calls.recv().await, Some(Call::Send(WIRE, vec![1])));
    stage.report(Arrival::Written { wire: WIRE }).await;
    assert_eq!(stage.calls.recv().await, Some(Call::Send(WIRE, vec![2])));
    stage.report(Arrival::Written { wire: WIRE }).await;
    assert_eq!(stage.calls.recv().await, Some(Call::Close(WIRE, Gone::Left, vec![])));
    stage.report(Arrival::Down { wire: WIRE, gone: Gone::Left }).await;
    shutdown.await.expect("it ends");
    assert_eq!(disk.cells().view().get(Cell::new(1)).unwrap(), "last");
    assert_eq!(stage.handle.command(|_| ()).await, Err(Ended));
    assert_eq!(stage.handle.inspect(|_, _| ()).await, Err(Ended));
    assert!(stage.handle.try_command(|_| ()).is_err() && stage.handle.is_ended());
    let mut told = Vec::new();
    while let Some(Told::Event(event)) = events.next().await {
        told.push(event);
    }
    assert_eq!(told, ["LinkDown(LinkId(1), p1, Left)", "Persisted(3, Ok(()))"]);
}

#[tokio::test(start_paused = true)]
async fn a_shutdown_waits_no_longer_than_its_grace() {
    let mut stage = Stage::linked(Settings::default()).await;
    stage.obey(|fx| _ = fx.send(PEER, Class::Own(1), Word(1))).await;
    let before = tokio::time::Instant::now();
    stage.handle.shutdown().await;
    assert_eq!(before.elapsed().as_secs(), 2, "nobody ever said Written");
    assert_eq!(call(&mut stage), Call::Send(WIRE, vec![1]));
}

#[tokio::test]
async fn it_ends_with_its_last_handle_and_its_calls_end_with_it() {
    let Stage { handle, task, .. } = Stage::new(Settings::default());
    drop(handle);
    task.await.expect("it ends");
    let Stage { handle, task, .. } = Stage::new(Settings::default());
    task.abort();
    assert_eq!(handle.command(|_| ()).await, Err(Ended));
    assert_eq!(handle.events().next().await, None);
    handle.shutdown().await;
}

#[tokio::test]
async fn cells_on_disk_outlive_a_driver() {
    let dir = tempfile::tempdir().unwrap();
    let (disk, _) = Disk::open(dir.path(), &[]).unwrap();
    let stage = Stage::over(Settings::default(), Box::new(disk));
    let mut events = stage.handle.events();
    stage.obey(|fx| (1..=3).for_each(|n| fx.persist(Cell::new(n), vec![n].into(), n))).await;
    for n in 1..=3 {
        assert_eq!(events.next().await, Some(Told::Event(format!("Persisted({n}, Ok(()))"))));
    }
    stage.handle.shutdown().await;
    let (_, cells) = Disk::open(dir.path(), &[]).expect("nobody has it any more");
    assert_eq!(cells.iter().count(), 3);
}

#[tokio::test]
async fn what_is_written_at_once_is_bounded() {
    let settings = Settings { writes: 2, ..Settings::default() };
    let stage = Stage::over(settings, Box::new(Memory::slow(Duration::from_secs(3600))));
    let mut events = stage.handle.events();
    stage.obey(|fx| (1..=3).for_each(|n| fx.persist(Cell::new(n), Bytes::new(), n))).await;
    let told = events.next().await;
    assert_eq!(told, Some(Told::Event("Persisted(3, Err(Overloaded))".into())));
}

#[tokio::test]
async fn a_peer_that_does_not_keep_up_is_closed_as_slow() {
    let outbox = OutboxLimits { bytes: 1600 };
    let mut stage = Stage::linked(Settings { outbox, ..Settings::default() }).await;
    stage.obey(|fx| _ = fx.send(PEER, Class::Forward, Word(1))).await;
    stage.obey(|fx| (2..=4).for_each(|n| _ = fx.send(PEER, Class::Control, Word(n)))).await;
    assert_eq!(call(&mut stage), Call::Send(WIRE, vec![1]));
    assert_eq!(call(&mut stage), Call::Close(WIRE, Gone::Failed(Why::Slow), vec![]));
    assert_eq!(stage.dropped(Dropped::Control, Why::Slow).await, 1);
}
