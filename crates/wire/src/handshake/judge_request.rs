//! Judging a request as a server does (RFC 6455 §4.2.1).

use super::copied::{Copied, Found};
use super::finding::{Fault, Finding};
use super::head::Request;
use super::judge::{Judge, Policy, as_copied, broken_syntax, first_line_missing};
use super::key::{KEY_BYTES, key_bytes};
use super::list::{self, Extension};
use super::malformed::Malformed;
use super::requirement::Requirement;
use crate::Role;
use crate::deflate;

/// An extension that the server does not take up, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Declined {
    /// The offer.
    pub extension: String,
    /// Why.
    pub reason: String,
}

/// What a server thinks of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestVerdict {
    /// Every requirement, in [`Requirement::OF_REQUEST`]'s order; those that cannot be looked at are left out, and one
    /// that is broken in several ways stands there once for each.
    pub findings: Vec<Finding>,
    /// The key, as it stands there.
    pub key: String,
    /// The subprotocol to choose: the first that the client offers and the server speaks.
    pub protocol: Option<String>,
    /// The answer to the first offer of permessage-deflate that can be taken up.
    pub deflate: Option<deflate::Answer>,
    /// The offers that are not taken up.
    pub declined: Vec<Declined>,
}

impl RequestVerdict {
    /// Whether the request is accepted.
    pub fn accepted(&self) -> bool {
        self.broken().is_none()
    }

    /// The first requirement by which the request is refused: the one that the answer is about.
    pub fn broken(&self) -> Option<&Finding> {
        self.findings.iter().find(|f| f.fails())
    }
}

/// Judges a request as a server does (RFC 6455 §4.2.1).
pub fn judge_request(request: &Result<Request, Malformed>, policy: &Policy) -> RequestVerdict {
    judge_copied_request(&as_copied(request), policy, false)
}

/// Judges a request that was copied from somewhere. What the text lacks at its beginning or its end does not keep the
/// rest from being judged. `answered` says whether the server has answered it, so that its empty line was there.
pub fn judge_copied_request(
    request: &Copied<Request>,
    policy: &Policy,
    answered: bool,
) -> RequestVerdict {
    let mut verdict = RequestVerdict {
        findings: Vec::new(),
        key: String::new(),
        protocol: None,
        deflate: None,
        declined: Vec::new(),
    };
    let head = match &request.found {
        Found::Whole(Ok(request)) => request.head(),
        Found::HeadersOnly(head) => head,
        Found::Whole(Err(error)) => {
            verdict.findings = broken_syntax(error);
            return verdict;
        }
    };
    let mut judge = Judge::new(head);
    let all = Some(0..head.bytes().len());
    let first = request.whole();
    let syntax = first.map_or(first_line_missing(Role::Server), |_| "The head is HTTP.");
    judge.add(Requirement::Syntax, true, all, syntax);
    judge.size(policy.max_head);
    if let Some(request) = first {
        judge_method(&mut judge, request);
        judge.http_version(&request.version(), request.version_span());
        judge_target(&mut judge, request);
    }
    if let Some((at, host)) = judge.once(Requirement::Host, "Host") {
        // The syntax of Host itself is left to whoever routes by it; an empty one names nobody.
        let message = match &*host {
            "" => "The host is empty.".to_owned(),
            host => format!("The host is `{host}`."),
        };
        judge.add(Requirement::Host, !host.is_empty(), Some(at), message);
    }
    judge.names(Requirement::Upgrade, "Upgrade", "websocket");
    judge.names(Requirement::Connection, "Connection", "Upgrade");
    if let Some((at, version)) = judge.once(Requirement::Version, "Sec-WebSocket-Version") {
        let met = version == "13";
        let needed = if met { "" } else { " RFC 6455 has 13." };
        let message = format!("The version of the protocol is `{version}`.{needed}");
        judge.add(Requirement::Version, met, Some(at), message);
    }
    if judge.place("Sec-WebSocket-Key").is_none() && judge.place("Sec-WebSocket-Key1").is_some() {
        let at = judge.place("Sec-WebSocket-Key1");
        let message = "There is no Sec-WebSocket-Key header. Sec-WebSocket-Key1 is one of a draft of 2010, which nothing speaks any more.";
        judge.add(Requirement::Key, false, at, message);
    } else if let Some((at, key)) = judge.once(Requirement::Key, "Sec-WebSocket-Key") {
        let (met, message) = match key_bytes(&key) {
            _ if key.is_empty() => (false, "The key is empty.".to_owned()),
            Some(bytes) if bytes.len() == KEY_BYTES => {
                (true, "The key is base64 of 16 bytes.".to_owned())
            }
            Some(bytes) => (
                false,
                format!(
                    "The key `{key}` is base64 of {} bytes, not of 16.",
                    bytes.len()
                ),
            ),
            None => (
                false,
                format!(
                    "The key `{key}` is not base64 of 16 bytes, which has 24 characters and ends in `==`."
                ),
            ),
        };
        judge.add(Requirement::Key, met, Some(at), message);
        verdict.key = key;
    }
    judge_origin(&mut judge, policy);
    judge_protocols(&mut judge, policy, &mut verdict);
    judge_extensions(&mut judge, policy, &mut verdict);
    judge.end(request.end, answered);
    verdict.findings = judge.findings;
    verdict
}

fn judge_method(judge: &mut Judge<'_>, request: &Request) {
    let method = request.method();
    let more = match &*method {
        "GET" => "",
        "POST" => {
            " It has to be GET. (curl makes a POST of it when it is given data, as with `-d`.)"
        }
        _ => " It has to be GET.",
    };
    let message = format!("The method is {method}.{more}");
    judge.add(
        Requirement::Method,
        method == "GET",
        Some(request.method_span()),
        message,
    );
}

fn judge_target(judge: &mut Judge<'_>, request: &Request) {
    let target = request.target();
    let begins = |scheme: &str| {
        target
            .get(..scheme.len())
            .is_some_and(|s| s.eq_ignore_ascii_case(scheme))
    };
    let (met, message) = if target.contains('#') {
        (false, format!("The target `{target}` has a fragment."))
    } else if target.starts_with('/') || begins("http://") || begins("https://") {
        (true, format!("The target is `{target}`."))
    } else if begins("ws://") || begins("wss://") {
        // The schemes ws and wss are the client's own (RFC 6455 §3, §4.1).
        (
            false,
            format!(
                "The target `{target}` is an absolute URI of WebSocket; on the wire it is a path, or an absolute URI of http or https."
            ),
        )
    } else {
        (
            false,
            format!(
                "The target `{target}` is neither a path nor an absolute URI of http or https."
            ),
        )
    };
    judge.add(
        Requirement::Target,
        met,
        Some(request.target_span()),
        message,
    );
}

fn judge_origin(judge: &mut Judge<'_>, policy: &Policy) {
    let requirement = Requirement::Origin;
    if judge.place("Origin").is_none() {
        judge.add(
            requirement,
            true,
            None,
            "There is no Origin, so no browser has sent this.",
        );
    } else if let Some((at, origin)) = judge.once(requirement, "Origin") {
        let (met, message) = match &policy.origins {
            None => (
                true,
                format!(
                    "The origin is `{origin}`. Without a list of welcome ones, any is welcome."
                ),
            ),
            // Browsers write scheme and host in lower case, but nothing obliges others to.
            Some(list) if list.iter().any(|o| o.eq_ignore_ascii_case(&origin)) => {
                (true, format!("The origin `{origin}` is welcome."))
            }
            Some(_) => (false, format!("The origin `{origin}` is not on the list.")),
        };
        judge.add(requirement, met, Some(at), message);
    }
}

fn judge_protocols(judge: &mut Judge<'_>, policy: &Policy, verdict: &mut RequestVerdict) {
    let requirement = Requirement::Protocols;
    let at = judge.place("Sec-WebSocket-Protocol");
    let offered = judge.head.protocols();
    if at.is_none() {
        judge.add(requirement, true, None, "No subprotocol is offered.");
        return;
    }
    let mut faults = Vec::new();
    if offered.is_empty() {
        faults.push("The list of subprotocols is empty.".to_owned());
    }
    for (i, name) in offered.iter().enumerate() {
        let before = offered.iter().take(i).filter(|p| *p == name).count();
        if !list::is_token(name) {
            faults.push(format!("The subprotocol `{name}` is not a token."));
        } else if before == 1 {
            faults.push(format!("The subprotocol `{name}` is offered twice."));
        }
    }
    if faults.is_empty() {
        let lines = judge.head.all("Sec-WebSocket-Protocol").count();
        let more = match lines {
            1 => String::new(),
            lines => {
                format!(" The {lines} header lines mean the same as one list (RFC 6455 §11.3.4).")
            }
        };
        let message = format!("Offered: {}.{more}", offered.join(", "));
        judge.add(requirement, true, at.clone(), message);
        verdict.protocol = offered.into_iter().find(|p| policy.protocols.contains(p));
    }
    for message in faults {
        judge.fault(requirement, Fault::ProtocolList, at.clone(), message);
    }
}

fn judge_extensions(judge: &mut Judge<'_>, policy: &Policy, verdict: &mut RequestVerdict) {
    let requirement = Requirement::Extensions;
    let name = "Sec-WebSocket-Extensions";
    let at = judge.place(name);
    let offered = match judge.head.extensions() {
        Ok(offered) => offered,
        Err(error) => {
            let message = format!("The list of extensions is broken: {error}.");
            judge.fault(requirement, Fault::ExtensionList, at, message);
            return;
        }
    };
    let message = match offered.len() {
        0 => "No extension is offered.".to_owned(),
        n => format!("{n} offered."),
    };
    judge.add(requirement, true, at, message);
    judge_offers(judge, &offered);
    for extension in offered {
        let reason = match &policy.deflate {
            _ if extension.name != deflate::NAME => "this server does not know it".to_owned(),
            None => "this server does not compress".to_owned(),
            Some(_) if verdict.deflate.is_some() => "an earlier offer was taken up".to_owned(),
            Some(policy) => {
                let answer = deflate::Offer::read(&extension)
                    .map_err(deflate::Refusal::from)
                    .and_then(|offer| policy.answer(&offer));
                match answer {
                    Ok(answer) => {
                        verdict.deflate = Some(answer);
                        continue;
                    }
                    Err(refusal) => refusal.to_string(),
                }
            }
        };
        verdict.declined.push(Declined {
            extension: extension.to_string(),
            reason,
        });
    }
}

/// Every fault of every offer of permessage-deflate.
fn judge_offers(judge: &mut Judge<'_>, offered: &[Extension]) {
    let requirement = Requirement::Offers;
    let offers = offered.iter().filter(|e| e.name == deflate::NAME);
    let (mut number, mut sound) = (0_usize, true);
    for offer in offers {
        number += 1;
        let at = judge.place_in("Sec-WebSocket-Extensions", &offer.span);
        for error in deflate::Offer::gather(offer).1 {
            sound = false;
            let message = format!("A server has to decline the offer `{offer}`: {error}.");
            judge.fault(
                requirement,
                Fault::Deflate(error.into()),
                at.clone(),
                message,
            );
        }
    }
    if sound {
        let message = match number {
            0 => "Compression is not offered.",
            1 => "The offer of permessage-deflate can be taken up.",
            _ => "Each offer of permessage-deflate can be taken up.",
        };
        let at = judge
            .place("Sec-WebSocket-Extensions")
            .filter(|_| number > 0);
        judge.add(requirement, true, at, message);
    }
}
