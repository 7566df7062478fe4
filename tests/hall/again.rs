//! After a hall was put back from a backup: devices send again what it no longer knows, nothing doubles, and nothing that
//! it gives out now was given out before.

use crate::world::*;
use mingbai::api::{Acknowledgement, HELD, Held};
use mingbai::calendar::hall_date;
use mingbai::hall::store::{self, Store};
use mingbai::receipt::{Kind, claims::sign};
use mingbai::submission::Sealed;
use reqwest::StatusCode;
use uuid::Uuid;

/// The database as it was before `lost` happened, under a new epoch.
pub async fn put_back(world: World, lost: impl AsyncFnOnce(&World)) -> World {
    let data = world.stop().await;
    let (live, kept) = (data.path().join("hall.db"), data.path().join("kept.db"));
    std::fs::copy(&live, &kept).unwrap();
    let world = World::open(data, |_| {}).await;
    lost(&world).await;
    let data = world.stop().await;
    std::fs::rename(&kept, &live).unwrap();
    let store = Store::open(data.path()).await.unwrap();
    let mut change = store.begin().await.unwrap();
    store::hall::put_epoch(&mut change, now().timestamp()).await.unwrap();
    store::hall::put_floor(&mut change, hall_date(now()), 5000).await.unwrap();
    change.commit().await.unwrap();
    store.close().await;
    World::open(data, |_| {}).await
}

#[tokio::test]
async fn what_was_lost_comes_back_as_it_was() {
    let world = World::start().await;
    let phone = world.phone().await;
    let (_, kept) = phone.file().await;
    let mut lost: Vec<(Sealed, Acknowledgement)> = vec![];
    let (mut head, mut trust) = (None, None);
    let mut world = put_back(world, async |world: &World| {
        let phone = world.phone().await;
        // Enrolled after the backup: the hall that comes back does not know it.
        let kiosk = world.kiosk().await;
        for device in [&phone, &kiosk] {
            let (filing, acknowledgement) = device.file().await;
            lost.push((filing.sealed, acknowledgement));
        }
        let photo = phone.seal_with_photo(b"%PDF-1.7 x");
        for chunk in &photo.chunks {
            phone.client.send_chunk(chunk).await;
        }
        lost.push((photo.sealed.clone(), read(phone.client.submit(&photo.sealed).await).await));
        (head, trust) = (Some(phone.client.head().await), Some(phone.client.trust().await));
    })
    .await;
    let client = world.anonymous();
    assert!(client.hall().await.epoch > 0);
    assert!(client.head().await.sequence > head.unwrap().sequence, "a device must not take it for rolled back");
    assert!(client.trust().await.sequence > trust.unwrap().sequence);

    let ids: Vec<Uuid> = lost.iter().map(|(sealed, _)| sealed.id).collect();
    let held = Held { ids: [&[kept.id], &ids[..]].concat() };
    let unknown: Vec<Uuid> = read(client.post("/submissions/unknown", &held).await).await;
    assert_eq!(unknown, ids);
    // Sent as new, the submission of a kiosk that is not known any more would be refused for good.
    assert_eq!(refused(client.submit(&lost[1].0).await).await.0, StatusCode::FORBIDDEN);

    let (_, new) = world.phone().await.file().await;
    for (sealed, acknowledgement) in &lost {
        assert_ne!(new.short_number, acknowledgement.short_number);
        let again = client.send_again(sealed, acknowledgement).await;
        assert_eq!(again.status(), StatusCode::CREATED);
        assert_eq!(read::<Acknowledgement>(again).await, *acknowledgement);
    }
    world = world.restart().await;
    let clerk = world.clerk().await;
    for (sealed, acknowledgement) in &lost {
        let client = world.anonymous();
        // Again, and as new: a replay.
        for answer in [client.send_again(sealed, acknowledgement).await, client.submit(sealed).await] {
            assert_eq!(answer.status(), StatusCode::OK);
            assert_eq!(read::<Acknowledgement>(answer).await, *acknowledgement);
        }
        let case = clerk.case(&acknowledgement.short_number).await;
        assert_eq!((case.submission.id, case.received_at), (sealed.id, acknowledgement.received_at));
        assert!(case.agrees);
    }
    let unenrolled = clerk.case(&lost[1].1.short_number).await;
    assert!(unenrolled.device.is_none() && unenrolled.problems.iter().any(|p| p.en.contains("not in the trust list")));
    assert_eq!(clerk.list("").await.len(), 2 + lost.len());
    assert_eq!(read::<Vec<Uuid>>(world.anonymous().post("/submissions/unknown", &held).await).await, [] as [Uuid; 0]);
}

#[tokio::test]
async fn only_the_halls_own_acknowledgement_counts() {
    let world = World::start().await;
    let phone = world.phone().await;
    let (_, other) = phone.file().await;
    let mut filing = None;
    let mut acknowledgement = None;
    let world = put_back(world, async |world: &World| {
        let (filed, told) = world.phone().await.file().await;
        (filing, acknowledgement) = (Some(filed), Some(told));
    })
    .await;
    let (filing, good) = (filing.unwrap(), acknowledgement.unwrap());
    let changed = |change: &dyn Fn(&mut Acknowledgement)| {
        let mut other = good.clone();
        change(&mut other);
        other
    };
    let mut claims = phone.claims(&filing.submission);
    (claims.kind, claims.self_issued, claims.short_number) = (Kind::Received, None, Some(good.short_number.clone()));
    let forged = sign(&claims, &phone.key).unwrap();
    for (what, acknowledgement) in [
        ("another case's", other.clone()),
        ("another's receipt", changed(&|a| a.receipt = other.receipt.clone())),
        ("the device's own receipt", changed(&|a| a.receipt = filing.sealed.receipt.clone())),
        ("a receipt signed by anybody", changed(&|a| a.receipt = forged.clone())),
        ("no receipt", changed(&|a| a.receipt = "MB1:".into())),
        ("another number", changed(&|a| a.short_number = other.short_number.clone())),
        ("another time", changed(&|a| a.received_at += chrono::TimeDelta::seconds(1))),
        ("another digest", changed(&|a| a.digest = other.digest)),
        ("another id", changed(&|a| a.id = Uuid::nil())),
    ] {
        assert_eq!(refused(world.anonymous().send_again(&filing.sealed, &acknowledgement).await).await.1, "acknowledgement", "{what}");
    }
    let mut borrowed = filing.sealed.clone();
    borrowed.receipt = sign(&phone.claims(&filing.submission), &ed25519_dalek::SigningKey::from_bytes(&random())).unwrap();
    assert_eq!(refused(world.anonymous().send_again(&borrowed, &good).await).await.1, "signature", "another device's name");
    let many = Held { ids: vec![Uuid::nil(); HELD + 1] };
    assert_eq!(refused(world.anonymous().post("/submissions/unknown", &many).await).await.1, "too-many-ids");
    assert_eq!(world.anonymous().send_again(&filing.sealed, &good).await.status(), StatusCode::CREATED);
}

/// It must not happen; if it does, nobody loses a case.
#[tokio::test]
async fn a_number_that_was_given_to_another_case_meanwhile_stays_with_it() {
    let world = World::start().await;
    let mut lost = vec![];
    let world = put_back(world, async |world: &World| {
        let store = Store::open(world.data.path()).await.unwrap();
        let mut change = store.begin().await.unwrap();
        store::hall::put_floor(&mut change, hall_date(now()), 5000).await.unwrap();
        change.commit().await.unwrap();
        let (filing, acknowledgement) = world.phone().await.file().await;
        lost.push((filing.sealed, acknowledgement));
        store.close().await;
    })
    .await;
    let (sealed, acknowledgement) = lost.pop().unwrap();
    let (_, new) = world.phone().await.file().await;
    assert_eq!(new.short_number, acknowledgement.short_number);
    let answer: Acknowledgement = read(world.anonymous().send_again(&sealed, &acknowledgement).await).await;
    assert_ne!(answer.short_number, acknowledgement.short_number);
    assert_eq!(answer.received_at, acknowledgement.received_at);
    let case = world.clerk().await.case(&answer.short_number).await;
    assert!(case.problems.iter().any(|p| p.en.contains("has a new one")), "{:?}", case.problems);
    assert_eq!(read::<Acknowledgement>(world.anonymous().send_again(&sealed, &acknowledgement).await).await, answer);
}
