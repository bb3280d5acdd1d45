//! The words for what nodes are told and say: all of them are here, and none of them changes while
//! [`FORMAT`](super::FORMAT) doesn't.

use super::line::Line;
use crate::lens::{self, NodeMessage};
use rumormill_core::{Gone, Input, Message, Protocol, Verdict, Why};
use rumormill_node::{AnyBroadcastMessage, AnyNode, NodeCommand, NodeEvent, Plane};
use rumormill_protocols::planes::{BroadcastEvent, DiscoveryEvent, StateEvent};
use rumormill_protocols::{Rumor, RumorId, Subject};

type Token = <AnyNode as Protocol>::Token;

/// What a node is told.
pub(super) fn input(line: &mut Line<'_>, input: &Input<AnyNode>) {
    match input {
        Input::Start => kind(line, "start"),
        Input::LinkUp(..) => kind(line, "link-up"),
        Input::LinkDown(_, _, how) => gone(line, "link-down", *how),
        Input::DialFailed(_, why) => failed(line, "dial-failed", *why),
        Input::PeerUp(..) => kind(line, "peer-up"),
        Input::PeerDown(_, how) => gone(line, "peer-down", *how),
        Input::Path(..) => kind(line, "path"),
        Input::Message(_, of) | Input::Request(_, _, of) | Input::Response(_, Ok(of)) => {
            message(line, of);
        }
        Input::Response(token, Err(why)) => asked(line, "no-answer", token, Some(why.label())),
        Input::Invalid(_, why) => failed(line, "invalid", *why),
        Input::Verified(token, verdict) => asked(line, "verified", token, Some(judged(*verdict))),
        Input::Timer(token) => asked(line, "timer", token, None),
        Input::Persisted(token, done) => {
            asked(line, "persisted", token, done.err().map(Why::label));
        }
        Input::Lost(_, token) => asked(line, "publish-lost", token, None),
        Input::Command(NodeCommand::Set { .. }) => kind(line, "set"),
        Input::Command(NodeCommand::Publish { .. }) => kind(line, "publish"),
        Input::Command(NodeCommand::Judge(of, verdict)) => {
            about(line, "judge", *of);
            line.why = Some(judged(*verdict).into());
        }
        Input::Command(NodeCommand::AddPeer(_)) => kind(line, "add-peer"),
    }
}

/// What a node tells.
pub(super) fn event(line: &mut Line<'_>, event: &NodeEvent) {
    match event {
        Plane::Discovery(event) => of_discovery(line, event),
        Plane::Broadcast(event) => of_broadcast(line, event),
        Plane::State(event) => of_state(line, event),
    }
}

/// What nodes send each other.
pub(super) fn message(line: &mut Line<'_>, message: &NodeMessage) {
    kind(line, message.kind());
    match message {
        Plane::Broadcast(AnyBroadcastMessage::Flood(flood)) => {
            rumor(line, &flood.rumor);
            line.ttl = Some(flood.ttl);
        }
        other => line.ids = lens::rumors(other).map(|of| of.id.to_string().into()).collect(),
    }
}

fn of_discovery(line: &mut Line<'_>, event: &DiscoveryEvent) {
    match event {
        DiscoveryEvent::Up(..) => kind(line, "up"),
        DiscoveryEvent::Down(_, how) => gone(line, "down", *how),
        DiscoveryEvent::Unreachable(_, why) => failed(line, "unreachable", *why),
        DiscoveryEvent::Clash { .. } => kind(line, "clash"),
    }
}

fn of_broadcast(line: &mut Line<'_>, event: &BroadcastEvent) {
    match event {
        BroadcastEvent::Arrived(of, _) => news(line, "arrived", of),
        BroadcastEvent::Duplicate(of, _) => about(line, "duplicate", *of),
        BroadcastEvent::PublishRefused { why, .. } => failed(line, "publish-refused", *why),
        BroadcastEvent::Published { id, .. } => about(line, "published", *id),
        BroadcastEvent::Lost(of, _) => about(line, "publish-lost", *of),
    }
}

fn of_state(line: &mut Line<'_>, event: &StateEvent) {
    match event {
        StateEvent::Publish(of) => news(line, "publish", of),
        StateEvent::Judged(of, verdict) => {
            about(line, "judged", *of);
            line.why = Some(judged(*verdict).into());
        }
        StateEvent::Reconciled(of, _) => news(line, "reconciled", of),
        StateEvent::Learned(of, _) => news(line, "learned", of),
        StateEvent::Stale(of, _) => about(line, "stale", *of),
        StateEvent::Adopted { version, .. } => versioned(line, "adopted", *version),
        StateEvent::Refused(of, _, why) => {
            about(line, "refused", *of);
            line.why = Some(why.label().into());
        }
        StateEvent::Synced(_, Ok(news)) => counted(line, "synced", *news as u64),
        StateEvent::Synced(_, Err(why)) => failed(line, "synced", *why),
        StateEvent::Stored { version, .. } => versioned(line, "stored", *version),
        StateEvent::Denied(key) => keyed(line, "denied", key),
        StateEvent::Unreadable(cells) => counted(line, "unreadable", *cells),
        StateEvent::Expired(of) => news(line, "expired", of),
        StateEvent::SetRefused { key, why, .. } => {
            keyed(line, "set-refused", key);
            line.why = Some(why.label().into());
        }
        StateEvent::NotDurable(why) => failed(line, "not-durable", *why),
    }
}

fn kind(line: &mut Line<'_>, word: &'static str) {
    line.kind = word.into();
}

fn failed(line: &mut Line<'_>, word: &'static str, why: Why) {
    kind(line, word);
    line.why = Some(why.label().into());
}

fn gone(line: &mut Line<'_>, word: &'static str, how: Gone) {
    kind(line, word);
    line.why = Some(match how {
        Gone::Left => "left".into(),
        Gone::Failed(why) => why.label().into(),
        Gone::Evicted => "evicted".into(),
    });
}

/// What became of something that a plane asked for.
fn asked(line: &mut Line<'_>, word: &'static str, token: &Token, why: Option<&'static str>) {
    kind(line, word);
    line.plane = Some(match token {
        Plane::Discovery(_) => "discovery".into(),
        Plane::Broadcast(_) => "broadcast".into(),
        Plane::State(_) => "state".into(),
    });
    line.why = why.map(Into::into);
}

fn judged(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Accept => "accept",
        Verdict::Reject => "reject",
        Verdict::Ignore => "ignore",
    }
}

fn about(line: &mut Line<'_>, word: &'static str, of: RumorId) {
    kind(line, word);
    line.id = Some(of.to_string().into());
}

fn news(line: &mut Line<'_>, word: &'static str, of: &Rumor) {
    kind(line, word);
    rumor(line, of);
}

fn rumor(line: &mut Line<'_>, of: &Rumor) {
    line.id = Some(of.id.to_string().into());
    (line.origin, line.version) = (of.origin.number(), Some(of.version));
    match &of.subject {
        Subject::Register(key) => line.register = Some(key.to_string().into()),
        Subject::Topic(topic) => line.topic = Some(topic.to_string().into()),
    }
}

fn versioned(line: &mut Line<'_>, word: &'static str, version: u64) {
    kind(line, word);
    line.version = Some(version);
}

fn keyed(line: &mut Line<'_>, word: &'static str, key: &str) {
    kind(line, word);
    line.register = Some(key.to_owned().into());
}

fn counted(line: &mut Line<'_>, word: &'static str, count: u64) {
    kind(line, word);
    line.count = Some(count);
}
