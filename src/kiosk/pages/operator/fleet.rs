//! The fleet: every kiosk and desk as the hall last heard of it, those with alarms first. Looks again by itself.

use super::phrases;
use super::{Session, ago, profile as named, say, sign_in};
use crate::api::{Alarm, FleetRow, Heartbeat};
use crate::calendar::moment;
use crate::kiosk::app::App;
use crate::kiosk::device::net;
use crate::kiosk::parts::every;
use crate::words::{Lang, Text};
use chrono::{DateTime, Utc};
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::cmp::Reverse;
use std::time::Duration;

/// Between two looks.
const EVERY: Duration = Duration::from_secs(15);

#[component]
pub fn Fleet(session: RwSignal<Session>) -> impl IntoView {
    let app = App::get();
    let fleet = RwSignal::new(None::<Vec<FleetRow>>);
    let wrong = RwSignal::new(None::<Text>);
    let look = move || {
        spawn_local(async move {
            match net::get_json::<Vec<FleetRow>>("/fleet").await {
                Ok(mut rows) => {
                    // Alarms first, the gravest kind before the others, then by name.
                    let place = |row: &FleetRow| {
                        let alarms = &row.alarms;
                        (alarms.is_empty(), alarms.iter().min().copied(), Reverse(alarms.len()), row.name.clone())
                    };
                    rows.sort_by_cached_key(place);
                    fleet.try_set(Some(rows));
                    wrong.try_set(None);
                }
                Err(failure) => {
                    sign_in::lost(session, &failure);
                    wrong.try_set(Some(failure.say()));
                }
            }
        });
    };
    look();
    every(EVERY, look);
    view! {
        <section class="desk-block wide" data-test="fleet">
            <h2>{say(phrases::FLEET)}</h2>
            {move || wrong.get().map(|why| view! {
                <p class="desk-trouble" role="alert">
                    {move || why.get(app.lang.get()).to_owned()} " "
                    {move || fleet.with(Option::is_some).then(|| phrases::FLEET_STALE.get(app.lang.get()))}
                </p>
            })}
            {move || match fleet.get() {
                None => view! { <p class="desk-quiet">{say(phrases::CHECKING)}</p> }.into_any(),
                Some(rows) if rows.is_empty() => view! { <p class="desk-quiet">{say(phrases::FLEET_NONE)}</p> }.into_any(),
                Some(rows) => shown(rows, app.now(), app.lang.get()).into_any(),
            }}
        </section>
    }
}

fn shown(rows: Vec<FleetRow>, now: DateTime<Utc>, lang: Lang) -> impl IntoView + use<> {
    let alarmed = rows.iter().filter(|row| !row.alarms.is_empty()).count();
    let (class, says) = match alarmed {
        0 => ("desk-worst fine", phrases::FLEET_ALL_FINE.get(lang).to_owned()),
        n => ("desk-worst broken", format!("{n} {}", phrases::FLEET_ALARMS.get(lang))),
    };
    use phrases::{FLEET_ALARM, FLEET_MACHINE, FLEET_SEEN, FLEET_VERSIONS, FLEET_WAITING, STORAGE};
    let heads = [FLEET_MACHINE, FLEET_ALARM, FLEET_SEEN, FLEET_WAITING, STORAGE, FLEET_VERSIONS];
    view! {
        <p class=class role="status">{says}</p>
        <table class="desk-table stacks">
            <thead><tr>{heads.map(|head| view! { <th scope="col">{head.get(lang)}</th> }).into_iter().collect_view()}</tr></thead>
            <tbody>{rows.into_iter().map(|row| one(row, now, lang)).collect_view()}</tbody>
        </table>
    }
}

fn one(row: FleetRow, now: DateTime<Utc>, lang: Lang) -> impl IntoView + use<> {
    let FleetRow { kid, name, profile, seen_at, heartbeat, alarms } = row;
    let seen = seen_at.map_or_else(|| phrases::NEVER.get(lang).to_owned(), |at| ago(now - at, lang));
    let (row_name, row_kid) = (name.clone(), kid.clone());
    let codes: Vec<&str> = alarms.iter().map(|alarm| phrases::alarm_code(*alarm)).collect();
    view! {
        <tr data-test="fleet-row" data-name=row_name data-kid=row_kid data-alarms=codes.join(" ")>
            <th scope="row">
                {name}
                <br />
                <small class="desk-quiet">{named(profile).get(lang)} " · " <code>{kid}</code></small>
            </th>
            <td>
                {if alarms.is_empty() {
                    view! { <strong class="mark good">{phrases::FINE.get(lang)}</strong> }.into_any()
                } else {
                    let word = |alarm| view! { <strong class=class(alarm)>{phrases::alarm(alarm).get(lang)}</strong> " " };
                    alarms.into_iter().map(word).collect_view().into_any()
                }}
            </td>
            <td title=seen_at.map(moment)>{seen}</td>
            <td>{heartbeat.as_ref().map(|beat| waiting(beat, now, lang))}</td>
            <td>{heartbeat.as_ref().and_then(|beat| storage(beat))}</td>
            <td><small>{heartbeat.as_ref().map(versions)}</small></td>
        </tr>
    }
}

/// What keeps applicants waiting or loses data is grave; the rest has until tomorrow.
fn class(alarm: Alarm) -> &'static str {
    match alarm {
        Alarm::Silent | Alarm::Unsent | Alarm::Attention | Alarm::Storage | Alarm::Expired => "mark missing",
        Alarm::Clock | Alarm::Behind | Alarm::Camera | Alarm::Printer => "mark later",
    }
}

fn waiting(beat: &Heartbeat, now: DateTime<Utc>, lang: Lang) -> String {
    let mut parts = vec![beat.waiting.to_string()];
    if beat.attention > 0 {
        parts.push(format!("{} {}", beat.attention, phrases::NEED_ATTENTION.get(lang)));
    }
    parts.extend(beat.oldest.map(|at| format!("{}: {}", phrases::OLDEST.get(lang), ago(now - at, lang))));
    if beat.scans > 0 {
        parts.push(format!("{} {}", beat.scans, phrases::SCANS_WAITING.get(lang)));
    }
    parts.join(" · ")
}

fn storage(beat: &Heartbeat) -> Option<String> {
    let (usage, quota) = (beat.usage?, beat.quota.filter(|quota| *quota > 0)?);
    Some(format!("{:.0} %", usage as f64 / quota as f64 * 100.0))
}

fn versions(beat: &Heartbeat) -> String {
    let trust = beat.trust.map(|n| n.to_string());
    [Some(beat.app.clone()), beat.catalogue.clone(), trust].into_iter().flatten().collect::<Vec<_>>().join(" · ")
}
