//! Judging a response as a client does (RFC 6455 §4.1).

use super::browser::BrowserRule;
use super::copied::{Copied, Found};
use super::finding::{Fault, Finding};
use super::head::Response;
use super::judge::{Asked, Judge, as_copied, broken_syntax, first_line_missing};
use super::key::{accept, accept_mistake, key_bytes};
use super::list::{self, Extension, tokens};
use super::malformed::Malformed;
use super::requirement::Requirement;
use crate::Role;
use crate::deflate::{self, Params, Refusal};

/// Bytes of the SHA-1 hash in `Sec-WebSocket-Accept`.
const HASH_BYTES: usize = 20;

/// What a client thinks of a response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResponseVerdict {
    /// Every requirement, in [`Requirement::OF_RESPONSE`]'s order; those that cannot be looked at are left out, as is what
    /// is required of a 101 alone. One that is broken in several ways stands there once for each.
    pub findings: Vec<Finding>,
    /// The subprotocol that the server chose.
    pub protocol: Option<String>,
    /// What is agreed on for permessage-deflate.
    pub deflate: Option<Params>,
    /// What a browser asks beyond the RFC, and does not get.
    pub broken_in_browser: Option<BrowserRule>,
}

impl ResponseVerdict {
    /// Whether the connection is a WebSocket now, for a client that goes by RFC 6455.
    pub fn accepted(&self) -> bool {
        self.broken().is_none()
    }

    /// Whether the connection is a WebSocket now, in a browser: by RFC 6455 and by the browsers' standard.
    pub fn accepted_in_browser(&self) -> bool {
        self.accepted() && self.broken_in_browser.is_none()
    }

    /// The first requirement that is not fulfilled.
    pub fn broken(&self) -> Option<&Finding> {
        self.findings.iter().find(|f| f.fails())
    }
}

/// Judges a response as a client does (RFC 6455 §4.1).
pub fn judge_response(
    response: &Result<Response, Malformed>,
    asked: &Asked,
    max_head: usize,
) -> ResponseVerdict {
    judge_copied_response(&as_copied(response), Some(asked), max_head)
}

/// Judges a response that was copied from somewhere. What the text lacks at its beginning or its end does not keep the
/// rest from being judged. Without the request, a response is judged by what can be seen in it.
pub fn judge_copied_response(
    response: &Copied<Response>,
    asked: Option<&Asked>,
    max_head: usize,
) -> ResponseVerdict {
    let mut verdict = ResponseVerdict {
        findings: Vec::new(),
        protocol: None,
        deflate: None,
        broken_in_browser: None,
    };
    let head = match &response.found {
        Found::Whole(Ok(response)) => response.head(),
        Found::HeadersOnly(head) => head,
        Found::Whole(Err(error)) => {
            verdict.findings = broken_syntax(error);
            return verdict;
        }
    };
    let mut judge = Judge::new(head);
    let all = Some(0..head.bytes().len());
    let first = response.whole();
    let syntax = first.map_or(first_line_missing(Role::Client), |_| "The head is HTTP.");
    judge.add(Requirement::Syntax, true, all, syntax);
    judge.size(max_head);
    if let Some(response) = first {
        judge.http_version(&response.version(), response.version_span());
        judge_status(&mut judge, response);
    }
    // Any other status is an ordinary answer, of which nothing of the rest is required (RFC 6455 §4.1, answer item 1).
    if first.is_none_or(|response| response.status() == 101) {
        judge_upgrade(&mut judge);
        judge.names(Requirement::Connection, "Connection", "Upgrade");
        judge_accept(&mut judge, asked);
        judge_protocol_chosen(&mut judge, asked, &mut verdict);
        judge_extensions_chosen(&mut judge, asked, &mut verdict);
        verdict.broken_in_browser = asked.and_then(|asked| BrowserRule::broken_by(head, asked));
    }
    judge.end(response.end, false);
    verdict.findings = judge.findings;
    verdict
}

fn judge_status(judge: &mut Judge<'_>, response: &Response) {
    let status = response.status();
    let reason = response.reason();
    let line = format!("{status} {reason}");
    let versions = judge.head.joined("Sec-WebSocket-Version");
    let more = match status {
        101 => String::new(),
        200..=299 => format!(" What follows a {status} is a page, not frames."),
        300..=399 => " A client may follow a redirect (RFC 6455 §4.1). Browsers follow no redirect here.".to_owned(),
        401 => " A client may sign in and try again (RFC 6455 §4.1); most browsers do not ask for a password here.".to_owned(),
        426 => match versions {
            Some(versions) => format!(" The server speaks version `{versions}`."),
            None => " The server wants an Upgrade, and does not say which version it speaks.".to_owned(),
        },
        _ => " The server refuses, or somebody in between has answered instead.".to_owned(),
    };
    judge.add(
        Requirement::Status,
        status == 101,
        Some(response.status_span()),
        format!("The status is {}.{more}", line.trim_end()),
    );
}

/// In a response, `Upgrade` is `websocket` and nothing else (RFC 6455 §4.1).
fn judge_upgrade(judge: &mut Judge<'_>) {
    if let Some((at, value)) = judge.once(Requirement::Upgrade, "Upgrade") {
        let met = value.eq_ignore_ascii_case("websocket");
        let message = if met {
            format!("Upgrade is `{value}`.")
        } else {
            format!("Upgrade is `{value}`; in an answer it is `websocket` alone.")
        };
        judge.add(Requirement::Upgrade, met, Some(at), message);
    }
}

fn judge_accept(judge: &mut Judge<'_>, asked: Option<&Asked>) {
    let requirement = Requirement::Accept;
    let Some((at, value)) = judge.once(requirement, "Sec-WebSocket-Accept") else {
        return;
    };
    let key = asked.map(|asked| &*asked.key).filter(|key| !key.is_empty());
    let (met, message) = match key {
        Some(key) => {
            let expected = accept(key).value;
            if value == expected {
                (true, format!("The accept value `{value}` fits the key."))
            } else {
                let mistake = accept_mistake(key, &value).map_or_else(String::new, |mistake| {
                    format!(" It is the value {mistake}.")
                });
                (
                    false,
                    format!(
                        "The accept value is `{value}`; for this key it is `{expected}`.{mistake}"
                    ),
                )
            }
        }
        None => {
            let hash = key_bytes(&value).is_some_and(|bytes| bytes.len() == HASH_BYTES);
            let why = match asked {
                None => "the request is not here",
                Some(_) => "the request has no key",
            };
            let looks = if hash {
                "is base64 of 20 bytes, as a hash is"
            } else {
                "is not base64 of the 20 bytes that a hash has"
            };
            (
                hash,
                format!(
                    "The accept value `{value}` {looks}. Whether it fits the key cannot be checked: {why}."
                ),
            )
        }
    };
    judge.add(requirement, met, Some(at), message);
}

fn judge_protocol_chosen(
    judge: &mut Judge<'_>,
    asked: Option<&Asked>,
    verdict: &mut ResponseVerdict,
) {
    let requirement = Requirement::ProtocolChosen;
    let name = "Sec-WebSocket-Protocol";
    let lines: Vec<_> = judge.head.all(name).cloned().collect();
    let at = judge.place(name);
    let [line] = &lines[..] else {
        if lines.is_empty() {
            let message = match asked {
                Some(asked) if !asked.protocols.is_empty() => format!(
                    "No subprotocol was chosen, though {} offered. RFC 6455 lets a server choose none.",
                    quoted_list(&asked.protocols)
                ),
                _ => "No subprotocol was chosen.".to_owned(),
            };
            judge.add(requirement, true, None, message);
        } else {
            let message = format!("The {name} header is there {} times.", lines.len());
            judge.fault(requirement, Fault::ProtocolsChosen, at, message);
        }
        return;
    };
    let chosen = judge.head.text(&line.value).into_owned();
    let at = Some(line.value.clone());
    if chosen.is_empty() {
        let message = format!(
            "The {name} header is empty; an answer names one subprotocol or leaves the header out."
        );
        judge.fault(requirement, Fault::ProtocolsChosen, at, message);
        return;
    }
    if tokens(&chosen).nth(1).is_some() {
        let message = format!("`{chosen}` names several subprotocols; an answer chooses one.");
        judge.fault(requirement, Fault::ProtocolsChosen, at, message);
        return;
    }
    let (met, message) = match asked {
        None => (
            list::is_token(&chosen),
            format!(
                "`{chosen}` was chosen. Whether it was offered cannot be checked: the request is not here."
            ),
        ),
        Some(asked) if asked.protocols.contains(&chosen) => {
            (true, format!("`{chosen}` was offered."))
        }
        Some(asked) if asked.protocols.is_empty() => (
            false,
            format!("`{chosen}` was chosen, but not offered: no subprotocol was."),
        ),
        Some(asked) => (
            false,
            format!(
                "`{chosen}` was chosen, but not offered: {}.",
                quoted_list(&asked.protocols)
            ),
        ),
    };
    judge.add(requirement, met, at, message);
    verdict.protocol = met.then_some(chosen);
}

/// The names with their verb: `a` was, or `a` and `b` were.
fn quoted_list(names: &[String]) -> String {
    let quoted: Vec<_> = names.iter().map(|name| format!("`{name}`")).collect();
    match &quoted[..] {
        [only] => format!("{only} was"),
        [first @ .., last] => format!("{} and {last} were", first.join(", ")),
        [] => "nothing was".to_owned(),
    }
}

/// What is wrong with one extension that was chosen.
struct Wrong {
    fault: Option<Fault>,
    message: String,
}

fn judge_extensions_chosen(
    judge: &mut Judge<'_>,
    asked: Option<&Asked>,
    verdict: &mut ResponseVerdict,
) {
    let requirement = Requirement::ExtensionsChosen;
    let header = "Sec-WebSocket-Extensions";
    let chosen = match judge.head.extensions() {
        Ok(chosen) => chosen,
        Err(error) => {
            let message = format!("The list of extensions is broken: {error}.");
            let at = judge.place(header);
            judge.fault(requirement, Fault::ExtensionList, at, message);
            return;
        }
    };
    let (mut sound, mut params) = (true, None);
    for (i, extension) in chosen.iter().enumerate() {
        let earlier = chosen.iter().take(i).any(|e| e.name == extension.name);
        let (wrong, agreed) = judge_extension(extension, earlier, asked);
        params = params.or(agreed);
        sound &= wrong.is_empty();
        let at = judge.place_in(header, &extension.span);
        for Wrong { fault, message } in wrong {
            match fault {
                Some(fault) => judge.fault(requirement, fault, at.clone(), message),
                None => judge.add(requirement, false, at.clone(), message),
            }
        }
    }
    if !sound {
        return;
    }
    verdict.deflate = params;
    let message = match (judge.head.joined(header), asked) {
        (None, _) => "No extension was chosen.".to_owned(),
        (Some(value), None) => {
            format!(
                "`{value}` is in order. Whether it was offered cannot be checked: the request is not here."
            )
        }
        (Some(value), Some(_)) => format!("`{value}` fits what was offered."),
    };
    let at = judge.place(header);
    judge.add(requirement, true, at, message);
}

/// Everything that is wrong with one extension that was chosen, and what it agrees on.
fn judge_extension(
    extension: &Extension,
    earlier: bool,
    asked: Option<&Asked>,
) -> (Vec<Wrong>, Option<Params>) {
    let name = &extension.name;
    let mut wrong = Vec::new();
    let offers: Option<Vec<_>> = asked.map(|asked| {
        asked
            .extensions
            .iter()
            .filter(|e| e.name == *name)
            .collect()
    });
    if offers.as_ref().is_some_and(Vec::is_empty) {
        wrong.push(Wrong {
            fault: None,
            message: format!("`{name}` was chosen, but not offered."),
        });
    }
    if earlier {
        wrong.push(Wrong {
            fault: Some(Fault::ExtensionTwice),
            message: format!("`{name}` was chosen twice."),
        });
    }
    if name != deflate::NAME {
        return (wrong, None);
    }
    let (faults, params) = judge_deflate(extension, &offers.unwrap_or_default());
    let agreed = params.filter(|_| wrong.is_empty());
    wrong.extend(faults);
    (wrong, agreed)
}

/// The answer does not say which of several offers it takes up: any that fits will do, and otherwise the one that fits
/// best says what is wrong.
fn judge_deflate(answer: &Extension, offers: &[&Extension]) -> (Vec<Wrong>, Option<Params>) {
    let mut best: Option<Vec<Refusal>> = None;
    let mut unusable = None;
    for offer in offers {
        let (offer, errors) = deflate::Offer::gather(offer);
        if let Ok(params) = offer.check(answer) {
            match errors.into_iter().next() {
                None => return (Vec::new(), Some(params)),
                Some(error) => unusable = unusable.or(Some(error)),
            }
            continue;
        }
        let faults = deflate::Offer::faults(Some(&offer), answer);
        if best.as_ref().is_none_or(|best| faults.len() < best.len()) {
            best = Some(faults);
        }
    }
    if let Some(error) = unusable {
        let wrong = Wrong {
            fault: Some(Fault::OfferTakenUp),
            message: format!(
                "The server took up an offer of {} that it had to decline: {error}.",
                deflate::NAME
            ),
        };
        return (vec![wrong], None);
    }
    let faults = best.unwrap_or_else(|| deflate::Offer::faults(None, answer));
    let wrong = faults.into_iter().map(|refusal| Wrong {
        message: format!("The answer cannot be accepted: {refusal}."),
        fault: Some(Fault::Deflate(refusal)),
    });
    (wrong.collect(), None)
}
