//! The left side: which fault, and what the reader predicts.

use protocol::FaultGroup;
use web_sys::HtmlSelectElement;
use yew::prelude::*;

use super::faults::{FAULTS, FaultNotes, heading};
use super::prediction::{Choice, Code, Fires, Prediction, Sent};
use super::settings::Settings;
use super::verdict::{Mark, QUESTIONS};
use crate::kit::choice::{Chip, chips};
use crate::kit::icon::Icon;
use crate::kit::rfc_link::rfc_section;

/// The faults, group by group.
pub fn faults(settings: &Settings, choose: &Callback<&'static FaultNotes>) -> Html {
    let groups = FaultGroup::ALL.into_iter().map(|group| {
        let of_group = move || FAULTS.iter().filter(move |fault| fault.group() == group);
        let all: Vec<Chip> = of_group()
            .map(|fault| Chip {
                label: fault.title.into(),
                pressed: settings.fault == fault,
                broken: false,
            })
            .collect();
        let choose = choose.clone();
        let on_choose = Callback::from(move |chosen: usize| {
            if let Some(fault) = of_group().nth(chosen) {
                choose.emit(fault);
            }
        });
        html! {
            <div class="fault-lab__group">
                <span class="eyebrow" aria-hidden="true">{ heading(group) }</span>
                { chips(heading(group), &all, &on_choose) }
            </div>
        }
    });
    html! {
        <div class="fault-lab__faults">
            { for groups }
            <FaultSelect fault={settings.fault.name()} choose={choose.clone()}/>
        </div>
    }
}

#[derive(Properties, PartialEq)]
struct SelectProps {
    fault: &'static str,
    choose: Callback<&'static FaultNotes>,
}

/// The same for a small screen, where eighteen chips would be a page of their own.
#[component]
fn FaultSelect(props: &SelectProps) -> Html {
    let SelectProps {
        fault: chosen,
        choose,
    } = props;
    let node = use_node_ref();
    {
        // Once a reader has chosen, a browser goes by what the control holds and not by what its options say.
        let node = node.clone();
        use_effect_with(*chosen, move |fault| {
            if let Some(select) = node.cast::<HtmlSelectElement>() {
                select.set_value(fault);
            }
        });
    }
    let options = FaultGroup::ALL.into_iter().map(|group| {
        let faults = FAULTS.iter().filter(|fault| fault.group() == group);
        html! {
            <optgroup label={heading(group)}>
                { for faults.map(|fault| html! { <option value={fault.name()} selected={fault.name() == *chosen}>{ fault.title }</option> }) }
            </optgroup>
        }
    });
    let onchange = {
        let choose = choose.clone();
        Callback::from(move |event: Event| {
            let select = event.target_dyn_into::<HtmlSelectElement>();
            if let Some(fault) = select.and_then(|select| FaultNotes::named(&select.value())) {
                choose.emit(fault);
            }
        })
    };
    html! {
        <label class="field fault-lab__select"><span>{ "Fault" }</span>
            <select class="input" ref={node} {onchange}>{ for options }</select>
        </label>
    }
}

/// What the server is about to do.
pub fn about(fault: &FaultNotes) -> Html {
    html! {
        <div class="fault-lab__about">
            <h3>{ fault.title }</h3>
            <p class="fault-lab__does">{ "The server " }{ fault.does }{ ". " }{ rfc_section(fault.section()) }</p>
            <p class="fault-lab__story">{ fault.story }</p>
        </div>
    }
}

/// The three questions, with the answers where there are some.
pub fn questions(
    settings: &Settings,
    judged: Option<&[Mark; 3]>,
    on_prediction: &Callback<Prediction>,
) -> Html {
    let judged = |n: usize| judged.map(|marks| &marks[n]);
    let prediction = settings.prediction;
    let [fires, code, sent] = QUESTIONS;
    html! {
        <>
            { question("fires", fires, prediction.fires, judged(0), on_prediction.reform(move |fires: Fires| Prediction { fires: Some(fires), ..prediction })) }
            { question("code", code, prediction.code, judged(1), on_prediction.reform(move |code: Code| Prediction { code: Some(code), ..prediction })) }
            { question("sent", sent, prediction.sent, judged(2), on_prediction.reform(move |sent: Sent| Prediction { sent: Some(sent), ..prediction })) }
        </>
    }
}

fn question<C: Choice>(
    name: &'static str,
    text: &'static str,
    chosen: Option<C>,
    mark: Option<&Mark>,
    on_choose: Callback<C>,
) -> Html {
    let options = C::ALL.iter().map(|choice| {
        let onchange = {
            let (on_choose, choice) = (on_choose.clone(), *choice);
            Callback::from(move |_: Event| on_choose.emit(choice))
        };
        let label = choice.label();
        let happened = mark.is_some_and(|mark| mark.seen.as_ref() == Some(&label));
        let missed = mark.is_some_and(|mark| {
            mark.right == Some(false) && mark.predicted.as_ref() == Some(&label)
        });
        let class = classes!(
            "fault-lab__option",
            happened.then_some("happened"),
            missed.then_some("missed")
        );
        html! {
            <label {class}>
                <input type="radio" name={format!("fault-lab-{name}")} value={choice.name()} checked={chosen == Some(*choice)} {onchange}/>
                <span>
                    { &label }
                    if happened { { Icon::Check.view() }<span class="visually-hidden">{ ", what happened" }</span> }
                    if missed { { Icon::Cross.view() }<span class="visually-hidden">{ ", predicted, not what happened" }</span> }
                </span>
            </label>
        }
    });
    html! {
        <fieldset class="fault-lab__question">
            <legend>{ text }</legend>
            <div class="fault-lab__options">{ for options }</div>
            if let Some(mark) = mark {
                <p class="fault-lab__why">{ verdict(mark) }{ " " }{ &mark.why }</p>
            }
        </fieldset>
    }
}

fn verdict(mark: &Mark) -> Html {
    match (mark.right, &mark.predicted, &mark.seen) {
        (Some(true), ..) => html! { <b class="good">{ "Right." }</b> },
        (Some(false), Some(predicted), Some(seen)) => html! {
            <><b class="bad">{ "Wrong." }</b>{ format!(" You said {predicted}; it was {seen}.") }</>
        },
        (_, _, Some(seen)) => html! { <b>{ format!("What happened: {seen}.") }</b> },
        _ => html! { <b>{ "Cannot be seen from a page." }</b> },
    }
}
