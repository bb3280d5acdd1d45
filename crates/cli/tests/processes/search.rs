//! `sim search`, as a whole process runs it.

use crate::sim::Desk;
use serde_json::Value;

fn document(stdout: &[u8]) -> Value {
    serde_json::from_slice(stdout).expect("one line of JSON")
}

#[test]
fn what_breaks_is_found_made_small_and_shown_again_by_one_command() {
    let desk = Desk::new();
    let found = desk.sim("search forgetful.toml --cases 20 --jobs 1 --shrink 60 --json");
    assert_eq!(found.status.code(), Some(1), "{found:?}");
    let finding = &document(&found.stdout)["finding"];
    assert_eq!(finding["kind"], "once");
    let command = finding["command"].as_str().unwrap();
    let file = command.strip_prefix("rumormill sim run ./").unwrap();
    assert_eq!(desk.read(file), finding["scenario"].as_str().unwrap());
    let again = desk.sim(&format!("run {file} --json"));
    assert_eq!(again.status.code(), Some(1), "{again:?}");
    assert_eq!(document(&again.stdout)["violations"][0]["checker"], "once");
}

#[test]
fn where_nothing_breaks_it_says_how_much_it_looked_at() {
    let desk = Desk::new();
    let nothing = desk.sim("search small.toml --cases 5 --json");
    assert_eq!(nothing.status.code(), Some(0), "{nothing:?}");
    let document = document(&nothing.stdout);
    assert_eq!((&document["cases"], &document["finding"]), (&5.into(), &Value::Null));
    let said = desk.sim("search small.toml --cases 2 --jobs 1");
    let said = String::from_utf8(said.stdout).unwrap();
    assert!(said.starts_with("nothing found in 2 cases"), "{said}");
}

#[test]
fn what_is_wrong_is_told_before_anything_runs() {
    let desk = Desk::new();
    desk.put("misspelt.toml", "network.nods = 4");
    for (args, says) in [
        ("search misspelt.toml", "network.nods"),
        ("search none.toml", "none.toml"),
        ("search --budget soon", "10 min"),
        ("search --cases 3 --out nowhere", "is no directory"),
    ] {
        let wrong = desk.sim(args);
        let said = String::from_utf8(wrong.stderr).unwrap();
        assert!(said.contains(says) && wrong.stdout.is_empty(), "{args}: {said}");
        assert_eq!(wrong.status.code(), Some(2), "{args}: {said}");
    }
}
