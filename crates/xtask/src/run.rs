//! Other programs: run them, show what they say, and tell their failure in one sentence.

use anyhow::{Context, Result, bail};
use std::ffi::OsString;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Says what is being done, so that nobody has to wonder.
pub(crate) fn say(what: &str) {
    println!("==> {what}");
}

/// `cargo`, in the project's folder: the one that started us.
pub(crate) fn cargo() -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(crate::project::root());
    command
}

/// Runs `command` with its output on ours.
pub(crate) fn run(command: &mut Command, purpose: &str) -> Result<()> {
    let status = command
        .status()
        .with_context(|| missing(command, purpose))?;
    if !status.success() {
        bail!("{purpose} failed ({status}); its own words are above");
    }
    Ok(())
}

/// Runs `command` and returns what it wrote to stdout.
pub(crate) fn read(command: &mut Command, purpose: &str) -> Result<String> {
    let output = command
        .output()
        .with_context(|| missing(command, purpose))?;
    if !output.status.success() {
        let words = String::from_utf8_lossy(&output.stderr);
        bail!("{purpose} failed ({}): {}", output.status, words.trim());
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Runs `command`, shows its output while it comes, and returns it with the success.
pub(crate) fn tee(command: &mut Command, purpose: &str) -> Result<(bool, String)> {
    let (reader, writer) = std::io::pipe()?;
    command.stdin(std::process::Stdio::null());
    command.stdout(writer.try_clone()?).stderr(writer);
    let mut child = command.spawn().with_context(|| missing(command, purpose))?;
    // The command holds the writing ends: without letting go of them the reader would wait for ever.
    command
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null());
    let mut text = String::new();
    for line in BufReader::new(reader).split(b'\n') {
        let line = String::from_utf8_lossy(&line?).into_owned();
        let mut out = std::io::stdout().lock();
        writeln!(out, "{line}")?;
        text.push_str(&line);
        text.push('\n');
    }
    Ok((child.wait()?.success(), text))
}

fn missing(command: &Command, purpose: &str) -> String {
    format!(
        "{purpose}: cannot start {}",
        command.get_program().to_string_lossy()
    )
}

/// The first of `names` on the PATH, or at one of the absolute paths among them.
pub(crate) fn find(names: &[&str]) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    names.iter().find_map(|name| {
        if Path::new(name).is_absolute() {
            return Some(PathBuf::from(name)).filter(|file| file.is_file());
        }
        std::env::split_paths(&path)
            .map(|dir| dir.join(name))
            .find(|file| file.is_file())
    })
}

/// The PATH with `dir` in front.
pub(crate) fn path_with(dir: &Path) -> Result<OsString> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let dirs = std::iter::once(dir.to_owned()).chain(std::env::split_paths(&path));
    Ok(std::env::join_paths(dirs)?)
}

/// The processors of this machine; one where nobody can tell.
pub(crate) fn processors() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}
