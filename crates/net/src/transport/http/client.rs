//! Requests to other nodes.

use super::{Endpoint, FROM, HttpConfig, NETWORK, VERSION};
use bytes::Bytes;
use http::header::{CONNECTION, CONTENT_TYPE};
use http::response::Parts;
use http::{Request, StatusCode};
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use hyper_util::client::legacy::{self, connect::HttpConnector};
use hyper_util::rt::{TokioExecutor, TokioTimer};
use rumormill_core::{Address, Duration, Why};
use rumormill_protocols::broadcast::flood::FloodMessage;
use rumormill_protocols::parts::digest::Digest;
use rumormill_protocols::state::registers::{Delta, RegistersMessage};
use rumormill_wire::json::{
    Answer, PeersDocument, decode_answer, encode_gossip, encode_message, encode_reconcile,
};
use tokio::time::timeout;

/// How long an idle connection is kept: less than a server does, so that it is never sent into one
/// that is just being closed.
const IDLE: Duration = Duration::from_secs(20);

/// A pooled HTTP client that introduces its node.
pub struct Client {
    own: Address,
    network: String,
    config: HttpConfig,
    http: legacy::Client<HttpConnector, Full<Bytes>>,
}

impl Client {
    /// A client of the node of that network that is reached at `own`.
    pub fn new(own: &Address, network: &str, config: HttpConfig) -> Client {
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        connector.set_connect_timeout(Some(config.connect_timeout));
        let http = legacy::Client::builder(TokioExecutor::new())
            .pool_idle_timeout(IDLE)
            .pool_max_idle_per_host(2)
            .pool_timer(TokioTimer::new())
            .build(connector);
        Client { own: own.clone(), network: network.to_owned(), config, http }
    }

    /// Its settings.
    pub fn config(&self) -> &HttpConfig {
        &self.config
    }

    /// `GET /peers/`.
    pub async fn peers(&self, to: &Endpoint) -> Result<PeersDocument, Why> {
        let request = self.request("GET", to, "/peers/");
        self.ask_peers(request).await.map(|(document, _)| document)
    }

    /// The same, of a node that is dialled; and which version of what nodes tell each other it knows: 1 is
    /// what every member of the network does. Most of those that are dialled are not used, so their
    /// connections are not kept: else a network of n nodes would hold n² of them at its start.
    pub async fn greet(&self, to: &Endpoint) -> Result<(PeersDocument, u16), Why> {
        let request = self.request("GET", to, "/peers/").header(CONNECTION, "close");
        let (document, head) = self.ask_peers(request).await?;
        let said = head.headers.get(VERSION).and_then(|version| version.to_str().ok());
        Ok((document, said.and_then(|version| version.parse().ok()).unwrap_or(1)))
    }

    async fn ask_peers(
        &self,
        request: http::request::Builder,
    ) -> Result<(PeersDocument, Parts), Why> {
        let (head, body) = self.exchange(request.body(Full::default())).await?;
        match head.status {
            StatusCode::OK => {
                let document = PeersDocument::decode(&body).map_err(|_| Why::Malformed)?;
                Ok((document, head))
            }
            status => Err(why_of(status)),
        }
    }

    /// `POST /gossip/` of one message.
    pub async fn post_one(&self, to: &Endpoint, message: &FloodMessage) -> Result<(), Why> {
        self.post(to, encode_message(message)).await.map(drop)
    }

    /// `POST /gossip/` of several messages in an envelope.
    pub async fn post_all(&self, to: &Endpoint, messages: &[FloodMessage]) -> Result<(), Why> {
        self.post(to, encode_gossip(messages, None)).await.map(drop)
    }

    /// `POST /gossip/` with what we know: answered with what is beyond it.
    pub async fn sync(&self, to: &Endpoint, known: &Digest) -> Result<Delta, Why> {
        let body = self.post(to, encode_gossip(&[], Some(known))).await?;
        Answer::decode_delta(&body).map_err(|_| Why::Malformed)
    }

    /// `POST /reconcile/`: a question to a node that knows summaries.
    pub async fn reconcile(
        &self,
        to: &Endpoint,
        question: &RegistersMessage,
    ) -> Result<RegistersMessage, Why> {
        let body = self.post_to(to, "/reconcile/", encode_reconcile(question)).await?;
        decode_answer(&body).map_err(|_| Why::Malformed)
    }

    async fn post(&self, to: &Endpoint, body: Vec<u8>) -> Result<Bytes, Why> {
        self.post_to(to, "/gossip/", body).await
    }

    async fn post_to(&self, to: &Endpoint, path: &str, body: Vec<u8>) -> Result<Bytes, Why> {
        let request = self.request("POST", to, path).header(CONTENT_TYPE, "application/json");
        let (head, body) = self.exchange(request.body(Full::new(body.into()))).await?;
        if head.status.is_success() { Ok(body) } else { Err(why_of(head.status)) }
    }

    fn request(&self, method: &str, to: &Endpoint, path: &str) -> http::request::Builder {
        Request::builder()
            .method(method)
            .uri(format!("http://{}:{}{path}", to.host, to.port))
            .header(FROM, self.own.as_str())
            .header(NETWORK, self.network.as_str())
    }

    async fn exchange(
        &self,
        request: http::Result<Request<Full<Bytes>>>,
    ) -> Result<(Parts, Bytes), Why> {
        let request = request.map_err(|_| Why::Malformed)?;
        let exchange = async {
            let response = self.http.request(request).await.map_err(|error| why_failed(&error))?;
            let (head, body) = response.into_parts();
            Ok((head, self.read(body).await?))
        };
        timeout(self.config.request_timeout, exchange).await.unwrap_or(Err(Why::TimedOut))
    }

    async fn read(&self, body: Incoming) -> Result<Bytes, Why> {
        let body = Limited::new(body, self.config.answer_bytes_max).collect().await;
        body.map(|body| body.to_bytes()).map_err(|error| {
            let too_large = error.is::<http_body_util::LengthLimitError>();
            if too_large { Why::TooLarge } else { Why::Closed }
        })
    }
}

fn why_failed(error: &legacy::Error) -> Why {
    if error.is_connect() { Why::Unreachable } else { Why::Closed }
}

/// What a status other than success means to us.
fn why_of(status: StatusCode) -> Why {
    match status {
        StatusCode::BAD_REQUEST => Why::Malformed,
        StatusCode::PAYLOAD_TOO_LARGE => Why::TooLarge,
        StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS => Why::Overloaded,
        StatusCode::REQUEST_TIMEOUT => Why::TimedOut,
        status if status.is_client_error() => Why::Unsupported,
        _ => Why::Refused,
    }
}
