//! A run in the browser: fetches, an event stream, a WebSocket, timers. What to do with them is up to the clients.

use std::cell::RefCell;
use std::rc::{Rc, Weak};

use gloo::events::EventListener;
use gloo::timers::callback::{Interval, Timeout};
use protocol::Transport;
use protocol::transports::RunRestart;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::spawn_local;
use web_sys::{
    AbortController, CloseEvent, Event as DomEvent, EventSource, MessageEvent, WebSocket,
};

use super::client::{Action, Event};
use super::plan::{self, Plan};
use super::race::{Race, Stage};
use super::reading;
use crate::kit::browser;
use crate::live::browser_io::{Socket, ask, now, said};

/// How often the page is shown what has come, in milliseconds.
const SHOW_MS: u32 = 200;
/// The server is asked for its count each time the page has been shown this often.
const ASK_EVERY: u32 = 5;

/// A run. Dropping it closes all that it has open.
pub struct RaceDriver(Rc<Inner>);

struct Inner {
    /// For callbacks, which must not keep it alive.
    me: Weak<Inner>,
    changed: Box<dyn Fn(&Race)>,
    race: RefCell<Race>,
    run: RefCell<String>,
    held: RefCell<Held>,
}

/// What is held of the browser. Dropping a part lets go of it.
#[derive(Default)]
struct Held {
    /// One for each client, and which of its actions that is: what comes of an earlier one is not heard.
    clients: Vec<(u32, Option<Holding>)>,
    /// What a listener let go of while it ran; it must outlive that call.
    let_go: Vec<Holding>,
    ticker: Option<Interval>,
    ticks: u32,
    asking: bool,
}

/// What a client has open.
enum Holding {
    Request(AbortController),
    Stream(
        EventSource,
        #[allow(dead_code, reason = "held for its drop")] Vec<EventListener>,
    ),
    Socket(Socket),
    Timer(#[allow(dead_code, reason = "held for its drop")] Timeout),
}

impl Holding {
    fn close(&self) {
        match self {
            Holding::Request(controller) => controller.abort(),
            Holding::Stream(source, _) => source.close(),
            // Without arguments there is nothing to refuse.
            Holding::Socket(socket) => drop(socket.ws.close()),
            Holding::Timer(_) => {}
        }
    }
}

impl Drop for Holding {
    fn drop(&mut self) {
        self.close();
    }
}

impl RaceDriver {
    /// Asks the server for a run and has the clients read it. `changed` hears of what happens after this call.
    pub fn start(plan: Plan, changed: impl Fn(&Race) + 'static) -> RaceDriver {
        let race = Race::new(plan);
        let clients = race.clients.iter().map(|_| (0, None)).collect();
        let inner = Rc::new_cyclic(|me| Inner {
            me: me.clone(),
            changed: Box::new(changed),
            race: RefCell::new(race),
            run: RefCell::default(),
            held: RefCell::new(Held {
                clients,
                ..Held::default()
            }),
        });
        let me = inner.me.clone();
        spawn_local(async move {
            let sent = now();
            let answer = ask("POST", &plan::runs(), Some(&reading::new_run(&plan)), None).await;
            if let Some(inner) = me.upgrade() {
                inner.began(sent, answer);
            }
        });
        RaceDriver(inner)
    }

    /// Closes everything.
    pub fn stop(&self) {
        self.0.end(Stage::Stopped);
    }

    /// Has the server of this run restart: it is away for so many milliseconds.
    pub fn restart(&self, down_ms: u32) {
        let (path, body) = plan::restart(&self.0.run.borrow(), RunRestart { down_ms });
        let me = self.0.me.clone();
        self.0.race.borrow_mut().restarts.push((now(), down_ms));
        spawn_local(async move {
            let trouble = match ask("POST", &path, Some(&body), None).await {
                Ok((200..300, _)) => return,
                Ok((status, body)) => reading::refusal(status, &body),
                Err(why) => why,
            };
            if let Some(inner) = me.upgrade() {
                inner.race.borrow_mut().restarts.pop();
                inner.race.borrow_mut().trouble =
                    Some(format!("The server was not restarted. {trouble}"));
                inner.show();
            }
        });
    }
}

impl Inner {
    fn began(&self, sent: f64, answer: Result<(u16, String), String>) {
        let got = now();
        if self.race.borrow().stage != Stage::Starting {
            return;
        }
        let run = answer.and_then(|(status, body)| reading::run_of(status, &body));
        let run = match run {
            Ok(run) => run,
            Err(why) => return self.end(Stage::Failed(why)),
        };
        self.run.replace(run.run);
        let count = {
            let mut race = self.race.borrow_mut();
            race.clock.asked(sent, got, run.us);
            race.stage = Stage::Running;
            race.now = got;
            race.clients.len()
        };
        for client in 0..count {
            let action = self.race.borrow_mut().clients[client].start(now());
            self.act(client, action);
        }
        let me = self.me.clone();
        let ticker = Interval::new(SHOW_MS, move || {
            if let Some(inner) = me.upgrade() {
                inner.tick();
            }
        });
        self.held.borrow_mut().ticker = Some(ticker);
        self.show();
    }

    /// Shows what has come, lets those rest who have all, asks for the count now and then, and ends in the end.
    fn tick(&self) {
        let at = now();
        let old = std::mem::take(&mut self.held.borrow_mut().let_go);
        drop(old);
        self.race.borrow_mut().now = at;
        let count = self.race.borrow().clients.len();
        for client in 0..count {
            let race = self.race.borrow();
            let rests = race.has_all(&race.clients[client]);
            drop(race);
            if rests {
                self.let_rest(client, at);
            }
        }
        if self.race.borrow().is_over() {
            self.end(Stage::Done);
            return;
        }
        let asks = {
            let mut held = self.held.borrow_mut();
            held.ticks += 1;
            held.ticks % ASK_EVERY == 1 && !held.asking
        };
        if asks {
            self.ask_cost();
        }
        self.show();
    }

    fn let_rest(&self, client: usize, at: f64) {
        let old = {
            let mut held = self.held.borrow_mut();
            let (turn, holding) = &mut held.clients[client];
            *turn += 1;
            holding.take()
        };
        drop(old);
        self.race.borrow_mut().clients[client].rest(at);
    }

    fn ask_cost(&self) {
        self.held.borrow_mut().asking = true;
        let (me, path) = (self.me.clone(), plan::cost(&self.run.borrow()));
        spawn_local(async move {
            let sent = now();
            let answer = ask("GET", &path, None, None).await;
            let got = now();
            let Some(inner) = me.upgrade() else { return };
            inner.held.borrow_mut().asking = false;
            if let Ok((200, body)) = answer
                && let Some(cost) = reading::cost(&body)
            {
                let mut race = inner.race.borrow_mut();
                race.clock.asked(sent, got, cost.us);
                race.counted(cost);
            }
            inner.show();
        });
    }

    /// Does what a client wants.
    fn act(&self, client: usize, action: Action) {
        if action == Action::Stay {
            return;
        }
        let turn = {
            let mut held = self.held.borrow_mut();
            let (turn, old) = &mut held.clients[client];
            *turn += 1;
            let (turn, old) = (*turn, old.take());
            if let Some(old) = old {
                old.close();
                held.let_go.push(old);
            }
            turn
        };
        let opened = match action {
            Action::Stay | Action::Rest => return,
            Action::Wait(ms) => {
                let me = self.me.clone();
                Ok(Holding::Timer(Timeout::new(ms, move || {
                    if let Some(inner) = me.upgrade() {
                        inner.hear(client, turn, Event::Waited);
                    }
                })))
            }
            Action::Ask(transport, after) => {
                let path = {
                    let race = self.race.borrow();
                    race.plan.path(transport, &self.run.borrow(), after)
                };
                match transport {
                    Transport::Polling | Transport::LongPolling => self.fetch(client, turn, path),
                    Transport::Sse => self.listen(client, turn, &path),
                    Transport::Websocket => self.connect(client, turn, &path),
                }
            }
        };
        match opened {
            Ok(holding) => self.held.borrow_mut().clients[client].1 = Some(holding),
            Err(why) => self.end(Stage::Failed(why)),
        }
    }

    fn fetch(&self, client: usize, turn: u32, path: String) -> Result<Holding, String> {
        let controller = AbortController::new().map_err(|error| said(&error))?;
        let (me, signal) = (self.me.clone(), controller.signal());
        spawn_local(async move {
            let answer = ask("GET", &path, None, Some(&signal)).await;
            let event = match answer {
                Ok((status, body)) => Event::Answered(status, reading::messages(&body)),
                Err(_) => Event::Unanswered,
            };
            if let Some(inner) = me.upgrade() {
                inner.hear(client, turn, event);
            }
        });
        Ok(Holding::Request(controller))
    }

    fn listen(&self, client: usize, turn: u32, path: &str) -> Result<Holding, String> {
        let source = EventSource::new(path).map_err(|error| said(&error))?;
        let broken = source.clone();
        let listeners = vec![
            self.on(&source, client, turn, "open", |_| Some(Event::Opened)),
            self.on(&source, client, turn, "message", message_of),
            self.on(&source, client, turn, "end", |_| Some(Event::Over)),
            self.on(&source, client, turn, "error", move |_| {
                Some(match broken.ready_state() {
                    EventSource::CLOSED => Event::GaveUp,
                    _ => Event::Reconnects,
                })
            }),
        ];
        Ok(Holding::Stream(source, listeners))
    }

    fn connect(&self, client: usize, turn: u32, path: &str) -> Result<Holding, String> {
        let ws = WebSocket::new(&browser::websocket_url(path)).map_err(|error| said(&error))?;
        let listeners = vec![
            self.on(&ws, client, turn, "open", |_| Some(Event::Opened)),
            self.on(&ws, client, turn, "message", message_of),
            self.on(&ws, client, turn, "close", |event| {
                let code = event.dyn_ref::<CloseEvent>().map(CloseEvent::code);
                Some(Event::Closed(code.unwrap_or(1006)))
            }),
        ];
        Ok(Holding::Socket(Socket {
            ws,
            _listeners: listeners,
        }))
    }

    fn on(
        &self,
        target: &web_sys::EventTarget,
        client: usize,
        turn: u32,
        name: &'static str,
        read: impl Fn(&DomEvent) -> Option<Event> + 'static,
    ) -> EventListener {
        let me = self.me.clone();
        EventListener::new(target, name, move |event| {
            if let (Some(inner), Some(event)) = (me.upgrade(), read(event)) {
                inner.hear(client, turn, event);
            }
        })
    }

    fn hear(&self, client: usize, turn: u32, event: Event) {
        let at = now();
        if self.held.borrow().clients[client].0 != turn {
            return;
        }
        let action = {
            let mut race = self.race.borrow_mut();
            if race.stage != Stage::Running {
                return;
            }
            let plan = race.plan;
            race.clients[client].hear(&plan, event, at, js_sys::Math::random())
        };
        self.act(client, action);
    }

    /// Closes all, and asks a last time what it has cost. What is let go of may be a listener at work: a timer does it.
    fn end(&self, stage: Stage) {
        let at = now();
        let had_run = {
            let mut race = self.race.borrow_mut();
            if !race.goes_on() {
                return;
            }
            let had_run = race.stage == Stage::Running;
            race.stage = stage;
            race.now = at;
            for client in &mut race.clients {
                client.rest(at);
            }
            had_run
        };
        let old = {
            let mut held = self.held.borrow_mut();
            let mut old = std::mem::take(&mut held.let_go);
            for (turn, holding) in &mut held.clients {
                *turn += 1;
                old.extend(holding.take());
            }
            (old, held.ticker.take())
        };
        for holding in &old.0 {
            holding.close();
        }
        Timeout::new(0, move || drop(old)).forget();
        if had_run {
            let me = self.me.clone();
            // The server has to hear of what was closed.
            let last = Timeout::new(SHOW_MS, move || {
                if let Some(inner) = me.upgrade() {
                    inner.ask_cost();
                }
            });
            last.forget();
        }
        self.show();
    }

    fn show(&self) {
        let race = self.race.borrow().clone();
        (self.changed)(&race);
    }
}

fn message_of(event: &DomEvent) -> Option<Event> {
    let data = event.dyn_ref::<MessageEvent>()?.data().as_string()?;
    reading::message(&data).map(Event::Message)
}
