//! Keys that live shortly: the hall's own, one after another; certificates of devices, which go on while the device is heard
//! of; and what is taken back. No receipt that was good becomes a bad one by any of it.

use crate::world::*;
use chrono::{DateTime, TimeDelta, Utc};
use mingbai::api::Heartbeat;
use mingbai::hall::keys::{Keys, Unlock, public};
use mingbai::hall::store::{self, Store};
use mingbai::hall::trust::{self, Old};
use mingbai::hall::{Config, Error, Hall, devices, fleet};
use mingbai::receipt::claims::{read as read_receipt, sign};
use mingbai::receipt::{Claims, Kind, Reason, Verdict, number, verify};
use mingbai::signing::{HEARTBEAT, Signed, key_id};
use reqwest::StatusCode;

fn days(n: i64) -> TimeDelta {
    TimeDelta::days(n)
}

/// To the millisecond, as the hall's own clock.
fn this_moment() -> DateTime<Utc> {
    DateTime::<Utc>::from(std::time::SystemTime::now())
}

async fn opened(world: &World) -> (Keys, Store) {
    (Keys::open(world.data.path(), &Unlock::Beside).unwrap(), Store::open(world.data.path()).await.unwrap())
}

/// Which of the hall's keys signed it.
fn signer(receipt: &str, keys: &Keys) -> usize {
    let kid = read_receipt(receipt).unwrap().kid;
    (0..10).find(|number| key_id(&keys.signing(*number).verifying_key().to_bytes()) == kid).unwrap()
}

#[tokio::test]
async fn a_new_key_signs_at_once_and_the_receipts_of_the_old_one_stay_good() {
    let world = World::start().await;
    let kiosk = world.kiosk().await;
    let (keys, store) = opened(&world).await;
    let (_, first) = kiosk.file().await;
    let before = kiosk.client.trust().await;

    // As the command does it, beside the running server.
    let next = trust::rotate(&store, &keys, Old::Ends, this_moment()).await.unwrap();
    let (_, second) = kiosk.file().await;
    let list = kiosk.client.trust().await;
    assert_eq!((signer(&first.receipt, &keys), signer(&second.receipt, &keys)), (0, 1));
    assert!(list.sequence > before.sequence, "desks take it for a newer list");
    assert_eq!(list.hall_keys.iter().map(|key| &key.public).collect::<Vec<_>>(), [&public(&keys.signing(0)), &next.public]);
    assert_eq!(list.hall_keys[0].not_after - list.hall_keys[1].not_before, trust::OVERLAP);
    assert_eq!(next.not_after - next.not_before, trust::KEY_LIFE);
    for receipt in [&first.receipt, &second.receipt] {
        let report = verify(receipt, Some(&list), now() + days(20));
        assert!(report.verdict == Verdict::Received && matches!(report.reasons[..], [Reason::OldTrustList { .. }]), "{report:?}");
    }
    let report = verify(&second.receipt, Some(&before), now());
    assert_eq!(report.verdict, Verdict::CannotTell, "a desk that was offline knows that it does not know");

    // Somebody may have the key: what it signed before stays good, what it signs from now on is not.
    trust::rotate(&store, &keys, Old::Revoked, this_moment()).await.unwrap();
    let (filing, third) = kiosk.file().await;
    assert_eq!(signer(&third.receipt, &keys), 2);
    let list = kiosk.client.trust().await;
    assert!(list.hall_keys[..2].iter().all(|key| key.revoked_at.is_some()) && list.hall_keys[2].revoked_at.is_none());
    let report = verify(&second.receipt, Some(&list), now());
    assert!(report.verdict == Verdict::Received && matches!(report.reasons[..], [Reason::RevokedLater { .. }]), "{report:?}");
    let short_number = number::make(now().date_naive(), 4321);
    let issued_at = now() + TimeDelta::seconds(1);
    let forged = Claims { kind: Kind::Received, issued_at, short_number, ..kiosk.claims(&filing.submission) };
    for (number, verdict) in [(0, Verdict::NotGenuine), (1, Verdict::NotGenuine), (2, Verdict::Received)] {
        assert_eq!(verify(&sign(&forged, &keys.signing(number)).unwrap(), Some(&list), now()).verdict, verdict, "{number}");
    }

    let world = world.restart().await;
    assert_eq!(world.anonymous().trust().await.hall_keys, list.hall_keys, "a start is no rotation");
    let (_, fourth) = world.kiosk().await.file().await;
    assert_eq!(signer(&fourth.receipt, &keys), 2);
}

/// A hall that is not being served, and its database.
async fn at_rest(world: World) -> (Data, Hall) {
    let data = world.stop().await;
    let hall = Hall::beside(data.path(), &Unlock::Beside).await.unwrap();
    (data, hall)
}

async fn in_use(hall: &Hall, now: DateTime<Utc>) -> usize {
    let known = store::trust::hall_keys(&mut hall.store.read().await.unwrap()).await.unwrap();
    let key = &trust::in_use(&known, now).unwrap().public;
    (0..10).find(|number| public(&hall.keys.signing(*number)) == *key).unwrap()
}

#[tokio::test]
async fn the_hall_goes_over_to_the_next_key_by_itself_whatever_its_clock_says() {
    let (_data, hall) = at_rest(World::start().await).await;
    let start = now();
    // Days since the start, and the number of the key that signs then.
    let right = [(0, 0), (149, 0), (151, 1), (152, 1), (300, 1), (302, 2)];
    let wrong = [(-20_000, 3), (303, 2), (30_000, 4), (304, 2), (453, 5), (2000, 6)];
    for (day, number) in right.into_iter().chain(wrong) {
        let now = start + days(day);
        trust::renew(&hall, now).await.unwrap();
        assert_eq!(in_use(&hall, now).await, number, "day {day}");
    }
    // What comes again after a restore gets a receipt of its own time.
    for (day, number) in [(10, 0), (200, 1), (400, 2)] {
        let mut db = hall.store.read().await.unwrap();
        let key = trust::signing(&mut db, &hall, start + days(day)).await.unwrap();
        assert_eq!(public(&key), public(&hall.keys.signing(number)), "day {day}");
    }
    let known = store::trust::hall_keys(&mut hall.store.read().await.unwrap()).await.unwrap();
    let served: Vec<i64> = known[..3].iter().map(|key| (key.not_after - start).num_days()).collect();
    assert_eq!(served, [152, 303, 454], "no key lost a day to a wrong clock");

    // Earlier versions made keys for ten years.
    let (_data, hall) = at_rest(World::start().await).await;
    let mut change = hall.store.begin().await.unwrap();
    sqlx::query("UPDATE hall_keys SET not_after = not_after + 400000000000").execute(&mut *change).await.unwrap();
    change.commit().await.unwrap();
    for (day, number) in [(149, 0), (151, 1)] {
        trust::renew(&hall, start + days(day)).await.unwrap();
        assert_eq!(in_use(&hall, start + days(day)).await, number, "day {day}");
    }
}

#[tokio::test]
async fn a_certificate_goes_on_while_the_device_is_heard_of_and_never_once_it_was_revoked() {
    let world = World::start().await;
    let (kiosk, desk, silent) = (world.kiosk().await, world.desk().await, world.kiosk().await);
    let (_data, hall) = at_rest(world).await;
    let start = now();
    let beat = async |device: &Device, at: DateTime<Utc>| {
        let signed = Signed::sign(&Heartbeat { at, ..device.heartbeat() }, HEARTBEAT, &device.key).unwrap();
        fleet::beat(&hall, &signed, at).await.map_err(|refusal| refusal.kind().code)
    };
    let state = async |device: &Device| {
        let mut db = hall.store.read().await.unwrap();
        let device = store::devices::get(&mut db, &device.kid()).await.unwrap().unwrap();
        (device, store::trust::newest(&mut db).await.unwrap().unwrap().0)
    };
    let (fresh, sequence) = state(&kiosk).await;
    assert_eq!(fresh.not_after - fresh.not_before, devices::CERTIFICATE);
    beat(&kiosk, start + days(304)).await.unwrap();
    assert_eq!(state(&kiosk).await, (fresh.clone(), sequence));
    let late = start + days(310);
    beat(&kiosk, late).await.unwrap();
    let (longer, next) = state(&kiosk).await;
    assert_eq!((longer.not_after - late, next), (devices::CERTIFICATE, sequence + 1), "desks learn it from a new list");

    let (before, _) = state(&desk).await;
    let (revoked, changed) = devices::revoke_as_of(&hall.store, &hall.keys, "12 号窗口", start + days(200), late).await.unwrap();
    assert!(changed && revoked.not_after == before.not_after);
    assert_eq!(beat(&desk, late).await, Err("not-in-force"));
    // Looked at before it was revoked.
    let mut change = hall.store.begin().await.unwrap();
    devices::renew(&mut change, &hall, &before, late).await.unwrap();
    change.commit().await.unwrap();
    assert_eq!(state(&desk).await, (revoked, next + 1));
    assert_eq!(beat(&silent, start + days(366)).await, Err("not-in-force"), "silent for too long");
}

#[tokio::test]
async fn a_device_lost_at_noon_is_believed_until_noon() {
    let world = World::start().await;
    let (kiosk, _same_name, operator) = (world.kiosk().await, world.kiosk().await, world.operator().await);
    let (keys, store) = opened(&world).await;
    let noon = now() - TimeDelta::minutes(5);
    let issued = |minutes: i64| {
        let mut submission = kiosk.prepare();
        submission.captured_at = noon + TimeDelta::minutes(minutes);
        kiosk.seal(submission)
    };
    let (before, after) = (issued(-1), issued(1));
    let revoke = async |which: &str, at| devices::revoke_as_of(&store, &keys, which, at, this_moment()).await;
    let sequence = kiosk.client.trust().await.sequence;
    assert!(matches!(revoke("东门 1 号", noon).await, Err(Error::SeveralDevices { kids, .. }) if kids.contains(&kiosk.kid())));
    assert!(matches!(revoke("东门", noon).await, Err(Error::NoDevice(_))));
    assert_eq!(kiosk.client.trust().await.sequence, sequence);

    let (device, changed) = revoke(&kiosk.kid().to_uppercase(), noon).await.unwrap();
    assert_eq!((device.revoked_at, changed), (Some(noon), true));
    let list = kiosk.client.trust().await;
    assert_eq!(list.sequence, sequence + 1);
    let told = |filing: &Filing| verify(&filing.sealed.receipt, Some(&list), now());
    let (good, bad) = (told(&before), told(&after));
    assert!(good.verdict == Verdict::Queued && good.reasons == [Reason::RevokedLater { at: noon }], "{good:?}");
    assert!(bad.verdict == Verdict::NotGenuine && bad.reasons == [Reason::Revoked { at: noon }], "{bad:?}");
    assert_eq!(kiosk.client.submit(&before.sealed).await.status(), StatusCode::CREATED);
    assert_eq!(refused(kiosk.client.submit(&after.sealed).await).await.1, "revoked");

    // A later time changes nothing, an earlier one does; each as often as one likes.
    for (minutes, changes) in [(1, false), (0, false), (-2, true), (-2, false)] {
        assert_eq!(revoke(&kiosk.kid(), noon + TimeDelta::minutes(minutes)).await.unwrap().1, changes, "{minutes}");
    }
    assert_eq!(
        read::<mingbai::receipt::DeviceKey>(operator.revoke(&kiosk.kid()).await).await.revoked_at,
        Some(noon - TimeDelta::minutes(2))
    );
    assert_eq!(kiosk.client.trust().await.sequence, sequence + 2);
}

/// Wrong or missing, nothing is changed, and the reason is said in both languages.
#[tokio::test]
async fn a_hall_opens_with_its_own_secret_only() {
    let world = World::start().await;
    let data = world.stop().await;
    let sealed = || std::fs::read(data.path().join("keys/sealed.json")).unwrap();
    let (before, key_file) = (sealed(), data.path().with_extension("unlock"));
    let words = Unlock::Passphrase("twelve letters".to_owned().into());
    let other = data.path().with_extension("other");
    std::fs::write(&other, mingbai::signing::hex(&[5; 32])).unwrap();
    let key = std::fs::read(&key_file).unwrap();
    for (what, unlock, here) in [
        ("a passphrase", words, true),
        ("another key file", Unlock::KeyFile(other), true),
        ("no key file", Unlock::Beside, false),
        ("no such key file", Unlock::KeyFile("/nowhere/key".into()), true),
    ] {
        if !here {
            std::fs::remove_file(&key_file).unwrap();
        }
        let refused = unserved(Config { unlock, ..config(data.path()) }).await.to_string();
        assert!(refused.contains("密钥") && refused.contains("key") && refused.lines().count() == 2, "{what}: {refused}");
        assert!(sealed() == before && key_file.exists() == here, "{what}");
        std::fs::write(&key_file, &key).unwrap();
    }
    World::open(data, |_| {}).await.kiosk().await.file().await;
}
