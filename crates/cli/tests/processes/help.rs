//! Help.

use crate::harness::{Network, SOON};

/// What `rumormill <args>` prints; it must end well.
fn printed(network: &Network, args: &str) -> String {
    let mut process = network.run(args);
    let code = process.exit_code(SOON);
    assert_eq!((code, process.stderr().as_str()), (Some(0), ""), "{args}");
    process.stdout()
}

/// The commands that a help text lists.
fn commands(help: &str) -> Vec<String> {
    let listed = help.lines().skip_while(|line| *line != "Commands:").skip(1);
    let names = listed.take_while(|line| !line.is_empty()).filter_map(|line| {
        // What goes on below is indented further.
        let name = line.strip_prefix("  ")?.split(' ').next()?;
        (!name.is_empty() && name != "help").then(|| name.to_owned())
    });
    names.collect()
}

/// It and every command below it.
fn has_examples(network: &Network, command: &str) -> usize {
    let help = printed(network, &format!("{command} --help"));
    let example = format!("  rumormill {command}").trim_end().to_owned();
    let (_, examples) = help.split_once("Examples:\n").expect("a help text has examples");
    assert!(examples.lines().all(|line| line.starts_with(&example)), "{command}: {help}");
    let below = commands(&help);
    let below = below.iter().map(|name| has_examples(network, format!("{command} {name}").trim()));
    1 + below.sum::<usize>()
}

#[test]
fn every_command_has_help_with_an_example() {
    assert!(has_examples(&Network::new(), "") >= 3);
}

#[test]
fn the_version_is_told() {
    let version = printed(&Network::new(), "--version");
    assert_eq!(version, format!("rumormill {}\n", env!("CARGO_PKG_VERSION")));
}
