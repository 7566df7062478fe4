//! How many submissions a second a hall takes in, each acknowledged only once it is on the disk: `ingest HALL [COUNT]`, for
//! `cargo x bench outbox`. HALL is the program; it runs by itself, so that its memory is its own. Beside it, in the same
//! run, SQLite alone commits the very same rows one by one, with the hall's own settings. One JSON object a line.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod asking;
// A test's world does more than is needed here.
#[allow(dead_code)]
#[path = "../hall/world.rs"]
mod world;

use mingbai::calendar::hall_date;
use mingbai::check::{Application, assess};
use mingbai::hall::devices;
use mingbai::receipt::Profile;
use mingbai::rules::Today;
use mingbai::submission::{Sealed, Submission};
use serde_json::{Value, json};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqliteSynchronous};
use sqlx::{Connection as _, Row as _};
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use world::{Client, Device, random};

/// Kiosks that send at the same time, each over its own connection and from its own address.
const KIOSKS: usize = 16;
const ANSWERS: usize = 40;
const COUNT: usize = 4_000;

#[tokio::main]
async fn main() {
    let mut arguments = std::env::args_os().skip(1);
    let program = PathBuf::from(arguments.next().expect("ingest HALL [COUNT]"));
    let count = arguments.next().map_or(COUNT, |count| count.to_string_lossy().parse().expect("a number"));
    let folder = tempfile::tempdir().unwrap();
    let (data, catalogue) = (folder.path().join("data"), folder.path().join("catalogue"));
    std::fs::create_dir(&catalogue).unwrap();
    for file in asking::sources(ANSWERS) {
        std::fs::write(catalogue.join(file.name), file.text).unwrap();
    }
    let hall = Hall::start(&program, &data, &catalogue);
    let mut kiosks = Vec::new();
    for number in 1..=KIOSKS {
        kiosks.push(Arc::new(kiosk(&hall, &data, number).await));
    }
    // Sealing is the devices' work, done before the clock starts.
    let sealed: Arc<Vec<Sealed>> = Arc::new((0..count).map(|n| envelope(&kiosks[n % KIOSKS])).collect());
    let size = serde_json::to_vec(&sealed[0]).unwrap().len();
    let before = hall.memory("VmRSS");

    let next = Arc::new(AtomicUsize::new(0));
    let started = Instant::now();
    let senders: Vec<_> = kiosks.iter().map(|kiosk| tokio::spawn(send(kiosk.clone(), sealed.clone(), next.clone()))).collect();
    let mut times = Vec::new();
    for sender in senders {
        times.extend(sender.await.unwrap());
    }
    tell("hall: received, committed and acknowledged over HTTP", started.elapsed(), &mut times);
    let memory = json!({
        "bench": "outbox", "place": "native", "what": "memory of the hall", "unit": "MiB", "before": before, "after": hall.memory("VmRSS"),
        "most": hall.memory("VmHWM"), "envelope_bytes": size, "kiosks": KIOSKS, "answers": ANSWERS,
    });
    println!("{memory}");
    hall.stop();

    let (took, mut times) = bare(&data.join("hall.db"), &folder.path().join("bare.db")).await;
    assert_eq!(times.len(), count, "every submission is one case");
    tell("SQLite alone: the same rows, one transaction each", took, &mut times);
}

fn tell(what: &str, took: Duration, times: &mut [Duration]) {
    times.sort();
    let at = |share: f64| (times[((times.len() - 1) as f64 * share) as usize].as_secs_f64() * 1e6).round() / 1e3;
    let rate = (times.len() as f64 / took.as_secs_f64()).round();
    let line = json!({ "bench": "outbox", "place": "native", "what": what, "count": times.len(), "per_second": rate, "p50_ms": at(0.5), "p99_ms": at(0.99) });
    println!("{line}");
}

/// Takes the next envelope until there is none; how long each took.
async fn send(kiosk: Arc<Device>, sealed: Arc<Vec<Sealed>>, next: Arc<AtomicUsize>) -> Vec<Duration> {
    let mut times = Vec::new();
    while let Some(one) = sealed.get(next.fetch_add(1, Ordering::Relaxed)) {
        let started = Instant::now();
        let answer = kiosk.client.submit(one).await;
        let status = answer.status();
        let body = answer.text().await.unwrap();
        times.push(started.elapsed());
        assert_eq!(status, 201, "{body}");
    }
    times
}

async fn kiosk(hall: &Hall, data: &Path, number: usize) -> Device {
    // Each from an address of its own, as the limits of a real hall expect.
    let from = std::net::IpAddr::from([127, 0, 1, u8::try_from(number).unwrap()]);
    let http = reqwest::Client::builder().local_address(from).build().unwrap();
    let client = Client { http, base: format!("{}/api/v1", hall.url), cookie: None };
    let (info, catalogue, sealing) = (client.hall().await, client.catalogue().await, client.trust().await.sealing);
    let key = ed25519_dalek::SigningKey::from_bytes(&random());
    let device = Device { client, key, self_issued: false, hall: info, sealing, catalogue };
    let code = devices::code(data, Profile::Kiosk).await.unwrap().code;
    assert_eq!(device.enrol(&code, &format!("自助机 {number}")).await.status(), 201);
    device
}

fn envelope(device: &Device) -> Sealed {
    let item = device.catalogue.items.iter().find(|item| item.code.starts_with("asking")).unwrap();
    let application = Application { facts: asking::answers(ANSWERS), ..Application::default() };
    let mut submission: Submission = device.prepare_with(item, &device.catalogue.head.version);
    let today = Today { date: hall_date(submission.captured_at), calendar: &device.catalogue.head.calendar };
    submission.assessment = assess(item, &application, &today);
    submission.application = application;
    device.seal(submission).sealed
}

/// The rows of the hall's cases and their events once more, into an empty database of the same shape.
async fn bare(full: &Path, empty: &Path) -> (Duration, Vec<Duration>) {
    let mut database = open(full).await;
    sqlx::query("VACUUM INTO ?").bind(empty.to_str().unwrap()).execute(&mut database).await.unwrap();
    database.close().await.unwrap();
    let mut database = open(empty).await;
    for table in ["events", "case_chunks", "cases"] {
        sqlx::query(sqlx::AssertSqlSafe(format!("DELETE FROM {table}"))).execute(&mut database).await.unwrap();
    }
    sqlx::query("VACUUM").execute(&mut database).await.unwrap();
    sqlx::query("ATTACH ? AS hall").bind(full.to_str().unwrap()).execute(&mut database).await.unwrap();
    let columns: Vec<String> = sqlx::query("PRAGMA main.table_info(cases)")
        .fetch_all(&mut database)
        .await
        .unwrap()
        .iter()
        .map(|row| format!("\"{}\"", row.get::<&str, _>("name")))
        .collect();
    let columns = columns.join(", ");
    let cases = format!("INSERT INTO main.cases ({columns}) SELECT {columns} FROM hall.cases WHERE id = ?");
    let ids: Vec<(String,)> = sqlx::query_as("SELECT id FROM hall.cases ORDER BY rowid").fetch_all(&mut database).await.unwrap();
    let started = Instant::now();
    let mut times = Vec::new();
    for (id,) in ids {
        let one = Instant::now();
        let mut change = database.begin_with("BEGIN IMMEDIATE").await.unwrap();
        sqlx::query(sqlx::AssertSqlSafe(cases.clone())).bind(&id).execute(&mut *change).await.unwrap();
        sqlx::query("INSERT INTO main.events SELECT * FROM hall.events WHERE \"case\" = ?").bind(&id).execute(&mut *change).await.unwrap();
        change.commit().await.unwrap();
        times.push(one.elapsed());
    }
    (started.elapsed(), times)
}

/// As the hall opens it.
async fn open(path: &Path) -> SqliteConnection {
    let file = SqliteConnectOptions::new().filename(path).foreign_keys(true);
    SqliteConnection::connect_with(&file.journal_mode(SqliteJournalMode::Wal).synchronous(SqliteSynchronous::Full)).await.unwrap()
}

/// The program, running.
struct Hall {
    child: Child,
    url: String,
}

impl Hall {
    fn start(program: &Path, data: &Path, catalogue: &Path) -> Hall {
        let mut child = Command::new(program)
            .args(["serve", "--json", "--listen", "127.0.0.1:0", "--data"])
            .arg(data)
            .arg("--catalogue")
            .arg(catalogue)
            .env("RUST_LOG", "error")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .expect("starting the hall");
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let ready: Value = serde_json::from_str(&line).expect("the hall says that it is ready");
        Hall { child, url: ready["url"].as_str().unwrap().to_owned() }
    }

    /// MiB, as the system counts them; nothing where it does not.
    fn memory(&self, which: &str) -> Option<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix(which)?.strip_prefix(':'))?;
        Some(line.trim().trim_end_matches(" kB").parse::<u64>().ok()? / 1024)
    }

    fn stop(mut self) {
        let _ = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status();
        assert!(self.child.wait().unwrap().success());
    }
}
