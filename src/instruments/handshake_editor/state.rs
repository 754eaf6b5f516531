//! What the reader does to the editor.

use std::rc::Rc;

use yew::prelude::*;

use super::presets::Preset;
use super::settings::Settings;
use crate::kit::settings::Parsed;

/// The editor at hand.
#[derive(Clone, Debug, PartialEq)]
pub struct State {
    /// What stands in it.
    pub settings: Settings,
    /// What of the address cannot be used.
    pub problems: Vec<String>,
    /// What the reader wrote and then left for something else: nothing that was typed is lost.
    pub kept: Option<Settings>,
}

/// What changes it.
#[derive(Clone, Debug)]
pub enum Action {
    /// The address says something else.
    UrlChanged(Parsed<Settings>),
    /// The reader types, or sets a rule.
    Edit(Settings),
    /// Something else takes the place of what stands there.
    Show(Settings),
}

impl State {
    /// What an address asks for.
    pub fn of(parsed: Parsed<Settings>) -> State {
        State {
            settings: parsed.settings,
            problems: parsed.problems,
            kept: None,
        }
    }
}

impl Reducible for State {
    type Action = Action;

    fn reduce(self: Rc<Self>, action: Action) -> Rc<Self> {
        let (parsed, replaces) = match action {
            // An address has no secrets in it. Where that is all that it lacks, what was typed is what it means.
            Action::UrlChanged(parsed) => {
                let same = |own: &&Settings| own.without_secrets().0 == parsed.settings;
                let own = [Some(&self.settings), self.kept.as_ref()];
                let own = own.into_iter().flatten().find(same).cloned();
                let settings = own.unwrap_or(parsed.settings);
                let problems = parsed.problems;
                (Parsed { settings, problems }, true)
            }
            Action::Edit(settings) => (Parsed::fine(settings), false),
            Action::Show(settings) => (Parsed::fine(settings), true),
        };
        // A preset is there again at the press of its button.
        let typed =
            replaces && Preset::of(&self.settings).is_none() && parsed.settings != self.settings;
        State {
            kept: if typed {
                Some(self.settings.clone())
            } else {
                self.kept.clone()
            },
            ..State::of(parsed)
        }
        .into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::instruments::handshake_editor::presets::PRESETS;

    #[test]
    fn what_was_typed_is_kept_when_something_else_takes_its_place() {
        let state = Rc::new(State::of(Parsed::fine(Settings::default())));
        let mine = Settings {
            request: "GET /mine HTTP/1.1\n".into(),
            ..Settings::default()
        };
        let state = state.reduce(Action::Edit(mine.clone()));
        assert_eq!(state.kept, None, "the default was not typed");
        let state = state.reduce(Action::Show(PRESETS[1].settings()));
        assert_eq!(state.kept, Some(mine.clone()));
        let state = state.reduce(Action::UrlChanged(Parsed::fine(Settings::default())));
        assert_eq!(state.kept, Some(mine), "a preset does not take its place");
    }

    #[test]
    fn an_address_without_secrets_leads_back_to_what_was_typed() {
        let mine = Settings {
            request: "GET /mine HTTP/1.1\nCookie: a=hunter2\n\n".into(),
            ..Settings::default()
        };
        let address = || Action::UrlChanged(Parsed::fine(mine.without_secrets().0));
        let state = Rc::new(State::of(Parsed::fine(mine.clone())));
        let state = state.reduce(address());
        assert_eq!(state.settings, mine);
        let state = state.reduce(Action::Show(PRESETS[1].settings()));
        let state = state.reduce(address());
        assert_eq!(state.settings, mine);
        // Somebody else’s address stays as it came.
        let state = Rc::new(State::of(Parsed::fine(Settings::default())));
        let state = state.reduce(address());
        assert!(state.settings.request.contains("(left out)"));
    }
}
