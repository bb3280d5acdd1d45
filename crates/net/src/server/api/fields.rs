//! Reading the body of an order, member by member.

use crate::server::access::Order;
use crate::server::problem::Refusal;
use crate::server::{Server, body};
use axum::http::StatusCode;
use serde_json::{Map, Value};

/// The members of a body that nobody has taken yet.
#[derive(Debug)]
pub(super) struct Fields(Map<String, Value>);

impl Fields {
    /// Reads a whole body, which must be a JSON object.
    pub async fn read(order: Order, server: &Server) -> Result<Fields, Refusal> {
        let Order { headers, body } = order;
        if let Err(refusal) = body::check_type(&headers) {
            body::discard(&headers, body, &server.node.config).await;
            return Err(refusal);
        }
        Fields::parse(&body::whole(&headers, body, &server.node.config).await?)
    }

    fn parse(body: &[u8]) -> Result<Fields, Refusal> {
        match serde_json::from_slice(body) {
            Ok(Value::Object(members)) => Ok(Fields(members)),
            Ok(_) => Err(wrong("body", "must be a JSON object")),
            Err(error) => Err(wrong("body", format!("must be a JSON object: {error}"))),
        }
    }

    /// Any value, which must be there.
    pub fn value(&mut self, name: &str) -> Result<Value, Refusal> {
        self.0.remove(name).ok_or_else(|| wrong(name, "is missing"))
    }

    /// A text, which must be there.
    pub fn text(&mut self, name: &str) -> Result<String, Refusal> {
        match self.value(name)? {
            Value::String(text) => Ok(text),
            _ => Err(wrong(name, "must be a text")),
        }
    }

    /// A number of milliseconds; `null` says what leaving it out says.
    pub fn millis(&mut self, name: &str) -> Result<Option<u64>, Refusal> {
        match self.0.remove(name) {
            None | Some(Value::Null) => Ok(None),
            Some(value) => match value.as_u64() {
                Some(millis) => Ok(Some(millis)),
                None => Err(wrong(name, "must be a whole number of milliseconds, or null")),
            },
        }
    }

    /// Nothing may be left: a misspelt member would be ignored in silence.
    pub fn end(self) -> Result<(), Refusal> {
        match self.0.keys().next() {
            None => Ok(()),
            Some(name) => Err(wrong(name, "is not known here")),
        }
    }
}

/// Something of the request is wrong.
pub(super) fn wrong(field: &str, fault: impl Into<String>) -> Refusal {
    Refusal::new(StatusCode::BAD_REQUEST, field, fault)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused<T>(result: Result<T, Refusal>) -> String {
        let Err(Refusal(status, problem)) = result else { panic!("it was taken") };
        assert_eq!(status, StatusCode::BAD_REQUEST);
        problem.to_string()
    }

    #[test]
    fn what_is_wrong_is_named() {
        let parse = |text: &str| Fields::parse(text.as_bytes());
        assert!(refused(parse("[]")).starts_with("body must be a JSON object"));
        assert!(refused(parse("{")).starts_with("body must be a JSON object"));
        let mut fields = parse(r#"{"topic":7,"lasts_ms":"x","more":1}"#).ok().unwrap();
        assert_eq!(refused(fields.text("topic")), "topic must be a text");
        assert_eq!(refused(fields.text("data")), "data is missing");
        assert!(refused(fields.millis("lasts_ms")).starts_with("lasts_ms must be"));
        assert_eq!(refused(fields.end()), "more is not known here");
    }

    #[test]
    fn millis_may_be_left_out() {
        let mut fields = Fields::parse(br#"{"lasts_ms":null}"#).ok().unwrap();
        assert_eq!(fields.millis("lasts_ms").ok(), Some(None));
        assert_eq!(fields.millis("lasts_ms").ok(), Some(None));
    }
}
