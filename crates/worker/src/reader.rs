//! Reading what was pasted, as a run.

use notation::task::{NAME, Task};
use sim::job::{Run, decode, encode};

/// A task, and its answer once it is done.
struct Reading {
    task: Option<Task>,
    answer: Vec<u8>,
}

impl Run for Reading {
    fn advance(&mut self, _events: u32) -> bool {
        if let Some(task) = self.task.take() {
            self.answer = encode(&task.run());
        }
        true
    }

    fn progress(&self) -> f64 {
        0.0
    }

    fn output(&self) -> Vec<u8> {
        self.answer.clone()
    }
}

/// Starts a [`Task`] that was encoded.
///
/// # Errors
/// Where it is none.
pub fn start(name: &str, params: &[u8]) -> Result<Box<dyn Run>, String> {
    match decode::<Task>(params) {
        Some(task) if name == NAME => Ok(Box::new(Reading {
            task: Some(task),
            answer: Vec::new(),
        })),
        _ => Err(format!("The reader does not know “{name}”.")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use notation::task::Answer;

    #[test]
    fn a_task_is_answered_and_anything_else_is_refused() {
        let task = Task::Inspect("<Buffer 81 05>".to_owned());
        let Ok(mut run) = start(NAME, &encode(&task)) else {
            panic!("the reader refuses a task");
        };
        assert!(run.advance(1));
        assert_eq!(decode::<Answer>(&run.output()), Some(task.run()));
        assert!(start("storm", &encode(&task)).is_err());
        assert!(start(NAME, &[0xff]).is_err());
    }
}
