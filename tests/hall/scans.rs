//! Scans of receipts at the windows: all are on record, and the first by time keeps the case, in whatever order they come in.

use crate::world::*;
use chrono::TimeDelta;
use mingbai::api::{Scan, ScanRecord, Scans};
use mingbai::receipt::Verdict;
use reqwest::StatusCode;
use uuid::Uuid;

fn scan(id: u128, receipt: Uuid, minutes: i64, desk: &str) -> Scan {
    let at = now() + TimeDelta::minutes(minutes);
    Scan { id: Uuid::from_u128(id), receipt, digest: None, at, verdict: Verdict::SelfIssued, desk: desk.into() }
}

async fn record(clerk: &Clerk, scan: &Scan) -> Scans {
    read(clerk.0.post("/scans", scan).await).await
}

async fn record_all(clerk: &Clerk, scans: &[Scan]) -> Vec<Scans> {
    read(clerk.0.post("/scans/batch", &scans).await).await
}

fn ids(scans: &[ScanRecord]) -> Vec<u128> {
    scans.iter().map(|s| s.id.as_u128()).collect()
}

#[tokio::test]
async fn scans_are_all_recorded_and_the_first_comes_first() {
    let world = World::start().await;
    let (desk, clerk, phone) = (world.desk().await, world.clerk().await, world.phone().await);
    let (filing, acknowledgement) = phone.file().await;
    let receipt = filing.submission.id;
    let kid = desk.kid();
    // One made online; then one made earlier, offline, drains in once somebody has signed in.
    let first = record(&clerk, &scan(1, receipt, -5, &kid)).await;
    assert_eq!(first.short_number, Some(acknowledgement.short_number.clone()));
    assert_eq!((first.scans[0].by.as_str(), first.scans[0].window.as_str()), ("工作人员clerk", "12 号窗口"));
    let merged = record(&clerk, &scan(2, receipt, -60, &kid)).await;
    assert_eq!(ids(&merged.scans), [2, 1]);
    // Sent twice, recorded once. A clock that runs ahead is not believed.
    assert_eq!(record(&clerk, &scan(2, receipt, -60, &kid)).await.scans.len(), 2);
    let ahead = record(&clerk, &scan(3, receipt, 600, &kid)).await;
    assert!(ahead.scans[2].at <= now() + TimeDelta::seconds(2));
    assert_eq!(clerk.case(&acknowledgement.short_number).await.scans, ahead.scans);
    // What somebody else has sent under the receipt's id is not its case.
    let digest = phone.claims(&filing.submission).digest;
    for (digest, case) in [(digest, Some(acknowledgement.short_number.clone())), ("0".repeat(32), None)] {
        let scan = Scan { digest: Some(digest), ..scan(2, receipt, -60, &kid) };
        assert_eq!(record(&clerk, &scan).await.short_number, case);
    }
    // Of a receipt that has not come in yet, too.
    assert_eq!(record(&clerk, &scan(4, Uuid::from_u128(9), 0, &kid)).await.short_number, None);
    // Whoever has merely seen a receipt, and read a desk's name in the trust list, cannot become its first scan.
    for desk in [&kid, "12 号窗口", ""] {
        let scan = scan(5, receipt, -90, desk);
        assert_eq!(refused(world.anonymous().post("/scans", &scan).await).await.0, StatusCode::UNAUTHORIZED);
        assert_eq!(refused(world.anonymous().post("/scans/batch", &[scan]).await).await.0, StatusCode::UNAUTHORIZED);
    }
}

/// Both desks were without a network, and the receipt was shown at both. Whichever comes back first, and whatever their clocks
/// say of the future, the case has one keeper, and each desk is told the same.
#[tokio::test]
async fn two_desks_that_scanned_offline_end_with_both_on_record_and_one_keeper() {
    let world = World::start().await;
    let (clerk, phone) = (world.clerk().await, world.phone().await);
    for (round, (one, other), keeper) in [
        (10, (-30, -20), "1 号窗口"),
        (20, (-20, -30), "2 号窗口"),
        // The second desk's clock is an hour ahead: its scan counts from its arrival.
        (30, (-20, 60), "1 号窗口"),
        // At the same moment the smaller id decides, for both alike.
        (40, (-20, -20), "1 号窗口"),
    ] {
        let (filing, acknowledgement) = phone.file().await;
        let receipt = filing.submission.id;
        let (mut one, mut other) = (scan(round, receipt, one, "1 号窗口"), scan(round + 1, receipt, other, "2 号窗口"));
        if round == 40 {
            other.at = one.at;
        }
        // In half of the rounds the second desk is back first.
        if round % 20 == 0 {
            std::mem::swap(&mut one, &mut other);
        }
        let early = record_all(&clerk, std::slice::from_ref(&one)).await.remove(0);
        assert_eq!(ids(&early.scans), [one.id.as_u128()]);
        let late = record_all(&clerk, std::slice::from_ref(&other)).await.remove(0);
        assert_eq!((late.scans.len(), late.scans[0].desk.as_str()), (2, keeper), "round {round}");
        assert_eq!(late.short_number.as_ref(), Some(&acknowledgement.short_number));
        let case = clerk.case(&acknowledgement.short_number).await;
        assert_eq!(case.scans, late.scans, "the case shows what the later desk is told");
        // The earlier desk asks again, by its own scan, and hears the same.
        assert_eq!(record(&clerk, &one).await, late);
    }
}

#[tokio::test]
async fn a_batch_is_recorded_whole_or_not_at_all() {
    let world = World::start().await;
    let (clerk, phone) = (world.clerk().await, world.phone().await);
    let (filing, acknowledgement) = phone.file().await;
    let receipt = filing.submission.id;
    let mut batch: Vec<Scan> = (0..100).map(|n| scan(n, Uuid::from_u128(1000 + n), -(n as i64), &"窗".repeat(60))).collect();
    batch.push(scan(100, receipt, -1, "3 号窗口"));
    batch.push(scan(101, receipt, -2, "3 号窗口"));
    let told = record_all(&clerk, &batch).await;
    assert_eq!(told.len(), batch.len());
    for (told, scan) in told.iter().zip(&batch) {
        assert!(told.scans.iter().any(|s| s.id == scan.id && s.at == scan.at));
    }
    // Each answer knows of the others in the batch.
    assert_eq!((ids(&told[100].scans), ids(&told[101].scans)), (vec![101, 100], vec![101, 100]));
    assert_eq!(told[100].short_number, Some(acknowledgement.short_number));
    // The answer got lost: the same again is the same.
    assert_eq!(record_all(&clerk, &batch).await, told);
    // None, or more than are taken at once.
    let many: Vec<Scan> = (0..201).map(|n| scan(1000 + n, receipt, -1, "3 号窗口")).collect();
    for batch in [vec![], many] {
        assert_eq!(refused(clerk.0.post("/scans/batch", &batch).await).await, (StatusCode::UNPROCESSABLE_ENTITY, "shape".into()));
    }
    // One that the hall does not take keeps the others out as well; the desk then sends them one by one.
    let bad = [scan(200, receipt, -3, "3 号窗口"), scan(201, receipt, -3, &"窗".repeat(61))];
    assert_eq!(refused(clerk.0.post("/scans/batch", &bad).await).await, (StatusCode::UNPROCESSABLE_ENTITY, "name".into()));
    assert_eq!(record(&clerk, &bad[0]).await.scans.len(), 3);
}
