//! What a program that reads beside the page is asked, and what it answers: long texts take longer than a frame of the screen.

use serde::{Deserialize, Serialize};

use crate::{Form, ParseError, Pasted, Reading, Refused, inspect, inspect_file, read, read_as};

/// The name by which the page starts a [`Task`].
pub const NAME: &str = "read";

/// Something to be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Task {
    /// Find out what a text is.
    Inspect(String),
    /// Find out what a file holds.
    InspectFile(#[serde(with = "serde_bytes")] Vec<u8>),
    /// Read the bytes of a text, in this form or in the one that it has. The number is the most bytes that are wanted.
    Read(String, Option<Form>, usize),
}

/// What comes of a [`Task`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Answer {
    /// What a text or a file was found to be.
    Inspected(Result<Pasted, Refused>),
    /// The bytes of a text.
    Read(Result<Reading, ParseError>),
}

impl Task {
    /// Does it.
    pub fn run(&self) -> Answer {
        match self {
            Task::Inspect(text) => Answer::Inspected(inspect(text)),
            Task::InspectFile(bytes) => Answer::Inspected(inspect_file(bytes)),
            Task::Read(text, Some(form), most) => Answer::Read(read_as(text, *form, *most)),
            Task::Read(text, None, most) => Answer::Read(read(text, *most)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Through the encoding and back, as between a page and its worker.
    fn crossed<T: Serialize + serde::de::DeserializeOwned>(value: &T) -> T {
        postcard::from_bytes(&postcard::to_allocvec(value).unwrap()).unwrap()
    }

    #[test]
    fn what_crosses_to_a_worker_and_back_is_the_same() {
        let handshake = "GET / HTTP/1.1\r\nHost: a.example\r\nUpgrade: websocket";
        let tasks = [
            Task::Inspect("<Buffer 81 05 48 65 ... 3 more bytes>".to_owned()),
            Task::Inspect(
                "> 81 85 37 fa 21 3d 7f 9f 4d 51 58\n< 81 05 48 65 6c 6c 6f\n".to_owned(),
            ),
            Task::Inspect(handshake.to_owned()),
            Task::Inspect("1006".to_owned()),
            Task::Inspect("The socket was closed.".to_owned()),
            Task::Inspect(String::new()),
            Task::InspectFile(vec![0x81, 0, 0xff]),
            Task::Read("8105".to_owned(), Some(Form::Base64), 16),
            Task::Read("81 0".to_owned(), None, 16),
        ];
        for task in tasks {
            assert_eq!(crossed(&task), task);
            let answer = task.run();
            assert_eq!(crossed(&answer), answer);
        }
    }
}
