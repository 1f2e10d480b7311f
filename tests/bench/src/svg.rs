//! Plots for docs/performance.md, which pages show as images, in light and dark.

use std::fmt::Write;

/// A curve: what it is of, and its values.
pub type Curve = (String, Vec<f64>);

const WIDTH: f64 = 340.0;
const HEIGHT: f64 = 220.0;
/// Around the area in which a curve is: for its name above, for the sizes below.
const MARGIN: f64 = 44.0;

const STYLE: &str = "text{font:12px sans-serif;fill:#333;text-anchor:middle}.name{font-weight:600}\
    path{fill:none;stroke:#2563eb;stroke-width:2}circle{fill:#2563eb}line{stroke:#999}\
    @media(prefers-color-scheme:dark){text{fill:#ddd}path{stroke:#7aa7ff}circle{fill:#7aa7ff}line{stroke:#777}}";

/// Draws curves beside each other over the same sizes, each from zero on. The sizes are as far apart as they are many:
/// each is some ten times the one before.
pub fn plot(sizes: &[usize], of: &str, curves: &[Curve]) -> String {
    let width = WIDTH * curves.len() as f64;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {HEIGHT}\" width=\"{width}\" \
         height=\"{HEIGHT}\">\n\
         <style>{STYLE}</style>\n"
    );
    for (nth, (name, values)) in curves.iter().enumerate() {
        let left = WIDTH * nth as f64 + MARGIN;
        let (right, bottom) = (left + WIDTH - 2.0 * MARGIN, HEIGHT - MARGIN);
        let middle = f64::midpoint(left, right);
        let most = values.iter().copied().fold(f64::MIN_POSITIVE, f64::max);
        let step = (right - left) / (sizes.len() - 1).max(1) as f64;
        let place =
            |nth: usize, value: f64| (left + step * nth as f64, bottom - value / most * (bottom - MARGIN - 16.0));
        let places: Vec<_> = values.iter().enumerate().map(|(nth, value)| place(nth, *value)).collect();
        let path: Vec<_> = places.iter().map(|(x, y)| format!("{x:.0},{y:.0}")).collect();
        let _ = writeln!(svg, "<text class=\"name\" x=\"{middle}\" y=\"20\">{name}</text>");
        let _ = writeln!(svg, "<line x1=\"{left}\" y1=\"{bottom}\" x2=\"{right}\" y2=\"{bottom}\"/>");
        let _ = writeln!(svg, "<path d=\"M{}\"/>", path.join(" "));
        for (((x, y), value), size) in places.iter().zip(values).zip(sizes) {
            let _ = writeln!(svg, "<circle cx=\"{x:.0}\" cy=\"{y:.0}\" r=\"3\"/>");
            let _ = writeln!(svg, "<text x=\"{x:.0}\" y=\"{:.0}\">{}</text>", y - 8.0, short(*value));
            let _ = writeln!(svg, "<text x=\"{x:.0}\" y=\"{:.0}\">{}</text>", bottom + 16.0, thousands(*size));
        }
        let _ = writeln!(svg, "<text x=\"{middle}\" y=\"{:.0}\">{of}</text>", bottom + 34.0);
    }
    svg + "</svg>\n"
}

/// A figure as it is read: with a digit behind the point where that says something.
pub fn short(value: f64) -> String {
    if value < 100.0 && value.fract() != 0.0 { format!("{value:.1}") } else { format!("{value:.0}") }
}

/// A number with a comma before each three digits.
pub fn thousands(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (nth, digit) in digits.chars().enumerate() {
        if nth > 0 && (digits.len() - nth).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
