//! The WebSocket of a run, and its tap.

use gloo_events::EventListener;
use protocol::LabFault;
use wasm_bindgen::JsCast;

use super::Runner;
use crate::instruments::lab::run::{Phase, Run, Said};
use crate::live::entry::Told;
use crate::live::net::{BROKEN, Heard, Socket, Tap, now, said};

/// How long a connection that is open is watched, in milliseconds. Every fault comes sooner.
const WATCH_MS: u32 = 4_000;
/// The same for a message that has to be inflated first.
const INFLATE_MS: u32 = 30_000;
/// How long it is watched after a message, in milliseconds.
const AFTER_MESSAGE_MS: u32 = 1_500;

impl Runner {
    fn listen(
        &self,
        target: &web_sys::EventTarget,
        name: &'static str,
        then: impl Fn(&Runner, &web_sys::Event) + 'static,
    ) -> EventListener {
        let (me, round) = (self.me.clone(), self.io.borrow().round);
        EventListener::new(target, name, move |event| {
            if let Some(runner) = me.upgrade()
                && runner.is_in(round)
            {
                then(&runner, event);
            }
        })
    }

    pub(super) fn tap(&self, path: &str) {
        let (me, round) = (self.me.clone(), self.io.borrow().round);
        let tap = Tap::open(path, move |heard| {
            if let Some(runner) = me.upgrade()
                && runner.is_in(round)
            {
                runner.tapped(heard);
            }
        });
        match tap {
            Ok(tap) => self.io.borrow_mut().tap = Some(tap),
            Err(why) => self.with_run(|run, _| run.lose_sight(why)),
        }
    }

    fn tapped(&self, heard: Heard) {
        match heard {
            Heard::Event(event) => {
                self.with_run(|run, _| run.tap(event));
                if self.of_run(Run::tap_ended) == Some(true) {
                    self.io.borrow_mut().tap = None;
                    self.over();
                }
            }
            Heard::Unread(why) => self.blind(format!("The tap is left: {why}.")),
            Heard::Broken => self.blind(BROKEN.into()),
        }
    }

    fn blind(&self, why: String) {
        self.io.borrow_mut().tap = None;
        self.with_run(|run, _| run.lose_sight(why));
        self.over();
    }

    pub(super) fn open(&self, url: &str) {
        self.io.borrow_mut().zero = now();
        let ws = match web_sys::WebSocket::new(url) {
            Ok(ws) => ws,
            Err(error) => {
                let why = format!(
                    "The browser does not connect to this address: {}.",
                    said(&error).trim_end_matches('.')
                );
                self.with_run(|run, _| run.phase = Phase::Failed(why));
                self.next();
                return;
            }
        };
        ws.set_binary_type(web_sys::BinaryType::Arraybuffer);
        let listeners = vec![
            self.listen(&ws, "open", |runner, _| {
                runner.with_run(|run, ms| run.script(ms, Said::Open));
                let bomb = runner.of_run(|run| run.fault.fault == LabFault::DeflateBomb);
                let watch = if bomb == Some(true) {
                    INFLATE_MS
                } else {
                    WATCH_MS
                };
                runner.after(watch, Runner::settle);
            }),
            self.listen(&ws, "message", |runner, event| {
                let Some(event) = event.dyn_ref::<web_sys::MessageEvent>() else {
                    return;
                };
                let data = event.data();
                // Only its length is asked for: the bomb stays where it is.
                let (text, len) = match data.as_string() {
                    Some(text) => (true, text.len() as u64),
                    None => match data.dyn_ref::<js_sys::ArrayBuffer>() {
                        Some(buffer) => (false, u64::from(buffer.byte_length())),
                        None => return,
                    },
                };
                runner.with_run(|run, ms| run.script(ms, Said::Message { text, len }));
                runner.after(AFTER_MESSAGE_MS, Runner::settle);
            }),
            self.listen(&ws, "error", |runner, _| {
                runner.with_run(|run, ms| run.script(ms, Said::Error));
            }),
            self.listen(&ws, "close", |runner, event| {
                if let Some(event) = event.dyn_ref::<web_sys::CloseEvent>() {
                    let told = Told {
                        code: event.code(),
                        reason: event.reason(),
                        clean: event.was_clean(),
                    };
                    runner.with_run(|run, ms| run.script(ms, Said::Close(told)));
                    runner.over();
                }
            }),
        ];
        self.io.borrow_mut().socket = Some(Socket {
            ws,
            _listeners: listeners,
        });
    }
}
