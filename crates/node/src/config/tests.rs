use super::*;
use alloc::string::ToString;
use rumormill_core::Duration;

#[test]
fn the_defaults_are_sound() {
    assert_eq!(Config::default().check(), Ok(()));
}

#[test]
fn an_error_has_the_whole_path() {
    let mut config = Config::default();
    let DiscoveryConfig::PeerList(peers) = &mut config.discovery else { panic!("the default") };
    peers.backoff.most = Duration::from_millis(20);
    assert_eq!(
        config.check().unwrap_err().to_string(),
        "node.discovery.peer-list.backoff.most is \"20 ms\", but must be at least `least`, which is 1 s"
    );
    let mut config = Config::default();
    let TransportConfig::Http(http) = &mut config.transport;
    http.server.connections_max = 0;
    assert_eq!(
        config.check().unwrap_err().to_string(),
        "node.transport.http.server.connections_max is 0, but must be from 1 to 1000000"
    );
}

#[test]
fn a_node_is_reached_at_its_own_port() {
    let advertise = Some("example.org:7001".to_string());
    let at = |port| Config { port, advertise: advertise.clone(), ..Config::default() };
    assert_eq!(at(Some(7001)).check(), Ok(()));
    assert_eq!(at(None).check(), Ok(()), "whoever chooses a port later checks it");
    assert_eq!(
        at(Some(7002)).check().unwrap_err().to_string(),
        "node.advertise is \"example.org:7001\", but must be at the port that the node listens on, \
         which is 7002"
    );
}

#[test]
fn a_plane_knows_its_protocols() {
    assert_eq!(StateConfig::NAMES, ["registers", "none"]);
    assert!(matches!(StateConfig::named("none"), Some(StateConfig::None)));
    assert!(BroadcastConfig::named("shout").is_none());
    assert_eq!(Config::default().broadcast.name(), "flood");
}

#[test]
fn every_setting_is_explained() {
    fn explained(keys: &[rumormill_protocols::parts::settings::Key]) -> usize {
        use rumormill_protocols::parts::settings::Nested;
        let below = keys.iter().map(|key| {
            assert!(!key.doc.is_empty(), "{} has no doc", key.name);
            match key.nested {
                Nested::Value | Nested::Text => 1,
                Nested::Table(keys) => explained(keys),
                Nested::OneOf(choices) => choices.all.iter().map(|one| explained(one.keys)).sum(),
                Nested::Among(..) | Nested::Kind(_) | Nested::Tables(_) => 0,
            }
        });
        below.sum()
    }
    assert!(explained(Config::KEYS) > 40);
}
