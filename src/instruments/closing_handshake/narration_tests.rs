//! Every moment has words.

use sim::{MINUTE, SECOND};

use super::event_log::{LogEvent, Run, Segment};
use super::narration::{clock, told};
use super::scenario::every_choice;

#[test]
fn spans() {
    for (at, text) in [
        (0, "0 ms"),
        (7_500, "7.5 ms"),
        (350_000, "350 ms"),
        (1_250_000, "1,250 ms"),
        (60 * SECOND, "60 s"),
        (60_250_000, "60.2 s"),
        (2 * MINUTE, "2 min"),
        (924_600_000, "15 min 25 s"),
    ] {
        assert_eq!(clock(at), text);
    }
}

#[test]
fn every_moment_but_an_acknowledgement_has_words() {
    for scenario in every_choice() {
        let run = Run::new(&scenario);
        for at in run.moments() {
            let mut entries = run.log.iter().filter(|e| e.at == at);
            let quiet = entries.all(|e| match &e.what {
                LogEvent::Lost(_) => true,
                LogEvent::Arrives(n) => run.segments[*n].segment == Segment::Ack,
                _ => false,
            });
            let told = told(&run, at);
            let words = told
                .iter()
                .all(|t| !t.title.is_empty() && !t.text.is_empty());
            assert!(words && (quiet || !told.is_empty()), "{scenario:?} at {at}");
        }
    }
}
