//! Who may do what.
//!
//! | who | may |
//! |---|---|
//! | anybody | look at the page and at `/healthz`, and gossip |
//! | a program on this host | read everything |
//! | whoever shows the token | read everything from anywhere, and change the node's state |
//!
//! What a proxy on this host passes on doesn't come from this host, as far as the proxy says that it
//! did; and web pages of others are nobody ([`pages`](super::pages)).
//!
//! [`guard`] stands before every route. A handler that changes something takes an [`Order`], which only
//! a request that shows the token is; that is judged before any of its body is read.

use super::pages::is_passed_on;
use super::problem::Refusal;
use super::{Counts, Remote, Server, Shared, body};
use axum::Extension;
use axum::body::Body;
use axum::extract::{FromRequest, Request};
use axum::http::header::{AUTHORIZATION, X_CONTENT_TYPE_OPTIONS};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::sync::Arc;

/// Whose pages may take in an answer.
const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

/// What anybody may ask for: what members ask each other, and what shows nothing.
const OPEN: [&str; 7] =
    ["/", "/healthz", "/peers", "/peers/", "/gossip", "/gossip/", "/reconcile/"];

/// Refuses what the asker may not see, and counts.
pub(super) async fn guard(
    server: Shared,
    Extension(remote): Extension<Remote>,
    request: Request,
    next: Next,
) -> Response {
    Counts::add(&server.counts.requests);
    let mut response = match server.admit(remote, &request) {
        Ok(()) => next.run(request).await,
        Err(refusal) => server.refuse(request, refusal).into_response(),
    };
    if response.status().is_client_error() {
        Counts::add(&server.counts.refused);
    }
    let headers = response.headers_mut();
    // No answer is a script, a style or a picture of somebody's page.
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(RESOURCE_POLICY, HeaderValue::from_static("same-origin"));
    response
}

/// A request that may change the node's state; nothing of its body is read yet.
pub(super) struct Order {
    pub headers: HeaderMap,
    pub body: Body,
}

impl FromRequest<Arc<Server>> for Order {
    type Rejection = Refusal;

    async fn from_request(request: Request, server: &Arc<Server>) -> Result<Order, Refusal> {
        match server.judge(request.headers()) {
            Ok(()) => {
                let (head, body) = request.into_parts();
                Ok(Order { headers: head.headers, body })
            }
            Err(refusal) => Err(server.refuse(request, refusal)),
        }
    }
}

impl Server {
    fn admit(&self, remote: Remote, request: &Request) -> Result<(), Refusal> {
        let headers = request.headers();
        if self.shows_token(headers) {
            return Ok(());
        }
        let is_near = remote.0.ip().to_canonical().is_loopback() && !is_passed_on(headers);
        self.check_page(headers, is_near)?;
        match is_near || OPEN.contains(&request.uri().path()) {
            true => Ok(()),
            false => self.judge(headers),
        }
    }

    fn shows_token(&self, headers: &HeaderMap) -> bool {
        let token = self.node.token.as_ref();
        token.zip(shown(headers)).is_some_and(|(token, said)| token.is(said))
    }

    /// Answers at once. What was sent along is read behind the answer's back, so that a sender who
    /// first sends all gets to read it.
    fn refuse(&self, request: Request, refusal: Refusal) -> Refusal {
        let (head, body) = request.into_parts();
        let config = self.node.config;
        tokio::spawn(async move { body::discard(&head.headers, body, &config).await });
        refusal
    }

    /// Whether the request shows the token.
    fn judge(&self, headers: &HeaderMap) -> Result<(), Refusal> {
        let Some(token) = &self.node.token else {
            let fault = "is missing: this node has no data directory, so there is no token that \
                         would allow this; start it with --data-dir";
            return Err(Refusal::new(StatusCode::FORBIDDEN, "token", fault));
        };
        let Some(said) = shown(headers) else {
            let fault = "must be `Bearer <token>`; the token is in the file `token` of the node's \
                         data directory, which GET /api/v1/node names";
            return Err(Refusal::new(StatusCode::UNAUTHORIZED, "authorization", fault));
        };
        if !token.is(said) {
            let fault = "has another token than this node's; its own is in the file `token` of its \
                         data directory";
            return Err(Refusal::new(StatusCode::UNAUTHORIZED, "authorization", fault));
        }
        Ok(())
    }
}

/// The bearer token that a request shows (RFC 6750).
fn shown(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(AUTHORIZATION)?.to_str().ok()?.trim().split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

#[cfg(test)]
mod tests {
    use super::super::routes::{ROUTES, Route, router};
    use super::super::{Answering, Token};
    use super::*;
    use crate::driver::{OwnAddress, Parts, Settings, drive};
    use crate::store::Memory;
    use crate::transport::WireIds;
    use crate::transport::http::{Http, HttpConfig};
    use rumormill_core::bounded::HashSeed;
    use rumormill_core::{Address, Cells, Name, RngKey};
    use rumormill_node::{AnyNode, Config, Identity};
    use tokio::sync::mpsc;
    use tower_service::Service;

    const NEAR: [&str; 3] = ["127.0.0.1:5000", "[::1]:5000", "[::ffff:127.0.0.1]:5000"];
    const FAR: [&str; 3] = ["192.0.2.1:5000", "[2001:db8::1]:5000", "0.0.0.0:5000"];

    fn open_sesame() -> Token {
        let dir = tempfile::tempdir().unwrap();
        Token::open(dir.path(), [7; 32]).unwrap()
    }

    /// A node's server, with nobody else around.
    fn server(token: Option<Token>) -> Arc<Server> {
        let own = Address::new("127.0.0.1:7000");
        let settings = Settings::default();
        let (arrivals, arrived) = mpsc::channel(settings.inbox);
        let identity = Identity { name: Name::Number(7000), hash_seed: HashSeed(7) };
        let parts = Parts {
            machine: Config::default().build(&identity, Cells::default().view()).unwrap(),
            transport: Box::new(Http::new(
                own.clone(),
                "alone",
                HttpConfig::default(),
                arrivals.clone(),
            )),
            arrivals: arrived,
            wires: WireIds::default(),
            store: Box::new(Memory::default()),
            settings,
            key: RngKey([7; 32]),
            own_address: OwnAddress::known(own.clone()),
        };
        let (handle, driver) = drive::<AnyNode>(parts);
        tokio::spawn(driver);
        let (network, config) = ("alone".to_owned(), super::super::ServerConfig::default());
        let data_dir = None;
        Arc::new(Server::new(Answering { handle, arrivals, own, network, data_dir, token, config }))
    }

    /// The status that answers a request without a body.
    async fn status(server: &Arc<Server>, route: &Route, from: &str, shown: &str) -> StatusCode {
        let shown = [("authorization", shown)];
        let headers = shown.iter().filter(|(_, shown)| !shown.is_empty()).copied();
        status_with(server, route, from, headers).await
    }

    async fn status_with<'a>(
        server: &Arc<Server>,
        route: &Route,
        from: &str,
        headers: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> StatusCode {
        let path = route.path.replace("{key}", "mood");
        let mut request = Request::builder().method(route.method).uri(path);
        for (name, value) in headers {
            request = request.header(name, value);
        }
        let mut request = request.body(Body::empty()).unwrap();
        request.extensions_mut().insert(Remote(from.parse().unwrap()));
        router(server.clone()).call(request).await.unwrap().status()
    }

    fn good() -> String {
        format!("Bearer {}", "07".repeat(32))
    }

    #[tokio::test]
    async fn from_elsewhere_everything_but_gossip_and_the_page_takes_the_token() {
        let server = server(Some(open_sesame()));
        for route in &ROUTES {
            for from in FAR {
                let without = status(&server, route, from, "").await;
                let is_open = OPEN.contains(&route.path);
                assert_eq!(without != StatusCode::UNAUTHORIZED, is_open, "{}", route.path);
            }
            let with = status(&server, route, FAR[0], &good()).await;
            assert_ne!(with, StatusCode::UNAUTHORIZED, "{}", route.path);
        }
    }

    #[tokio::test]
    async fn on_this_host_only_changes_take_the_token() {
        let server = server(Some(open_sesame()));
        for route in &ROUTES {
            let is_change = route.method != "GET" && !OPEN.contains(&route.path);
            for from in NEAR {
                let without = status(&server, route, from, "").await;
                assert_eq!(without == StatusCode::UNAUTHORIZED, is_change, "{}", route.path);
            }
            let with = status(&server, route, NEAR[0], &good()).await;
            assert_ne!(with, StatusCode::UNAUTHORIZED, "{}", route.path);
        }
    }

    #[tokio::test]
    async fn without_a_token_nobody_may_change_anything() {
        let server = server(None);
        for route in ROUTES.iter().filter(|route| route.method != "GET") {
            let is_change = !OPEN.contains(&route.path);
            let said = status(&server, route, NEAR[0], &good()).await;
            assert_eq!(said == StatusCode::FORBIDDEN, is_change, "{}", route.path);
        }
    }

    #[tokio::test]
    async fn nothing_but_the_token_will_do() {
        let server = server(Some(open_sesame()));
        let remove = ROUTES.iter().find(|route| route.method == "DELETE").unwrap();
        let token = "07".repeat(32);
        for bad in [
            "Bearer",
            "Bearer ",
            "Bearer 07",
            &token,
            &format!("Basic {token}"),
            &format!("Bearer {token}0"),
            &format!("Bearer {}", token.replace("07", "08")),
        ] {
            let said = status(&server, remove, NEAR[0], bad).await;
            assert_eq!(said, StatusCode::UNAUTHORIZED, "{bad}");
        }
        for fine in [format!("bearer {token}"), format!("BEARER  {token}")] {
            assert_eq!(status(&server, remove, NEAR[0], &fine).await, StatusCode::OK, "{fine}");
        }
    }
    #[tokio::test]
    async fn somebodys_page_gets_nothing_from_the_node_beside_it() {
        let server = server(Some(open_sesame()));
        let rebound = ("host", "rebound.example:7000");
        let across = ("sec-fetch-site", "cross-site");
        for route in &ROUTES {
            let said = status_with(&server, route, NEAR[0], [rebound]).await;
            assert_eq!(said, StatusCode::FORBIDDEN, "{}", route.path);
            // From elsewhere members call it as they like, but none says an origin.
            let page = [rebound, ("origin", "http://rebound.example:7000")];
            let said = status_with(&server, route, FAR[0], page).await;
            assert_eq!(said, StatusCode::FORBIDDEN, "{}", route.path);
            let said = status_with(&server, route, FAR[0], [rebound]).await;
            assert_ne!(said, StatusCode::FORBIDDEN, "{}", route.path);
            let said = status_with(&server, route, NEAR[0], [across]).await;
            assert_eq!(said, StatusCode::FORBIDDEN, "{}", route.path);
            let shown = good();
            let said = status_with(&server, route, NEAR[0], [rebound, ("authorization", &shown)]);
            assert_ne!(said.await, StatusCode::FORBIDDEN, "{}", route.path);
        }
    }

    #[tokio::test]
    async fn what_a_proxy_passes_on_comes_from_elsewhere() {
        let server = server(Some(open_sesame()));
        for route in &ROUTES {
            for name in ["forwarded", "x-forwarded-for", "x-real-ip", "via"] {
                // The name by which the proxy is called.
                let headers = [(name, "192.0.2.1"), ("host", "mill.example")];
                let said = status_with(&server, route, NEAR[0], headers).await;
                let is_open = OPEN.contains(&route.path);
                assert_eq!(said != StatusCode::UNAUTHORIZED, is_open, "{}", route.path);
                assert_ne!(said, StatusCode::FORBIDDEN, "{}", route.path);
            }
        }
    }
}
