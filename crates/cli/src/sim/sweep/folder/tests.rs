use super::*;
use crate::sim::sweep::shard::Shard;
use rumormill_sim::report::sweep::{Axes, Axis};

fn manifest(shard: Option<Shard>) -> Manifest {
    let axis = Axis { path: "seed".into(), values: ["1", "2", "3", "4"].map(String::from).into() };
    Manifest {
        rumormill_sweep: FORMAT,
        version: "0.1.0".into(),
        name: "any".into(),
        file: "any.toml".into(),
        scenario: "seed = 1".into(),
        scenario_hash: super::super::manifest::hash("seed = 1"),
        files: BTreeMap::from([("line.txt".into(), "12".into())]),
        axes: Axes(vec![axis]),
        flags: vec!["--encode".into()],
        runs: 4,
        shard,
    }
}

fn figures(events: u64) -> Figures {
    Figures {
        events,
        hash: format!("{events:032x}"),
        p99_ms: Some(0.1 + events as f64),
        ..Figures::default()
    }
}

fn claim(dir: &Path) -> Folder {
    Folder::claim(dir, manifest(None)).unwrap_or_else(|error| panic!("{error:#}"))
}

fn refused(dir: &Path, manifest: Manifest) -> String {
    format!("{:#}", Folder::claim(dir, manifest).err().expect("it is taken"))
}

#[test]
fn what_is_kept_is_there_again() {
    let dir = tempfile::tempdir().unwrap();
    let mut folder = claim(dir.path());
    assert_eq!(folder.todo(), [0, 1, 2, 3]);
    folder.keep(2, figures(7)).unwrap();
    folder.keep(0, figures(8)).unwrap();
    drop(folder);
    let folder = claim(dir.path());
    assert_eq!((folder.todo(), folder.done()), (vec![1, 3], 2));
    assert_eq!(folder.finished().1, [figures(8), figures(7)]);
    drop(folder);
    assert!(!dir.path().join(RESERVE).exists());
}

#[test]
fn a_torn_line_is_dropped_wherever_it_is_torn() {
    let dir = tempfile::tempdir().unwrap();
    let mut folder = claim(dir.path());
    folder.keep(1, figures(7)).unwrap();
    let first = folder.len as usize;
    folder.keep(3, figures(8)).unwrap();
    drop(folder);
    let whole = fs::read(dir.path().join(RUNS)).unwrap();
    for len in first..whole.len() {
        fs::write(dir.path().join(RUNS), &whole[..len]).unwrap();
        let mut folder = claim(dir.path());
        assert_eq!(folder.todo(), [0, 2, 3], "{len}");
        folder.keep(3, figures(8)).unwrap();
        drop(folder);
        assert_eq!(fs::read(dir.path().join(RUNS)).unwrap(), whole, "{len}");
    }
}

#[test]
fn one_process_at_a_time() {
    let dir = tempfile::tempdir().unwrap();
    let _folder = claim(dir.path());
    assert!(refused(dir.path(), manifest(None)).starts_with("another process runs the sweep in "));
}

#[test]
fn another_sweep_is_refused_with_what_differs() {
    let dir = tempfile::tempdir().unwrap();
    drop(claim(dir.path()));
    let before = fs::read(dir.path().join(MANIFEST)).unwrap();
    let shard = Some(Shard { index: 2, of: 3 });
    let changed = |change: fn(&mut Manifest)| {
        let mut other = manifest(None);
        change(&mut other);
        other
    };
    for (other, why) in [
        (changed(|of| of.version = "0.2.0".into()), "its runs are of version 0.1.0, not 0.2.0"),
        (changed(|of| of.scenario_hash.clear()), "its scenario says something else"),
        (changed(|of| of.files.clear()), "its line.txt says something else"),
        (changed(|of| _ = of.axes.0[0].values.pop()), "it varies seed=1,2,3,4, not seed=1,2,3;"),
        (changed(|of| of.flags.clear()), "its flags are --encode, not none"),
        (manifest(shard), "it has all of it, not shard 2/3"),
    ] {
        let said = refused(dir.path(), other);
        assert!(said.contains(&format!(" has another sweep: {why}")), "{said}");
    }
    assert_eq!(fs::read(dir.path().join(MANIFEST)).unwrap(), before);
}

#[test]
fn what_is_no_run_of_it_is_told_with_its_line() {
    let dir = tempfile::tempdir().unwrap();
    let mut folder = claim(dir.path());
    folder.keep(1, figures(7)).unwrap();
    drop(folder);
    let line = fs::read_to_string(dir.path().join(RUNS)).unwrap();
    for wrong in [
        "nonsense\n".into(),
        line.clone(),
        line.replace("\"index\":1", "\"index\":2"),
        line.replace("\"index\":1", "\"index\":9"),
    ] {
        fs::write(dir.path().join(RUNS), format!("{line}{wrong}")).unwrap();
        let said = refused(dir.path(), manifest(None));
        assert!(said.contains("runs.ndjson line 2 is no run of this sweep"), "{said}");
    }
}

#[test]
fn a_directory_of_something_else_is_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("results.csv"), "mine").unwrap();
    assert!(refused(dir.path(), manifest(None)).contains("has a results.csv that is of no sweep"));
    fs::remove_file(dir.path().join("results.csv")).unwrap();
    for (text, why) in [
        ("{}", "is no manifest of a sweep"),
        ("[", "is no manifest of a sweep"),
        ("{\"rumormill_sweep\":9}", "has the format 9, but this program reads format 1"),
    ] {
        fs::write(dir.path().join(MANIFEST), text).unwrap();
        let said = refused(dir.path(), manifest(None));
        assert!(said.contains(why), "{said}");
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1, "nothing was written");
    }
}
