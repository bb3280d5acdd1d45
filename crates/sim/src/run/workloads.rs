//! What is published.

use super::choose;
use super::source::Source;
use super::stage::Stage;
use crate::readers::Readers;
use crate::scenario::{
    BooksConfig, OnceConfig, PublishConfig, Scenario, Sender, TraceConfig, Workload,
};
use rumormill_core::{Duration, Rng, Time};
use std::collections::BTreeSet;

/// The workloads of a scenario.
pub(super) fn of(scenario: &Scenario) -> Vec<Box<dyn Source>> {
    let (seed, nodes) = (scenario.seed, scenario.network.nodes);
    let source = |(place, workload): (usize, &Workload)| -> Box<dyn Source> {
        match workload {
            Workload::Books(books) => Box::new(BookReaders::new(books, seed, nodes)),
            Workload::Publish(publish) => {
                let rng = choose::draws(seed, *b"publ", place);
                Box::new(Publishing::new(publish.clone(), nodes, rng))
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

/// Some nodes broadcast at a rate.
struct Publishing {
    config: PublishConfig,
    /// Each publisher's next.
    due: BTreeSet<(Time, usize)>,
    rng: Rng,
}

impl Publishing {
    fn new(config: PublishConfig, nodes: usize, mut rng: Rng) -> Publishing {
        let mut all: Vec<usize> = (0..nodes).collect();
        let count = config.publishers.count_of(nodes).min(nodes);
        let publishers = rng.sample(&mut all, count).to_vec();
        let start = Time::ZERO + config.after;
        let first = |node| (start + choose::until_next(config.rate, &mut rng), node);
        let due = publishers.into_iter().map(first).collect();
        Publishing { config, due, rng }
    }
}

impl Source for Publishing {
    fn next(&self) -> Option<Time> {
        let until = Time::ZERO + self.config.after + self.config.lasts;
        self.due.first().map(|(time, _)| *time).filter(|time| *time <= until)
    }

    fn act(&mut self, stage: &mut Stage<'_>) {
        let Some((time, node)) = self.due.pop_first() else { return };
        let rng = &mut self.rng;
        let size = choose::size(&self.config.size, rng);
        let topic = rng.below(u64::from(self.config.topics)) as u32;
        self.due.insert((time + choose::until_next(self.config.rate, rng), node));
        stage.publish(node, topic, size);
    }
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
