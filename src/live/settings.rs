//! What an address sets at the live wire.

use super::Live;
use super::endpoint_url::{self, Site, Target};
use crate::kit::secrets;
use crate::kit::settings::{self, Field, Grammar};

/// What an address sets.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// Where the wire leads; `None` for this site's echo without options.
    pub url: Option<String>,
}

impl Settings {
    /// What leads another reader to the target of this wire.
    pub fn of_target(live: &Live) -> Settings {
        let target = live.machine.leads_to();
        let is_usual = *target == Target::Own(String::new());
        Settings {
            url: (!is_usual).then(|| target.address(&live.site)),
        }
    }
}

impl settings::Settings for Settings {
    const FIELDS: &'static [Field<Settings>] = &[Field::parsed(
        "url",
        Grammar {
            write: |settings| settings.url.as_deref().map(|url| secrets::url(url).text),
            read: |settings, text| {
                // Where this page came from decides about more, as soon as that is known.
                endpoint_url::parse(text, &Site::default())
                    .map_err(|why| format!("{why} The wire leads to this site’s echo instead."))?;
                settings.url = Some(text.to_owned());
                Ok(())
            },
            examples: &[
                "wss://example.com/chat",
                "ws://127.0.0.1:8080/echo?fragment=4",
            ],
            refuses: &[
                "",
                "example.com",
                "https://example.com/",
                "javascript:alert(1)",
                "ws://",
                "ws://a b",
            ],
        },
    )];
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::live::machine::Event;

    #[test]
    fn no_secret_of_a_url_is_written_to_an_address() {
        let settings = Settings {
            url: Some("wss://a.example/x?token=hunter2&room=1".into()),
        };
        let query = crate::kit::url_state::query_of(&settings);
        assert!(
            !query.contains("hunter2") && query.contains("room"),
            "{query}"
        );
    }

    #[test]
    fn a_link_leads_where_the_wire_leads() {
        let mut live = Live {
            site: Site {
                secure: true,
                host: "here.example".into(),
            },
            ..Live::default()
        };
        assert_eq!(Settings::of_target(&live), Settings::default());
        for typed in [
            "wss://here.example/echo?ping=1s",
            "wss://elsewhere.example/",
        ] {
            let target = endpoint_url::parse(typed, &live.site).unwrap();
            live.machine.step(Event::Connect(target.clone()), 0.0, 0.5);
            let url = Settings::of_target(&live).url.unwrap();
            assert_eq!(endpoint_url::parse(&url, &live.site), Ok(target));
        }
    }
}
