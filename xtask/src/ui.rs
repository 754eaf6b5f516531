//! What the person at the terminal sees: headings, durations, sizes, and a sign of life during long silences.

use std::io::{IsTerminal, Write};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

/// Writes a line about progress to standard error. A closed pipe is nobody's problem here.
pub fn say(line: impl AsRef<str>) {
    let _ = writeln!(std::io::stderr(), "{}", line.as_ref());
}

/// Writes a line of results to standard output.
pub fn print(line: impl AsRef<str>) {
    let _ = writeln!(std::io::stdout(), "{}", line.as_ref());
}

/// Writes a heading: what is being done now, and about how long it should take.
pub fn doing(what: &str, about: Option<&str>) {
    let about = about.map(|a| format!(" ({a})")).unwrap_or_default();
    say(bold(&format!("→ {what}{about}")));
}

/// Writes a warning, which stands out.
pub fn warn(what: &str) {
    say(format!("{} {what}", bold("warning:")));
}

/// Bold on a terminal that wants colour, plain elsewhere.
pub fn bold(text: &str) -> String {
    let wanted = std::env::var_os("NO_COLOR").is_none_or(|v| v.is_empty());
    if wanted && std::io::stderr().is_terminal() {
        format!("\x1b[1m{text}\x1b[0m")
    } else {
        text.to_owned()
    }
}

/// A duration as people say it: `0.4 s`, `12 s`, `3 min 05 s`, `1 h 02 min`.
pub fn duration(d: Duration) -> String {
    let seconds = d.as_secs_f64();
    if seconds < 9.95 {
        return format!("{seconds:.1} s");
    }
    let whole = seconds.round() as u64;
    match (whole / 3600, whole / 60 % 60, whole % 60) {
        (0, 0, s) => format!("{s} s"),
        (0, m, s) => format!("{m} min {s:02} s"),
        (h, m, _) => format!("{h} h {m:02} min"),
    }
}

/// A number of bytes, in kB of 1000 bytes from the first thousand on.
pub fn bytes(n: u64) -> String {
    match n {
        0..1_000 => format!("{n} B"),
        1_000..1_000_000 => format!("{:.1} kB", n as f64 / 1e3),
        _ => format!("{:.2} MB", n as f64 / 1e6),
    }
}

/// `1 file`, `2 files`.
pub fn count(n: usize, noun: &str) -> String {
    format!("{n} {noun}{}", if n == 1 { "" } else { "s" })
}

/// Rows in aligned columns, two spaces apart. Columns named in `right` are aligned to the right.
pub fn table(rows: &[Vec<String>], right: &[usize]) -> Vec<String> {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |c: usize| {
        rows.iter()
            .filter_map(|r| r.get(c))
            .map(|cell| cell.chars().count())
            .max()
            .unwrap_or(0)
    };
    let widths: Vec<usize> = (0..columns).map(width).collect();
    rows.iter()
        .map(|row| {
            let cells = row.iter().enumerate().map(|(c, cell)| {
                let pad = " ".repeat(widths[c] - cell.chars().count());
                if right.contains(&c) {
                    pad + cell
                } else {
                    cell.to_owned() + &pad
                }
            });
            let line: Vec<String> = cells.collect();
            line.join("  ").trim_end().to_owned()
        })
        .collect()
}

/// Shows that something silent is still going on: the elapsed time on a terminal, a line each minute elsewhere.
/// Ends when dropped.
pub struct Ticker {
    stop: Option<mpsc::Sender<()>>,
    thread: Option<thread::JoinHandle<()>>,
}

impl Ticker {
    /// Starts to tick.
    pub fn start(label: &str) -> Self {
        let (stop, stopped) = mpsc::channel();
        let label = label.to_owned();
        let thread = thread::spawn(move || {
            let terminal = std::io::stderr().is_terminal();
            let interval = Duration::from_secs(if terminal { 1 } else { 60 });
            let begun = Instant::now();
            let mut shown = false;
            while let Err(mpsc::RecvTimeoutError::Timeout) = stopped.recv_timeout(interval) {
                let elapsed = duration(Duration::from_secs(begun.elapsed().as_secs()));
                if terminal {
                    let _ = write!(std::io::stderr(), "\r\x1b[K  {label}: {elapsed}");
                    let _ = std::io::stderr().flush();
                    shown = true;
                } else {
                    say(format!("  {label}: {elapsed}, still going"));
                }
            }
            if shown {
                let _ = write!(std::io::stderr(), "\r\x1b[K");
                let _ = std::io::stderr().flush();
            }
        });
        Self {
            stop: Some(stop),
            thread: Some(thread),
        }
    }
}

impl Drop for Ticker {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_read_as_spoken() {
        let cases = [
            (0.04, "0.0 s"),
            (9.94, "9.9 s"),
            (9.96, "10 s"),
            (59.6, "1 min 00 s"),
            (65.0, "1 min 05 s"),
            (3725.0, "1 h 02 min"),
        ];
        for (seconds, text) in cases {
            assert_eq!(duration(Duration::from_secs_f64(seconds)), text);
        }
    }

    #[test]
    fn sizes_have_three_digits_or_so() {
        assert_eq!(bytes(0), "0 B");
        assert_eq!(bytes(999), "999 B");
        assert_eq!(bytes(1_000), "1.0 kB");
        assert_eq!(bytes(1_234_567), "1.23 MB");
    }

    #[test]
    fn columns_line_up() {
        let rows = vec![
            vec!["a".to_owned(), "1".to_owned()],
            vec!["größe".to_owned(), "22".to_owned()],
        ];
        assert_eq!(table(&rows, &[1]), ["a       1", "größe  22"]);
    }
}
