//! One round: applications are handed in while everything goes wrong that was drawn; then the faults end, and what is left
//! must come right by itself.

use super::device::{Device, choose, settle_in, who};
use super::faults::{Fault, PICTURED, Plan};
use super::proxy::Proxy;
use super::tally::{Case, Devices, Verdict, judge};
use crate::applicant::{begin, fill_in, home};
use crate::browser::{KIOSK, PATIENCE, PHONE};
use crate::desk::enrol;
use crate::hall::Hall;
use chrono::Utc;
use mingbai::catalogue::Item;
use mingbai::check::Application;
use mingbai::submission::{Digest, Sealed};
use serde::Serialize;
use sqlx::Row as _;
use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::time::{Duration, Instant};
use uuid::Uuid;

/// How many applications are prepared to be copied.
pub const PREPARED: usize = 3;
/// How long a page may take to say that something is saved, or is not: longer than the app's own patience with a database.
const ANSWER: Duration = Duration::from_secs(70);
/// How long everything may take to come right once the faults have ended.
const SETTLED: Duration = Duration::from_secs(60);
/// When somebody who waits presses "send now"; and when somebody patient does, because the page asks for it.
const IMPATIENT: Duration = Duration::from_millis(2_000);
const ASKED: Duration = Duration::from_secs(30);
/// How long a new version may take to take over.
const TAKEN_OVER: Duration = Duration::from_secs(10);
const LOOK_AGAIN: Duration = Duration::from_millis(100);

pub struct World {
    proxy: Proxy,
    hall: Hall,
    phone: Device,
    kiosk: Device,
    /// The kiosk has sent something since the last backup.
    kiosk_sent: bool,
    /// A session at the kiosk may have made a submission that nobody has seen yet.
    kiosk_may: bool,
    prepared: Vec<(Item, Application)>,
    /// What the phone may not know any more that it handed in.
    forgotten: HashSet<Uuid>,
    /// Cases that have been looked through.
    cases: HashMap<Uuid, Case>,
    /// How often a browser has lost its databases without being made to.
    pub losses: usize,
    /// What has been found wrong so far.
    pub known: Verdict,
}

/// What came of a round.
#[derive(Serialize)]
pub struct Played {
    pub seed: u64,
    pub faults: Vec<String>,
    pub saved: usize,
    pub acknowledged: usize,
    #[serde(flatten)]
    pub settled: Settled,
    pub lost: Vec<String>,
    pub doubled: Vec<String>,
    pub stuck: Vec<String>,
    pub seconds: f64,
}

/// What people had to do after the faults had ended.
#[derive(Serialize)]
pub struct Settled {
    /// Presses on "send now"; and how many rows then waited for somebody.
    pub pressed: u32,
    pub needed: u32,
    /// The app was closed and opened again for its new version.
    pub reopened: bool,
}

/// What a press on the button came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Came {
    Saved,
    Refused,
    /// The browser died.
    Killed,
    /// Neither a receipt nor a reason.
    Nothing,
}

impl World {
    /// A hall behind a proxy, a phone with its applications prepared, and an enrolled kiosk.
    pub async fn start() -> World {
        let mut hall = Hall::start();
        let (proxy, port) = Proxy::start(hall.port()).await;
        hall.behind(port);
        let mut phone = Device::new("chaos-phone", PHONE, hall.url(""));
        settle_in(&mut phone, &proxy).await;
        let prepared = choose(PREPARED);
        for (at, (item, application)) in prepared.iter().enumerate() {
            phone.prepare(item, application, at == PICTURED).await;
        }
        let mut kiosk = Device::new("chaos-kiosk", KIOSK, hall.url(""));
        kiosk.wake(&proxy).await;
        let mut world = World {
            proxy,
            hall,
            phone,
            kiosk,
            kiosk_sent: false,
            kiosk_may: false,
            prepared,
            forgotten: HashSet::new(),
            cases: HashMap::new(),
            losses: 0,
            known: Verdict::default(),
        };
        world.phone.mark().await;
        world.make_kiosk().await;
        world.kiosk.close().await;
        world.back_up();
        world
    }

    pub async fn play(&mut self, seed: u64) -> Played {
        let plan = Plan::of(seed, PREPARED);
        let started = Instant::now();
        let before = self.shown();
        let clock = plan.faults.iter().find_map(|fault| if let Fault::Clock(hours) = fault { Some(*hours) } else { None });
        self.phone.shift(clock.unwrap_or(0)).await;
        self.phone.wake(&self.proxy).await;
        self.arm(&plan);
        let mut handed = Vec::new();
        for (at, prepared) in plan.submissions.iter().enumerate() {
            handed.push(self.hand_in(&plan, *prepared, at == 0).await);
        }
        if plan.has(|fault| *fault == Fault::Kiosk) {
            self.kiosk_session(&plan).await;
        }
        if plan.has(|fault| *fault == Fault::Restored) {
            self.before_a_restore(&plan).await;
            self.restore().await;
        }
        if plan.has(|fault| *fault == Fault::DatabasesLost) {
            self.phone.lose_databases();
            self.forget_what_the_hall_has().await;
            self.phone.wake(&self.proxy).await;
            self.whole(Device::mark).await;
        }
        let settled = self.settle(&plan, &handed).await;
        let verdict = self.reckon().await;
        self.phone.passed(handed[handed.len() - 1]);
        if plan.backup || plan.has(|fault| matches!(fault, Fault::QuotaFull(_))) {
            // A device with no room lets go of what the hall has; only a backup that has it too may come back.
            self.back_up();
            self.kiosk_sent = false;
        }
        let after = self.shown();
        Played {
            seed,
            faults: plan.faults.iter().map(Fault::to_string).collect(),
            saved: after.0 - before.0,
            acknowledged: after.1 - before.1,
            settled,
            lost: verdict.lost.into_iter().collect(),
            doubled: verdict.doubled.into_iter().collect(),
            stuck: verdict.stuck.into_iter().collect(),
            seconds: started.elapsed().as_secs_f64(),
        }
    }

    /// Submissions shown as saved so far, and as acknowledged.
    pub fn shown(&self) -> (usize, usize) {
        let shared = self.proxy.shared();
        let shown = &shared.witness.shown;
        (shown.len(), shown.values().filter(|shown| shown.received.is_some()).count())
    }

    /// The blows of the plan wait for their moments.
    fn arm(&mut self, plan: &Plan) {
        self.hall.revive();
        let mut shared = self.proxy.shared();
        shared.hall = Some(self.hall.process());
        shared.strikes = plan.strikes();
    }

    // ── handing in ──

    /// Hands in a copy of a prepared application; the special faults of a round are for its first.
    async fn hand_in(&mut self, plan: &Plan, prepared: usize, first: bool) -> Uuid {
        let id = new_id();
        self.proxy.shared().witness.meant.insert(id);
        let item = self.prepared[prepared].0.code.clone();
        self.phone.wake(&self.proxy).await;
        while self.phone.copy(&item, id).await.is_none() {
            self.phone.wake(&self.proxy).await;
        }
        let came = match self.try_first(plan, &item, id, first).await {
            Some(()) => self.answer(id).await,
            None => Came::Killed,
        };
        let came = match came {
            Came::Refused => self.try_again(&item, id).await,
            Came::Killed => self.after_the_power_cut(&item, id).await,
            came => came,
        };
        match came {
            Came::Saved | Came::Killed => {}
            Came::Nothing => self.complain(format!("{id}: the page neither saved it nor said why not")),
            Came::Refused => {
                let why = self.proxy.shared().witness.refused.get(&id).cloned().unwrap_or_default();
                self.complain(format!("{id}: refused twice: {why}"));
            }
        }
        id
    }

    /// Opens the last step and presses, under whatever was drawn. `None`: the browser is dead.
    async fn try_first(&mut self, plan: &Plan, item: &str, id: Uuid, first: bool) -> Option<()> {
        let path = format!("/apply/{item}/confirm");
        self.phone.goto(&path).await?;
        // First of all: on a full disk there would be no room for it.
        if first && plan.has(|fault| *fault == Fault::NewVersion) {
            self.meet_a_new_version(plan.seed).await?;
        }
        let mut closing = None;
        for fault in plan.faults.iter().filter(|_| first) {
            match *fault {
                Fault::QuotaFull(bytes) => self.phone.quota(Some(bytes)).await?,
                Fault::DatabaseClosed { after, told } => closing = Some((after, told)),
                _ => {}
            }
        }
        if first && plan.has(|fault| *fault == Fault::FiveTabs) {
            return self.phone.in_tabs(4, &path, id).await;
        }
        self.phone.press(id, closing).await
    }

    /// A new version comes while the application is open; it must wait.
    async fn meet_a_new_version(&mut self, seed: u64) -> Option<()> {
        self.phone.script("window.stays = true", vec![]).await?;
        self.proxy.shared().version = Some(format!("{:012x}", seed >> 16));
        if !self.phone.find_version().await? {
            self.complain("a new version of the app was not found".to_owned());
        }
        if self.phone.script("return window.stays === true", vec![]).await? != true {
            self.complain("a new version took the page away in the middle of an application".to_owned());
        }
        Some(())
    }

    /// What the page shows.
    async fn answer(&self, id: Uuid) -> Came {
        let deadline = Instant::now() + ANSWER;
        loop {
            let running = self.phone.is_running();
            {
                let shared = self.proxy.shared();
                if shared.witness.shown.contains_key(&id) {
                    return Came::Saved;
                }
                if shared.witness.refused.contains_key(&id) {
                    return Came::Refused;
                }
            }
            if !running {
                return Came::Killed;
            }
            if Instant::now() > deadline {
                return Came::Nothing;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// It was refused with a reason; with room to store it, it must be saved.
    async fn try_again(&mut self, item: &str, id: Uuid) -> Came {
        if self.phone.quota(None).await.is_none() {
            return self.after_the_power_cut(item, id).await;
        }
        self.proxy.shared().witness.refused.remove(&id);
        match self.phone.press(id, None).await {
            Some(()) => self.answer(id).await,
            None => Came::Killed,
        }
    }

    /// Whoever finds the draft still there presses once more. If the browser dies again, that is how it stays.
    async fn after_the_power_cut(&mut self, item: &str, id: Uuid) -> Came {
        self.phone.wake(&self.proxy).await;
        let mut devices = Devices::default();
        if self.phone.look(&mut devices).await.is_none() || !devices.drafts.contains(&id) {
            return Came::Killed;
        }
        if self.phone.goto(&format!("/apply/{item}/confirm")).await.is_none() || self.phone.press(id, None).await.is_none() {
            return Came::Killed;
        }
        self.answer(id).await
    }

    /// Somebody goes through all the forms of a kiosk. What was drawn falls only on what follows the button.
    async fn kiosk_session(&mut self, plan: &Plan) {
        let strikes = self.proxy.calm().await;
        self.hall.revive();
        self.kiosk.wake(&self.proxy).await;
        self.notice_losses().await;
        let (item, application) = &self.prepared[0];
        let browser = self.kiosk.browser();
        home(browser).await;
        begin(browser, &item.code).await;
        fill_in(browser, item, application).await;
        who(browser).await;
        {
            let mut shared = self.proxy.shared();
            shared.hall = Some(self.hall.process());
            // The phone may have used up the blows; the kiosk gets its own.
            shared.strikes = if strikes.is_empty() { plan.strikes() } else { strikes };
        }
        let known: HashSet<Uuid> = self.proxy.shared().witness.shown.keys().copied().collect();
        let nobody = Uuid::nil();
        (self.kiosk_sent, self.kiosk_may) = (true, true);
        let pressed = self.kiosk.press(nobody, None).await;
        let deadline = Instant::now() + ANSWER;
        while pressed.is_some() && self.kiosk.is_running() {
            let mut shared = self.proxy.shared();
            let shown = shared.witness.shown.keys().find(|id| !known.contains(id)).copied();
            if let Some(id) = shown {
                shared.witness.meant.insert(id);
                self.kiosk_may = false;
                break;
            }
            drop(shared);
            if Instant::now() > deadline {
                self.complain("the kiosk neither saved nor said why not".to_owned());
                break;
            }
            tokio::time::sleep(LOOK_AGAIN).await;
        }
    }

    // ── databases that are gone ──

    /// What the hall has by now has no copy any more, the phone may have heard of it or not, and only a backup that has it too
    /// may come back.
    async fn forget_what_the_hall_has(&mut self) {
        self.back_up();
        self.forgotten.extend(self.at_hall().await);
    }

    /// A browser may find its databases damaged after a power cut, and make new ones: nobody's fault, but as the fault of that
    /// name from then on. Nothing may go wrong meanwhile.
    async fn notice_losses(&mut self) {
        if self.phone.has_lost().await {
            self.lost_by_itself("the phone's");
            self.forget_what_the_hall_has().await;
            self.whole(Device::mark).await;
        }
        if self.kiosk.has_lost().await {
            self.lost_by_itself("the kiosk's");
            self.back_up();
            self.make_kiosk().await;
        }
    }

    fn lost_by_itself(&mut self, whose: &str) {
        println!("  {whose} browser lost its databases by itself");
        self.losses += 1;
    }

    /// Enrols it, for the first time or once more.
    async fn make_kiosk(&self) {
        enrol(self.kiosk.browser(), &self.hall, "kiosk", "自助机 7").await;
        self.kiosk.mark().await;
        self.kiosk.goto("/").await;
    }

    // ── the hall's own misfortune ──

    /// A backup of now; the hall goes on.
    fn back_up(&mut self) {
        self.hall.revive();
        self.hall.back_up();
    }

    /// What a device has lost by itself before, nobody can give back to the hall.
    async fn before_a_restore(&mut self, plan: &Plan) {
        let strikes = self.proxy.calm().await;
        self.hall.revive();
        self.phone.wake(&self.proxy).await;
        if plan.has(|fault| *fault == Fault::Kiosk) {
            self.kiosk.wake(&self.proxy).await;
        }
        self.notice_losses().await;
        let mut shared = self.proxy.shared();
        shared.hall = Some(self.hall.process());
        shared.strikes = strikes;
    }

    /// The hall dies, and its last backup takes its place.
    async fn restore(&mut self) {
        // Somewhere between the first request and the last.
        tokio::time::sleep(LOOK_AGAIN).await;
        self.hall.kill();
        self.hall.restore();
        self.cases.clear();
        self.proxy.shared().witness.restored += 1;
    }

    // ── afterwards ──

    /// The faults end. Opens the receipt of something handed in and waits until nothing waits any more; presses "send now"
    /// once when somebody would.
    async fn settle(&mut self, plan: &Plan, handed: &[Uuid]) -> Settled {
        self.proxy.calm().await;
        self.hall.revive();
        self.phone.shift(0).await;
        self.phone.wake(&self.proxy).await;
        self.whole(async |phone| {
            phone.quota(None).await?;
            phone.one_tab().await
        })
        .await;
        let saved = handed.iter().copied().find(|id| self.is_saved(*id));
        let path = saved.map_or_else(|| "/".to_owned(), |id| format!("/receipt/{id}"));
        self.phone.goto(&path).await;
        let needs_kiosk = plan.has(|fault| *fault == Fault::Kiosk) || (plan.has(|f| *f == Fault::Restored) && self.kiosk_sent);
        if needs_kiosk {
            self.kiosk.wake(&self.proxy).await;
            self.kiosk.goto("/").await;
        }
        self.notice_losses().await;
        let started = Instant::now();
        let (mut pressed, mut needed) = (0, 0);
        while started.elapsed() < SETTLED {
            let devices = self.look().await;
            if devices.waiting.is_empty() && self.hall_has_all().await && saved.is_none_or(|id| self.is_told(id)) {
                break;
            }
            let attention = devices.waiting.values().filter(|row| row.contains("attention")).count() as u32;
            let impatient = !plan.patient && started.elapsed() > IMPATIENT;
            if pressed == 0 && (impatient || (attention > 0 && started.elapsed() > ASKED)) && self.send_now(&devices).await {
                (pressed, needed) = (1, attention);
            }
            tokio::time::sleep(LOOK_AGAIN).await;
        }
        for id in handed.iter().copied().filter(|id| self.is_saved(*id)) {
            self.see_received(id).await;
        }
        self.kiosk.close().await;
        let reopened = plan.has(|fault| *fault == Fault::NewVersion) && self.change_over().await;
        Settled { pressed, needed, reopened }
    }

    /// Everybody who looks at a receipt now must read that the hall has it.
    async fn see_received(&self, id: Uuid) {
        if self.is_told(id) {
            return;
        }
        self.phone.goto(&format!("/receipt/{id}")).await;
        let deadline = Instant::now() + PATIENCE;
        while !self.is_told(id) {
            if Instant::now() > deadline {
                return self.complain(format!("{id}: its receipt does not say that the hall has it"));
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Between applications the new version takes over when it is asked to. Chromium waits for a moment in which the old worker
    /// has nothing to do, which under a driver does not always come; then the app is closed and opened again, which always
    /// helps. Returns whether that was needed.
    async fn change_over(&mut self) -> bool {
        self.phone.goto("/").await;
        if self.runs_what_is_served().await {
            return false;
        }
        let press = "window.old = true; const button = document.querySelector('[data-test=update]'); button?.click(); return !!button";
        self.seen(press).await;
        self.seen("return window.old !== true").await;
        if self.runs_what_is_served().await {
            return false;
        }
        self.phone.close().await;
        self.phone.wake(&self.proxy).await;
        if !self.runs_what_is_served().await {
            self.complain("the new version of the app does not take over".to_owned());
        }
        true
    }

    async fn runs_what_is_served(&self) -> bool {
        let served = self.proxy.shared().version.clone();
        self.phone.version().await.and_then(|version| version.as_str().map(str::to_owned)) == served
    }

    /// Waits a while for a script to say that it is so.
    async fn seen(&self, script: &str) {
        let deadline = Instant::now() + TAKEN_OVER;
        while Instant::now() < deadline && self.phone.script(script, vec![]).await.is_some_and(|seen| seen != true) {
            tokio::time::sleep(LOOK_AGAIN).await;
        }
    }

    /// Runs work on the phone that no fault disturbs any more; a browser that dies late is opened again.
    async fn whole(&mut self, work: impl AsyncFn(&Device) -> Option<()>) {
        while work(&self.phone).await.is_none() {
            self.phone.wake(&self.proxy).await;
        }
    }

    /// A person presses the button on the receipt of something that waits.
    async fn send_now(&self, devices: &Devices) -> bool {
        let Some(id) = devices.waiting.keys().next() else { return false };
        let press = "const button = document.querySelector('[data-test=send-now]'); button?.click(); return !!button";
        if self.phone.script(press, vec![]).await.is_some_and(|found| found == true) {
            return true;
        }
        self.phone.goto(&format!("/receipt/{id}")).await;
        false
    }

    /// What the devices have now; what they keep is noted.
    async fn look(&mut self) -> Devices {
        let mut devices = Devices::default();
        for device in [&self.phone, &self.kiosk].into_iter().filter(|device| device.is_running()) {
            let Some(envelopes) = device.look(&mut devices).await else { continue };
            let mut shared = self.proxy.shared();
            if device.is_shared() {
                // What it is called was made up on the kiosk: one a session.
                let stranger = envelopes.keys().find(|id| !shared.witness.meant.contains(id)).copied();
                if let Some(id) = stranger.filter(|_| std::mem::take(&mut self.kiosk_may)) {
                    shared.witness.meant.insert(id);
                }
            }
            shared.witness.kept.extend(envelopes);
        }
        devices
    }

    fn is_saved(&self, id: Uuid) -> bool {
        self.proxy.shared().witness.shown.contains_key(&id)
    }

    /// Its receipt says that the hall has it, if the phone still knows of it.
    fn is_told(&self, id: Uuid) -> bool {
        self.forgotten.contains(&id) || self.proxy.shared().witness.shown.get(&id).is_some_and(|shown| shown.received.is_some())
    }

    async fn at_hall(&self) -> HashSet<Uuid> {
        let rows = sqlx::query("SELECT id FROM cases").fetch_all(&mut self.hall.database().await).await.expect("the cases");
        rows.iter().map(|row| row.get::<String, _>("id").parse().expect("an id")).collect()
    }

    async fn hall_has_all(&self) -> bool {
        let there = self.at_hall().await;
        self.proxy.shared().witness.saved().all(|id| there.contains(id))
    }

    /// Holds everything against everything; what was found before is not told again.
    async fn reckon(&mut self) -> Verdict {
        let devices = self.look().await;
        self.read_cases().await;
        let cases: Vec<Case> = self.cases.values().cloned().collect();
        let verdict = judge(&self.proxy.shared().witness, &cases, &devices);
        self.known.learn(verdict)
    }

    /// Reads everything at the hall anew, and holds it against everything that was ever seen.
    pub async fn reckon_all(&mut self) -> Verdict {
        self.cases.clear();
        self.reckon().await
    }

    /// What the hall's own command finds wrong with it.
    pub fn unsound(&self) -> Vec<String> {
        self.hall.errors()
    }

    /// Reads the cases that have not been looked through.
    async fn read_cases(&mut self) {
        let query = "SELECT id, digest, short_number, receipt, envelope FROM cases";
        let rows = sqlx::query(query).fetch_all(&mut self.hall.database().await).await.expect("the cases");
        for row in rows {
            let word = |name: &str| row.get::<String, _>(name);
            let id: Uuid = word("id").parse().expect("an id");
            if self.cases.contains_key(&id) {
                continue;
            }
            let envelope = word("envelope");
            let sealed: Sealed = serde_json::from_str(&envelope).expect("an envelope");
            let case = Case {
                id,
                digest: word("digest").parse().expect("a digest"),
                short_number: word("short_number"),
                receipt: word("receipt"),
                envelope: Digest::of(envelope.as_bytes()),
                whole: sealed.chunks.iter().all(|chunk| is_kept(self.hall.data(), chunk)),
            };
            self.cases.insert(id, case);
        }
    }

    fn complain(&self, what: String) {
        self.proxy.shared().witness.silent.insert(what);
    }
}

/// The piece is in the hall's folder, and is what its name says.
fn is_kept(data: &Path, chunk: &Digest) -> bool {
    let name = chunk.to_string();
    let bytes = std::fs::read(data.join("chunks").join(&name[..2]).join(&name));
    bytes.is_ok_and(|bytes| Digest::of(&bytes) == *chunk)
}

/// A new id of now (UUIDv7).
fn new_id() -> Uuid {
    let mut chance = [0; 10];
    getrandom::fill(&mut chance).expect("chance");
    let now = Utc::now().timestamp_millis().unsigned_abs();
    Uuid::from_bytes(*uuid::Builder::from_unix_timestamp_millis(now, &chance).as_uuid().as_bytes())
}
