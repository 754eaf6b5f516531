//! The frame around every instrument: toolbar, problems, body, foot, and links to what it shows.

use gloo::events::{EventListener, EventListenerOptions};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};
use yew::prelude::*;
use yew_router::prelude::*;

use super::browser;
use super::copy::CopyButton;

/// A sentence for each thing that cannot be used.
pub fn problems(problems: &[String]) -> Html {
    html! {
        if !problems.is_empty() {
            <div class="problems" role="status">
                for problem in problems.iter() {
                    <p>{ problem }</p>
                }
            </div>
        }
    }
}

/// Properties of [`Panel`].
#[derive(Properties, PartialEq)]
pub struct PanelProps {
    /// The name of the instrument: the `id` of the panel, and what `/embed/` calls it.
    pub name: &'static str,
    /// What the panel is called.
    pub title: &'static str,
    /// The classes of the instrument.
    #[prop_or_default]
    pub class: Classes,
    /// Where the panel stands.
    #[prop_or_default]
    pub node: NodeRef,
    /// What stands at the top.
    #[prop_or_default]
    pub toolbar: Option<Html>,
    /// What in the address cannot be used.
    #[prop_or_default]
    pub problems: Vec<String>,
    /// What stands at the left of the foot.
    #[prop_or_default]
    pub foot: Html,
    /// What stands in the foot before “Copy link”.
    #[prop_or_default]
    pub actions: Html,
    /// Path, query and fragment of a link to all this, from [`crate::kit::url_state::UrlState::link`]. There is none where the
    /// state is too much for an address.
    pub link: Option<AttrValue>,
    /// What keys do anywhere on the panel.
    #[prop_or_default]
    pub onkeydown: Option<Callback<KeyboardEvent>>,
    /// The body.
    pub children: Html,
}

/// Keys that are pressed outside of every panel reach the one in view, all but those that scroll a page.
#[hook]
fn use_page_keys(panel: &NodeRef, onkeydown: Option<Callback<KeyboardEvent>>) {
    let (takes, panel) = (onkeydown.is_some(), panel.clone());
    // The callback changes with every render, the listener does not.
    let latest = use_mut_ref(|| None);
    latest.replace(onkeydown);
    use_effect_with(takes, move |takes| {
        let listen = move |event: &Event| {
            let Some(event) = event.dyn_ref::<KeyboardEvent>() else {
                return;
            };
            let target = event.target().and_then(|t| t.dyn_into::<Element>().ok());
            let elsewhere = target.is_none_or(|t| t.closest(".panel").is_ok_and(|p| p.is_none()));
            let scrolls = matches!(
                event.key().as_str(),
                " " | "Home" | "End" | "PageUp" | "PageDown" | "ArrowUp" | "ArrowDown"
            );
            if !scrolls && elsewhere && browser::is_in_view(&panel) {
                let onkeydown = latest.borrow().clone();
                if let Some(onkeydown) = onkeydown {
                    onkeydown.emit(event.clone());
                }
            }
        };
        let options = EventListenerOptions::enable_prevent_default();
        let document = gloo::utils::document();
        let listener =
            takes.then(|| EventListener::new_with_options(&document, "keydown", options, listen));
        move || drop(listener)
    });
}

/// An instrument's panel.
#[component]
pub fn Panel(props: &PanelProps) -> Html {
    use_page_keys(&props.node, props.onkeydown.clone());
    let embedded = use_location().is_some_and(|l| l.path().starts_with("/embed/"));
    let code = use_state_eq(|| None::<String>);
    {
        // What was written of another state is no longer true.
        let code = code.setter();
        use_effect_with(props.link.clone(), move |_| code.set(None));
    }
    let embed = {
        let (code, link, node) = (code.clone(), props.link.clone(), props.node.clone());
        let (name, title) = (props.name, props.title);
        Callback::from(move |_: MouseEvent| {
            let height = node
                .cast::<HtmlElement>()
                .map_or(640, |e| e.offset_height());
            let open = link.as_deref().filter(|_| code.is_none());
            code.set(open.map(|link| embed_code(&browser::address(""), name, title, link, height)));
        })
    };
    let id = format!("{}-embed", props.name);
    html! {
        <section id={props.name} class={classes!("panel", props.class.clone())} aria-label={props.title} tabindex="-1"
            ref={props.node.clone()} onkeydown={props.onkeydown.clone()}>
            if let Some(toolbar) = &props.toolbar {
                <div class="panel__toolbar">{ toolbar.clone() }</div>
            }
            { problems(&props.problems) }
            { props.children.clone() }
            <div class="panel__foot">
                { props.foot.clone() }
                <span class="spacer"></span>
                { props.actions.clone() }
                <CopyButton label="Copy link" path={props.link.clone()} disabled={props.link.is_none()}/>
                if !embedded {
                    <button type="button" class="btn" onclick={embed} disabled={props.link.is_none()} aria-expanded={code.is_some().to_string()} aria-controls={id.clone()}>{ "Embed" }</button>
                }
                <div {id} class="panel__embed" hidden={code.is_none()}>
                    if let Some(code) = &*code {
                        <p>{ "Put this into another page, and the instrument is there as it is here." }</p>
                        <pre class="panel__code" tabindex="0"><code>{ code }</code></pre>
                        <CopyButton label="Copy the code" text={code.clone()}/>
                    }
                </div>
            </div>
        </section>
    }
}

/// The HTML by which another page shows the instrument with the state of a link.
fn embed_code(origin: &str, name: &str, title: &str, link: &str, height: i32) -> String {
    let link = link.split('#').next().unwrap_or_default();
    let query = link.find('?').map_or("", |at| &link[at..]);
    let query = query.replace('&', "&amp;");
    // Room for the link back that stands below.
    let height = height + 60;
    format!(
        r#"<iframe src="{origin}/embed/{name}{query}" title="{title}" width="100%" height="{height}" style="border:0" loading="lazy"></iframe>"#
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_embed_has_the_state_of_the_link() {
        let code = embed_code(
            "https://x.example",
            "thing",
            "A thing",
            "/page?a=1&b=%22#thing",
            300,
        );
        assert!(code.contains(r#"src="https://x.example/embed/thing?a=1&amp;b=%22""#));
        let plain = embed_code("https://x.example", "thing", "A thing", "/page#thing", 300);
        assert!(plain.contains(r#"src="https://x.example/embed/thing""#));
    }
}
