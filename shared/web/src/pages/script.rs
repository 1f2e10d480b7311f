//! Scripts and styles as browsers get them: their files joined, without comments and indentation.
//!
//! Scripts are written as ECMAScript modules, so that they can be linted and tested one by one, and are served as one:
//! there is no build step and no second request. So modules that are joined must not declare the same name at their top
//! level.

use serde_json::Value;

/// The module that shows times, for the portal's pages and the Messenger.
pub const TIMES: &str = include_str!("../../assets/times.js");
/// The module that asks repeatedly whether something has changed, for the portal's pages and the Messenger.
pub const LIVE: &str = include_str!("../../assets/live.js");
/// The module that keeps what readers have typed, for the portal's pages and the Messenger.
pub const DRAFTS: &str = include_str!("../../assets/drafts.js");
/// The module that asks for what is like a text, for the portal's pages and the Messenger.
pub const ALIKE: &str = include_str!("../../assets/alike.js");

/// Joins modules into one that neither imports nor exports anything. Each has to come after those from which it
/// imports.
#[must_use]
pub fn module(parts: &[&str]) -> String {
    // After these characters the end of the line means nothing: the statement continues or is complete anyway.
    parts.iter().map(|part| squeezed(part, &[',', ';', '{', '(', '['])).collect()
}

/// Makes the module for which `import name from "style.css" with { type: "css" }` stands: it creates the style sheet.
#[must_use]
pub fn style_sheet(name: &str, css: &str) -> String {
    format!("const {name} = new CSSStyleSheet();\n{name}.replaceSync({});\n", Value::from(style(css)))
}

/// Takes indentation, comments and line ends out of a style.
#[must_use]
pub fn style(css: &str) -> String {
    squeezed(css, &[',', ';', '{', '}'])
}

/// Takes indentation, empty lines, imports, the word `export`, and comments on lines of their own out of the source,
/// and line ends after a character in `closed`. Template literals stay as they are. To tell where they begin and end,
/// every other backtick has to be written as `\x60`.
fn squeezed(source: &str, closed: &[char]) -> String {
    let mut squeezed = String::with_capacity(source.len());
    let (mut in_comment, mut in_import, mut in_literal) = (false, false, false);
    for line in source.lines() {
        if in_literal {
            squeezed.push_str(line);
        } else {
            let code = line.trim_start();
            in_comment |= code.starts_with("/*");
            in_import |= !in_comment && code.starts_with("import ");
            if in_comment || in_import || code.is_empty() || code.starts_with("//") {
                in_comment &= !code.ends_with("*/");
                in_import &= !code.ends_with(';');
                continue;
            }
            squeezed.push_str(code.strip_prefix("export ").unwrap_or(code));
        }
        in_literal ^= line.matches('`').count() % 2 == 1;
        // A comment at the end of the line needs that end.
        if in_literal || line.contains("//") || !line.ends_with(closed) {
            squeezed.push('\n');
        }
    }
    squeezed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_for_authors_is_left_out() {
        let source = "// What it is for.\n/** Says `a`.\n * @param {string} a\n */\nfunction say(a) {\n\n  // Because.\n  \
                      one(a,\n    b); // Stays;\n  return a;\n}\nsay(1)\n";
        assert_eq!(module(&[source]), "function say(a) {one(a,b); // Stays;\nreturn a;}\nsay(1)\n");
        assert_eq!(style("/* Wide. */\na{color:red;\n  top:0}\nb,\ni{top:0}\n"), "a{color:red;top:0}b,i{top:0}");
    }

    #[test]
    fn what_looks_like_a_comment_in_a_literal_stays() {
        let literal = "const text = `\n  // no comment, ${one ? `a` : `b`},\n/* nor this */\n\nexport it;\n`;";
        let source = format!("{literal}\n  // A comment.\nconst url = \"//example.com\";\n");
        assert_eq!(module(&[&source]), format!("{literal}const url = \"//example.com\";\n"));
    }

    #[test]
    fn modules_become_one() {
        let first = "export const a = 1;\nexport function b() {}\n";
        let second =
            "import { a } from \"./first.js\";\nimport {\n  b,\n} from \"./first.js\";\nimport(`./${a}.js`);\nb();\n";
        assert_eq!(module(&[first, second]), "const a = 1;function b() {}\nimport(`./${a}.js`);b();");
    }

    #[test]
    fn a_style_sheet_is_quoted() {
        let expected =
            "const sheet = new CSSStyleSheet();\nsheet.replaceSync(\"a::after{content:\\\"\\\\201C\\\"}\");\n";
        assert_eq!(style_sheet("sheet", "a::after{content:\"\\201C\"}"), expected);
    }
}
