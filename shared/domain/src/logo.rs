//! The workspace's logo, as a teammate uploads it (docs/product.md, The logo).
//!
//! What an image is, its bytes tell: neither its name nor what a browser says of it. It is looked at as far as its size, and
//! not decoded, which browsers do in a process of their own.

/// Bytes of a logo. It is an item of the table, and part of every page that is opened for the first time.
const MOST_BYTES: usize = 64 * 1024;
/// Pixels in a direction. A few bytes can unfold to a picture for which a browser has no room.
const MOST_PIXELS: u32 = 4096;

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";
const JPEG: &[u8] = b"\xff\xd8\xff";
const END_OF_PNG: &[u8] = b"IEND\xaeB`\x82";
const END_OF_JPEG: &[u8] = b"\xff\xd9";

/// A kind of image that every browser shows, and that cannot hold a program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Png,
    Jpeg,
    Webp,
}

impl Kind {
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Webp => "image/webp",
        }
    }
}

/// An image that can be a logo.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Logo {
    kind: Kind,
    bytes: Vec<u8>,
}

/// Why a file cannot be a logo.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoLogo {
    #[error("no file was chosen, or it is empty")]
    Empty,
    #[error("the file is larger than 64 KB")]
    TooLarge,
    #[error("an SVG can hold programs and is not taken; make a PNG of it")]
    Svg,
    #[error("the file is no PNG, JPEG or WebP image")]
    NoImage,
    #[error("the image is cut off or damaged")]
    Damaged,
    #[error("the image is wider or higher than 4,096 pixels")]
    TooManyPixels,
}

impl Logo {
    /// Takes a file for a logo.
    ///
    /// # Errors
    /// [`NoLogo`] says why it cannot be one.
    pub fn new(bytes: Vec<u8>) -> Result<Self, NoLogo> {
        if bytes.is_empty() {
            return Err(NoLogo::Empty);
        }
        if bytes.len() > MOST_BYTES {
            return Err(NoLogo::TooLarge);
        }
        let (kind, size) = match &bytes[..] {
            it if it.starts_with(PNG) => (Kind::Png, png(it)),
            it if it.starts_with(JPEG) => (Kind::Jpeg, jpeg(it)),
            it if it.starts_with(b"RIFF") && it.get(8..12) == Some(b"WEBP") => (Kind::Webp, webp(it)),
            it if is_svg(it) => return Err(NoLogo::Svg),
            _ => return Err(NoLogo::NoImage),
        };
        match size {
            Some((width, height)) if width.max(height) > MOST_PIXELS => Err(NoLogo::TooManyPixels),
            Some((1.., 1..)) => Ok(Self { kind, bytes }),
            _ => Err(NoLogo::Damaged),
        }
    }

    #[must_use]
    pub const fn kind(&self) -> Kind {
        self.kind
    }

    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    #[must_use]
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }
}

/// The `N` bytes at a place.
fn at<const N: usize>(bytes: &[u8], place: usize) -> Option<[u8; N]> {
    bytes.get(place..place.checked_add(N)?)?.try_into().ok()
}

/// Width and height of a PNG that has its end.
fn png(bytes: &[u8]) -> Option<(u32, u32)> {
    let begins = at(bytes, PNG.len())? == *b"\0\0\0\rIHDR";
    let size = (u32::from_be_bytes(at(bytes, 16)?), u32::from_be_bytes(at(bytes, 20)?));
    (begins && bytes.ends_with(END_OF_PNG)).then_some(size)
}

/// Width and height of a JPEG, which stand in the first segment of a frame.
fn jpeg(bytes: &[u8]) -> Option<(u32, u32)> {
    let mut place = 2;
    loop {
        match at(bytes, place)? {
            // Any number of these may come before a marker.
            [0xff, 0xff] => place += 1,
            [0xff, 0x01 | 0xd0..=0xd7] => place += 2,
            [0xff, 0xc0..=0xc3 | 0xc5..=0xc7 | 0xc9..=0xcb | 0xcd..=0xcf] => {
                let [height, width] = [at(bytes, place + 5)?, at(bytes, place + 7)?].map(u16::from_be_bytes);
                let has_end = bytes.windows(END_OF_JPEG.len()).skip(place).any(|it| it == END_OF_JPEG);
                return has_end.then_some((width.into(), height.into()));
            }
            // The picture begins, or ends, and nothing has said how large it is.
            [0xff, 0xd8..=0xda] => return None,
            [0xff, _] => {
                let length = u16::from_be_bytes(at(bytes, place + 2)?);
                place += 2 + usize::from(length).max(2);
            }
            _ => return None,
        }
    }
}

/// Width and height of a WebP of one of its three kinds.
fn webp(bytes: &[u8]) -> Option<(u32, u32)> {
    let promised = u32::from_le_bytes(at(bytes, 4)?);
    if usize::try_from(promised).ok()? > bytes.len() - 8 {
        return None;
    }
    let of_14_bits = |it: u16| u32::from(it & 0x3fff);
    match &at(bytes, 12)? {
        b"VP8 " => {
            let begins = at(bytes, 23)? == [0x9d, 0x01, 0x2a];
            let [width, height] = [at(bytes, 26)?, at(bytes, 28)?].map(u16::from_le_bytes);
            begins.then_some((of_14_bits(width), of_14_bits(height)))
        }
        b"VP8L" => {
            let size = u32::from_le_bytes(at(bytes, 21)?);
            (at(bytes, 20)? == [0x2f]).then_some(((size & 0x3fff) + 1, (size >> 14 & 0x3fff) + 1))
        }
        b"VP8X" => {
            let [width, height] = [at(bytes, 24)?, at(bytes, 27)?].map(|[a, b, c]| u32::from_le_bytes([a, b, c, 0]));
            Some((width + 1, height + 1))
        }
        _ => None,
    }
}

/// Whether a text looks like an SVG, which people try first.
fn is_svg(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes).to_lowercase();
    text.trim_start_matches('\u{feff}').trim_start().starts_with('<') && text.contains("<svg")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn png_of(width: u32, height: u32) -> Vec<u8> {
        let [width, height] = [width, height].map(u32::to_be_bytes);
        [PNG, b"\0\0\0\rIHDR", &width, &height, b"\x08\x06\0\0\0crc!\0\0\0\0", END_OF_PNG].concat()
    }

    fn jpeg_of(width: u16, height: u16) -> Vec<u8> {
        let [width, height] = [width, height].map(u16::to_be_bytes);
        let before = b"\xff\xd8\xff\xe0\0\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0\xff\xff\xdb\0\x03\0";
        [before.as_slice(), b"\xff\xc0\0\x11\x08", &height, &width, b"\x03", END_OF_JPEG].concat()
    }

    fn webp_of(chunk: &[u8]) -> Vec<u8> {
        let length = u32::try_from(chunk.len() + 4).unwrap().to_le_bytes();
        [b"RIFF", &length[..], b"WEBP", chunk].concat()
    }

    fn small() -> [(Kind, Vec<u8>); 5] {
        [
            (Kind::Png, png_of(32, 16)),
            (Kind::Jpeg, jpeg_of(32, 16)),
            (Kind::Webp, webp_of(b"VP8 \x12\0\0\0\0\0\0\x9d\x01\x2a\x20\0\x10\0....")),
            (Kind::Webp, webp_of(b"VP8L\x0a\0\0\0\x2f\x1f\xc0\x03\0....")),
            (Kind::Webp, webp_of(b"VP8X\x0a\0\0\0\0\0\0\0\x1f\0\0\x0f\0\0....")),
        ]
    }

    #[test]
    fn a_png_a_jpeg_and_each_webp_can_be_a_logo() {
        for (kind, bytes) in small() {
            let logo = Logo::new(bytes.clone()).unwrap();
            assert_eq!((logo.kind(), logo.bytes()), (kind, &bytes[..]));
            let size = match kind {
                Kind::Png => png(&bytes),
                Kind::Jpeg => jpeg(&bytes),
                Kind::Webp => webp(&bytes),
            };
            assert_eq!(size, Some((32, 16)), "{kind:?}");
        }
    }

    #[test]
    fn what_is_none_is_refused_with_its_reason() {
        let mut largest = png_of(32, 16);
        let end = largest.split_off(largest.len() - END_OF_PNG.len());
        let padded = |to: usize| [&largest[..], &vec![0; to - largest.len() - end.len()], &end].concat();
        assert!(Logo::new(padded(MOST_BYTES)).is_ok());
        for (bytes, why) in [
            (Vec::new(), NoLogo::Empty),
            (padded(MOST_BYTES + 1), NoLogo::TooLarge),
            (b"\n<?xml version=\"1.0\"?><!-- x --><SVG onload='alert(1)'/>".to_vec(), NoLogo::Svg),
            (b"\xef\xbb\xbf<svg xmlns='x'/>".to_vec(), NoLogo::Svg),
            (b"<html><script>alert(1)</script>".to_vec(), NoLogo::NoImage),
            (b"GIF89a\x20\0\x10\0".to_vec(), NoLogo::NoImage),
            (b"BM".to_vec(), NoLogo::NoImage),
            (b"\x89PNG\n\n\x1a\n".to_vec(), NoLogo::NoImage),
            (b"RIFF\x10\0\0\0WAVEfmt ".to_vec(), NoLogo::NoImage),
            (PNG.to_vec(), NoLogo::Damaged),
            (png_of(0, 16), NoLogo::Damaged),
            (png_of(4097, 1), NoLogo::TooManyPixels),
            (jpeg_of(1, 4097), NoLogo::TooManyPixels),
            (jpeg_of(0, 1), NoLogo::Damaged),
            (b"\xff\xd8\xff\xd9".to_vec(), NoLogo::Damaged),
            (b"\xff\xd8\xff\xe0\0\0\xff\xe0\0\0".to_vec(), NoLogo::Damaged),
            (webp_of(b"VP8X\x0a\0\0\0\0\0\0\0\xff\xff\xff\x0f\0\0"), NoLogo::TooManyPixels),
            (webp_of(b"ANIM"), NoLogo::Damaged),
        ] {
            assert_eq!(Logo::new(bytes.clone()), Err(why), "{bytes:?}");
        }
    }

    #[test]
    fn an_image_that_is_cut_off_anywhere_is_none() {
        for (kind, bytes) in small() {
            for length in 0..bytes.len() {
                assert!(Logo::new(bytes[..length].to_vec()).is_err(), "{kind:?} of {length} bytes");
            }
        }
    }

    proptest! {
        #[test]
        fn whatever_follows_a_beginning_is_read_without_a_panic(which in 0..5_usize, keeps in 0..40_usize, rest: Vec<u8>) {
            let (_, image) = &small()[which];
            let bytes = [&image[..keeps.min(image.len())], &rest].concat();
            let _ = Logo::new(bytes);
        }
    }
}
