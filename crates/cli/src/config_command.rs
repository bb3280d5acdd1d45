//! `rumormill config`: the settings that there are, and files of them.

use crate::args::below_flags;
use crate::printed::print;
use clap::{Args, Subcommand};
use rumormill_config::{Layers, rows, toml};
use serde_json::json;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Arguments of `config`.
#[derive(Args, Debug)]
pub struct ConfigArgs {
    #[command(subcommand)]
    command: ConfigCommand,
}

#[derive(Subcommand, Debug)]
enum ConfigCommand {
    /// Print every setting with its meaning, bounds, default and value, as a file that loads
    #[command(
        after_help = "Examples:\n  rumormill config print > node.toml\n  rumormill config print --config node.toml --json"
    )]
    Print {
        /// A file whose values are shown, or - for stdin, with those of the environment over them
        #[arg(long, value_name = "FILE")]
        config: Option<PathBuf>,
        /// Print one line of JSON
        #[arg(long)]
        json: bool,
    },
    /// Say of each file whether a node would take it
    #[command(after_help = "Examples:\n  rumormill config check node.toml scenario.toml")]
    Check {
        /// The files; - is stdin
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
        /// Print one line of JSON
        #[arg(long)]
        json: bool,
    },
}

/// Does it.
pub fn run(args: ConfigArgs) -> anyhow::Result<ExitCode> {
    match args.command {
        ConfigCommand::Print { config, json } => {
            let layers = below_flags(config.as_ref())?;
            match json {
                true => print(&format!("{}\n", json!({ "settings": rows(&layers) })))?,
                false => print(&toml(&layers))?,
            }
            Ok(ExitCode::SUCCESS)
        }
        ConfigCommand::Check { files, json } => check(&files, json),
    }
}

fn check(files: &[PathBuf], json: bool) -> anyhow::Result<ExitCode> {
    let faults: Vec<Option<String>> = files.iter().map(|file| fault(file)).collect();
    let shown = files.iter().map(|file| file.display().to_string());
    if json {
        let files = shown
            .zip(&faults)
            .map(|(file, error)| json!({ "file": file, "ok": error.is_none(), "error": error }));
        print(&format!("{}\n", json!({ "files": files.collect::<Vec<_>>() })))?;
    } else {
        for (file, fault) in shown.zip(&faults) {
            match fault {
                None => print(&format!("{file} is sound\n"))?,
                Some(fault) => eprintln!("error: {fault}"),
            }
        }
    }
    Ok(ExitCode::from(u8::from(faults.iter().any(Option::is_some))))
}

/// What is wrong with a file.
fn fault(file: &Path) -> Option<String> {
    Layers::default().read(file).err().map(|error| error.to_string())
}
