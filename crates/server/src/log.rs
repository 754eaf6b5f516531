//! The log: lines that leave the process without anybody waiting for them.
//!
//! No line is worth a client. A line is put into a bounded queue, and a thread of its own writes to standard error. When
//! standard error takes nothing (a full disk, a pipe that nobody reads), lines are dropped and counted; when it can't be
//! written to, that is not an error of the server.

use std::{
    io::{self, Write as _},
    sync::{
        LazyLock,
        mpsc::{self, Receiver, SyncSender, TrySendError},
    },
    time::{Duration, Instant},
};

use prometheus::IntCounter;
use tracing_subscriber::fmt::MakeWriter;

use crate::config::LogFormat;

/// Lines that wait to be written, at most.
const QUEUE: usize = 1024;
/// Bytes of a line that are kept, at most.
const LONGEST: usize = 8 * 1024;

/// Lines that were not written, because too many were waiting. One count for the process, as there is one standard error.
pub static LINES_LOST: LazyLock<IntCounter> = LazyLock::new(|| {
    IntCounter::new(
        "log_lines_lost_total",
        "Log lines dropped because standard error did not take them",
    )
    .expect("a constant name is valid")
});

enum Entry {
    Line(Vec<u8>),
    /// Answered when everything before it is written.
    Flush(SyncSender<()>),
}

/// Hands lines to the thread that writes them.
#[derive(Debug, Clone)]
pub struct Log {
    queue: SyncSender<Entry>,
}

impl Log {
    /// Starts the thread that writes to standard error.
    ///
    /// # Errors
    ///
    /// When the system has no thread to give.
    pub fn to_standard_error(format: LogFormat) -> io::Result<Self> {
        let (queue, entries) = mpsc::sync_channel(QUEUE);
        std::thread::Builder::new()
            .name("log".into())
            .spawn(move || write_all(&entries, format))?;
        Ok(Self { queue })
    }

    /// Writes one line as it is, for a person at a shell.
    pub fn say(&self, line: &str) {
        self.put(format!("{line}\n").as_bytes());
    }

    /// Waits until what was logged is written, but no longer than `time`.
    pub fn flush(&self, time: Duration) {
        let (written, wait) = mpsc::sync_channel(1);
        // A full queue means that nothing gets through.
        if self.queue.try_send(Entry::Flush(written)).is_ok() {
            let _ = wait.recv_timeout(time);
        }
    }

    fn put(&self, line: &[u8]) {
        let line = match line {
            // Cut so that it still ends as a line.
            long if long.len() > LONGEST => [&long[..LONGEST], b"\n"].concat(),
            short => short.to_vec(),
        };
        if let Err(TrySendError::Full(_)) = self.queue.try_send(Entry::Line(line)) {
            LINES_LOST.inc();
        }
    }
}

impl io::Write for &Log {
    /// Never fails, and never waits. The subscriber writes a line at a time.
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.put(line);
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = &'a Log;

    fn make_writer(&'a self) -> Self::Writer {
        self
    }
}

fn write_all(entries: &Receiver<Entry>, format: LogFormat) {
    let mut told = 0;
    let mut stderr = io::stderr();
    while let Ok(entry) = entries.recv() {
        match entry {
            Entry::Line(line) => {
                let _ = stderr.write_all(&line);
            }
            Entry::Flush(written) => {
                let _ = written.try_send(());
            }
        }
        let lost = LINES_LOST.get();
        if lost > told {
            let more = lost - told;
            told = lost;
            let text = format!("{more} log lines were lost: they came faster than they were taken");
            let line = match format {
                LogFormat::Text => format!(" WARN {text}\n"),
                LogFormat::Json => {
                    serde_json::json!({ "level": "WARN", "fields": { "message": text, "lost": more } })
                        .to_string()
                        + "\n"
                }
            };
            let _ = stderr.write_all(line.as_bytes());
        }
    }
}

/// Lets one line a second through, for what can happen thousands of times a second.
#[derive(Debug, Default)]
pub struct Seldom {
    last: Option<Instant>,
    skipped: u64,
}

impl Seldom {
    /// How many lines were skipped since the last one; `None` when this one is to be skipped too.
    pub fn now(&mut self) -> Option<u64> {
        if self
            .last
            .is_some_and(|last| last.elapsed() < Duration::from_secs(1))
        {
            self.skipped += 1;
            return None;
        }
        self.last = Some(Instant::now());
        Some(std::mem::take(&mut self.skipped))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_queue_that_nobody_empties_loses_lines_and_counts_them() {
        let (queue, _entries) = mpsc::sync_channel(2);
        let log = Log { queue };
        let before = LINES_LOST.get();
        for _ in 0..5 {
            log.say("line");
        }
        assert_eq!(LINES_LOST.get() - before, 3);
        log.flush(Duration::ZERO);
    }

    #[test]
    fn one_line_and_then_the_number_of_those_left_out() {
        let mut seldom = Seldom::default();
        assert_eq!(seldom.now(), Some(0));
        assert_eq!((seldom.now(), seldom.now()), (None, None));
        seldom.last = None;
        assert_eq!(seldom.now(), Some(2));
    }
}
