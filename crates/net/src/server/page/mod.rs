//! The page that a browser sees, and the index that everybody else does.

use super::Shared;
use axum::http::header::{
    ACCEPT, CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, VARY,
};
use axum::http::{HeaderMap, HeaderName};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};
use std::sync::LazyLock;

const PAGE: &str = include_str!("index.html");

/// Nothing but the page's own style and script runs, and it talks to nobody but its node.
static POLICY: LazyLock<String> = LazyLock::new(|| {
    format!(
        "default-src 'none'; script-src {}; style-src {}; connect-src 'self'; img-src data:; \
         base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        source(PAGE, "script"),
        source(PAGE, "style")
    )
});

/// The one element of that name, as the policy allows it: by the hash of what it says.
fn source(page: &str, element: &str) -> String {
    let (start, end) = (format!("<{element}>"), format!("</{element}>"));
    let inside = page.split_once(&start).and_then(|(_, rest)| rest.split_once(&end));
    let said = inside.map_or("", |(said, _)| said);
    format!("'sha256-{}'", STANDARD.encode(Sha256::digest(said)))
}

/// `GET /`
pub(super) async fn index(server: Shared, headers: HeaderMap) -> Response {
    if !wants_html(&headers) {
        let text = text(server.node.own.as_str());
        return ([(CONTENT_TYPE, "text/plain; charset=utf-8"), (VARY, "accept")], text)
            .into_response();
    }
    let headers: [(HeaderName, &str); 5] = [
        (CONTENT_TYPE, "text/html; charset=utf-8"),
        (CONTENT_SECURITY_POLICY, &POLICY),
        (REFERRER_POLICY, "no-referrer"),
        (CACHE_CONTROL, "no-cache"),
        (VARY, "accept"),
    ];
    (headers, PAGE).into_response()
}

/// Browsers name it; other programs take anything.
fn wants_html(headers: &HeaderMap) -> bool {
    let mut said = headers.get_all(ACCEPT).iter().filter_map(|said| said.to_str().ok());
    said.any(|said| said.to_ascii_lowercase().contains("text/html"))
}

fn text(own: &str) -> String {
    format!(
        "Rumormill {} at {own}\n\n\
         GET  /peers/                 whom this node knows\n\
         POST /gossip/                a message or an envelope, application/json\n\
         POST /reconcile/             what two nodes know, compared\n\
         GET  /state                  who likes which book\n\
         GET  /messages               the latest messages\n\
         GET  /healthz                whether it is well\n\
         GET  /metrics                counters, OpenMetrics\n\
         GET  /api/v1/node            this node\n\
         GET  /api/v1/peers           its peers, and how it stands with each\n\
         GET  /api/v1/network         every node, how it is, and a verdict\n\
         GET  /api/v1/state           every register\n\
         PUT  /api/v1/state/{{key}}     set one of this node's own; DELETE removes it\n\
         POST /api/v1/publish         data for a topic\n\
         GET  /api/v1/events          what happens, as it happens\n\
         GET  /api/v1/openapi.json    all of this, for programs\n\n\
         A browser sees the network here. Changing anything takes the token: see docs/guide/api.md\n",
        env!("CARGO_PKG_VERSION"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn accepting(said: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(ACCEPT, HeaderValue::from_static(said))])
    }

    #[test]
    fn a_browser_gets_the_page_and_curl_the_index() {
        assert!(wants_html(&accepting("text/html,application/xhtml+xml,*/*;q=0.8")));
        assert!(!wants_html(&accepting("*/*")));
        assert!(!wants_html(&accepting("text/plain")));
        assert!(!wants_html(&HeaderMap::new()));
    }

    #[test]
    fn the_page_has_one_style_and_one_script_and_loads_nothing() {
        for element in ["<style", "<script"] {
            assert_eq!(PAGE.matches(element).count(), 1, "{element}");
            assert!(PAGE.contains(&format!("{element}>")), "{element} has attributes");
        }
        for loads in ["//cdn", "https://", "@import", "url(", "innerHTML", "insertAdjacentHTML"] {
            assert!(!PAGE.contains(loads), "{loads}");
        }
        assert!(!PAGE.contains(" style=") && !PAGE.contains(" onclick="));
    }

    #[test]
    fn the_policy_allows_what_the_page_says_and_no_more() {
        // The hash of nothing would be that of a page that lost its script.
        let nothing = source("", "script");
        assert_ne!(source(PAGE, "script"), nothing);
        assert_ne!(source(PAGE, "style"), nothing);
        assert!(POLICY.starts_with("default-src 'none'; script-src 'sha256-"), "{}", *POLICY);
        assert!(!POLICY.contains("unsafe"));
    }
}
