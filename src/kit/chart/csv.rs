//! The values of a chart as comma-separated text (RFC 4180).

use std::fmt::Write;

use super::plot::Plot;
use super::series::{Series, places};

/// A row for each place at which a series has a point, a column for each series. A field is empty where that series has
/// no value.
pub fn csv(plot: &Plot) -> String {
    let column = |label: &str, unit: Option<&str>| match unit {
        Some(unit) => field(&format!("{label} ({unit})")),
        None => field(label),
    };
    let mut out = column(&plot.x.label, plot.x.unit.name());
    for series in plot.series.iter() {
        out.push(',');
        out.push_str(&column(&series.name, plot.axis(series.right).unit.name()));
    }
    out.push_str("\r\n");
    for x in places(&plot.series).iter() {
        // Writing to a string cannot fail.
        let _ = write!(out, "{x}");
        for series in plot.series.iter() {
            out.push(',');
            if let Some(y) = own(series, *x) {
                let _ = write!(out, "{y}");
            }
        }
        out.push_str("\r\n");
    }
    out
}

/// The value that a series itself has at a place.
fn own(series: &Series, x: f64) -> Option<f64> {
    let points = &series.points;
    let point = points.get(points.partition_point(|point| point.0 < x))?;
    (point.0 == x && point.1.is_finite()).then_some(point.1)
}

/// A field, quoted where it has to be.
fn field(text: &str) -> String {
    if text.contains([',', '"', '\r', '\n']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::super::plot::Axis;
    use super::super::unit::Unit;
    use super::*;

    #[test]
    fn a_row_for_each_place_and_a_column_for_each_series() {
        let plot = Plot {
            title: "T".into(),
            summary: "S".into(),
            x: Axis::new("time", Unit::Seconds),
            y: Axis::new("things", Unit::Count),
            right: Some(Axis::new("cost", Unit::BytesPerSecond)),
            series: [
                Series::line("so-called \"dead\", all", "red", [(0.0, 1.0), (2.0, 0.5)]),
                Series::line("cost", "blue", [(0.0, f64::NAN), (1.0, 1e6)]).at_right(),
            ]
            .into(),
            marks: [].into(),
        };
        assert_eq!(
            csv(&plot),
            "time (s),\"so-called \"\"dead\"\", all\",cost (bytes/s)\r\n0,1,\r\n1,,1000000\r\n2,0.5,\r\n"
        );
    }
}
