//! Scanning receipts: one screen, the live picture on the left, the verdict ([`super::verdict`]) on the right. A text comes from
//! the camera, from a USB scanner or from another page of the desk; [`receipt::verify`] judges it on this machine, so the verdict
//! needs no network. What the hall knows (earlier scans, the case) follows when it can be reached.

use super::sign_in;
use super::verdict::{Panel, Person};
use super::{Frame, Tab, ago, phrases, say};
use crate::calendar::moment;
use crate::kiosk::app::App;
use crate::kiosk::device::camera::{self, Camera};
use crate::kiosk::device::scanner::Decoder;
use crate::kiosk::device::scans::{self, Late};
use crate::kiosk::device::{self, ScanSeen, sound};
use crate::receipt::decode::Found;
use crate::receipt::sight::{self, InView, Look, Sight};
use crate::receipt::{self, Reason, Report, Verdict, number};
use crate::words::Text;
use chrono::{DateTime, Utc};
use gloo_timers::future::TimeoutFuture;
use leptos::ev;
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::components::A;
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

/// Milliseconds from frame to frame, at least: thirty a second, with what a timer is late. The page breathes in between.
const FRAME: f64 = 30.0;
const BREATH: f64 = 4.0;
/// Pause while a verdict is shown: enough to notice when the code is taken away.
const WHILE_SHOWN: f64 = 120.0;
/// Keys closer together than this, in milliseconds, are a scanner's, not a person's.
const BURST: u32 = 90;

/// A text and its verdict.
#[derive(Clone)]
pub struct Seen {
    pub text: String,
    pub report: Report,
    at: DateTime<Utc>,
}

/// Whether this scan is on record, and what was there before it.
#[derive(Clone)]
pub enum Record {
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
pub struct Scanning {
    pub app: App,
    /// What is shown. Stays the same while its record becomes known: what the clerk types beside it is not redrawn.
    pub seen: RwSignal<Option<Seen>>,
    pub record: RwSignal<Record>,
    live: RwSignal<Live>,
    /// Only a code that was judged already is in view.
    same: RwSignal<bool>,
    /// The camera has a lamp, and it is on.
    lamp: RwSignal<bool>,
    torch: RwSignal<bool>,
    typed: RwSignal<String>,
    wrong: RwSignal<Option<Text>>,
    sight: StoredValue<Sight, LocalStorage>,
    /// Grows with each start and stop of the camera: a loop that finds another number ends.
    run: StoredValue<u32>,
    camera: StoredValue<Option<Rc<Camera>>, LocalStorage>,
    /// Started with the page, so that the first frame finds it ready.
    decoder: StoredValue<Rc<Decoder>, LocalStorage>,
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
        record: RwSignal::new(Record::Left),
        live: RwSignal::new(Live::Off),
        same: RwSignal::new(false),
        lamp: RwSignal::new(false),
        torch: RwSignal::new(false),
        typed: RwSignal::new(String::new()),
        wrong: RwSignal::new(None),
        sight: StoredValue::new_local(Sight::default()),
        run: StoredValue::new(0),
        camera: StoredValue::new_local(None),
        decoder: StoredValue::new_local(Rc::new(Decoder::start())),
        panel: NodeRef::new(),
    };
    let navigate = StoredValue::new_local(use_navigate());
    let go = Callback::new(move |number: String| {
        navigate.with_value(|navigate| navigate(&format!("/desk/case/{number}"), Default::default()));
    });
    let from_scanner = Callback::new(move |text: String| match number::parse(&text) {
        Some(number) => go.run(number),
        None => scanning.judge(text),
    });
    let handed = HANDED.with_borrow_mut(Option::take);
    if let Some(text) = handed {
        from_scanner.run(text);
    }
    keys(scanning, go);
    let spoken = move || scanning.seen.with(|seen| seen.as_ref().map(|seen| phrases::verdict(seen.report.verdict).get(app.lang.get())));
    view! {
        <Frame tab=Tab::Scan session on_scan=from_scanner>
            <div class="desk-scan">
                <h1 class="unseen">{say(phrases::SCAN)}</h1>
                <p class="unseen" role="status" aria-live="assertive">{spoken}</p>
                <Picture scanning />
                <section class="desk-verdict-place" node_ref=scanning.panel tabindex="-1" aria-label=say(phrases::VERDICT)>
                    {move || match scanning.seen.get() {
                        None => view! {
                            <div class="desk-verdict waiting" data-test="no-verdict">
                                <p class="desk-sign" aria-hidden="true">"▣"</p>
                                <p class="desk-word">{say(phrases::WAITING)}</p>
                            </div>
                            <Merged />
                        }
                            .into_any(),
                        Some(seen) => view! { <Panel scanning seen session go /> }.into_any(),
                    }}
                </section>
            </div>
        </Frame>
    }
}

/// What turned out when scans made offline reached the hall: the receipts that another desk had scanned before.
#[component]
fn Merged() -> impl IntoView {
    let late = scans::late();
    let (empty, list, forget) = (late.clone(), late.clone(), late);
    let line = |Late { receipt, short_number, first }: Late| {
        let (id, shown) = match &short_number {
            Some(number) => (number.clone(), number::show(number)),
            // Not at the hall yet; the receipt's first digits tell several apart.
            None => (receipt.to_string(), receipt.to_string().chars().take(8).collect()),
        };
        view! {
            <li>
                <A href=format!("/desk/case/{id}") attr:class="desk-number">{shown}</A>
                " "
                {say(phrases::FIRST_AT)}
                " "
                {super::verdict::scan_line(&first)}
            </li>
        }
    };
    view! {
        <Show when=move || empty.with(|late| !late.is_empty())>
            <div class="desk-before again" role="status" data-test="merged">
                <strong>{say(phrases::MERGED)}</strong>
                {
                    let list = list.clone();
                    move || view! { <ul class="desk-late">{list.get().into_iter().map(line).collect_view()}</ul> }
                }
                <button class="desk-button small" type="button" data-test="merged-seen" on:click={
                    let forget = forget.clone();
                    move |_| forget.set(vec![])
                }>{say(phrases::MERGED_SEEN)}</button>
            </div>
        </Show>
    }
}

impl Scanning {
    /// What the camera sees in one frame.
    fn camera_saw(self, found: &[InView]) {
        let now = js_sys::Date::now();
        let nothing_shown = self.seen.try_with_untracked(Option::is_none) == Some(true);
        let meant = self.sight.try_update_value(|sight| match sight.look(found, now) {
            Look::Meant(text) => (Some(text.to_owned()), false),
            Look::Same => (None, true),
            Look::Nothing => (None, false),
        });
        let Some((meant, same)) = meant.filter(|_| nothing_shown) else { return };
        if self.same.try_get_untracked() != Some(same) {
            self.same.try_set(same);
        }
        if let Some(text) = meant {
            self.judge(text);
        }
    }

    /// Judges a text, shows and sounds the verdict at once, and then puts the scan on record.
    fn judge(self, text: String) {
        let now = self.app.now();
        let report = self.app.trust.with_untracked(|trust| receipt::verify(&text, trust.as_ref(), now));
        sound::verdict(report.verdict);
        self.sight.update_value(|sight| sight.judged(&text, js_sys::Date::now()));
        let on_record = report.claims.is_some() && report.verdict != Verdict::NotGenuine;
        let unknown_key = report.reasons.iter().any(|r| matches!(r, Reason::UnknownKey { .. } | Reason::NoTrustList));
        let seen = Seen { text, report, at: now };
        self.wrong.set(None);
        self.record.set(if on_record { Record::Waiting } else { Record::Left });
        self.seen.set(Some(seen.clone()));
        if let Some(panel) = self.panel.get_untracked() {
            // Keys now mean the verdict, not whichever button was pressed last.
            let _ = panel.focus();
        }
        spawn_local(async move {
            let report = if unknown_key && self.app.online.get_untracked() { self.look_again(&seen).await } else { seen.report.clone() };
            let Some(claims) = report.claims.filter(|_| report.verdict != Verdict::NotGenuine) else { return };
            let known = |known| self.if_still(&seen, || drop(self.record.try_set(Record::Known(known))));
            device::record_scan(self.app, &claims, report.verdict, known).await;
        });
    }

    /// The signer is not in this desk's list: fetches a newer list and judges once more.
    async fn look_again(self, seen: &Seen) -> Report {
        self.app.refresh().await;
        let report = self.app.trust.with_untracked(|trust| receipt::verify(&seen.text, trust.as_ref(), seen.at));
        if report.verdict != seen.report.verdict {
            self.if_still(seen, || {
                sound::verdict(report.verdict);
                if report.verdict == Verdict::NotGenuine {
                    self.record.set(Record::Left);
                }
                self.seen.set(Some(Seen { report: report.clone(), ..seen.clone() }));
            });
        }
        report
    }

    /// Does something if this scan is still the one that is shown.
    fn if_still(self, scan: &Seen, change: impl FnOnce()) {
        let same = |shown: &Option<Seen>| shown.as_ref().is_some_and(|s| s.text == scan.text && s.at == scan.at);
        if self.seen.try_with_untracked(same) == Some(true) {
            change();
        }
    }

    pub fn next(self) {
        self.wrong.set(None);
        self.seen.set(None);
    }

    /// Keys mean the verdict again, not the field that had them.
    pub fn focus(self) {
        if let Some(panel) = self.panel.get_untracked() {
            // The panel is there and takes the focus.
            let _ = panel.focus();
        }
    }

    /// Opens the camera and watches it until it is stopped or the page is left.
    fn start(self, video: NodeRef<html::Video>, which: Option<String>) {
        let Some(video) = video.get_untracked() else { return };
        sound::allow();
        self.stop();
        self.live.set(Live::Starting);
        let run = self.run.get_value();
        let decoder = self.decoder.get_value();
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
                    self.lamp.set(camera.has_lamp());
                    self.live.set(Live::On);
                    while still() {
                        if !camera.is_live() {
                            self.stop();
                            self.live.set(Live::Refused(camera::Refused::Other.say()));
                            break;
                        }
                        let began = js_sys::Date::now();
                        if let Some(picture) = camera.picture() {
                            let found = decoder.decode(&picture).await;
                            let off = |found: &Found| sight::off(&found.corners, picture.width, picture.height);
                            let found: Vec<InView> = found.iter().map(|code| InView { text: &code.text, off: off(code) }).collect();
                            if still() {
                                self.camera_saw(&found);
                            }
                        }
                        let shown = self.seen.try_with_untracked(Option::is_some) == Some(true);
                        let rest = if shown { WHILE_SHOWN } else { FRAME - (js_sys::Date::now() - began) };
                        TimeoutFuture::new(rest.max(BREATH) as u32).await;
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
        self.same.set(false);
        self.lamp.set(false);
        self.live.set(Live::Off);
    }

    /// Where the case of the shown verdict is found: by its number, or by the receipt's id.
    pub fn case(self) -> Option<String> {
        let claims = self.seen.with(|seen| {
            let report = seen.as_ref().map(|seen| &seen.report).filter(|report| report.verdict != Verdict::NotGenuine)?;
            report.claims.clone()
        })?;
        let recorded = self.record.with(|record| match record {
            Record::Known(record) => record.short_number.clone(),
            Record::Waiting | Record::Left => None,
        });
        Some(claims.short_number.or(recorded).unwrap_or_else(|| claims.id.to_string()))
    }
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
            match open.then(|| untrack(|| scanning.case())) {
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
    let runs = move || matches!(scanning.live.get(), Live::On | Live::Starting);
    view! {
        <section class="desk-camera" aria-label=say(phrases::CAMERA)>
            <div class="desk-live" class:on=move || scanning.live.get() == Live::On>
                <video node_ref=video data-test="live" autoplay playsinline prop:muted=true aria-label=say(phrases::LIVE)></video>
                <p class="desk-live-word" role="status">
                    {move || {
                        let lang = app.lang.get();
                        match scanning.live.get() {
                            Live::Off => phrases::CAMERA_OFF.get(lang).to_owned(),
                            Live::Starting => phrases::STARTING.get(lang).to_owned(),
                            Live::On if scanning.same.get() => phrases::SAME.get(lang).to_owned(),
                            Live::On => phrases::LOOKING.get(lang).to_owned(),
                            Live::Refused(why) => why.get(lang).to_owned(),
                        }
                    }}
                </p>
            </div>
            <div class="desk-row">
                // One button whose word changes: it keeps the focus.
                <button class="desk-button" class:primary=move || !runs() data-test=move || if runs() { "scan-stop" } else { "scan-start" }
                    type="button" on:click=move |_| if runs() { scanning.stop() } else { scanning.start(video, which()) }>
                    {move || if runs() { phrases::STOP } else { phrases::START }.get(app.lang.get())}
                </button>
                <label class="desk-inline">
                    {say(phrases::CAMERA)}
                    <select data-test="camera" on:change=choose>
                        <option value="">{say(phrases::CAMERA_DEFAULT)}</option>
                        {move || cameras.get().into_iter().map(|(id, label)| {
                            let is_chosen = chosen.with_untracked(|chosen| *chosen == id);
                            view! { <option value=id selected=is_chosen>{label}</option> }
                        }).collect_view()}
                    </select>
                </label>
                <button class="desk-button" data-test="torch" type="button" aria-pressed=move || scanning.torch.get().to_string()
                    disabled=move || !scanning.lamp.get() on:click=switch_torch>
                    {say(phrases::TORCH)}
                </button>
            </div>
            <Typed scanning />
            <Person scanning />
            <p class="desk-quiet">{say(phrases::KEYS)}</p>
            <p class="desk-quiet" data-test="trust-age">
                {move || {
                    let lang = app.lang.get();
                    match app.trust.with(|trust| trust.as_ref().map(|trust| trust.issued_at)) {
                        Some(at) => format!("{}: {} ({})", phrases::TRUST_LIST.get(lang), ago(app.now() - at, lang), moment(at)),
                        None => phrases::NO_TRUST_LIST.get(lang).to_owned(),
                    }
                }}
            </p>
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
