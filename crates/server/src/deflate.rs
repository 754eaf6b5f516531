//! Which permessage-deflate offer to accept (RFC 7692 §5 and §7.1).
//!
//! The library reads one offer from one header and answers it; a client may make several, some of which can't be
//! accepted. This picks the first that can, so that the library only sees that one.

/// An offer that the server accepts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// The offer as the client wrote it, without its neighbours.
    pub text: String,
    /// Whether the client said that its own window may be limited. Only then may the answer name one (§7.1.2.2).
    pub client_max_window_bits: bool,
}

/// Picks the first acceptable offer from the values of the `Sec-WebSocket-Extensions` headers, if there is one.
pub fn choose<'a>(headers: impl IntoIterator<Item = &'a str>) -> Option<Offer> {
    // No parameter of permessage-deflate can hold a comma, so that a plain split finds the offers; a quoted comma in
    // another extension's parameter makes pieces that don't match here.
    headers
        .into_iter()
        .flat_map(|value| value.split(','))
        .find_map(|offer| accept(offer.trim()))
}

fn accept(text: &str) -> Option<Offer> {
    let mut parts = text.split(';').map(str::trim);
    if !parts.next()?.eq_ignore_ascii_case("permessage-deflate") {
        return None;
    }
    let mut seen = Vec::new();
    let mut plain = String::from("permessage-deflate");
    for part in parts {
        let (name, value) = match part.split_once('=') {
            Some((name, value)) => (name.trim(), Some(value.trim().trim_matches('"'))),
            None => (part, None),
        };
        // §7.1: a parameter given twice, unknown, or with a value it can't have makes the offer one to decline. A window
        // of 256 bytes (8) is legal to offer; the compressor's smallest is 512 (9), so that one is declined too.
        let bits = |value: &str| matches!(value, "9" | "10" | "11" | "12" | "13" | "14" | "15");
        let valid = match (name, value) {
            ("server_no_context_takeover" | "client_no_context_takeover", None) => true,
            ("server_max_window_bits", Some(value)) => bits(value),
            ("client_max_window_bits", None) => true,
            ("client_max_window_bits", Some(value)) => bits(value) || value == "8",
            _ => false,
        };
        if !valid || seen.contains(&name) {
            return None;
        }
        seen.push(name);
        plain.push_str("; ");
        plain.push_str(name);
        // `client_max_window_bits=8` says how little the client needs. The answer may leave it out (§7.1.2.2), and a
        // larger window inflates what a smaller one made.
        if let Some(value) = value.filter(|value| *value != "8") {
            plain.push('=');
            plain.push_str(value);
        }
    }
    Some(Offer {
        text: plain,
        client_max_window_bits: seen.contains(&"client_max_window_bits"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(header: &str) -> Option<String> {
        choose([header]).map(|offer| offer.text)
    }

    #[test]
    fn offers_of_browsers() {
        let chrome = choose(["permessage-deflate; client_max_window_bits"]).unwrap();
        assert!(chrome.client_max_window_bits);
        let safari = choose(["permessage-deflate"]).unwrap();
        assert!(!safari.client_max_window_bits);
    }

    #[test]
    fn the_first_that_can_be_accepted() {
        assert_eq!(
            chosen(
                "x-other; a=\"1,2\", permessage-deflate; server_max_window_bits=8, permessage-deflate"
            ),
            Some("permessage-deflate".into())
        );
        assert_eq!(
            chosen("permessage-deflate;server_max_window_bits=\"10\" ; client_no_context_takeover"),
            Some(
                "permessage-deflate; server_max_window_bits=10; client_no_context_takeover".into()
            )
        );
        assert_eq!(
            choose([
                "x-webkit-deflate-frame",
                "permessage-deflate; client_no_context_takeover"
            ])
            .map(|o| o.text),
            Some("permessage-deflate; client_no_context_takeover".into())
        );
    }

    #[test]
    fn declined() {
        for offer in [
            "",
            ",;,",
            "permessage-deflated",
            "permessage-deflate; unknown",
            "permessage-deflate; server_max_window_bits",
            "permessage-deflate; server_max_window_bits=7",
            "permessage-deflate; server_max_window_bits=016",
            "permessage-deflate; client_max_window_bits=16",
            "permessage-deflate; server_no_context_takeover=1",
            "permessage-deflate; client_max_window_bits; client_max_window_bits=10",
        ] {
            assert_eq!(chosen(offer), None, "{offer}");
        }
    }
}
