//! What is published.

use super::choose;
use super::source::Source;
use super::stage::Stage;
use crate::readers::Readers;
use crate::scenario::{
    BooksConfig, OnceConfig, PublishConfig, Publishers, RegistersWorkload, Scenario, Sender,
    TraceConfig, Workload,
};
use rumormill_core::{Duration, Rng, Time};
use rumormill_protocols::Life;
use std::collections::BTreeSet;

/// The workloads of a scenario.
pub(super) fn of(scenario: &Scenario) -> Vec<Box<dyn Source>> {
    let (seed, nodes) = (scenario.seed, scenario.network.nodes);
    let source = |(place, workload): (usize, &Workload)| -> Box<dyn Source> {
        match workload {
            Workload::Books(books) => Box::new(BookReaders::new(books, seed, nodes)),
            Workload::Publish(publish) => {
                let rng = choose::draws(seed, *b"publ", place);
                let rate = (publish.publishers, publish.rate);
                let due = Due::new(rate, (publish.after, publish.lasts), nodes, rng);
                Box::new(Publishing { config: publish.clone(), due })
            }
            Workload::Registers(registers) => {
                let rng = choose::draws(seed, *b"regs", place);
                let rate = (registers.publishers, registers.rate);
                let due = Due::new(rate, (registers.after, registers.lasts), nodes, rng);
                Box::new(Setting { config: registers.clone(), due })
            }
            Workload::Once(once) => Box::new(Once {
                once: once.clone(),
                told: 0,
                rng: choose::draws(seed, *b"once", place),
            }),
            Workload::Trace(trace) => Box::new(Trace { trace: trace.clone(), told: 0 }),
        }
    };
    scenario.workloads.iter().enumerate().map(source).collect()
}

/// Each node likes another book now and then.
struct BookReaders {
    readers: Readers,
    until: Time,
}

impl BookReaders {
    fn new(books: &BooksConfig, seed: u64, nodes: usize) -> BookReaders {
        let mut readers = Readers::new(seed, books.interval);
        (0..nodes).for_each(|node| readers.sit_down(node, Time::ZERO));
        BookReaders { readers, until: Time::ZERO + books.lasts }
    }
}

impl Source for BookReaders {
    fn next(&self) -> Option<Time> {
        self.readers.next().filter(|next| *next <= self.until)
    }

    fn act(&mut self, stage: &mut Stage<'_>) {
        if let Some((node, command)) = self.readers.draw_due(|node| stage.is_up(node)) {
            stage.command(node, command);
        }
    }

    fn started(&mut self, node: usize, at: Time) {
        self.readers.sit_down(node, at);
    }
}

/// Some nodes, each of which does something at a rate.
struct Due {
    /// Each one's next.
    next: BTreeSet<(Time, usize)>,
    until: Time,
    rate: f64,
    rng: Rng,
}

impl Due {
    /// So many of all nodes, drawn, from a time on and for a span.
    fn new(
        (publishers, rate): (Publishers, f64),
        (after, lasts): (Duration, Duration),
        nodes: usize,
        mut rng: Rng,
    ) -> Due {
        let mut all: Vec<usize> = (0..nodes).collect();
        let chosen = rng.sample(&mut all, publishers.count_of(nodes).min(nodes)).to_vec();
        let start = Time::ZERO + after;
        let first = |node| (start + choose::until_next(rate, &mut rng), node);
        let next = chosen.into_iter().map(first).collect();
        Due { next, until: start + lasts, rate, rng }
    }

    fn next(&self) -> Option<Time> {
        self.next.first().map(|(time, _)| *time).filter(|time| *time <= self.until)
    }

    /// Who is due; `draw` what it does, before it is drawn when it is due again.
    fn take<T>(&mut self, draw: impl FnOnce(&mut Rng) -> T) -> Option<(usize, T)> {
        let (time, node) = self.next.pop_first()?;
        let drawn = draw(&mut self.rng);
        self.next.insert((time + choose::until_next(self.rate, &mut self.rng), node));
        Some((node, drawn))
    }
}

/// Some nodes broadcast at a rate.
struct Publishing {
    config: PublishConfig,
    due: Due,
}

impl Source for Publishing {
    fn next(&self) -> Option<Time> {
        self.due.next()
    }

    fn act(&mut self, stage: &mut Stage<'_>) {
        let config = &self.config;
        let draw = |rng: &mut Rng| {
            let size = choose::size(&config.size, rng);
            (size, rng.below(u64::from(config.topics)) as u32)
        };
        if let Some((node, (size, topic))) = self.due.take(draw) {
            stage.publish(node, topic, size);
        }
    }
}

/// Some nodes set registers at a rate.
struct Setting {
    config: RegistersWorkload,
    due: Due,
}

impl Source for Setting {
    fn next(&self) -> Option<Time> {
        self.due.next()
    }

    fn act(&mut self, stage: &mut Stage<'_>) {
        let config = &self.config;
        let draw = |rng: &mut Rng| {
            let size = choose::size(&config.size, rng);
            let key = rng.below(u64::from(config.keys)) as u32;
            let span = config.life.filter(|_| rng.chance(0.5));
            let life = span.map_or(Life::Lasting, whole_millis);
            (key, if rng.chance(config.removals) { Life::Removed } else { life }, size)
        };
        if let Some((node, (key, life, size))) = self.due.take(draw) {
            stage.set(node, key, life, size);
        }
    }
}

/// On the wire a life has whole milliseconds.
fn whole_millis(span: Duration) -> Life {
    Life::For(Duration::from_millis(u64::try_from(span.as_millis()).unwrap_or(u64::MAX)))
}

/// A few broadcasts, one after the other.
struct Once {
    once: OnceConfig,
    told: usize,
    rng: Rng,
}

impl Source for Once {
    fn next(&self) -> Option<Time> {
        let waits = u32::try_from(self.told).ok()?;
        let at = Time::ZERO + self.once.at.saturating_add(self.once.apart.saturating_mul(waits));
        (self.told < self.once.messages).then_some(at)
    }

    fn act(&mut self, stage: &mut Stage<'_>) {
        self.told += 1;
        let size = choose::size(&self.once.size, &mut self.rng);
        let node = match self.once.node {
            Sender::Number(node) => Some(node),
            Sender::Random => stage.any_honest(&mut self.rng),
        };
        if let Some(node) = node {
            stage.publish(node, 0, size);
        }
    }
}

/// What a file says.
struct Trace {
    trace: TraceConfig,
    told: usize,
}

impl Source for Trace {
    fn next(&self) -> Option<Time> {
        let at = |at: Duration| Time::ZERO + at;
        self.trace.lines.get(self.told).map(|line| at(line.at))
    }

    fn act(&mut self, stage: &mut Stage<'_>) {
        let line = self.trace.lines[self.told];
        self.told += 1;
        stage.publish(line.node, line.topic, line.size);
    }
}
