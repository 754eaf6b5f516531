//! The colours in which a chart is seen, for a copy of it. Called from callbacks only.

use wasm_bindgen::JsCast;
use web_sys::{CanvasRenderingContext2d, Element, HtmlCanvasElement};

use super::svg::Palette;

/// The colours in which a chart is seen now.
pub fn seen(chart: &Element) -> Palette {
    let canvas = canvas();
    let window = gloo::utils::window();
    let read = |element: &Element, property: &str| {
        let style = window.get_computed_style(element).ok().flatten()?;
        let color = style.get_property_value(property).ok()?;
        hexadecimal(canvas.as_ref()?, &color)
    };
    let of = |selector: &str, property: &str, otherwise: &str| {
        let element = chart.query_selector(selector).ok().flatten();
        let color = element.and_then(|element| read(&element, property));
        color.unwrap_or_else(|| otherwise.to_owned())
    };
    let ink = of(".chart__plot", "color", "#222222");
    let mut series = Vec::new();
    if let Ok(swatches) = chart.query_selector_all(".chart__swatch") {
        for i in 0..swatches.length() {
            let swatch = swatches.get(i).and_then(|node| node.dyn_into().ok());
            let color = swatch.and_then(|element: Element| read(&element, "color"));
            series.push(color.unwrap_or_else(|| ink.clone()));
        }
    }
    Palette {
        ground: of(".chart__plot", "background-color", "#ffffff"),
        line: of(".chart__grid", "stroke", "#cccccc"),
        ink,
        series,
    }
}

fn canvas() -> Option<CanvasRenderingContext2d> {
    let canvas: HtmlCanvasElement = gloo::utils::document()
        .create_element("canvas")
        .ok()?
        .dyn_into()
        .ok()?;
    canvas.set_width(1);
    canvas.set_height(1);
    // It is read as often as it is painted.
    let options = js_sys::Object::new();
    js_sys::Reflect::set(&options, &"willReadFrequently".into(), &true.into()).ok()?;
    let context = canvas.get_context_with_context_options("2d", &options);
    context.ok()??.dyn_into().ok()
}

/// A colour of any notation as `#rrggbb`: it is painted, and read from the canvas.
fn hexadecimal(canvas: &CanvasRenderingContext2d, color: &str) -> Option<String> {
    canvas.clear_rect(0.0, 0.0, 1.0, 1.0);
    canvas.set_fill_style_str(color);
    canvas.fill_rect(0.0, 0.0, 1.0, 1.0);
    let pixel = canvas.get_image_data(0.0, 0.0, 1.0, 1.0).ok()?.data();
    match pixel[..] {
        [_, _, _, 0] => None,
        [r, g, b, _] => Some(format!("#{r:02x}{g:02x}{b:02x}")),
        _ => None,
    }
}
