//! Short tones for the desk: a clerk hears the verdict without looking up. Sound is an extra, never the only sign, so a
//! machine without it goes on silently.

use crate::receipt::Verdict;
use std::cell::RefCell;
use web_sys::{AudioContext, OscillatorType};

thread_local! {
    /// One context for the page: browsers allow only a few.
    static CONTEXT: RefCell<Option<AudioContext>> = const { RefCell::new(None) };
}

/// How loud, 0 to 1.
const VOLUME: f32 = 0.18;

/// A tone: hertz, start and length in seconds.
type Tone = (f32, f64, f64);

/// Two rising tones.
const GOOD: &[Tone] = &[(880.0, 0.0, 0.09), (1318.5, 0.1, 0.14)];
/// The same tone twice.
const DOUBTFUL: &[Tone] = &[(587.3, 0.0, 0.12), (587.3, 0.2, 0.12)];
/// One long low tone.
const BAD: &[Tone] = &[(165.0, 0.0, 0.55)];

/// To be called from a press of a button: browsers let a page sound only after one.
pub fn allow() {
    if let Some(context) = context() {
        // The answer comes later and does not matter: a refusal leaves the desk silent.
        let _ = context.resume();
    }
}

/// Sounds a verdict.
pub fn verdict(verdict: Verdict) {
    let (tones, wave) = match verdict {
        Verdict::Received | Verdict::Queued => (GOOD, OscillatorType::Sine),
        Verdict::SelfIssued | Verdict::CannotTell => (DOUBTFUL, OscillatorType::Triangle),
        Verdict::NotGenuine => (BAD, OscillatorType::Sawtooth),
    };
    if let Some(context) = context() {
        for tone in tones {
            // A tone that cannot be made is left out.
            let _ = sound(&context, *tone, wave);
        }
    }
}

fn context() -> Option<AudioContext> {
    CONTEXT.with_borrow_mut(|kept| {
        if kept.is_none() {
            *kept = AudioContext::new().ok();
        }
        kept.clone()
    })
}

fn sound(context: &AudioContext, (hertz, after, length): Tone, wave: OscillatorType) -> Result<(), wasm_bindgen::JsValue> {
    let (oscillator, gain) = (context.create_oscillator()?, context.create_gain()?);
    oscillator.set_type(wave);
    oscillator.frequency().set_value(hertz);
    let (start, end) = (context.current_time() + after, context.current_time() + after + length);
    // Fading in and out keeps the loudspeaker from clicking.
    gain.gain().set_value_at_time(0.0, start)?;
    gain.gain().linear_ramp_to_value_at_time(VOLUME, start + 0.01)?;
    gain.gain().set_value_at_time(VOLUME, end - 0.02)?;
    gain.gain().linear_ramp_to_value_at_time(0.0, end)?;
    oscillator.connect_with_audio_node(&gain)?;
    gain.connect_with_audio_node(&context.destination())?;
    oscillator.start_with_when(start)?;
    oscillator.stop_with_when(end)
}
