//! The network of a scenario: who is linked to whom, and what becomes of what is sent.

use super::DAY;
use super::topology::Topology;
use rumormill_core::Duration;
use rumormill_protocols::ConfigError;
use rumormill_protocols::parts::settings::span_text;
use rumormill_protocols::parts::settings::{BitRate, Count, Maybe, Number, OneOf, Span, Table};

/// The longest wait that the network can make, for whatever reason.
const WAIT_MAX: Duration = Duration::from_secs(60);

rumormill_protocols::settings! {
    /// The `[network]` of a scenario.
    #[derive(Clone, Debug, PartialEq)]
    pub struct NetworkConfig {
        /// How many nodes there are, numbered from 0.
        nodes: usize as Count = 100, in "nodes", from 1, to 4_000_000;
        /// Who is linked to whom. Without: where nodes discover each other, a chain in which each is
        /// bootstrapped from the one before; else a random graph in which each has 8 neighbours.
        topology: Option<Topology> as Maybe<OneOf> = None;
        /// How long anything takes from one node to another.
        latency: LatencyConfig as OneOf = LatencyConfig::Constant(Duration::from_millis(20));
        /// How much a node can send and receive in a time.
        bandwidth: BandwidthConfig as Table = BandwidthConfig::default();
        /// What links promise. Without, what the node's transport does.
        links: Option<LinksConfig> as Maybe<OneOf> = None;
        /// How likely one transmission is lost. Over streams it is delay instead: see `retransmission`.
        loss: LossConfig as OneOf = LossConfig::Uniform(0.0);
        /// How likely a datagram arrives twice.
        duplication: f64 as Number = 0.0, from 0.0, to 1.0;
        /// How datagrams overtake each other.
        reordering: ReorderingConfig as Table = ReorderingConfig::default();
        /// How likely a dial comes to nothing.
        dial_failure: f64 as Number = 0.0, being is_below_one => "a number, at least 0 and below 1";
        /// What the first lost attempt over a stream costs; each further one costs twice the one before.
        retransmission: Duration as Span = Duration::from_millis(200),
            from Duration::from_millis(1), to WAIT_MAX;
        /// How long a durable write takes.
        disk: Duration as Span = Duration::from_millis(1), from Duration::ZERO, to WAIT_MAX;
        /// How much clocks may run too fast or too slow: with 0.0001, a node's spans are up to a ten
        /// thousandth longer or shorter.
        clock_skew: f64 as Number = 0.0, from 0.0, to 0.1;
    }
}

fn is_below_one(share: &f64) -> bool {
    (0.0..1.0).contains(share)
}

rumormill_protocols::choice! {
    /// How long anything takes from one node to another.
    #[derive(Clone, Debug, PartialEq)]
    pub enum LatencyConfig, bare "constant" {
        /// Always the same.
        "constant" => Constant: Duration as Span = Duration::from_millis(20),
            from Duration::ZERO, to WAIT_MAX,
        /// Anything between two spans, each as likely.
        "uniform" => Uniform(UniformConfig),
        /// Mostly around the median, now and then much longer.
        "lognormal" => Lognormal(LognormalConfig),
        /// As round trips were measured between regions of the world, where the nodes live.
        "regions" => Regions: RegionMap as OneOf = RegionMap::World,
    }
}

rumormill_protocols::choice! {
    /// Where nodes can live.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum RegionMap {
        /// In regions of cloud providers all over the world.
        "world" => World,
    }
}

rumormill_protocols::settings! {
    /// A latency between two spans.
    #[derive(Clone, Debug, PartialEq)]
    pub struct UniformConfig {
        /// The least.
        from: Duration as Span = Duration::from_millis(10), from Duration::ZERO, to WAIT_MAX;
        /// The most; not below `from`.
        to: Duration as Span = Duration::from_millis(50), from Duration::ZERO, to WAIT_MAX;
    }
    relations UniformConfig::check_order;
}

impl UniformConfig {
    fn check_order(&self) -> Result<(), ConfigError> {
        not_below("to", self.to, "from", self.from)
    }
}

rumormill_protocols::settings! {
    /// A log-normal latency. It is cut off at four standard deviations of its logarithm.
    #[derive(Clone, Debug, PartialEq)]
    pub struct LognormalConfig {
        /// Half of all are below.
        median: Duration as Span = Duration::from_millis(40),
            from Duration::from_micros(1), to WAIT_MAX;
        /// The standard deviation of the logarithm: with 0.5 one in a hundred is above 3.2 times the
        /// median, with 1.0 above ten times.
        sigma: f64 as Number = 0.5, from 0.0, to 3.0;
        /// What is longer is as long as this; not below `median`.
        most: Option<Duration> as Maybe<Span> = None, from Duration::from_micros(1), to WAIT_MAX;
    }
    relations LognormalConfig::check_order;
}

impl LognormalConfig {
    fn check_order(&self) -> Result<(), ConfigError> {
        not_below("most", self.most.unwrap_or(self.median), "median", self.median)
    }
}

/// Fails if one span is shorter than another.
pub(super) fn not_below(
    key: &str,
    span: Duration,
    least: &str,
    least_is: Duration,
) -> Result<(), ConfigError> {
    match span >= least_is {
        true => Ok(()),
        false => Err(ConfigError {
            key: key.into(),
            value: format!("\"{}\"", span_text(span)),
            bound: format!("at least `{least}`, which is {}", span_text(least_is)),
        }),
    }
}

/// The fastest link there is: a terabit a second.
const RATE_MAX: u64 = 1_000_000_000_000;

rumormill_protocols::settings! {
    /// How much a node can send and receive in a time. Without, anything takes no time to send.
    #[derive(Clone, Debug, PartialEq)]
    pub struct BandwidthConfig {
        /// What it sends.
        up: Option<u64> as Maybe<BitRate> = None, in "bit/s", from 1000, to RATE_MAX;
        /// What it receives.
        down: Option<u64> as Maybe<BitRate> = None, in "bit/s", from 1000, to RATE_MAX;
    }
}

rumormill_protocols::choice! {
    /// What links promise.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum LinksConfig {
        /// All arrives, in order; what is lost on the way comes later.
        "stream" => Stream,
        /// What is lost is lost; it may come twice, or in another order.
        "datagram" => Datagram,
    }
}

rumormill_protocols::choice! {
    /// How transmissions are lost.
    #[derive(Clone, Debug, PartialEq)]
    pub enum LossConfig, bare "uniform" {
        /// Each as likely, whatever became of the one before.
        "uniform" => Uniform: f64 as Number = 0.0, being is_below_one => "a number, at least 0 and below 1",
        /// In bursts (Gilbert and Elliott): a link is good or bad, and loses accordingly.
        "bursty" => Bursty(BurstyConfig),
    }
}

rumormill_protocols::settings! {
    /// Loss in bursts. A bad state lasts `1 / bad_to_good` transmissions on average.
    #[derive(Clone, Debug, PartialEq)]
    pub struct BurstyConfig {
        /// How likely a good state ends, at each transmission.
        good_to_bad: f64 as Number = 0.01, from 0.0, to 1.0;
        /// How likely a bad one does. With 0 it would never.
        bad_to_good: f64 as Number = 0.2, being |chance| *chance > 0.0 && *chance <= 1.0
            => "a number above 0 and at most 1";
        /// How likely one is lost in a good state.
        loss_good: f64 as Number = 0.0, being is_below_one => "a number, at least 0 and below 1";
        /// How likely one is lost in a bad state.
        loss_bad: f64 as Number = 0.5, from 0.0, to 1.0;
    }
}

rumormill_protocols::settings! {
    /// How datagrams overtake each other: some take longer.
    #[derive(Clone, Debug, PartialEq)]
    pub struct ReorderingConfig {
        /// How likely one does.
        chance: f64 as Number = 0.0, from 0.0, to 1.0;
        /// By how much at most.
        most: Duration as Span = Duration::from_millis(10), from Duration::ZERO, to DAY;
    }
}
