//! When people think that a heartbeat notices.

use super::{Happens, Notice, Watch};
use crate::choices::Choices;

/// The right moment, and those that mistakes lead to.
pub(super) fn of(watch: &Watch) -> Choices {
    let right = watch.right();
    let mut choices = Choices::right(right.text(), why(watch));
    match watch.what {
        Happens::SomeTime => bounds(watch, &mut choices),
        _ => moments(watch, &mut choices),
    }
    choices
}

fn why(watch: &Watch) -> String {
    let next = watch.next_asked();
    let (question, answer) = watch.question();
    match watch.what {
        Happens::PowerLost | Happens::CablePulled if watch.allowed == 0 => format!(
            "The {question} at {next} s is the first in vain, and {} s later its {answer} is \
             missed.",
            watch.timeout
        ),
        Happens::PowerLost | Happens::CablePulled => format!(
            "The {question} at {next} s is the first in vain, and the one at {} s the last that \
             is allowed for; {} s later it is missed.",
            next + watch.allowed * watch.interval,
            watch.timeout
        ),
        Happens::CableBack(back) => format!(
            "While the cable is out, until {back} s, nothing is sent. The {question} at {next} \
             s is answered as ever."
        ),
        Happens::Crash => {
            "A kernel outlives its processes and sends a FIN at once. The server need not wait \
             for anything."
                .to_owned()
        }
        Happens::NotAsking => format!(
            "The {} asks nobody, so it misses nothing. Only the {}, which waits for each \
             {answer}, finds out.",
            watch.asked(),
            watch.asking()
        ),
        Happens::SomeTime if watch.allowed == 0 => format!(
            "The first {question} in vain is waited for {} s, and up to an interval may pass \
             before it leaves.",
            watch.timeout
        ),
        Happens::SomeTime => format!(
            "From the first {question} in vain it takes {} · {} s and the timeout of {} s, and \
             up to an interval may pass before that {question} leaves.",
            watch.allowed, watch.interval, watch.timeout
        ),
    }
}

/// Wrong answers to the question for a moment.
fn moments(watch: &Watch, choices: &mut Choices) {
    let Watch {
        interval,
        timeout,
        allowed,
        at,
        ..
    } = *watch;
    let next = watch.next_asked();
    let (question, answer) = watch.question();
    let dies = matches!(watch.what, Happens::PowerLost | Happens::CablePulled);
    // A mistake is explained by the fault that it overlooks.
    let but = match watch.what {
        Happens::PowerLost | Happens::CablePulled | Happens::SomeTime => String::new(),
        Happens::CableBack(back) => format!(" But by then the cable is back, since {back} s."),
        Happens::Crash => format!(" But the kernel's FIN comes first, at {at} s."),
        Happens::NotAsking => format!(" But the {} waits for no {answer}.", watch.asked()),
    };
    let mut add = |moment: u64, why: String| {
        if moment >= at {
            choices.add(Notice::At(moment).text(), why + &but);
        }
    };
    add(
        at + timeout,
        format!(
            "The timeout of {timeout} s was counted from the fault. It runs from a {question}, \
             and the next leaves at {next} s."
        ),
    );
    add(
        next,
        format!(
            "At {next} s the next {question} leaves. That its {answer} does not come shows \
             {timeout} s later at the earliest."
        ),
    );
    add(
        next - interval + timeout,
        format!(
            "The timeout was counted from the {question} at {} s. That one was answered before \
             the fault.",
            next - interval
        ),
    );
    add(
        at + interval + timeout,
        format!(
            "A whole interval and the timeout were counted from the fault. The next {question} \
             leaves sooner, at {next} s."
        ),
    );
    if dies {
        add(
            at,
            format!(
                "Nothing tells an end that the other is gone: no packet leaves because of it. \
                 The next {question} is at {next} s."
            ),
        );
        if allowed > 0 {
            add(
                next + timeout,
                format!(
                    "That is the first miss. {allowed} in a row are allowed, so it takes \
                     {allowed} more."
                ),
            );
            add(
                next + (allowed - 1) * interval + timeout,
                format!(
                    "That is miss number {allowed}, which is still allowed. The side gives up \
                     at number {}.",
                    allowed + 1
                ),
            );
            add(
                next + allowed * interval,
                format!(
                    "Then the {question} leaves that counts. Its {answer} is waited for \
                     {timeout} s more."
                ),
            );
            add(
                next + (allowed + 1) * timeout,
                format!(
                    "The next {question} does not leave when a timeout is over, but {interval} \
                     s after the one before."
                ),
            );
        }
        add(
            next + (allowed + 1) * interval + timeout,
            match allowed {
                0 => format!(
                    "One interval too many: no miss is allowed, so the {question} at {next} s \
                     is enough."
                ),
                _ => format!(
                    "One interval too many: the {question} at {next} s is the first in vain, \
                     and {allowed} more are enough."
                ),
            },
        );
    } else {
        add(
            watch.gives_up(),
            format!(
                "That is when a side that asks would give up on an end that is silent: the \
                 {question} at {next} s is the first in vain."
            ),
        );
    }
    choices.add(
        Notice::Never.text(),
        match watch.what {
            Happens::Crash => "The server does hear of it: a process that ends leaves its \
                kernel to close what it had open."
                .to_owned(),
            _ => format!(
                "Each {question} is sent whether or not anybody is there, and the one at {next} \
                 s has no {answer}. That is what it is for."
            ),
        },
    );
}

/// Wrong answers to the question for bounds.
fn bounds(watch: &Watch, choices: &mut Choices) {
    let Watch {
        interval,
        timeout,
        allowed,
        ..
    } = *watch;
    let (question, answer) = watch.question();
    let mut add =
        |least: u64, most: u64, why: String| choices.add(Notice::Between(least, most).text(), why);
    let waits = allowed * interval;
    add(
        waits,
        waits + interval,
        format!(
            "The timeout was forgotten: the last {question} is waited for {timeout} s, whenever \
             it leaves."
        ),
    );
    add(
        waits + interval,
        waits + interval + timeout,
        format!(
            "The least was counted with a whole interval before the first {question} in vain. \
             With luck it leaves at once."
        ),
    );
    add(
        waits + timeout,
        waits + 2 * timeout,
        format!(
            "What varies is when the next {question} leaves, and that is an interval of \
             {interval} s and not the timeout."
        ),
    );
    add(
        waits + interval + timeout,
        waits + 2 * interval + timeout,
        format!(
            "One {question} too many: after {allowed} allowed the next miss is the last, {} in \
             all.",
            allowed + 1
        ),
    );
    if allowed > 0 {
        add(
            timeout,
            interval + timeout,
            format!(
                "That is the first miss. {allowed} in a row are allowed before the {answer} \
                 that counts."
            ),
        );
        add(
            (allowed + 1) * timeout,
            interval + (allowed + 1) * timeout,
            format!(
                "From one {question} to the next it takes {interval} s, and not the timeout of \
                 {timeout} s."
            ),
        );
    }
    add(
        0,
        waits + interval + timeout,
        format!(
            "Even with luck the {} has to wait for the {answer}, so it takes {} s at the least.",
            watch.asking(),
            waits + timeout
        ),
    );
}
