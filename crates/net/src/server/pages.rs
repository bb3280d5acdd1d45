//! What other people's web pages can't make a browser do here.
//!
//! A browser runs anybody's pages beside whatever listens on its host. Two kinds of requests are theirs:
//!
//! | attack | what gives it away |
//! |---|---|
//! | DNS rebinding: the page's own name comes to mean this host, so that to the browser page and node are one | `host` is no IP address and no name of this node |
//! | a request across sites, whose answer the page can't read | `sec-fetch-site` says so |
//!
//! Members of the network on other hosts may call a node by any name, and send no `origin`, as browsers
//! do with all that isn't a mere `GET`. So names are checked where a request comes from this host, or
//! says its origin. Whoever shows the token is no stranger's page.

use super::Server;
use super::problem::Refusal;
use crate::transport::http::Endpoint;
use axum::http::header::{HOST, HeaderMap, ORIGIN};
use axum::http::uri::Authority;
use axum::http::{HeaderValue, StatusCode};
use std::net::IpAddr;

/// What browsers say of how the page that asks stands to whom it asks.
const SITE: &str = "sec-fetch-site";

/// And of what it is asked for.
const MODE: &str = "sec-fetch-mode";

/// What proxies add to what they pass on.
const PASSED_ON: [&str; 4] = ["forwarded", "x-forwarded-for", "x-real-ip", "via"];

/// Whether a proxy passed it on: then it may have come from anywhere.
pub(super) fn is_passed_on(headers: &HeaderMap) -> bool {
    PASSED_ON.iter().any(|name| headers.contains_key(*name))
}

impl Server {
    /// Refuses what somebody's page asks for, from this host or from elsewhere.
    pub(super) fn check_page(&self, headers: &HeaderMap, is_near: bool) -> Result<(), Refusal> {
        if is_across_sites(headers) {
            let fault = "is cross-site: other sites may link here, and no more";
            return Err(Refusal::new(StatusCode::FORBIDDEN, SITE, fault));
        }
        let is_browser = headers.contains_key(ORIGIN);
        let own = self.node.own.as_str();
        if !(is_near || is_browser) || headers.get_all(HOST).iter().all(|host| is_ours(host, own)) {
            return Ok(());
        }
        let fault = format!(
            "must be an IP address, localhost or the host that this node advertises ({own}): any \
             other name could be that of somebody's web page"
        );
        Err(Refusal::new(StatusCode::FORBIDDEN, "host", fault))
    }
}

/// A link that somebody follows is fine.
fn is_across_sites(headers: &HeaderMap) -> bool {
    let says = |name, word: &str| headers.get(name).is_some_and(|said| said == word);
    says(SITE, "cross-site") && !says(MODE, "navigate")
}

/// Whether only we can be called so; any port will do, since it may be forwarded.
fn is_ours(said: &HeaderValue, own: &str) -> bool {
    let Ok(authority) = Authority::try_from(said.as_bytes()) else { return false };
    let host = authority.host().trim_end_matches('.').to_ascii_lowercase();
    let is_ip = host.trim_matches(['[', ']']).parse::<IpAddr>().is_ok();
    let is_local = host == "localhost" || host.ends_with(".localhost");
    let is_own = || Endpoint::parse(own).is_some_and(|own| own.host.eq_ignore_ascii_case(&host));
    is_ip || is_local || is_own()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_ours_at(host: &str, own: &str) -> bool {
        is_ours(&HeaderValue::from_str(host).unwrap(), own)
    }

    #[test]
    fn a_node_is_called_by_its_addresses_localhost_and_its_own_name() {
        for host in [
            "127.0.0.1",
            "127.0.0.1:7000",
            "127.0.0.1:9",
            "192.0.2.7:7000",
            "[::1]:7000",
            "[2001:db8::1]",
            "localhost",
            "LocalHost:7000",
            "localhost.:7000",
            "mill.localhost:7000",
            "mill.example:7000",
            "Mill.Example.",
        ] {
            assert!(is_ours_at(host, "mill.example:7000"), "{host}");
        }
    }

    #[test]
    fn no_other_name_is_ours() {
        for host in [
            "",
            "test",
            "rebound.example",
            "rebound.example:7000",
            "127.0.0.1.rebound.example",
            "localhost.rebound.example",
            "notlocalhost",
            "mill.example.rebound.example",
            "127.0.0.1, rebound.example",
            "127.0.0.1/",
        ] {
            assert!(!is_ours_at(host, "mill.example:7000"), "{host}");
        }
        assert!(!is_ours_at("mill.example", "127.0.0.1:7000"));
    }

    #[test]
    fn links_are_followed_and_nothing_else_crosses_sites() {
        let said = |site: &'static str, mode: &'static str| {
            is_across_sites(&HeaderMap::from_iter([
                (SITE.parse().unwrap(), HeaderValue::from_static(site)),
                (MODE.parse().unwrap(), HeaderValue::from_static(mode)),
            ]))
        };
        assert!(said("cross-site", "no-cors") && said("cross-site", "cors"));
        for (site, mode) in
            [("cross-site", "navigate"), ("same-origin", "cors"), ("same-site", "no-cors")]
        {
            assert!(!said(site, mode), "{site} {mode}");
        }
        assert!(!is_across_sites(&HeaderMap::new()));
    }
}
