//! A sweep on a disk that becomes full.

use crate::full_disk::SmallDisk;
use crate::harness::{Network, SOON};
use std::fs::{self, File};

const TINY: &str = "node = { discovery = \"roster\", state = \"none\" }
network = { nodes = 4, topology = \"full\" }
drain = \"1 s\"
workload = [{ kind = \"once\" }]
check.agree = false
";

/// Leaves so many bytes of the disk free.
fn leave(disk: &SmallDisk<'_>, bytes: u64) {
    disk.fill();
    let file =
        File::options().write(true).open(disk.seen_from_here("filler")).expect("it is there");
    let full = file.metadata().expect("it is there").len();
    file.set_len(full - bytes).expect("it can be shorter");
}

#[test]
fn a_full_disk_loses_no_run_that_is_done() {
    let network = Network::new();
    let Some(disk) = SmallDisk::make(&network) else { return };
    let file = network.dir().join("tiny.toml");
    fs::write(&file, TINY).expect("it can be written");
    let out = disk.path.join("sweep");
    let args = format!("sim sweep {} --vary seed=1..400 --out {}", file.display(), out.display());
    leave(&disk, 120_000);
    let mut process = disk.run(&args);
    let (code, said) = (process.exit_code(SOON), process.stderr());
    assert_eq!(code, Some(1), "{said}");
    let runs = disk.seen_from_here("sweep/runs.ndjson");
    let lines = || fs::read_to_string(&runs).expect("it is there");
    let kept = lines();
    let count = kept.lines().count();
    assert!(kept.ends_with('\n') && (20..400).contains(&count), "{count} runs are kept");
    assert!(said.contains(&format!(": {count} of 400 runs are kept in ")), "{said}");
    assert!(said.contains("No space left") && said.contains("make room"), "{said}");
    leave(&disk, 0);
    let mut process = disk.run(&args);
    assert_eq!(process.exit_code(SOON), Some(1), "without room for the reserve");
    assert!(process.stderr().contains("No space left"), "{}", process.stderr());
    assert_eq!(lines(), kept);
    disk.make_room();
    let mut process = disk.run(&args);
    assert_eq!(process.exit_code(SOON), Some(0), "{}", process.stderr());
    let now = format!("400 runs, {} of them now", 400 - count);
    assert!(process.stdout().starts_with(&now), "{}", process.stdout());
}
