//! Scanning receipts: one screen, the live picture on the left, the verdict on the right. A text comes from the camera,
//! from a USB scanner or from another page of the desk; [`receipt::verify`] judges it on this machine, so the verdict
//! needs no network. What the hall knows (earlier scans, the case) follows when it can be reached.

use super::sign_in::Session;
use super::{Frame, Tab, ago, phrases, say, sign_in};
use crate::calendar::moment;
use crate::api::ScanRecord;
use crate::calendar::hall_date;
use crate::kiosk::app::App;
use crate::kiosk::device::camera::Camera;
use crate::kiosk::device::catalogue::{self, Sought, Wanted};
use crate::kiosk::device::scanner::Decoder;
use crate::kiosk::device::{self, ScanSeen, camera, clock, sound};
use crate::receipt::{self, Claims, MaterialMark, Reason, Report, Verdict, number};
use crate::words::{Lang, Text};
use chrono::{DateTime, TimeDelta, Utc};
use gloo_timers::future::TimeoutFuture;
use leptos::ev;
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::use_navigate;
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::JsCast;

thread_local! {
    /// A text scanned on another page of the desk, on its way here. Kept out of the address: a reload is no second scan.
    static HANDED: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Leaves a scanned text for the scanning page, which is opened next.
pub fn hand_over(text: String) {
    HANDED.with_borrow_mut(|handed| *handed = Some(text));
}

/// After "next", the code just judged is left alone for this long: time enough to take it away from the camera.
const REST: TimeDelta = TimeDelta::milliseconds(2500);
/// Pause between two frames, in milliseconds: the page keeps breathing.
const BETWEEN_FRAMES: u32 = 12;
/// Pause while a verdict is shown.
const WHILE_SHOWN: u32 = 80;
/// Keys closer together than this, in milliseconds, are a scanner's, not a person's.
const BURST: u32 = 90;

/// A text and its verdict.
#[derive(Clone)]
struct Seen {
    text: String,
    report: Report,
    at: DateTime<Utc>,
    online: bool,
    record: Record,
}

/// Whether this scan is on record, and what was there before it.
#[derive(Clone)]
enum Record {
    Waiting,
    /// Not genuine: what it says must not touch the record of the receipt it pretends to be.
    Left,
    Known(ScanSeen),
}

#[derive(Clone, PartialEq)]
enum Live {
    Off,
    Starting,
    On,
    Refused(Text),
}

/// Everything the page's parts share.
#[derive(Clone, Copy)]
struct Scanning {
    app: App,
    seen: RwSignal<Option<Seen>>,
    live: RwSignal<Live>,
    torch: RwSignal<bool>,
    typed: RwSignal<String>,
    wrong: RwSignal<Option<Text>>,
    /// The code that is left alone for a moment, and until when.
    resting: StoredValue<Option<(String, DateTime<Utc>)>>,
    /// Grows with each start and stop of the camera: a loop that finds another number ends.
    run: StoredValue<u32>,
    camera: StoredValue<Option<Rc<Camera>>, LocalStorage>,
    panel: NodeRef<html::Section>,
}

/// `/desk/scan`.
#[component]
pub fn Scan() -> impl IntoView {
    let app = App::get();
    let session = sign_in::session(app);
    let scanning = Scanning {
        app,
        seen: RwSignal::new(None),
        live: RwSignal::new(Live::Off),
        torch: RwSignal::new(false),
        typed: RwSignal::new(String::new()),
        wrong: RwSignal::new(None),
        resting: StoredValue::new(None),
        run: StoredValue::new(0),
        camera: StoredValue::new_local(None),
        panel: NodeRef::new(),
    };
    let navigate = StoredValue::new_local(use_navigate());
    let go = Callback::new(move |number: String| {
        navigate.with_value(|navigate| navigate(&format!("/desk/case/{number}"), Default::default()));
    });
    let from_scanner = Callback::new(move |text: String| {
        scanning.typed.set(String::new());
        match number::parse(&text) {
            Some(number) => go.run(number),
            None => scanning.judge(text),
        }
    });
    let handed = HANDED.with_borrow_mut(Option::take);
    if let Some(text) = handed {
        from_scanner.run(text);
    }
    keys(scanning, go);
    view! {
        <Frame tab=Tab::Scan session on_scan=from_scanner>
            <div class="desk-scan">
                <h1 class="unseen">{say(phrases::SCAN)}</h1>
                <Picture scanning />
                <section
                    class="desk-verdict-place"
                    node_ref=scanning.panel
                    tabindex="-1"
                    role="status"
                    aria-live="assertive"
                >
                    {move || match scanning.seen.get() {
                        None => view! {
                            <div class="desk-verdict waiting" data-test="no-verdict">
                                <p class="desk-sign" aria-hidden="true">"▣"</p>
                                <p class="desk-word">{say(phrases::WAITING)}</p>
                            </div>
                        }
                            .into_any(),
                        Some(seen) => view! { <Panel scanning seen session go /> }.into_any(),
                    }}
                </section>
            </div>
        </Frame>
    }
}

impl Scanning {
    /// What the camera sees: nothing new while a verdict is shown, nor the same code right after "next".
    fn camera_saw(self, text: String) {
        if self.seen.try_with_untracked(Option::is_some) != Some(false) {
            return;
        }
        let rests = self.resting.try_with_value(|r| r.as_ref().is_some_and(|(same, until)| *same == text && clock::now() < *until));
        if rests == Some(false) {
            self.judge(text);
        }
    }

    /// Judges a text, shows and sounds the verdict at once, and then puts the scan on record.
    fn judge(self, text: String) {
        let now = self.app.now();
        let report = self.app.trust.with_untracked(|trust| receipt::verify(&text, trust.as_ref(), now));
        sound::verdict(report.verdict);
        let on_record = report.claims.is_some() && report.verdict != Verdict::NotGenuine;
        let unknown_key = report.reasons.iter().any(|r| matches!(r, Reason::UnknownKey { .. } | Reason::NoTrustList));
        let seen = Seen {
            text,
            report,
            at: now,
            online: self.app.online.get_untracked(),
            record: if on_record { Record::Waiting } else { Record::Left },
        };
        self.seen.set(Some(seen.clone()));
        if let Some(panel) = self.panel.get_untracked() {
            // Keys now mean the verdict, not whichever button was pressed last.
            let _ = panel.focus();
        }
        spawn_local(async move {
            let report = if unknown_key && seen.online { self.look_again(&seen).await } else { seen.report.clone() };
            let Some(claims) = report.claims.filter(|_| report.verdict != Verdict::NotGenuine) else { return };
            let record = device::record_scan(self.app, &claims, report.verdict).await;
            self.change(&seen, |seen| seen.record = Record::Known(record));
        });
    }

    /// The signer is not in this desk's list: fetches a newer list and judges once more.
    async fn look_again(self, seen: &Seen) -> Report {
        self.app.refresh().await;
        let report = self.app.trust.with_untracked(|trust| receipt::verify(&seen.text, trust.as_ref(), seen.at));
        if report.verdict != seen.report.verdict {
            sound::verdict(report.verdict);
            self.change(seen, |seen| {
                seen.report = report.clone();
                if report.verdict == Verdict::NotGenuine {
                    seen.record = Record::Left;
                }
            });
        }
        report
    }

    /// Changes what is shown, if it is still this scan (and this page).
    fn change(self, scan: &Seen, change: impl FnOnce(&mut Seen)) {
        self.seen.try_update(|shown| {
            if let Some(shown) = shown.as_mut().filter(|s| s.text == scan.text && s.at == scan.at) {
                change(shown);
            }
        });
    }

    fn next(self) {
        self.wrong.set(None);
        if let Some(seen) = self.seen.get_untracked() {
            self.resting.set_value(Some((seen.text, clock::now() + REST)));
            self.seen.set(None);
        }
    }

    /// Opens the camera and watches it until it is stopped or the page is left.
    fn start(self, video: NodeRef<html::Video>, which: Option<String>) {
        let Some(video) = video.get_untracked() else { return };
        sound::allow();
        self.stop();
        self.live.set(Live::Starting);
        let run = self.run.get_value();
        spawn_local(async move {
            let opened = Camera::start(&video, which).await;
            let still = || self.run.try_get_value() == Some(run);
            match opened {
                Err(refused) if still() => self.live.set(Live::Refused(refused.say())),
                Err(_) => {}
                Ok(camera) if still() => {
                    let camera = Rc::new(camera);
                    self.camera.set_value(Some(camera.clone()));
                    self.torch.set(false);
                    self.live.set(Live::On);
                    let decoder = Decoder::start();
                    while still() {
                        if self.seen.try_with_untracked(Option::is_some) == Some(true) {
                            TimeoutFuture::new(WHILE_SHOWN).await;
                            continue;
                        }
                        if let Some(frame) = camera.frame()
                            && let Some(text) = decoder.decode(frame).await
                            && still()
                        {
                            self.camera_saw(text);
                        }
                        TimeoutFuture::new(BETWEEN_FRAMES).await;
                    }
                    camera.stop();
                }
                Ok(camera) => camera.stop(),
            }
        });
    }

    fn stop(self) {
        self.run.update_value(|run| *run = run.wrapping_add(1));
        self.camera.set_value(None);
        self.live.set(Live::Off);
    }

    /// Where the case of the shown verdict is found: by its number, or by the receipt's id.
    fn case_of_shown(self) -> Option<String> {
        self.seen.with_untracked(|seen| seen.as_ref().and_then(case_of))
    }
}

fn case_of(seen: &Seen) -> Option<String> {
    let claims = seen.report.claims.as_ref().filter(|_| seen.report.verdict != Verdict::NotGenuine)?;
    let recorded = match &seen.record {
        Record::Known(record) => record.short_number.clone(),
        Record::Waiting | Record::Left => None,
    };
    Some(claims.short_number.clone().or(recorded).unwrap_or_else(|| claims.id.to_string()))
}

/// Space and Enter: next. O: open the case. A key counts only when no other follows it at a scanner's pace, and only
/// when it is not meant for a field or a button.
fn keys(scanning: Scanning, go: Callback<String>) {
    let last = StoredValue::new(0.0_f64);
    let presses = StoredValue::new(0_u32);
    let handle = window_event_listener(ev::keydown, move |event| {
        let since = event.time_stamp() - last.get_value();
        last.set_value(event.time_stamp());
        presses.update_value(|n| *n = n.wrapping_add(1));
        let elsewhere = event.ctrl_key() || event.alt_key() || event.meta_key() || event.repeat() || event.default_prevented();
        if elsewhere || since < f64::from(BURST) || meant_for_control(&event) || scanning.seen.with_untracked(Option::is_none) {
            return;
        }
        let open = match event.code().as_str() {
            "Space" | "Enter" | "NumpadEnter" => false,
            "KeyO" => true,
            _ => return,
        };
        // Space would scroll the page.
        event.prevent_default();
        let press = presses.get_value();
        spawn_local(async move {
            TimeoutFuture::new(BURST).await;
            if presses.try_get_value() != Some(press) {
                return;
            }
            match open.then(|| scanning.case_of_shown()) {
                None => scanning.next(),
                Some(Some(number)) if scanning.app.online.get_untracked() => go.run(number),
                Some(_) => {}
            }
        });
    });
    on_cleanup(move || handle.remove());
}

fn meant_for_control(event: &ev::KeyboardEvent) -> bool {
    event
        .target()
        .and_then(|t| t.dyn_into::<leptos::web_sys::Element>().ok())
        .is_some_and(|e| e.closest("input, select, textarea, button, a").ok().flatten().is_some())
}

/// The live picture with its controls, and the field for a typed number.
#[component]
fn Picture(scanning: Scanning) -> impl IntoView {
    let app = scanning.app;
    let video = NodeRef::<html::Video>::new();
    let cameras = RwSignal::new(Vec::<(String, String)>::new());
    let chosen = RwSignal::new(String::new());
    let which = move || Some(chosen.get_untracked()).filter(|id| !id.is_empty());
    // The names are only given once the camera has been allowed, so the list is read again when it is on.
    Effect::new(move |_| {
        let live = scanning.live.get();
        if matches!(live, Live::Off | Live::On) {
            spawn_local(async move {
                cameras.try_set(camera::list().await);
            });
        }
    });
    let choose = move |event| {
        chosen.set(event_target_value(&event));
        if scanning.live.get_untracked() != Live::Off {
            scanning.start(video, which());
        }
    };
    let switch_torch = move |_| {
        let on = !scanning.torch.get_untracked();
        let camera = scanning.camera.get_value();
        spawn_local(async move {
            if let Some(camera) = camera
                && camera.torch(on).await
            {
                scanning.torch.try_set(on);
            }
        });
    };
    view! {
        <section class="desk-camera">
            <div class="desk-live" class:on=move || scanning.live.get() == Live::On>
                <video node_ref=video data-test="live" autoplay playsinline prop:muted=true aria-label=say(phrases::LIVE)></video>
                <p class="desk-live-word">
                    {move || {
                        let lang = app.lang.get();
                        match scanning.live.get() {
                            Live::Off => phrases::CAMERA_OFF.get(lang).to_owned(),
                            Live::Starting => phrases::STARTING.get(lang).to_owned(),
                            Live::On => phrases::LOOKING.get(lang).to_owned(),
                            Live::Refused(why) => why.get(lang).to_owned(),
                        }
                    }}
                </p>
            </div>
            <div class="desk-row">
                {move || if matches!(scanning.live.get(), Live::On | Live::Starting) {
                    view! {
                        <button class="desk-button" data-test="scan-stop" type="button" on:click=move |_| scanning.stop()>{say(phrases::STOP)}</button>
                    }.into_any()
                } else {
                    view! {
                        <button class="desk-button primary" data-test="scan-start" type="button" on:click=move |_| scanning.start(video, which())>
                            {say(phrases::START)}
                        </button>
                    }.into_any()
                }}
                <label class="desk-inline">
                    {say(phrases::CAMERA)}
                    <select data-test="camera" on:change=choose prop:value=move || chosen.get()>
                        <option value="">{say(phrases::CAMERA_DEFAULT)}</option>
                        {move || cameras.get().into_iter().map(|(id, label)| view! { <option value=id>{label}</option> }).collect_view()}
                    </select>
                </label>
                <button class="desk-button" data-test="torch" type="button" aria-pressed=move || scanning.torch.get().to_string()
                    disabled=move || scanning.live.get() != Live::On on:click=switch_torch>
                    {say(phrases::TORCH)}
                </button>
            </div>
            <Typed scanning />
            <p class="desk-quiet">{say(phrases::KEYS)}</p>
        </section>
    }
}

/// The short number, typed: digits only, and a wrong digit is named before anything is asked of the hall.
#[component]
fn Typed(scanning: Scanning) -> impl IntoView {
    let app = scanning.app;
    let navigate = use_navigate();
    let open = move |event: ev::SubmitEvent| {
        event.prevent_default();
        let typed = scanning.typed.get_untracked();
        match (number::parse(&typed), app.online.get_untracked()) {
            (Some(number), true) => navigate(&format!("/desk/case/{number}"), Default::default()),
            (Some(_), false) => scanning.wrong.set(Some(phrases::TYPED_OFFLINE.text())),
            (None, _) => scanning.wrong.set(Some(mistyped(&typed))),
        }
    };
    view! {
        <form class="desk-typed" on:submit=open>
            <label>
                {say(phrases::TYPED)}
                <input data-test="typed-number" inputmode="numeric" autocomplete="off" maxlength="20" bind:value=scanning.typed />
            </label>
            <button class="desk-button" data-test="typed-open" type="submit">{say(phrases::TYPED_OPEN)}</button>
            <p class="desk-wrong" role="alert">{move || scanning.wrong.get().map(|w| w.get(app.lang.get()).to_owned())}</p>
        </form>
    }
}

/// Why a typed short number cannot be one.
fn mistyped(typed: &str) -> Text {
    let digits = crate::words::identifier::normalise(typed);
    let count = digits.chars().count();
    if !digits.bytes().all(|b| b.is_ascii_digit()) {
        phrases::TYPED_DIGITS.text()
    } else if count != number::LENGTH {
        Text::new(
            format!("应为 {} 位数字,现在是 {count} 位", number::LENGTH),
            format!("It has {} digits; this has {count}", number::LENGTH),
        )
    } else {
        phrases::TYPED_CHECK.text()
    }
}

/// The verdict and everything beside it.
#[component]
fn Panel(scanning: Scanning, seen: Seen, session: RwSignal<Session>, go: Callback<String>) -> impl IntoView {
    let app = scanning.app;
    let verdict = seen.report.verdict;
    let case = case_of(&seen);
    // A machine that is offline, or a clerk who has not signed in, still sees the number to look up later.
    let can_open = case.is_some();
    let reachable = move || app.online.get() && !matches!(session.get(), Session::Offline);
    let open = move |_| {
        if let Some(number) = &case {
            go.run(number.clone());
        }
    };
    let lines = notes(&seen);
    let nothing_to_note = lines.is_empty();
    let trusted_at = seen.report.trusted_at;
    let now = seen.at;
    view! {
        <div class=format!("desk-verdict {}", phrases::verdict_code(verdict)) data-test="verdict" data-verdict=phrases::verdict_code(verdict)>
            <p class="desk-sign" aria-hidden="true">{phrases::sign(verdict)}</p>
            <p class="desk-word">{say(phrases::verdict(verdict))}</p>
        </div>
        <div class="desk-row">
            <button class="desk-button primary" data-test="next-scan" type="button" on:click=move |_| scanning.next()>{say(phrases::NEXT)}</button>
            {can_open.then(|| view! {
                <button class="desk-button" data-test="open-case" type="button" disabled=move || !reachable() on:click=open>{say(phrases::OPEN_CASE)}</button>
            })}
        </div>
        {scanned_before(seen.record.clone(), seen.online)}
        <ul class="desk-notes" data-test="reasons" aria-label=say(phrases::WHY)>
            {lines.into_iter().map(|line| view! { <li>{super::tell(line)}</li> }).collect_view()}
            {nothing_to_note.then(|| view! { <li class="good">{say(phrases::NO_RESERVATION)}</li> })}
        </ul>
        {seen.report.claims.clone().map(|claims| view! { <Says claims report=seen.report.clone() /> })}
        <p class="desk-quiet" data-test="trust-age">
            {move || {
                let lang = app.lang.get();
                match trusted_at {
                    Some(at) => format!("{}: {} ({})", phrases::TRUST_LIST.get(lang), ago(now - at, lang), moment(at)),
                    None => phrases::NO_TRUST_LIST.get(lang).to_owned(),
                }
            }}
        </p>
    }
}

/// What speaks against the receipt or could not be checked, and what its kind means for the clerk.
fn notes(seen: &Seen) -> Vec<Text> {
    let mut lines: Vec<Text> = seen.report.reasons.iter().map(Reason::say).collect();
    match seen.report.verdict {
        Verdict::SelfIssued => lines.push(phrases::SELF_ISSUED_WHY.text()),
        Verdict::Queued => lines.push(phrases::QUEUED_WHY.text()),
        Verdict::NotGenuine if seen.report.claims.is_some() => lines.push(phrases::CLAIMS_ONLY.text()),
        Verdict::Received | Verdict::NotGenuine | Verdict::CannotTell => {}
    }
    lines
}

/// Earlier scans of the same receipt, or that this is the first.
fn scanned_before(record: Record, online: bool) -> impl IntoView {
    match record {
        Record::Waiting => view! { <p class="desk-before quiet">{say(phrases::RECORDING)}</p> }.into_any(),
        Record::Left => view! { <p class="desk-before quiet">{say(phrases::SCAN_NOT_RECORDED)}</p> }.into_any(),
        Record::Known(ScanSeen { earlier, .. }) => {
            let offline = (!online).then(|| view! { <span class="desk-quiet">{say(phrases::OFFLINE_RECORD)}</span> });
            if earlier.is_empty() {
                view! { <p class="desk-before first" data-test="first-scan">{say(phrases::FIRST_SCAN)} " " {offline}</p> }.into_any()
            } else {
                let count = earlier.len().to_string();
                view! {
                    <div class="desk-before again" data-test="scanned-before" data-count=count>
                        <strong>{say(phrases::SCANNED_BEFORE)}</strong>
                        <ul>{earlier.into_iter().map(|scan| view! { <li>{scan_line(&scan)}</li> }).collect_view()}</ul>
                        {offline}
                    </div>
                }
                    .into_any()
            }
        }
    }
}

/// When, where and by whom.
pub fn scan_line(scan: &ScanRecord) -> String {
    let mut parts = vec![moment(scan.at), scan.desk.clone()];
    parts.extend([&scan.window, &scan.by].into_iter().filter(|p| !p.is_empty() && **p != scan.desk).cloned());
    parts.join(" · ")
}

/// What the receipt says: item, outcome, materials, when and by which device.
#[component]
fn Says(claims: Claims, report: Report) -> impl IntoView {
    let app = App::get();
    let wanted = Wanted { code: claims.item.clone(), version: None, day: hall_date(claims.issued_at) };
    let sought = catalogue::seek(app, move || Some(wanted.clone()));
    view! {
        {move || {
            let lang = app.lang.get();
            let item = match sought.get() {
                Sought::Waiting => return None,
                found => found.here(),
            };
            let same = app.bundle.with(|b| b.as_ref().is_some_and(|b| b.version == claims.catalogue));
            let name = item.as_ref().map_or_else(
                || format!("{} ({})", phrases::UNKNOWN_ITEM.get(lang), claims.item),
                |item| item.name.get(lang).to_owned(),
            );
            let names: Vec<String> = item.map(|i| i.materials.iter().map(|m| m.name.get(lang).to_owned()).collect()).unwrap_or_default();
            let differ = !claims.materials.is_empty() && (!same || names.len() != claims.materials.len());
            let number = claims.short_number.as_deref().map_or_else(|| phrases::NO_NUMBER_YET.get(lang).to_owned(), number::show);
            let issued = format!("{} ({})", moment(claims.issued_at), ago(app.now() - claims.issued_at, lang));
            Some(view! {
                <dl class="desk-says">
                    <dt>{phrases::ITEM.get(lang)}</dt>
                    <dd data-test="says-item">{name}</dd>
                    <dt>{phrases::OUTCOME.get(lang)}</dt>
                    <dd data-test="says-outcome">{phrases::outcome(claims.outcome).get(lang)}</dd>
                    <dt>{phrases::SHORT_NUMBER.get(lang)}</dt>
                    <dd data-test="says-number">{number}</dd>
                    <dt>{phrases::ISSUED_AT.get(lang)}</dt>
                    <dd>{issued}</dd>
                    <dt>{phrases::ISSUED_BY.get(lang)}</dt>
                    <dd data-test="says-device">{issuer(&claims, &report, lang)}</dd>
                </dl>
                {(!claims.materials.is_empty()).then(|| view! {
                    <h2 class="desk-small-title">{phrases::MATERIALS.get(lang)}</h2>
                    {differ.then(|| view! { <p class="desk-quiet">{phrases::MARKS_DIFFER.get(lang)}</p> })}
                    <ol class="desk-marks" data-test="says-materials">
                        {claims.materials.iter().enumerate().map(|(at, mark)| material(names.get(at), *mark, lang)).collect_view()}
                    </ol>
                })}
            })
        }}
    }
}

fn material(name: Option<&String>, mark: MaterialMark, lang: Lang) -> impl IntoView + use<> {
    let name = name.cloned().unwrap_or_else(|| "—".to_owned());
    view! {
        <li>
            <span>{name}</span>
            <strong class=phrases::mark_class(mark)>{phrases::mark(mark).get(lang)}</strong>
        </li>
    }
}

fn issuer(claims: &Claims, report: &Report, lang: Lang) -> String {
    match (&report.device, claims.kind) {
        (Some(name), _) => name.clone(),
        (None, _) if claims.self_issued.is_some() => phrases::BY_APPLICANT.get(lang).to_owned(),
        (None, receipt::Kind::Received) if report.verdict == Verdict::Received => phrases::BY_HALL.get(lang).to_owned(),
        (None, _) => phrases::UNKNOWN_DEVICE.get(lang).to_owned(),
    }
}
