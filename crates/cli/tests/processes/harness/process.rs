//! A process of ours, which ends with its guard.

use super::until;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

/// `rumormill …`, with what it says in files.
pub struct Process {
    child: Child,
    out: PathBuf,
    err: PathBuf,
}

impl Process {
    /// Starts it with those arguments. What it says, and its temporary files, are kept in `dir`.
    pub fn spawn(dir: &Path, args: &[String]) -> Process {
        Process::spawn_program(dir, env!("CARGO_BIN_EXE_rumormill"), args)
    }

    /// The same with another program, which may start ours in its stead.
    pub fn spawn_program(dir: &Path, program: &str, args: &[String]) -> Process {
        let said = tempfile::Builder::new().prefix("said-").disable_cleanup(true).tempdir_in(dir);
        let said = said.expect("a directory for what it says");
        let (out, err) = (said.path().join("stdout"), said.path().join("stderr"));
        let child = Command::new(program)
            .args(args)
            .env("TMPDIR", dir)
            .env("XDG_STATE_HOME", dir.join("state"))
            .env_remove("RUST_LOG")
            .stdin(Stdio::null())
            .stdout(File::create(&out).expect("a file for stdout"))
            .stderr(File::create(&err).expect("a file for stderr"))
            .spawn()
            .expect("it starts");
        Process { child, out, err }
    }

    pub fn id(&self) -> u32 {
        self.child.id()
    }

    pub fn stdout(&self) -> String {
        fs::read_to_string(&self.out).expect("stdout is text")
    }

    pub fn stderr(&self) -> String {
        fs::read_to_string(&self.err).expect("stderr is text")
    }

    /// How it ended, if it has.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().expect("it can be asked")
    }

    /// Waits for its end; says with which code. Nothing: it was killed.
    #[track_caller]
    pub fn exit_code(&mut self, within: Duration) -> Option<i32> {
        until("the process ends", within, || self.ended()).code()
    }

    /// Sends it a signal, such as `INT`.
    pub fn signal(&self, name: &str) {
        assert!(send(name, self.id()), "no {name} for {}", self.id());
    }

    /// Ends it as a crash would.
    pub fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
        if std::thread::panicking() {
            let last = |text: String| text.lines().rev().take(8).collect::<Vec<_>>().join("\n  ");
            let said = fs::read_to_string(&self.err).unwrap_or_default();
            eprintln!("process {} said, the last first:\n  {}", self.id(), last(said));
        }
    }
}

/// Sends a process a signal; says whether it was there.
pub fn send(signal: &str, to: u32) -> bool {
    // The shell has a `kill` of its own, so nothing need be installed.
    let kill = format!("kill -s {signal} {to}");
    Command::new("sh").args(["-c", &kill]).status().is_ok_and(|done| done.success())
}

/// The processes whose command line contains that text; none where there is no `/proc`.
pub fn processes_with(text: &str) -> Vec<u32> {
    let Ok(all) = fs::read_dir("/proc") else { return Vec::new() };
    let ids = all.flatten().filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    let runs = |id: &u32| {
        // What has ended, or is a zombie, has no command line.
        let line = fs::read(format!("/proc/{id}/cmdline")).unwrap_or_default();
        String::from_utf8_lossy(&line).contains(text)
    };
    ids.filter(runs).collect()
}
