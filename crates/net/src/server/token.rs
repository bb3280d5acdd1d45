//! The secret that lets a program change a node's state: a file in the node's data directory.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use subtle::ConstantTimeEq;

/// The file's name in a node's data directory.
pub const TOKEN_FILE: &str = "token";

/// The longest token, in bytes.
const LEN_MAX: u64 = 1024;

/// Whoever shows it may change the node's state. It is never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

/// The token's file can't be used. Nothing was changed in it.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// Other users may read or change it.
    #[error(
        "{path} is open to other users (mode {mode:03o}): run `chmod 600 {path}`, or remove it to \
         have a new token made"
    )]
    Exposed {
        /// The file.
        path: PathBuf,
        /// Its permissions.
        mode: u32,
    },
    /// It is empty, too long, or has bytes that can't travel in a header.
    #[error(
        "{path} {fault}: write 1 to {LEN_MAX} printable ASCII characters without spaces, or remove \
         it to have a new token made"
    )]
    Unusable {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        fault: &'static str,
    },
    /// The system won't let us.
    #[error("can't read or make the token {path}: {source}; give this user the right to")]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
}

impl Token {
    /// The token in `data_dir`, which is made if there is none. The caller must be the only one who
    /// makes it: the node that has the directory's store open.
    ///
    /// ```
    /// # let dir = tempfile::tempdir().unwrap();
    /// use rumormill_net::server::Token;
    /// let made = Token::open(dir.path(), [7; 32]).unwrap();
    /// assert!(made.is(&"07".repeat(32)));
    /// assert!(made == Token::open(dir.path(), [8; 32]).unwrap());
    /// ```
    pub fn open(data_dir: &Path, random: [u8; 32]) -> Result<Token, TokenError> {
        let path = data_dir.join(TOKEN_FILE);
        match read(&path) {
            Ok(Some(token)) => Ok(token),
            Ok(None) => make(&path, random).map_err(|source| TokenError::Io { path, source }),
            Err(error) => Err(error),
        }
    }

    /// Whether that is it. Takes as long whatever the first difference is.
    pub fn is(&self, said: &str) -> bool {
        self.0.as_bytes().ct_eq(said.as_bytes()).into()
    }
}

impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Token(…)")
    }
}

/// Nothing if there is no such file.
fn read(path: &Path) -> Result<Option<Token>, TokenError> {
    let failed = |source| TokenError::Io { path: path.to_owned(), source };
    let unusable = |fault| TokenError::Unusable { path: path.to_owned(), fault };
    let about = match fs::metadata(path) {
        Ok(about) => about,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed(error)),
    };
    // Before it is opened: a pipe would keep us waiting.
    if !about.is_file() {
        return Err(unusable("is no file"));
    }
    check_mode(path, &about)?;
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(failed)?;
    file.take(LEN_MAX + 1).read_to_end(&mut bytes).map_err(failed)?;
    parse(&bytes).map(Some).map_err(unusable)
}

fn parse(bytes: &[u8]) -> Result<Token, &'static str> {
    let text = bytes.trim_ascii();
    match text {
        _ if bytes.len() as u64 > LEN_MAX => Err("is too long for a token"),
        [] => Err("is empty"),
        text if !text.iter().all(u8::is_ascii_graphic) => {
            Err("has other characters than a token may have")
        }
        text => Ok(Token(String::from_utf8_lossy(text).into_owned())),
    }
}

#[cfg(unix)]
fn check_mode(path: &Path, about: &fs::Metadata) -> Result<(), TokenError> {
    use std::os::unix::fs::PermissionsExt;
    let mode = about.permissions().mode() & 0o777;
    match mode & 0o077 {
        0 => Ok(()),
        _ => Err(TokenError::Exposed { path: path.to_owned(), mode }),
    }
}

#[cfg(not(unix))]
fn check_mode(_: &Path, _: &fs::Metadata) -> Result<(), TokenError> {
    Ok(())
}

/// Writes it under another name first: whoever looks sees all of it or nothing.
fn make(path: &Path, random: [u8; 32]) -> io::Result<Token> {
    let token = Token(hex(random));
    let fresh = path.with_extension("new");
    match fs::remove_file(&fresh) {
        // What an earlier start left when it broke off.
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(error),
    }
    let mut file = private().open(&fresh)?;
    file.write_all(token.0.as_bytes())?;
    file.sync_all()?;
    fs::rename(&fresh, path)?;
    Ok(token)
}

fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

fn hex(bytes: [u8; 32]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    fn write(dir: &Path, bytes: &[u8], mode: u32) {
        let path = dir.join(TOKEN_FILE);
        fs::write(&path, bytes).unwrap();
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    }

    #[test]
    fn a_new_token_is_for_its_owner_alone_and_stays() {
        let dir = tempfile::tempdir().unwrap();
        // What a start that broke off left.
        fs::write(dir.path().join("token.new"), "half").unwrap();
        let token = Token::open(dir.path(), [0xab; 32]).unwrap();
        let mode = fs::metadata(dir.path().join(TOKEN_FILE)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        assert!(token.is(&"ab".repeat(32)) && !token.is("") && !token.is(&"ab".repeat(31)));
        assert!(Token::open(dir.path(), [1; 32]).unwrap() == token);
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_token_may_be_written_by_hand() {
        let dir = tempfile::tempdir().unwrap();
        write(dir.path(), b" open-sesame!\r\n", 0o400);
        assert!(Token::open(dir.path(), [1; 32]).unwrap().is("open-sesame!"));
    }

    #[test]
    fn a_token_that_others_may_read_is_refused_with_what_to_do() {
        let dir = tempfile::tempdir().unwrap();
        for mode in [0o640, 0o604, 0o666, 0o620] {
            write(dir.path(), b"secret", mode);
            let said = Token::open(dir.path(), [1; 32]).unwrap_err().to_string();
            assert!(said.contains("chmod 600") && said.contains("token"), "{said}");
            assert!(!said.contains("secret"), "{said}");
        }
    }

    #[test]
    fn a_token_that_is_none_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let long = [b'a'; 1025];
        let cases: [(&[u8], &str); 5] = [
            (b"", "is empty"),
            (b"\n \n", "is empty"),
            (&long, "too long"),
            (b"two words", "other characters"),
            ("sésame".as_bytes(), "other characters"),
        ];
        for (bytes, fault) in cases {
            write(dir.path(), bytes, 0o600);
            let said = Token::open(dir.path(), [1; 32]).unwrap_err().to_string();
            assert!(said.contains(fault) && said.contains("remove it"), "{said}");
        }
        fs::remove_file(dir.path().join(TOKEN_FILE)).unwrap();
        fs::create_dir(dir.path().join(TOKEN_FILE)).unwrap();
        let said = Token::open(dir.path(), [1; 32]).unwrap_err().to_string();
        assert!(said.contains("is no file"), "{said}");
    }

    #[test]
    fn a_token_is_never_printed() {
        assert_eq!(format!("{:?}", parse(b"secret").unwrap()), "Token(…)");
    }
}
