//! Two editors of one drawing, in two panes, over a line that can be slow or cut: operations of a few bytes, encoded, framed
//! and decoded, and what comes of it when both write at once.

use std::cell::RefCell;
use std::rc::Rc;

use gloo::timers::callback::Interval;
use yew::prelude::*;

use crate::kit::panel::Panel;
#[cfg(test)]
use crate::kit::settings::check::SettingsTable;
use crate::kit::settings_panel::{Show, choice, choice_chips, settings_panel};
use crate::kit::url_state::{Reveal, UseSettings, use_reveal, use_settings};
use crate::live::page_clock;

mod clash;
mod document;
mod messages;
mod operation;
mod pane;
mod session;
mod settings;

use clash::{Clash, Outcome};
use document::Merge;
use pane::{Edit, pane};
use session::{CURSOR_MS, Session};
use settings::Settings;

/// The name of the instrument.
const NAME: &str = "shared-editing";
/// How often the line is looked at while something is on it, in milliseconds.
const TICK_MS: u32 = 40;

/// What the instrument reads of an address, for the test that runs over all.
#[cfg(test)]
pub const SETTINGS: SettingsTable = SettingsTable::of::<settings::Settings>(NAME);

/// The two editors, and what is remembered of how they came to be as they are.
struct Table {
    session: Session,
    prepared: (Clash, Merge),
    /// What came of the clash, as soon as it is known, and in words.
    outcome: Option<(Outcome, String)>,
    /// Which shape is worked on in each pane, which is held, and when one was moved last.
    selected: [u8; 2],
    held: Option<(usize, u8)>,
    moved: f64,
}

impl Table {
    fn new(clash: Clash, merge: Merge) -> Table {
        Table {
            session: clash.prepared(merge),
            prepared: (clash, merge),
            outcome: None,
            selected: [0; 2],
            held: None,
            moved: f64::NEG_INFINITY,
        }
    }

    /// Makes the line as it should be, and looks what has arrived.
    fn pass(&mut self, whole: bool, now: f64, delay: f64) {
        match (whole, self.session.is_cut()) {
            (true, true) => self.session.mend(now, delay),
            (false, false) => self.session.cut(),
            _ => {}
        }
        self.session.pass(now);
        let (clash, merge) = self.prepared;
        if self.outcome.is_none() {
            let outcome = clash.outcome(&self.session);
            self.outcome = outcome.map(|is| (is, clash.explained(merge, is, &self.session)));
        }
    }

    fn edit(&mut self, at: usize, edit: Edit, now: f64, delay: f64) {
        let Table {
            session, selected, ..
        } = self;
        match edit {
            Edit::Select(shape) => selected[at] = shape,
            Edit::Hold(shape) => {
                selected[at] = shape;
                self.held = Some((at, shape));
            }
            Edit::LetGo(place) => {
                if let (Some((by, shape)), Some((x, y))) = (self.held.take(), place)
                    && by == at
                {
                    session.edit(at, now, delay, |d| d.move_to(shape, x, y));
                }
            }
            Edit::Point(x, y) => match self.held {
                Some((by, shape)) if by == at => {
                    // As often as a cursor; where it is let go, it is told in any case.
                    if now - self.moved >= CURSOR_MS {
                        self.moved = now;
                        session.edit(at, now, delay, |d| d.move_to(shape, x, y));
                    }
                }
                _ => session.point(at, (x, y), now, delay),
            },
            Edit::Nudge(shape, dx, dy) => {
                selected[at] = shape;
                let by = |from: u16, by: i32| {
                    (i32::from(from) + by).clamp(0, i32::from(u16::MAX)) as u16
                };
                session.edit(at, now, delay, |d| {
                    let (x, y) = d.shapes().get(usize::from(shape)).map(|s| s.place.value)?;
                    d.move_to(shape, by(x, dx), by(y, dy))
                });
            }
            Edit::Paint(rgb) => {
                let shape = selected[at];
                session.edit(at, now, delay, |d| d.paint(shape, rgb));
            }
            Edit::Title(typed) => session.edit(at, now, delay, |d| d.retitle(&typed)),
        }
    }
}

/// The instrument.
#[component]
pub fn SharedEditing() -> Html {
    let UseSettings {
        parsed,
        url,
        on_change,
        ..
    } = use_settings::<Settings>(NAME);
    let settings = parsed.settings;
    let Settings {
        both,
        merge,
        whole,
        way,
    } = settings;
    let table: Rc<RefCell<Table>> = use_mut_ref(|| Table::new(both, merge));
    let said = use_state_eq(|| None::<Outcome>);
    let chosen = use_state_eq(|| None::<u32>);
    let redraw = use_force_update();
    let panel = use_node_ref();
    use_reveal(&url, &panel, Reveal::Always);
    let delay = f64::from(way);
    {
        let (table, redraw, said, chosen) = (
            table.clone(),
            redraw.clone(),
            said.setter(),
            chosen.setter(),
        );
        use_effect_with((both, merge, whole), move |_| {
            let mut table = table.borrow_mut();
            if table.prepared != (both, merge) {
                *table = Table::new(both, merge);
                said.set(None);
                chosen.set(None);
            }
            table.pass(whole, page_clock(), delay);
            drop(table);
            redraw.force_update();
        });
    }
    let busy = table.borrow().session.on_the_line() > 0;
    {
        let (table, redraw) = (table.clone(), redraw.clone());
        use_effect_with((busy, whole, way), move |_| {
            let ticker = busy.then(|| {
                Interval::new(TICK_MS, move || {
                    table.borrow_mut().pass(whole, page_clock(), delay);
                    redraw.force_update();
                })
            });
            move || drop(ticker)
        });
    }
    let on_edit = {
        let (table, redraw) = (table.clone(), redraw.clone());
        Callback::from(move |(at, edit): (usize, Edit)| {
            table.borrow_mut().edit(at, edit, page_clock(), delay);
            redraw.force_update();
        })
    };
    let on_again = {
        let (table, redraw, said, chosen) = (
            table.clone(),
            redraw.clone(),
            said.setter(),
            chosen.setter(),
        );
        let on_change = on_change.clone();
        Callback::from(move |_: MouseEvent| {
            *table.borrow_mut() = Table::new(both, merge);
            said.set(None);
            chosen.set(None);
            on_change.emit(Settings {
                whole: both == Clash::Nothing,
                ..settings
            });
            redraw.force_update();
        })
    };
    // Another beginning begins with a cut line, where there is something to predict.
    let on_begin = on_change.reform(|asked: Settings| Settings {
        whole: asked.both == Clash::Nothing,
        ..asked
    });
    let on_guess = {
        let (said, on_change) = (said.setter(), on_change.clone());
        Callback::from(move |guess: Outcome| {
            said.set(Some(guess));
            on_change.emit(Settings {
                whole: true,
                ..settings
            });
        })
    };
    let table = table.borrow();
    let session = &table.session;
    let newest = session.messages().next_back().map(|message| message.number);
    let shown = chosen
        .filter(|n| session.messages().any(|m| m.number == *n))
        .or(newest);
    let message = session.messages().find(|m| Some(m.number) == shown);
    html! {
        <Panel name={NAME} title="Two editors, one drawing" class="editing" node={panel} problems={parsed.problems.clone()}
            link={url.link(&settings)} toolbar={choice_chips("both", &settings, &on_begin)}
            foot={html! { <span>{ "Encoded and framed for real, between two panes of this page; the line is played. Masking keys are the same for everybody here." }</span> }}>
            <div class="editing__set">
                { settings_panel(&settings, Show::Sliders, &on_change, html! { <>
                    { choice("line", "The line is", &settings, &on_change) }
                    { choice("merge", "Of two writes, the", &settings, &on_begin) }
                </> }) }
            </div>
            { question(&settings, &table, *said, &on_guess, on_again) }
            <div class="editing__panes">
                for at in 0..2 {
                    { pane(at, session, table.selected[at], &on_edit.reform(move |edit: Edit| (at, edit))) }
                }
            </div>
            <div class="editing__messages">
                <p class="editing__totals">{ messages::totals(session) }</p>
                { messages::list(session, shown, &Callback::from({
                    let chosen = chosen.setter();
                    move |number: u32| chosen.set(Some(number))
                })) }
                if let Some(message) = message {
                    { messages::detail(message) }
                }
            </div>
        </Panel>
    }
}

/// What is asked, and what came.
fn question(
    settings: &Settings,
    table: &Table,
    said: Option<Outcome>,
    on_guess: &Callback<Outcome>,
    on_again: Callback<MouseEvent>,
) -> Html {
    let clash = settings.both;
    let session = &table.session;
    let state = match (
        &table.outcome,
        session.is_cut(),
        session.held(),
        session.on_the_line(),
    ) {
        (Some((outcome, explained)), ..) => {
            let verdict = match said {
                Some(said) if said == *outcome => "As you said. ",
                Some(_) => "Not what you said. ",
                None => "",
            };
            html! { <><b>{ verdict }</b>{ explained }</> }
        }
        (None, true, held, _) if held > 0 => {
            html! { { format!("The line is cut. {held} wait for it.") } }
        }
        (None, true, ..) => html! { "The line is cut." },
        (None, false, _, 0) => html! { "The line is whole." },
        (None, false, _, n) => html! { { format!("The line is whole. {n} under way.") } },
    };
    html! {
        <div class="editing__question" role="group" aria-label="Your prediction">
            <p><b>{ clash.question() }</b></p>
            if !clash.answers().is_empty() {
                <div class="editing__answers">
                    for (label, outcome) in clash.answers() {
                        <button type="button" class="btn" aria-pressed={(said == Some(*outcome)).to_string()} disabled={settings.whole}
                            onclick={let outcome = *outcome; on_guess.reform(move |_: MouseEvent| outcome)}>{ *label }</button>
                    }
                    <button type="button" class="btn" disabled={!settings.whole} onclick={on_again}>{ "From the beginning" }</button>
                </div>
            }
            <p role="status">{ state }</p>
        </div>
    }
}
