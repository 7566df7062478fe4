//! Networks that break, clients that hang up, numbers that run out: whoever sends again gets one case and one answer.

use crate::world::*;
use mingbai::api::Acknowledgement;
use mingbai::calendar::hall_date;
use mingbai::hall::Hall;
use mingbai::hall::intake::{self, Taken};
use mingbai::hall::keys::Unlock;
use mingbai::hall::problem::Refusal;
use mingbai::hall::store::{self, Store};
use mingbai::receipt::number;
use mingbai::submission::Sealed;
use reqwest::StatusCode;
use sqlx::ConnectOptions as _;
use sqlx::sqlite::SqliteConnectOptions;
use std::io::{Read, Write};
use std::net::{IpAddr, TcpStream};
use std::time::{Duration, Instant};

fn connect(world: &World) -> TcpStream {
    TcpStream::connect(world.url.strip_prefix("http://").unwrap()).unwrap()
}

/// The request as it goes over the wire.
fn put(sealed: &Sealed) -> Vec<u8> {
    let body = serde_json::to_vec(sealed).unwrap();
    let head = format!(
        "PUT /api/v1/submissions/{} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
        sealed.id,
        body.len()
    );
    [head.into_bytes(), body].concat()
}

/// Cut off anywhere, or hung up on at any moment after the last byte: sent again, it is one case.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_that_breaks_anywhere_makes_no_second_case() {
    let world = World::start().await;
    let phone = world.phone().await;
    let mut filings = vec![];
    for step in 0..24 {
        let filing = phone.seal(phone.prepare());
        let request = put(&filing.sealed);
        let mut wire = connect(&world);
        // Half of them break within the request, the others some time after it.
        let sent = if step < 12 { request.len() * step / 12 } else { request.len() };
        wire.write_all(&request[..sent]).unwrap();
        if step >= 12 {
            std::thread::sleep(Duration::from_millis(step as u64 - 12));
        }
        drop(wire);
        filings.push(filing);
    }
    let mut numbers = vec![];
    for filing in &filings {
        let answer = phone.client.submit(&filing.sealed).await;
        assert!(matches!(answer.status(), StatusCode::CREATED | StatusCode::OK));
        numbers.push(read::<Acknowledgement>(answer).await.short_number);
    }
    numbers.sort();
    numbers.dedup();
    assert_eq!(numbers.len(), filings.len());
    assert_eq!(world.clerk().await.list("").await.len(), filings.len());
}

/// Five at once of each of many, so that the same one is more than once in a transaction.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_at_once_five_times_each_are_one_case_each() {
    let world = World::start().await;
    let phone = world.phone().await;
    let filings: Vec<_> = (0..20).map(|_| phone.seal(phone.prepare())).collect();
    let mut conflicting = filings[0].submission.clone();
    conflicting.consent = "2".into();
    let conflicting = phone.seal(conflicting).sealed;
    let send = |sealed: Sealed| {
        let client = world.anonymous();
        tokio::spawn(async move {
            let answer = client.submit(&sealed).await;
            (sealed.id, sealed.digest, answer.status(), answer.text().await.unwrap())
        })
    };
    let sending: Vec<_> = (0..5).flat_map(|_| filings.iter().map(|f| f.sealed.clone())).chain([conflicting.clone()]).map(send).collect();
    let mut first = std::collections::HashMap::new();
    let mut created = 0;
    let mut refused = 0;
    for sending in sending {
        let (id, digest, status, text) = sending.await.unwrap();
        match status {
            StatusCode::CREATED | StatusCode::OK => {
                created += usize::from(status == StatusCode::CREATED);
                let acknowledgement: Acknowledgement = serde_json::from_str(&text).unwrap();
                assert_eq!((acknowledgement.id, acknowledgement.digest), (id, digest));
                assert_eq!(*first.entry(id).or_insert(acknowledgement.clone()), acknowledgement);
            }
            StatusCode::CONFLICT => refused += 1,
            other => panic!("{other}: {text}"),
        }
    }
    assert_eq!((created, first.len()), (20, 20));
    assert!(refused == 1 || refused == 5, "one of the two that share an id: {refused}");
    assert_eq!(world.clerk().await.list("").await.len(), 20);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn those_who_send_slowly_keep_nobody_waiting() {
    let world = World::start().await;
    let phone = world.phone().await;
    let slow = phone.seal(phone.prepare());
    let request = put(&slow.sealed);
    let mut wires: Vec<_> = (0..60).map(|_| connect(&world)).collect();
    wires.iter_mut().for_each(|wire| wire.write_all(&request[..request.len() / 2]).unwrap());
    let started = Instant::now();
    let (_, other) = phone.file().await;
    assert!(started.elapsed() < Duration::from_secs(5), "{:?}", started.elapsed());
    // One of them comes to its end after all.
    let mut wire = wires.pop().unwrap();
    wire.write_all(&request[request.len() / 2..]).unwrap();
    wire.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    let mut head = [0; 12];
    wire.read_exact(&mut head).unwrap();
    assert_eq!(&head, b"HTTP/1.1 201");
    let list = world.clerk().await.list("").await;
    assert_eq!((list.len(), list.iter().any(|row| row.short_number == other.short_number)), (2, true));
}

/// Once a day's numbers are used up those of the next days are taken, and when all are, the device keeps what it has.
#[tokio::test]
async fn more_cases_than_a_day_has_numbers() {
    let world = World::start().await;
    let phone = world.phone().await;
    let store = Store::open(world.data.path()).await.unwrap();
    let today = hall_date(now());
    for (used, next) in [(0, Some((0, 1))), (1, Some((1, 1))), (2, Some((2, 1))), (7, None)] {
        let mut change = store.begin().await.unwrap();
        for day in today.iter_days().take(used) {
            store::hall::put_floor(&mut change, day, 9999).await.unwrap();
        }
        change.commit().await.unwrap();
        let answer = phone.client.submit(&phone.seal(phone.prepare()).sealed).await;
        match next {
            Some((days, serial)) => {
                let acknowledgement: Acknowledgement = read(answer).await;
                let day = today + chrono::TimeDelta::days(days);
                assert_eq!(number::taken(&acknowledgement.short_number), Some((day, serial)));
            }
            None => {
                assert!(answer.headers().contains_key("retry-after"));
                assert_eq!(refused(answer).await, (StatusCode::SERVICE_UNAVAILABLE, "day-full".into()));
            }
        }
    }
}

/// A database that cannot grow says so, and the hall passes it on as something that passes.
#[tokio::test]
async fn a_full_disk_is_told_as_one() {
    let folder = tempfile::tempdir().unwrap();
    let file = SqliteConnectOptions::new().filename(folder.path().join("small.db")).create_if_missing(true);
    let mut db = file.pragma("max_page_count", "3").connect().await.unwrap();
    sqlx::query("CREATE TABLE t (x)").execute(&mut db).await.unwrap();
    let full = sqlx::query("INSERT INTO t VALUES (zeroblob(100000))").execute(&mut db).await.unwrap_err();
    let response = axum::response::IntoResponse::into_response(Refusal::from(full));
    assert_eq!(response.status().as_u16(), 503);
    assert!(response.headers().contains_key("retry-after"));
}

/// Whoever is not enrolled can file only so much from one address; what enrolled devices send, what is sent again, and what
/// an operator brings in a file is not held back.
#[tokio::test]
async fn strangers_cannot_use_up_the_numbers() {
    let world = World::start().await;
    let (phone, kiosk) = (world.phone().await, world.kiosk().await);
    let hall = Hall::beside(world.data.path(), &Unlock::Beside).await.unwrap();
    let address = Some(IpAddr::from([192, 0, 2, 1]));
    let take = |device: &Device, from| intake::take(&hall, device.seal(device.prepare()).sealed, from, now());
    let first = phone.seal(phone.prepare()).sealed;
    assert!(matches!(intake::take(&hall, first.clone(), address, now()).await, Ok(Taken::New(_))));
    let mut taken = 1;
    let end = loop {
        match take(&phone, address).await {
            Ok(_) => taken += 1,
            Err(refusal) => break refusal,
        }
        assert!(taken < 400, "there is no end to it");
    };
    assert_eq!(end.kind().code, "rate");
    // A few more may have become free meanwhile.
    assert!((300..310).contains(&taken), "{taken}");
    assert!(matches!(intake::take(&hall, first, address, now()).await, Ok(Taken::Known(_))));
    for (device, from) in [(&kiosk, address), (&phone, Some(IpAddr::from([192, 0, 2, 2]))), (&phone, None)] {
        assert!(matches!(take(device, from).await, Ok(Taken::New(_))));
    }
    hall.close().await;
}
