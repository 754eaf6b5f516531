//! The sentences of real reconnections.

use sim::SECOND;
use sim::reconnecting::StormOutput;

use super::settings::{BASE, CAP, MOST_ATTEMPTS, Settings, name};
use crate::kit::number::{counted, fixed, span};
use crate::live::restart_group::{AttemptEnd, MEMBERS, Member, Record, RestartEnd, Stage};

/// Answers to the question, and the seconds from which and below which each is right.
pub const ANSWERS: [(&str, f64, f64); 3] = [
    ("Within 8 s", 0.0, 8.0),
    ("8 to 15 s", 8.0, 15.0),
    ("Later", 15.0, f64::INFINITY),
];

/// Milliseconds as seconds with two decimals.
pub fn seconds(ms: f64) -> String {
    format!("{} s", fixed((ms / 10.0).round() as u64, 2))
}

/// Milliseconds with one decimal.
pub fn ms(ms: f64) -> String {
    format!("{} ms", fixed((ms * 10.0).round() as u64, 1))
}

/// The question, before anything is opened.
pub fn question(settings: &Settings) -> String {
    format!(
        "The server takes {} a second and is away for {}. When is the last of eleven back?",
        settings.takes,
        span(settings.away)
    )
}

/// What they will do, before they do.
pub fn situation(settings: &Settings) -> String {
    let (base, cap) = (span((BASE / 1000) as u32), span((CAP / 1000) as u32));
    let said = match settings.code {
        RestartEnd::GoingAway => "It leaves with 1001.",
        RestartEnd::ServiceRestart => {
            "It leaves with 1012, so each waits between 5 and 30 s before its first attempt, as 1012 asks."
        }
        RestartEnd::TryAgainLater => {
            "It leaves with 1013, which asks you to come back to it only when the user asks. These come back all the same, by their strategy."
        }
        RestartEnd::Cut => "It leaves without a close frame, as a crashed process does.",
    };
    format!(
        "{said} Each connection waits by the strategy “{}”, from {base} up to {cap}, and gives up after {MOST_ATTEMPTS} attempts. A connection that the server does not take gets 503.",
        name(settings.wait)
    )
}

/// What a run was made with.
pub fn set(settings: &Settings) -> String {
    let code = match settings.code.code() {
        Some(code) => code.to_string(),
        None => "no close frame".to_owned(),
    };
    format!(
        "{}, {} a second, away for {}, {code}",
        name(settings.wait),
        settings.takes,
        span(settings.away)
    )
}

/// How far it is, in a sentence that changes seldom enough to be read aloud.
pub fn stage(record: &Record) -> &str {
    match &record.stage {
        Stage::Opening => "Eleven WebSockets are being opened.",
        Stage::Asked => "All eleven are open. One of them has asked for the restart.",
        Stage::Restarted => "The server has closed them all. They are coming back.",
        Stage::Done => "",
        Stage::Stopped => "You stopped it. All are closed.",
        Stage::Failed(why) => why,
    }
}

/// What there is to count while it runs.
pub fn counter(record: &Record) -> String {
    match record.stage {
        Stage::Opening => format!("{} of {MEMBERS} open", record.open()),
        Stage::Asked => format!("{MEMBERS} of {MEMBERS} open"),
        _ => format!(
            "{} of {MEMBERS} back after {}, {}",
            record.back().len(),
            seconds(record.now),
            counted(record.attempts() as u64, "attempt", "attempts")
        ),
    }
}

/// When the last was back, and whether the reader said so.
pub fn verdict(record: &Record, guess: Option<usize>) -> String {
    let back = record.back();
    let away = MEMBERS - back.len();
    let Some(last) = back.last() else {
        return "None of the eleven is back: all gave up.".to_owned();
    };
    if away > 0 {
        return format!(
            "{} of eleven are back, the last of them after {}. The others gave up after {MOST_ATTEMPTS} attempts.",
            back.len(),
            seconds(*last)
        );
    }
    let in_seconds = last / 1000.0;
    let said = match guess.and_then(|guess| ANSWERS.get(guess)) {
        Some((_, least, below)) if (*least..*below).contains(&in_seconds) => "As you said. ",
        Some(_) => "Not what you said. ",
        None => "",
    };
    format!(
        "{said}The last of eleven was back after {}.",
        seconds(*last)
    )
}

/// How many attempts it took.
pub fn attempts(record: &Record) -> String {
    let (all, vain) = (record.attempts() as u64, record.in_vain() as u64);
    let vain = match vain {
        0 => "none of them in vain".to_owned(),
        vain => format!("{vain} of them in vain"),
    };
    format!("They made {}, {vain}.", counted(all, "attempt", "attempts"))
}

/// What the scripts were told.
pub fn codes(record: &Record) -> String {
    let losses = record.members.iter().filter_map(|m| Some(m.loss?.code));
    let refusals = record.members.iter().flat_map(Member::refusals);
    let (losses, refusals) = (tally(losses), tally(refusals));
    let lost = match losses.as_slice() {
        [] => return String::new(),
        [(1006, _)] => {
            "The page’s script was told 1006 when the connections ended: there was no close frame."
                .to_owned()
        }
        [(code, _)] => format!(
            "The page’s script was told {code} when the connections ended, as the server had sent it."
        ),
        several => format!(
            "The page’s script was told {} when the connections ended.",
            listed(several)
        ),
    };
    match refusals.as_slice() {
        [] => lost,
        [(1006, _)] => format!(
            "{lost} For each attempt in vain it was told 1006. The server had answered 503, which a page’s script cannot see."
        ),
        several => format!(
            "{lost} For attempts in vain it was told {}.",
            listed(several)
        ),
    }
}

fn tally(codes: impl Iterator<Item = u16>) -> Vec<(u16, u64)> {
    let mut found: Vec<(u16, u64)> = Vec::new();
    for code in codes {
        match found.iter_mut().find(|(known, _)| *known == code) {
            Some((_, count)) => *count += 1,
            None => found.push((code, 1)),
        }
    }
    found.sort_unstable();
    found
}

fn listed(codes: &[(u16, u64)]) -> String {
    let all: Vec<String> = codes
        .iter()
        .map(|(code, count)| format!("{code} ({})", counted(*count, "time", "times")))
        .collect();
    all.join(", ")
}

/// What the model says of the same.
pub fn model(output: &StormOutput) -> String {
    let last = match output.reconnected.last {
        Some(last) => format!("the last is back after {}", seconds(last as f64 / 1000.0)),
        None => "not all are back".to_owned(),
    };
    format!(
        "By the model {last}, with {}, {} of them in vain. It draws other numbers, and its server answers a handshake only when its work is done.",
        counted(output.attempts, "attempt", "attempts"),
        output.wasted
    )
}

/// The time of the model's last one, in seconds.
pub fn model_end(output: &StormOutput) -> f64 {
    output.reconnected.last.unwrap_or(output.now) as f64 / SECOND as f64
}

/// What one connection did, for the table: how it was lost, each attempt, and where it is now.
pub fn row(member: &Member) -> [String; 3] {
    let lost = member
        .loss
        .map_or("not yet".to_owned(), |loss| loss.code.to_string());
    let attempts: Vec<String> = member
        .attempts
        .iter()
        .map(|attempt| {
            let how = match attempt.ended.map(|ended| ended.how) {
                None => "under way".to_owned(),
                Some(AttemptEnd::Accepted) => "accepted".to_owned(),
                Some(AttemptEnd::Refused(code)) => code.to_string(),
            };
            format!("{} {how}", seconds(attempt.at))
        })
        .collect();
    let attempts = match attempts.is_empty() {
        true => "none".to_owned(),
        false => attempts.join(", "),
    };
    let back = match member.back() {
        Some(at) => seconds(at),
        None if member.gave_up => "gave up".to_owned(),
        None => "not yet".to_owned(),
    };
    [lost, attempts, back]
}

#[cfg(test)]
mod tests {
    use super::*;

    type Attempts = &'static [(f64, bool)];

    fn record(code: u16, first: Attempts) -> Record {
        let mut attempts: [Attempts; MEMBERS] = [&[(500.0, true)]; MEMBERS];
        attempts[0] = first;
        Record::of(code, attempts)
    }

    #[test]
    fn every_time_has_one_answer() {
        for at in [0.0, 7.99, 8.0, 14.99, 15.0, 600.0] {
            let right = ANSWERS
                .iter()
                .filter(|(_, least, below)| (*least..*below).contains(&at));
            assert_eq!(right.count(), 1, "{at}");
        }
    }

    #[test]
    fn the_verdict_says_when_the_last_was_back_and_whether_it_was_said() {
        let late = record(1001, &[(700.0, false), (9000.0, true)]);
        assert_eq!(
            verdict(&late, Some(1)),
            "As you said. The last of eleven was back after 9.01 s."
        );
        assert!(verdict(&late, Some(0)).starts_with("Not what you said. "));
        assert!(verdict(&late, None).starts_with("The last"));
        assert_eq!(attempts(&late), "They made 12 attempts, 1 of them in vain.");
        let mut gone = record(1001, &[(700.0, false)]);
        gone.members[0].gave_up = true;
        assert!(verdict(&gone, Some(0)).starts_with("10 of eleven are back"));
    }

    #[test]
    fn what_the_script_was_told_is_said() {
        let refused = codes(&record(1012, &[(700.0, false), (9000.0, true)]));
        assert!(
            refused.contains("told 1012 when") && refused.contains("503"),
            "{refused}"
        );
        let at_once = codes(&record(1001, &[(700.0, true)]));
        assert!(
            at_once.contains("told 1001") && !at_once.contains("503"),
            "{at_once}"
        );
        assert!(codes(&record(1006, &[(1.0, true)])).contains("no close frame"));
        let mut mixed = record(1001, &[(1.0, true)]);
        if let Some(loss) = &mut mixed.members[0].loss {
            loss.code = 1006;
        }
        assert!(codes(&mixed).contains("1001 (10 times), 1006 (1 time)"));
    }

    #[test]
    fn a_row_has_each_attempt_in_order() {
        let record = record(1012, &[(120.0, false), (700.0, true)]);
        assert_eq!(
            row(&record.members[0]),
            ["1012", "0.12 s 1006, 0.70 s accepted", "0.71 s"]
        );
        assert_eq!(row(&Member::default()), ["not yet", "none", "not yet"]);
    }

    #[test]
    fn the_wait_of_1012_is_said_before() {
        let settings = Settings {
            code: RestartEnd::ServiceRestart,
            ..Settings::default()
        };
        assert!(situation(&settings).contains("between 5 and 30 s"));
        assert_eq!(
            question(&settings),
            "The server takes 2 a second and is away for 2 s. When is the last of eleven back?"
        );
    }
}
