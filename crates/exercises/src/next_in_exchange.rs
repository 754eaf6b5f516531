//! What an end may or has to send after the frames so far.

mod bytes;
mod several;
mod words;

use wire::Role;

use crate::draw::Draw;
use crate::{Level, Made};

pub(crate) fn make(level: Level, draw: &mut Draw) -> Made {
    match level {
        Level::First => words::to_one_frame(draw),
        Level::Second => bytes::answer(draw),
        Level::Third => match draw.below(5) {
            0 | 1 => bytes::amid_fragments(draw),
            2 => several::to_several_pings(draw),
            3 => several::within_a_message(draw),
            _ => several::after_its_own_close(draw),
        },
    }
}

/// Either end.
fn end(draw: &mut Draw) -> Role {
    draw.one([Role::Client, Role::Server])
}
