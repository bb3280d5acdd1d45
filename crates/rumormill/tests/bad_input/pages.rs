//! Web pages of others, in a browser beside the node.

use crate::client::{exchange, get, request};
use crate::fixture::numbered;
use crate::table::{Case, knowing, must_refuse};

/// A request that names the node so.
fn to_host(method: &str, path: &str, host: &str, more: &str) -> Vec<u8> {
    let body = if method == "POST" { numbered(7, 2, 5) } else { String::new() };
    let json = [("content-type", "application/json")];
    let request = request(method, path, &json, body.as_bytes());
    let text = String::from_utf8(request).expect("a text");
    text.replacen("host: localhost\r\n", &format!("host: {host}\r\n{more}"), 1).into_bytes()
}

#[tokio::test]
async fn a_page_whose_name_came_to_mean_this_host_is_told_nothing_and_heard_by_nobody() {
    let node = knowing().await;
    let mut cases = Vec::new();
    for host in ["rebound.example", &format!("127.0.0.1.rebound.example:{}", node.port())] {
        for path in ["/", "/peers/", "/state", "/messages", "/metrics", "/api/v1/node", "/nothing"]
        {
            cases.push(Case::new(path, to_host("GET", path, host, ""), 403, "host"));
        }
        let said = to_host("POST", "/gossip/", host, "origin: http://rebound.example\r\n");
        cases.push(Case::new("gossip", said, 403, "host"));
    }
    must_refuse(&node, cases).await;
}

#[tokio::test]
async fn a_page_of_another_site_can_make_a_browser_ask_for_nothing() {
    let node = knowing().await;
    let host = format!("127.0.0.1:{}", node.port());
    let across = "sec-fetch-site: cross-site\r\nsec-fetch-mode: no-cors\r\n";
    let paths = ["/api/v1/events", "/api/v1/network", "/state", "/"];
    let case =
        |path: &&str| Case::new(*path, to_host("GET", path, &host, across), 403, "sec-fetch-site");
    must_refuse(&node, paths.iter().map(case).collect()).await;
    let link = "sec-fetch-site: cross-site\r\nsec-fetch-mode: navigate\r\n";
    let followed = exchange(node.port(), &to_host("GET", "/", &host, link)).await;
    assert_eq!(followed.status, 200, "a link may be followed");
}

#[tokio::test]
async fn a_node_answers_to_its_addresses_and_to_no_name_at_all() {
    let node = knowing().await;
    let port = node.port();
    for host in [format!("127.0.0.1:{port}"), "localhost".into(), format!("[::1]:{port}")] {
        let answer = exchange(port, &to_host("GET", "/state", &host, "")).await;
        assert_eq!(answer.status, 200, "{host}: {answer:?}");
    }
    let old = exchange(port, b"GET /state HTTP/1.0\r\n\r\n").await;
    assert_eq!(old.status, 200, "{old:?}");
}

#[tokio::test]
async fn no_answer_may_become_part_of_another_page() {
    let node = knowing().await;
    for path in ["/", "/state", "/metrics", "/api/v1/openapi.json", "/nothing"] {
        let answer = exchange(node.port(), &get(path)).await;
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{path}");
        assert_eq!(answer.header("cross-origin-resource-policy"), Some("same-origin"), "{path}");
    }
}
