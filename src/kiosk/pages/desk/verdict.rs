//! The verdict and everything beside it, on one screen: what the receipt says, what could not be checked and why, whether it
//! was scanned before, and whether the person at the window is the one it was made for.

use super::scan::{Record, Scanning, Seen};
use super::sign_in::Session;
use super::{ago, phrases, say};
use crate::api::ScanRecord;
use crate::calendar::{hall_date, moment};
use crate::kiosk::app::App;
use crate::kiosk::device::catalogue::{self, Sought, Wanted};
use crate::kiosk::device::{ScanSeen, Told};
use crate::receipt::{self, Claims, MaterialMark, PREFIX, Reason, Report, Verdict, identity, number};
use crate::words::identifier::normalise;
use crate::words::{Lang, Text};
use leptos::ev;
use leptos::prelude::*;

/// Digits of a resident ID number; nothing is said of one that is still being typed.
const WHOLE: usize = 18;
/// Earlier scans that are named: the first and so many of the last.
const LATEST: usize = 2;

#[component]
pub fn Panel(scanning: Scanning, seen: Seen, session: RwSignal<Session>, go: Callback<String>) -> impl IntoView {
    let app = scanning.app;
    let verdict = seen.report.verdict;
    // A machine that is offline, or a clerk who has not signed in, still sees the number to look up later.
    let can_open = seen.report.claims.is_some() && verdict != Verdict::NotGenuine;
    let reachable = move || app.online.get() && !matches!(session.get(), Session::Offline);
    let open = move |_| {
        if let Some(number) = untrack(|| scanning.case()) {
            go.run(number);
        }
    };
    let lines = notes(&seen);
    let nothing_to_note = lines.is_empty();
    view! {
        <div class=format!("desk-verdict {}", phrases::verdict_code(verdict)) data-test="verdict" data-verdict=phrases::verdict_code(verdict)>
            <p class="desk-sign" aria-hidden="true">{phrases::sign(verdict)}</p>
            <p class="desk-word">{say(phrases::verdict(verdict))}</p>
            <div class="desk-verdict-keys">
                <button class="desk-button" data-test="next-scan" type="button" on:click=move |_| scanning.next()>{say(phrases::NEXT)}</button>
                {can_open.then(|| view! {
                    <button class="desk-button" data-test="open-case" type="button" disabled=move || !reachable() on:click=open>{say(phrases::OPEN_CASE)}</button>
                })}
            </div>
        </div>
        {move || scanned_before(scanning.record.get())}
        <ul class="desk-notes" data-test="reasons" aria-label=say(phrases::WHY)>
            {lines.into_iter().map(|line| view! { <li>{super::tell(line)}</li> }).collect_view()}
            {nothing_to_note.then(|| view! { <li class="good">{say(phrases::NO_RESERVATION)}</li> })}
        </ul>
        {seen.report.claims.clone().map(|claims| view! { <Says claims report=seen.report.clone() /> })}
    }
}

/// What speaks against the receipt or could not be checked, and what its kind means for the clerk.
fn notes(seen: &Seen) -> Vec<Text> {
    let mut lines: Vec<Text> = seen.report.reasons.iter().map(Reason::say).collect();
    match seen.report.verdict {
        Verdict::SelfIssued => lines.push(phrases::SELF_ISSUED_WHY.text()),
        Verdict::Queued => lines.push(phrases::QUEUED_WHY.text()),
        Verdict::NotGenuine if seen.report.claims.is_some() => lines.push(phrases::CLAIMS_ONLY.text()),
        // A scanner that was moved too early, or a code with a corner missing, must not accuse anybody.
        Verdict::NotGenuine if seen.text.starts_with(PREFIX) => lines.push(phrases::SCAN_AGAIN.text()),
        Verdict::Received | Verdict::NotGenuine | Verdict::CannotTell => {}
    }
    lines
}

/// Earlier scans of the same receipt, or that this is the first, and how much is known of that.
fn scanned_before(record: Record) -> AnyView {
    let (earlier, told) = match record {
        Record::Waiting => return view! { <p class="desk-before quiet">{say(phrases::RECORDING)}</p> }.into_any(),
        Record::Left => {
            return view! { <p class="desk-before quiet" data-test="not-recorded">{say(phrases::SCAN_NOT_RECORDED)}</p> }.into_any();
        }
        Record::Known(ScanSeen { earlier, told, .. }) => (earlier, told),
    };
    let (told_by, unknown) = match told {
        Told::Hall => ("hall", None),
        Told::Asking => ("asking", Some(phrases::ASKING_HALL)),
        Told::Unreachable => ("unreachable", Some(phrases::OFFLINE_RECORD)),
        Told::Nobody => ("nobody", Some(phrases::NOBODY_RECORD)),
    };
    let unknown = unknown.map(|word| view! { " " <span class="desk-quiet">{say(word)}</span> });
    if earlier.is_empty() {
        let first = if told == Told::Hall { phrases::FIRST_SCAN } else { phrases::FIRST_HERE };
        return view! { <p class="desk-before first" data-test="first-scan" data-told=told_by>{say(first)} {unknown}</p> }.into_any();
    }
    let count = earlier.len();
    let latest = earlier.iter().skip(1.max(count.saturating_sub(LATEST)));
    view! {
        <div class="desk-before again" data-test="scanned-before" data-told=told_by data-count=count.to_string()>
            <strong>{say(phrases::SCANNED_BEFORE)} " × " {count}</strong>
            <ul>
                {earlier.first().map(|scan| view! { <li data-test="keeper">{say(phrases::FIRST_AT)} " " {scan_line(scan)}</li> })}
                {latest.map(|scan| view! { <li>{scan_line(scan)}</li> }).collect_view()}
            </ul>
            {unknown}
        </div>
    }
    .into_any()
}

/// When, where and by whom.
pub fn scan_line(scan: &ScanRecord) -> String {
    let mut parts = vec![moment(scan.at), scan.desk.clone()];
    parts.extend([&scan.window, &scan.by].into_iter().filter(|p| !p.is_empty() && **p != scan.desk).cloned());
    parts.join(" · ")
}

/// Is the person at the window the one that the receipt was made for? Answered on this machine. What is typed stays in the
/// field, and is gone with the verdict.
#[component]
pub fn Person(scanning: Scanning) -> impl IntoView {
    view! {
        {move || {
            let report = scanning.seen.get()?.report;
            let claims = report.claims.filter(|_| report.verdict != Verdict::NotGenuine)?;
            Some(view! { <Compared scanning claims /> })
        }}
    }
}

#[component]
fn Compared(scanning: Scanning, claims: Claims) -> impl IntoView {
    if claims.identity.is_none() {
        return view! { <p class="desk-quiet" data-test="identity-none">{say(phrases::IDENTITY_NONE)}</p> }.into_any();
    }
    let typed = RwSignal::new(String::new());
    let fits = Memo::new(move |_| {
        let typed = typed.get();
        let whole = normalise(&typed).chars().count() >= WHOLE;
        whole.then(|| identity::fits(&claims, &typed))
    });
    let (code, word) = (
        move || match fits.get() {
            None => "",
            Some(None) => "mistyped",
            Some(Some(true)) => "fits",
            Some(Some(false)) => "differs",
        },
        move || match fits.get() {
            None => None,
            Some(None) => Some(phrases::IDENTITY_MISTYPED),
            Some(Some(true)) => Some(phrases::IDENTITY_FITS),
            Some(Some(false)) => Some(phrases::IDENTITY_DIFFERS),
        },
    );
    let done = move |event: ev::SubmitEvent| {
        event.prevent_default();
        scanning.focus();
    };
    view! {
        <form class="desk-person-check" on:submit=done>
            <label>
                {say(phrases::IDENTITY)}
                <input data-test="identity" autocomplete="off" spellcheck="false" maxlength="24" bind:value=typed />
            </label>
            <p class="desk-fits" role="status" data-test="identity-said" data-said=code>
                {move || word().map(|word| word.get(scanning.app.lang.get()))}
            </p>
        </form>
    }
    .into_any()
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
                <dl class="desk-says pairs">
                    <dt>{phrases::ITEM.get(lang)}</dt>
                    <dd class="whole" data-test="says-item">{name}</dd>
                    <dt>{phrases::OUTCOME.get(lang)}</dt>
                    <dd data-test="says-outcome">{phrases::outcome(claims.outcome).get(lang)}</dd>
                    <dt>{phrases::SHORT_NUMBER.get(lang)}</dt>
                    <dd data-test="says-number">{number}</dd>
                    <dt>{phrases::ISSUED_AT.get(lang)}</dt>
                    <dd data-test="says-issued">{issued}</dd>
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
            <span title=name.clone()>{name.clone()}</span>
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
