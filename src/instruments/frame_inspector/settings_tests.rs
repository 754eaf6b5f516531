use super::*;
use crate::instruments::frame_inspector::presets::PRESETS;
use crate::kit::settings::{Parsed, write};
use crate::kit::url_state::{query_of, read};

fn of(query: &str) -> Parsed<Settings> {
    read(query)
}

#[test]
fn a_plain_address_shows_the_first_preset() {
    assert_eq!(Settings::default().source(), PRESETS[0].source());
    assert_eq!(
        (of("").settings.step, query_of(&of("").settings)),
        (Some(0), String::new())
    );
    let end = Settings {
        step: None,
        ..Settings::default()
    };
    assert_eq!(query_of(&end), "?step=10");
    assert_eq!(Draft::default().build().bytes[..], HELLO);
}

#[test]
fn every_preset_has_a_link_at_every_step() {
    for preset in PRESETS {
        let source = preset.source();
        for step in [Some(0), Some(1), None] {
            let there = Settings {
                step,
                ..Settings::default().showing(source.clone())
            };
            assert!(write(&there).is_some(), "{}", preset.name);
            assert_eq!(of(&query_of(&there)), Parsed::fine(there));
        }
    }
}

#[test]
fn links_that_readers_have_kept_still_work() {
    let kept = of("?hex=818537fa213d7f9f4d5158&from=client&step=5");
    assert_eq!((kept.settings.step, kept.problems.len()), (Some(5), 0));
    let server = of("?preset=length64&step=3").settings;
    assert_eq!((server.from, server.bytes.len()), (Role::Server, 65_546));
    let composed =
        of("?compose=1&from=server&opcode=9&fin=0&mask=0&text=Hi&step=1&view=rfc").settings;
    assert_eq!(*composed.source().bytes, [0x09, 0x02, b'H', b'i']);
    assert_eq!(
        (composed.from, composed.step, composed.figure),
        (Role::Server, Some(1), true)
    );
    assert!(!query_of(&composed).contains("hex"));
}

#[test]
fn mask_tells_who_sends_where_the_link_does_not_say() {
    let from = |query: &str| of(query).settings.from;
    assert_eq!(from("hex=827e010000"), Role::Server);
    assert_eq!(from("hex=8880010203"), Role::Client);
    assert_eq!(from("hex=880203ea&from=client"), Role::Client);
    assert_eq!(from("hex=8880010203&from=server"), Role::Server);
    assert_eq!(from("hex=82"), Role::Client);
    assert_eq!(from("hex=82&from=server"), Role::Server);
    assert_eq!(from("compose=1&mask=0"), Role::Client);
    let chosen = of("hex=880203ea&from=client").settings;
    assert_eq!(query_of(&chosen), "?hex=880203ea&from=client");
}

#[test]
fn what_cannot_be_used_is_named_and_the_default_is_shown() {
    let first = Settings::default().source();
    for query in [
        "hex=81zz",
        "hex=",
        "from=nobody",
        "step=11",
        "step=-1",
        "preset=none",
        "view=svg",
        "compose=yes",
        "deflate=yes",
        "fin=2&compose=1",
    ] {
        let parsed = of(query);
        assert_eq!(parsed.settings.source(), first, "{query}");
        let named = query.split('&').next().unwrap_or_default();
        assert!(parsed.problems[0].starts_with(named), "{parsed:?}");
    }
}

#[test]
fn too_many_bytes_have_no_link() {
    let bytes = [0; MAX_LINK_BYTES + 1];
    let many = Settings {
        bytes: bytes.as_slice().into(),
        ..Settings::default()
    };
    assert_eq!(write(&many), None);
    assert_eq!(link(&bytes, Role::Client, false), None);
}

#[test]
fn a_link_from_elsewhere_shows_these_bytes() {
    for (deflate, step) in [(false, 0), (true, 2)] {
        let path = link_at(&[1, 0, 2, 3], Role::Server, deflate, step).unwrap_or_default();
        let query = path.strip_prefix(PAGE).unwrap_or_default();
        let there = Settings {
            bytes: [1, 0, 2, 3].into(),
            from: Role::Server,
            deflate,
            step: Some(step),
            ..Settings::default()
        };
        assert_eq!(of(query), Parsed::fine(there));
    }
}
