//! Where the reader is, and how they get there.

use super::scenario::Mishap;
use super::*;

fn state(query: &str) -> Rc<State> {
    Rc::new(State::of(asked(address::read(query))))
}

#[test]
fn the_plain_page_plays_to_the_end_and_stops_there() {
    let mut state = state("").reduce(Do::Begin(false));
    assert_eq!((state.now(), state.playing), (0, true));
    for _ in 0..10_000 {
        state = state.reduce(Do::Beat(16.0));
    }
    assert!(
        !state.playing && !state.touched,
        "watching changes no address"
    );
    assert_eq!(state.now(), state.story.run().last());
    let state = state.reduce(Do::Drive(Drive::Play));
    assert_eq!((state.now(), state.playing), (0, true));
}

#[test]
fn a_link_to_a_moment_stands_still_there() {
    for still in [false, true] {
        let state = state("?wrong=hang&at=250").reduce(Do::Begin(still));
        assert_eq!((state.now(), state.playing), (250_000, false));
        assert_eq!(state.scenario.wrong, Mishap::Hang);
    }
}

#[test]
fn whoever_asked_for_less_motion_sees_how_it_ends() {
    let state = state("").reduce(Do::Begin(true));
    assert!(!state.playing && state.now() == state.story.run().last());
    let scenario = Scenario {
        wrong: Mishap::Crash,
        ..Scenario::default()
    };
    let state = state.reduce(Do::Choose(scenario));
    assert!(!state.playing && state.now() == state.story.run().last());
}

#[test]
fn steps_visit_every_moment_in_both_directions() {
    let state = state("?start=both&traffic=1&at=0");
    let moments = state.story.run().moments();
    let mut state = state.reduce(Do::Drive(Drive::Restart));
    let mut seen = vec![state.now()];
    for _ in 1..moments.len() {
        state = state.reduce(Do::Drive(Drive::Step));
        seen.push(state.now());
    }
    assert_eq!(seen, moments);
    assert_eq!(
        state.reduce_ref(Drive::Step).now(),
        *moments.last().unwrap()
    );
    for at in moments.iter().rev().skip(1) {
        state = state.reduce(Do::Drive(Drive::Back));
        assert_eq!(state.now(), *at);
    }
}

impl State {
    fn reduce_ref(&self, drive: Drive) -> Rc<State> {
        Rc::new(self.clone()).reduce(Do::Drive(drive))
    }
}

#[test]
fn choosing_begins_again_and_clears_what_was_wrong_with_the_address() {
    let state = state("?start=me&at=300").reduce(Do::Begin(false));
    assert_eq!(state.problems.len(), 1);
    let state = state.reduce(Do::Choose(Scenario::default()));
    assert!(state.problems.is_empty() && state.playing && state.touched);
    assert_eq!(state.now(), 0);
}
