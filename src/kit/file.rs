//! Files that the page gives away. Called from callbacks only.

use gloo::timers::callback::Timeout;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Blob, BlobPropertyBag, HtmlAnchorElement, Url};

/// How long a file can be read after it was given away, in milliseconds.
const KEPT_MS: u32 = 30_000;

/// Gives a file away. The error says why it could not.
pub fn download(name: &str, kind: &str, text: &str) -> Result<(), String> {
    let gave = || -> Result<(), JsValue> {
        let parts = js_sys::Array::of1(&JsValue::from_str(text));
        let options = BlobPropertyBag::new();
        options.set_type(kind);
        let blob = Blob::new_with_str_sequence_and_options(&parts, &options)?;
        let url = Url::create_object_url_with_blob(&blob)?;
        let link: HtmlAnchorElement = gloo::utils::document().create_element("a")?.dyn_into()?;
        link.set_href(&url);
        link.set_download(name);
        link.click();
        // Not at once: a browser begins to read a little later.
        let revoke = move || Url::revoke_object_url(&url).unwrap_or_default();
        Timeout::new(KEPT_MS, revoke).forget();
        Ok(())
    };
    gave().map_err(|_| "this browser gives no files to pages like this one".to_owned())
}
