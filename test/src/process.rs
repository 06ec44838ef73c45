//! Tools as processes, in a folder of their own: what a person gets who gives them something wrong.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// No tool may take longer over a small input.
const LIMIT: Duration = Duration::from_secs(120);

/// A folder that is removed when it is dropped.
pub struct Folder(PathBuf);

impl Folder {
    /// # Panics
    /// Where the folder for temporary files is not writable.
    pub fn new() -> Self {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        let name = format!("edge-test-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&path).expect("temporary files can be written");
        Self(path)
    }
    pub fn path(&self) -> &Path {
        &self.0
    }
    /// # Panics
    /// Where the file cannot be written.
    pub fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> String {
        std::fs::write(self.0.join(name), bytes).expect("temporary files can be written");
        name.to_owned()
    }
    /// Names of the files in it, sorted.
    pub fn files(&self) -> Vec<String> {
        let entries = std::fs::read_dir(&self.0).into_iter().flatten();
        let mut names: Vec<String> = entries.filter_map(|e| Some(e.ok()?.file_name().to_string_lossy().into_owned())).collect();
        names.sort();
        names
    }
}

impl Default for Folder {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// How a process ended.
pub struct Outcome {
    /// `None`: by a signal.
    pub status: Option<i32>,
    pub stdout: String,
    pub stderr: String,
    new_files: Vec<String>,
}

/// Runs a tool in a folder.
///
/// # Panics
/// Where the tool cannot be started or does not end in time.
pub fn run(tool: &str, folder: &Folder, args: &[&str]) -> Outcome {
    run_in(tool, folder, args, &[])
}

/// [`run`] with environment variables.
///
/// # Panics
/// As [`run`].
pub fn run_in(tool: &str, folder: &Folder, args: &[&str], variables: &[(&str, &str)]) -> Outcome {
    let before = folder.files();
    let mut command = Command::new(tool);
    command.args(args).current_dir(folder.path()).env("NO_COLOR", "1").envs(variables.iter().copied());
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap_or_else(|e| panic!("{tool}: {e}"));
    let (mut out, mut err) = (child.stdout.take(), child.stderr.take());
    let reader = |stream: &mut dyn Read| {
        let mut bytes = Vec::new();
        let _ = stream.read_to_end(&mut bytes);
        String::from_utf8_lossy(&bytes).into_owned()
    };
    let out = std::thread::spawn(move || out.as_mut().map_or(String::new(), |s| reader(s)));
    let err = std::thread::spawn(move || err.as_mut().map_or(String::new(), |s| reader(s)));
    let started = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().expect("the process can be waited for") {
            break status;
        }
        if started.elapsed() > LIMIT {
            let _ = child.kill();
            panic!("{tool} {args:?} does not end");
        }
        std::thread::sleep(Duration::from_millis(2));
    };
    let mut new_files = folder.files();
    new_files.retain(|f| !before.contains(f));
    let text = |thread: std::thread::JoinHandle<String>| thread.join().expect("reading does not fail");
    Outcome { status: status.code(), stdout: text(out), stderr: text(err), new_files }
}

impl Outcome {
    /// Codes of the errors, in order.
    pub fn codes(&self) -> Vec<&str> {
        self.stderr.lines().filter_map(|l| l.strip_prefix("error[")?.split_once(']')).map(|(code, _)| code).collect()
    }
    /// What is wrong with how an input was refused: it must be with this exit status, errors that have codes and places, no new
    /// file, and no panic.
    ///
    /// # Errors
    /// What is wrong, with all that the tool wrote.
    pub fn refused(&self, status: i32) -> Result<(), String> {
        let wrong = if self.status != Some(status) {
            format!("exit status {:?}, not {status}", self.status)
        } else if self.stderr.contains("panicked") || self.stderr.contains("internal error") {
            "a panic".to_owned()
        } else if !self.new_files.is_empty() {
            format!("new files: {}", self.new_files.join(", "))
        } else {
            match self.errors().find_map(without_place) {
                Some(line) => format!("no code or place: {line}"),
                None if self.codes().is_empty() => "no error".to_owned(),
                None => return Ok(()),
            }
        };
        let shown: String = self.stderr.chars().take(3000).collect();
        Err(format!("{wrong}\n{shown}"))
    }
    /// The errors, each with the lines that belong to it.
    fn errors(&self) -> impl Iterator<Item = &str> {
        let starts = |l: &str| ["error", "warning", "note", "help"].iter().any(|s| l.starts_with(s));
        let mut cuts: Vec<usize> = Vec::new();
        let mut at = 0;
        for line in self.stderr.split_inclusive('\n') {
            if starts(line) {
                cuts.push(at);
            }
            at += line.len();
        }
        cuts.push(self.stderr.len());
        let parts: Vec<&str> = cuts.windows(2).map(|w| &self.stderr[w[0]..w[1]]).collect();
        parts.into_iter().filter(|p| p.starts_with("error"))
    }
}

/// The first line of an error without a stable code, or without a span or the name of a place.
fn without_place(error: &str) -> Option<&str> {
    let first = error.lines().next().unwrap_or("");
    let coded =
        first.strip_prefix("error[").is_some_and(|r| r.split_once("]: ").is_some_and(|(c, m)| c.len() == 5 && !m.is_empty()));
    let placed = error.lines().any(|l| l.trim_start().starts_with("┌─ ") || l.trim_start().starts_with("= at "));
    (!coded || !placed).then_some(first)
}
