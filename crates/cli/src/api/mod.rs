//! Talking to a running node over its API (`docs/guide/api.md`).

mod refusal;
mod token;

use crate::args::Usage;
use clap::Args;
use refusal::{refused, unreached};
use rumormill_net::transport::http::Endpoint;
use serde_json::Value;
use std::io::{BufReader, Read};
use std::path::PathBuf;
use std::time::Duration;
use token::Secret;
use ureq::http::Response;
use ureq::{Agent, Body};

/// How long an answer may take to begin: more than a node allows itself.
const TIMEOUT: Duration = Duration::from_secs(15);

/// How long all of an answer may take, but for those that go on for as long as the node does.
const WHOLE_TIMEOUT: Duration = Duration::from_secs(60);

/// The largest answer that is read, in bytes: more than all registers that a node keeps.
const ANSWER_MAX: u64 = 256 << 20;

/// Which node to talk to, and how to show what it says.
#[derive(Args, Clone, Debug)]
pub struct ApiArgs {
    /// The node to talk to
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:7000", value_parser = address)]
    api: String,
    /// Where its token is [default: in the data directory that the node names]
    #[arg(long, value_name = "FILE")]
    token_file: Option<PathBuf>,
    /// Print JSON: one document a line
    #[arg(long)]
    pub json: bool,
}

fn address(text: &str) -> Result<String, String> {
    let text = if text.parse::<u16>().is_ok() { format!("127.0.0.1:{text}") } else { text.into() };
    match Endpoint::parse(&text) {
        Some(_) => Ok(text),
        None => Err("must be host:port, or a port of this host".into()),
    }
}

/// A way to one node.
pub struct Api {
    address: String,
    token_file: Option<PathBuf>,
    agent: Agent,
}

impl Api {
    /// To the node that the arguments name.
    pub fn new(args: &ApiArgs) -> Api {
        let (address, token_file) = (args.api.clone(), args.token_file.clone());
        Api { address, token_file, agent: agent(Some(WHOLE_TIMEOUT)) }
    }

    /// Where the node is.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// The document at a path.
    pub fn get(&self, path: &str) -> anyhow::Result<Value> {
        self.read(self.open(&self.agent, path)?)
    }

    /// What the node tells at a path for as long as it does.
    pub fn stream(&self, path: &str) -> anyhow::Result<impl std::io::BufRead + Send + use<>> {
        Ok(BufReader::new(self.open(&agent(None), path)?.into_body().into_reader()))
    }

    /// Sends a document; needs the token.
    pub fn send(&self, method: &str, path: &str, body: Option<&Value>) -> anyhow::Result<Value> {
        let request = ureq::http::Request::builder()
            .method(method)
            .uri(self.url(path))
            .header("authorization", self.secret()?.header())
            .header("content-type", "application/json");
        let body = body.map(Value::to_string).unwrap_or_default();
        let answer = self.agent.run(request.body(body)?);
        self.read(self.judged(answer)?)
    }

    fn open(&self, agent: &Agent, path: &str) -> anyhow::Result<Response<Body>> {
        let mut request = agent.get(self.url(path));
        if let Some(file) = &self.token_file {
            request = request.header("authorization", Secret::read(file)?.header());
        }
        self.judged(request.call())
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// The token, from where the arguments or else the node say that it is.
    fn secret(&self) -> anyhow::Result<Secret> {
        if let Some(file) = &self.token_file {
            return Secret::read(file);
        }
        // Whoever answers names the file that is then sent there: only a node of this host may.
        if !is_near(&self.address) {
            anyhow::bail!(
                "the node at {} is not on this host: give its token by --token-file",
                self.address
            );
        }
        let about = self.get("/api/v1/node")?;
        match about["data_dir"].as_str() {
            Some(dir) => Secret::read(&PathBuf::from(dir).join("token")),
            None => anyhow::bail!(
                "the node at {} has no data directory, so it has no token and nobody may change it: \
                 start it with --data-dir",
                self.address
            ),
        }
    }

    fn judged(
        &self,
        answer: Result<Response<Body>, ureq::Error>,
    ) -> anyhow::Result<Response<Body>> {
        match answer {
            Ok(answer) if answer.status().is_success() => Ok(answer),
            Ok(answer) => Err(refused(&self.address, answer)),
            Err(error) => Err(unreached(&self.address, error)),
        }
    }

    fn read(&self, answer: Response<Body>) -> anyhow::Result<Value> {
        let mut body = Vec::new();
        let read = answer.into_body().into_reader().take(ANSWER_MAX).read_to_end(&mut body);
        read.map_err(|error| unreached(&self.address, error.into()))?;
        let document = serde_json::from_slice(&body).ok();
        document.ok_or_else(|| anyhow::anyhow!("what answers at {} is no node", self.address))
    }
}

/// A client whose exchanges take at most that long.
fn agent(whole: Option<Duration>) -> Agent {
    let config = Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        // A node is reached directly, whatever the way to the rest of the world is.
        .proxy(None)
        .timeout_connect(Some(TIMEOUT))
        .timeout_recv_response(Some(TIMEOUT))
        .timeout_global(whole);
    config.build().new_agent()
}

fn is_near(address: &str) -> bool {
    let Some(endpoint) = Endpoint::parse(address) else { return false };
    let is_loopback = endpoint.ip().is_some_and(|ip| ip.to_canonical().is_loopback());
    is_loopback || endpoint.host.eq_ignore_ascii_case("localhost")
}

/// A text as one segment of a path, or one value of a query.
pub fn escaped(text: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte);
    let escape = |byte: u8| match is_plain(byte) {
        true => char::from(byte).to_string(),
        false => format!("%{byte:02X}"),
    };
    // `.` and `..` have a meaning of their own in paths.
    match text {
        "." | ".." => text.replace('.', "%2E"),
        text => text.bytes().map(escape).collect(),
    }
}

/// All of stdin, which may be so many bytes.
pub fn input(most: usize) -> anyhow::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    std::io::stdin().lock().take(most as u64 + 1).read_to_end(&mut bytes)?;
    match bytes.len() > most {
        true => {
            Err(Usage(format!("stdin says more than the {most} bytes that a node takes")).into())
        }
        false => Ok(bytes),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_of_any_kind_stand_in_a_path() {
        assert_eq!(escaped("mood-1.x"), "mood-1.x");
        assert_eq!(escaped("a/b c?é"), "a%2Fb%20c%3F%C3%A9");
        assert_eq!(escaped(".."), "%2E%2E");
    }

    #[test]
    fn only_a_node_of_this_host_may_name_the_token() {
        assert!(["127.0.0.1:1", "[::1]:1", "localhost:1"].into_iter().all(is_near));
        assert!(!["192.0.2.1:1", "localhost.example:1", "10.0.0.1:1"].into_iter().any(is_near));
    }

    #[test]
    fn a_bare_port_is_on_this_host() {
        assert_eq!(address("7003").unwrap(), "127.0.0.1:7003");
        assert_eq!(address("example.org:80").unwrap(), "example.org:80");
        assert!(address("nonsense").is_err() && address("127.0.0.1:0").is_err());
    }
}
