//! What is wrong with a document.

use serde::Serialize;

/// A fault in a document, with the field it is in: `messages[2].ttl`, or `body` for the whole.
///
/// Nothing of a faulty document is taken. Its sender has to mend it; sending it again won't help.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field} {fault}")]
pub struct Problem {
    /// Where.
    pub field: String,
    /// What: a sentence that goes on from the field's name.
    pub fault: String,
}

impl Problem {
    /// A fault in a field.
    pub fn new(field: impl Into<String>, fault: impl Into<String>) -> Problem {
        Problem { field: field.into(), fault: fault.into() }
    }

    /// The problem document of RFC 9457 (`application/problem+json`) for an answer of that status.
    ///
    /// ```
    /// let problem = rumormill_wire::json::Problem::new("ttl", "is missing");
    /// assert_eq!(
    ///     problem.document(400, "Bad Request"),
    ///     r#"{"type":"about:blank","title":"Bad Request","status":400,"detail":"ttl is missing","field":"ttl"}"#
    /// );
    /// ```
    pub fn document(&self, status: u16, title: &str) -> String {
        let (detail, field) = (self.to_string(), self.field.as_str());
        let document = Document { r#type: "about:blank", title, status, detail, field };
        serde_json::to_string(&document).unwrap_or_default()
    }
}

#[derive(Serialize)]
struct Document<'a> {
    r#type: &'a str,
    title: &'a str,
    status: u16,
    detail: String,
    field: &'a str,
}
