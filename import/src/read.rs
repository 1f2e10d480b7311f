//! Reads a file line by line, several times if needed, with no more than one line in memory.

use std::{
    fs::File,
    io::{self, BufRead, BufReader, Read},
    path::Path,
};

/// The maximum length of a line, in bytes. Longer lines are refused, because each line is held in memory.
pub const LONGEST_LINE: usize = 4 * 1024 * 1024;

/// The source of the lines.
#[derive(Debug, Clone, Copy)]
pub enum Source<'a> {
    /// A file, which is read once for each rank of lines.
    File(&'a Path),
    /// Text in memory.
    Text(&'a str),
}

impl<'a> Source<'a> {
    pub(crate) fn lines(self) -> io::Result<Lines<'a>> {
        let reader: Box<dyn BufRead + Send + 'a> = match self {
            Source::File(path) => Box::new(BufReader::with_capacity(1 << 18, File::open(path)?)),
            Source::Text(text) => Box::new(text.as_bytes()),
        };
        Ok(Lines { reader, buffer: Vec::new(), number: 0 })
    }
}

pub(crate) struct Lines<'a> {
    reader: Box<dyn BufRead + Send + 'a>,
    buffer: Vec<u8>,
    number: u64,
}

impl Lines<'_> {
    /// Reads the next line with its number, counting from 1, or the reason why it cannot be read as text. Lines that
    /// are blank come as empty texts.
    pub(crate) fn next(&mut self) -> io::Result<Option<(u64, Result<&str, String>)>> {
        self.buffer.clear();
        let most = LONGEST_LINE as u64 + 2;
        let read = self.reader.by_ref().take(most).read_until(b'\n', &mut self.buffer)?;
        if read == 0 {
            return Ok(None);
        }
        self.number += 1;
        let ended = self.buffer.last() == Some(&b'\n');
        if !ended && read > LONGEST_LINE {
            self.reader.skip_until(b'\n')?;
        }
        let line = match std::str::from_utf8(&self.buffer) {
            _ if self.buffer.trim_ascii_end().len() > LONGEST_LINE => Err("longer than 4 MB".into()),
            Ok(text) if self.number == 1 => Ok(text.trim_start_matches('\u{feff}').trim()),
            Ok(text) => Ok(text.trim()),
            Err(error) => Err(format!("not UTF-8 (byte {})", error.valid_up_to() + 1)),
        };
        Ok(Some((self.number, line)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &[u8]) -> Vec<(u64, Result<String, String>)> {
        let mut lines = Lines { reader: Box::new(text), buffer: Vec::new(), number: 0 };
        let mut all = Vec::new();
        while let Some((number, line)) = lines.next().unwrap() {
            all.push((number, line.map(str::to_owned)));
        }
        all
    }

    #[test]
    fn line_ends_blanks_and_the_byte_order_mark_do_not_matter() {
        let lines = read("\u{feff}{}\r\n\n  {\"a\":1}  \n{}".as_bytes());
        let texts: Vec<_> = lines.into_iter().map(|(number, line)| (number, line.unwrap())).collect();
        assert_eq!(texts, [(1, "{}".into()), (2, String::new()), (3, "{\"a\":1}".into()), (4, "{}".into())]);
    }

    #[test]
    fn a_line_that_is_too_long_or_not_text_is_refused_alone() {
        let mut text = vec![b'x'; LONGEST_LINE];
        text.push(b'\n');
        text.extend(vec![b'x'; 2 * LONGEST_LINE]);
        text.extend(b"\n\xff\nlast");
        let lines = read(&text);
        assert!(lines[0].1.is_ok());
        assert_eq!(lines[1], (2, Err("longer than 4 MB".into())));
        assert_eq!(lines[2], (3, Err("not UTF-8 (byte 1)".into())));
        assert_eq!(lines[3], (4, Ok("last".into())));
    }
}
