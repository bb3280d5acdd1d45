//! Answers that say what is wrong.

use super::{Shared, body, routes};
use axum::extract::Request;
use axum::http::StatusCode;
use axum::http::header::{ALLOW, CONNECTION, CONTENT_TYPE, HeaderValue, WWW_AUTHENTICATE};
use axum::response::{IntoResponse, Response};
use rumormill_wire::json::Problem;

/// What is said to a connection too many.
pub(super) const OVERLOADED: &str = concat!(
    r#"{"type":"about:blank","title":"Service Unavailable","status":503,"#,
    r#""detail":"connections are all taken; try again later","field":"connection"}"#
);

/// A status and what is wrong.
pub(super) struct Refusal(pub StatusCode, pub Problem);

impl Refusal {
    pub fn new(status: StatusCode, field: &str, fault: impl Into<String>) -> Refusal {
        Refusal(status, Problem::new(field, fault))
    }

    /// The node did not answer in time, or has ended.
    pub fn busy() -> Refusal {
        Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "node", "is too busy to answer; try again")
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let Refusal(status, problem) = self;
        let document = problem.document(status.as_u16(), status.canonical_reason().unwrap_or(""));
        let mut response = (status, document).into_response();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if matches!(status, StatusCode::PAYLOAD_TOO_LARGE | StatusCode::REQUEST_TIMEOUT) {
            // What was not read stands in the way of the next request.
            headers.insert(CONNECTION, HeaderValue::from_static("close"));
        }
        if status == StatusCode::UNAUTHORIZED {
            let asked = HeaderValue::from_static("Bearer realm=\"rumormill\"");
            headers.insert(WWW_AUTHENTICATE, asked);
        }
        response
    }
}

pub(super) async fn not_found(server: Shared, request: Request) -> Refusal {
    let (head, body) = request.into_parts();
    body::discard(&head.headers, body, &server.node.config).await;
    let fault = format!("{} is not known here; GET / lists what is", head.uri.path());
    Refusal::new(StatusCode::NOT_FOUND, "path", fault)
}

pub(super) async fn method_not_allowed(server: Shared, request: Request) -> Response {
    let (head, body) = request.into_parts();
    body::discard(&head.headers, body, &server.node.config).await;
    let allowed = routes::allowed(head.uri.path());
    let fault = format!("{} is not allowed here; use {allowed}", head.method);
    let mut response =
        Refusal::new(StatusCode::METHOD_NOT_ALLOWED, "method", fault).into_response();
    if let Ok(allowed) = HeaderValue::from_str(&allowed) {
        response.headers_mut().insert(ALLOW, allowed);
    }
    response
}
