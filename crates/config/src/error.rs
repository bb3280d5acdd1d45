//! What can be wrong with a configuration.

use std::fmt;
use std::io;

/// Where a setting was made.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Origin {
    /// In a file.
    File {
        /// Its name.
        name: String,
        /// The line, from 1; nothing if the file as a whole is meant.
        line: Option<usize>,
    },
    /// In the environment; nothing: as a whole.
    Variable(Option<String>),
    /// By a flag; nothing: by all together.
    Flag(Option<String>),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Origin::File { name, line: Some(line) } => write!(f, "{name} line {line}"),
            Origin::File { name, line: None } => f.write_str(name),
            Origin::Variable(name) => f.write_str(name.as_deref().unwrap_or("the environment")),
            Origin::Flag(name) => f.write_str(name.as_deref().unwrap_or("the flags")),
        }
    }
}

/// A configuration that no node can be made of. Nothing was taken of the layer that it is in. It is one
/// sentence, on one line.
#[derive(Debug, thiserror::Error)]
#[error("{origin}: {fault}")]
pub struct LoadError {
    /// Where.
    pub origin: Origin,
    /// What.
    pub fault: Box<Fault>,
}

impl LoadError {
    /// Whether a flag is wrong, not what lies in files or the environment.
    pub fn is_of_flags(&self) -> bool {
        matches!(self.origin, Origin::Flag(_))
    }
}

/// What is wrong with a configuration.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// The file can't be read. Correct its path or its permissions.
    #[error("cannot be read: {0}")]
    Unreadable(io::Error),
    /// The file, or the value of a variable, is no text.
    #[error("is not UTF-8: byte {0} is part of no character")]
    NotText(usize),
    /// The file can't be meant.
    #[error("is larger than {0}: that is no configuration")]
    TooLarge(String),
    /// The file is no TOML. Correct that line.
    #[error("this is no TOML: {0}")]
    Syntax(String),
    /// There is no such setting. Correct its name.
    #[error("{key} is no setting; {hint}")]
    Unknown {
        /// What was set.
        key: String,
        /// What may have been meant, or what there is.
        hint: String,
    },
    /// A value where settings should stand.
    #[error("{key} is {value}, but must be a table of settings")]
    NoTable {
        /// What was set.
        key: String,
        /// To what.
        value: String,
    },
    /// A value that its setting can't have. Set another.
    #[error("{key} is {value}, but must be {must}")]
    Value {
        /// The setting.
        key: String,
        /// Its value.
        value: String,
        /// What it must be.
        must: String,
    },
    /// A plane has one protocol, and a fault is one. Take the others away.
    #[error("{plane} names {}{what}, {}, but must name one", names.len(), names.join(" and "))]
    Several {
        /// The plane.
        plane: String,
        /// What they are, if it has a word.
        what: &'static str,
        /// The protocols.
        names: Vec<String>,
    },
    /// A value that does not go together with others. Change it, or them.
    #[error("{key} {why}")]
    Unsound {
        /// The setting.
        key: String,
        /// What is wrong: the rest of the sentence.
        why: String,
    },
    /// It isn't said which of several is meant. Name one.
    #[error("{key} names none of {names}")]
    Missing {
        /// Where it should stand.
        key: String,
        /// What there is.
        names: String,
    },
    /// A setting of a protocol that is not chosen. Choose it, or don't set it.
    #[error("{key} is set, but {plane}")]
    NotChosen {
        /// The setting.
        key: String,
        /// Its plane.
        plane: ChosenBy,
    },
    /// A flag for a setting that the chosen protocol doesn't have. Choose another, or leave it out.
    #[error("{plane}, which has no {key}")]
    NotOfIt {
        /// The setting's name.
        key: String,
        /// Its plane.
        plane: ChosenBy,
    },
}

impl Fault {
    /// Says where it is.
    pub fn at(self, origin: Origin) -> LoadError {
        LoadError { origin, fault: Box::new(self) }
    }
}

/// A plane's protocol, and who chose it.
#[derive(Debug)]
pub struct ChosenBy {
    /// The plane.
    pub plane: String,
    /// Its protocol.
    pub name: String,
    /// Who chose it; nothing: nobody, it is the default.
    pub by: Option<Origin>,
}

impl fmt::Display for ChosenBy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} is \"{}\"", self.plane, self.name)?;
        match &self.by {
            Some(origin) => write!(f, " ({origin})"),
            None => f.write_str(" by default"),
        }
    }
}
