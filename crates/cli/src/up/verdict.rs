//! How a network does, in a line.

use std::time::Duration;

/// How many nodes are named before the rest is only counted.
const NAMED_MAX: usize = 4;

/// What is known of one node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    /// Its port.
    pub port: u16,
    /// How it does.
    pub health: Health,
    /// Of how many of `others` it knows a book.
    pub known: usize,
    /// Of how many of those it knows only a book that has long been replaced.
    pub outdated: usize,
    /// How many other nodes answer and have a book.
    pub others: usize,
}

/// How a node does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Health {
    /// It does not answer yet.
    Starting,
    /// It answers.
    Answers,
    /// Its process runs, and for so long it did not answer.
    Silent(Duration),
    /// It was told to stand still.
    Paused,
    /// Its process is gone.
    Down,
}

/// Whether somebody should do something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// All is well.
    Good,
    /// It may come to be well by itself.
    Waiting,
    /// Something is wrong.
    Bad,
}

/// What to say of a network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// The line.
    pub text: String,
    /// How to say it.
    pub tone: Tone,
    /// Who is starting, silent, paused, down or behind: what makes it another verdict. Times and
    /// counts don't.
    cause: [Vec<u16>; 5],
}

impl Verdict {
    /// Whether something else is to be said than the other says; times and counts aside.
    pub fn differs_from(&self, other: &Verdict) -> bool {
        self.cause != other.cause
    }
}

/// Judges a network: first who is not there, then whether the rest agrees.
pub fn verdict(facts: &[Fact]) -> Verdict {
    let ports = |is: fn(&Fact) -> bool| -> Vec<u16> {
        facts.iter().filter(|fact| is(fact)).map(|fact| fact.port).collect()
    };
    let starting = ports(|fact| fact.health == Health::Starting);
    let silent = ports(|fact| matches!(fact.health, Health::Silent(_)));
    let paused = ports(|fact| fact.health == Health::Paused);
    let down = ports(|fact| fact.health == Health::Down);
    let behind: Vec<&Fact> = facts.iter().filter(|fact| fact.is_behind()).collect();
    let mut answering = facts.iter().filter(|fact| fact.health == Health::Answers);
    let answer = answering.clone().count();
    // A book of one of several that answer is that of an other to the rest.
    let has_books = answer < 2 || answering.any(|fact| fact.others > 0);
    let parts = [
        said_of_the_down(&down, facts.len()),
        said_of_the_silent(&silent, facts),
        said_of(&paused, "is paused", "are paused"),
        said_of(&starting, "is starting", "are starting"),
        match has_books {
            true => said_of_the_rest(&behind, answer, facts.len()),
            false => Some("nobody likes a book yet".into()),
        },
    ];
    let text = parts.into_iter().flatten().collect::<Vec<_>>().join("; ");
    let is_bad = !down.is_empty() || !silent.is_empty();
    let is_waiting = !(starting.is_empty() && paused.is_empty() && behind.is_empty() && has_books);
    let tone = match (is_bad, is_waiting || answer == 0) {
        (true, _) => Tone::Bad,
        (false, true) => Tone::Waiting,
        (false, false) => Tone::Good,
    };
    let behind = behind.iter().map(|fact| fact.port).collect();
    Verdict { text, tone, cause: [starting, silent, paused, down, behind] }
}

impl Fact {
    fn is_behind(&self) -> bool {
        self.health == Health::Answers && (self.known < self.others || self.outdated > 0)
    }

    /// Of how many it knows what it should.
    fn current(&self) -> usize {
        self.known - self.outdated
    }

    fn shortfall(&self) -> String {
        let Fact { known, outdated, others, .. } = self;
        match known < others {
            true => format!("knows {known} of {others}"),
            false => format!("its news of {outdated} of {others} is old"),
        }
    }
}

fn said_of_the_down(down: &[u16], all: usize) -> Option<String> {
    match down {
        [] => None,
        [only] if all == 1 => Some(format!("{only} is down")),
        down if down.len() == all => Some(format!("all {all} are down")),
        [only] => Some(format!("1 of {all} is down ({only})")),
        down => Some(format!("{} of {all} are down{}", down.len(), named(down))),
    }
}

fn said_of_the_silent(silent: &[u16], facts: &[Fact]) -> Option<String> {
    let spans = facts.iter().filter_map(|fact| match fact.health {
        Health::Silent(span) => Some(span),
        _ => None,
    });
    let seconds = spans.max()?.as_secs();
    Some(match silent {
        [only] => format!("{only} silent for {seconds} s"),
        _ => format!("{} silent for up to {seconds} s{}", silent.len(), named(silent)),
    })
}

fn said_of(ports: &[u16], is: &str, are: &str) -> Option<String> {
    match ports {
        [] => None,
        [only] => Some(format!("{only} {is}")),
        _ => Some(format!("{} {are}{}", ports.len(), named(ports))),
    }
}

fn said_of_the_rest(behind: &[&Fact], answer: usize, all: usize) -> Option<String> {
    let worst = behind.iter().min_by_key(|fact| fact.current());
    match (worst, behind.len(), answer) {
        (Some(worst), 1, _) => Some(format!("{} is behind: {}", worst.port, worst.shortfall())),
        (Some(worst), many, _) => {
            let ports: Vec<u16> = behind.iter().map(|fact| fact.port).collect();
            let (named, port, short) = (named(&ports), worst.port, worst.shortfall());
            Some(format!("{many} are behind{named}; the worst is {port}: {short}"))
        }
        (None, _, 0) => None,
        (None, _, 1) if all == 1 => Some("the only one agrees with itself".into()),
        (None, _, 1) => Some("1 is left".into()),
        (None, _, answer) if answer == all => Some(format!("all {all} agree")),
        (None, _, answer) => Some(format!("the other {answer} agree")),
    }
}

/// Which: a few by name, more not at all.
fn named(ports: &[u16]) -> String {
    if ports.len() > NAMED_MAX {
        return String::new();
    }
    let names: Vec<String> = ports.iter().map(u16::to_string).collect();
    format!(" ({})", names.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Nodes from 7000 on that agree.
    fn agreeing(nodes: u16) -> Vec<Fact> {
        let others = usize::from(nodes) - 1;
        let health = Health::Answers;
        let fact = |at| Fact { port: 7000 + at, health, known: others, outdated: 0, others };
        (0..nodes).map(fact).collect()
    }

    fn text(facts: &[Fact]) -> String {
        verdict(facts).text
    }

    #[test]
    fn all_agree() {
        assert_eq!(verdict(&agreeing(8)).text, "all 8 agree");
        assert_eq!(verdict(&agreeing(8)).tone, Tone::Good);
        assert_eq!(text(&agreeing(1)), "the only one agrees with itself");
        assert_eq!(verdict(&[]).tone, Tone::Waiting);
    }

    #[test]
    fn the_silent_are_named_with_their_time() {
        let mut facts = agreeing(8);
        facts[1].health = Health::Silent(Duration::from_millis(12_900));
        assert_eq!(text(&facts), "7001 silent for 12 s; the other 7 agree");
        facts[2].health = Health::Silent(Duration::from_secs(5));
        assert_eq!(text(&facts), "2 silent for up to 12 s (7001, 7002); the other 6 agree");
        assert_eq!(verdict(&facts).tone, Tone::Bad);
    }

    #[test]
    fn who_is_behind_is_named_with_what_it_knows() {
        let mut facts = agreeing(8);
        facts[3].known = 6;
        assert_eq!(text(&facts), "7003 is behind: knows 6 of 7");
        assert_eq!(verdict(&facts).tone, Tone::Waiting);
        facts[5].outdated = 4;
        let expected = "2 are behind (7003, 7005); the worst is 7005: its news of 4 of 7 is old";
        assert_eq!(text(&facts), expected);
    }

    #[test]
    fn the_down_are_counted_and_a_few_are_named() {
        let mut facts = agreeing(8);
        facts[1].health = Health::Down;
        assert_eq!(text(&facts), "1 of 8 is down (7001); the other 7 agree");
        facts[4].health = Health::Down;
        facts[5].health = Health::Down;
        assert_eq!(text(&facts), "3 of 8 are down (7001, 7004, 7005); the other 5 agree");
        facts[6].health = Health::Down;
        facts[7].health = Health::Down;
        assert_eq!(text(&facts), "5 of 8 are down; the other 3 agree");
        facts.iter_mut().skip(1).for_each(|fact| fact.health = Health::Down);
        assert_eq!(text(&facts), "7 of 8 are down; 1 is left");
        facts[0].health = Health::Down;
        assert_eq!(text(&facts), "all 8 are down");
        assert_eq!(text(&facts[..1]), "7000 is down");
    }

    #[test]
    fn without_books_there_is_nothing_to_agree_on() {
        let mut facts = agreeing(3);
        facts.iter_mut().for_each(|fact| (fact.known, fact.others) = (0, 0));
        assert_eq!(
            (text(&facts).as_str(), verdict(&facts).tone),
            ("nobody likes a book yet", Tone::Waiting)
        );
        facts[0].health = Health::Down;
        assert_eq!(text(&facts), "1 of 3 is down (7000); nobody likes a book yet");
        // The first that likes one is an other to the others.
        facts[1].others = 1;
        assert_eq!(text(&facts), "1 of 3 is down (7000); 7001 is behind: knows 0 of 1");
    }

    #[test]
    fn several_things_are_said_in_order_of_weight() {
        let mut facts = agreeing(8);
        facts[1].health = Health::Paused;
        facts[2].health = Health::Starting;
        facts[3].health = Health::Down;
        facts[4].known = 3;
        facts[4].others = 4;
        let expected = "1 of 8 is down (7003); 7001 is paused; 7002 is starting; \
                        7004 is behind: knows 3 of 4";
        assert_eq!(text(&facts), expected);
    }

    #[test]
    fn a_verdict_changes_with_its_cause_and_not_with_time() {
        let silent = |seconds, known| {
            let mut facts = agreeing(8);
            facts[1].health = Health::Silent(Duration::from_secs(seconds));
            facts[2].known = known;
            verdict(&facts)
        };
        assert!(!silent(5, 3).differs_from(&silent(6, 4)));
        assert!(silent(5, 3).differs_from(&silent(6, 7)));
        assert!(silent(5, 7).differs_from(&verdict(&agreeing(8))));
    }
}
