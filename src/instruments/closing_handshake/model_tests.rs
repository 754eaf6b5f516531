//! Where the reader is, and how they get there.

use std::rc::Rc;

use yew::Reducible;

use super::model::*;
use super::scenario::{Mishap, Scenario, every_choice};
use super::settings::Settings;
use crate::kit::playback::PlaybackAction;
use crate::kit::settings::Parsed;
use crate::kit::url_state::read;

fn state(query: &str) -> Rc<State> {
    Rc::new(State::of(read(query)))
}

fn playback(state: &Rc<State>, action: PlaybackAction) -> Rc<State> {
    state.clone().reduce(Action::Playback(action))
}

/// As the button of the bar does it.
fn step(state: &Rc<State>, on: bool) -> Rc<State> {
    let to = state.scene.step(state.now(), on);
    playback(state, PlaybackAction::Go(to))
}

#[test]
fn the_plain_page_plays_to_the_end_and_stops_there() {
    let mut state = state("").reduce(Action::Mounted(false));
    assert_eq!((state.now(), state.playback.playing), (0, true));
    let mut last = state.y();
    for _ in 0..10_000 {
        state = playback(&state, PlaybackAction::Tick(16.0));
        assert!(state.y() >= last);
        last = state.y();
    }
    assert!(
        !state.playback.playing && !state.touched,
        "watching changes no address"
    );
    assert_eq!(state.now(), state.scene.run.last());
    assert_eq!(state.y(), state.scene.layout.height);
    let state = playback(&state, PlaybackAction::Play);
    assert_eq!((state.now(), state.playback.playing), (0, true));
}

#[test]
fn a_link_to_a_moment_stands_still_there() {
    for still in [false, true] {
        let state = state("?wrong=hang&at=250").reduce(Action::Mounted(still));
        assert_eq!((state.now(), state.playback.playing), (250_000, false));
        assert_eq!(state.settings.scenario.wrong, Mishap::Hang);
    }
}

#[test]
fn a_link_to_a_time_in_a_long_wait_is_exact() {
    let state = state("?wrong=hang&at=30000.007");
    assert_eq!(state.now(), 30_000_007);
    assert_eq!(state.linked().at, Some(30_000_007));
    let (y, place) = (state.y(), state.playback.now);
    assert!((y - place as f64 / PIXEL as f64).abs() < 1e-5);
}

#[test]
fn a_link_beyond_the_end_stands_at_the_end() {
    let state = state("?at=9999999.999");
    assert_eq!(state.now(), state.scene.run.last());
    assert_eq!(state.playback.now, state.playback.end);
}

#[test]
fn whoever_asked_for_less_motion_sees_how_it_ends() {
    let state = state("").reduce(Action::Mounted(true));
    assert!(!state.playback.playing && state.now() == state.scene.run.last());
    let settings = Settings {
        scenario: Scenario {
            wrong: Mishap::Crash,
            ..Scenario::default()
        },
        at: None,
    };
    let state = state.reduce(Action::SetSettings(settings));
    assert!(!state.playback.playing && state.now() == state.scene.run.last());
}

#[test]
fn steps_visit_every_moment_in_both_directions() {
    for scenario in every_choice() {
        let settings = Settings {
            scenario,
            at: Some(0),
        };
        let state = Rc::new(State::of(Parsed::fine(settings)));
        let moments = state.scene.run.moments();
        let mut state = playback(&state, PlaybackAction::Restart);
        let mut seen = vec![state.now()];
        for _ in 1..moments.len() {
            state = step(&state, true);
            seen.push(state.now());
        }
        assert_eq!(seen, moments);
        let last = *moments.last().unwrap();
        assert_eq!(step(&state, true).now(), last);
        for at in moments.iter().rev().skip(1) {
            state = step(&state, false);
            assert_eq!(state.now(), *at);
        }
        assert_eq!(state.steps as usize, 2 * (moments.len() - 1));
    }
}

#[test]
fn between_two_moments_the_one_before_is_a_step_back() {
    let state = state("?at=250");
    let moments = state.scene.run.moments();
    let before = moments.iter().rev().find(|&&at| at < 250_000);
    assert_eq!(Some(&step(&state, false).now()), before);
}

#[test]
fn after_the_last_step_play_begins_again() {
    let state = state("?at=0");
    let last = state.scene.run.last();
    let state = state.reduce(Action::GoTo(last));
    let state = playback(&state, PlaybackAction::Play);
    assert_eq!((state.now(), state.y()), (0, 0.0));
    assert!(state.playback.playing && state.linked().at.is_none());
}

#[test]
fn a_place_between_two_moments_is_a_time_between_them() {
    let state = state("?at=0");
    let middle = playback(&state, PlaybackAction::Go(state.playback.end / 2));
    assert_eq!(middle.settings.at, None);
    assert!((1..middle.scene.run.last()).contains(&middle.now()));
    assert_eq!(middle.linked().at, Some(middle.now()));
    assert_eq!(middle.steps, 0, "the page does not follow the slider");
}

#[test]
fn choosing_begins_again_and_clears_what_was_wrong_with_the_address() {
    let state = state("?start=me&at=300").reduce(Action::Mounted(false));
    assert_eq!(state.problems.len(), 1);
    let state = state.reduce(Action::SetSettings(Settings::default()));
    assert!(state.problems.is_empty() && state.playback.playing && state.touched);
    assert_eq!(state.now(), 0);
}
