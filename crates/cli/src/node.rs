//! `rumormill node`: one node and its reader of books.

use crate::args::{NodeArgs, Usage};
use crate::signals::asked_to_stop;
use anyhow::Context;
use rumormill::{Address, Node, NodeEvent, SetError, StartError, State, Told};
use rumormill_config::Layers;
use rumormill_core::{Gone, Peer, PeerMap, Rng};
use rumormill_net::driver::Settings;
use rumormill_node::books::{BOOK, Books, next_draw};
use rumormill_node::{Plane, StateConfig};
use rumormill_protocols::planes::{DiscoveryEvent, StateEvent};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;
use tokio::io::AsyncReadExt;

/// Runs until it is asked to stop.
pub async fn run(args: NodeArgs) -> anyhow::Result<ExitCode> {
    let stop = asked_to_stop();
    let layers = args.layers()?;
    let config = layers.config();
    let Some(port) = config.port else {
        let fault = "which port? Give --port, or set `port` in a file or RUMORMILL_NODE__PORT";
        return Err(Usage(fault.into()).into());
    };
    let books = read_books(config.books.file.as_deref().map(Path::new))?;
    let data_dir = config.data_dir.as_ref().map(PathBuf::from).or_else(|| default_data_dir(port));
    let node = start(&layers, data_dir.as_deref()).await?;
    announce(&node, args.json);
    tokio::spawn(log(node.clone()));
    match (config.books.interval, &config.state) {
        (None, _) => {}
        (Some(_), StateConfig::None) => tracing::warn!("without a state plane no book is liked"),
        (Some(interval), StateConfig::Registers(_)) => {
            tokio::spawn(like_books(node.state(), books, interval, node.port()));
        }
    }
    tokio::select! {
        () = stop => {}
        () = stdin_closed(), if args.end_with_stdin => {}
    }
    node.shutdown().await;
    if args.remove_data
        && let Some(dir) = data_dir
    {
        // Whoever made it may be gone; and if not, it is gone already. The last of its nodes leaves
        // the directory of all empty, and takes it along.
        let _ = std::fs::remove_dir_all(&dir);
        let _ = dir.parent().map(std::fs::remove_dir);
    }
    Ok(ExitCode::SUCCESS)
}

async fn start(layers: &Layers, data_dir: Option<&Path>) -> anyhow::Result<Node> {
    let mut builder = Node::builder().config(layers.config().clone());
    match data_dir {
        Some(dir) => builder = builder.data_dir(dir),
        None => {
            tracing::warn!("neither XDG_STATE_HOME nor HOME is set: nothing outlives this process")
        }
    }
    builder.spawn().await.map_err(|error| match error {
        StartError::BadListen(_) => {
            let bind = &layers.config().bind;
            let by = layers.origin("node.bind").map_or("--bind".into(), ToString::to_string);
            let fault = format!("{by}: `{bind}` is no address of this host: try 127.0.0.1");
            Usage(fault).into()
        }
        StartError::BadAddress(_)
        | StartError::BadNetwork(_)
        | StartError::BeyondLoopback(_)
        | StartError::Unadvertised { .. } => Usage(error.to_string()).into(),
        error => error.into(),
    })
}

/// `$XDG_STATE_HOME/rumormill/<port>`, as the XDG base directory specification has it.
fn default_data_dir(port: u16) -> Option<PathBuf> {
    let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
    let state = set("XDG_STATE_HOME").map(PathBuf::from).filter(|dir| dir.is_absolute());
    let home = || set("HOME").map(|home| PathBuf::from(home).join(".local/state"));
    Some(state.or_else(home)?.join("rumormill").join(port.to_string()))
}

/// The list in a file, or else the one that comes with the program.
pub fn read_books(file: Option<&Path>) -> anyhow::Result<Books> {
    let Some(file) = file else { return Ok(Books::embedded()) };
    let shown = file.display();
    let text = std::fs::read_to_string(file).with_context(|| format!("cannot read {shown}"))?;
    Books::parse(&text).with_context(|| format!("{shown} is no list of books"))
}

fn announce(node: &Node, json: bool) {
    let address = node.address();
    let line = if json {
        serde_json::json!({ "listening": address.as_str() }).to_string()
    } else {
        format!("listening on http://{address}/")
    };
    // A node does its work whether or not somebody listens to what it prints.
    let _ = writeln!(std::io::stdout(), "{line}");
}

/// Likes another book about every `interval`, until the node ends.
async fn like_books(state: State, books: Books, interval: Duration, port: u16) {
    let Ok(key) = Settings::entropy() else { return };
    let mut rng = Rng::new(key, 0);
    let mut last: Option<String> = None;
    loop {
        let book = books.draw(last.as_deref(), &mut rng).to_owned();
        tracing::info!("{port} likes {book}");
        match state.set(BOOK, book.as_str()).await {
            Ok(_) => last = Some(book),
            Err(SetError::Ended(_)) => return,
            // It may go better next time.
            Err(error) => tracing::warn!("{port} still likes what it liked before: {error}"),
        }
        tokio::time::sleep(next_draw(interval, &mut rng)).await;
    }
}

async fn stdin_closed() {
    let mut bytes = [0; 64];
    let mut stdin = tokio::io::stdin();
    while stdin.read(&mut bytes).await.is_ok_and(|read| read > 0) {}
}

/// Says what a person wants to know.
async fn log(node: Node) {
    let mut events = node.events();
    let own = node.address();
    drop(node);
    let mut names = PeerMap::default();
    while let Some(told) = events.next().await {
        match told {
            Told::Event(event) => log_event(event, &mut names),
            Told::Gap(missed) => tracing::debug!("{own}: {missed} events not logged"),
        }
    }
}

fn log_event(event: NodeEvent, names: &mut PeerMap<String>) {
    match event {
        Plane::Discovery(DiscoveryEvent::Up(peer, link)) => {
            tracing::info!("{} is a neighbour", link.name);
            names.insert(peer, link.name.to_string());
        }
        Plane::Discovery(DiscoveryEvent::Down(peer, gone)) => {
            let name = names.remove(peer).unwrap_or_default();
            match gone {
                Gone::Failed(why) => tracing::info!("{name} is down: {why}"),
                Gone::Left | Gone::Evicted => tracing::debug!("{name} is no longer a neighbour"),
            }
        }
        Plane::Discovery(DiscoveryEvent::Unreachable(target, why)) => {
            tracing::info!("{target} can't be reached: {why}");
        }
        Plane::Discovery(DiscoveryEvent::Clash { name, kept, refused }) => {
            let at = |address: Option<Address>| address.map_or("?".into(), |at| at.to_string());
            let (kept, refused) = (at(kept), at(refused));
            tracing::warn!("two nodes are called {name}: {kept} is kept, {refused} is not used");
        }
        Plane::State(event) => log_state(event, names),
        Plane::Broadcast(event) => tracing::trace!("{event:?}"),
    }
}

fn log_state(event: StateEvent, names: &PeerMap<String>) {
    let name = |peer: Peer| names.get(peer).map_or("a stranger", String::as_str);
    match event {
        StateEvent::Adopted { version, from } => {
            tracing::info!("{} knew our version {version}; going on above it", name(from));
        }
        StateEvent::NotDurable(why) => {
            tracing::warn!("the data directory can't be written ({why}): nothing is published");
        }
        StateEvent::Refused(id, from, why) => {
            tracing::info!("refused {id} from {}: {why}", name(from));
        }
        StateEvent::Learned(rumor, _) => {
            tracing::debug!("{} version {}", rumor.origin, rumor.version);
        }
        event => tracing::trace!("{event:?}"),
    }
}
