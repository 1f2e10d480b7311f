//! Scripts and styles as browsers get them: their files put together, without what is for their authors.
//!
//! Scripts are written as ECMAScript modules, for whoever reads, lints and tests them, and served as one: there is no build
//! step, and no second request. So names at the top of modules that are put together must differ.

use serde_json::Value;

/// The module that tells times, for the portal's pages and the Messenger.
pub const TIMES: &str = include_str!("../assets/times.js");
/// The module that asks again and again whether something has changed, for both as well.
pub const LIVE: &str = include_str!("../assets/live.js");

/// One module made of these, each behind those that it imports from. Their imports are left out, and they export nothing.
#[must_use]
pub fn module(parts: &[&str]) -> String {
    let mut module = String::new();
    let mut is_import = false;
    for Line { text, is_literal } in parts.iter().flat_map(|part| lines(part)) {
        is_import |= !is_literal && text.starts_with("import ");
        if !is_import {
            module.push_str(if is_literal { text } else { text.strip_prefix("export ").unwrap_or(text) });
            module.push('\n');
        }
        is_import &= !text.ends_with(';');
    }
    module
}

/// What `import name from "style.css" with { type: "css" }` stands for: a module that makes the style sheet.
#[must_use]
pub fn style_sheet(name: &str, css: &str) -> String {
    format!("const {name} = new CSSStyleSheet();\n{name}.replaceSync({});\n", Value::from(style(css)))
}

/// A style without indentation and comments.
#[must_use]
pub fn style(css: &str) -> String {
    lines(css).flat_map(|line| [line.text, "\n"]).collect()
}

struct Line<'a> {
    text: &'a str,
    /// Begins within a template literal: whatever it looks like, it is text.
    is_literal: bool,
}

/// The lines of a source without indentation, empty lines, and comments that have lines of their own. Only the backticks of
/// template literals may be written as such, others are `\x60`.
fn lines(source: &str) -> impl Iterator<Item = Line<'_>> {
    let (mut in_literal, mut in_comment) = (false, false);
    source.lines().filter_map(move |line| {
        let is_literal = in_literal;
        let text = if is_literal { line } else { line.trim_start() };
        if !is_literal {
            in_comment |= text.starts_with("/*");
            if in_comment {
                in_comment = !text.ends_with("*/");
                return None;
            }
            if text.is_empty() || text.starts_with("//") {
                return None;
            }
        }
        in_literal ^= text.matches('`').count() % 2 == 1;
        Some(Line { text, is_literal })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_for_authors_is_left_out() {
        let source = "// What it is for.\n/** Says `a`.\n * @param {string} a\n */\nfunction say(a) {\n\n  // Because.\n  \
                      return a; // Stays.\n}\n";
        assert_eq!(module(&[source]), "function say(a) {\nreturn a; // Stays.\n}\n");
        assert_eq!(style("/* Wide. */\na{color:red;\n  top:0}\n"), "a{color:red;\ntop:0}\n");
    }

    #[test]
    fn what_looks_like_a_comment_in_a_template_literal_stays() {
        let source = "const text = `\n  // no comment ${one ? `a` : `b`}\n/* nor this */\n\nexport it`;\n  // A comment.\n\
                      const url = \"//example.com\";\n";
        assert_eq!(
            module(&[source]),
            "const text = `\n  // no comment ${one ? `a` : `b`}\n/* nor this */\n\nexport it`;\n\
             const url = \"//example.com\";\n"
        );
    }

    #[test]
    fn modules_become_one() {
        let first = "export const a = 1;\nexport function b() {}\n";
        let second =
            "import { a } from \"./first.js\";\nimport {\n  b,\n} from \"./first.js\";\nimport(`./${a}.js`);\nb();\n";
        assert_eq!(module(&[first, second]), "const a = 1;\nfunction b() {}\nimport(`./${a}.js`);\nb();\n");
    }

    #[test]
    fn a_style_sheet_is_quoted() {
        let expected =
            "const sheet = new CSSStyleSheet();\nsheet.replaceSync(\"a::after{content:\\\"\\\\201C`\\\"}\");\n";
        assert_eq!(style_sheet("sheet", "a::after{content:\"\\201C`\"}"), expected);
    }
}
