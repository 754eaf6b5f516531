//! Verdicts and findings, in words and with their signs.

use wasm_bindgen::JsCast;
use web_sys::Element;
use wire::Role;
use wire::deflate::Params;
use wire::handshake::{Finding, Requirement};
use yew::prelude::*;

use super::model::{Judged, behind};
use crate::kit::icon::Icon;
use crate::kit::number::{counted, grouped};
use crate::kit::rfc_link::{rfc_of, rfc_section, rfc_short};
use crate::kit::wire_text::wire_text;

/// What the reader points at: a finding of one side.
pub type Hot = Option<(Side, Requirement)>;

/// Who judges.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The server judges the request.
    Server,
    /// The client judges the response.
    Client,
}

impl Side {
    /// The id of the box with the message that is judged.
    pub fn box_id(self) -> &'static str {
        match self {
            Side::Server => "handshake-request",
            Side::Client => "handshake-response",
        }
    }

    /// The id of the verdict.
    pub fn verdict_id(self) -> &'static str {
        match self {
            Side::Server => "handshake-request-verdict",
            Side::Client => "handshake-response-verdict",
        }
    }

    /// The end that judges.
    pub fn role(self) -> Role {
        match self {
            Side::Server => Role::Server,
            Side::Client => Role::Client,
        }
    }
}

/// The sign of a finding.
fn sign(met: bool) -> Html {
    let (icon, word) = if met {
        (Icon::Check, "met")
    } else {
        (Icon::Warn, "not met")
    };
    html! { <>{ icon.view() }<span class="visually-hidden">{ format!("{word}: ") }</span></> }
}

/// A sentence of the codec: what stands between backticks is on the wire.
fn marked(text: &str) -> Html {
    text.split('`')
        .enumerate()
        .map(|(i, part)| match i % 2 {
            0 => wire_text(part),
            _ => html! { <code>{ wire_text(part) }</code> },
        })
        .collect()
}

/// What the server does.
pub fn server_verdict(judged: &Judged) -> Html {
    let status = judged.answer.status;
    let first = String::from_utf8_lossy(&judged.answer.bytes);
    let line = first.lines().next().unwrap_or_default();
    let words = line.strip_prefix("HTTP/1.1 ").unwrap_or(line).to_owned();
    match judged.request.broken() {
        None => verdict(
            Side::Server,
            true,
            &format!("The server switches: {words}."),
            html! {
                <>
                    { "The request asks for all that a WebSocket needs." }
                    { unended(judged.request_ended) }
                    if behind(&judged.request_wire) > 0 {
                        { format!(
                            " But {} follow the empty line: a client has to wait for the answer before it sends more. ",
                            counted(behind(&judged.request_wire) as u64, "byte", "bytes")
                        ) }
                        { rfc_section("4.1") }
                    }
                </>
            },
        ),
        Some(broken) => verdict(
            Side::Server,
            false,
            &format!("The server refuses: {words}."),
            html! {
                <>
                    { marked(&broken.message) }
                    { format!(" {} ", broken.reason(Role::Server)) }
                    { also(status) }
                    { cite(broken, Role::Server) }
                </>
            },
        ),
    }
}

/// What is said of a head that is accepted though its last empty line is not in the text.
fn unended(ended: bool) -> &'static str {
    match ended {
        true => "",
        false => {
            " The empty line that ends the head is not in the text, as copies often lose it: without it on the wire, the other end waits."
        }
    }
}

/// The section that asks for it.
fn cite(finding: &Finding, judge: Role) -> Html {
    let section = finding.section(judge);
    rfc_short(section.rfc, section.section)
}

/// What a status brings along.
fn also(status: u16) -> &'static str {
    match status {
        405 => "With 405 comes Allow, which names the method that would do. ",
        426 => {
            "With 426 comes the version that the server speaks; the RFC would let it choose another status. "
        }
        _ => "",
    }
}

/// What the client does.
pub fn client_verdict(judged: &Judged) -> Html {
    let told = "A script is told error, then close with 1006: neither the status nor the reason. ";
    let Some(broken) = judged.response.broken() else {
        if let Some(rule) = judged.response.broken_in_browser {
            return verdict(
                Side::Client,
                false,
                "By the browsers’ standard the connection fails.",
                html! {
                    <>
                        { rule.message() }
                        { " By the browsers’ standard it has to. " }{ told }{ rule.measured() }{ " " }
                        <a class="rfc" href={rule.standard()} rel="noopener">{ "the standard" }</a>
                        <br/>
                        <b>{ "By the RFC the connection opens," }</b>{ " and has no subprotocol. Programs that are not browsers open it. " }
                        { rfc_section(rule.rfc_section()) }
                    </>
                },
            );
        }
        if judged.both_open() {
            return verdict(
                Side::Client,
                true,
                "The connection is open.",
                html! {
                    <>
                        { "By the RFC and by the browsers’ standard alike. A script’s open event fires. The next byte, either way, begins a frame." }
                        { unended(judged.response_ended) }
                        if behind(&judged.response_wire) > 0 {
                            { format!(
                                " What follows the empty line, {}, is read as a frame.",
                                counted(behind(&judged.response_wire) as u64, "byte", "bytes")
                            ) }
                        }
                    </>
                },
            );
        }
        return verdict(
            Side::Client,
            true,
            "The client opens the connection.",
            html! { "But the server above would have refused, so somebody else has answered." },
        );
    };
    let unread = (!judged.readable).then_some(
        "The request cannot be read, so the client counts as having asked for nothing. ",
    );
    verdict(
        Side::Client,
        false,
        "The client fails the connection.",
        html! {
            <>
                { marked(&broken.message) }
                { format!(" {} ", broken.reason(Role::Client)) }
                { unread.unwrap_or_default() }
                { told }
                { cite(broken, Role::Client) }
            </>
        },
    )
}

fn verdict(side: Side, good: bool, head: &str, rest: Html) -> Html {
    let (class, icon) = if good {
        (None, Icon::Check)
    } else {
        (Some("bad"), Icon::Warn)
    };
    let label = match side.role() {
        Role::Server => "The server’s verdict",
        Role::Client => "The client’s verdict",
    };
    html! {
        <div id={side.verdict_id()} class={classes!("verdict", class)} role="group" aria-label={label} aria-live="polite">
            <p>{ icon.view() }<b>{ " " }{ wire_text(head) }{ " " }</b>{ rest }</p>
        </div>
    }
}

/// Every requirement: the broken ones with their reasons, the others in a line each.
pub fn findings(side: Side, findings: &[Finding], point: &Callback<Hot>) -> Html {
    let label = match side {
        Side::Server => "What the server requires",
        Side::Client => "What the client requires",
    };
    // One listener for all rows: whichever the pointer or the focus is in lights up its place in the text.
    let to = {
        let (point, list) = (
            point.clone(),
            findings.iter().map(|f| f.requirement).collect::<Vec<_>>(),
        );
        move |target: Option<web_sys::EventTarget>| {
            let name = target
                .and_then(|t| t.dyn_into::<Element>().ok())
                .and_then(|e| e.closest("[data-requirement]").ok().flatten())
                .and_then(|e| e.get_attribute("data-requirement"));
            let found = list.iter().find(|r| Some(r.name()) == name.as_deref());
            point.emit(found.map(|r| (side, *r)));
        }
    };
    let onmouseover = {
        let to = to.clone();
        Callback::from(move |event: MouseEvent| to(event.target()))
    };
    let onfocusin = Callback::from(move |event: FocusEvent| to(event.target()));
    let onmouseleave = point.reform(|_: MouseEvent| None);
    let onfocusout = point.reform(|_: FocusEvent| None);
    let rows = findings.iter().map(|f| {
        let requirement = f.requirement;
        html! {
            <li class={classes!((!f.met).then_some("bad"))} data-requirement={requirement.name()}>
                { sign(f.met) }
                <div>
                    <b>{ requirement.title() }</b>{ " " }{ cite(f, side.role()) }
                    <p>{ marked(&f.message) }</p>
                    if !f.met { <p>{ f.reason(side.role()) }</p> }
                </div>
            </li>
        }
    });
    let (met, all) = (findings.iter().filter(|f| f.met).count(), findings.len());
    html! {
        <section class="handshake-editor__findings" aria-label={label} {onmouseover} {onfocusin} {onmouseleave} {onfocusout}>
            <h3 class="eyebrow">{ format!("{label} · {met} of {all} met") }</h3>
            <ul>
                for row in rows {
                    { row }
                }
            </ul>
        </section>
    }
}

/// What was negotiated.
pub fn agreed(judged: &Judged) -> Html {
    let open = judged.response.accepted();
    let protocol = match (&judged.response.protocol, open) {
        (_, false) => "none".to_owned(),
        (Some(protocol), true) => protocol.clone(),
        (None, true) => "none".to_owned(),
    };
    let deflate = judged.response.deflate.filter(|_| open);
    html! {
        <section aria-label="What is agreed on">
            <h3 class="eyebrow">{ "What is agreed on" }</h3>
            <dl class="facts">
                <dt>{ "Subprotocol" }</dt>
                <dd>{ wire_text(&protocol) }</dd>
                <dt>{ "Compression" }</dt>
                <dd>
                    if let Some(params) = deflate {
                        { "permessage-deflate" }
                        for role in [Role::Client, Role::Server] {
                            <br/><em>{ window(&params, role) }</em>
                        }
                        { " " }{ rfc_of(7692, "7.1") }
                    } else {
                        { "none" }
                    }
                </dd>
                for declined in judged.request.declined.iter() {
                    <dt>{ "Declined" }</dt>
                    <dd>{ wire_text(&declined.extension) }{ " " }<em>{ wire_text(&declined.reason) }</em></dd>
                }
            </dl>
        </section>
    }
}

fn window(params: &Params, role: Role) -> String {
    let size = grouped(1 << params.window_bits(role));
    let keeps = if params.context_takeover(role) {
        "kept from one message to the next"
    } else {
        "empty at each message"
    };
    format!("the {}’s window: {size} bytes, {keeps}", role.name())
}
