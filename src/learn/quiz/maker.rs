//! What makes exercises: the codec and the models, which only those need who practise or take an exam. In the page it is a module
//! of its own that is fetched then; on the host it is there from the beginning.

use std::sync::OnceLock;

use exercises::{Exercise, Kind, Level};

use crate::split_point;

/// Makes an exercise.
pub type Maker = fn(Kind, Level, u64) -> Exercise;

static MAKER: OnceLock<Maker> = OnceLock::new();

split_point!(
    /// What makes exercises.
    exercises,
    pub fn load_maker() -> Maker {
        exercises::exercise
    }
);

/// Has exercises made by this from now on.
pub fn install(maker: Maker) {
    // Whoever fetches it a second time brings the same.
    let _ = MAKER.set(maker);
}

/// Whether exercises can be made.
pub fn is_there() -> bool {
    cfg!(not(target_arch = "wasm32")) || MAKER.get().is_some()
}

/// Makes an exercise; `None` before what makes them is there.
pub fn make(kind: Kind, level: Level, seed: u64) -> Option<Exercise> {
    #[cfg(not(target_arch = "wasm32"))]
    let maker = MAKER.get_or_init(|| exercises::exercise);
    #[cfg(target_arch = "wasm32")]
    let maker = MAKER.get()?;
    Some(maker(kind, level, seed))
}
