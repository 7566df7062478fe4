//! The self-test: one button, then a list with ticks. What comes out of loudspeaker and printer, the person says. What came
//! of camera and printer is kept, and told to the hall.

use super::phrases;
use super::say;
use crate::api::Part;
use crate::calendar::moment;
use crate::kiosk::app::App;
use crate::kiosk::device::camera::Refused;
use crate::kiosk::device::health::{self, Tested};
use crate::kiosk::device::self_test::{self, Dark};
use crate::kiosk::device::{heartbeat, print, sound};
use crate::kiosk::parts::focus;
use crate::kiosk::parts::qr::Qr;
use crate::receipt::Verdict;
use crate::words::{Phrase, Text};
use gloo_timers::future::TimeoutFuture;
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// What is tried, in this order. The last two ask a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Database,
    Keys,
    Installed,
    Hall,
    Clock,
    Camera,
    Sound,
    Printer,
}

const STEPS: [(Step, &str, Phrase); 8] = [
    (Step::Database, "step-database", phrases::STEP_DATABASE),
    (Step::Keys, "step-keys", phrases::STEP_KEYS),
    (Step::Installed, "step-installed", phrases::STEP_INSTALLED),
    (Step::Hall, "step-hall", phrases::STEP_HALL),
    (Step::Clock, "step-clock", phrases::STEP_CLOCK),
    (Step::Camera, "step-camera", phrases::STEP_CAMERA),
    (Step::Sound, "step-sound", phrases::STEP_SOUND),
    (Step::Printer, "step-printer", phrases::STEP_PRINTER),
];

/// How far a step is.
#[derive(Clone, Debug, PartialEq)]
enum Stand {
    Waiting,
    Running,
    /// The person is asked what came out.
    Asked,
    Passed,
    Failed(Text),
    Skipped(Text),
}

impl Stand {
    /// The value of `data-stand`, the sign, the style and the word.
    fn shown(&self) -> (&'static str, &'static str, &'static str, Phrase) {
        match self {
            Stand::Waiting => ("waiting", "·", "mark none", phrases::WAITING),
            Stand::Running => ("running", "…", "mark none", phrases::RUNNING),
            Stand::Asked => ("asked", "?", "mark later", phrases::RUNNING),
            Stand::Passed => ("passed", "✓", "mark good", phrases::PASSED),
            Stand::Failed(_) => ("failed", "✕", "mark missing", phrases::FAILED),
            Stand::Skipped(_) => ("skipped", "–", "mark none", phrases::SKIPPED),
        }
    }

    fn why(&self) -> Option<Text> {
        match self {
            Stand::Failed(why) | Stand::Skipped(why) => Some(why.clone()),
            _ => None,
        }
    }

    fn is_over(&self) -> bool {
        matches!(self, Stand::Passed | Stand::Failed(_) | Stand::Skipped(_))
    }
}

impl From<Result<(), Text>> for Stand {
    fn from(result: Result<(), Text>) -> Stand {
        result.map_or_else(Stand::Failed, |()| Stand::Passed)
    }
}

/// The test under way: a stand for each step, in the order of [`STEPS`].
#[derive(Clone, Copy)]
struct Run {
    app: App,
    stands: [RwSignal<Stand>; STEPS.len()],
    video: NodeRef<html::Video>,
}

#[component]
pub fn Test() -> impl IntoView {
    let app = App::get();
    let run = Run { app, stands: STEPS.map(|_| RwSignal::new(Stand::Waiting)), video: NodeRef::new() };
    let begun = RwSignal::new(false);
    let over = Memo::new(move |_| run.stands.iter().all(|stand| stand.with(Stand::is_over)));
    let passed = move || run.stands.iter().all(|stand| stand.with(|stand| !matches!(stand, Stand::Failed(_))));
    let start = move |_| {
        begun.set(true);
        focus("[data-test=self-test] h2");
        // Browsers let a page sound only from a press of a button.
        sound::allow();
        spawn_local(run.go());
    };
    view! {
        <section class="desk-block" data-test="self-test">
            <div class="desk-row spread">
                <h2 tabindex="-1">{say(phrases::TEST)}</h2>
                <button
                    class="desk-button primary"
                    type="button"
                    data-test="test-start"
                    disabled=move || begun.get() && !over.get()
                    on:click=start
                >
                    {move || match (begun.get(), over.get()) {
                        (false, _) => phrases::TEST_START,
                        (true, false) => phrases::TEST_RUNNING,
                        (true, true) => phrases::TEST_AGAIN,
                    }
                        .get(app.lang.get())}
                </button>
            </div>
            <p class="desk-quiet">{say(phrases::TEST_HOW)}</p>
            {move || (begun.get() && over.get()).then(|| {
                let (level, word) = if passed() { ("fine", phrases::TEST_GOOD) } else { ("broken", phrases::TEST_BAD) };
                view! { <p class=format!("desk-worst {level}") data-test="test-over" data-level=level role="status" tabindex="-1">{say(word)}</p> }
            })}
            <ol class="desk-parts">
                {STEPS.iter().zip(run.stands).map(|((step, test, word), stand)| one(run, *step, test, *word, stand)).collect_view()}
            </ol>
        </section>
    }
}

fn one(run: Run, step: Step, test: &'static str, word: Phrase, stand: RwSignal<Stand>) -> impl IntoView {
    let app = run.app;
    let shown = move || stand.with(Stand::shown);
    view! {
        <li data-test=test data-stand=move || shown().0>
            <strong class=move || shown().2>
                <span aria-hidden="true">{move || shown().1}</span> " " {move || shown().3.get(app.lang.get())}
            </strong>
            <span class="desk-part">{say(word)}</span>
            <span>
                {move || stand.with(Stand::why).map(|why| why.get(app.lang.get()).to_owned())}
                {(step == Step::Camera).then(|| view! {
                    <video class="desk-glimpse" node_ref=run.video muted playsinline hidden=move || stand.get() != Stand::Running></video>
                })}
                {move || (stand.get() == Stand::Asked).then(|| view! { <Question run step /> })}
            </span>
        </li>
    }
}

/// What came out?
#[component]
fn Question(run: Run, step: Step) -> impl IntoView {
    let (question, bad) = match step {
        Step::Printer => (phrases::PRINTED, phrases::NOT_PRINTED),
        _ => (phrases::HEARD, phrases::NOT_HEARD),
    };
    let answer = move |stand: Stand| spawn_local(run.answered(step, stand));
    focus("[data-test=question]");
    view! {
        {(step == Step::Printer).then(|| view! { <TestPage /> })}
        <strong role="alert" data-test="question" tabindex="-1">{say(question)}</strong>
        <span class="desk-row desk-no-print">
            <button class="desk-button" type="button" data-test="yes" on:click=move |_| answer(Stand::Passed)>{say(phrases::YES)}</button>
            <button
                class="desk-button"
                type="button"
                data-test="no"
                on:click=move |_| answer(Stand::Failed(bad.text()))
            >
                {say(phrases::NO)}
            </button>
            <button class="desk-button" type="button" data-test="try-again" on:click=move |_| come_out(step)>{say(phrases::AGAIN)}</button>
            <button
                class="desk-button"
                type="button"
                data-test="none-here"
                on:click=move |_| answer(Stand::Skipped(phrases::NONE_HERE.text()))
            >
                {say(phrases::NONE_HERE)}
            </button>
        </span>
    }
}

/// What is printed: while it is shown, printing prints it and nothing else.
#[component]
fn TestPage() -> impl IntoView {
    let app = App::get();
    let hall = app.bundle.with_untracked(|bundle| bundle.as_ref().map(|bundle| bundle.hall.name.clone()));
    view! {
        <article class="notice desk-test-page" data-test="test-page">
            <h3>{say(phrases::TEST_PAGE)}</h3>
            <p>{hall.map(|hall| format!("{} · {}", hall.zh, hall.en))}</p>
            <p>{app.device_name.get_untracked()} " · " {moment(app.now())}</p>
            <p>"明白 mingbai ABCXYZ 0123456789 ,。:;!? □■ ─│┌┐└┘"</p>
            <div class="desk-test-code"><Qr text="MINGBAI TEST PAGE 0123456789" /></div>
            <p>{say(phrases::TEST_PAGE_HOW)}</p>
        </article>
    }
}

/// Lets the loudspeaker or the printer do it.
fn come_out(step: Step) {
    match step {
        Step::Printer => print::start(App::get()),
        _ => sound::verdict(Verdict::Received),
    }
}

impl Run {
    fn set(self, step: Step, stand: Stand) {
        if let Some(at) = STEPS.iter().position(|(of, ..)| *of == step)
            && let Some(signal) = self.stands.get(at)
        {
            signal.try_set(stand);
        }
    }

    /// Every step up to the first that asks.
    async fn go(self) {
        for (step, ..) in STEPS {
            self.set(step, Stand::Waiting);
        }
        for (step, ..) in STEPS {
            self.set(step, Stand::Running);
            let stand: Stand = match step {
                Step::Database => self_test::database().await.into(),
                Step::Keys => self_test::keys(self.app).await.into(),
                Step::Installed => self_test::installed().await.into(),
                Step::Hall => self_test::hall().await.into(),
                Step::Clock => self_test::clock(self.app).await.into(),
                Step::Camera => self.camera().await,
                Step::Sound | Step::Printer => return self.ask(step).await,
            };
            self.set(step, stand);
        }
    }

    async fn camera(self) -> Stand {
        let Some(video) = self.video.get_untracked() else { return Stand::Skipped(phrases::NO_CAMERA.text()) };
        match self_test::camera(&video).await {
            Ok(()) => Stand::Passed,
            // A machine that never had one lacks nothing; one that is no longer there has come loose.
            Err(Dark::Refused(Refused::NoCamera)) if health::tested().await.camera == Part::Untested => {
                Stand::Skipped(phrases::NO_CAMERA.text())
            }
            Err(dark) => Stand::Failed(dark.say()),
        }
    }

    async fn ask(self, step: Step) {
        self.set(step, Stand::Asked);
        // The test page is on the screen before it is printed.
        TimeoutFuture::new(50).await;
        come_out(step);
    }

    async fn answered(self, step: Step, stand: Stand) {
        self.set(step, stand);
        if step == Step::Sound {
            self.ask(Step::Printer).await;
        } else {
            focus("[data-test=test-over]");
            self.keep().await;
        }
    }

    /// Keeps what came of camera and printer, and tells the hall.
    async fn keep(self) {
        let part = |step: Step| {
            let at = STEPS.iter().position(|(of, ..)| *of == step);
            match at.and_then(|at| self.stands.get(at)).and_then(|stand| stand.try_get_untracked()) {
                Some(Stand::Passed) => Part::Works,
                Some(Stand::Failed(_)) => Part::Fails,
                _ => Part::Untested,
            }
        };
        let tested = Tested { camera: part(Step::Camera), printer: part(Step::Printer), at: Some(self.app.now()) };
        if let Err(failure) = health::note_tested(&tested).await {
            self.app.trouble.set(Some(failure.say()));
        }
        heartbeat::send(self.app).await;
    }
}
