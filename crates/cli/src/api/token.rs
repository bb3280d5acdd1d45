//! The token that a node asks for.

use anyhow::{Context, bail};
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// The longest token, in bytes.
const LEN_MAX: u64 = 1024;

/// A token. It is never printed.
pub struct Secret(String);

impl Secret {
    /// From a file.
    pub fn read(file: &Path) -> anyhow::Result<Secret> {
        let shown = file.display();
        let mut bytes = Vec::new();
        File::open(file)
            .and_then(|opened| opened.take(LEN_MAX + 1).read_to_end(&mut bytes))
            .with_context(|| format!("cannot read the token {shown}, see --token-file"))?;
        let text = bytes.trim_ascii();
        let is_token = bytes.len() as u64 <= LEN_MAX && text.iter().all(u8::is_ascii_graphic);
        if text.is_empty() || !is_token {
            bail!("{shown} is no token: it must be one word of 1 to {LEN_MAX} ASCII characters");
        }
        Ok(Secret(String::from_utf8_lossy(text).into_owned()))
    }

    /// As a request shows it.
    pub fn header(&self) -> String {
        format!("Bearer {}", self.0)
    }
}
