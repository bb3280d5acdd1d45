//! A terminal of ours, with `rumormill` on it.

use super::{Network, SOON, send, until};
use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};
use std::io::{Read, Write};
use std::num::NonZeroU16;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use vt100::Parser;

/// Columns and rows of a terminal that nobody made larger.
const SIZE: (u16, u16) = (120, 24);

/// The terminal, and the process that it belongs to.
pub struct Terminal {
    master: Box<dyn MasterPty + Send>,
    keyboard: Box<dyn Write + Send>,
    child: Box<dyn Child + Send + Sync>,
    screen: Arc<Mutex<Parser>>,
    reader: Option<JoinHandle<()>>,
    /// How it was before.
    settings: Option<String>,
}

impl Terminal {
    /// Runs `rumormill` on a new terminal, with those arguments, parted by spaces.
    pub fn run(network: &Network, args: &str) -> Terminal {
        Terminal::run_with(network, args, &[])
    }

    /// The same, with those variables in its environment.
    pub fn run_with(network: &Network, args: &str, environment: &[(&str, &str)]) -> Terminal {
        let pair = native_pty_system().openpty(sized(SIZE)).expect("there are pseudo-terminals");
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_rumormill"));
        command.args(args.split_whitespace());
        command.env("TERM", "xterm-256color");
        command.env("TMPDIR", network.dir());
        command.env("XDG_STATE_HOME", network.dir().join("state"));
        command.env_remove("RUST_LOG");
        command.env_remove("NO_COLOR");
        environment.iter().for_each(|(name, value)| command.env(name, value));
        let settings = settings(&*pair.master);
        let child = pair.slave.spawn_command(command).expect("rumormill starts");
        let screen = Arc::new(Mutex::new(parser(SIZE)));
        let output = pair.master.try_clone_reader().expect("its output can be read");
        let reader = Some(std::thread::spawn({
            let screen = screen.clone();
            move || show(output, &screen)
        }));
        let keyboard = pair.master.take_writer().expect("it can be typed to");
        Terminal { master: pair.master, keyboard, child, screen, reader, settings }
    }

    /// Types that.
    pub fn types(&mut self, keys: &str) {
        self.keyboard.write_all(keys.as_bytes()).expect("it takes what is typed");
        self.keyboard.flush().expect("it takes what is typed");
    }

    /// Makes it another size.
    pub fn resize(&self, columns: u16, rows: u16) {
        self.screen().set_size(whole(rows), whole(columns));
        self.master.resize(sized((columns, rows))).expect("it can be resized");
    }

    /// What can be read on it.
    pub fn text(&self) -> String {
        self.screen().screen().contents()
    }

    /// Whether that can be read on it.
    pub fn shows(&self, text: &str) -> bool {
        self.text().contains(text)
    }

    /// The words of the row of a node, without the mark of the selected one.
    pub fn row(&self, port: u16) -> Option<Vec<String>> {
        let text = self.text();
        // Other lines may begin with a port too.
        let rows = text.lines().skip_while(|line| !line.starts_with("  node ")).skip(1);
        let words = |line: &str| line.split_whitespace().map(String::from).collect();
        let mut rows = rows.map(|line| words(line.strip_prefix("> ").unwrap_or(line)));
        rows.find(|row: &Vec<String>| row.len() > 2 && row[0] == port.to_string())
    }

    /// Whether the row of a node says that it is so: `yes`, `no`, `paused`.
    pub fn says_alive(&self, port: u16, alive: &str) -> bool {
        self.row(port).is_some_and(|row| row[1] == alive)
    }

    /// What stands in the row of a node below a title: as much of it as the title is wide.
    pub fn below(&self, title: &str, port: u16) -> Option<String> {
        let screen = self.screen();
        let (screen, columns) = (screen.screen(), screen.screen().size().1.get());
        let lines: Vec<String> = screen.rows(0, columns).collect();
        let titles = lines.iter().position(|line| line.starts_with("  node "))?;
        let from = lines[titles].find(title)?;
        let is_row =
            |line: &String| line.get(2..).is_some_and(|line| line.starts_with(&port.to_string()));
        let row = titles + 1 + lines[titles + 1..].iter().position(is_row)?;
        let (row, to) = (row as u16, (from + title.len()) as u16);
        Some(screen.contents_between(row, from as u16, row, to).trim().to_owned())
    }

    /// Whether a cell of the row of a node is shown reversed or on a colour.
    pub fn has_marked_cells(&self, port: u16) -> bool {
        let screen = self.screen();
        let screen = screen.screen();
        let (rows, columns) = (screen.size().0.get(), screen.size().1.get());
        let row = (0..rows).find(|row| {
            let line = screen.contents_between(*row, 0, *row, columns);
            line.get(2..).is_some_and(|line| line.starts_with(&port.to_string()))
        });
        let is_marked = |row: u16, column: u16| {
            let cell = screen.cell(row, column);
            cell.is_some_and(|cell| cell.inverse() || cell.bgcolor() != vt100::Color::Default)
        };
        row.is_some_and(|row| (0..columns).any(|column| is_marked(row, column)))
    }

    /// Whether any cell has a colour.
    pub fn has_colours(&self) -> bool {
        let screen = self.screen();
        let screen = screen.screen();
        let (rows, columns) = (screen.size().0.get(), screen.size().1.get());
        let cells = (0..rows).flat_map(|row| (0..columns).map(move |column| (row, column)));
        let mut cells = cells.filter_map(|(row, column)| screen.cell(row, column));
        let plain = vt100::Color::Default;
        cells.any(|cell| cell.fgcolor() != plain || cell.bgcolor() != plain)
    }

    /// Whether what is shown will leave no trace.
    pub fn is_full_screen(&self) -> bool {
        self.screen().screen().alternate_screen()
    }

    /// Whether keys are treated otherwise than before it had this terminal.
    pub fn has_taken_keys(&self) -> bool {
        settings(&*self.master) != self.settings
    }

    /// Sends its process a signal, such as `TERM`.
    pub fn signal(&self, name: &str) {
        let id = self.child.process_id().expect("it runs");
        assert!(send(name, id), "no {name} for {id}");
    }

    /// Waits for the end of its process; the terminal must be as it was before. Says with which code
    /// it ended, and what can be read then.
    #[track_caller]
    pub fn ended(&mut self) -> (u32, String) {
        let code =
            until("the process ends", SOON, || self.child.try_wait().expect("it can be asked"));
        // All that it wrote has arrived once the terminal is nobody's.
        let _ = self.reader.take().map(JoinHandle::join);
        let text = self.text();
        let screen = self.screen();
        assert!(!screen.screen().alternate_screen(), "its own screen is left: {text}");
        assert!(!screen.screen().hide_cursor(), "the cursor is back: {text}");
        drop(screen);
        let now = settings(&*self.master);
        // Not every system tells of a terminal that nobody has any more.
        assert!(now.is_some() || !cfg!(target_os = "linux"), "the settings are told");
        assert!(now.is_none() || now == self.settings, "lines are edited as before: {now:?}");
        (code.exit_code(), text)
    }

    fn screen(&self) -> std::sync::MutexGuard<'_, Parser> {
        self.screen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        if std::thread::panicking() {
            eprintln!("the terminal shows:\n{}", self.text());
        }
    }
}

fn show(mut output: impl Read, screen: &Mutex<Parser>) {
    let mut bytes = [0; 4096];
    // On Linux a terminal that nobody has any more can't be read.
    while let Ok(count @ 1..) = output.read(&mut bytes) {
        screen.lock().unwrap_or_else(PoisonError::into_inner).process(&bytes[..count]);
    }
}

fn parser((columns, rows): (u16, u16)) -> Parser {
    Parser::new(whole(rows), whole(columns), 0)
}

fn sized((cols, rows): (u16, u16)) -> PtySize {
    PtySize { rows, cols, ..PtySize::default() }
}

fn whole(number: u16) -> NonZeroU16 {
    NonZeroU16::new(number).expect("not zero")
}

/// How the terminal treats what is typed.
fn settings(master: &dyn MasterPty) -> Option<String> {
    Some(format!("{:?}", master.get_termios()?))
}
