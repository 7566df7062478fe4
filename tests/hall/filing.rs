//! Submissions come in: once, whatever the network does, and acknowledged with the hall's own receipt.

use crate::world::*;
use chrono::TimeDelta;
use mingbai::api::{Acknowledgement, Wanted};
use mingbai::receipt::{Claims, Kind, Reason, Verdict, claims, identity, number, verify};
use mingbai::signing::hex;
use mingbai::submission::{Digest, Sealed, Submission};
use reqwest::{Method, StatusCode};
use uuid::Uuid;

#[tokio::test]
async fn a_kiosk_files_and_is_acknowledged() {
    let world = World::start().await;
    let kiosk = world.kiosk().await;
    let filing = kiosk.seal(kiosk.prepare());
    let answer = kiosk.client.submit(&filing.sealed).await;
    assert_eq!(answer.status(), StatusCode::CREATED);
    let acknowledgement: Acknowledgement = read(answer).await;
    assert_eq!((acknowledgement.id, acknowledgement.digest), (filing.submission.id, filing.sealed.digest));
    assert_eq!(number::parse(&acknowledgement.short_number), Some(acknowledgement.short_number.clone()));

    let trust = kiosk.client.trust().await;
    let report = verify(&acknowledgement.receipt, Some(&trust), now());
    let claims = report.claims.unwrap();
    assert_eq!((report.verdict, report.reasons), (Verdict::Received, vec![]));
    assert_eq!(claims.short_number, Some(acknowledgement.short_number.clone()));
    assert_eq!(claims.digest, hex(&acknowledgement.digest.short()));
    assert_eq!((claims.id, claims.issued_at), (acknowledgement.id, acknowledgement.received_at));
    assert_eq!(claims.outcome, filing.submission.assessment.outcome);

    // The same again: the very same. Anyone who holds the id may ask for it.
    let again = kiosk.client.submit(&filing.sealed).await;
    assert_eq!(again.status(), StatusCode::OK);
    assert_eq!(read::<Acknowledgement>(again).await, acknowledgement);
    let asked = world.anonymous().get(&format!("/submissions/{}", acknowledgement.id)).await;
    assert_eq!(read::<Acknowledgement>(asked).await, acknowledgement);

    // The same id for something else is refused, and changes nothing.
    let mut other = filing.submission.clone();
    other.consent = "2".into();
    assert_eq!(refused(kiosk.client.submit(&kiosk.seal(other).sealed).await).await, (StatusCode::CONFLICT, "conflict".into()));

    let (_, second) = kiosk.file().await;
    assert_ne!(second.short_number, acknowledgement.short_number);
}

#[tokio::test]
async fn five_parallel_posts_make_one_case() {
    let world = World::start().await;
    let phone = world.phone().await;
    let filing = phone.seal(phone.prepare());
    let posts = (0..5).map(|_| {
        let (client, sealed) = (world.anonymous(), filing.sealed.clone());
        tokio::spawn(async move {
            let answer = client.submit(&sealed).await;
            (answer.status(), read::<Acknowledgement>(answer).await)
        })
    });
    let mut answers = Vec::new();
    for post in posts.collect::<Vec<_>>() {
        answers.push(post.await.unwrap());
    }
    assert_eq!(answers.iter().filter(|(status, _)| *status == StatusCode::CREATED).count(), 1);
    assert!(answers.iter().all(|(_, acknowledgement)| *acknowledgement == answers[0].1));
    assert_eq!(world.clerk().await.list("").await.len(), 1);
}

#[tokio::test]
async fn attachments_come_first_and_an_upload_resumes() {
    let world = World::start().await;
    let phone = world.phone().await;
    let photo = [&[0xff, 0xd8, 0xff][..], &vec![7; mingbai::submission::CHUNK + 5]].concat();
    let filing = phone.seal_with_photo(&photo);
    let [first, second] = &filing.chunks[..] else { panic!("two chunks") };

    let wanted = phone.client.submit(&filing.sealed).await;
    assert_eq!(wanted.status(), StatusCode::ACCEPTED);
    assert_eq!(read::<Wanted>(wanted).await.chunks, [first.digest, second.digest]);
    assert_eq!(phone.client.send_chunk(first).await.status(), StatusCode::CREATED);
    assert_eq!(phone.client.send_chunk(first).await.status(), StatusCode::NO_CONTENT);
    assert_eq!(read::<Wanted>(phone.client.submit(&filing.sealed).await).await.chunks, [second.digest]);
    assert_eq!(refused(phone.client.get(&format!("/submissions/{}", filing.sealed.id)).await).await.0, StatusCode::NOT_FOUND);
    assert_eq!(phone.client.send_chunk(second).await.status(), StatusCode::CREATED);
    let answer = phone.client.submit(&filing.sealed).await;
    assert_eq!(answer.status(), StatusCode::CREATED);
    let number = read::<Acknowledgement>(answer).await.short_number;

    let clerk = world.clerk().await;
    let path = format!("/cases/{number}/attachments/0");
    let shown = clerk.0.get(&path).await;
    let header = |name: &str| shown.headers()[name].to_str().unwrap().to_owned();
    assert_eq!((header("content-type"), header("content-disposition")), ("image/jpeg".into(), "inline".into()));
    assert_eq!(header("x-content-type-options"), "nosniff");
    assert_eq!(shown.bytes().await.unwrap(), photo);
    assert_eq!(refused(world.anonymous().get(&path).await).await.0, StatusCode::UNAUTHORIZED);
    assert_eq!(refused(clerk.0.get(&format!("/cases/{number}/attachments/1")).await).await.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn only_pictures_and_pdf_are_shown() {
    let world = World::start().await;
    let (phone, clerk) = (world.phone().await, world.clerk().await);
    for (bytes, expected) in [
        (&b"<script>alert(1)</script>"[..], None),
        (b"GIF89a", None),
        (b"", None),
        (b"%PDF-1.7 x", Some("application/pdf")),
        (b"\x89PNG\r\n\x1a\nx", Some("image/png")),
        (b"RIFF\0\0\0\0WEBPx", Some("image/webp")),
        // Neither what a picture may also be, nor a picture that would fill the clerk's memory.
        (b"\xff\xd8\xff\xe0\0\x02%PDF-1.7<script>alert(1)</script>", Some("image/jpeg")),
        (b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\x01\x86\xa0\0\x01\x86\xa0\x08\x02\0\0\0\0\0\0\0", None),
    ] {
        let filing = phone.seal_with_photo(bytes);
        for chunk in &filing.chunks {
            phone.client.send_chunk(chunk).await;
        }
        let number = read::<Acknowledgement>(phone.client.submit(&filing.sealed).await).await.short_number;
        let shown = clerk.0.get(&format!("/cases/{number}/attachments/0")).await;
        match expected {
            Some(media_type) => assert_eq!(shown.headers()["content-type"], media_type),
            None => assert_eq!(refused(shown).await.1, "attachment"),
        }
    }
}

#[tokio::test]
async fn what_is_not_authentic_or_not_whole_is_refused() {
    let world = World::start().await;
    let (phone, stranger) = (world.phone().await, world.phone().await);
    let unknown = Device { self_issued: false, ..world.phone().await };
    let good = phone.seal(phone.prepare()).sealed;
    let changed = |change: fn(&mut Sealed)| {
        let mut sealed = good.clone();
        change(&mut sealed);
        sealed
    };
    let claimed = |device: &Device, change: fn(&mut Claims)| {
        let submission = device.prepare();
        let mut claims = device.claims(&submission);
        change(&mut claims);
        device.seal_with(submission, &claims, vec![]).sealed
    };
    let other_content = {
        let submission = phone.prepare();
        let claims = phone.claims(&submission);
        let mut sealed = phone.seal_with(submission.clone(), &claims, vec![]).sealed;
        let inner = Submission { id: Uuid::from_bytes(random()), ..submission };
        let frozen = inner.freeze().unwrap();
        let receipt = mingbai::receipt::claims::sign(&Claims { digest: hex(&frozen.digest.short()), ..claims }, &phone.key).unwrap();
        sealed = mingbai::submission::seal(&frozen, sealed.id, &sealed.item, &sealed.hall, &phone.sealing, vec![], receipt).unwrap();
        sealed
    };
    // Self-issued, but signed with another key than the one it names.
    let forged = {
        let submission = phone.prepare();
        let claims = phone.claims(&submission);
        stranger.seal_with(submission, &claims, vec![]).sealed
    };
    for (what, sealed, code) in [
        ("another hall", changed(|s| s.hall = "else".into()), "other-hall"),
        ("another key", changed(|s| s.kid = "0011223344556677".into()), "sealing-key"),
        ("no receipt", changed(|s| s.receipt = String::new()), "receipt"),
        ("garbage for a receipt", changed(|s| s.receipt = "MB1:::::".into()), "receipt"),
        ("an endless receipt", changed(|s| s.receipt = format!("MB1:{}", "A".repeat(5000))), "receipt"),
        ("another digest than signed", changed(|s| s.digest = Digest::of(b"else")), "receipt"),
        ("another item than signed", changed(|s| s.item = "else".into()), "receipt"),
        ("damaged ciphertext", changed(|s| s.ciphertext = s.ciphertext.chars().rev().collect()), "envelope"),
        ("no base64", changed(|s| s.ciphertext = "不是".into()), "envelope"),
        ("empty", changed(|s| (s.ciphertext, s.encapsulated) = (String::new(), String::new())), "envelope"),
        ("too many chunks", changed(|s| s.chunks = vec![Digest::of(b""); 601]), "too-many"),
        ("the hall's kind of receipt", claimed(&phone, |c| (c.kind, c.self_issued) = (Kind::Received, None)), "receipt"),
        ("another id in the receipt", claimed(&phone, |c| c.id = Uuid::nil()), "receipt"),
        ("another id inside", other_content, "content"),
        ("a key that is not in the list", unknown.seal(unknown.prepare()).sealed, "unknown-device"),
        ("a key that did not sign", forged, "signature"),
    ] {
        let (status, found) = refused(world.anonymous().submit(&sealed).await).await;
        assert_eq!(found, code, "{what}");
        assert!(matches!(status.as_u16(), 403 | 422), "{what}: {status}");
    }
    let elsewhere = world.anonymous().request(Method::PUT, &format!("/submissions/{}", Uuid::nil())).json(&good).send().await.unwrap();
    assert_eq!(refused(elsewhere).await.1, "other-id");
    assert!(world.clerk().await.list("").await.is_empty());
}

#[tokio::test]
async fn problems_of_content_become_part_of_the_case() {
    let world = World::start().await;
    let (phone, clerk) = (world.phone().await, world.clerk().await);
    type Change = (&'static str, fn(&mut Submission), &'static str);
    let changes: [Change; 5] = [
        ("version", |s| s.catalogue_version = "20200101-00000000".into(), "has not published"),
        ("item", |s| s.item = "no-such-item".into(), "no such item"),
        ("identifier", |s| s.applicant.identifier = "1".into(), "identifier"),
        ("correction", |s| s.corrects = Some("26329000142".into()), "corrects does not exist"),
        ("answers", |s| drop(s.application.facts.insert("nonsense".into(), serde_json::json!([{}]))), ""),
    ];
    for (what, change, said) in changes {
        let mut submission = phone.prepare();
        change(&mut submission);
        let answer = phone.client.submit(&phone.seal(submission).sealed).await;
        assert_eq!(answer.status(), StatusCode::CREATED, "{what}");
        let case = clerk.case(&read::<Acknowledgement>(answer).await.short_number).await;
        assert!(said.is_empty() || case.problems.iter().any(|p| p.en.contains(said)), "{what}: {:?}", case.problems);
        assert_eq!(case.acts.is_empty(), what == "item");
    }
    // A wrong clock on the device is one of them: nobody is left at a kiosk to set it.
    let kiosk = world.kiosk().await;
    for (off, said) in [(TimeDelta::days(3), "check the clock"), (TimeDelta::days(-400), "certificate began")] {
        let mut submission = kiosk.prepare();
        submission.captured_at += off;
        let answer = kiosk.client.submit(&kiosk.seal(submission).sealed).await;
        let case = clerk.case(&read::<Acknowledgement>(answer).await.short_number).await;
        assert!(case.problems.iter().any(|p| p.en.contains(said)), "{:?}", case.problems);
        assert_eq!(case.device.unwrap().0, "东门 1 号");
    }
}

#[tokio::test]
async fn both_receipts_are_for_the_person_who_applied() {
    let world = World::start().await;
    let (phone, clerk) = (world.phone().await, world.clerk().await);
    let (filing, acknowledgement) = phone.file().await;
    for receipt in [&filing.sealed.receipt, &acknowledgement.receipt] {
        assert_eq!(identity::fits(&claims::read(receipt).unwrap().claims, IDENTIFIER), Some(true));
    }
    assert!(clerk.case(&acknowledgement.short_number).await.problems.is_empty());
    // A device that has put somebody else's on it, and one that does not know of it yet.
    for strange in [true, false] {
        let submission = phone.prepare();
        let own = phone.claims(&submission);
        let other = strange.then(|| if own.identity.as_deref() == Some("0000") { "0001" } else { "0000" }.to_owned());
        let sealed = phone.seal_with(submission, &Claims { identity: other, ..own }, vec![]).sealed;
        let acknowledgement: Acknowledgement = read(phone.client.submit(&sealed).await).await;
        let case = clerk.case(&acknowledgement.short_number).await;
        assert_eq!(case.problems.iter().any(|p| p.en.contains("identity check")), strange, "{:?}", case.problems);
        assert_eq!(identity::fits(&claims::read(&acknowledgement.receipt).unwrap().claims, IDENTIFIER), Some(true));
    }
}

#[tokio::test]
async fn a_correction_points_at_its_case_and_back() {
    let world = World::start().await;
    let (phone, clerk) = (world.phone().await, world.clerk().await);
    let (_, first) = phone.file().await;
    let mut correction = phone.prepare();
    correction.corrects = Some(first.short_number.clone());
    let second: Acknowledgement = read(phone.client.submit(&phone.seal(correction).sealed).await).await;
    let says = |problems: Vec<mingbai::words::Text>, other: &str| problems.iter().any(|p| p.en.contains(&number::show(other)));
    assert!(says(clerk.case(&first.short_number).await.problems, &second.short_number));
    assert!(says(clerk.case(&second.short_number).await.problems, &first.short_number));
}

#[tokio::test]
async fn a_revoked_device_is_refused_from_then_on() {
    let world = World::start().await;
    let (kiosk, operator) = (world.kiosk().await, world.operator().await);
    let (filing, acknowledgement) = kiosk.file().await;
    assert_eq!(operator.revoke(&kiosk.kid()).await.status(), StatusCode::OK);
    // What it had queued before still counts; what it issues later does not; what is acknowledged stays so.
    let mut earlier = kiosk.prepare();
    earlier.captured_at -= TimeDelta::minutes(5);
    assert_eq!(kiosk.client.submit(&kiosk.seal(earlier).sealed).await.status(), StatusCode::CREATED);
    let mut later = kiosk.prepare();
    later.captured_at += TimeDelta::seconds(2);
    assert_eq!(refused(kiosk.client.submit(&kiosk.seal(later).sealed).await).await, (StatusCode::FORBIDDEN, "revoked".into()));
    assert_eq!(read::<Acknowledgement>(kiosk.client.submit(&filing.sealed).await).await, acknowledgement);
    // A stolen key files for nobody but itself.
    let stolen = Device { self_issued: true, key: kiosk.key.clone(), ..world.phone().await };
    let (_, self_issued) = stolen.file().await;
    assert_eq!(world.clerk().await.case(&self_issued.short_number).await.device, None);
    // A desk that reads the trust list says so of old and new receipts.
    let trust = kiosk.client.trust().await;
    let judged = |off: i64| {
        let mut submission = kiosk.prepare();
        submission.captured_at += TimeDelta::seconds(off);
        let report = verify(&kiosk.seal(submission).sealed.receipt, Some(&trust), now());
        (report.verdict, report.reasons)
    };
    assert!(matches!(&judged(-300), (Verdict::Queued, reasons) if matches!(reasons[..], [Reason::RevokedLater { .. }])));
    assert!(matches!(&judged(2), (Verdict::NotGenuine, reasons) if matches!(reasons[..], [Reason::Revoked { .. }])));
}
