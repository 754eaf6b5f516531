//! A real room on this page’s server with two members of this page: who hears what, with which number, after how long.

use std::rc::Rc;

use yew::prelude::*;

use crate::kit::number::{counted, grouped};
use crate::kit::panel::Panel;
#[cfg(test)]
use crate::kit::settings::check::SettingsTable;
use crate::kit::settings_panel::choice_chips;
use crate::kit::url_state::{Reveal, UseSettings, use_reveal, use_settings};
use crate::live::rooms::{self, MEMBERS, Record, Room, Said, Site, Stage};

mod settings;

use settings::Settings;

/// The name of the instrument.
const NAME: &str = "live-room";

/// What the instrument reads of an address, for the test that runs over all.
#[cfg(test)]
pub const SETTINGS: SettingsTable = SettingsTable::of::<settings::Settings>(NAME);

/// The members, as the page calls them.
const CALLED: [&str; MEMBERS] = ["First", "Second"];
/// What can be said of who will hear the first message.
const ANSWERS: [&str; 3] = [
    "both, the speaker too",
    "only the other one",
    "only the speaker",
];

/// What is known of the server.
#[derive(Clone, Debug, PartialEq)]
enum Asked {
    Not,
    Asking,
    Is(Site),
    Failed(String),
}

/// Which answer is right for a message that went so far.
fn right(said: &Said) -> Option<usize> {
    match said.heard.map(|after| after.is_some()) {
        [true, true] => Some(0),
        [one, other] if one != other && said.settled => {
            Some(if [one, other][said.by.min(1)] { 2 } else { 1 })
        }
        _ => None,
    }
}

/// The instrument.
#[component]
pub fn LiveRoom() -> Html {
    let UseSettings {
        parsed,
        url,
        on_change,
        ..
    } = use_settings::<Settings>(NAME);
    let settings = parsed.settings;
    let guess = use_state_eq(|| None::<usize>);
    let asked = use_state_eq(|| Asked::Not);
    let record = use_state_eq(|| Rc::new(Record::default()));
    let room = use_mut_ref(|| None::<Room>);
    let panel = use_node_ref();
    use_reveal(&url, &panel, Reveal::Always);
    {
        // Another arrangement is another room.
        let (room, record, asked, guess) = (
            room.clone(),
            record.setter(),
            asked.setter(),
            guess.setter(),
        );
        use_effect_with(settings, move |_| {
            record.set(Rc::default());
            asked.set(Asked::Not);
            guess.set(None);
            move || {
                let left = room.take();
                drop(left);
            }
        });
    }
    let on_open = {
        let (room, record, asked) = (room.clone(), record.setter(), asked.setter());
        move || {
            asked.set(Asked::Asking);
            let (room, record, asked) = (room.clone(), record.clone(), asked.clone());
            wasm_bindgen_futures::spawn_local(async move {
                let site = match rooms::ask().await {
                    Ok(site) => site,
                    Err(why) => return asked.set(Asked::Failed(why)),
                };
                if settings.apart && site.peer.is_none() {
                    return asked.set(Asked::Failed(format!(
                        "This server, {}, names no other with the same rooms. On your own machine “cargo xtask serve --two” starts two, and what joins them.",
                        site.server
                    )));
                }
                let peer = site.peer.clone().filter(|_| settings.apart);
                let made = Room::new(peer, move |heard| record.set(Rc::new(heard.clone())));
                match made {
                    Ok(made) => {
                        for member in 0..MEMBERS {
                            made.join(member);
                        }
                        let old = room.replace(Some(made));
                        drop(old);
                        asked.set(Asked::Is(site));
                    }
                    Err(why) => asked.set(Asked::Failed(why)),
                }
            });
        }
    };
    let on_guess = {
        let guess = guess.setter();
        let is_open = matches!(*asked, Asked::Is(_));
        let on_open = on_open.clone();
        Callback::from(move |said: usize| {
            guess.set(Some(said));
            if !is_open {
                on_open();
            }
        })
    };
    let act = |what: fn(&Room, usize)| {
        let room = room.clone();
        Callback::from(move |member: usize| {
            if let Some(room) = &*room.borrow() {
                what(room, member);
            }
        })
    };
    let (on_say, on_leave, on_join) = (act(Room::say), act(Room::leave), act(Room::join));
    html! {
        <Panel name={NAME} title="A real room" class="room" node={panel} problems={parsed.problems.clone()}
            link={url.link(&settings)} toolbar={choice_chips("apart", &settings, &on_change)}
            foot={html! { <span>{ "Real connections, timed by the page’s clock from saying to hearing. Nobody else knows the room’s name." }</span> }}>
            <div class="room__question" role="group" aria-label="Your prediction">
                <p><b>{ if settings.apart {
                    "Two members of one room, each on a server of its own. The first one says something. Who hears it?"
                } else {
                    "Two members of one room, on one server. The first one says something. Who hears it?"
                } }</b></p>
                <div class="room__answers">
                    for (i, label) in ANSWERS.iter().enumerate() {
                        <button type="button" class="btn" aria-pressed={(*guess == Some(i)).to_string()} onclick={on_guess.reform(move |_: MouseEvent| i)}>{ *label }</button>
                    }
                </div>
                { state(&asked, &record, *guess) }
            </div>
            if let Asked::Is(site) = &*asked {
                { members(site, &record, [&on_say, &on_leave, &on_join]) }
                { messages(&record) }
            }
        </Panel>
    }
}

/// What came of the guess, or what is in the way.
fn state(asked: &Asked, record: &Record, guess: Option<usize>) -> Html {
    let first = record.said.first();
    let text = match asked {
        Asked::Not => return Html::default(),
        Asked::Failed(why) => return html! { <p class="error" role="alert">{ why }</p> },
        Asked::Asking => "Asking the server for its rooms…".to_owned(),
        Asked::Is(_) if record.trouble.is_some() => {
            return html! { <p class="error" role="alert">{ record.trouble.clone() }</p> };
        }
        Asked::Is(_) if record.inside() < MEMBERS && first.is_none() => {
            format!("{} of {MEMBERS} are in the room.", record.inside())
        }
        Asked::Is(site) => match first.and_then(right) {
            None => "Both are in. Have the first one say something.".to_owned(),
            Some(is) => {
                let verdict = match guess {
                    Some(said) if said == is => "As you said. ",
                    Some(_) => "Not what you said. ",
                    None => "",
                };
                let why = match is {
                    0 => {
                        "The server gives each message a number and sends it to every member, the speaker among them: so all have the same order, and the speaker knows that it has arrived."
                    }
                    2 if site.joined => {
                        "What joins the servers does not answer now: a message reaches those on its own server only, and has no number."
                    }
                    2 => {
                        "Nothing joins these two servers. Each has a room of that name, and they know nothing of each other."
                    }
                    _ => "",
                };
                format!("{verdict}Heard by {}. {why}", ANSWERS[is])
            }
        },
    };
    html! { <p role="status">{ text }</p> }
}

/// The members, and what they can do.
fn members(site: &Site, record: &Record, [say, leave, join]: [&Callback<usize>; 3]) -> Html {
    let button = |text: String, on: &Callback<usize>, member: usize, disabled: bool| {
        let onclick = on.reform(move |_: MouseEvent| member);
        html! { <button type="button" class="btn" {onclick} {disabled}>{ text }</button> }
    };
    html! {
        <ul class="room__members">
            for (i, member) in record.members.iter().enumerate() {
                <li>
                    <p class="room__name">{ CALLED[i] }</p>
                    <dl class="facts">
                        <dt>{ "Is" }</dt>
                        <dd>{ match member.stage {
                            Stage::Away => "not there".to_owned(),
                            Stage::Opening => "connecting".to_owned(),
                            Stage::In => format!("in the room as {}", member.name),
                            Stage::Ended(code) => format!("out ({code})"),
                        } }</dd>
                        <dt>{ "Server" }</dt>
                        <dd>{ if member.server.is_empty() { site.server.clone() } else { member.server.clone() } }</dd>
                        <dt>{ "Backbone" }</dt>
                        <dd>{ if member.backbone.is_empty() { "–" } else { member.backbone.as_str() } }</dd>
                        <dt>{ "Knows of" }</dt>
                        <dd>{ counted(member.members, "member", "members") }</dd>
                        <dt>{ "Last number" }</dt>
                        <dd>{ grouped(member.seq) }</dd>
                        <dt>{ "Missing" }</dt>
                        <dd>{ grouped(member.missing) }</dd>
                        <dt>{ "Told last" }</dt>
                        <dd>{ if member.news.is_empty() { "–" } else { member.news.as_str() } }</dd>
                    </dl>
                    <div class="room__acts">
                        { button(format!("{} says something", CALLED[i]), say, i, member.stage != Stage::In) }
                        if member.stage == Stage::In {
                            { button(format!("{} leaves", CALLED[i]), leave, i, false) }
                        } else {
                            { button(format!("{} comes back", CALLED[i]), join, i, member.stage == Stage::Opening) }
                        }
                    </div>
                </li>
            }
        </ul>
    }
}

/// What was said, and who heard it when.
fn messages(record: &Record) -> Html {
    let heard = |said: &Said, member: usize| match (said.heard[member], said.times[member]) {
        (None, _) => "not heard".to_owned(),
        (Some(after), 1) => format!("{after:.1} ms"),
        (Some(after), times) => format!("{after:.1} ms, {times} times"),
    };
    html! {
        if !record.said.is_empty() {
            <div class="room__said">
                <div class="table" tabindex="0" role="group" aria-label="What was said">
                    <table>
                        <thead><tr>
                            for head in ["Number", "Said by", "What", "First hears it after", "Second hears it after"] {
                                <th scope="col">{ head }</th>
                            }
                        </tr></thead>
                        <tbody>
                            for said in record.said.iter().rev() {
                                <tr>
                                    <td>{ said.seq.map_or_else(|| "none".to_owned(), grouped) }</td>
                                    <td>{ CALLED[said.by.min(MEMBERS - 1)].to_ascii_lowercase() }</td>
                                    <td>{ &said.text }</td>
                                    <td class="mono">{ heard(said, 0) }</td>
                                    <td class="mono">{ heard(said, 1) }</td>
                                </tr>
                            }
                        </tbody>
                    </table>
                </div>
            </div>
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_heard_it_decides_which_answer_is_right() {
        let said = |by, heard| Said {
            text: String::new(),
            by,
            at: 0.0,
            seq: None,
            heard,
            settled: true,
            times: [1; MEMBERS],
        };
        for (by, heard, is) in [
            (0, [Some(1.0), Some(1.0)], Some(0)),
            (0, [None, Some(1.0)], Some(1)),
            (0, [Some(1.0), None], Some(2)),
            (1, [None, Some(1.0)], Some(2)),
            (0, [None, None], None),
        ] {
            assert_eq!(right(&said(by, heard)), is, "{by} {heard:?}");
        }
    }
}
