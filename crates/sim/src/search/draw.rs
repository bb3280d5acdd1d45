//! A case, drawn.

use rumormill_core::Rng;
use toml::{Table, Value};

/// How long it is chaos, in milliseconds: nodes publish, and what goes wrong begins and ends.
const CHAOS_MS: (u64, u64) = (5_000, 40_000);

/// What goes wrong is over so long before the last is published.
const BEFORE_CALM_MS: u64 = 1_000;

/// How many things go wrong at most.
const FAULTS_MAX: u64 = 5;

/// What `base` says, and all else drawn.
pub(super) fn case(base: Table, seed: u64, rng: &mut Rng) -> Table {
    let chaos_ms = between(rng, CHAOS_MS);
    let mut drawn = Table::new();
    drawn.insert("name".into(), Value::String(format!("search, seed {seed}")));
    drawn.insert("seed".into(), Value::Integer((seed & i64::MAX as u64) as i64));
    drawn.insert("node".into(), node(rng).into());
    drawn.insert("network".into(), network(rng).into());
    let has_state = is_state(&base, &drawn);
    drawn.insert("workload".into(), workloads(rng, chaos_ms, has_state).into());
    drawn.insert("fault".into(), faults(rng, chaos_ms).into());
    over(drawn, base)
}

/// What the one says, but where the other says something; tables are taken together.
fn over(mut drawn: Table, said: Table) -> Table {
    for (name, value) in said {
        let value = match (drawn.remove(&name), value) {
            (Some(Value::Table(drawn)), Value::Table(said)) if name == "network" => {
                Value::Table(over(drawn, said))
            }
            // Of the node a plane is taken as a whole: its settings belong to its protocol.
            (Some(Value::Table(drawn)), Value::Table(said)) if name == "node" => {
                Value::Table(drawn.into_iter().chain(said).collect())
            }
            (_, value) => value,
        };
        drawn.insert(name, value);
    }
    drawn
}

fn is_state(base: &Table, drawn: &Table) -> bool {
    let state = |of: &Table| of.get("node")?.get("state").cloned();
    state(base).or_else(|| state(drawn)) != Some("none".into())
}

fn between(rng: &mut Rng, (least, most): (u64, u64)) -> u64 {
    least + rng.below(most - least + 1)
}

fn ms(millis: u64) -> Value {
    Value::String(format!("{millis} ms"))
}

fn number(number: u64) -> Value {
    Value::Integer(number as i64)
}

/// A table of these.
fn table<const N: usize>(entries: [(&str, Value); N]) -> Table {
    entries.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// A table of one, which stands for a choice.
fn one(name: &str, value: impl Into<Value>) -> Value {
    Value::Table(table([(name, value.into())]))
}

/// One of these, by chance.
fn pick<T, const N: usize>(rng: &mut Rng, all: [T; N]) -> T {
    let at = rng.below(N as u64) as usize;
    all.into_iter().nth(at).expect("below their number")
}

fn node(rng: &mut Rng) -> Table {
    let backoff = || table([("most", ms(3_000)), ("least", ms(500))]);
    let discovery = match rng.chance(0.5) {
        true => one("peer-list", table([("backoff", backoff().into())])),
        false => one("roster", table([("backoff", backoff().into())])),
    };
    table([("discovery", discovery), ("broadcast", flood(rng)), ("state", state(rng))])
}

fn flood(rng: &mut Rng) -> Value {
    let fanout = match rng.chance(0.7) {
        true => Value::String("all".into()),
        false => number(between(rng, (1, 4))),
    };
    let mut flood = table([("fanout", fanout), ("ttl", number(between(rng, (1, 8))))]);
    if rng.chance(0.3) {
        flood.insert("recent_entries".into(), number(between(rng, (0, 4))));
    }
    one("flood", flood)
}

fn state(rng: &mut Rng) -> Value {
    if rng.chance(0.25) {
        return Value::String("none".into());
    }
    let mut registers = table([("sync_interval", ms(between(rng, (500, 3_000))))]);
    if rng.chance(0.15) {
        registers.insert("sync_interval".into(), Value::String("off".into()));
    }
    if rng.chance(0.5) {
        registers.insert("delta_bytes_max".into(), number(between(rng, (1_024, 4_096))));
        registers.insert("digest_bytes_max".into(), number(1_024));
    }
    if rng.chance(0.3) {
        registers.insert("tombstone_ttl".into(), ms(between(rng, (1_000, 20_000))));
    }
    one("registers", registers)
}

fn network(rng: &mut Rng) -> Table {
    let nodes = between(rng, (2, 10));
    let mut network = table([("nodes", number(nodes)), ("latency", latency(rng))]);
    if rng.chance(0.4) {
        let ring = one("ring", table([("each_side", number(1))]));
        let topology = pick(rng, [ring, Value::String("bootstrap-chain".into())]);
        network.insert("topology".into(), if nodes > 2 { topology } else { "full".into() });
    }
    if rng.chance(0.5) {
        let links = pick(rng, ["stream", "datagram"]);
        network.insert("links".into(), links.into());
    }
    if rng.chance(0.3) {
        network.insert("loss".into(), Value::Float(pick(rng, [0.01, 0.05, 0.2])));
    }
    if rng.chance(0.2) {
        let speed = pick(rng, ["64 kbit/s", "256 kbit/s", "1 Mbit/s"]);
        network.insert("bandwidth".into(), table([("up", speed.into())]).into());
    }
    if rng.chance(0.2) {
        network.insert("disk".into(), ms(between(rng, (0, 200))));
    }
    network
}

fn latency(rng: &mut Rng) -> Value {
    let from = between(rng, (1, 50));
    match rng.chance(0.5) {
        true => ms(from),
        false => one("uniform", table([("from", ms(from)), ("to", ms(from * 4))])),
    }
}

fn workloads(rng: &mut Rng, chaos_ms: u64, has_state: bool) -> Vec<Value> {
    let mut all = Vec::new();
    if has_state {
        all.push(registers(rng, chaos_ms));
    }
    if !has_state || rng.chance(0.4) {
        all.push(Value::Table(table([
            ("kind", "publish".into()),
            ("publishers", "all".into()),
            ("rate", Value::Float(pick(rng, [0.1, 0.5, 2.0]))),
            ("size", number(between(rng, (1, 600)))),
            ("for", ms(chaos_ms)),
        ])));
    }
    all
}

fn registers(rng: &mut Rng, chaos_ms: u64) -> Value {
    let mut registers = table([
        ("kind", "registers".into()),
        ("rate", Value::Float(pick(rng, [0.05, 0.2, 1.0]))),
        ("keys", number(between(rng, (1, 6)))),
        ("size", number(between(rng, (1, 400)))),
        ("removals", Value::Float(pick(rng, [0.0, 0.2]))),
        ("for", ms(chaos_ms)),
    ]);
    if rng.chance(0.4) {
        registers.insert("life".into(), ms(between(rng, (1_000, 20_000))));
    }
    Value::Table(registers)
}

/// Each begins and ends before it gets calm.
fn faults(rng: &mut Rng, chaos_ms: u64) -> Vec<Value> {
    let end = chaos_ms - BEFORE_CALM_MS;
    let count = rng.below(FAULTS_MAX + 1);
    let fault = |_| {
        let at = rng.below(end - 1);
        let lasts = 1 + rng.below(end - at);
        let (what, how) = what(rng);
        let begins = [("at", ms(at)), ("for", ms(lasts)), (what, how)];
        Value::Table(table(begins))
    };
    (0..count).map(fault).collect()
}

fn what(rng: &mut Rng) -> (&'static str, Value) {
    let random = |count: u64| one("random", number(count));
    // Who loses its data may say other things under a version that it used before, which no protocol
    // here tells apart yet: a base can ask for that.
    let churn = table([("rate", number(between(rng, (5, 60)))), ("down", ms(2_000))]);
    let ways = table([("from", random(1)), ("to", random(2))]);
    let slow = table([("random", number(1)), ("by", ms(between(rng, (1, 100))))]);
    let jump = ms(between(rng, (0, 5_000)));
    let skew = table([("random", number(1)), ("drift", Value::Float(0.05)), ("jump", jump)]);
    pick(
        rng,
        [
            ("crash", random(1)),
            ("crash", random(2)),
            ("churn", churn.into()),
            ("partition", one("groups", number(2))),
            ("partition", random(1)),
            ("one-way", ways.into()),
            ("slow", slow.into()),
            ("skew", skew.into()),
        ],
    )
}
