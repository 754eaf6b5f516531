//! The fault lab: the reader chooses how the server misbehaves, predicts what their browser does about it, and sees.

mod faults;

use yew::prelude::*;

use faults::{FAULTS, Group};

/// The instrument `{{fault-lab}}`.
#[component]
pub fn FaultLab() -> Html {
    html! {
        <section class="panel fl" aria-label="Fault lab">
            <div class="left">
                { for Group::ALL.into_iter().map(|group| html! {
                    <>
                        <h3>{ group.title() }</h3>
                        <ul>{ for FAULTS.iter().filter(|fault| fault.group == group).map(|fault| html! {
                            <li><b>{ fault.title }</b>{ ": the server " }{ fault.does }{ "." }</li>
                        }) }</ul>
                    </>
                }) }
            </div>
        </section>
    }
}
