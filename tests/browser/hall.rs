//! A hall of our own for one test: a data folder that is thrown away, demo staff, a free port. It can be stopped and
//! started again, which is how a test takes the network away: a browser told to be offline does not tell its service
//! worker. It can also be killed in the middle of anything, and stand behind a network that is not a good one.

use mingbai::catalogue::author::Source;
use serde::Deserialize;
use serde_json::Value;
use sqlx::Connection as _;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use std::ffi::OsStr;
use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

pub struct Hall {
    /// Holds the data folder, and beside it the file that opens its keys and the last backup.
    room: TempDir,
    data: PathBuf,
    /// How many backups there have been.
    backups: usize,
    /// Another catalogue than the sample.
    catalogue: Option<TempDir>,
    port: u16,
    /// Where browsers find it, when that is not its own port.
    front: Option<u16>,
    running: Option<Child>,
    staff: Vec<SignIn>,
}

#[derive(Clone, Deserialize)]
pub struct SignIn {
    pub user: String,
    pub password: String,
}

impl Hall {
    /// Sets up a hall and starts it.
    pub fn start() -> Hall {
        let mut hall = Hall::stopped(tempfile::tempdir().expect("a folder for the hall"));
        let created = hall.command(&["init", "--demo-staff"]);
        hall.staff = serde_json::from_value(created["staff"].clone()).expect("the demo staff");
        hall.start_again();
        hall
    }

    /// On a data folder, `data` in `room`, that is there already, whose staff nobody knows.
    pub fn over(room: TempDir) -> Hall {
        let mut hall = Hall::stopped(room);
        hall.start_again();
        hall
    }

    fn stopped(room: TempDir) -> Hall {
        let data = room.path().join("data");
        Hall { room, data, backups: 0, catalogue: None, port: free_port(), front: None, running: None, staff: vec![] }
    }

    /// Starts with the same port and data, as after a power cut or at the next morning.
    pub fn start_again(&mut self) {
        assert!(self.running.is_none(), "the hall is running");
        let mut child = program()
            .args(["serve", "--json", "--listen", &format!("127.0.0.1:{}", self.port), "--data"])
            .arg(&self.data)
            .args(self.catalogue.iter().flat_map(|folder| [OsStr::new("--catalogue"), folder.path().as_os_str()]))
            .stdout(Stdio::piped())
            .spawn()
            .expect("starting the hall");
        let mut lines = BufReader::new(child.stdout.take().expect("its output"));
        self.running = Some(child);
        let ready = first_line(&mut lines);
        assert_eq!(ready["ready"], true, "the hall said {ready}");
        // The rest is read to its end, so that the hall never waits for a reader.
        std::thread::spawn(move || std::io::copy(&mut lines, &mut std::io::sink()));
    }

    /// Stops it as an operator would, and insists that it ends well.
    pub fn stop(&mut self) {
        let mut child = self.running.take().expect("the hall is not running");
        let _ = Command::new("kill").args(["-TERM", &child.id().to_string()]).status();
        let deadline = Instant::now() + Duration::from_secs(15);
        loop {
            if let Some(status) = child.try_wait().expect("waiting for the hall") {
                assert!(status.success(), "the hall ended with {status}");
                return;
            }
            assert!(Instant::now() < deadline, "the hall did not stop");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Starts it if somebody has killed it. A hall that ended in any other way has failed.
    pub fn revive(&mut self) {
        if let Some(status) = self.running.as_mut().and_then(|child| child.try_wait().expect("looking at the hall")) {
            assert_eq!(status.signal(), Some(9), "the hall ended by itself: {status}");
            self.running = None;
        }
        if self.running.is_none() {
            self.start_again();
        }
    }

    /// The power goes.
    pub fn kill(&mut self) {
        if let Some(mut child) = self.running.take() {
            child.kill().expect("killing the hall");
            child.wait().expect("waiting for the hall");
        }
    }

    /// Its process, for whoever kills it at the worst moment.
    pub fn process(&self) -> u32 {
        self.running.as_ref().expect("the hall is not running").id()
    }

    /// From now on browsers come through `front`.
    pub fn behind(&mut self, front: u16) {
        self.front = Some(front);
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// Its data folder.
    pub fn data(&self) -> &Path {
        &self.data
    }

    /// What it serves from its next start on.
    pub fn publish(&mut self, sources: &[Source]) {
        let folder = tempfile::tempdir().expect("a folder for the catalogue");
        for source in sources {
            std::fs::write(folder.path().join(&source.name), &source.text).expect("a file of the catalogue");
        }
        self.catalogue = Some(folder);
    }

    /// Gives every part of the catalogue other bytes than its name promises.
    pub async fn spoil_parts(&self) {
        let other = mingbai::hall::catalogue::pack(b"[]");
        let mut database = self.database().await;
        let spoil = "CREATE TABLE sound AS SELECT * FROM catalogue_parts";
        sqlx::query(spoil).execute(&mut database).await.expect("a copy");
        sqlx::query("UPDATE catalogue_parts SET packed = ?").bind(other).execute(&mut database).await.expect("other bytes");
    }

    pub async fn restore_parts(&self) {
        let restore = "UPDATE catalogue_parts SET packed = (SELECT packed FROM sound WHERE sound.sha256 = catalogue_parts.sha256)";
        sqlx::query(restore).execute(&mut self.database().await).await.expect("the bytes of before");
    }

    pub async fn database(&self) -> SqliteConnection {
        let file = SqliteConnectOptions::new().filename(self.data.join("hall.db"));
        SqliteConnection::connect_with(&file).await.expect("the hall's database")
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.front.unwrap_or(self.port))
    }

    /// A one-time code that enrols a `kiosk` or a `desk`.
    pub fn device_code(&self, profile: &str) -> String {
        self.command(&["device", "code", "--profile", profile])["code"].as_str().expect("a code").to_owned()
    }

    pub fn staff(&self, user: &str) -> SignIn {
        self.staff.iter().find(|s| s.user == user).unwrap_or_else(|| panic!("no demo user {user}")).clone()
    }

    /// A backup of now, in place of the one before; the hall goes on.
    pub fn back_up(&mut self) {
        let before = self.backup();
        self.backups += 1;
        self.command(&["backup", &self.backup().to_string_lossy()]);
        if self.backups > 1 {
            std::fs::remove_file(before).expect("removing an old backup");
        }
    }

    /// Puts the last backup in the place of the data. What was there before is kept by the hall, but not here: a test of many
    /// has no room for that.
    pub fn restore(&self) {
        self.command(&["restore", &self.backup().to_string_lossy()]);
        for entry in std::fs::read_dir(self.data()).expect("the data folder").flatten() {
            if entry.file_name().to_string_lossy().starts_with("replaced-") {
                std::fs::remove_dir_all(entry.path()).expect("removing what was replaced");
            }
        }
    }

    fn backup(&self) -> PathBuf {
        self.room.path().join(format!("{}.backup", self.backups))
    }

    /// What `hall verify` finds wrong, a line each.
    pub fn errors(&self) -> Vec<String> {
        let output = program().args(["verify", "--json", "--data"]).arg(self.data()).output().expect("running hall");
        let lines = String::from_utf8_lossy(&output.stdout);
        lines.lines().filter(|line| line.contains("\"severity\":\"error\"")).map(str::to_owned).collect()
    }

    /// Runs a `hall` command on this hall's data and reads its answer.
    pub fn command(&self, words: &[&str]) -> Value {
        let output = program().args(words).arg("--json").arg("--data").arg(&self.data).output().expect("running hall");
        assert!(output.status.success(), "hall {words:?}: {}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).expect("one JSON object")
    }
}

impl Drop for Hall {
    fn drop(&mut self) {
        if let Some(mut child) = self.running.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hall"));
    // Warnings of the hall belong into the test's output, its diary does not.
    command.env("RUST_LOG", "warn").stdin(Stdio::null());
    command
}

fn first_line(lines: &mut BufReader<ChildStdout>) -> Value {
    let mut line = String::new();
    lines.read_line(&mut line).expect("reading what the hall says");
    serde_json::from_str(&line).unwrap_or_else(|e| panic!("the hall said `{line}`: {e}"))
}

/// A port that was free a moment ago.
pub fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).expect("a free port").port()
}
