//! The chart as an SVG file that needs nothing else: its colours are written out.

use std::fmt::Write;

use super::drawing::{DASHES, Frame, Paths, ends, marker, paths};
use super::plot::Plot;
use super::series::Shape;

const WIDTH: f64 = 800.0;
const HEIGHT: f64 = 450.0;
/// The height of a line of words.
const LINE: f64 = 17.0;

/// Colours as a file can have them: `#rrggbb`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Palette {
    /// Behind everything.
    pub ground: String,
    /// Words.
    pub ink: String,
    /// Lines of the axes.
    pub line: String,
    /// Each series.
    pub series: Vec<String>,
}

/// The file.
pub fn svg(plot: &Plot, palette: &Palette) -> String {
    let longest = |texts: &mut dyn Iterator<Item = usize>| texts.max().unwrap_or(0) as f64;
    let right_ticks = match plot.right {
        Some(_) => plot.ticks_up(true),
        None => Vec::new(),
    };
    let names = longest(&mut plot.series.iter().map(|series| series.name.chars().count()));
    let far = longest(&mut right_ticks.iter().map(|tick| tick.1.chars().count()));
    let frame = Frame {
        left: 78.0,
        top: 74.0,
        width: WIDTH - 78.0 - (36.0 + 7.5 * names + 8.0 * far).clamp(40.0, 300.0),
        height: HEIGHT - 74.0 - 62.0,
        digits: 1,
    };
    let (left, right) = (frame.x(0.0), frame.x(1.0));
    let (top, bottom) = (frame.y(1.0), frame.y(0.0));
    let Palette {
        ground, ink, line, ..
    } = palette;
    let mut out = String::with_capacity(16_000);
    // Writing to a string cannot fail.
    let _ = write!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{WIDTH}\" height=\"{HEIGHT}\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" \
         font-family=\"system-ui, sans-serif\" font-size=\"13\" fill=\"{ink}\"><title>{}</title><desc>{}</desc>\
         <rect width=\"{WIDTH}\" height=\"{HEIGHT}\" fill=\"{ground}\"/>",
        escaped(&plot.title),
        escaped(&plot.summary)
    );
    let mut text = |x: f64, y: f64, anchor: &str, more: &str, words: &str| {
        let words = escaped(words);
        let _ = write!(
            out,
            "<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\"{more}>{words}</text>"
        );
    };
    text(
        16.0,
        28.0,
        "start",
        " font-size=\"17\" font-weight=\"600\"",
        &plot.title,
    );
    text(16.0, 56.0, "start", "", &plot.y.label);
    text(right, bottom + 44.0, "end", "", &plot.x.label);
    let (along, lefts) = (plot.along(), plot.ticks_up(false));
    let ups = [plot.up(false), plot.up(true)];
    for (value, words) in &lefts {
        text(
            left - 9.0,
            frame.y(ups[0].share(*value)) + 4.5,
            "end",
            "",
            words,
        );
    }
    if let Some(axis) = &plot.right {
        text(WIDTH - 16.0, 56.0, "end", "", &axis.label);
        for (value, words) in &right_ticks {
            text(
                right + 9.0,
                frame.y(ups[1].share(*value)) + 4.5,
                "start",
                "",
                words,
            );
        }
    }
    for (value, words) in plot.ticks_along() {
        text(
            frame.x(along.share(value)),
            bottom + 21.0,
            "middle",
            "",
            &words,
        );
    }
    for mark in plot.marks.iter() {
        text(
            frame.x(along.share(mark.at)),
            top - 7.0,
            "middle",
            "",
            &mark.label,
        );
    }
    let ends = ends(plot, LINE / frame.height);
    let beside = right + 14.0 + 8.0 * far;
    for end in &ends {
        let more = format!(" fill=\"{}\"", color(palette, end.series));
        let name = &plot.series[end.series].name;
        text(
            beside,
            frame.y(0.0) - end.label * frame.height + 4.5,
            "start",
            &more,
            name,
        );
    }
    for (value, _) in &lefts {
        let y = frame.y(ups[0].share(*value));
        let _ = write!(
            out,
            "<path d=\"M{left:.1} {y:.1}H{right:.1}\" stroke=\"{line}\"/>"
        );
    }
    for mark in plot.marks.iter() {
        let x = frame.x(along.share(mark.at));
        let _ = write!(
            out,
            "<path d=\"M{x:.1} {top:.1}V{bottom:.1}\" stroke=\"{ink}\"/>"
        );
    }
    for (i, series) in plot.series.iter().enumerate() {
        let (up, color) = (&ups[usize::from(series.right)], color(palette, i));
        let Paths { line, fill } = paths(series, &along, up, &frame);
        let opacity = if series.shape == Shape::Bars {
            0.75
        } else {
            0.2
        };
        if !fill.is_empty() {
            let _ = write!(
                out,
                "<path d=\"{fill}\" fill=\"{color}\" fill-opacity=\"{opacity}\"/>"
            );
        }
        if !line.is_empty() {
            let dashes = DASHES[series.look % DASHES.len()];
            let _ = write!(
                out,
                "<path d=\"{line}\" fill=\"none\" stroke=\"{color}\" stroke-width=\"2\" stroke-linejoin=\"round\" stroke-dasharray=\"{}\"/>",
                if dashes.is_empty() { "none" } else { dashes }
            );
        }
    }
    for end in &ends {
        let (x, y) = (frame.x(end.at.0), frame.y(end.at.1));
        let d = marker(plot.series[end.series].look);
        let color = color(palette, end.series);
        let _ = write!(
            out,
            "<path transform=\"translate({x:.1} {y:.1})\" d=\"{d}\" fill=\"{color}\"/>"
        );
    }
    out.push_str("</svg>\n");
    out
}

fn color(palette: &Palette, series: usize) -> &str {
    palette.series.get(series).unwrap_or(&palette.ink)
}

/// Text as it may stand between two tags. Characters that XML has no place for are left out.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\u{fffe}' | '\u{ffff}' => {}
            c if c < ' ' && !matches!(c, '\t' | '\n' | '\r') => {}
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::super::plot::{Axis, Mark};
    use super::super::series::Series;
    use super::super::unit::Unit;
    use super::*;

    fn plot() -> Plot {
        Plot {
            title: "Dead & gone <b>".into(),
            summary: "S \u{0} \u{ffff}".into(),
            x: Axis::new("time", Unit::Seconds),
            y: Axis::new("dead", Unit::Count),
            right: Some(Axis::new("cost", Unit::BytesPerSecond)),
            series: [
                Series::line("one", "var(--bad)", [(0.0, 1.0), (3600.0, 40.0)]),
                Series::line("two", "var(--accent)", [(0.0, 3.0), (3600.0, 2.0)])
                    .shaped(Shape::Area)
                    .looking(1)
                    .at_right(),
            ]
            .into(),
            marks: [Mark {
                at: 60.0,
                label: "here".into(),
            }]
            .into(),
        }
    }

    fn palette() -> Palette {
        Palette {
            ground: "#ffffff".into(),
            ink: "#111111".into(),
            line: "#dddddd".into(),
            series: vec!["#aa0000".into()],
        }
    }

    #[test]
    fn the_file_needs_nothing_else() {
        let file = svg(&plot(), &palette());
        for outside in ["var(", "class=", "href", "currentColor", "style"] {
            assert!(!file.contains(outside), "{outside}");
        }
        for inside in ["#aa0000", "one", "two", "here", "0 s", "1 h", "40", "B/s"] {
            assert!(file.contains(inside), "{inside}");
        }
        // A series for which no colour could be read is drawn in ink.
        assert!(file.contains("fill=\"#111111\" fill-opacity"));
    }

    #[test]
    fn words_stay_words() {
        let file = svg(&plot(), &palette());
        assert!(file.contains("Dead &amp; gone &lt;b&gt;"));
        assert!(!file.contains("<b>") && !file.contains('\u{0}') && !file.contains('\u{ffff}'));
        let opened = file.matches("<text").count();
        assert_eq!(opened, file.matches("</text>").count());
    }
}
