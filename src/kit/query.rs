//! What stands behind the `?` of an address.

use super::number::ellipsize;
use super::settings::Pairs;

/// The parameters of an address, as somebody wrote them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query {
    pairs: Vec<(String, String)>,
    /// Names that stand there more than once. None of their values is used.
    pub repeated: Vec<String>,
    /// Parts that are not written as an address has to be.
    pub malformed: Vec<String>,
}

impl Query {
    /// Reads a query, with or without the `?` before it.
    pub fn parse(text: &str) -> Query {
        let text = text.strip_prefix('?').unwrap_or(text);
        let part = |part: &str| -> Vec<(String, String)> {
            // Whatever the part says, the reader of forms makes something of it.
            serde_urlencoded::from_str(part).unwrap_or_default()
        };
        let mut query = Query::default();
        for raw in text.split('&').filter(|raw| !raw.is_empty()) {
            let [(name, value)] = &part(raw)[..] else {
                query.malformed.push(raw.to_owned());
                continue;
            };
            if name.is_empty()
                || !well_escaped(raw)
                || [name, value].iter().any(|s| s.contains('\u{fffd}'))
            {
                query.malformed.push(raw.to_owned());
            }
            if query.pairs.iter().any(|(known, _)| known == name) && !query.repeated.contains(name)
            {
                query.repeated.push(name.clone());
            }
            query.pairs.push((name.clone(), value.clone()));
        }
        query
    }

    /// The parameters of these names, in their order.
    pub fn own(&self, keys: &[&'static str]) -> Pairs {
        let own = keys.iter().filter_map(|key| {
            let once = !self.repeated.iter().any(|name| name == key);
            let found = self.pairs.iter().find(|(name, _)| once && name == key)?;
            Some((*key, found.1.clone()))
        });
        own.collect()
    }

    /// All names, in the order in which they stand.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.pairs.iter().map(|(name, _)| name.as_str())
    }

    /// The query in which the parameters of these names are replaced, with its `?`; empty where nothing is left to say.
    pub fn with(&self, keys: &[&'static str], own: &Pairs) -> String {
        let others = self
            .pairs
            .iter()
            .map(|(name, value)| (name.as_str(), value));
        let others = others.filter(|(name, _)| !keys.contains(name));
        let all: Vec<(&str, &String)> = others
            .chain(own.iter().map(|(name, value)| (*name, value)))
            .collect();
        // Pairs of strings always have a form in an address.
        match serde_urlencoded::to_string(&all) {
            Ok(text) if !text.is_empty() => format!("?{text}"),
            _ => String::new(),
        }
    }

    /// A sentence for each part that no instrument can read at all.
    pub fn problems(&self) -> Vec<String> {
        let malformed = self.malformed.iter().map(|part| {
            format!(
                "“{}” in the address is not written as an address has to be, so it may not say what was meant.",
                ellipsize(part)
            )
        });
        let repeated = self.repeated.iter().map(|name| {
            format!(
                "“{}” is in the address more than once, so it cannot be read. What it sets is as usual.",
                ellipsize(name)
            )
        });
        malformed.chain(repeated).collect()
    }
}

/// Whether each `%` has its two digits.
fn well_escaped(text: &str) -> bool {
    text.split('%').skip(1).all(|rest| {
        let digits = rest.as_bytes().get(..2);
        digits.is_some_and(|two| two.iter().all(u8::is_ascii_hexdigit))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEYS: [&str; 2] = ["a", "b"];

    #[test]
    fn a_part_is_read_among_others() {
        let own = |query: &str| Query::parse(query).own(&KEYS);
        assert_eq!(own(""), vec![]);
        assert_eq!(own("?"), vec![]);
        let pair = |key, value: &str| (key, value.to_owned());
        assert_eq!(
            own("?x=1&b=&a=%C3%A9+%26&x=2"),
            [pair("a", "é &"), pair("b", "")]
        );
        assert_eq!(own("?a=1&a=2&b=3"), [pair("b", "3")]);
    }

    #[test]
    fn a_part_is_written_and_the_others_stay() {
        let part = vec![("b", "é &".to_owned())];
        let with = |query: &str, own: &Pairs| Query::parse(query).with(&KEYS, own);
        assert_eq!(with("", &part), "?b=%C3%A9+%26");
        assert_eq!(with("?a=1&x=%26&b=2", &part), "?x=%26&b=%C3%A9+%26");
        assert_eq!(with("?a=1&b=2&a=3", &vec![]), "");
        assert_eq!(with("?x=1", &vec![]), "?x=1");
        assert_eq!(Query::parse(&with("?x=1", &part)).own(&KEYS), part);
    }

    #[test]
    fn what_no_instrument_can_read_is_named() {
        for (query, words) in [
            ("?a=1&a=2&a=3", "“a” is in the address more than once"),
            ("?a=%", "“a=%”"),
            ("?a=%ff", "“a=%ff”"),
            ("?=5", "“=5”"),
        ] {
            let problems = Query::parse(query).problems();
            assert_eq!(problems.len(), 1, "{query}: {problems:?}");
            assert!(problems[0].contains(words), "{problems:?}");
        }
        assert!(
            Query::parse("?a=1&b&&c=%F0%9F%98%80+")
                .problems()
                .is_empty()
        );
    }
}
