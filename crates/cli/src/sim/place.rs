//! Where something is written at the end of a run. That it can be is found out before the run.

use anyhow::{Context, anyhow};
use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use tempfile::{Builder, NamedTempFile};

/// A place for a file that is there whole or not at all.
#[derive(Debug)]
pub struct Place {
    what: &'static str,
    path: PathBuf,
}

impl Place {
    /// Finds out whether `what` can be written there. Nothing is changed yet.
    pub fn new(what: &'static str, path: &Path) -> anyhow::Result<Place> {
        // What a link leads to is replaced, not the link.
        let path = fs::canonicalize(path).unwrap_or_else(|_| path.into());
        let place = Place { what, path };
        place.probe().with_context(|| place.fault())?;
        Ok(place)
    }

    fn probe(&self) -> io::Result<()> {
        match fs::metadata(&self.path) {
            Ok(about) if about.is_dir() => Err(io::Error::other("it is a directory")),
            Ok(_) => OpenOptions::new().write(true).open(&self.path).map(drop),
            Err(_) => self.beside().map(drop),
        }
    }

    /// Writes it. If that fails, what was there before is still there.
    pub fn write(&self, text: &str) -> anyhow::Result<()> {
        self.replace(text).with_context(|| self.fault())
    }

    fn replace(&self, text: &str) -> io::Result<()> {
        if fs::metadata(&self.path).is_ok_and(|about| !about.is_file()) {
            // A pipe or a device can't be replaced.
            return OpenOptions::new().write(true).open(&self.path)?.write_all(text.as_bytes());
        }
        let mut file = self.beside()?;
        file.write_all(text.as_bytes())?;
        file.as_file().sync_all()?;
        file.persist(&self.path).map(drop).map_err(|error| error.error)
    }

    /// A file in the same directory, which can take the place.
    fn beside(&self) -> io::Result<NamedTempFile> {
        let dir = self.path.parent().filter(|dir| !dir.as_os_str().is_empty());
        let mut builder = Builder::new();
        builder.prefix(".rumormill-");
        permit(&mut builder).tempfile_in(dir.unwrap_or(Path::new(".")))
    }

    fn fault(&self) -> String {
        format!(
            "the {} cannot be written to {}: name another place",
            self.what,
            self.path.display()
        )
    }
}

/// As any new file, not as a secret.
#[cfg(unix)]
fn permit<'a, 'b>(builder: &'a mut Builder<'b, 'b>) -> &'a mut Builder<'b, 'b> {
    use std::os::unix::fs::PermissionsExt;
    builder.permissions(Permissions::from_mode(0o666))
}

#[cfg(not(unix))]
fn permit<'a, 'b>(builder: &'a mut Builder<'b, 'b>) -> &'a mut Builder<'b, 'b> {
    builder
}

/// A new file for a log, which is written as the run goes on.
pub fn log(path: &Path) -> anyhow::Result<File> {
    let fault = || format!("the log cannot be written to {}: name another place", path.display());
    File::create(path).with_context(fault)
}

/// Fails if one of those that are written is one that is read, or one of the others.
pub fn apart(files: &[(&str, Option<&Path>)]) -> anyhow::Result<()> {
    let given: Vec<(&str, PathBuf)> =
        files.iter().filter_map(|(what, path)| Some((*what, whole((*path)?)))).collect();
    for (at, (what, path)) in given.iter().enumerate() {
        if let Some((other, _)) = given[..at].iter().find(|(_, other)| other == path) {
            let path = path.display();
            return Err(anyhow!(
                "the {what} would overwrite the {other} {path}: name another place"
            ));
        }
    }
    Ok(())
}

/// The file that a path leads to; of one that isn't there yet, in the directory that it leads to.
fn whole(path: &Path) -> PathBuf {
    let dir = path.parent().filter(|dir| !dir.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let here = || Some(fs::canonicalize(dir).ok()?.join(path.file_name()?));
    fs::canonicalize(path).ok().or_else(here).unwrap_or_else(|| path.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_replaced_whole() {
        let dir = tempfile::tempdir().unwrap();
        let (file, link) = (dir.path().join("a.html"), dir.path().join("b.html"));
        let place = Place::new("report", &file).unwrap();
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0, "nothing is left of the probe");
        place.write("one").unwrap();
        #[cfg(unix)]
        std::os::unix::fs::symlink(&file, &link).unwrap();
        #[cfg(unix)]
        Place::new("report", &link).unwrap().write("two").unwrap();
        assert_eq!(fs::read_to_string(&file).unwrap(), "two");
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 2);
    }

    #[test]
    fn a_place_that_is_none_is_told_at_once() {
        let dir = tempfile::tempdir().unwrap();
        for none in [dir.path().to_path_buf(), dir.path().join("no/such/a.html")] {
            let said = Place::new("report", &none).unwrap_err().to_string();
            assert!(said.starts_with("the report cannot be written to /"), "{said}");
        }
        Place::new("report", Path::new("/dev/null")).unwrap().write("gone").unwrap();
        assert!(!fs::metadata("/dev/null").unwrap().is_file());
    }

    #[test]
    fn nothing_that_is_read_is_written() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("a.toml");
        fs::write(&file, "").unwrap();
        let other = dir.path().join("./a.toml");
        let said = apart(&[("scenario", Some(&file)), ("log", Some(&other))]).unwrap_err();
        assert!(said.to_string().starts_with("the log would overwrite the scenario /"), "{said}");
        let (log, report) = (dir.path().join("x"), dir.path().join("y"));
        assert!(apart(&[("log", Some(&log)), ("report", Some(&report)), ("other", None)]).is_ok());
        assert!(apart(&[("log", Some(&log)), ("report", Some(&log))]).is_err());
    }
}
