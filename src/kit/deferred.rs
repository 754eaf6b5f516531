//! Parts of an instrument whose code is fetched when the reader wants them.
//!
//! A part is a function that draws it. [`split_point!`](crate::split_point) marks the function of a part, and
//! [`use_deferred`] fetches it once it is wanted:
//!
//! ```ignore
//! split_point!(frame_composer, fn composer() -> fn(&ComposerProps) -> Html { |props| html! { <Composer ..props.clone()/> } });
//! let composer = use_deferred(composing, composer);
//! composer.view("The composer", |view| view(&props))
//! ```

use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use super::icon::Icon;
use super::load_error::LoadError;

/// Declares a function whose code, and what only this code needs, is a module of its own in the released program: an async
/// function that gives what the body gives, or why it could not be fetched. Several may name the same module.
#[macro_export]
macro_rules! split_point {
    ($(#[$about:meta])* $module:ident, $visible:vis fn $name:ident() -> $part:ty $body:block) => {
        $(#[$about])*
        #[cfg(feature = "split")]
        // The function is exported under its own name, which the language calls unsafe.
        #[allow(unsafe_code)]
        #[wasm_split_helpers::wasm_split($module, fallible)]
        $visible fn $name() -> Result<$part, $crate::kit::load_error::LoadError> {
            Ok($body)
        }

        $(#[$about])*
        #[cfg(not(feature = "split"))]
        $visible async fn $name() -> Result<$part, $crate::kit::load_error::LoadError> {
            Ok($body)
        }
    };
}

/// A part that is wanted or not, there or not. Made by [`use_deferred`].
#[derive(Clone)]
pub struct Deferred<T> {
    fetched: Option<Result<T, LoadError>>,
    again: Callback<MouseEvent>,
}

impl<T> Deferred<T> {
    /// The part, where it is there.
    pub fn ready(&self) -> Option<&T> {
        self.fetched
            .as_ref()
            .and_then(|fetched| fetched.as_ref().ok())
    }

    /// What stands where the part belongs: the part as `draw` draws it; until then a line that says so, or what went wrong
    /// with a way to try again. `name` is what the line calls it.
    pub fn view(&self, name: &str, draw: impl FnOnce(&T) -> Html) -> Html {
        match &self.fetched {
            Some(Ok(part)) => draw(part),
            None => {
                html! { <p class="deferred" role="status">{ format!("{name} is being fetched…") }</p> }
            }
            Some(Err(why)) => html! {
                <p class="deferred deferred--failed" role="alert">
                    { Icon::Warn.view() }
                    { format!(" {name}: {why} ") }
                    <button type="button" class="btn" onclick={self.again.clone()}>{ "Try again" }</button>
                </p>
            },
        }
    }
}

/// Fetches a part as soon as it is wanted, and keeps it from then on.
#[hook]
pub fn use_deferred<T, F>(wanted: bool, load: fn() -> F) -> Deferred<T>
where
    T: Clone + 'static,
    F: Future<Output = Result<T, LoadError>> + 'static,
{
    let fetched = use_state(|| None);
    let attempt = use_state(|| 0u32);
    {
        let fetched = fetched.clone();
        use_effect_with((wanted, *attempt), move |&(wanted, _)| {
            let there = matches!(*fetched, Some(Ok(_)));
            if wanted && !there {
                spawn_local(async move { fetched.set(Some(load().await)) });
            }
        });
    }
    let again = {
        let fetched = fetched.setter();
        Callback::from(move |_: MouseEvent| {
            fetched.set(None);
            attempt.set(attempt.wrapping_add(1));
        })
    };
    Deferred {
        fetched: (*fetched).clone(),
        again,
    }
}
