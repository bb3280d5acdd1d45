//! A table of requests that must be refused, each checked in the same way.

use crate::client::{Answer, Connection};
use crate::fixture::{View, message, node, told};
use rumormill::Node;

/// A request that must be refused, and how.
pub struct Case {
    pub name: String,
    pub request: Vec<u8>,
    pub status: u16,
    /// What the problem document names.
    pub field: String,
    /// The `allow` header.
    pub allow: Option<&'static str>,
}

impl Case {
    pub fn new(
        name: impl Into<String>,
        request: Vec<u8>,
        status: u16,
        field: impl Into<String>,
    ) -> Case {
        Case { name: name.into(), request, status, field: field.into(), allow: None }
    }
}

/// A node that knows something, so that a loss would be seen too.
pub async fn knowing() -> Node {
    let node = node().await;
    told(node.port(), message(&[])).await;
    node
}

/// Sends every case to a node: it must refuse each as the table says, take nothing of it, and go on.
pub async fn must_refuse(node: &Node, cases: Vec<Case>) {
    let mut view = View::of(node.port()).await;
    let before = view.known().await;
    for case in cases {
        check(&case, &refusal(node.port(), &case).await);
        assert_eq!(view.known().await, before, "{}: something was taken", case.name);
        assert_eq!(view.get("/healthz").await["status"], "ok", "{}", case.name);
    }
}

/// The answer, as one hears it who only listens after having sent all.
async fn refusal(port: u16, case: &Case) -> Answer {
    let mut connection = Connection::open(port).await;
    assert!(connection.send(&case.request).await, "{}: cut off while sending", case.name);
    connection.answer().await.unwrap_or_else(|| panic!("{}: no answer", case.name))
}

fn check(case: &Case, answer: &Answer) {
    let name = &case.name;
    assert_eq!(answer.status, case.status, "{name}: {answer:?}");
    assert_eq!(answer.header("content-type"), Some("application/problem+json"), "{name}");
    assert_eq!(answer.header("allow"), case.allow, "{name}");
    let problem = answer.json();
    assert_eq!(problem["status"], case.status, "{name}: {problem}");
    assert_eq!(problem["field"], case.field, "{name}: {problem}");
    let detail = problem["detail"].as_str().unwrap_or_default();
    assert!(detail.starts_with(&case.field), "{name}: {problem}");
}
