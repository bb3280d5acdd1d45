//! Which line of a file a setting stands in.

use crate::error::{Fault, LoadError, Origin};
use crate::shown;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// The lines of a file.
pub struct Lines<'a> {
    name: String,
    text: &'a str,
    table: DeTable<'a>,
}

impl<'a> Lines<'a> {
    /// Of a file of that name. Fails if it is no TOML.
    pub fn parse(name: String, text: &'a str) -> Result<Lines<'a>, LoadError> {
        let mut lines = Lines { name, text, table: DeTable::new() };
        match DeTable::parse(text) {
            Ok(table) => lines.table = table.into_inner(),
            Err(error) => return Err(lines.syntax(&error)),
        }
        Ok(lines)
    }

    fn syntax(&self, error: &toml::de::Error) -> LoadError {
        self.no_toml(error, &error.message().replace('\n', ", "))
    }

    /// What can be parsed, but has no value.
    pub fn too_far(&self, error: &toml::de::Error) -> LoadError {
        self.no_toml(error, "a number is out of its range")
    }

    fn no_toml(&self, error: &toml::de::Error, why: &str) -> LoadError {
        let line = error.span().map(|span| self.line_at(span.start));
        Fault::Syntax(shown::name(why)).at(self.at(line))
    }

    fn line_at(&self, offset: usize) -> usize {
        let before = self.text.as_bytes().get(..offset).unwrap_or_default();
        before.iter().filter(|byte| **byte == b'\n').count() + 1
    }

    fn at(&self, line: Option<usize>) -> Origin {
        Origin::File { name: self.name.clone(), line }
    }

    /// The file as a whole.
    pub fn whole(&self) -> Origin {
        self.at(None)
    }

    /// Where the last name of the path stands that the file has; `fault[2]` is the third table of a
    /// list.
    pub fn origin(&self, path: &str) -> Origin {
        let mut line = None;
        let mut rest = path;
        let mut table = Some(&self.table);
        while let Some(here) = table.take()
            && let Some((key, value)) = here.iter().find(|(key, _)| begins(rest, key.get_ref()))
        {
            let mut offset = key.span().start;
            let mut value = value;
            rest = &rest[key.get_ref().len()..];
            while let Some((item, after)) = item(value, rest) {
                (offset, value, rest) = (item.span().start, item, after);
            }
            line = Some(self.line_at(offset));
            rest = rest.trim_start_matches('.');
            if let DeValue::Table(below) = value.get_ref()
                && !rest.is_empty()
            {
                table = Some(below);
            }
        }
        self.at(line)
    }
}

/// Whether a path begins with that name.
fn begins(path: &str, name: &str) -> bool {
    let ends = |rest: &str| rest.is_empty() || rest.starts_with(['.', '[']);
    path.strip_prefix(name).is_some_and(ends)
}

/// The item of a list that a path begins with, and the rest of the path.
fn item<'a, 'b>(
    list: &'a Spanned<DeValue<'b>>,
    path: &'a str,
) -> Option<(&'a Spanned<DeValue<'b>>, &'a str)> {
    let (index, rest) = path.strip_prefix('[')?.split_once(']')?;
    Some((list.get_ref().as_array()?.get(index.parse::<usize>().ok()?)?, rest))
}
