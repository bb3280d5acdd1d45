//! Settings from files, variables and flags, as a whole process meets them.

use crate::harness::{Network, SOON, until};
use serde_json::Value;
use std::fs::{self, File};
use std::process::{Command, Output, Stdio};

/// Runs `rumormill` with those arguments and that variable to its end.
fn run(args: &[&str], variable: Option<(&str, &str)>) -> Output {
    run_with(args, variable, Stdio::null())
}

/// The same with something to read.
fn run_with(args: &[&str], variable: Option<(&str, &str)>, stdin: Stdio) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rumormill"));
    command.env_remove("RUST_LOG").args(args).envs(variable).stdin(stdin);
    command.output().expect("rumormill starts")
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).expect("it is text")
}

#[test]
fn a_node_takes_its_port_and_its_peers_from_a_file() {
    let network = Network::new();
    let (first, port) = (network.start(0, &[], ""), network.port(1));
    let file = network.dir().join("node.toml");
    let about = first.about().expect("it answers");
    let path = |name: &str| network.dir().join(name).display().to_string();
    let settings = format!(
        "[node]\nport = {port}\nbootstrap = [{}]\nnetwork = \"test-{}-{}\"\ndata_dir = \"{}\"\n\
         [network]\nnodes = 3\n",
        first.port,
        std::process::id(),
        first.port,
        path("data-of-file"),
    );
    fs::write(&file, settings).expect("it can be written");
    let mut process = network.run(&format!("node --config {} --json", file.display()));
    until("they are neighbours", SOON, || (first.peers("neighbours") == Some(1)).then_some(()));
    let line: Value = serde_json::from_str(process.stdout().trim()).expect("one line of JSON");
    assert_eq!(line["listening"], format!("127.0.0.1:{port}"), "{about}");
    assert!(network.dir().join("data-of-file").is_dir());
    process.signal("TERM");
    assert_eq!(process.exit_code(SOON), Some(0));
}

#[test]
fn the_nodes_of_up_take_the_settings_but_not_the_place_of_a_file() {
    let network = Network::new();
    let file = network.dir().join("up.toml");
    let port = network.port(0);
    let settings = "[node]\nport = 1\nbind = \"::1\"\nadvertise = \"nowhere:1\"\nbootstrap = [1]\n\
                    data_dir = \"/nowhere\"\nbooks = { interval = \"1 h\" }\n";
    fs::write(&file, settings).expect("it can be written");
    let args = format!("up -n 2 --base-port {port} --for 20s --json --config {}", file.display());
    let mut process = network.run(&args);
    let book = || {
        let state = crate::harness::get(port, "/state")?;
        (state.as_object()?.len() == 2).then_some(())
    };
    until("each knows the other's book", SOON, book);
    process.signal("INT");
    assert_eq!(process.exit_code(SOON), Some(0), "{}", process.stderr());
}

#[test]
fn what_print_says_check_takes() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let file = dir.path().join("node.toml");
    let printed = run(&["config", "print"], Some(("RUMORMILL_NODE__NETWORK", "choir")));
    assert!(printed.status.success());
    assert!(text(&printed.stdout).contains("network = \"choir\""));
    fs::write(&file, &printed.stdout).expect("it can be written");
    let file = file.to_str().expect("a path");
    let checked = run(&["config", "check", file], None);
    assert_eq!((checked.status.code(), text(&checked.stderr)), (Some(0), ""));
    let missing = format!("{file}-missing");
    let checked = run(&["config", "check", file, &missing], None);
    assert_eq!(checked.status.code(), Some(1));
    assert!(text(&checked.stderr).starts_with(&format!("error: {missing}: cannot be read")));
    let checked = run(&["config", "check", "--json", file, &missing], None);
    let line: Value = serde_json::from_slice(&checked.stdout).expect("JSON");
    assert_eq!(text(&checked.stdout).lines().count(), 1);
    assert_eq!((&line["files"][0]["ok"], &line["files"][1]["ok"]), (&true.into(), &false.into()));
}

#[test]
fn a_dash_is_stdin() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let file = dir.path().join("node.toml");
    let piped = |text: &str, args: &[&str]| {
        fs::write(&file, text).expect("it can be written");
        run_with(args, None, File::open(&file).expect("it can be read").into())
    };
    let printed = piped("[node]\nnetwork = \"choir\"", &["config", "print", "--config", "-"]);
    let printed = text(&printed.stdout).to_owned();
    assert!(printed.contains("# Set by stdin line 2.\nnetwork = \"choir\"\n"), "{printed}");
    let checked = piped(&printed, &["config", "check", "-"]);
    assert!(checked.status.success(), "{}", text(&checked.stderr));
    let wrong = piped("[node]\nport = 0", &["node", "--config", "-"]);
    assert_eq!(wrong.status.code(), Some(1));
    let said = text(&wrong.stderr);
    assert_eq!(said, "error: stdin line 2: node.port is 0, but must be from 1 to 65535\n");
}

#[test]
fn print_tells_programs_of_every_setting() {
    let variable = ("RUMORMILL_NODE__BROADCAST__FLOOD__FANOUT", "4");
    let printed = run(&["config", "print", "--json"], Some(variable));
    assert_eq!(text(&printed.stdout).lines().count(), 1);
    let document: Value = serde_json::from_slice(&printed.stdout).expect("JSON");
    let settings = document["settings"].as_array().expect("a list");
    let fanout = settings.iter().find(|row| row["variable"] == variable.0).expect("fanout");
    assert_eq!((&fanout["value"], &fanout["set_by"]), (&"4".into(), &variable.0.into()));
}

#[test]
fn wrong_settings_end_it_with_one_sentence() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let file = dir.path().join("node.toml");
    fs::write(&file, "[node]\nport = 7001\nttl = 3\n").expect("it can be written");
    let file = file.to_str().expect("a path");
    let off = dir.path().join("off.toml");
    fs::write(&off, "[node]\nbooks = { interval = \"off\" }\n").expect("it can be written");
    let off = off.to_str().expect("a path");
    let wrong = ("RUMORMILL_NODE__PORT", "seven");
    let advertise = ("RUMORMILL_NODE__ADVERTISE", "10.0.0.1:7001");
    let cases = [
        (vec!["node", "--config", off, "--books", "x"], None, 2, "off.toml line 2) contradict"),
        (vec!["node", "-p", "7002"], Some(advertise), 1, "the node listens on, which is 7002"),
        (vec!["node", "-p", "1", "--advertise", "0.0.0.0:1"], None, 2, "others can reach"),
        (vec!["node", "-p", "1"], Some(("RUST_LOG", "a=b=c")), 1, "RUST_LOG is \"a=b=c\""),
        (vec!["node", "--config", file], None, 1, "line 3: node.ttl is no setting"),
        (vec!["up", "--config", file], None, 1, "did you mean `node.broadcast.flood.ttl`?"),
        (vec!["node"], Some(wrong), 1, "RUMORMILL_NODE__PORT: node.port is \"seven\""),
        (vec!["node", "--config", "/nowhere"], None, 1, "/nowhere: cannot be read"),
        (vec!["node", "-p", "1", "--ttl", "256"], None, 2, "from 0 to 255"),
        (vec!["node", "-p", "1", "--interval", "off", "--books", "x"], None, 2, "contradict"),
        (vec!["node"], None, 2, "--port"),
    ];
    for (args, variable, code, sentence) in cases {
        let ended = run(&args, variable);
        let said = text(&ended.stderr);
        assert_eq!(
            (ended.status.code(), text(&ended.stdout)),
            (Some(code), ""),
            "{args:?}: {said}"
        );
        assert!(said.starts_with("error: ") && said.lines().count() == 1, "{args:?}: {said}");
        assert!(said.contains(sentence), "{args:?}: {said}");
    }
}

#[test]
fn shells_and_man_are_told_of_every_command() {
    for shell in ["bash", "zsh", "fish"] {
        let script = run(&["completions", shell], None);
        assert!(script.status.success() && text(&script.stdout).contains("base-port"), "{shell}");
    }
    assert_eq!(run(&["completions", "powershell"], None).status.code(), Some(2));
    assert!(text(&run(&["man"], None).stdout).contains(".SH EXAMPLES\n.nf\n  rumormill up\n"));
    let dir = tempfile::tempdir().expect("a temporary directory");
    let pages = dir.path().join("man1");
    let written = run(&["man", "--dir", pages.to_str().expect("a path")], None);
    assert!(written.status.success(), "{}", text(&written.stderr));
    for page in ["rumormill.1", "rumormill-up.1", "rumormill-config-print.1"] {
        let page = fs::read_to_string(pages.join(page)).expect("the page");
        assert!(page.contains(".SH OPTIONS") && page.contains(".SH EXAMPLES"), "{page}");
    }
}

#[test]
fn a_log_for_programs_is_json() {
    let network = Network::new();
    let _node = network.start(0, &[], "");
    let mut process =
        network.run(&format!("--log-format json node -p {} --interval 10ms", network.port(1)));
    until("it likes books", SOON, || (process.stderr().lines().count() >= 3).then_some(()));
    process.signal("TERM");
    assert_eq!(process.exit_code(SOON), Some(0));
    for line in process.stderr().lines() {
        let line: Value = serde_json::from_str(line).expect("JSON");
        assert!(line["timestamp"].is_string() && line["fields"]["message"].is_string(), "{line}");
    }
}
