//! The controls of an instrument, made from its table of fields.

use yew::prelude::*;

use super::choice::{Chip, chips, segmented};
use super::settings::{Field, Kind, Settings};

/// Which controls stand in a [`settings_panel`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Show {
    /// Every one.
    All,
    /// Sliders alone. The choices and flags stand elsewhere: see [`choice`].
    Sliders,
    /// Those of these keys.
    Only(&'static [&'static str]),
}

/// A board of controls, in the order of the fields. `more` stands at its end.
pub fn settings_panel<S: Settings>(
    settings: &S,
    show: Show,
    on_change: &Callback<S>,
    more: Html,
) -> Html {
    let shown = S::FIELDS.iter().filter(|field| match show {
        _ if field.label.is_empty() => false,
        Show::All => true,
        Show::Sliders => matches!(field.kind, Kind::Stops { .. }),
        Show::Only(keys) => keys.contains(&field.key),
    });
    html! {
        <div class="settings">
            for field in shown {
                { control(field, settings, on_change) }
            }
            { more }
        </div>
    }
}

fn control<S: Settings>(field: &'static Field<S>, settings: &S, on_change: &Callback<S>) -> Html {
    match &field.kind {
        Kind::Stops { spec, get, set } => {
            let (at, set) = (settings.clone(), *set);
            let on_value = on_change.reform(move |value| {
                let mut settings = at.clone();
                set(&mut settings, value);
                settings
            });
            spec.view(&format!("setting-{}", field.key), get(settings), &on_value)
        }
        _ => {
            let (options, chosen) = options_of(field, settings);
            let on_choose = choosing(field, settings, on_change);
            segmented(field.label, field.label, &options, chosen, &on_choose)
        }
    }
}

/// The buttons of one choice or flag, for a toolbar. `caption` stands before them where it is not empty.
pub fn choice<S: Settings>(
    key: &str,
    caption: &str,
    settings: &S,
    on_change: &Callback<S>,
) -> Html {
    let Some(field) = S::FIELDS.iter().find(|field| field.key == key) else {
        return Html::default();
    };
    let (options, chosen) = options_of(field, settings);
    let on_choose = choosing(field, settings, on_change);
    segmented(field.label, caption, &options, chosen, &on_choose)
}

/// The same as chips, for options with long names.
pub fn choice_chips<S: Settings>(key: &str, settings: &S, on_change: &Callback<S>) -> Html {
    let Some(field) = S::FIELDS.iter().find(|field| field.key == key) else {
        return Html::default();
    };
    let (options, chosen) = options_of(field, settings);
    let all: Vec<Chip> = options
        .into_iter()
        .enumerate()
        .map(|(i, label)| Chip {
            label: label.into(),
            pressed: chosen == Some(i),
            broken: false,
        })
        .collect();
    chips(field.label, &all, &choosing(field, settings, on_change))
}

/// What the buttons say, and which of them is pressed.
fn options_of<S>(field: &Field<S>, settings: &S) -> (Vec<&'static str>, Option<usize>) {
    match &field.kind {
        Kind::Choice(options) => (
            options.iter().map(|option| option.label).collect(),
            options.iter().position(|option| (option.is)(settings)),
        ),
        Kind::Flag { labels, get, .. } => (labels.to_vec(), Some(usize::from(get(settings)))),
        _ => (Vec::new(), None),
    }
}

fn choosing<S: Settings>(
    field: &'static Field<S>,
    settings: &S,
    on_change: &Callback<S>,
) -> Callback<usize> {
    let at = settings.clone();
    on_change.reform(move |chosen: usize| {
        let mut settings = at.clone();
        match &field.kind {
            Kind::Choice(options) => {
                if let Some(option) = options.get(chosen) {
                    (option.choose)(&mut settings);
                }
            }
            Kind::Flag { set, .. } => set(&mut settings, chosen == 1),
            _ => {}
        }
        settings
    })
}
