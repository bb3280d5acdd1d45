//! A disk that is full, and one that becomes full. It is a small file system in memory, in a
//! namespace of its own, where the system allows that.

use crate::harness::{Network, Node, Process, SOON, get, order, until};
use serde_json::{Value, json};
use std::fs::{self, File};
use std::io::{ErrorKind, Write};
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// A small file system, which only processes that are started here see; it ends with this.
pub struct SmallDisk<'a> {
    network: &'a Network,
    /// Where it is, for those who see it.
    pub path: PathBuf,
    holder: Process,
}

impl SmallDisk<'_> {
    /// Nothing where the system doesn't allow it.
    pub fn make(network: &Network) -> Option<SmallDisk<'_>> {
        let path = network.dir().join("disk");
        fs::create_dir_all(&path).expect("it can be made");
        let mount = format!("mount -t tmpfs -o size=4m,mode=700 tmpfs {}", path.display());
        if !is_allowed(&mount) {
            eprintln!("skipped: this system allows no mounts in a namespace of one's own");
            return None;
        }
        let hold = format!("{mount} && echo mounted && exec tail -f /dev/null");
        let args = ["--user", "--map-root-user", "--mount", "sh", "-c", hold.as_str()];
        let args: Vec<String> = args.into_iter().map(String::from).collect();
        let holder = Process::spawn_program(network.dir(), "unshare", &args);
        until("it is mounted", SOON, || holder.stdout().contains("mounted").then_some(()));
        Some(SmallDisk { network, path, holder })
    }

    /// Where that file is, for us who don't see the disk.
    pub fn seen_from_here(&self, name: &str) -> PathBuf {
        let root = PathBuf::from(format!("/proc/{}/root", self.holder.id()));
        root.join(self.path.strip_prefix("/").expect("absolute")).join(name)
    }

    /// Starts the node with that number, with its data on the disk.
    fn spawn(&self, at: u16, bootstrap: &[u16], options: &str) -> Node {
        let args = self.network.node_args(at, bootstrap, &self.path.join("data"), options);
        Node::of(self.network.port(at), self.run(&args))
    }

    /// Runs `rumormill` with those arguments, parted by spaces, where it sees the disk.
    pub fn run(&self, args: &str) -> Process {
        let enter = format!("--user --mount --preserve-credentials -t {}", self.holder.id());
        let program = env!("CARGO_BIN_EXE_rumormill");
        let enter = enter.split(' ').chain([program]).chain(args.split_whitespace());
        let enter: Vec<String> = enter.map(String::from).collect();
        Process::spawn_program(self.network.dir(), "nsenter", &enter)
    }

    /// Takes all room that is left.
    pub fn fill(&self) {
        let mut file = File::create(self.seen_from_here("filler")).expect("a file");
        let full = std::iter::from_fn(|| Some(file.write(&[7; 4096]))).find_map(Result::err);
        assert_eq!(full.map(|error| error.kind()), Some(ErrorKind::StorageFull));
    }

    pub fn make_room(&self) {
        fs::remove_file(self.seen_from_here("filler")).expect("it is there");
    }

    /// Sets a key of the node, whose data is here; gives the status and the answer.
    fn set(&self, node: &Node, key: &str, value: &Value) -> (u16, Value) {
        let token = fs::read_to_string(self.seen_from_here("data/token")).expect("a token");
        let what = format!("PUT /api/v1/state/{key}");
        order(node.port, &what, &token, &json!({ "value": value })).expect("it answers")
    }
}

fn is_allowed(mount: &str) -> bool {
    let mut command = Command::new("unshare");
    let args = ["--user", "--map-root-user", "--mount", "sh", "-c", mount];
    let tried = command.args(args).stdout(Stdio::null()).stderr(Stdio::null()).status();
    let enters = Command::new("nsenter").arg("--version").stdout(Stdio::null()).status();
    tried.is_ok_and(|tried| tried.success()) && enters.is_ok_and(|enters| enters.success())
}

#[test]
fn a_start_on_a_full_disk_is_refused_in_a_sentence() {
    let network = Network::new();
    let Some(disk) = SmallDisk::make(&network) else { return };
    disk.fill();
    let mut process = disk.spawn(0, &[], "--interval off");
    let process = process.process();
    let (code, said) = (process.exit_code(SOON), process.stderr());
    assert_eq!((code, said.lines().count()), (Some(1), 1), "{said}");
    assert!(said.starts_with("error: no room on the disk for "), "{said}");
    assert!(said.contains("--data-dir"), "{said}");
    disk.make_room();
    disk.spawn(0, &[], "--interval off").wait_until_it_answers();
}

#[test]
fn a_disk_that_becomes_full_costs_nothing_that_was_acknowledged() {
    let network = Network::new();
    let Some(disk) = SmallDisk::make(&network) else { return };
    let other = network.start(1, &[], "--interval off --sync 500ms");
    let mut node = disk.spawn(0, &[1], "--interval 200ms --sync 500ms").wait_until_it_answers();
    let value = |letter: &str| Value::from(letter.repeat(20_000));
    assert_eq!(disk.set(&node, "first", &value("a")).0, 200);
    disk.fill();
    let taken = fill_up(&disk, &node, &value("b"));
    assert_eq!(get(node.port, "/healthz"), Some(json!({"status": "ok"})));
    hears(&node, &other, &network);
    until("its books are not stored", SOON, || {
        node.process().stderr().contains("still likes what it liked before").then_some(())
    });
    let book = node.version_of(node.port);
    disk.make_room();
    let (status, answer) = disk.set(&node, "last", &value("c"));
    assert_eq!(status, 200, "without a restart: {answer}");
    let has_all = |node: &Node| {
        let says = |key: &str| get(node.port, &format!("/api/v1/state/{key}"));
        let is = |key: &str, letter| says(key).is_some_and(|found| found["value"] == value(letter));
        assert!(is("first", "a") && is("last", "c"));
        assert!(taken.iter().all(|key| is(key, "b")), "{taken:?}");
        assert_eq!(says("refused"), None);
    };
    has_all(&node);
    until("it likes books again", SOON, || (node.version_of(node.port) > book).then_some(()));
    node.process().kill();
    has_all(&disk.spawn(0, &[1], "--interval off").wait_until_it_answers());
}

/// Sets keys until there is no room for one; gives those that were taken.
fn fill_up(disk: &SmallDisk<'_>, node: &Node, value: &Value) -> Vec<String> {
    let mut taken = Vec::new();
    for number in 0..200 {
        let key = format!("more-{number}");
        let (status, answer) = disk.set(node, &key, value);
        if status == 507 {
            assert!(answer.to_string().contains("make room"), "{answer}");
            let (status, _) = disk.set(node, "refused", value);
            assert_eq!((status, get(node.port, "/api/v1/state/refused")), (507, None));
            return taken;
        }
        assert_eq!(status, 200, "{answer}");
        taken.push(key);
    }
    panic!("the disk is never full");
}

/// What the other node says arrives at this one.
fn hears(node: &Node, other: &Node, network: &Network) {
    let token = fs::read_to_string(network.data_dir(1).join("token")).expect("a token");
    let said = order(other.port, "PUT /api/v1/state/book", &token, &json!({"value": "Emma"}));
    assert_eq!(said.expect("it answers").0, 200);
    until("it hears of it", SOON, || node.knows_all(&[other.port]).then_some(()));
}
