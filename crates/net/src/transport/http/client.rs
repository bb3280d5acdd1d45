//! Requests to other nodes.

use super::{Endpoint, FROM, HttpConfig, NETWORK};
use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use hyper_util::client::legacy::{self, connect::HttpConnector};
use hyper_util::rt::{TokioExecutor, TokioTimer};
use rumormill_core::{Address, Duration, Why};
use rumormill_protocols::broadcast::flood::FloodMessage;
use rumormill_protocols::parts::digest::Digest;
use rumormill_protocols::state::registers::Delta;
use rumormill_wire::json::{Answer, PeersDocument, encode_gossip, encode_message};
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
        let request = self.request("GET", to, "/peers/").body(Full::default());
        let (status, body) = self.exchange(request).await?;
        match status {
            StatusCode::OK => PeersDocument::decode(&body).map_err(|_| Why::Malformed),
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

    async fn post(&self, to: &Endpoint, body: Vec<u8>) -> Result<Bytes, Why> {
        let request = self.request("POST", to, "/gossip/").header(CONTENT_TYPE, "application/json");
        let (status, body) = self.exchange(request.body(Full::new(body.into()))).await?;
        if status.is_success() { Ok(body) } else { Err(why_of(status)) }
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
    ) -> Result<(StatusCode, Bytes), Why> {
        let request = request.map_err(|_| Why::Malformed)?;
        let exchange = async {
            let response = self.http.request(request).await.map_err(|error| why_failed(&error))?;
            let status = response.status();
            Ok((status, self.read(response).await?))
        };
        timeout(self.config.request_timeout, exchange).await.unwrap_or(Err(Why::TimedOut))
    }

    async fn read(&self, response: Response<Incoming>) -> Result<Bytes, Why> {
        let body = Limited::new(response.into_body(), self.config.answer_bytes_max).collect().await;
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
