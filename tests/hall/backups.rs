//! Backups: of one moment while submissions come in; put back so that nothing is lost, doubled or numbered twice; and a
//! hall in which anything was damaged, found out.

use crate::world::*;
use mingbai::api::{Acknowledgement, Held, Scan};
use mingbai::case::Act;
use mingbai::hall::Error;
use mingbai::hall::backup::{self, Manifest, NotDone};
use mingbai::hall::keys::{Keys, Unlock};
use mingbai::hall::restore::{Restored, Source, restore};
use mingbai::hall::verify::{self, Finding, Summary};
use mingbai::hall::{lock, store, trust};
use mingbai::receipt::Verdict;
use mingbai::signing::key_id;
use mingbai::submission::{Attachment, Digest, Frozen, seal, seal_chunk};
use reqwest::StatusCode;
use sqlx::Connection;
use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use uuid::Uuid;
use zeroize::Zeroizing;

const PASSPHRASE: &str = "six words that nobody will guess";

/// What `hall verify` finds.
async fn looked_at(data: &Path) -> (Vec<Finding>, Summary) {
    looked_at_with(data, &Unlock::Beside).await
}

async fn looked_at_with(data: &Path, unlock: &Unlock) -> (Vec<Finding>, Summary) {
    let mut findings = Vec::new();
    let summary = verify::verify(data, unlock, &mut |finding| findings.push(finding)).await.unwrap();
    (findings, summary)
}

/// What a restore has put aside in a data folder opens with what opens the folder.
async fn clean_aside(data: &Path, replaced: &Path) -> Summary {
    let (findings, summary) = looked_at_with(replaced, &Unlock::KeyFile(data.with_extension("unlock"))).await;
    assert_eq!(findings, []);
    summary
}

fn passphrase(words: &str) -> Option<Zeroizing<String>> {
    Some(Zeroizing::new(words.into()))
}

/// The keys of another data folder, from the folder itself.
fn keys_of(data: &Path) -> Source {
    Source { folder: Some(data.join("keys")), passphrase: None, unlock: Unlock::KeyFile(data.with_extension("unlock")) }
}

async fn clean(data: &Path) -> Summary {
    let (findings, summary) = looked_at(data).await;
    assert_eq!(findings, []);
    summary
}

async fn back_up(data: &Path, file: &Path) -> Manifest {
    backup::make(data, &Unlock::Beside, file, passphrase(PASSPHRASE), false).await.unwrap()
}

fn with_passphrase() -> Source {
    Source { passphrase: passphrase(PASSPHRASE), ..Source::default() }
}

async fn put_back(file: &Path, data: &Path) -> Restored {
    restore(file, data, &with_passphrase(), now()).await.unwrap()
}

/// Sends the chunks, then the envelope.
async fn send(client: &Client, filing: &Filing) -> Acknowledgement {
    for chunk in &filing.chunks {
        assert!(client.send_chunk(chunk).await.status().is_success());
    }
    read(client.submit(&filing.sealed).await).await
}

fn photo(size: usize) -> Vec<u8> {
    let noise: [u8; 32] = random();
    [&[0xff, 0xd8, 0xff][..], &noise, &vec![7; size]].concat()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_made_while_submissions_come_in_is_of_one_moment() {
    let world = World::start().await;
    let kiosk = world.kiosk().await;
    let (received, enough) = (Arc::new(Mutex::new(Vec::new())), Arc::new(AtomicBool::new(false)));
    let sending = tokio::spawn({
        let (received, enough) = (received.clone(), enough.clone());
        async move {
            for photos in [true, false, false].into_iter().cycle().take_while(|_| !enough.load(Ordering::Relaxed)) {
                let filing = if photos { kiosk.seal_with_photo(&photo(40_000)) } else { kiosk.seal(kiosk.prepare()) };
                let acknowledgement = send(&kiosk.client, &filing).await;
                received.lock().unwrap().push(acknowledgement);
            }
        }
    });
    let folder = tempfile::tempdir().unwrap();
    let mut sizes = BTreeSet::new();
    for n in 0..4 {
        let before = received.lock().unwrap().clone();
        let file = folder.path().join(format!("{n}.backup"));
        let manifest = backup::make(world.data.path(), &Unlock::Beside, &file, None, false).await.unwrap();
        assert!(manifest.cases as usize >= before.len() && manifest.missing.is_empty(), "{manifest:?}");
        let data = folder.path().join(format!("{n}"));
        assert_eq!(restore(&file, &data, &keys_of(world.data.path()), now()).await.unwrap().replaced, None);
        assert_eq!(clean_aside(world.data.path(), &data).await.cases, manifest.cases as usize);
        sizes.insert(manifest.cases);
        let mut db = store::look(&data).await.unwrap();
        for acknowledgement in before {
            let case = store::cases::by_id(&mut db, &acknowledgement.id).await.unwrap().expect("whoever was acknowledged is in it");
            assert_eq!(case.acknowledgement(), acknowledgement);
        }
    }
    enough.store(true, Ordering::Relaxed);
    sending.await.unwrap();
    assert_eq!(sizes.len(), 4, "they came in meanwhile");
    let cases = received.lock().unwrap().len();
    // A server that was killed leaves its last commits in the write-ahead log: they are part of the hall.
    let crashed = folder.path().join("crashed");
    copy(world.data.path(), &crashed);
    assert!(std::fs::metadata(crashed.join("hall.db-wal")).unwrap().len() > 0);
    assert_eq!(clean(&crashed).await.cases, cases);
    assert_eq!(back_up(&crashed, &folder.path().join("crashed.backup")).await.cases as usize, cases);
    clean(world.data.path()).await;
}

#[tokio::test]
async fn what_a_restored_hall_has_lost_comes_back_as_it_was_and_no_number_twice() {
    let world = World::start().await;
    let (kiosk, desk, clerk, operator) = (world.kiosk().await, world.desk().await, world.clerk().await, world.operator().await);
    let kept = kiosk.seal_with_photo(&photo(100));
    let mut all = vec![(send(&kiosk.client, &kept).await, kept)];
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("yesterday.backup");
    back_up(world.data.path(), &file).await;

    // What the backup does not know.
    operator.revoke(&desk.kid()).await;
    let keys = Keys::open(world.data.path(), &Unlock::Beside).unwrap();
    for n in 0..6 {
        if n == 3 {
            let open = store::Store::open(world.data.path()).await.unwrap();
            let moment = std::time::SystemTime::now().into();
            trust::rotate(&open, &keys, trust::Old::Revoked, moment).await.unwrap();
            open.close().await;
        }
        let filing = if n % 2 == 0 { kiosk.seal_with_photo(&photo(100)) } else { kiosk.seal(kiosk.prepare()) };
        all.push((send(&kiosk.client, &filing).await, filing));
    }
    clerk.act(&all[0].0.short_number, 1, Act::Accept).await;
    let before = (kiosk.client.hall().await, kiosk.client.trust().await, kiosk.client.head().await);
    clean(world.data.path()).await;

    let mut world = world;
    for _ in 0..3 {
        let data = world.stop().await;
        let restored = put_back(&file, data.path()).await;
        assert_eq!(restored.manifest.cases, 1);
        assert_eq!(clean(data.path()).await.cases, 1);
        // What was there is there still.
        let replaced = restored.replaced.unwrap();
        assert!(replaced.starts_with(data.path().canonicalize().unwrap()));
        assert_eq!(clean_aside(data.path(), &replaced).await.cases, all.len());
        world = World::open(data, |_| {}).await;
        let client = world.anonymous();

        let hall = client.hall().await;
        assert!(hall.epoch > before.0.epoch && hall.epoch == restored.epoch && hall.root == before.0.root);
        let (trust, head) = (client.trust().await, client.head().await);
        assert!(trust.sequence > before.1.sequence, "no list is taken for an old one");
        assert!(head.sequence >= before.2.sequence && head.version == before.2.version);
        // A key that was revoked since the backup does not come back, nor does a device.
        assert!(trust.hall_keys[0].revoked_at.is_some() && trust.hall_keys[1].revoked_at.is_none());
        assert!(trust.device(&key_id(&desk.public())).unwrap().revoked_at.is_some());
        // Nobody is signed in.
        let signed_in = Client { cookie: clerk.0.cookie.clone(), ..client.clone() };
        assert_eq!(refused(signed_in.get("/cases").await).await.0, StatusCode::UNAUTHORIZED);

        // New ones come in before the devices have sent again what was lost: their numbers were given to nobody.
        let phone = world.phone().await;
        let filing = phone.seal(phone.prepare());
        let new = (send(&client, &filing).await, filing);

        let held = Held { ids: all.iter().map(|(acknowledgement, _)| acknowledgement.id).collect() };
        let mut unknown: Vec<Uuid> = read(client.post("/submissions/unknown", &held).await).await;
        let mut lost: Vec<Uuid> = held.ids[1..].to_vec();
        unknown.sort();
        lost.sort();
        assert_eq!(unknown, lost);
        for (acknowledgement, filing) in all[1..].iter().chain(&all[..1]) {
            for chunk in &filing.chunks {
                assert!(client.send_chunk(chunk).await.status().is_success());
            }
            let answer = client.send_again(&filing.sealed, acknowledgement).await;
            let known = acknowledgement.id == all[0].0.id;
            assert_eq!(answer.status(), if known { StatusCode::OK } else { StatusCode::CREATED });
            assert_eq!(read::<Acknowledgement>(answer).await, *acknowledgement, "the very same");
        }
        all.push(new);
        let numbers: BTreeSet<&str> = all.iter().map(|(acknowledgement, _)| acknowledgement.short_number.as_str()).collect();
        assert_eq!(numbers.len(), all.len());
        let summary = clean(world.data.path()).await;
        assert_eq!(summary.cases, all.len());
        let still = read::<Vec<Uuid>>(client.post("/submissions/unknown", &held).await).await;
        assert_eq!(still, Vec::<Uuid>::new());
    }
}

/// Every time it goes on with numbers that were given to nobody, and still has some.
#[tokio::test]
async fn a_hall_that_is_put_back_again_and_again_does_not_run_out_of_numbers() {
    let mut world = World::start().await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("first.backup");
    back_up(world.data.path(), &file).await;
    let mut numbers = BTreeSet::new();
    for time in 0..20 {
        let data = world.stop().await;
        put_back(&file, data.path()).await;
        world = World::open(data, |_| {}).await;
        let phone = world.phone().await;
        let number = send(&phone.client, &phone.seal(phone.prepare())).await.short_number;
        assert!(numbers.insert(number.clone()), "{number} is given out twice, the second time after restore {time}");
    }
}

/// A hall with what a hall has, stopped.
async fn hall() -> Data {
    let world = World::start().await;
    let (kiosk, clerk) = (world.kiosk().await, world.clerk().await);
    send(&kiosk.client, &kiosk.seal_with_photo(&photo(mingbai::submission::CHUNK))).await;
    let (filing, acknowledgement) = kiosk.file().await;
    clerk.act(&acknowledgement.short_number, 1, Act::Accept).await;
    let scan = Scan {
        id: Uuid::from_bytes(random()),
        receipt: filing.sealed.id,
        digest: None,
        at: now(),
        verdict: Verdict::Queued,
        desk: "12".into(),
    };
    assert!(clerk.0.post("/scans", &scan).await.status().is_success());
    world.stop().await
}

/// A copy of a data folder, with its key file.
fn copy(from: &Path, to: &Path) {
    copy_folder(from, to);
    std::fs::copy(from.with_extension("unlock"), to.with_extension("unlock")).unwrap();
}

/// Every file below a folder but the lock, by its path, with its content.
fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    fn all(root: &Path, folder: &Path, files: &mut Vec<(String, Vec<u8>)>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.strip_prefix(root).unwrap().display().to_string();
            if path.is_dir() {
                all(root, &path, files);
            } else if !lock::FILES.iter().any(|lock| name == *lock) {
                files.push((name, std::fs::read(&path).unwrap()));
            }
        }
    }
    let mut files = Vec::new();
    all(folder, folder, &mut files);
    files.sort();
    files
}

#[tokio::test]
async fn a_hall_is_put_back_only_whole_with_its_own_keys_and_when_nobody_serves_it() {
    let data = hall().await;
    let folder = tempfile::tempdir().unwrap();
    let (file, open) = (folder.path().join("sealed.backup"), folder.path().join("open.backup"));
    let manifest = back_up(data.path(), &file).await;
    assert_eq!((manifest.cases, manifest.chunks, manifest.keys), (2, 2, true));
    let make = async |file: &Path, words: Option<&str>, replace| {
        backup::make(data.path(), &Unlock::Beside, file, words.and_then(passphrase), replace).await
    };
    let open_manifest = make(&open, None, false).await.unwrap();
    assert!(!open_manifest.keys);
    assert_eq!(std::fs::metadata(&file).map(|m| std::os::unix::fs::PermissionsExt::mode(&m.permissions()) & 0o777).unwrap(), 0o600);
    assert!(matches!(make(&file, None, false).await, Err(NotDone::Exists(_))));
    make(&open, None, true).await.unwrap();
    assert!(matches!(make(&open, Some("short"), true).await, Err(NotDone::Hall(Error::Passphrase))));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2, "nothing is left beside");

    // No key of the hall stands in a backup, and nothing readable about anybody.
    let bytes = [std::fs::read(&file).unwrap(), std::fs::read(&open).unwrap()].concat();
    let keys = Keys::open(data.path(), &Unlock::Beside).unwrap();
    for raw in [*keys.sealing(), keys.signing(0).to_bytes(), keys.signing(1).to_bytes()] {
        let key = mingbai::signing::hex(&raw);
        assert!(!bytes.windows(64).any(|w| w == key.as_bytes()) && !bytes.windows(32).any(|w| w == raw));
    }
    for secret in [NAME, IDENTIFIER, PHONE] {
        assert!(!bytes.windows(secret.len()).any(|w| w == secret.as_bytes()), "{secret}");
    }

    let other = Data::new();
    Keys::create(other.path(), &Unlock::Beside).unwrap();
    let elsewhere = |name: &str| folder.path().join(name);
    let under = |words: &str| Source { passphrase: passphrase(words), ..Source::default() };
    let tried = async |file: &Path, data: &Path, source: &Source| restore(file, data, source, now()).await;
    assert!(matches!(tried(&open, &elsewhere("a"), &Source::default()).await, Err(NotDone::NoKeys)));
    assert!(matches!(tried(&open, &elsewhere("a"), &under(PASSPHRASE)).await, Err(NotDone::NotSealed)));
    assert!(matches!(tried(&file, &elsewhere("a"), &under("another passphrase")).await, Err(NotDone::Hall(Error::SealedKeys))));
    let done = tried(&open, &elsewhere("a"), &keys_of(other.path())).await;
    assert!(matches!(done, Err(NotDone::OtherKeys)), "{done:?}");
    assert!(matches!(tried(&open, other.path(), &Source::default()).await, Err(NotDone::OtherKeys)));
    std::fs::create_dir(elsewhere("home")).unwrap();
    std::fs::write(elsewhere("home").join("letter"), "dear").unwrap();
    assert!(matches!(tried(&open, &elsewhere("home"), &keys_of(data.path())).await, Err(NotDone::NotAHall(_))));
    assert!(matches!(tried(&elsewhere("home").join("letter"), &elsewhere("a"), &keys_of(data.path())).await, Err(NotDone::NotABackup(_))));
    // None of this has made a hall.
    assert!(files(&elsewhere("a")).is_empty());

    tried(&open, &elsewhere("by keys"), &keys_of(data.path())).await.unwrap();
    assert_eq!(clean_aside(data.path(), &elsewhere("by keys")).await.cases, 2);
    let by_words = Source { unlock: Unlock::Passphrase(Zeroizing::new("twelve letters".into())), ..under(PASSPHRASE) };
    tried(&file, &elsewhere("by words"), &by_words).await.unwrap();
    assert_eq!(looked_at_with(&elsewhere("by words"), &by_words.unlock).await.1.cases, 2);
    assert!(!elsewhere("by words.unlock").exists(), "a passphrase needs no key file");
    tried(&open, data.path(), &Source::default()).await.unwrap();

    let world = World::open(data, |_| {}).await;
    assert!(matches!(tried(&file, world.data.path(), &with_passphrase()).await, Err(NotDone::Hall(Error::Locked(_)))));
    assert!(matches!(unserved(config(world.data.path())).await, Error::Locked(_)), "two servers on one folder");
}

/// What a restore can leave behind when the power goes, and what lies in a data folder besides the hall.
#[tokio::test]
async fn an_interrupted_restore_is_set_right_by_the_next() {
    let whole = hall().await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("b");
    backup::make(whole.path(), &Unlock::Beside, &file, None, false).await.unwrap();
    let (data, beside) = (folder.path().join("hall"), folder.path().join(".hall.restoring"));
    copy(whole.path(), &data);
    // A database that cannot be read keeps nobody from putting a good one in its place.
    std::fs::write(data.join("hall.db"), "no database").unwrap();
    std::fs::write(data.join("cert.pem"), "a certificate").unwrap();
    let put_back = async || restore(&file, &data, &Source::default(), now()).await.unwrap().replaced.unwrap();
    let is_old = |entry: &std::fs::DirEntry| entry.file_name().to_string_lossy().starts_with("replaced-");
    let kept = || std::fs::read_dir(&data).unwrap().filter(|entry| is_old(entry.as_ref().unwrap())).count();

    // Before the step: a draft, whole or in part, which goes.
    copy_folder(whole.path(), &beside);
    std::fs::write(beside.join("unfinished"), "").unwrap();
    let replaced = put_back().await;
    assert_eq!(std::fs::read(replaced.join("hall.db")).unwrap(), b"no database");
    assert_eq!((clean(&data).await.cases, kept()), (2, 1));
    std::fs::create_dir(&beside).unwrap();
    put_back().await;
    assert_eq!((clean(&data).await.cases, kept()), (2, 2));

    // After the step: the old hall under the draft's name, and the new one still marked. The old one is kept.
    copy_folder(whole.path(), &beside);
    std::fs::write(beside.join("key.pem"), "a key").unwrap();
    std::fs::write(data.join("unfinished"), "").unwrap();
    put_back().await;
    assert_eq!((clean(&data).await.cases, kept()), (2, 4));
    assert!(!data.join("unfinished").exists() && !beside.exists());
    for (name, text) in [("cert.pem", "a certificate"), ("key.pem", "a key")] {
        assert_eq!(std::fs::read_to_string(data.join(name)).unwrap(), text, "what is not the hall's stays where it was");
    }
}

/// One byte changed in what is kept, or the end cut off anywhere: it is noticed, and the hall that is there stays as it is.
#[tokio::test]
async fn a_damaged_backup_is_refused_and_touches_nothing() {
    let data = hall().await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("whole.backup");
    backup::make(data.path(), &Unlock::Beside, &file, None, false).await.unwrap();
    let whole = std::fs::read(&file).unwrap();
    let before = files(data.path());
    let database = whole.windows(16).position(|w| w == b"SQLite format 3\0").unwrap();
    let places = [0, 100, database, database + 5000, whole.len() / 2, whole.len() - 200_000, whole.len() - 10];
    let damaged = places[..6].iter().map(|at| {
        let mut bytes = whole.clone();
        bytes[*at] ^= 1;
        (format!("changed at {at}"), bytes)
    });
    let cut = places.iter().map(|at| (format!("cut at {at}"), whole[..*at].to_vec()));
    for (what, bytes) in damaged.chain(cut) {
        let bad = folder.path().join("damaged.backup");
        std::fs::write(&bad, bytes).unwrap();
        let done = restore(&bad, data.path(), &Source::default(), now()).await;
        assert!(matches!(done, Err(NotDone::Damaged(_) | NotDone::NotABackup(_) | NotDone::File { .. })), "{what}: {done:?}");
        assert_eq!(files(data.path()).len(), before.len(), "{what}");
        assert!(files(data.path()) == before, "{what}");
    }
    let name = data.path().file_name().unwrap().to_string_lossy();
    assert!(!data.path().with_file_name(format!(".{name}.restoring")).exists(), "nothing is left beside");
}

/// Runs the program and kills it after a while; true when it came to its end before.
fn killed_after(milliseconds: u64, args: &[&std::ffi::OsStr]) -> bool {
    let mut child = Command::new(env!("CARGO_BIN_EXE_hall")).args(args).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    std::thread::sleep(Duration::from_millis(milliseconds));
    child.kill().unwrap();
    child.wait().unwrap().success()
}

#[tokio::test]
async fn killed_at_any_moment_a_backup_is_whole_or_absent_and_a_hall_the_old_or_the_new() {
    let world = World::start().await;
    let kiosk = world.kiosk().await;
    for _ in 0..12 {
        send(&kiosk.client, &kiosk.seal_with_photo(&photo(700_000))).await;
    }
    let data = world.stop().await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("b");
    let (mut ended, mut cut) = (0, 0);
    for milliseconds in (0..).map(|n| 15 * n) {
        let _ = std::fs::remove_file(&file);
        let done = killed_after(milliseconds, &["backup".as_ref(), file.as_os_str(), "--data".as_ref(), data.path().as_os_str()]);
        assert!(!done || file.exists());
        if file.exists() {
            let fresh = tempfile::tempdir().unwrap();
            restore(&file, &fresh.path().join("h"), &keys_of(data.path()), now()).await.unwrap();
            assert_eq!(clean_aside(data.path(), &fresh.path().join("h")).await.cases, 12);
        }
        clean(data.path()).await;
        (ended, cut) = (ended + usize::from(done), cut + usize::from(!done));
        if ended == 2 {
            break;
        }
    }
    assert!(cut > 1, "some were cut off: {cut}");

    // The hall goes on by one case. However its restore is interrupted, it is the old hall or the new one.
    let world = World::open(data, |_| {}).await;
    world.kiosk().await.file().await;
    let data = world.stop().await;
    let (mut ended, mut cut) = (0, 0);
    for milliseconds in (0..).map(|n| 15 * n) {
        let fresh = tempfile::tempdir().unwrap();
        let hall = fresh.path().join("hall");
        copy(data.path(), &hall);
        let done = killed_after(milliseconds, &["restore".as_ref(), file.as_os_str(), "--data".as_ref(), hall.as_os_str()]);
        let cases = clean(&hall).await.cases;
        assert!(cases == 12 || cases == 13 && !done, "{cases}");
        // Done again, it comes to its end, and the old hall is kept whole.
        restore(&file, &hall, &Source::default(), now()).await.unwrap();
        assert_eq!(clean(&hall).await.cases, 12);
        let mut kept = Vec::new();
        for entry in std::fs::read_dir(&hall).unwrap() {
            let path = entry.unwrap().path();
            if path.file_name().unwrap().to_string_lossy().starts_with("replaced-") {
                kept.push(clean_aside(&hall, &path).await.cases);
            }
        }
        assert!(kept.contains(&13), "{kept:?}");
        assert_eq!(std::fs::read_dir(fresh.path()).unwrap().count(), 2, "nothing is left beside but the key file");
        (ended, cut) = (ended + usize::from(done), cut + usize::from(!done));
        if ended == 2 {
            break;
        }
    }
    assert!(cut > 1, "some were cut off: {cut}");
}

enum Damage {
    Sql(&'static str),
    /// What is done to a file below the data folder; `chunks` means the first chunk.
    File(&'static str, fn(Vec<u8>) -> Option<Vec<u8>>),
}
use Damage::{File, Sql};

/// What is damaged, and everything that must be found.
const DAMAGES: &[(Damage, &[&str])] = &[
    (File("keys/sealed.json", |_| None), &["keys"]),
    (File("keys/sealed.json", |bytes| Some(bytes[..50].to_vec())), &["keys"]),
    (File("hall.db", |_| Some(b"no database, but a long text".repeat(300))), &["database.schema", "database.unreadable"]),
    (File("hall.db", spoil_the_middle), &["database.integrity"]),
    (Sql("DELETE FROM _sqlx_migrations WHERE version = 3"), &["database.schema"]),
    (Sql("INSERT INTO events VALUES ('nobody', 0, 0, NULL, '{}')"), &["database.reference"]),
    (Sql("UPDATE cases SET problems = '{' WHERE serial = 1"), &["case.row"]),
    (Sql("UPDATE cases SET outcome = 'elsewhere' WHERE serial = 1"), &["case.label"]),
    (Sql("UPDATE cases SET envelope = json_set(envelope, '$.ciphertext', 'AAAA') WHERE serial = 1"), &["case.envelope"]),
    (
        Sql("UPDATE cases SET digest = hex(zeroblob(32)), envelope = json_set(envelope, '$.digest', hex(zeroblob(32)))"),
        &["case.digest", "case.receipt", "case.sender"],
    ),
    (
        Sql("UPDATE cases SET envelope = json_set(envelope, '$.receipt', \
             (SELECT envelope ->> '$.receipt' FROM cases WHERE serial = 2)) WHERE serial = 1"),
        &["case.sender"],
    ),
    (Sql("UPDATE cases SET receipt = (SELECT receipt FROM cases WHERE serial = 2) WHERE serial = 1"), &["case.receipt"]),
    (Sql("UPDATE cases SET serial = 77 WHERE serial = 1"), &["case.number"]),
    (Sql("DELETE FROM case_chunks"), &["case.chunks"]),
    (Sql("UPDATE cases SET catalogue = '20200101-00000000'"), &["case.catalogue"]),
    (Sql("UPDATE events SET seq = 5 WHERE seq = 1"), &["case.events"]),
    (Sql("DELETE FROM events WHERE seq = 0"), &["case.events"]),
    (Sql("UPDATE events SET act = '{' WHERE seq = 1"), &["case.events"]),
    (Sql("UPDATE cases SET state = 'refused' WHERE serial = 1"), &["case.state"]),
    (File("chunks", |_| None), &["chunk.missing"]),
    (
        File("chunks", |mut bytes| {
            bytes[50] ^= 1;
            Some(bytes)
        }),
        &["chunk.damaged"],
    ),
    (Sql("UPDATE scans SET verdict = 'maybe'"), &["scan.row"]),
    (Sql("UPDATE staff SET role = 'king'"), &["staff.row"]),
    (Sql("UPDATE devices SET profile = 'toaster'"), &["device.row", "trust.behind"]),
    (Sql("INSERT INTO devices VALUES ('0011223344556677', 'ab', 'kiosk', 'x', 0, 0, NULL)"), &["device.key", "trust.behind"]),
    (Sql("UPDATE trust_lists SET signed = json_set(signed, '$.signature', signed ->> '$.kid') WHERE sequence = 1"), &["trust.signature"]),
    (Sql("UPDATE trust_lists SET hall = 'other' WHERE sequence = 1"), &["trust.row"]),
    (Sql("UPDATE devices SET name = 'another'"), &["trust.behind"]),
    (Sql("DELETE FROM hall_keys"), &["case.receipt", "trust.behind", "trust.key"]),
    (Sql("UPDATE catalogues SET signed = json_set(signed, '$.payload', '{}')"), &["catalogue.head"]),
    (Sql("UPDATE catalogues SET sequence = 9"), &["catalogue.head"]),
    (Sql("UPDATE catalogue_parts SET packed = x'00' WHERE rowid = 1"), &["catalogue.part"]),
    (Sql("DELETE FROM catalogue_parts WHERE rowid = 1"), &["catalogue.part"]),
];

/// Changes what lies between the pages that are read first.
fn spoil_the_middle(mut bytes: Vec<u8>) -> Option<Vec<u8>> {
    let middle = bytes.len() / 2 / 4096 * 4096;
    bytes[middle..middle + 64].fill(0xff);
    Some(bytes)
}

fn first_chunk(data: &Path) -> std::path::PathBuf {
    let folder = std::fs::read_dir(data.join("chunks")).unwrap().next().unwrap().unwrap().path();
    std::fs::read_dir(folder).unwrap().next().unwrap().unwrap().path()
}

async fn damage(data: &Path, damage: &Damage) {
    match damage {
        Sql(sql) => {
            let mut db = store::alone(&data.join("hall.db")).await.unwrap();
            sqlx::query("PRAGMA foreign_keys = OFF").execute(&mut db).await.unwrap();
            assert!(sqlx::query(*sql).execute(&mut db).await.unwrap().rows_affected() > 0, "{sql}");
            db.close().await.unwrap();
        }
        File(name, change) => {
            let path = if *name == "chunks" { first_chunk(data) } else { data.join(name) };
            match change(std::fs::read(&path).unwrap()) {
                Some(bytes) => std::fs::write(path, bytes).unwrap(),
                None => std::fs::remove_file(path).unwrap(),
            }
        }
    }
}

#[tokio::test]
async fn whatever_is_damaged_is_found() {
    let whole = hall().await;
    let summary = clean(whole.path()).await;
    assert_eq!(summary, Summary { cases: 2, chunks: 2, unneeded: 0, errors: 0, warnings: 0 });
    let mut covered: BTreeSet<&str> = ["case.content", "chunk.sealed", "attachment.length"].into();
    let mut wrong = Vec::new();
    for (number, (how, expected)) in DAMAGES.iter().enumerate() {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("hall");
        copy(whole.path(), &data);
        damage(&data, how).await;
        let (findings, summary) = looked_at(&data).await;
        let found: BTreeSet<&str> = findings.iter().map(|f| f.code).collect();
        let broken_file = expected == &["database.integrity"] && found.iter().any(|code| code.starts_with("database."));
        if found != expected.iter().copied().collect() && !broken_file || summary.errors == 0 {
            wrong.push(format!("{number}: {found:?} instead of {expected:?}"));
        }
        covered.extend(*expected);
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert_eq!(covered, verify::ALL.iter().map(|c| c.code).collect(), "every code has its example");
}

/// What a device sent wrongly is told, but it is not the hall that has lost anything.
#[tokio::test]
async fn what_came_in_wrong_is_a_warning_and_another_content_an_error() {
    let world = World::start().await;
    let phone = world.phone().await;
    let sealed = |plain: &[u8], hall: &str| seal_chunk(plain, hall, &phone.sealing).unwrap();
    let (own, other) = (sealed(b"%PDF-1.7", &phone.hall.code), sealed(b"%PDF-1.7", "another hall"));
    for (chunk, length) in [(own.clone(), 9), (other, 8)] {
        let mut submission = phone.prepare();
        let material = phone.catalogue.item(ITEM).unwrap().materials[0].code.clone();
        submission.attachments.push(Attachment { material, media_type: "application/pdf".into(), length, chunks: vec![chunk.digest] });
        let claims = phone.claims(&submission);
        send(&phone.client, &phone.seal_with(submission, &claims, vec![chunk])).await;
    }
    let (findings, summary) = looked_at(world.data.path()).await;
    let codes: Vec<&str> = findings.iter().map(|f| f.code).collect();
    assert_eq!((codes, summary.errors, summary.warnings), (vec!["attachment.length", "chunk.sealed"], 0, 2));

    let (filing, _) = phone.file().await;
    let data = world.stop().await;
    let bytes = b"{}".to_vec();
    let frozen = Frozen { digest: Digest::of(&bytes), bytes };
    let old = &filing.sealed;
    let changed = seal(&frozen, old.id, &old.item, &old.hall, &phone.sealing, vec![], old.receipt.clone()).unwrap();
    let mut db = store::alone(&data.path().join("hall.db")).await.unwrap();
    let sql = "UPDATE cases SET envelope = ?, digest = ? WHERE id = ?";
    let envelope = serde_json::to_string(&changed).unwrap();
    sqlx::query(sql).bind(envelope).bind(frozen.digest.to_string()).bind(old.id.to_string()).execute(&mut db).await.unwrap();
    db.close().await.unwrap();
    let (findings, _) = looked_at(data.path()).await;
    assert!(findings.iter().any(|f| f.code == "case.content" && f.subject == old.id.to_string()), "{findings:?}");
}
