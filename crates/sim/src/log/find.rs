//! Which message is meant.

use super::line::Line;
use std::collections::BTreeSet;

/// Looks for a message by what somebody typed: an id, the beginning of one, `first` or `last`.
#[derive(Clone, Debug)]
pub struct Find {
    typed: String,
    found: BTreeSet<String>,
    last: Option<String>,
}

/// No message is meant, or several.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotFound {
    /// None was published.
    #[error("no message was published in this run")]
    Silence,
    /// There is none. Take one from the log.
    #[error("no message of this run begins with `{0}`: `first` and `last` are those published so")]
    Nobody(String),
    /// Write more of the id.
    #[error("`{typed}` begins {} messages, such as {} and {}: write more of the id", .some.len(), .some[0], .some[1])]
    Several {
        /// What was typed.
        typed: String,
        /// Their ids; two at least.
        some: Vec<String>,
    },
}

impl Find {
    /// Looks for that one.
    pub fn new(typed: &str) -> Find {
        Find { typed: typed.trim().to_lowercase(), found: BTreeSet::new(), last: None }
    }

    /// Looks at a line.
    pub fn look(&mut self, line: &Line<'_>) {
        match self.typed.as_str() {
            "first" if self.last.is_some() => {}
            "first" | "last" if line.is_publication() => {
                self.last = line.id.as_ref().map(ToString::to_string);
            }
            "first" | "last" => {}
            typed => {
                let fits = |id: &&str| id.starts_with(typed) && !self.found.contains(*id);
                let fitting: Vec<String> = line.all_ids().filter(fits).map(Into::into).collect();
                self.found.extend(fitting);
            }
        }
    }

    /// The id, after all lines.
    pub fn id(self) -> Result<String, NotFound> {
        if let "first" | "last" = self.typed.as_str() {
            return self.last.ok_or(NotFound::Silence);
        }
        let mut found: Vec<String> = self.found.into_iter().collect();
        match found.len() {
            0 => Err(NotFound::Nobody(self.typed)),
            1 => Ok(found.remove(0)),
            _ => Err(NotFound::Several { typed: self.typed, some: found }),
        }
    }
}
