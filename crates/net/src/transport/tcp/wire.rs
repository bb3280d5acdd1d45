//! The life of one wire: a task that reads and writes until either ends.

use super::frame::{AROUND_BYTES, Frame};
use super::shared::Shared;
use crate::transport::{Arrival, ExchangeId, From, WireId};
use rumormill_core::{Bytes, Duration, Gone, Link, Protocol, Why};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::io::{AsyncWriteExt, BufReader, copy, sink};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;
use tokio::time::{Instant, MissedTickBehavior, interval_at, timeout};

/// What may be in a line besides requests: the batch under way, and the last one.
const RESERVED: usize = 2;

/// The most requests that wait in a line.
const REQUESTS: usize = 254;

/// How long a wire that closes in peace may take to say goodbye, and then the other end to hear it.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(1);

/// What the driver wants of a wire.
pub(super) enum Order<M> {
    Batch(Vec<M>),
    Request(ExchangeId, M),
    Close(Gone, Vec<M>),
}

/// Our end of a wire, for the driver.
pub(super) struct End<M> {
    line: mpsc::Sender<Order<M>>,
    cut: oneshot::Sender<Gone>,
}

impl<M> End<M> {
    pub fn order(&self, order: Order<M>) {
        // Its place is reserved.
        let _ = self.line.try_send(order);
    }

    /// False if there is no room.
    pub fn ask(&self, exchange: ExchangeId, message: M) -> bool {
        self.line.capacity() > RESERVED
            && self.line.try_send(Order::Request(exchange, message)).is_ok()
    }

    /// What failed is cut; else it finishes what it has.
    pub fn close(self, gone: Gone, last: Vec<M>) {
        match gone {
            // A wire that has ended by itself meanwhile doesn't hear it.
            Gone::Failed(_) => _ = self.cut.send(gone),
            Gone::Left | Gone::Evicted => self.order(Order::Close(gone, last)),
        }
    }
}

/// Brings a wire up, and lives as long as it.
pub(super) async fn live<P: Protocol>(
    shared: Arc<Shared<P>>,
    id: WireId,
    stream: TcpStream,
    link: Link,
) {
    let (line, orders) = mpsc::channel(RESERVED + REQUESTS);
    let (cut, is_cut) = oneshot::channel();
    shared.attach(id, End { line, cut });
    shared.tell(Arrival::Up { wire: id, link }).await;
    let gone = Wire::new(shared.clone(), id).run(stream, orders, is_cut).await;
    shared.detach(id);
    tracing::debug!(wire = id.0, ?gone, "a wire has ended");
    shared.tell(Arrival::Down { wire: id, gone }).await;
}

/// What the reading and the writing half share.
struct Wire<P: Protocol> {
    shared: Arc<Shared<P>>,
    id: WireId,
    began: Instant,
    /// The ping that waits for its pong: its number, and when it left.
    ping: Mutex<Option<(u64, Instant)>>,
}

impl<P: Protocol> Wire<P> {
    fn new(shared: Arc<Shared<P>>, id: WireId) -> Wire<P> {
        Wire { shared, id, began: Instant::now(), ping: Mutex::new(None) }
    }

    async fn run(
        &self,
        stream: TcpStream,
        orders: mpsc::Receiver<Order<P::Message>>,
        is_cut: oneshot::Receiver<Gone>,
    ) -> Gone {
        let (reading, writing) = stream.into_split();
        let mut reading = BufReader::new(reading);
        // Answers and pongs: what doesn't fit is refused or left out, for the asker has too many.
        let (back, going_back) = mpsc::channel(self.shared.config.answers.max(1));
        let gone = tokio::select! {
            biased;
            Ok(gone) = is_cut => return gone,
            gone = self.write(writing, orders, going_back) => gone,
            gone = self.read(&mut reading, back) => return gone,
        };
        if !matches!(gone, Gone::Failed(_)) {
            // A socket that is dropped with something unread takes back what it said last.
            let _ = timeout(CLOSE_TIMEOUT, copy(&mut reading, &mut sink())).await;
        }
        gone
    }

    async fn read(&self, from: &mut BufReader<OwnedReadHalf>, back: mpsc::Sender<Frame>) -> Gone {
        let mut answering = JoinSet::new();
        loop {
            while answering.try_join_next().is_some() {}
            let frame = match Frame::read(from, &self.shared.config).await {
                Ok(Frame::Goodbye) => return Gone::Left,
                Ok(frame) => frame,
                Err(why) => return Gone::Failed(why),
            };
            if let Err(why) = self.on_frame(frame, &back, &mut answering).await {
                let from = From::Wire(self.id);
                self.shared.tell(Arrival::Invalid { from, why }).await;
                return Gone::Failed(why);
            }
        }
    }

    async fn on_frame(
        &self,
        frame: Frame,
        back: &mpsc::Sender<Frame>,
        answering: &mut JoinSet<()>,
    ) -> Result<(), Why> {
        match frame {
            Frame::Message(bytes) => self.on_message(bytes).await?,
            Frame::Request(number, bytes) => {
                self.on_request(number, bytes, back, answering).await?
            }
            Frame::Answer(number, bytes) => {
                let answer = (self.shared.codec.decode)(bytes)?;
                self.on_answer(number, Ok(answer)).await;
            }
            Frame::Refusal(number, why) => self.on_answer(number, Err(why)).await,
            Frame::Ping(number) => _ = back.try_send(Frame::Pong(number)),
            Frame::Pong(number) => self.on_pong(number).await,
            Frame::Goodbye => {}
        }
        Ok(())
    }

    async fn on_message(&self, bytes: Bytes) -> Result<(), Why> {
        let messages = vec![(self.shared.codec.decode)(bytes)?];
        let from = From::Wire(self.id);
        self.shared.tell(Arrival::Messages { from, messages, observed: None }).await;
        Ok(())
    }

    async fn on_request(
        &self,
        number: u64,
        bytes: Bytes,
        back: &mpsc::Sender<Frame>,
        answering: &mut JoinSet<()>,
    ) -> Result<(), Why> {
        let message = (self.shared.codec.decode)(bytes)?;
        if answering.len() >= self.shared.config.answers {
            let _ = back.try_send(Frame::Refusal(number, Why::Overloaded));
            return Ok(());
        }
        let (answer, answered) = oneshot::channel();
        let (shared, back) = (self.shared.clone(), back.clone());
        answering.spawn(async move {
            let answer = answered.await.unwrap_or(Err(Why::Refused));
            let framed = answer.and_then(|message| encode(&shared, &message));
            let frame = match framed {
                Ok(bytes) => Frame::Answer(number, bytes),
                Err(why) => Frame::Refusal(number, why),
            };
            // The wire may be gone.
            let _ = back.send(frame).await;
        });
        let from = From::Wire(self.id);
        self.shared.tell(Arrival::Request { from, message, answer }).await;
        Ok(())
    }

    /// Late and forged answers are dropped.
    async fn on_answer(&self, number: u64, result: Result<P::Message, Why>) {
        let exchange = ExchangeId(number);
        if self.shared.take_asked(self.id, exchange) {
            self.shared.tell(Arrival::Response { exchange, result }).await;
        }
    }

    async fn on_pong(&self, number: u64) {
        let sent = self.ping().take_if(|(expected, _)| *expected == number);
        if let Some((_, at)) = sent {
            let round_trip = at.elapsed();
            self.shared.tell(Arrival::Path { wire: self.id, round_trip }).await;
        }
    }

    async fn write(
        &self,
        mut to: OwnedWriteHalf,
        mut orders: mpsc::Receiver<Order<P::Message>>,
        mut back: mpsc::Receiver<Frame>,
    ) -> Gone {
        let mut pings = interval_at(self.began, self.shared.config.ping_interval);
        pings.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let done = tokio::select! {
                order = orders.recv() => match order {
                    Some(Order::Batch(batch)) => self.write_batch(&mut to, batch).await,
                    Some(Order::Request(exchange, message)) => {
                        self.write_request(&mut to, exchange, message).await
                    }
                    Some(Order::Close(gone, last)) => return self.say_goodbye(to, gone, last).await,
                    None => return Gone::Left,
                },
                Some(frame) = back.recv() => self.write_frames(&mut to, &[frame]).await,
                _ = pings.tick() => self.write_ping(&mut to).await,
            };
            if let Err(why) = done {
                return Gone::Failed(why);
            }
        }
    }

    /// What is too long is left out, and said.
    async fn write_batch(
        &self,
        to: &mut OwnedWriteHalf,
        batch: Vec<P::Message>,
    ) -> Result<(), Why> {
        let wire = self.id;
        let mut frames = Vec::with_capacity(batch.len());
        for (place, message) in batch.into_iter().enumerate() {
            let encoded = encode(&self.shared, &message);
            match encoded {
                Ok(bytes) => frames.push(Frame::Message(bytes)),
                Err(why) => self.shared.tell(Arrival::Refused { wire, place, why }).await,
            }
        }
        self.write_frames(to, &frames).await?;
        self.shared.tell(Arrival::Written { wire }).await;
        Ok(())
    }

    async fn write_request(
        &self,
        to: &mut OwnedWriteHalf,
        exchange: ExchangeId,
        message: P::Message,
    ) -> Result<(), Why> {
        match encode(&self.shared, &message) {
            Ok(bytes) => self.write_frames(to, &[Frame::Request(exchange.0, bytes)]).await,
            Err(why) => {
                self.on_answer(exchange.0, Err(why)).await;
                Ok(())
            }
        }
    }

    async fn write_ping(&self, to: &mut OwnedWriteHalf) -> Result<(), Why> {
        let now = Instant::now();
        let number = now.duration_since(self.began).as_nanos() as u64;
        *self.ping() = Some((number, now));
        self.write_frames(to, &[Frame::Ping(number)]).await
    }

    async fn write_frames(&self, to: &mut OwnedWriteHalf, frames: &[Frame]) -> Result<(), Why> {
        let mut bytes = Vec::new();
        frames.iter().for_each(|frame| frame.append_to(&mut bytes));
        let written = timeout(self.shared.config.frame_deadline, to.write_all(&bytes)).await;
        written.map_err(|_| Why::Slow)?.map_err(|_| Why::Closed)
    }

    async fn say_goodbye(&self, mut to: OwnedWriteHalf, gone: Gone, last: Vec<P::Message>) -> Gone {
        let last = last.iter().filter_map(|message| encode(&self.shared, message).ok());
        let frames: Vec<Frame> = last.map(Frame::Message).chain([Frame::Goodbye]).collect();
        let farewell = async {
            self.write_frames(&mut to, &frames).await?;
            to.shutdown().await.map_err(|_| Why::Closed)
        };
        // Who doesn't hear it sees that the wire closed.
        let _ = timeout(CLOSE_TIMEOUT, farewell).await;
        gone
    }

    fn ping(&self) -> std::sync::MutexGuard<'_, Option<(u64, Instant)>> {
        self.ping.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A message's bytes, if a frame can hold them.
fn encode<P: Protocol>(shared: &Shared<P>, message: &P::Message) -> Result<Bytes, Why> {
    let bytes = (shared.codec.encode)(message);
    let fits = bytes.len() + AROUND_BYTES <= shared.config.frame_bytes;
    fits.then_some(bytes).ok_or(Why::TooLarge)
}
