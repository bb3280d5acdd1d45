//! Whoever speaks nonsense, too much, too slowly or not at all is left alone; the others notice nothing.

use crate::chatter::{Event, Node, Order, chatter, dial, expect, hasty, pair, start, until};
use rumormill_core::{Duration, Gone, Name, Why};
use rumormill_net::transport::tcp::TcpConfig;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};

/// Says what it likes.
struct Villain(TcpStream);

const NAME: Name = Name::Number(666);

impl Villain {
    async fn connect(to: &Node) -> Villain {
        let address = to.address().expect("it listens");
        Villain(TcpStream::connect(address.as_str()).await.expect("it listens"))
    }

    /// One who said a good hello, and was answered.
    async fn introduced(to: &mut Node) -> Villain {
        let mut villain = Villain::connect(to).await;
        let body = [&b"\x04chat\x00"[..], &666u64.to_be_bytes(), &[0, 0]].concat();
        villain.say(&[&b"RMIL\x01\x00"[..], &[body.len() as u8], &body].concat()).await;
        until(to, |event| matches!(event, Event::Up(name, None) if *name == NAME)).await;
        villain
    }

    async fn say(&mut self, bytes: &[u8]) {
        self.0.write_all(bytes).await.expect("it is still up");
    }

    async fn frame(&mut self, body: &[u8]) {
        self.say(&[&(body.len() as u32).to_be_bytes(), body].concat()).await;
    }

    /// It is left within two seconds.
    async fn until_left(mut self) {
        let end = async {
            let mut bytes = [0; 1024];
            while matches!(self.0.read(&mut bytes).await, Ok(1..)) {}
        };
        timeout(Duration::from_secs(2), end).await.expect("the socket is closed");
    }
}

/// The others still hear each other, and nothing is left of the villain.
async fn nothing_else_happened(one: &Node, two: &mut Node) {
    one.command(Order::Say("well")).await.unwrap();
    expect(two, Event::Heard(Name::Number(1), "well".into())).await;
    let peers = one.inspect(|_, driver| driver.peers().len()).await.unwrap();
    assert_eq!(peers, 1);
}

#[tokio::test]
async fn who_says_no_hello_until_left() {
    let (one, mut two) = pair().await;
    Villain::connect(&one).await.until_left().await;
    let long = [&b"RMIL\x01\xff\xff"[..], &[b'x'; 5000]].concat();
    let said = [&b"GET / HTTP/1.1\r\n\r\n"[..], b"RMIL", b"RMIL\x02\x00\x00", &long];
    for bytes in said {
        let mut villain = Villain::connect(&one).await;
        villain.say(bytes).await;
        villain.until_left().await;
    }
    nothing_else_happened(&one, &mut two).await;
}

#[tokio::test]
async fn bad_frames_close_their_own_link_with_a_reason() {
    let (mut one, mut two) = pair().await;
    let too_long = 4097u32.to_be_bytes();
    let cases: [(&[u8], Why); 5] = [
        (&too_long, Why::TooLarge),
        (b"\xff\xff\xff\xff", Why::TooLarge),
        (b"\x00\x00\x00\x01\x63", Why::Malformed),
        (b"\x00\x00\x00\x03\x01\xff\xfe", Why::Malformed),
        (b"\x00\x00\x00\x0a\x02\x00\x00\x00\x00\x00\x00\x00\x00\xff", Why::Malformed),
    ];
    for (bytes, why) in cases {
        let mut villain = Villain::introduced(&mut one).await;
        villain.say(bytes).await;
        expect(&mut one, Event::Down(NAME, Gone::Failed(why))).await;
        villain.until_left().await;
    }
    nothing_else_happened(&one, &mut two).await;
}

#[tokio::test]
async fn what_does_not_decode_is_told_before_its_link_goes() {
    let mut one = start(1).await;
    let mut villain = Villain::introduced(&mut one).await;
    villain.frame(b"\x01\xff").await;
    expect(&mut one, Event::Invalid(NAME, Why::Malformed)).await;
    expect(&mut one, Event::Down(NAME, Gone::Failed(Why::Malformed))).await;
}

#[tokio::test]
async fn who_is_slow_or_silent_is_timed_out() {
    let (mut one, mut two) = pair().await;
    let mut slow = Villain::introduced(&mut one).await;
    slow.say(b"\x00\x00\x0f\xff\x01").await;
    let trickle = async {
        while slow.0.write_all(b"x").await.is_ok() {
            sleep(Duration::from_millis(20)).await;
        }
    };
    let timed_out = Event::Down(NAME, Gone::Failed(Why::TimedOut));
    tokio::join!(trickle, expect(&mut one, timed_out.clone()));
    let silent = Villain::introduced(&mut one).await;
    expect(&mut one, timed_out).await;
    silent.until_left().await;
    nothing_else_happened(&one, &mut two).await;
}

#[tokio::test]
async fn who_does_not_read_is_slow() {
    let mut one = start(1).await;
    let mut villain = Villain::introduced(&mut one).await;
    let say = async {
        loop {
            for _ in 0..100 {
                one.try_command(Order::SayLong(4000)).ok();
            }
            sleep(Duration::from_millis(10)).await;
        }
    };
    let ping = async {
        loop {
            villain.frame(b"\x05........").await;
            sleep(Duration::from_millis(50)).await;
        }
    };
    let mut events = one.events();
    let slow = async {
        while let Some(told) = events.next().await {
            let slow = Event::Down(NAME, Gone::Failed(Why::Slow));
            if matches!(told, rumormill_net::driver::Told::Event(event) if event == slow) {
                return;
            }
        }
    };
    let seen = async {
        tokio::select! { () = say => {}, () = ping => {}, () = slow => {} }
    };
    timeout(Duration::from_secs(10), seen).await.expect("it is left");
}

#[tokio::test]
async fn nobody_answers_for_another() {
    let (mut one, mut two) = pair().await;
    let mut villain = Villain::introduced(&mut one).await;
    one.command(Order::Ask("later")).await.unwrap();
    for number in 0..64u64 {
        villain.frame(&[&b"\x03"[..], &number.to_be_bytes(), b"forged"].concat()).await;
    }
    villain.frame(b"\x07").await;
    let mut answers = Vec::new();
    while answers.len() < 2 {
        let told = until(&mut one, |event| matches!(event, Event::Answered(_))).await;
        answers.push(told);
    }
    let forged = Event::Answered(Ok("forged".into()));
    let left = |answer: &Event| *answer != forged;
    assert_eq!(answers.iter().filter(|answer| left(answer)).count(), 1, "{answers:?}");
    nothing_else_happened(&one, &mut two).await;
}

#[tokio::test]
async fn a_crowd_of_strangers_has_few_places() {
    let config = TcpConfig { strangers: 2, connections: 4, ..hasty() };
    let mut one = chatter(1).tcp(config).start().await.unwrap();
    let _first = [Villain::connect(&one).await, Villain::connect(&one).await];
    sleep(Duration::from_millis(50)).await;
    let third = Villain::connect(&one).await;
    timeout(Duration::from_millis(100), third.until_left()).await.expect("at once");
    sleep(Duration::from_millis(400)).await;
    let two = start(2).await;
    dial(&two, &one).await;
    until(&mut one, |event| matches!(event, Event::Up(..))).await;
}

#[tokio::test]
async fn a_crowd_of_requests_is_refused() {
    let config = TcpConfig { answers: 2, ..hasty() };
    let mut one = chatter(1).tcp(config).start().await.unwrap();
    let mut villain = Villain::introduced(&mut one).await;
    for number in 0..50u64 {
        villain.frame(&[&b"\x02"[..], &number.to_be_bytes(), b"later"].concat()).await;
    }
    sleep(Duration::from_millis(100)).await;
    let waiting = one.inspect(|_, driver| driver.queues().replies).await.unwrap();
    assert_eq!(waiting, 2);
}
