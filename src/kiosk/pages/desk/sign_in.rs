//! Who works at this desk. The session is a cookie that scripts cannot see; this page only knows what the hall says of it.

use super::{phrases, say};
use crate::api::{self, Staff};
use crate::kiosk::app::App;
use crate::kiosk::device::net::{self, Failure};
use crate::kiosk::parts::keypad::{Keypad, Keys};
use crate::receipt::Profile;
use crate::words::Text;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// What is known of the session.
#[derive(Clone, PartialEq)]
pub enum Session {
    Asking,
    /// The hall cannot be reached: nobody can be told apart from nobody.
    Offline,
    Nobody,
    Staff(Staff),
}

/// The session, asked for now and again whenever the hall comes back into reach.
pub fn session(app: App) -> RwSignal<Session> {
    let session = RwSignal::new(Session::Asking);
    Effect::new(move |_| {
        app.online.track();
        spawn_local(async move {
            let known = match net::get_json::<Staff>("/session").await {
                Ok(staff) => Session::Staff(staff),
                Err(Failure::Unreachable) => match session.try_get_untracked() {
                    // Being offline signs nobody out.
                    Some(Session::Staff(staff)) => Session::Staff(staff),
                    _ => Session::Offline,
                },
                Err(_) => Session::Nobody,
            };
            // The same answer again must not redraw a form that somebody is filling in.
            if session.try_get_untracked().is_some_and(|before| before != known) {
                session.try_set(known);
            }
        });
    });
    session
}

/// Notes that the hall no longer knows the session, if that is what `failure` says.
pub fn lost(session: RwSignal<Session>, failure: &Failure) {
    if matches!(failure, Failure::Problem(problem, _) if problem.status == 401) {
        session.try_set(Session::Nobody);
    }
}

/// Ends the session, which only the hall can do: out of reach, it stays and says so by still being shown.
pub async fn sign_out(session: RwSignal<Session>) {
    if net::delete("/session").await.is_ok() {
        session.try_set(Session::Nobody);
    }
}

/// The children once somebody is signed in; before that, the way to get there.
#[component]
pub fn SignedIn(session: RwSignal<Session>, children: ChildrenFn) -> impl IntoView {
    let signed_in = Memo::new(move |_| matches!(session.get(), Session::Staff(_)));
    view! {
        {move || {
            if signed_in.get() {
                children().into_any()
            } else {
                view! {
                    <section class="desk-narrow">
                        <h1>{say(phrases::SIGN_IN_FIRST)}</h1>
                        <SignIn session />
                    </section>
                }
                    .into_any()
            }
        }}
    }
}

/// The sign-in form, or why it has to wait.
#[component]
pub fn SignIn(session: RwSignal<Session>) -> impl IntoView {
    let app = App::get();
    let user = RwSignal::new(String::new());
    let password = RwSignal::new(String::new());
    let busy = RwSignal::new(false);
    let wrong = RwSignal::new(None::<Text>);
    // What the keys on a kiosk's screen type into.
    let typing = RwSignal::new(user);
    // A kiosk's browser must not keep a password, nor offer it.
    let offered = move |what: &'static str| move || if app.profile.get() == Profile::Kiosk { "off" } else { what };
    let sign_in = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        wrong.set(None);
        busy.set(true);
        let given = api::SignIn { user: user.get_untracked().trim().to_owned(), password: password.get_untracked() };
        spawn_local(async move {
            let result = net::post_json::<_, Staff>("/session", &given).await;
            busy.try_set(false);
            // Whatever came of it, the password does not stay in the form.
            password.try_set(String::new());
            match result {
                Ok(staff) => {
                    session.try_set(Session::Staff(staff));
                    // What was scanned while nobody was signed in has waited for this.
                    app.drain_scans().await;
                }
                Err(Failure::Problem(problem, _)) if problem.status == 401 => {
                    wrong.try_set(Some(phrases::WRONG_SIGN_IN.text()));
                }
                Err(failure) => {
                    wrong.try_set(Some(failure.say()));
                }
            }
        });
    };
    let waits = Memo::new(move |_| match session.get() {
        Session::Asking => Some(phrases::CHECKING),
        Session::Offline => Some(phrases::SIGN_IN_NEEDS_HALL),
        Session::Nobody | Session::Staff(_) => None,
    });
    view! {
        {move || match waits.get() {
            Some(why) => view! { <p class="desk-quiet" role="status">{say(why)}</p> }.into_any(),
            None => view! {
                <form class="desk-form" on:submit=sign_in>
                    <label>
                        {say(phrases::USER)}
                        <input
                            data-test="user"
                            name="user"
                            autocomplete=offered("username")
                            autocapitalize="none"
                            spellcheck="false"
                            required
                            bind:value=user
                            on:focus=move |_| typing.set(user)
                        />
                    </label>
                    <label>
                        {say(phrases::PASSWORD)}
                        <input
                            data-test="password"
                            name="password"
                            type="password"
                            autocomplete=offered("current-password")
                            required
                            bind:value=password
                            on:focus=move |_| typing.set(password)
                        />
                    </label>
                    {move || view! { <Keypad keys=Signal::stored(Keys::Keyboard) value=typing.get() /> }}
                    <p class="desk-wrong" role="alert">{move || wrong.get().map(|w| w.get(app.lang.get()).to_owned())}</p>
                    <button class="desk-button primary" data-test="sign-in" type="submit" disabled=move || busy.get()>
                        {say(phrases::SIGN_IN)}
                    </button>
                </form>
            }
                .into_any(),
        }}
    }
}

/// Name, post and window of whoever is signed in, and the way out.
#[component]
pub fn Who(session: RwSignal<Session>) -> impl IntoView {
    view! {
        {move || match session.get() {
            Session::Staff(staff) => Some(view! {
                <p class="desk-who" data-test="who">
                    <strong>{staff.name}</strong>
                    <span>{staff.post}</span>
                    <span>{staff.window}</span>
                    <button class="desk-button small" data-test="sign-out" type="button" on:click=move |_| spawn_local(sign_out(session))>{say(phrases::SIGN_OUT)}</button>
                </p>
            }),
            Session::Asking | Session::Offline | Session::Nobody => None,
        }}
    }
}
