//! A short interview that ends in a recommendation, with the rule that was followed.

use yew::prelude::*;

use crate::kit::panel::Panel;
#[cfg(test)]
use crate::kit::settings::check::SettingsTable;
use crate::kit::settings::{self, Field};
use crate::kit::settings_panel::choice_chips;
use crate::kit::url_state::{Reveal, UseSettings, use_reveal, use_settings};
use crate::options;

mod rules;

use rules::{Answers, Behind, HowMany, Often, RULES, Recommendation, Rule, Who};

/// The name of the instrument.
const NAME: &str = "transport-chooser";

/// What the instrument reads of an address, for the test that runs over all.
#[cfg(test)]
pub const SETTINGS: SettingsTable = SettingsTable::of::<Settings>(NAME);

/// What the reader has answered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    answers: Answers,
}

impl settings::Settings for Settings {
    const FIELDS: &'static [Field<Settings>] = &[
        Field::choice(
            "who",
            "Who speaks?",
            options!(answers.who {
                "server": "The server alone" => Some(Who::Server),
                "page": "The page alone" => Some(Who::Page),
                "both": "Both" => Some(Who::Both),
                "open": "Not known yet" => None,
            }),
        ),
        Field::choice(
            "often",
            "How often?",
            options!(answers.often {
                "minutes": "Minutes apart, and it may wait" => Some(Often::Minutes),
                "seconds": "Seconds apart, and at once" => Some(Often::Seconds),
                "many": "Many times in a second" => Some(Often::Many),
                "open": "Not known yet" => None,
            }),
        ),
        Field::choice(
            "binary",
            "Text or bytes?",
            options!(answers.binary {
                "no": "Text" => Some(false),
                "yes": "Bytes" => Some(true),
                "open": "Not known yet" => None,
            }),
        ),
        Field::choice(
            "behind",
            "What lies in between?",
            options!(answers.behind {
                "plain": "Nothing that minds" => Some(Behind::Plain),
                "cdn": "A CDN that is to carry it" => Some(Behind::Cdn),
                "walls": "Proxies that may block upgrades" => Some(Behind::Walls),
                "open": "Not known yet" => None,
            }),
        ),
        Field::choice(
            "many",
            "How many listen at once?",
            options!(answers.many {
                "thousands": "Thousands" => Some(HowMany::Thousands),
                "millions": "Millions, who all get the same" => Some(HowMany::Millions),
                "open": "Not known yet" => None,
            }),
        ),
    ];
}

/// The instrument.
#[component]
pub fn TransportChooser() -> Html {
    let UseSettings {
        parsed,
        url,
        on_change,
        on_choose,
    } = use_settings::<Settings>(NAME);
    let settings = parsed.settings;
    let answers = settings.answers;
    let panel = use_node_ref();
    use_reveal(&url, &panel, Reveal::Always);
    let on_again = on_choose.reform(|_: MouseEvent| Settings::default());
    html! {
        <Panel name={NAME} title="Which one for what you build" class="transport-chooser" node={panel} problems={parsed.problems.clone()}
            link={url.link(&settings)}
            foot={html! { <span>{ "Rules of thumb, tried from the top. The first that fits is followed." }</span> }}
            actions={html! { <button type="button" class="btn" onclick={on_again} disabled={answers.given() == 0}>{ "Begin again" }</button> }}>
            <ol class="transport-chooser__questions">
                for field in <Settings as settings::Settings>::FIELDS {
                    <li>
                        <p><b>{ field.label }</b></p>
                        { choice_chips(field.key, &settings, &on_change) }
                    </li>
                }
            </ol>
            <div class="transport-chooser__verdict" role="status">
                { verdict(&answers) }
            </div>
            <details class="transport-chooser__rules">
                <summary>{ format!("All {} rules", RULES.len()) }</summary>
                <ol>
                    for rule in &RULES {
                        <li aria-current={answers.settled().is_some_and(|followed| std::ptr::eq(followed, rule)).then_some("true")}>
                            { rule.says }{ " → " }<b>{ rule.gives.name() }</b>
                        </li>
                    }
                </ol>
            </details>
        </Panel>
    }
}

/// The recommendation, or what is still possible.
fn verdict(answers: &Answers) -> Html {
    if let Some(rule) = answers.settled() {
        return recommended(rule, answers);
    }
    let left: Vec<&str> = answers
        .recommendations()
        .into_iter()
        .map(Recommendation::name)
        .collect();
    html! {
        <>
            <p><b>{ format!("{} of 5 answered.", answers.given()) }</b>{ " Still possible:" }</p>
            <ul class="transport-chooser__left">
                for name in left {
                    <li>{ name }</li>
                }
            </ul>
        </>
    }
}

fn recommended(rule: &Rule, answers: &Answers) -> Html {
    let (title, href) = rule.source;
    html! {
        <>
            <p class="transport-chooser__name">{ rule.gives.name() }</p>
            <p><b>{ "The rule: " }</b>{ rule.says }{ " " }{ rule.why }{ " " }<a {href} rel="noopener">{ title }</a></p>
            <p><b>{ "What it leaves to you: " }</b>{ rule.gives.leaves() }</p>
            if answers.given() < 5 {
                <p>{ "What you have not answered makes no difference." }</p>
            }
        </>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn html(query: &str) -> String {
        let settings = crate::kit::url_state::read::<Settings>(query).settings;
        let html = verdict(&settings.answers);
        #[derive(Properties, PartialEq)]
        struct Props {
            html: Html,
        }
        #[component]
        fn Shown(props: &Props) -> Html {
            props.html.clone()
        }
        let renderer = yew::LocalServerRenderer::<Shown>::with_props(Props { html });
        pollster::block_on(renderer.hydratable(false).render())
    }

    #[test]
    fn an_interview_narrows_down_and_ends() {
        let begun = html("");
        assert!(begun.contains("0 of 5 answered.") && begun.contains("Plain requests"));
        let half = html("?who=server&often=seconds");
        assert!(half.contains("2 of 5 answered.") && !half.contains("Plain requests"));
        let done = html("?who=server&often=seconds&binary=no&behind=walls");
        for part in ["Server-sent events", "The rule: ", "no difference"] {
            assert!(done.contains(part), "{part}: {done}");
        }
    }
}
