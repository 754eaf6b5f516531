//! The task that listens to Redis, connects again when it is lost, and says who is here.

use std::{
    sync::{Arc, atomic::Ordering},
    time::{Duration, Instant},
};

use futures_util::StreamExt as _;
use redis::aio::{PubSubSink, PubSubStream};
use tokio::{
    sync::mpsc,
    time::{MissedTickBehavior, interval, sleep, timeout},
};

use super::{
    ANSWER, BEAT, Backbone, Names, Request, SILENT,
    script::{room_channel, server_channel},
};
use crate::{App, rooms::room::Said};

/// Longest wait between two attempts to reach Redis.
const LONGEST_WAIT: Duration = Duration::from_secs(2);

/// The task.
pub struct Listener<'a> {
    app: &'a App,
    backbone: &'a Backbone,
    requests: mpsc::UnboundedReceiver<Request>,
}

/// Why listening ended.
enum End {
    Lost(String),
    Shutdown,
}

impl<'a> Listener<'a> {
    /// Not connected yet.
    pub fn new(
        app: &'a Arc<App>,
        backbone: &'a Backbone,
        requests: mpsc::UnboundedReceiver<Request>,
    ) -> Self {
        Self {
            app,
            backbone,
            requests,
        }
    }

    fn instance(&self) -> &str {
        &self.app.rooms.instance
    }

    /// Runs until the server stops.
    pub async fn run(mut self) {
        let mut attempt = 0;
        let mut is_first = true;
        while !self.app.shutdown.is_cancelled() {
            let why = match self.connect().await {
                Ok((sink, stream)) => {
                    attempt = 0;
                    is_first = false;
                    self.set_up(true);
                    tracing::info!("the backbone is there");
                    match self.listen(sink, stream).await {
                        End::Shutdown => return self.say_goodbye().await,
                        End::Lost(why) => why,
                    }
                }
                Err(why) => why,
            };
            let was_up = self.backbone.up.load(Ordering::Relaxed);
            if was_up || is_first {
                tracing::warn!(
                    why,
                    "the backbone is away; rooms go on for this server's own members"
                );
                is_first = false;
            }
            self.set_up(false);
            self.app.rooms.lose_backbone();
            let wait = wait_before(attempt);
            attempt += 1;
            tokio::select! {
                () = sleep(wait) => {}
                () = self.app.shutdown.cancelled() => return,
            }
        }
    }

    fn set_up(&self, up: bool) {
        self.backbone.up.store(up, Ordering::Relaxed);
        self.app.metrics.backbone_up.set(i64::from(up));
    }

    /// Connects, and subscribes to all that is wanted.
    async fn connect(&mut self) -> Result<(PubSubSink, PubSubStream), String> {
        let client = &self.backbone.client;
        let connected = timeout(ANSWER, client.get_async_pubsub()).await;
        let pubsub = match connected {
            Ok(Ok(pubsub)) => pubsub,
            Ok(Err(error)) => return Err(error.to_string()),
            Err(_) => return Err("it does not answer".into()),
        };
        let (mut sink, stream) = pubsub.split();
        // What was asked meanwhile is in the list of all rooms.
        while self.requests.try_recv().is_ok() {}
        subscribe(&mut sink, &server_channel(self.instance())).await?;
        for (room, ..) in self.app.rooms.all() {
            subscribe(&mut sink, &room_channel(&room)).await?;
        }
        for (room, names, last) in self.app.rooms.all() {
            self.sync(&room, last).await?;
            self.say_names(&room, names).await?;
        }
        Ok((sink, stream))
    }

    async fn listen(&mut self, mut sink: PubSubSink, mut stream: PubSubStream) -> End {
        let mut beat = interval(BEAT);
        beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut heard = Instant::now();
        loop {
            let done = tokio::select! {
                biased;
                () = self.app.shutdown.cancelled() => return End::Shutdown,
                message = stream.next() => match message {
                    None => Err("the connection has ended".to_owned()),
                    Some(message) => {
                        heard = Instant::now();
                        let channel = message.get_channel_name().to_owned();
                        // Text that isn't UTF-8 is nobody's of ours.
                        let text = message.get_payload::<String>().unwrap_or_default();
                        self.hear(&channel, &text);
                        Ok(())
                    }
                },
                request = self.requests.recv() => match request {
                    None => return End::Shutdown,
                    Some(request) => self.answer(request, &mut sink).await,
                },
                () = self.backbone.doubt.notified() => self.beat(true).await,
                _ = beat.tick() => match heard.elapsed() > SILENT {
                    true => Err("it is silent".to_owned()),
                    false => self.beat(false).await,
                },
            };
            if let Err(why) = done {
                return End::Lost(why);
            }
        }
    }

    async fn answer(&self, request: Request, sink: &mut PubSubSink) -> Result<(), String> {
        match request {
            Request::Subscribe(room) => {
                subscribe(sink, &room_channel(&room)).await?;
                let last = self.app.rooms.names_and_last(&room).map_or(0, |(_, l)| l);
                self.sync(&room, last).await
            }
            Request::Unsubscribe(room) => {
                // Somebody may have come into a new room of this name.
                if self.app.rooms.names_and_last(&room).is_some() {
                    return Ok(());
                }
                let done = timeout(ANSWER, sink.unsubscribe(room_channel(&room))).await;
                answered(done)
            }
            Request::Names(room) => match self.app.rooms.names_and_last(&room) {
                Some((names, _)) => self.say_names(&room, names).await,
                None => Ok(()),
            },
        }
    }

    async fn sync(&self, room: &str, last: u64) -> Result<(), String> {
        let mut commands = self.backbone.commands().ok_or("there is no connection")?;
        let scripts = &self.backbone.scripts;
        let done = timeout(
            ANSWER,
            scripts.sync(&mut commands, self.instance(), room, last),
        )
        .await;
        answered(done)
    }

    async fn say_names(&self, room: &str, names: Vec<String>) -> Result<(), String> {
        let mut commands = self.backbone.commands().ok_or("there is no connection")?;
        let anybody = !names.is_empty();
        let names = Names {
            server: self.instance().to_owned(),
            names: names.into_iter().collect(),
        };
        // Strings can't fail to be written.
        let json = serde_json::to_string(&names).unwrap_or_default();
        let scripts = &self.backbone.scripts;
        let ms = SILENT.as_millis();
        let said = scripts.names(&mut commands, self.instance(), room, &json, anybody, ms);
        answered(timeout(ANSWER, said).await)
    }

    /// A sign of life, which comes back on the other connection; and who is here.
    async fn beat(&self, only_life: bool) -> Result<(), String> {
        let mut commands = self.backbone.commands().ok_or("there is no connection")?;
        let mut publish = redis::cmd("PUBLISH");
        publish.arg(server_channel(self.instance())).arg("b");
        answered(timeout(ANSWER, publish.query_async::<()>(&mut commands)).await)?;
        if only_life {
            return Ok(());
        }
        for (room, names, _) in self.app.rooms.all() {
            if !names.is_empty() {
                self.say_names(&room, names).await?;
            }
        }
        Ok(())
    }

    /// The members of this server are gone for the others at once, and not when it has been silent for long enough.
    async fn say_goodbye(&self) {
        for (room, names, _) in self.app.rooms.all() {
            if !names.is_empty() && self.say_names(&room, Vec::new()).await.is_err() {
                return;
            }
        }
    }

    /// One message of Redis.
    fn hear(&self, channel: &str, text: &str) {
        let rooms = &self.app.rooms;
        if channel == server_channel(self.instance()) {
            if let Some(sync) = Sync::read(text) {
                for names in sync.names {
                    rooms.heard_names(sync.room, names);
                }
                rooms.sync(sync.room, sync.seq, &sync.history);
            }
            return;
        }
        let Some(room) = channel.strip_prefix(&room_channel("")) else {
            return;
        };
        match text.split_at_checked(2) {
            Some(("m ", rest)) => {
                if let Some((seq, said)) = message(rest) {
                    rooms.receive(room, seq, &said);
                }
            }
            Some(("p ", rest)) => {
                if let Ok(names) = serde_json::from_str(rest) {
                    rooms.heard_names(room, names);
                }
            }
            _ => {}
        }
    }
}

/// How a room is.
struct Sync<'a> {
    room: &'a str,
    seq: u64,
    names: Vec<Names>,
    history: Vec<(u64, Said)>,
}

impl<'a> Sync<'a> {
    fn read(text: &'a str) -> Option<Self> {
        let mut lines = text.split('\n');
        let (room, seq) = lines.next()?.strip_prefix("s ")?.split_once(' ')?;
        let mut sync = Self {
            room,
            seq: seq.parse().ok()?,
            names: Vec::new(),
            history: Vec::new(),
        };
        for line in lines {
            match line.split_at_checked(2) {
                Some(("p ", rest)) => sync.names.extend(serde_json::from_str(rest).ok()),
                Some(("m ", rest)) => sync.history.extend(message(rest)),
                _ => {}
            }
        }
        Some(sync)
    }
}

/// A number and a message.
fn message(text: &str) -> Option<(u64, Said)> {
    let (seq, said) = text.split_once(' ')?;
    Some((seq.parse().ok()?, serde_json::from_str(said).ok()?))
}

async fn subscribe(sink: &mut PubSubSink, channel: &str) -> Result<(), String> {
    answered(timeout(ANSWER, sink.subscribe(channel)).await)
}

fn answered<T>(
    done: Result<redis::RedisResult<T>, tokio::time::error::Elapsed>,
) -> Result<T, String> {
    match done {
        Ok(Ok(done)) => Ok(done),
        Ok(Err(error)) => Err(error.to_string()),
        Err(_) => Err("it does not answer".into()),
    }
}

/// Exponential with full jitter: several servers wait for the same Redis.
fn wait_before(attempt: u32) -> Duration {
    let most = LONGEST_WAIT.min(Duration::from_millis(100) * 2_u32.saturating_pow(attempt.min(8)));
    let mut random = [0; 4];
    if getrandom::fill(&mut random).is_err() {
        return most;
    }
    let share = f64::from(u32::from_le_bytes(random)) / f64::from(u32::MAX);
    Duration::from_millis(20) + most.mul_f64(share)
}
