//! What is published in a scenario.

use super::DAY;
use super::trace::TraceLine;
use rumormill_core::Duration;
use rumormill_protocols::ConfigError;
use rumormill_protocols::parts::settings::{
    Bytes, Count, Maybe, Number, OneOf, Span, Text, size_text,
};

/// The largest payload: as much as the largest frame of any transport holds.
const SIZE_MAX: u64 = 1 << 20;

const SECOND: Duration = Duration::from_secs(1);

rumormill_protocols::choice! {
    /// What is published: one `[[workload]]` of a scenario, of that `kind`.
    #[derive(Clone, Debug)]
    pub enum Workload {
        /// Each node likes another book now and then, in its register.
        "books" => Books(BooksConfig),
        /// Some or all nodes broadcast at a rate.
        "publish" => Publish(PublishConfig),
        /// Some or all nodes set registers of theirs, now and then one that they had set before.
        "registers" => Registers(RegistersWorkload),
        /// A few broadcasts, one after the other.
        "once" => Once(OnceConfig),
        /// What a file says.
        "trace" => Trace(TraceConfig),
    }
}

rumormill_protocols::settings! {
    /// Readers of books.
    #[derive(Clone, Debug)]
    pub struct BooksConfig {
        /// About how often each node likes another.
        interval: Duration as Span = Duration::from_secs(10), from Duration::from_millis(10), to DAY;
        /// For how long.
        lasts called "for": Duration as Span = Duration::from_secs(60),
            from Duration::from_millis(1), to DAY;
    }
}

rumormill_protocols::settings! {
    /// Publishers.
    #[derive(Clone, Debug)]
    pub struct PublishConfig {
        /// How many nodes publish, drawn from the seed.
        publishers: Publishers as OneOf = Publishers::Some(1);
        /// How often each does on average, at random.
        rate: f64 as Number = 1.0, in "messages a second", from 0.0001, to 1_000_000.0;
        /// How large what they publish is.
        size: SizeConfig as OneOf = SizeConfig::Always(512);
        /// How many topics there are; each message is of one of them, and all nodes want all.
        topics: u32 as Count = 1, in "topics", from 1, to 100_000;
        /// When they start.
        after: Duration as Span = Duration::ZERO, from Duration::ZERO, to DAY;
        /// For how long they publish.
        lasts called "for": Duration as Span = Duration::from_secs(60),
            from Duration::from_millis(1), to DAY;
    }
}

rumormill_protocols::settings! {
    /// Nodes that set registers.
    #[derive(Clone, Debug)]
    pub struct RegistersWorkload {
        /// How many nodes do, drawn from the seed.
        publishers: Publishers as OneOf = Publishers::All;
        /// How often each does on average, at random.
        rate: f64 as Number = 0.2, in "registers a second", from 0.0001, to 1_000_000.0;
        /// How many keys each has; each time another one is drawn.
        keys: u32 as Count = 4, in "keys", from 1, to 200;
        /// How large what they set is.
        size: SizeConfig as OneOf = SizeConfig::Always(64);
        /// How likely it is that a register is removed, in place of set.
        removals: f64 as Number = 0.0, from 0.0, to 1.0;
        /// Half of them are set for so long, and the others for ever. Without, all are.
        life: Option<Duration> as Maybe<Span> = None, from Duration::from_millis(1), to DAY;
        /// When they start.
        after: Duration as Span = Duration::ZERO, from Duration::ZERO, to DAY;
        /// For how long they do.
        lasts called "for": Duration as Span = Duration::from_secs(60),
            from Duration::from_millis(1), to DAY;
    }
}

rumormill_protocols::choice! {
    /// How many nodes publish.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum Publishers, bare "some" {
        /// So many.
        "some" => Some: usize as Count = 1, from 1, to 4_000_000,
        /// All.
        "all" => All,
    }
}

impl Publishers {
    /// How many they are, of so many in all.
    pub fn count_of(self, nodes: usize) -> usize {
        match self {
            Publishers::Some(count) => count,
            Publishers::All => nodes,
        }
    }
}

rumormill_protocols::choice! {
    /// How large a payload is.
    #[derive(Clone, Debug, PartialEq)]
    pub enum SizeConfig, bare "always" {
        /// Always so many bytes.
        "always" => Always: usize as Bytes = 512, from 1, to SIZE_MAX,
        /// Anything between two sizes, each as likely.
        "uniform" => Uniform(SizesConfig),
    }
}

rumormill_protocols::settings! {
    /// A size between two.
    #[derive(Clone, Debug, PartialEq)]
    pub struct SizesConfig {
        /// The least.
        from: usize as Bytes = 64, from 1, to SIZE_MAX;
        /// The most; not below `from`.
        to: usize as Bytes = 1024, from 1, to SIZE_MAX;
    }
    relations SizesConfig::check_order;
}

impl SizesConfig {
    fn check_order(&self) -> Result<(), ConfigError> {
        let text = |size: usize| size_text(size as u64);
        match self.from <= self.to {
            true => Ok(()),
            false => Err(ConfigError {
                key: "to".into(),
                value: text(self.to),
                bound: format!("at least `from`, which is {}", text(self.from).trim_matches('"')),
            }),
        }
    }
}

rumormill_protocols::settings! {
    /// A few broadcasts.
    #[derive(Clone, Debug)]
    pub struct OnceConfig {
        /// When the first is.
        at: Duration as Span = SECOND, from Duration::ZERO, to DAY;
        /// How large each is.
        size: SizeConfig as OneOf = SizeConfig::Always(512);
        /// Who broadcasts.
        node: Sender as OneOf = Sender::Random;
        /// How many there are.
        messages: usize as Count = 1, in "messages", from 1, to 10_000_000;
        /// How long after the one before each is.
        apart: Duration as Span = SECOND, from Duration::ZERO, to DAY;
    }
}

rumormill_protocols::choice! {
    /// Who broadcasts.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum Sender, bare "number" {
        /// Another node each time, drawn from the seed.
        "random" => Random,
        /// The node of that number.
        "number" => Number: usize as Count = 0, from 0, to 3_999_999,
    }
}

rumormill_protocols::settings! {
    /// What a file says.
    #[derive(Clone, Debug)]
    pub struct TraceConfig {
        /// The file, which has a line a message: `time_ms,node,size` or `time_ms,node,size,topic`.
        file: String as Text = String::new(), being |file| !file.is_empty() => "a path";
    }
    derived {
        /// What stands in it, the earliest first.
        lines: Vec<TraceLine> = Vec::new();
    }
}

impl Workload {
    /// When the last is published.
    pub fn end(&self) -> Duration {
        match self {
            Workload::Books(books) => books.lasts,
            Workload::Publish(publish) => publish.after + publish.lasts,
            Workload::Registers(registers) => registers.after + registers.lasts,
            Workload::Once(once) => {
                let waits = u32::try_from(once.messages - 1).unwrap_or(u32::MAX);
                once.at.saturating_add(once.apart.saturating_mul(waits))
            }
            Workload::Trace(trace) => trace.lines.last().map_or(Duration::ZERO, |line| line.at),
        }
    }
}
