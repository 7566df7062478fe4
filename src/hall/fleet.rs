//! The fleet: what kiosks and desks tell of themselves, and what of it an operator should look after. A heartbeat says
//! nothing about a person; one with a wrong clock is taken like any other, since that is worth knowing.

use super::problem::{self, Refusal};
use super::store::{self, heartbeats};
use super::{Hall, devices, web};
use crate::api::{Alarm, FULL, FleetRow, Heartbeat, Part, SKEW, UNSENT};
use crate::receipt::{DeviceKey, Profile};
use crate::signing::{HEARTBEAT, Signed, Untrusted, from_hex};
use chrono::{DateTime, TimeDelta, Utc};
use std::time::Duration;

/// After this long without a heartbeat a device is silent.
const SILENT: TimeDelta = TimeDelta::minutes(15);
/// How long a device may take to fetch what the hall has published.
const GRACE: TimeDelta = TimeDelta::hours(1);
/// Between two heartbeats of one device.
const APART: Duration = Duration::from_secs(2);
/// The longest name of a version.
const VERSION: usize = 100;

/// What a device should have by now. Nothing of it is known while it is new.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Expected {
    pub app: String,
    pub catalogue: Option<String>,
    pub trust: Option<u64>,
}

/// Notes a heartbeat.
pub async fn beat(hall: &Hall, signed: &Signed, now: DateTime<Utc>) -> Result<(), Refusal> {
    let device = store::devices::get(&mut *hall.store.read().await?, &signed.kid).await?;
    let device = device.filter(|device| in_force(device, now)).ok_or(problem::NOT_IN_FORCE)?;
    let public = from_hex(&device.public).ok_or(problem::NOT_IN_FORCE)?;
    let heartbeat: Heartbeat = signed.open(HEARTBEAT, &public).map_err(|wrong| match wrong {
        Untrusted::Content(_) => problem::SHAPE,
        Untrusted::Key | Untrusted::OtherKey | Untrusted::Signature => problem::SIGNATURE,
    })?;
    let too_long = |version: &str| version.len() > VERSION;
    if too_long(&heartbeat.app) || heartbeat.catalogue.as_deref().is_some_and(too_long) {
        return Err(problem::SHAPE.into());
    }
    let mut change = hall.store.begin().await?;
    if let Some((last, same)) = heartbeats::last(&mut change, &signed.kid, &heartbeat).await? {
        // Somebody else may have kept it: it says nothing about how the device is now.
        if same {
            return Err(problem::CONFLICT.into());
        }
        if let Some(early) = (now - last).to_std().ok().and_then(|since| APART.checked_sub(since)) {
            return Err(problem::RATE.after(early));
        }
    }
    heartbeats::put(&mut change, &signed.kid, now, &heartbeat).await?;
    devices::renew(&mut change, hall, &device, now).await?;
    Ok(change.commit().await?)
}

fn in_force(device: &DeviceKey, now: DateTime<Utc>) -> bool {
    in_service(device) && (device.not_before..device.not_after).contains(&now)
}

/// The hall's own and not revoked, whether or not its certificate has run out.
fn in_service(device: &DeviceKey) -> bool {
    device.profile != Profile::Personal && device.revoked_at.is_none()
}

/// Every device that is not revoked.
pub async fn show(hall: &Hall, now: DateTime<Utc>) -> Result<Vec<FleetRow>, Refusal> {
    let mut db = hall.store.read().await?;
    let devices = store::devices::all(&mut db).await?;
    let mut heard = heartbeats::all(&mut db).await?;
    let expected = Expected {
        app: web::build(),
        catalogue: store::catalogues::version_at(&mut db, now - GRACE).await?,
        trust: store::trust::sequence_at(&mut db, now - GRACE).await?,
    };
    let row = |device: DeviceKey| {
        let kid = store::devices::kid(&device);
        let (seen_at, heartbeat) = heard.remove(&kid).unzip();
        let mut alarms = alarms(seen_at.zip(heartbeat.as_ref()), &expected, now);
        if device.not_after <= now {
            alarms.push(Alarm::Expired);
        }
        FleetRow { kid, name: device.name, profile: device.profile, seen_at, heartbeat, alarms }
    };
    Ok(devices.into_iter().filter(in_service).map(row).collect())
}

/// What is wrong with a device, as it was last heard.
pub fn alarms(heard: Option<(DateTime<Utc>, &Heartbeat)>, expected: &Expected, now: DateTime<Utc>) -> Vec<Alarm> {
    let Some((seen_at, beat)) = heard else { return vec![Alarm::Silent] };
    // By the device's own clock, which may be wrong, until its heartbeat; by the hall's since then.
    let waits = beat.oldest.map(|oldest| (beat.at - oldest) + (now - seen_at));
    let full = beat.usage.zip(beat.quota).is_some_and(|(usage, quota)| usage as f64 > quota as f64 * FULL);
    let judged = [
        (Alarm::Silent, now - seen_at > SILENT),
        (Alarm::Unsent, waits.is_some_and(|waits| waits > UNSENT)),
        (Alarm::Attention, beat.attention > 0),
        (Alarm::Storage, full),
        (Alarm::Clock, (beat.at - seen_at).abs() > SKEW),
        (Alarm::Behind, is_behind(beat, expected)),
        (Alarm::Camera, beat.camera == Part::Fails),
        (Alarm::Printer, beat.printer == Part::Fails),
    ];
    judged.into_iter().filter(|(_, wrong)| *wrong).map(|(alarm, _)| alarm).collect()
}

fn is_behind(beat: &Heartbeat, expected: &Expected) -> bool {
    // Version and build, `0.1.0+3f2a…`: a page that no service worker keeps does not know its build.
    let app = match (beat.app.contains('+'), expected.app.split_once('+')) {
        (false, Some((version, _))) => beat.app != version,
        _ => beat.app != expected.app,
    };
    let catalogue = expected.catalogue.is_some() && beat.catalogue != expected.catalogue;
    let trust = expected.trust.is_some_and(|sequence| beat.trust.is_none_or(|had| had < sequence));
    app || catalogue || trust
}

/// For the metrics: how many devices there are and how many of them are silent, what waits in all outboxes, and for how long
/// the oldest of it has, in seconds.
pub fn summary(rows: &[FleetRow], now: DateTime<Utc>) -> Summary {
    let silent = rows.iter().filter(|row| row.alarms.contains(&Alarm::Silent)).count();
    let beats = || rows.iter().filter_map(|row| row.seen_at.zip(row.heartbeat.as_ref()));
    let age = |(seen_at, beat): (DateTime<Utc>, &Heartbeat)| Some(((beat.at - beat.oldest?) + (now - seen_at)).num_seconds().max(0));
    Summary {
        devices: rows.len(),
        silent,
        waiting: beats().map(|(_, beat)| u64::from(beat.waiting)).sum(),
        oldest: beats().filter_map(age).max().unwrap_or(0).unsigned_abs(),
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Summary {
    pub devices: usize,
    pub silent: usize,
    pub waiting: u64,
    pub oldest: u64,
}

#[cfg(test)]
mod tests {
    use super::*;
    use Alarm::*;

    const NOW: DateTime<Utc> = DateTime::from_timestamp(1_800_000_000, 0).expect("a time");

    fn well() -> Heartbeat {
        Heartbeat {
            at: NOW,
            app: "1.0.0+abc".into(),
            catalogue: Some("c2".into()),
            trust: Some(7),
            waiting: 0,
            attention: 0,
            oldest: None,
            scans: 0,
            usage: None,
            quota: None,
            camera: Part::Works,
            printer: Part::Untested,
        }
    }

    fn expected() -> Expected {
        Expected { app: "1.0.0+abc".into(), catalogue: Some("c2".into()), trust: Some(7) }
    }

    fn minutes(n: i64) -> TimeDelta {
        TimeDelta::minutes(n)
    }

    #[test]
    fn each_alarm_for_its_reason_only() {
        type Change = fn(&mut Heartbeat);
        // What is told, how many minutes ago it came, and what is wrong.
        let cases: &[(&str, Change, i64, &[Alarm])] = &[
            ("all is well", |_| {}, 0, &[]),
            ("just heard enough", |_| {}, 15, &[]),
            ("silent", |_| {}, 16, &[Silent]),
            ("waits for a little", |b| b.oldest = Some(NOW - minutes(29)), 0, &[]),
            ("waits for long", |b| b.oldest = Some(NOW - minutes(31)), 0, &[Unsent]),
            ("has waited since, silently", |b| b.oldest = Some(b.at - minutes(20)), 20, &[Silent, Unsent]),
            ("a clock that is wrong is no long wait", |b| (b.at, b.oldest) = (NOW - minutes(90), Some(NOW - minutes(95))), 0, &[Clock]),
            ("a clock of the future", |b| b.at = NOW + minutes(3), 0, &[Clock]),
            ("a clock nearly right", |b| b.at = NOW + minutes(2), 0, &[]),
            ("needs somebody", |b| b.attention = 1, 0, &[Attention]),
            ("four fifths full", |b| (b.usage, b.quota) = (Some(80), Some(100)), 0, &[]),
            ("nearly full", |b| (b.usage, b.quota) = (Some(81), Some(100)), 0, &[Storage]),
            ("more than can be", |b| (b.usage, b.quota) = (Some(u64::MAX), Some(u64::MAX)), 0, &[Storage]),
            ("an old app", |b| b.app = "1.0.0+abb".into(), 0, &[Behind]),
            ("an older app", |b| b.app = "0.9.0".into(), 0, &[Behind]),
            ("an app that does not know its build", |b| b.app = "1.0.0".into(), 0, &[]),
            ("an old catalogue", |b| b.catalogue = Some("c1".into()), 0, &[Behind]),
            ("no catalogue", |b| b.catalogue = None, 0, &[Behind]),
            ("an old trust list", |b| b.trust = Some(6), 0, &[Behind]),
            ("a newer trust list", |b| b.trust = Some(8), 0, &[]),
            ("no trust list", |b| b.trust = None, 0, &[Behind]),
            ("camera and printer", |b| (b.camera, b.printer) = (Part::Fails, Part::Fails), 0, &[Camera, Printer]),
        ];
        for (what, change, ago, wrong) in cases {
            let seen_at = NOW - minutes(*ago);
            let mut beat = Heartbeat { at: seen_at, ..well() };
            change(&mut beat);
            assert_eq!(alarms(Some((seen_at, &beat)), &expected(), NOW), *wrong, "{what}");
        }
        assert_eq!(alarms(None, &expected(), NOW), [Silent]);
        // What was published within the hour is expected of nobody.
        let fresh = Expected { app: expected().app, ..Expected::default() };
        assert_eq!(alarms(Some((NOW, &Heartbeat { catalogue: None, trust: None, ..well() })), &fresh, NOW), []);
    }
}
