//! Reading what strangers send.

use super::ServerConfig;
use super::problem::Refusal;
use axum::body::Body;
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE, EXPECT};
use axum::http::{HeaderMap, StatusCode};
use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt;
use tokio::time::timeout;

/// How much of a body that is too large is read to its end, so that its sender, who may not listen
/// before it has sent all, gets to read the answer.
const DISCARD_MAX: usize = 64 << 20;

/// What is not JSON is refused.
pub(super) fn check_type(headers: &HeaderMap) -> Result<(), Refusal> {
    let fault = "must be application/json";
    let refusal = || Refusal::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "content-type", fault);
    is_json(headers).then_some(()).ok_or_else(refusal)
}

/// Reads what is refused unseen, so that its sender gets to read why; but for one that waits to be
/// told whether to send it.
pub(super) async fn discard(headers: &HeaderMap, mut body: Body, config: &ServerConfig) {
    let reading = async {
        let mut seen = 0;
        while seen <= DISCARD_MAX
            && let Some(Ok(frame)) = body.frame().await
        {
            seen += frame.data_ref().map_or(0, Bytes::len);
        }
    };
    if !headers.contains_key(EXPECT) {
        let _ = timeout(config.body_timeout, reading).await;
    }
}

/// The whole body of a request, or what is wrong with it.
pub(super) async fn whole(
    headers: &HeaderMap,
    body: Body,
    config: &ServerConfig,
) -> Result<Bytes, Refusal> {
    if headers.contains_key(EXPECT) && announced(headers) > Some(config.body_bytes_max) {
        return Err(too_large(config));
    }
    let read = read(body, config);
    let is_announced = announced(headers) > Some(config.body_bytes_max);
    let late = || if is_announced { too_large(config) } else { too_slow(config) };
    timeout(config.body_timeout, read).await.unwrap_or_else(|_| Err(late()))
}

async fn read(mut body: Body, config: &ServerConfig) -> Result<Bytes, Refusal> {
    let (mut kept, mut seen) = (BytesMut::new(), 0);
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| {
            Refusal::new(StatusCode::BAD_REQUEST, "body", format!("broke off: {error}"))
        })?;
        let Ok(data) = frame.into_data() else { continue };
        seen += data.len();
        if seen <= config.body_bytes_max {
            kept.extend_from_slice(&data);
        } else if seen > DISCARD_MAX {
            break;
        } else {
            kept = BytesMut::new();
        }
    }
    if seen > config.body_bytes_max { Err(too_large(config)) } else { Ok(kept.freeze()) }
}

fn is_json(headers: &HeaderMap) -> bool {
    let Some(kind) = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()) else {
        return false;
    };
    let kind = kind.split(';').next().unwrap_or_default().trim();
    kind.eq_ignore_ascii_case("application/json")
}

fn announced(headers: &HeaderMap) -> Option<usize> {
    headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

fn too_large(config: &ServerConfig) -> Refusal {
    let fault = format!("is larger than {} bytes", config.body_bytes_max);
    Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, "body", fault)
}

fn too_slow(config: &ServerConfig) -> Refusal {
    let fault = format!("took longer than {:?}", config.body_timeout);
    Refusal::new(StatusCode::REQUEST_TIMEOUT, "body", fault)
}
