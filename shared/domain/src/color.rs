//! Colours that a workspace chooses, made safe to read (docs/product.md, Look and feel). Contrast is that of WCAG 2.2.

use std::{fmt, str::FromStr};

/// Contrast that text needs with what is behind it.
const OF_TEXT: f64 = 4.5;
/// The darkest surface of the light scheme with text on it, and the lightest one of the dark scheme (`portal.css`).
const LIGHT: Color = Color([0xf3, 0xf5, 0xf9]);
const DARK: Color = Color([0x1f, 0x24, 0x2d]);
const WHITE: Color = Color([0xff; 3]);
const BLACK: Color = Color([0; 3]);
/// Steps from a colour to black or white.
const STEPS: u16 = 32;

/// A colour, red, green and blue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Color([u8; 3]);

/// What a page has in the workspace's colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scheme {
    /// Of links, focus and what is new, in the light scheme.
    pub on_light: Color,
    /// The same in the dark scheme.
    pub on_dark: Color,
    /// Of what is written on the colour itself, such as a button's text.
    pub on_color: Color,
}

impl Color {
    /// Returns the shades in which text in this colour, and text on it, can be read.
    #[must_use]
    pub fn scheme(self) -> Scheme {
        Scheme { on_light: self.towards(BLACK, LIGHT), on_dark: self.towards(WHITE, DARK), on_color: self.on_color() }
    }

    /// Returns black or white, whichever can be read on this colour.
    #[must_use]
    pub fn on_color(self) -> Self {
        if contrast(self, WHITE) >= OF_TEXT { WHITE } else { BLACK }
    }

    /// Returns the shade nearest to this colour that can be read on `surface`, on the way to `end`.
    fn towards(self, end: Self, surface: Self) -> Self {
        let mut shades = (0..STEPS).map(|step| self.mixed(end, step));
        shades.find(|shade| contrast(*shade, surface) >= OF_TEXT).unwrap_or(end)
    }

    fn mixed(self, end: Self, step: u16) -> Self {
        let Self([red, green, blue]) = self;
        let Self([to_red, to_green, to_blue]) = end;
        let mix = |from: u8, to: u8| {
            let sum = u16::from(from) * (STEPS - step) + u16::from(to) * step;
            u8::try_from(sum / STEPS).unwrap_or(u8::MAX)
        };
        Self([mix(red, to_red), mix(green, to_green), mix(blue, to_blue)])
    }

    fn luminance(self) -> f64 {
        let linear = |part: u8| {
            let part = f64::from(part) / 255.0;
            if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
        };
        let Self([red, green, blue]) = self;
        0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
    }
}

/// The contrast of two colours, from 1 to 21.
fn contrast(a: Color, b: Color) -> f64 {
    let (a, b) = (a.luminance(), b.luminance());
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

/// The text is not of the form `#rrggbb`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it must be #rrggbb")]
pub struct NoColor;

impl FromStr for Color {
    type Err = NoColor;

    fn from_str(text: &str) -> Result<Self, NoColor> {
        let digits = text.strip_prefix('#').filter(|it| it.len() == 6 && it.bytes().all(|it| it.is_ascii_hexdigit()));
        let number = u32::from_str_radix(digits.ok_or(NoColor)?, 16).map_err(|_| NoColor)?;
        let [_, red, green, blue] = number.to_be_bytes();
        Ok(Self([red, green, blue]))
    }
}

impl fmt::Display for Color {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self([red, green, blue]) = self;
        write!(f, "#{red:02x}{green:02x}{blue:02x}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_color_is_chosen_text_in_it_and_on_it_can_be_read() {
        let parts = [0, 0x33, 0x66, 0x77, 0x99, 0xcc, 0xff];
        for color in
            parts.into_iter().flat_map(|r| parts.into_iter().flat_map(move |g| parts.map(|b| Color([r, g, b]))))
        {
            let Scheme { on_light, on_dark, on_color } = color.scheme();
            for (text, surface) in
                [(on_light, LIGHT), (on_light, WHITE), (on_dark, DARK), (on_dark, BLACK), (on_color, color)]
            {
                assert!(
                    contrast(text, surface) >= OF_TEXT,
                    "{color}: {text} on {surface}: {}",
                    contrast(text, surface)
                );
            }
        }
    }

    #[test]
    fn a_color_that_can_be_read_stays_as_it_is() {
        let blue: Color = "#2746B8".parse().unwrap();
        assert_eq!(blue.scheme().on_light, blue);
        assert_eq!(blue.to_string(), "#2746b8");
        let pale: Color = "#a5b8ff".parse().unwrap();
        assert_eq!((pale.scheme().on_dark, pale.scheme().on_color), (pale, BLACK));
    }

    #[test]
    fn other_texts_are_no_colors() {
        for text in ["", "#", "#12345", "#1234567", "123456", "#12345g", "#+12345", "red", "#é2345", " #123456"] {
            assert_eq!(text.parse::<Color>(), Err(NoColor), "{text}");
        }
    }
}
