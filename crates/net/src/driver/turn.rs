//! The loop.
//!
//! Each turn waits until something is to do, reads the clock, handles what is there *now* (and no
//! more: what comes meanwhile waits for the next turn), then fires the timers that were due by that
//! reading, then settles once, then hands what was queued to idle wires. So:
//!
//! - A timer never overtakes what arrived before it was due, however long a handler took; else a
//!   busy loop would suspect the innocent. (What a transport holds back because the inbox is full
//!   has not arrived.)
//! - Commands and inspections come first and are counted too, so neither they nor arrivals starve.
//! - A turn's work is bounded by the bounds of the queues.

use super::counters::Dropped;
use super::handle::Ask;
use super::shell::{Assembled, Shell};
use super::verifying::Judged;
use super::view::DriverView;
use super::wires::Doom;
use crate::store::Ack;
use crate::transport::{Arrival, ExchangeId, WireId};
use rumormill_core::{Gone, Input, Protocol, Time, Verdict, Why};
use tokio::sync::{mpsc, oneshot};
use tokio::time::{sleep_until, timeout_at};

/// A machine and its shell, in the one task that owns both.
pub(super) struct Driver<P: Protocol> {
    pub machine: P,
    pub shell: Shell<P>,
    asks: mpsc::Receiver<Ask<P>>,
    arrivals: mpsc::Receiver<Arrival<P>>,
    acks: mpsc::Receiver<Ack>,
    asks_ended: bool,
    arrivals_ended: bool,
    acks_ended: bool,
    /// Inputs given since the machine last settled.
    unsettled: bool,
    /// The end was asked for, by these.
    ending: Option<Vec<oneshot::Sender<()>>>,
}

/// Why a turn begins.
enum Wake<P: Protocol> {
    Ask(Option<Ask<P>>),
    Arrival(Option<Arrival<P>>),
    Ack(Option<Ack>),
    Judged(Vec<Judged<P::Token>>),
    /// A timer or deadline, or inputs at hand.
    Due,
}

impl<P: Protocol> Driver<P> {
    pub fn new(assembled: Assembled<P>, asks: mpsc::Receiver<Ask<P>>) -> Self {
        let Assembled { shell, machine, arrivals, acks } = assembled;
        Driver {
            machine,
            shell,
            asks,
            arrivals,
            acks,
            asks_ended: false,
            arrivals_ended: false,
            acks_ended: false,
            unsettled: false,
            ending: None,
        }
    }

    /// Runs until the end is asked for, or nobody could ask any more.
    pub async fn run(mut self) {
        self.give(Input::Start);
        self.finish_turn();
        while self.ending.is_none() {
            let wake = self.wait().await;
            self.turn(wake);
        }
        self.end().await;
    }

    async fn wait(&mut self) -> Wake<P> {
        let at_hand = self.shell.has_inputs();
        let due = self.shell.next_due().map(|due| self.shell.instant(due));
        let timer = async {
            match due {
                _ if at_hand => tokio::task::yield_now().await,
                Some(due) => sleep_until(due).await,
                None => std::future::pending().await,
            }
        };
        // In this order because the first two are few; the rest are all looked at in every turn.
        tokio::select! {
            biased;
            judged = self.shell.verifying.judged() => Wake::Judged(judged),
            ack = self.acks.recv(), if !self.acks_ended => Wake::Ack(ack),
            ask = self.asks.recv(), if !self.asks_ended => Wake::Ask(ask),
            arrival = self.arrivals.recv(), if !self.arrivals_ended => Wake::Arrival(arrival),
            () = timer => Wake::Due,
        }
    }

    fn turn(&mut self, wake: Wake<P>) {
        let reading = self.shell.read_clock();
        let lengths = [self.shell.deferred.len(), self.asks.len(), self.arrivals.len()];
        self.shell.counters.turns += 1;
        self.give_prompt();
        self.on_wake(wake);
        let [deferred, asks, arrivals] = lengths;
        self.give_deferred(deferred);
        for _ in 0..asks {
            self.asks.try_recv().into_iter().for_each(|ask| self.on_ask(ask));
        }
        for _ in 0..arrivals {
            self.arrivals.try_recv().into_iter().for_each(|arrival| self.arrive(arrival));
        }
        self.fire(reading);
        self.finish_turn();
    }

    fn on_wake(&mut self, wake: Wake<P>) {
        match wake {
            Wake::Ask(Some(ask)) => self.on_ask(ask),
            Wake::Ask(None) => self.on_last_handle_dropped(),
            Wake::Arrival(Some(arrival)) => self.arrive(arrival),
            Wake::Arrival(None) => self.arrivals_ended = true,
            Wake::Ack(Some(ack)) => self.on_ack(ack),
            Wake::Ack(None) => self.on_store_end(),
            Wake::Judged(judged) => self.on_judged(judged),
            Wake::Due => {}
        }
    }

    /// Nobody could ever end this driver any more.
    fn on_last_handle_dropped(&mut self) {
        self.asks_ended = true;
        self.ending.get_or_insert_default();
    }

    fn finish_turn(&mut self) {
        if std::mem::take(&mut self.unsettled) {
            self.shell.begin();
            self.machine.settle(&mut self.shell);
        }
        self.shell.flush();
        self.shell.verifying.start();
    }

    /// Gives one input, and then whatever comes of links that it closed.
    pub(super) fn give(&mut self, input: Input<P>) {
        self.give_one(input);
        self.give_prompt();
    }

    pub(super) fn give_prompt(&mut self) {
        while let Some(input) = self.shell.next_prompt() {
            self.give_one(input);
        }
    }

    fn give_one(&mut self, input: Input<P>) {
        self.shell.begin();
        self.shell.counters.inputs += 1;
        self.unsettled = true;
        self.machine.handle(input, &mut self.shell);
    }

    /// Those that were there when the turn began, less what was cancelled since.
    fn give_deferred(&mut self, count: usize) {
        for _ in 0..count {
            let Some(input) = self.shell.deferred.pop_front() else { return };
            self.give(input);
        }
    }

    fn on_ask(&mut self, ask: Ask<P>) {
        match ask {
            Ask::Command(command, None) => self.give(Input::Command(command)),
            Ask::Command(command, Some(done)) => {
                self.shell.observed = Some(Vec::new());
                self.give(Input::Command(command));
                // Whoever waited may be gone.
                let _ = done.send(self.shell.observed.take().unwrap_or_default());
            }
            Ask::Inspect(look) => {
                let view = DriverView::new(&self.shell, self.arrivals.len(), self.asks.len());
                look(&self.machine, &view);
            }
            Ask::Shutdown(done) => self.ending.get_or_insert_default().push(done),
        }
    }

    fn on_judged(&mut self, judged: Vec<Judged<P::Token>>) {
        for Judged { token, from, verdict } in judged {
            self.shell.counters.verified[usize::from(verdict != Verdict::Accept)] += 1;
            // A handle that is gone may be given away before the next job of its old owner.
            if verdict == Verdict::Reject && self.shell.peers.name(from).is_some() {
                self.shell.verifying.distrust(from);
            }
            token.into_iter().for_each(|token| self.give(Input::Verified(token, verdict)));
        }
    }

    /// The store's worker is gone, and what it had not acknowledged will never be.
    fn on_store_end(&mut self) {
        tracing::error!(open = self.shell.writes.len(), "the store has ended");
        self.acks_ended = true;
        self.on_ack(Ack { up_to: self.shell.last_write, result: Err(Why::Closed) });
    }

    /// Fires what was due when the turn began.
    fn fire(&mut self, reading: Time) {
        while let Some(token) = self.shell.timers.pop_due(reading) {
            self.shell.counters.timers += 1;
            self.give(Input::Timer(token));
        }
        while let Some((number, exchange)) = self.shell.exchanges.take_due(reading) {
            self.shell.transport.cancel(ExchangeId(number));
            self.shell.counters.dropped(Dropped::Request, Why::TimedOut);
            self.give(Input::Response(exchange.token, Err(Why::TimedOut)));
        }
        while let Some((_, answer)) = self.shell.replies.take_due(reading) {
            self.shell.counters.dropped(Dropped::Reply, Why::Refused);
            // Whoever asked may be gone.
            let _ = answer.send(Err(Why::Refused));
        }
    }

    /// Ends in good order within the grace: sends what is queued, closes every link, and sees every
    /// write done. Until then the machine goes on.
    async fn end(mut self) {
        let until = tokio::time::Instant::now() + self.shell.settings.grace;
        // What isn't done by then is left.
        let _ = timeout_at(until, self.wind_up()).await;
        self.shell.counters.turns += 1;
        tracing::debug!(writes = self.shell.writes.len(), "the driver has ended");
    }

    async fn wind_up(&mut self) {
        self.turn_until(|shell| shell.wires.iter().all(|(_, wire)| !wire.busy)).await;
        let wires: Vec<WireId> = self.shell.wires.iter().map(|(id, _)| id).collect();
        for wire in wires {
            self.shell.wires.doom(Doom { wire, gone: Gone::Left, by_us: true });
        }
        self.turn_until(|shell| {
            shell.closing.is_empty() && shell.writes.is_empty() && !shell.has_inputs()
        })
        .await;
    }

    async fn turn_until(&mut self, done: impl Fn(&Shell<P>) -> bool) {
        while !done(&self.shell) {
            let wake = self.wait().await;
            self.turn(wake);
        }
    }
}
