//! Light, dark, or as the system has it.

use gloo::events::EventListener;
use yew::prelude::*;

use crate::kit::icon::Icon;
use crate::store;

/// The reader's choice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// As the system has it.
    #[default]
    System,
    /// Always light.
    Light,
    /// Always dark.
    Dark,
}

impl Theme {
    const ALL: [Theme; 3] = [Theme::System, Theme::Light, Theme::Dark];

    /// The value kept in storage and set on the root element.
    pub fn name(self) -> Option<&'static str> {
        match self {
            Theme::System => None,
            Theme::Light => Some("light"),
            Theme::Dark => Some("dark"),
        }
    }

    /// The choice that a kept value stands for; unknown values are the system's.
    pub fn from_name(name: Option<&str>) -> Theme {
        Theme::ALL
            .into_iter()
            .find(|t| t.name().is_some() && t.name() == name)
            .unwrap_or_default()
    }

    fn label(self) -> &'static str {
        match self {
            Theme::System => "System",
            Theme::Light => "Light",
            Theme::Dark => "Dark",
        }
    }

    fn icon(self) -> Icon {
        match self {
            Theme::System => Icon::Monitor,
            Theme::Light => Icon::Sun,
            Theme::Dark => Icon::Moon,
        }
    }

    /// Sets the theme on the root element, where the style sheet looks for it.
    fn apply(self) {
        let Some(root) = gloo::utils::document().document_element() else {
            return;
        };
        // The attribute is plain ASCII and the element is there: neither call can fail.
        let _ = match self.name() {
            Some(name) => root.set_attribute("data-theme", name),
            None => root.remove_attribute("data-theme"),
        };
    }
}

/// Three buttons, one of them pressed.
#[component]
pub fn ThemeSwitch() -> Html {
    let theme = use_state_eq(Theme::default);
    {
        let theme = theme.clone();
        use_effect_with((), move |()| {
            let kept = || Theme::from_name(store::load().theme.as_deref());
            theme.set(kept());
            // What is chosen in another tab is chosen here too. The tab that chooses hears nothing.
            let listener = EventListener::new(&gloo::utils::window(), "storage", move |_| {
                kept().apply();
                theme.set(kept());
            });
            move || drop(listener)
        });
    }
    let choices = Theme::ALL.into_iter().map(|choice| {
        let onclick = {
            let theme = theme.clone();
            Callback::from(move |_| {
                choice.apply();
                store::update(|kept| kept.theme = choice.name().map(str::to_owned));
                theme.set(choice);
            })
        };
        let pressed = if *theme == choice { "true" } else { "false" };
        html! {
            <button type="button" {onclick} aria-pressed={pressed} aria-label={format!("{} theme", choice.label())} title={choice.label()}>
                { choice.icon().view() }
            </button>
        }
    });
    html! { <div class="theme" role="group" aria-label="Theme">{ for choices }</div> }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_come_back() {
        for theme in Theme::ALL {
            assert_eq!(Theme::from_name(theme.name()), theme);
        }
        assert_eq!(Theme::from_name(Some("sepia")), Theme::System);
    }
}
