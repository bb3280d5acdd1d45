//! What stands in `deploy/`: scripts and manifests do what they say, on a scenario that is small.

use crate::sim::{Desk, text};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const TINY: &str = "node = { discovery = \"roster\", state = \"none\" }
network = { nodes = 10, topology = \"full\" }
drain = \"1 s\"
workload = [{ kind = \"once\" }]
";

fn deploy(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../deploy").join(name)
}

fn read(name: &str) -> String {
    fs::read_to_string(deploy(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// A desk with a small scenario in the place of the one that they are for.
fn desk() -> Desk {
    let desk = Desk::new();
    fs::create_dir(desk.path("scenarios")).expect("it can be made");
    desk.put("scenarios/fanout-1k.toml", TINY);
    desk
}

/// Runs it in a shell where `rumormill` is on the path; it must end well.
#[track_caller]
fn ends_well(desk: &Desk, shell: &[&str], variables: &[(&str, String)]) {
    let program = Path::new(env!("CARGO_BIN_EXE_rumormill")).parent().expect("a directory");
    let path = format!("{}:{}", program.display(), std::env::var("PATH").unwrap_or_default());
    let mut command = Command::new(shell[0]);
    command.args(&shell[1..]).current_dir(desk.0.dir()).env("PATH", path);
    let ended = command.envs(variables.iter().cloned()).output().expect("a shell");
    assert!(ended.status.success(), "{shell:?}: {}", text(&ended.stderr));
}

/// The results are those of one machine.
#[track_caller]
fn is_whole(desk: &Desk, scenario: &str, dir: &str) {
    let args = "--vary node.broadcast.flood.fanout=2..8 --vary network.loss=0,0.01,0.05 --seeds 20 --no-checks";
    desk.printed(&format!("sweep {scenario} {args} --out whole"));
    for name in ["results.csv", "report.html"] {
        assert_eq!(
            desk.read(&format!("{dir}/{name}")),
            desk.read(&format!("whole/{name}")),
            "{name}"
        );
    }
}

#[test]
fn the_array_of_slurm_does_the_sweep_and_the_second_job_joins_it() {
    let desk = desk();
    let script = deploy("sweep.slurm");
    let script = script.to_str().expect("a text");
    assert!(read("sweep.slurm").contains("#SBATCH --array=1-8\n"));
    for task in 1..=8 {
        let variables =
            [("SLURM_ARRAY_TASK_ID", task.to_string()), ("SLURM_CPUS_PER_TASK", "2".into())];
        ends_well(&desk, &["bash", script], &variables);
    }
    ends_well(&desk, &["bash", deploy("merge.slurm").to_str().expect("a text")], &[]);
    is_whole(&desk, "scenarios/fanout-1k.toml", "sweep/all");
}

/// The script that a manifest's container runs, with the volumes elsewhere.
fn script(desk: &Desk, name: &str) -> String {
    let text = read(name);
    let (_, block) = text.split_once("            - |\n").expect("a script");
    let lines = block.lines().map_while(|line| line.strip_prefix("              "));
    let dir = desk.0.dir().display();
    let script = lines.collect::<Vec<_>>().join("\n");
    script
        .replace("/scenario/", &format!("{dir}/scenarios/"))
        .replace("/sweep/", &format!("{dir}/volume/"))
}

#[test]
fn the_pods_of_kubernetes_do_the_sweep_and_the_second_job_joins_it() {
    let desk = desk();
    assert!(read("sweep-job.yaml").contains("  completions: 8\n"));
    for index in 0..8 {
        let variables = [("JOB_COMPLETION_INDEX", index.to_string())];
        ends_well(&desk, &["sh", "-c", &script(&desk, "sweep-job.yaml")], &variables);
    }
    ends_well(&desk, &["sh", "-c", &script(&desk, "merge-job.yaml")], &[]);
    let scenario = desk.path("scenarios/fanout-1k.toml");
    is_whole(&desk, &scenario.display().to_string(), "volume/all");
}

#[test]
fn manifests_are_yaml() {
    let parser =
        "import sys, yaml; [list(yaml.safe_load_all(open(name))) for name in sys.argv[1:]]";
    let has_parser = Command::new("python3").args(["-c", "import yaml"]).output();
    if !has_parser.is_ok_and(|tried| tried.status.success()) {
        eprintln!("skipped: there is no parser of YAML here");
        return;
    }
    let mut command = Command::new("python3");
    command.args(["-c", parser]).args([deploy("sweep-job.yaml"), deploy("merge-job.yaml")]);
    let parsed = command.output().expect("python");
    assert!(parsed.status.success(), "{}", text(&parsed.stderr));
}
