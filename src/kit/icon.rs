//! Drawn signs.

use yew::prelude::*;

/// Drawn signs. Each takes the colour and the size of the text around it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Icon {
    /// The system's theme.
    Monitor,
    /// The light theme.
    Sun,
    /// The dark theme.
    Moon,
    /// Opens the navigation.
    Menu,
    /// Closes it.
    Cross,
    /// Starts playing.
    Play,
    /// Stops playing.
    Pause,
    /// One byte back.
    Back,
    /// One byte on.
    Forward,
    /// One place up.
    Up,
    /// One place down.
    Down,
    /// To the first byte.
    First,
    /// To the last byte.
    Last,
    /// All is well.
    Check,
    /// Something is wrong.
    Warn,
    /// What is live.
    Live,
    /// Opens the search.
    Search,
}

impl Icon {
    /// The drawing, hidden from screen readers: the control around it has a name.
    pub fn view(self) -> Html {
        let d = match self {
            Icon::Monitor => "M3 5h18v11H3zM9 20h6M12 16v4",
            Icon::Sun => {
                "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8M12 3v1.5M12 19.5V21M3 12h1.5M19.5 12H21M5.6 5.6l1.1 1.1M17.3 17.3l1.1 1.1M18.4 5.6l-1.1 1.1M6.7 17.3l-1.1 1.1"
            }
            Icon::Moon => "M20 14.5A8.5 8.5 0 0 1 9.5 4 8.5 8.5 0 1 0 20 14.5",
            Icon::Menu => "M4 7h16M4 12h16M4 17h16",
            Icon::Cross => "M6 6l12 12M18 6L6 18",
            Icon::Play => "M8 5.5v13l10.5-6.5z",
            Icon::Pause => "M8.5 5.5v13M15.5 5.5v13",
            Icon::Back => "M15 5.5L8 12l7 6.5",
            Icon::Forward => "M9 5.5l7 6.5-7 6.5",
            Icon::Up => "M5.5 15L12 8l6.5 7",
            Icon::Down => "M5.5 9L12 16l6.5-7",
            Icon::First => "M6 5.5v13M17.5 5.5L10.5 12l7 6.5",
            Icon::Last => "M18 5.5v13M6.5 5.5l7 6.5-7 6.5",
            Icon::Check => "M5 12.5l4.5 4.5L19 7.5",
            Icon::Live => {
                "M12 9.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16"
            }
            Icon::Search => "M10.5 4a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13M15.5 15.5L21 21",
            Icon::Warn => "M12 4L2.8 20h18.4zM12 10v4.5M12 17.2v.3",
        };
        html! {
            <svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d={d}/></svg>
        }
    }
}
