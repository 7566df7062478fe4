//! The drawn flow of an item: the way from application to result straight down, what may happen beside it to the side.
//! It is a list of lists, so that a screen reader tells the same story as the drawing.

use super::{phrases, say, tell};
use crate::catalogue::{Actor, Step};
use crate::words::{Phrase, Text};
use leptos::prelude::*;

/// A step of the straight way, and the detours that begin at it.
#[derive(Debug, PartialEq)]
struct Stage {
    at: usize,
    detours: Vec<Detour>,
}

/// Steps beside the way, and where they lead to.
#[derive(Debug, PartialEq)]
struct Detour {
    steps: Vec<usize>,
    to: Option<usize>,
}

/// Codes of the following steps: the next in the list when a step names none.
fn after(steps: &[Step], at: usize) -> Vec<usize> {
    let step = &steps[at];
    if step.next.is_empty() {
        return (at + 1 < steps.len()).then_some(at + 1).into_iter().collect();
    }
    step.next.iter().filter_map(|code| steps.iter().position(|s| s.code == *code)).collect()
}

/// The straight way follows the first of the steps that may come next.
fn stages(steps: &[Step]) -> Vec<Stage> {
    let mut way = Vec::new();
    let mut next = (!steps.is_empty()).then_some(0);
    while let Some(at) = next {
        way.push(at);
        next = after(steps, at).first().copied().filter(|at| !way.contains(at));
    }
    let mut seen = way.clone();
    let stage = |at: &usize| {
        let detours = after(steps, *at).into_iter().skip(1).map(|first| {
            let mut detour = Detour { steps: vec![], to: Some(first) };
            while let Some(at) = detour.to.filter(|at| !seen.contains(at)) {
                seen.push(at);
                detour.steps.push(at);
                detour.to = after(steps, at).first().copied();
            }
            detour
        });
        Stage { at: *at, detours: detours.collect() }
    };
    way.iter().map(stage).collect()
}

fn actor(by: Actor) -> (&'static str, Phrase) {
    match by {
        Actor::Applicant => ("applicant", Phrase::new("申请人", "You")),
        Actor::Window => ("window", Phrase::new("窗口", "Window")),
        Actor::Section => ("section", Phrase::new("业务科室", "Section")),
        Actor::Leader => ("leader", Phrase::new("负责人", "Head of the body")),
        Actor::Other => ("other", Phrase::new("其他单位", "Others")),
    }
}

#[component]
pub fn Flow(steps: Vec<Step>) -> impl IntoView {
    let stages = stages(&steps);
    let name = |at: usize| steps[at].name.clone();
    let detour = |detour: &Detour| {
        let going_back = detour.to.is_some_and(|to| detour.steps.first().is_none_or(|first| to < *first));
        let word = if going_back { phrases::FLOW_BACK } else { phrases::FLOW_TO };
        view! {
            <li class="flow-detour">
                <span class="flow-or">{say(phrases::FLOW_OR)}</span>
                {detour.steps.iter().map(|at| view! { <Box step=steps[*at].clone() /> }).collect_view()}
                {detour.to.map(|to| view! {
                    <span class="flow-back">
                        <span aria-hidden="true">{if going_back { "↰ " } else { "↳ " }}</span>
                        {say(word)} " " {tell(name(to))}
                    </span>
                })}
            </li>
        }
    };
    view! {
        <ol class="flow">
            {stages.iter().map(|stage| view! {
                <li class="flow-stage">
                    <Box step=steps[stage.at].clone() />
                    {(!stage.detours.is_empty()).then(|| view! {
                        <ul class="flow-detours">{stage.detours.iter().map(detour).collect_view()}</ul>
                    })}
                </li>
            }).collect_view()}
        </ol>
    }
}

/// One step: who, what, how long.
#[component]
fn Box(step: Step) -> impl IntoView {
    let (code, by) = actor(step.by);
    view! {
        <div class=format!("flow-box flow-{code}")>
            <span class="flow-by">{say(by)}</span>
            <strong class="flow-name">{tell(step.name)}</strong>
            {step.takes.map(|takes: Text| view! { <span class="flow-takes">{tell(takes)}</span> })}
        </div>
    }
}
