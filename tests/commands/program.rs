//! Running the program: a folder of files for it, and what it said.

use serde_json::Value as Json;
use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

/// A folder that goes when the test ends.
pub struct Folder(tempfile::TempDir);

impl Folder {
    pub fn new() -> Folder {
        Folder(tempfile::tempdir().unwrap())
    }
    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }
    /// Writes a file and gives its path.
    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) -> String {
        let path = self.path(name);
        std::fs::write(&path, content).unwrap();
        path.display().to_string()
    }
}

#[derive(Debug)]
pub struct Ran {
    pub exit: i32,
    pub out: String,
    pub err: String,
}

impl Ran {
    fn of(output: Output) -> Ran {
        let text = |bytes| String::from_utf8(bytes).expect("output is UTF-8");
        Ran { exit: output.status.code().expect("it was not killed by a signal"), out: text(output.stdout), err: text(output.stderr) }
    }
    /// Every line as a JSON object; `None` when any is something else.
    pub fn objects(&self) -> Option<Vec<Json>> {
        self.out.lines().map(|line| serde_json::from_str(line).ok().filter(Json::is_object)).collect()
    }
    /// The one object that was printed.
    pub fn object(&self) -> Json {
        match self.objects().as_deref() {
            Some([one]) => one.clone(),
            _ => panic!("not one JSON object: {self:?}"),
        }
    }
}

/// The program, knowing no hall but those of `home`.
fn program(home: &std::path::Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hall"));
    command.current_dir(home).env("XDG_DATA_HOME", home).env("HOME", home).stdin(Stdio::null());
    command
}

pub fn hall_in<A: AsRef<OsStr>>(home: &Folder, args: impl IntoIterator<Item = A>) -> Ran {
    Ran::of(program(home.0.path()).args(args).output().unwrap())
}

pub fn hall<A: AsRef<OsStr>>(args: impl IntoIterator<Item = A>) -> Ran {
    hall_in(&Folder::new(), args)
}

pub fn hall_with_env<A: AsRef<OsStr>>(args: impl IntoIterator<Item = A>, env: &[(&str, &str)]) -> Ran {
    let home = Folder::new();
    Ran::of(program(home.0.path()).args(args).envs(env.iter().copied()).output().unwrap())
}

pub fn hall_with_input<A: AsRef<OsStr>>(args: impl IntoIterator<Item = A>, input: &str) -> Ran {
    let home = Folder::new();
    let mut command = program(home.0.path());
    let mut child = command.args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    Ran::of(child.wait_with_output().unwrap())
}

/// Starts a server, sends it a signal once it has said that it is ready, and gives what it said then and later.
pub fn serve_and_stop<A: AsRef<OsStr>>(args: impl IntoIterator<Item = A>, signal: &str) -> (Json, Ran) {
    let home = Folder::new();
    let mut child = program(home.0.path()).args(args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    let mut first = String::new();
    out.read_line(&mut first).unwrap();
    let killed = Command::new("kill").args(["-s", signal, &child.id().to_string()]).status().unwrap();
    assert!(killed.success());
    let mut ran = Ran::of(child.wait_with_output().unwrap());
    out.read_to_string(&mut ran.out).unwrap();
    (serde_json::from_str(&first).unwrap_or_else(|_| panic!("{first} {ran:?}")), ran)
}
