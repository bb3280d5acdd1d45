use super::*;
use clap::CommandFactory;
use rumormill_node::{BroadcastConfig, StateConfig};

fn parse(args: &[&str]) -> Result<Command, clap::Error> {
    Ok(Cli::try_parse_from(["rumormill"].iter().chain(args))?.command)
}

fn node(args: &[&str]) -> NodeArgs {
    match parse(&[&["node"], args].concat()).unwrap_or_else(|error| panic!("{error}")) {
        Command::Node(args) => args,
        _ => unreachable!("the command is node"),
    }
}

fn layers(args: &[&str]) -> Layers {
    node(args).layers().unwrap_or_else(|error| panic!("{args:?}: {error}"))
}

/// What is wrong with it, and that it is wrong usage.
fn refused(args: &[&str]) -> String {
    let error = node(args).layers().err().unwrap_or_else(|| panic!("{args:?} is taken"));
    assert!(error.is::<Usage>(), "{error}");
    error.to_string()
}

#[test]
fn the_definition_is_sound() {
    Cli::command().debug_assert();
}

#[test]
fn flags_that_are_not_given_change_nothing() {
    let layers = layers(&[]);
    let settings = rumormill_config::rows(&layers);
    assert!(settings.iter().all(|row| row.set_by.is_none()), "{settings:?}");
}

#[test]
fn a_file_is_overridden_by_flags_alone() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("node.toml");
    let text =
        "[node]\nport = 7001\nbroadcast = { flood = { fanout = 2, ttl = 3 } }\nstate = \"none\"";
    std::fs::write(&file, text).unwrap();
    let file = file.to_str().unwrap();
    let layers = layers(&["--config", file, "--ttl", "5", "-b", "7000"]);
    let config = layers.config();
    let BroadcastConfig::Flood(flood) = &config.broadcast;
    assert_eq!(
        (config.port, flood.ttl, format!("{:?}", flood.fanout)),
        (Some(7001), 5, "Random(2)".into())
    );
    assert!(matches!(config.state, StateConfig::None));
    assert_eq!(config.bootstrap, ["7000"]);
    let contradiction = refused(&["--config", file, "--sync", "5s"]);
    assert!(contradiction.starts_with("--sync: node.state is \"none\""), "{contradiction}");
}

#[test]
fn behaviour_survives_being_handed_to_a_child() {
    let typed = ["-p", "7001", "--interval", "1500ms", "--fanout", "3", "--sync", "off"];
    let all = layers(&[&typed[..], &["--network", "a-b", "--books", "/tmp/a \"list\""]].concat());
    let behaviour = Behaviour::of(&all);
    assert_eq!(behaviour.interval, Duration::from_millis(1500));
    let args = behaviour.to_args().into_iter().map(|arg| arg.into_string().unwrap());
    let args: Vec<String> = ["-p".into(), "7001".into()].into_iter().chain(args).collect();
    let again = layers(&args.iter().map(String::as_str).collect::<Vec<_>>());
    assert_eq!(format!("{:?}", again.config()), format!("{:?}", all.config()));
}

#[test]
fn what_is_one_node_s_alone_is_not_handed_on() {
    let typed = ["-p", "7001", "-b", "7000", "--advertise", "a:7001", "--data-dir", "x"];
    let behaviour = Behaviour::of(&layers(&typed));
    assert_eq!(behaviour.to_args(), ["--settings", "[node]\n"]);
}

#[test]
fn interval_can_be_off() {
    assert_eq!(layers(&["--interval", "off"]).config().books.interval, None);
    let contradiction = refused(&["--interval", "off", "--books", "list"]);
    assert!(contradiction.contains("contradict"), "{contradiction}");
}

#[test]
fn wrong_flags_are_explained() {
    let cases: [&[&str]; 16] = [
        &["-p", "0"],
        &["-p", "65536"],
        &["-p", "seven"],
        &["-b", "0"],
        &["-b", "nonsense"],
        &["--bind", "127.0.0.1:7000"],
        &["--advertise", "here"],
        &["--network", "a/b"],
        &["--fanout", "0"],
        &["--fanout", "none"],
        &["--ttl", "256"],
        &["--max-peers", "0"],
        &["--interval", "0s"],
        &["--interval", "10"],
        &["--sync", "1ms"],
        &["--sync", "never"],
    ];
    let said: Vec<String> = cases.iter().map(|case| refused(case)).collect();
    insta::assert_snapshot!(said.join("\n"));
}

#[test]
fn a_protocol_that_there_is_not_is_answered_with_those_that_there_are() {
    let plane = [
        ("--transport", "http"),
        ("--discovery", "peer-list"),
        ("--discovery", "roster"),
        ("--broadcast", "flood"),
    ];
    for (flag, known) in plane {
        assert!(parse(&["node", flag, known]).is_ok());
        let error = parse(&["node", flag, "pigeon"]).unwrap_err().to_string();
        assert!(error.contains(flag) && error.contains(known), "{error}");
    }
}

#[test]
fn every_command_has_this_help() {
    let mut help = String::new();
    collect(Cli::command().term_width(100), "", &mut help);
    insta::assert_snapshot!(help);
}

fn collect(mut command: clap::Command, above: &str, help: &mut String) {
    let name = format!("{above}{}", command.get_name());
    command = command.bin_name(&name).term_width(100);
    help.push_str(&format!("$ {name} --help\n{}\n", command.render_long_help()));
    let below = command.get_subcommands().filter(|command| command.get_name() != "help").cloned();
    below.collect::<Vec<_>>().into_iter().for_each(|it| collect(it, &format!("{name} "), help));
}
