//! A notice (告知书) on screen and on paper. While one is shown, printing prints it and nothing else. Its code leads a phone to
//! the page that shows how the case goes on.

use super::{phrases, say, tell};
use crate::case;
use crate::kiosk::app::App;
use crate::kiosk::device::print;
use crate::kiosk::parts::progress::ProgressCode;
use crate::receipt::number;
use leptos::html;
use leptos::prelude::*;
use uuid::Uuid;

#[component]
pub fn Notice(
    notice: case::Notice,
    /// Of the case's receipt.
    id: Uuid,
    on_close: Callback<()>,
) -> impl IntoView {
    let app = App::get();
    let case::Notice { title, number, lines, closing, body, date } = notice;
    let sheet = NodeRef::<html::Section>::new();
    // A notice that has just come about is where the clerk goes on.
    Effect::new(move |_| {
        if let Some(sheet) = sheet.get() {
            let _ = sheet.focus();
        }
    });
    let row = |line: case::Line| {
        let texts = line.texts.into_iter().map(|text| view! { <li>{tell(text)}</li> }).collect_view();
        view! {
            <tr>
                <th scope="row">{tell(line.label)}</th>
                <td><ul>{texts}</ul></td>
            </tr>
        }
    };
    view! {
        <section class="desk-notice" node_ref=sheet tabindex="-1" data-test="notice" data-number=number.clone()>
            <div class="desk-row desk-no-print">
                <button class="desk-button primary" data-test="print" type="button" on:click=move |_| print::start(app)>
                    {say(phrases::PRINT)}
                </button>
                <button class="desk-button" data-test="close-notice" type="button" on:click=move |_| on_close.run(())>
                    {say(phrases::CLOSE)}
                </button>
            </div>
            <article class="notice">
                <figure class="notice-code">
                    <ProgressCode id />
                    <figcaption>{say(phrases::SCAN_FOR_PROGRESS)}</figcaption>
                </figure>
                <h1>{tell(title)}</h1>
                <p class="notice-number">{say(phrases::NOTICE_NUMBER)} " " {number::show(&number)}</p>
                <table>
                    <tbody>{lines.into_iter().map(row).collect_view()}</tbody>
                </table>
                {closing.into_iter().map(|text| view! { <p class="notice-closing">{tell(text)}</p> }).collect_view()}
                <div class="notice-seal">
                    <p>{tell(body)}</p>
                    <p class="notice-stamp">{say(phrases::SEAL)}</p>
                    <p>{date.to_string()}</p>
                </div>
            </article>
        </section>
    }
}
