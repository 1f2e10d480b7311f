//! The rooms of crates, and the arrows between them: a room takes from those on the floors below it, and from nothing
//! else of its crate.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

/// Crates with rooms: floors from the ground up. Rooms on one floor know nothing of each other.
const HOUSE: [(&str, &[&[&str]]); 3] = [
    ("shared/store", &[&["table"], &["record"], &["portal", "desk", "feed"], &["write"], &["operator"]]),
    ("shared/portal", &[&["ports", "given"], &["again", "once"], &["message"], &["customer", "teammate"]]),
    ("shared/web", &[&["base"], &["http"], &["identity"], &["pages"], &["edge"]]),
];

/// A path of a crate in one of its files, by its first segments behind `crate` or `super`.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Mention {
    /// The line, for people.
    line: usize,
    /// How often the path says `super`; `None` when it begins with `crate`.
    up: Option<usize>,
    /// What follows: several, when it is a list in braces.
    names: Vec<String>,
}

fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// The first segment of each path in a list, or of the one path that there is.
fn first_names(text: &str) -> Vec<String> {
    let name = |text: &str| text.bytes().take_while(|byte| is_name(*byte)).map(char::from).collect::<String>();
    let Some(list) = text.strip_prefix('{') else { return vec![name(text)] };
    let (mut names, mut depth, mut start) = (Vec::new(), 0, 0);
    for (at, byte) in list.bytes().enumerate() {
        match byte {
            b'{' => depth += 1,
            b'}' | b',' if depth == 0 => {
                names.push(name(list[start..at].trim_start()));
                start = at + 1;
                if byte == b'}' {
                    break;
                }
            }
            b'}' => depth -= 1,
            _ => {}
        }
    }
    names.retain(|name| !name.is_empty());
    names
}

/// Every path in a source that begins with `crate` or `super`, comments left out.
fn mentions(source: &str) -> Vec<Mention> {
    let code: Vec<_> = source.lines().map(|line| line.split("//").next().unwrap_or_default()).collect();
    let code = code.join("\n");
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(at) = ["crate::", "super::"].iter().filter_map(|it| code[from..].find(it)).min() {
        let at = from + at;
        let mut rest = &code[at..];
        let up = rest.starts_with("super").then(|| {
            let depth = (rest.len() - rest.trim_start_matches("super::").len()) / "super::".len();
            rest = rest.trim_start_matches("super::");
            depth
        });
        rest = rest.strip_prefix("crate::").unwrap_or(rest);
        from = code.len() - rest.len();
        // A macro's `$crate` is for other crates.
        let begins =
            at == 0 || !is_name(code.as_bytes()[at - 1]) && !code[..at].ends_with("::") && !code[..at].ends_with('$');
        if begins {
            found.push(Mention { line: code[..at].lines().count().max(1), up, names: first_names(rest) });
        }
    }
    found
}

/// The rooms that a crate's own re-exports come from, by name.
fn re_exports(lib: &str) -> BTreeMap<String, String> {
    let mut from = BTreeMap::new();
    for statement in lib.split("pub use ").skip(1) {
        let statement = statement.split(';').next().unwrap();
        let (room, names) = statement.split_once("::").unwrap();
        let names = names.trim_matches(|it: char| "{} \n".contains(it)).split(',');
        let names = names.map(|name| name.trim().rsplit("::").next().unwrap().rsplit(' ').next().unwrap().to_owned());
        from.extend(names.filter(|name| !name.is_empty()).map(|name| (name, room.trim().to_owned())));
    }
    from
}

/// What a crate's first file has itself; every room may use it.
fn of_all_rooms(lib: &str) -> BTreeSet<String> {
    let defined = lib.lines().filter_map(|line| line.strip_prefix("pub struct "));
    defined.map(|rest| rest.bytes().take_while(|byte| is_name(*byte)).map(char::from).collect()).collect()
}

/// The arrows of a file between rooms, and where each is.
fn arrows(module: &[String], source: &str, exported: &BTreeMap<String, String>) -> Vec<(String, usize)> {
    let tests = source.lines().position(|line| line.starts_with("mod tests")).unwrap_or(usize::MAX);
    let mut arrows = Vec::new();
    for mention in mentions(source) {
        let depth = module.len() + usize::from(mention.line > tests);
        // What is not all the way up is in the room itself.
        if mention.up.is_some_and(|up| up < depth) {
            continue;
        }
        let rooms = mention.names.into_iter().map(|name| exported.get(&name).cloned().unwrap_or(name));
        arrows.extend(rooms.map(|room| (room, mention.line)));
    }
    arrows
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|it| it.unwrap().path());
    let all = entries.flat_map(|it| if it.is_dir() { sources(&it) } else { vec![it] });
    let mut sources: Vec<_> = all.filter(|it| it.extension().is_some_and(|it| it == "rs")).collect();
    sources.sort();
    sources
}

/// Where a file is in its crate: `record/viewer.rs` is `record::viewer`, `record/mod.rs` is `record`.
fn module(path: &Path) -> Vec<String> {
    let mut parts: Vec<_> = path.with_extension("").iter().map(|it| it.to_string_lossy().into_owned()).collect();
    parts.pop_if(|last| *last == "mod");
    parts
}

#[test]
fn a_room_takes_only_from_the_floors_below_it() {
    for (name, floors) in HOUSE {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(name).join("src");
        let floor = |room: &str| floors.iter().position(|rooms| rooms.contains(&room));
        let lib = fs::read_to_string(source.join("lib.rs")).unwrap();
        let (exported, of_all) = (re_exports(&lib), of_all_rooms(&lib));
        let (mut seen, mut wrong) = (BTreeSet::new(), Vec::new());
        for path in sources(&source) {
            let within = path.strip_prefix(&source).unwrap();
            let module = module(within);
            if module == ["lib"] {
                continue;
            }
            let room = module[0].clone();
            let Some(own) = floor(&room) else {
                wrong.push(format!("{name}: {} is in no room", within.display()));
                continue;
            };
            seen.insert(room.clone());
            for (other, line) in arrows(&module, &fs::read_to_string(&path).unwrap(), &exported) {
                if other != room && !of_all.contains(&other) && floor(&other).is_none_or(|other| other >= own) {
                    wrong.push(format!("{name}: {}:{line} takes from {other}", within.display()));
                }
            }
        }
        assert_eq!(seen.len(), floors.iter().map(|rooms| rooms.len()).sum::<usize>(), "{name}: {seen:?}");
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }
}

#[test]
fn arrows_are_seen_however_they_are_written() {
    let exported = re_exports("mod write;\npub use write::{Once, ticket::TicketWrite};\npub use portal::Entry;\n");
    let source = "\
        //! [`crate::desk`] is no arrow.\n\
        use super::viewer::Viewer;\n\
        use super::super::desk::Names;\n\
        use crate::{\n    TicketWrite,\n    record::{Found, ticket::{A, B}},\n    table,\n};\n\
        fn f() -> crate::Entry { mycrate::portal(); }\n\
        mod tests {\n    use super::super::super::operator;\n    use super::super::other;\n}\n";
    let module = ["record".to_owned(), "head".to_owned()];
    let rooms: Vec<_> = arrows(&module, source, &exported).into_iter().map(|(room, _)| room).collect();
    assert_eq!(rooms, ["desk", "write", "record", "table", "portal", "operator"]);
}
