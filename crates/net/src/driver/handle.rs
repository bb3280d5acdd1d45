//! How the rest of a program talks to a driver.

use super::view::DriverView;
use rumormill_core::Protocol;
use tokio::sync::{broadcast, mpsc, oneshot};

/// Something that is asked of the loop from outside.
pub(super) enum Ask<P: Protocol> {
    /// A command, and whoever waits for what it came to.
    Command(P::Command, Option<oneshot::Sender<Vec<P::Event>>>),
    /// A look at the machine between two inputs.
    Inspect(Inspection<P>),
    /// The end; answered by dropping it.
    Shutdown(oneshot::Sender<()>),
}

pub(super) type Inspection<P> = Box<dyn FnOnce(&P, &DriverView<'_, P>) + Send>;

/// The driver has ended: its shutdown was asked for, or its task was dropped. What was asked may or
/// may not have been done; nothing asked from now on will be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the node's driver has ended")]
pub struct Ended;

/// Why a command could not be left; it comes back unharmed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotTaken<C> {
    /// Too many wait already: try again, or wait for room with [`Handle::command`].
    #[error("the node's driver has too many commands waiting")]
    Full(C),
    /// The driver has ended.
    #[error("the node's driver has ended")]
    Ended(C),
}

/// What a command came to is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoOutcome {
    /// The driver has ended. The command may or may not have been obeyed.
    #[error(transparent)]
    Ended(#[from] Ended),
    /// The command was obeyed, but so much happened meanwhile that its outcome was missed.
    #[error("the outcome was missed: too much happened meanwhile")]
    Missed,
}

/// A way to a running driver. Clones lead to the same; the driver ends when the last is dropped.
///
/// Every method is cancel-safe in that the driver comes to no harm; a command whose future was
/// dropped may still be obeyed.
pub struct Handle<P: Protocol> {
    asks: mpsc::Sender<Ask<P>>,
    events: broadcast::WeakSender<P::Event>,
}

impl<P: Protocol> Clone for Handle<P> {
    fn clone(&self) -> Self {
        Handle { asks: self.asks.clone(), events: self.events.clone() }
    }
}

impl<P: Protocol> Handle<P> {
    pub(super) fn new(
        asks: mpsc::Sender<Ask<P>>,
        events: broadcast::WeakSender<P::Event>,
    ) -> Handle<P> {
        Handle { asks, events }
    }

    /// Commands, waits until the machine has obeyed, and gives the events that it emitted meanwhile:
    /// a receipt, say. They go to [`events`](Handle::events) as well.
    pub async fn command(&self, command: P::Command) -> Result<Vec<P::Event>, Ended> {
        let (done, obeyed) = oneshot::channel();
        self.ask(Ask::Command(command, Some(done))).await?;
        obeyed.await.map_err(|_| Ended)
    }

    /// Commands, and waits for the event that says what came of it, which `outcome` picks out. It may
    /// come later than the command was obeyed: after a durable write, say.
    pub async fn outcome<R>(
        &self,
        command: P::Command,
        mut outcome: impl FnMut(P::Event) -> Option<R>,
    ) -> Result<R, NoOutcome> {
        // Listen first, so that nothing is told in between.
        let mut events = self.events();
        let told = self.command(command).await?;
        if let Some(found) = told.into_iter().find_map(&mut outcome) {
            return Ok(found);
        }
        loop {
            match events.next().await {
                Some(Told::Event(event)) => {
                    if let Some(found) = outcome(event) {
                        return Ok(found);
                    }
                }
                Some(Told::Gap(_)) => return Err(NoOutcome::Missed),
                None => return Err(NoOutcome::Ended(Ended)),
            }
        }
    }

    /// Leaves a command without waiting.
    pub fn try_command(&self, command: P::Command) -> Result<(), NotTaken<P::Command>> {
        use mpsc::error::TrySendError::{Closed, Full};
        self.asks.try_send(Ask::Command(command, None)).map_err(|refused| match refused {
            Full(Ask::Command(command, _)) => NotTaken::Full(command),
            Closed(Ask::Command(command, _)) => NotTaken::Ended(command),
            _ => unreachable!("what comes back is the command that was sent"),
        })
    }

    /// Runs `look` inside the loop, between two inputs, and gives what it returns. Nothing else
    /// happens meanwhile, so let it copy what is needed and return.
    pub async fn inspect<R, F>(&self, look: F) -> Result<R, Ended>
    where
        R: Send + 'static,
        F: FnOnce(&P, &DriverView<'_, P>) -> R + Send + 'static,
    {
        let (done, seen) = oneshot::channel();
        let look = move |machine: &P, driver: &DriverView<'_, P>| {
            // Whoever asked may be gone.
            let _ = done.send(look(machine, driver));
        };
        self.ask(Ask::Inspect(Box::new(look))).await?;
        seen.await.map_err(|_| Ended)
    }

    /// All events from now on.
    pub fn events(&self) -> Events<P> {
        let listening = self.events.upgrade().map(|events| events.subscribe());
        Events { listening }
    }

    /// Ends the driver in good order and waits for it: what is queued is sent, links are closed,
    /// durable writes are finished, all within [`Settings::grace`](super::Settings::grace).
    /// The machine isn't told: command it to say goodbye first, if it should.
    pub async fn shutdown(&self) {
        let (done, ended) = oneshot::channel();
        if self.ask(Ask::Shutdown(done)).await.is_ok() {
            // The loop's end drops it.
            let _ = ended.await;
        }
    }

    /// Whether the driver has ended.
    pub fn is_ended(&self) -> bool {
        self.asks.is_closed()
    }

    async fn ask(&self, ask: Ask<P>) -> Result<(), Ended> {
        self.asks.send(ask).await.map_err(|_| Ended)
    }
}

/// What the machine tells the layer above, in order.
pub struct Events<P: Protocol> {
    listening: Option<broadcast::Receiver<P::Event>>,
}

/// Something told, or missed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told<E> {
    /// An event.
    Event(E),
    /// The listener was too slow and missed this many.
    Gap(u64),
}

impl<P: Protocol> Events<P> {
    /// The next event or gap; nothing once the driver has ended and all is told. Cancel-safe.
    pub async fn next(&mut self) -> Option<Told<P::Event>> {
        match self.listening.as_mut()?.recv().await {
            Ok(event) => Some(Told::Event(event)),
            Err(broadcast::error::RecvError::Lagged(missed)) => Some(Told::Gap(missed)),
            Err(broadcast::error::RecvError::Closed) => None,
        }
    }
}
