//! Plain text of HTML, as other help desks keep what people wrote. Customers read text, so nothing of the markup is passed
//! on or executed; what it said stays: paragraphs, lists, quotations, addresses of links and images.

use html5ever::tokenizer::{
    BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts,
    states::{Rawtext, Rcdata, ScriptData},
};
use std::cell::RefCell;

/// Marks of quotations and lists within each other; deeper ones look like this one.
const DEEPEST: usize = 8;

/// What a reader would read of `html`.
pub(crate) fn text(html: &str) -> String {
    let input = BufferQueue::default();
    input.push_back(html.into());
    let tokenizer = Tokenizer::new(Sink::default(), TokenizerOpts::default());
    // Only a script could make it stop, and none is run.
    let _ = tokenizer.feed(&input);
    tokenizer.end();
    tokenizer.sink.0.into_inner().text
}

#[derive(Default)]
struct Sink(RefCell<Writer>);

impl TokenSink for Sink {
    type Handle = ();

    fn process_token(&self, token: Token, _: u64) -> TokenSinkResult<()> {
        let mut writer = self.0.borrow_mut();
        match token {
            Token::CharacterTokens(text) => writer.words(&text),
            Token::TagToken(tag) if tag.kind == TagKind::EndTag => writer.ends(&tag.name),
            Token::TagToken(tag) => return writer.begins(&tag),
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

#[derive(Default)]
struct Writer {
    text: String,
    /// Line breaks before the next word: two leave an empty line.
    breaks: usize,
    /// Whether there is space before the next word.
    space: bool,
    quotes: usize,
    /// The lists that are open, each with the number of its last entry if it has numbers.
    lists: Vec<Option<u32>>,
    /// What the entry of a list begins with, until its first word.
    mark: String,
    /// The links that are open: where each leads, and where in the text it begins.
    links: Vec<(Option<String>, usize)>,
    /// Elements within which white space counts.
    verbatim: usize,
    /// The element whose content nobody sees.
    hidden: Option<String>,
    /// Whether the row of a table has a cell already.
    in_row: bool,
}

impl Writer {
    fn begins(&mut self, tag: &Tag) -> TokenSinkResult<()> {
        let name = &*tag.name;
        match name {
            // What is in these is no markup.
            "script" => return self.hides(name, ScriptData),
            "style" | "iframe" | "noembed" | "noframes" => return self.hides(name, Rawtext),
            "title" => return self.hides(name, Rcdata),
            "textarea" => return TokenSinkResult::RawData(Rcdata),
            "br" => self.breaks = (self.breaks + 1).min(2),
            "ul" | "ol" => {
                self.apart(if self.lists.is_empty() { 2 } else { 1 });
                self.lists.push((name == "ol").then_some(0));
            }
            "li" => self.entry(),
            "blockquote" => {
                self.apart(2);
                self.quotes += 1;
            }
            "pre" => {
                self.apart(2);
                self.verbatim += 1;
            }
            "tr" => {
                self.apart(1);
                self.in_row = false;
            }
            "td" | "th" => {
                if std::mem::replace(&mut self.in_row, true) && self.breaks == 0 {
                    self.word_apart("|");
                    self.space = true;
                }
            }
            "a" => self.links.push((address(tag, "href"), self.text.len())),
            "img" => self.image(tag),
            name => self.around(name),
        }
        TokenSinkResult::Continue
    }

    fn ends(&mut self, name: &str) {
        if self.hidden.as_deref() == Some(name) {
            self.hidden = None;
        }
        match name {
            "ul" | "ol" => {
                self.lists.pop();
                self.mark.clear();
                self.apart(if self.lists.is_empty() { 2 } else { 1 });
            }
            "blockquote" => {
                self.quotes = self.quotes.saturating_sub(1);
                self.apart(2);
            }
            "pre" => {
                self.verbatim = self.verbatim.saturating_sub(1);
                self.apart(2);
            }
            "li" | "tr" => self.apart(1),
            "a" => self.link(),
            name => self.around(name),
        }
    }

    fn hides(&mut self, name: &str, kind: html5ever::tokenizer::states::RawKind) -> TokenSinkResult<()> {
        self.hidden = Some(name.to_owned());
        TokenSinkResult::RawData(kind)
    }

    /// What follows begins after at least so many line breaks.
    fn apart(&mut self, breaks: usize) {
        self.breaks = self.breaks.max(breaks);
    }

    /// The beginning or end of any other element. The paragraphs of lists are lines.
    fn around(&mut self, name: &str) {
        let breaks = breaks_around(name);
        self.apart(if self.lists.is_empty() { breaks } else { breaks.min(1) });
    }

    /// The entry of a list, or one without a list.
    fn entry(&mut self) {
        self.apart(1);
        self.mark = match self.lists.last_mut() {
            Some(Some(number)) => {
                *number = number.saturating_add(1);
                format!("{number}. ")
            }
            _ => "- ".to_owned(),
        };
    }

    /// The end of a link: where it led, unless its text says so.
    fn link(&mut self) {
        let Some((Some(address), start)) = self.links.pop() else { return };
        let said = self.text.get(start..).unwrap_or_default().trim();
        let short = address.trim_start_matches("mailto:").trim_start_matches("tel:").trim_end_matches('/');
        if said.is_empty() {
            self.word_apart(&address);
        } else if !said.trim_end_matches('/').ends_with(short) {
            self.word_apart(&format!("({address})"));
        }
    }

    /// What an image is called, and where it is. Images of one pixel count who reads a mail.
    fn image(&mut self, tag: &Tag) {
        if ["width", "height"].iter().any(|it| attribute(tag, it).is_some_and(|size| matches!(size, "0" | "1"))) {
            return;
        }
        let name = attribute(tag, "alt").map(str::trim).unwrap_or_default();
        match (name, address(tag, "src")) {
            ("", None) => {}
            ("", Some(address)) => self.word_apart(&address),
            (name, None) => self.word_apart(&format!("[{name}]")),
            (name, Some(address)) => self.word_apart(&format!("{name} ({address})")),
        }
    }

    fn words(&mut self, text: &str) {
        if self.verbatim > 0 {
            for (at, line) in text.split('\n').enumerate() {
                self.breaks += usize::from(at > 0 && !self.text.is_empty());
                self.word(line);
            }
            return;
        }
        for (at, word) in text.split(|it: char| it.is_ascii_whitespace() || it == '\u{a0}').enumerate() {
            self.space |= at > 0;
            self.word(word);
        }
    }

    fn word_apart(&mut self, word: &str) {
        self.space = true;
        self.word(word);
    }

    fn word(&mut self, word: &str) {
        if word.is_empty() || self.hidden.is_some() {
            return;
        }
        if self.text.is_empty() || self.breaks > 0 {
            let breaks = if self.text.is_empty() { 0 } else { self.breaks };
            self.text.extend(std::iter::repeat_n('\n', breaks));
            self.text.push_str(&"> ".repeat(self.quotes.min(DEEPEST)));
            let around = self.lists.len().saturating_sub(usize::from(!self.mark.is_empty()));
            self.text.push_str(&"  ".repeat(around.min(DEEPEST)));
            self.text.push_str(&std::mem::take(&mut self.mark));
        } else if self.space {
            self.text.push(' ');
        }
        (self.breaks, self.space) = (0, false);
        self.text.push_str(word);
    }
}

/// Line breaks before and after an element: it is a paragraph, a block of another kind, or within a line.
fn breaks_around(name: &str) -> usize {
    match name {
        "p" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "table" | "dl" | "figure" | "hr" => 2,
        "address" | "article" | "aside" | "caption" | "center" | "dd" | "details" | "div" | "dt" | "fieldset"
        | "figcaption" | "footer" | "form" | "header" | "legend" | "main" | "nav" | "option" | "section"
        | "summary" => 1,
        _ => 0,
    }
}

fn attribute<'a>(tag: &'a Tag, name: &str) -> Option<&'a str> {
    tag.attrs.iter().find(|it| &*it.name.local == name).map(|it| &*it.value)
}

/// An address that leads somewhere by itself. Others mean something only where the text comes from, or execute something.
fn address(tag: &Tag, name: &str) -> Option<String> {
    let address: String = attribute(tag, name)?.split_whitespace().collect::<Vec<_>>().join("%20");
    let known = ["http://", "https://", "mailto:", "tel:"];
    let leads = known.iter().any(|it| address.get(..it.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(it)));
    (leads && !address.chars().any(char::is_control)).then_some(address)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_stays_and_the_markup_goes() {
        for (html, read) in [
            ("plain", "plain"),
            ("", ""),
            ("a < b && c > d, a<b", "a < b && c > d, a"),
            ("<p>One</p>\n<p>Two&nbsp;&amp; three</p>", "One\n\nTwo & three"),
            ("<p class=\"no-margin\">  One\n  line </p><p>&nbsp;</p><p></p><p>Two</p>", "One line\n\nTwo"),
            ("<div>One</div><div>Two<br>Three<br><br>Four</div>", "One\nTwo\nThree\n\nFour"),
            ("<div>One</div><div><br></div><div>Two</div>", "One\n\nTwo"),
            ("a<b>b</b>c <i> d</i>, <u>e</u>.", "abc d, e."),
            ("<ul><li>one</li><li>two&nbsp;three</li></ul>after", "- one\n- two three\n\nafter"),
            ("<ol><li><p>one</p><li>two<ul><li>in it</ul></ol>", "1. one\n2. two\n  - in it"),
            (
                "<blockquote>Grace wrote:<br>&gt; Please<blockquote>before</blockquote></blockquote>mine",
                "> Grace wrote:\n> > Please\n\n> > before\n\nmine",
            ),
            ("<pre>  a\n\n    b</pre>c", "  a\n\n    b\n\nc"),
            ("<table><tr><th>a</th><th>b</th></tr><tr><td>1</td><td>2</td></tr></table>", "a | b\n1 | 2"),
            (
                "See <a href=\"https://x.example/?a=1&amp;b=2\">our page</a>.",
                "See our page (https://x.example/?a=1&b=2).",
            ),
            ("<a href=\"https://x.example/\">https://x.example</a>", "https://x.example"),
            ("<a href=\"mailto:a@b.example\">a@b.example</a>", "a@b.example"),
            ("<a href=\"https://x.example/\"></a>", "https://x.example/"),
            ("<a href=\"#top\">up</a> <a href=\"/tickets\">here</a>", "up here"),
            ("<img src=\"https://x.example/shot.png\" alt=\"shot.png\">", "shot.png (https://x.example/shot.png)"),
            ("<img src=\"https://x.example/shot.png\">", "https://x.example/shot.png"),
            ("<img src=\"data:image/png;base64,AA==\" alt=\"a chart\"> <img src=x>", "[a chart]"),
            ("<img src=\"https://x.example/open.gif\" width=1 height=1>text", "text"),
            ("&lt;script&gt; stays text &#x1f41e; &copy; &unknown;", "<script> stays text 🐞 © &unknown;"),
        ] {
            assert_eq!(text(html), read, "{html}");
        }
    }

    #[test]
    fn nothing_that_would_be_executed_is_passed_on() {
        for html in [
            "<script>alert(1)</script>ok",
            "<style>p{color:red}</style>ok<!-- <p>no</p> -->",
            "<title>no</title><iframe src=\"https://x.example\"><p>no</p></iframe>ok",
            "<a href=\"javascript:alert(1)\" onclick=\"alert(1)\">ok</a>",
            "<a href=\" java\nscript:alert(1)\">ok</a>",
            "<img src=x onerror=alert(1)>ok",
            "<svg onload=alert(1)>ok</svg><script>alert(1)",
        ] {
            assert_eq!(text(html), "ok", "{html}");
        }
    }

    #[test]
    fn whatever_comes_is_read_in_little_room() {
        for part in ["<blockquote>x", "<ul><li>x", "</p>", "<a href=https://x.example>x", "<", "&", "<pre>\n"] {
            let html = part.repeat(20_000);
            assert!(text(&html).len() < 4 * html.len(), "{part}");
        }
    }
}
