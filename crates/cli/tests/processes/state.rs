//! `rumormill state` and `publish`: the shared state, changed and watched from outside.

use crate::harness::{Network, Node, Process, SOON, until};
use serde_json::{Value, json};
use std::fs;

/// A network of two that know each other, and whose books don't change by themselves.
fn two() -> (Network, Node, Node) {
    let network = Network::new();
    let first = network.start(0, &[], "--interval 1h");
    let second = network.start(1, &[0], "--interval 1h");
    for node in [&first, &second] {
        until("they are neighbours", SOON, || (node.peers("neighbours")? == 1).then_some(()));
    }
    (network, first, second)
}

/// Runs it to its end; its exit code, and what it said on stdout and stderr.
fn run(network: &Network, args: &str) -> (Option<i32>, String, String) {
    let mut process = network.run(args);
    let code = process.exit_code(SOON);
    (code, process.stdout(), process.stderr())
}

/// What it prints when it works.
#[track_caller]
fn prints(network: &Network, args: &str) -> String {
    let (code, out, err) = run(network, args);
    assert_eq!((code, err.as_str()), (Some(0), ""), "{args}: {out}");
    out
}

/// It fails with that code and one sentence, in which all of `words` stand.
#[track_caller]
fn fails(network: &Network, args: &str, code: i32, words: &[&str]) {
    let (ended, out, err) = run(network, args);
    assert_eq!((ended, out.as_str()), (Some(code), ""), "{args}: {err}");
    for word in words {
        assert!(err.contains(word), "{args}: `{word}` should stand in: {err}");
    }
}

fn json_of(line: &str) -> Value {
    assert_eq!(line.lines().count(), 1, "{line}");
    serde_json::from_str(line).expect("JSON")
}

/// A watch that listens: what was set before it did, it shows of what is set now.
fn watch(network: &Network, at: &Node, args: &str) -> Process {
    let process = network.run(&format!("state watch --api {} {args}", at.port));
    until("the watch listens", SOON, || {
        prints(network, &format!("state set probe 1 --api {}", at.port));
        process.stdout().contains("probe").then_some(())
    });
    process
}

#[test]
fn what_one_node_sets_another_knows_until_it_is_removed() {
    let (network, first, second) = two();
    let (one, two) = (first.port, second.port);
    let set = prints(&network, &format!(r#"state set load {{"cpu":0.7}} --api {one} --json"#));
    let set = json_of(&set);
    assert_eq!((&set["origin"], &set["key"]), (&json!(one), &json!("load")));
    until("the other node knows it", SOON, || {
        let known = prints(&network, &format!("state get {one} --json --api {two}"));
        let known = json_of(&known);
        let load = known["registers"].as_array()?.iter().find(|of| of["key"] == "load")?.clone();
        assert_eq!((&load["value"], &load["version"]), (&json!({"cpu": 0.7}), &set["version"]));
        Some(())
    });
    assert_eq!(prints(&network, &format!("state get {one} load --api {two}")), "{\"cpu\":0.7}\n");
    let removed = json_of(&prints(&network, &format!("state remove load --api {one} --json")));
    assert!(removed["version"].as_u64() > set["version"].as_u64(), "{removed}");
    until("the other node forgets it", SOON, || {
        let get = format!("state get {one} load --api {two}");
        (run(&network, &get).0 == Some(1)).then_some(())
    });
}

#[test]
fn a_value_is_json_or_a_text() {
    let network = Network::new();
    let node = network.start(0, &[], "--interval 1h");
    let port = node.port;
    for (typed, said) in [
        ("true", json!(true)),
        ("null", json!(null)),
        ("1984 --text", json!("1984")),
        ("truth", json!("truth")),
    ] {
        prints(&network, &format!("state set mood {typed} --api {port}"));
        let known = prints(&network, &format!("state get {port} mood --json --api {port}"));
        assert_eq!(json_of(&known)["value"], said, "{typed}");
    }
    let number = "99999999999999999999";
    fails(&network, &format!("state set mood {number} --api {port}"), 2, &[number, "--text"]);
}

#[test]
fn what_nobody_knows_is_said_to_be_so() {
    let network = Network::new();
    let node = network.start(0, &[], "--interval 1h");
    let port = node.port;
    let (code, out, err) = run(&network, &format!("state get nothing --api {port}"));
    assert_eq!((code, out.lines().count()), (Some(0), 1), "the titles: {out}");
    assert_eq!(err, "no such register is known\n");
    let known = prints(&network, &format!("state get nothing --json --api {port}"));
    assert_eq!(json_of(&known), json!({"registers": []}));
}

#[test]
fn a_register_that_is_set_for_a_while_ends_by_itself() {
    let (network, first, _second) = two();
    let port = first.port;
    prints(&network, &format!("state set mood good --for 1s --api {port}"));
    until("its time is over", SOON, || {
        let get = format!("state get {port} mood --api {port}");
        (run(&network, &get).0 == Some(1)).then_some(())
    });
}

#[test]
fn a_watch_tells_changes_as_they_happen() {
    let (network, first, second) = two();
    let (one, two) = (first.port, second.port);
    let mut lines = watch(&network, &second, "");
    let mut moods = watch(&network, &second, "--json");
    prints(&network, &format!("state set mood good --api {one}"));
    let seen = |said: &Process| said.stdout().contains("good").then_some(());
    until("the change is told", SOON, || seen(&lines).and(seen(&moods)));
    assert!(lines.stdout().contains(&format!("{one} mood ")), "{}", lines.stdout());
    let all = moods.stdout();
    let mood = all.lines().map(json_of).find(|change| change["key"] == "mood");
    let mood = mood.expect("the change");
    assert_eq!((&mood["origin"], &mood["value"]), (&json!(one), &json!("good")));
    lines.signal("INT");
    assert_eq!(lines.exit_code(SOON), Some(0), "Ctrl-C is no failure");
    let mut second = second;
    second.process().kill();
    assert_eq!(moods.exit_code(SOON), Some(1));
    let sentence = format!("the node at 127.0.0.1:{two} has ended");
    assert!(moods.stderr().contains(&sentence), "{}", moods.stderr());
}

#[test]
fn a_watch_of_one_key_tells_no_other() {
    let (network, first, _second) = two();
    let mut process = watch(&network, &first, "--key probe");
    prints(&network, &format!("state set mood good --api {}", first.port));
    prints(&network, &format!("state set probe end --api {}", first.port));
    until("the last change is told", SOON, || process.stdout().contains("end").then_some(()));
    assert!(!process.stdout().contains("mood"), "{}", process.stdout());
    process.kill();
}

#[test]
fn a_message_is_published_with_a_receipt() {
    let (network, first, _second) = two();
    let receipt = prints(&network, &format!("publish news hello --json --api {}", first.port));
    let receipt = json_of(&receipt);
    assert_eq!((&receipt["queued"], &receipt["dropped"]), (&json!(1), &json!([])));
    assert_eq!(receipt["id"].as_str().map(str::len), Some(36));
    // Without a text it reads stdin, which is empty here.
    let said = prints(&network, &format!("publish news --api {}", first.port));
    assert!(said.ends_with("queued to 1 neighbour\n"), "{said}");
}

#[test]
fn without_its_token_a_node_is_not_changed() {
    let network = Network::new();
    let node = network.start(0, &[], "--interval 1h");
    let (port, dir) = (node.port, network.dir().display().to_string());
    let other = network.dir().join("other-token");
    fs::write(&other, "another").expect("it can be written");
    let set = format!("state set mood good --api {port} --token-file {dir}");
    fails(
        &network,
        &format!("{set}/other-token"),
        1,
        &["does not take this token", "--token-file"],
    );
    fails(&network, &format!("{set}/nowhere"), 1, &["cannot read the token", "nowhere"]);
    fs::write(&other, "").expect("it can be written");
    fails(&network, &format!("{set}/other-token"), 1, &["other-token", "is no token"]);
    let publish = format!("publish news hello --api {port} --token-file {dir}/nowhere");
    fails(&network, &publish, 1, &["cannot read the token"]);
    let get = format!("state get {port} mood --api {port}");
    fails(&network, &get, 1, &["knows no register `mood`"]);
}

#[cfg(unix)]
#[test]
fn a_token_that_others_may_read_stops_the_node_from_starting() {
    use std::os::unix::fs::PermissionsExt;
    let network = Network::new();
    let mut node = network.start(0, &[], "");
    node.process().kill();
    let token = network.data_dir(0).join("token");
    let mode = |mode| fs::set_permissions(&token, fs::Permissions::from_mode(mode)).unwrap();
    assert_eq!(fs::metadata(&token).unwrap().permissions().mode() & 0o777, 0o600);
    mode(0o644);
    let start = network.node_args(0, &[], &network.data_dir(0), "");
    fails(&network, &start, 1, &["token", "open to other users", "chmod 600"]);
    mode(0o600);
    fs::write(&token, "").unwrap();
    fails(&network, &start, 1, &["token", "is empty"]);
}

#[test]
fn what_cannot_be_asked_is_said_in_a_sentence() {
    let network = Network::new();
    let node = network.start(0, &[], "--interval 1h");
    let (port, free) = (node.port, network.port(3));
    let nobody = format!("nobody listens at 127.0.0.1:{free}");
    for command in ["state get", "state set a b", "state remove a", "state watch", "publish t x"] {
        fails(&network, &format!("{command} --api {free}"), 1, &["error: ", &nobody, "--api"]);
    }
    fails(&network, &format!("state set book 1984 --api {port}"), 1, &["must be a text", "--text"]);
    prints(&network, &format!("state set book 1984 --text --api {port}"));
    fails(&network, &format!("state set removed x --api {port}"), 1, &["key must have"]);
    fails(&network, &format!("state get nobody book --api {port}"), 2, &["`nobody` is no origin"]);
}

#[test]
fn wrong_usage_is_told_apart_from_failure() {
    let network = Network::new();
    for (args, word) in [
        ("state", "Usage"),
        ("state set mood", "<VALUE>"),
        ("state set mood good --for 0s", "--for"),
        ("state set mood good --for 60", "--for"),
        ("state set mood good --for 600w", "3650 days"),
        ("state remove", "<KEY>"),
        ("state get --api nonsense", "--api"),
        ("state watch --only state", "--only"),
        ("publish", "<TOPIC>"),
    ] {
        fails(&network, args, 2, &[word]);
    }
}
