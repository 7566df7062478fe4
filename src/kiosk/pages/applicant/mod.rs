//! The applicant's pages, in the order in which people meet them: finding an item, reading it, the application itself,
//! the receipt and the ways to take it along, where a submission stands, and what this device keeps.

mod about;
mod apply;
mod home;
mod item;
mod mine;
pub mod phrases;
mod receipt;
mod status;
mod take;

pub use about::About;
pub use apply::Apply;
pub use home::Home;
pub use item::ItemPage;
pub use mine::Mine;
pub use receipt::ReceiptPage;
pub use status::Status;

use crate::catalogue::{Basis, cite};
use crate::kiosk::app::App;
use crate::kiosk::parts::go::Link;
use crate::kiosk::parts::heading::Heading;
use crate::kiosk::parts::{say, tell};
use crate::words::{Lang, Phrase, Text};
use chrono::{Datelike, NaiveDate, Weekday};
use leptos::prelude::*;

/// A page that has nothing to show, and the way on.
#[component]
pub fn Nothing(heading: Phrase, #[prop(optional)] why: Option<Phrase>) -> impl IntoView {
    view! {
        <section class="sheet nothing">
            <Heading text=tell(heading.text()) />
            {why.map(|why| view! { <p>{say(why)}</p> })}
            <Link href="/" class="button primary">{say(phrases::TO_HOME)}</Link>
        </section>
    }
}

/// An item that this device has not fetched yet, while the hall is out of reach; it appears by itself once it can be had.
#[component]
fn NotHere() -> impl IntoView {
    view! {
        <section class="sheet nothing" data-test="not-here">
            <Heading text=tell(phrases::NOT_HERE.text()) />
            <p>{say(phrases::NOT_HERE_WHY)} " " <HelpWindow /></p>
            <Link href="/" class="button primary">{say(phrases::TO_HOME)}</Link>
        </section>
    }
}

/// Where people find help, by the catalogue.
#[component]
fn HelpWindow() -> impl IntoView {
    let app = App::get();
    let window = move || app.bundle.with(|bundle| bundle.as_ref().map(|b| b.hall.help_window.get(app.lang.get()).to_owned()));
    view! { <strong>{window}</strong> }
}

/// Where the law says so, one line each.
#[component]
fn Cited(basis: Vec<Basis>) -> impl IntoView {
    let app = App::get();
    let cited = basis.into_iter().map(|basis| {
        let text = move || {
            let laws = app.bundle.with(|bundle| bundle.as_ref().map(|b| b.laws.clone())).unwrap_or_default();
            cite(&basis, &laws).get(app.lang.get()).to_owned()
        };
        view! { <li>{text}</li> }
    });
    view! {
        <p class="cited">
            <span class="cited-word">{say(phrases::BASIS)}</span>
        </p>
        <ul class="cited-list">{cited.collect_view()}</ul>
    }
}

/// Whose local rule it is.
#[component]
fn Local(local: Option<Text>) -> impl IntoView {
    local.map(|place| view! { <span class="badge badge-local">{say(phrases::LOCAL)} " · " {tell(place)}</span> })
}

/// The sample's label, where an item has one.
#[component]
fn Label(label: Option<Text>) -> impl IntoView {
    label.map(|label| view! { <span class="label-sample">{tell(label)}</span> })
}

/// A date as people write it, with its weekday.
fn long_date(date: NaiveDate, lang: Lang) -> String {
    let (zh, en) = match date.weekday() {
        Weekday::Mon => ("一", "Monday"),
        Weekday::Tue => ("二", "Tuesday"),
        Weekday::Wed => ("三", "Wednesday"),
        Weekday::Thu => ("四", "Thursday"),
        Weekday::Fri => ("五", "Friday"),
        Weekday::Sat => ("六", "Saturday"),
        Weekday::Sun => ("日", "Sunday"),
    };
    match lang {
        Lang::Zh => format!("{} 年 {} 月 {} 日,星期{zh}", date.year(), date.month(), date.day()),
        Lang::En => format!("{en}, {date}"),
    }
}
