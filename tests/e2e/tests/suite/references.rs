//! References lead somewhere: links of the documents, the headings that comments name, the codes of problems.

use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::PathBuf,
};

/// Folders that builds and tools make.
const NOT_OURS: [&str; 5] = [".aws-sam", ".git", "node_modules", "out", "target"];
const TEXTS: [&str; 12] = ["css", "html", "java", "js", "md", "mjs", "py", "rs", "sh", "toml", "yaml", "yml"];

fn root() -> PathBuf {
    fs::canonicalize(concat!(env!("CARGO_MANIFEST_DIR"), "/../..")).unwrap()
}

/// The texts below a folder, by their paths from the root. An exported tree has no git to ask.
fn texts(folder: &str) -> BTreeMap<String, String> {
    let (root, mut found, mut folders) = (root(), BTreeMap::new(), vec![root().join(folder)]);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap();
            if path.is_dir() && !path.is_symlink() {
                folders.extend((!NOT_OURS.contains(&name)).then_some(path));
                continue;
            }
            // Scripts are called `run`.
            let is_text = path.extension().map_or(name == "run", |it| TEXTS.iter().any(|text| it == *text));
            if is_text {
                let from_root = path.strip_prefix(&root).unwrap().to_str().unwrap().to_owned();
                found.insert(from_root, fs::read_to_string(&path).unwrap());
            }
        }
    }
    found
}

/// Lines outside of fenced code.
fn prose(document: &str) -> impl Iterator<Item = &str> {
    let mut fenced = false;
    document.lines().filter(move |line| {
        let fence = line.trim_start().starts_with("```");
        fenced ^= fence;
        !fenced && !fence
    })
}

fn headings(document: &str) -> Vec<&str> {
    prose(document).filter_map(|line| line.strip_prefix('#')).map(|it| it.trim_start_matches('#').trim()).collect()
}

/// What a heading is called in an address, as GitHub names it.
fn anchor(heading: &str) -> String {
    let kept = heading.to_lowercase();
    let kept = kept.chars().filter(|it| it.is_alphanumeric() || matches!(it, ' ' | '-' | '_'));
    kept.map(|it| if it == ' ' { '-' } else { it }).collect()
}

#[test]
fn links_in_documents_lead_to_files_and_headings_that_are_there() {
    let documents: BTreeMap<_, _> = texts("").into_iter().filter(|(path, _)| path.ends_with(".md")).collect();
    let mut broken = Vec::new();
    for (path, document) in &documents {
        let folder = root().join(path).parent().unwrap().to_owned();
        let links = prose(document).flat_map(|line| line.split("](").skip(1).filter_map(|it| it.split(')').next()));
        for link in links.filter(|it| !it.contains("://")) {
            let (file, heading) = link.split_once('#').map_or((link, None), |(file, heading)| (file, Some(heading)));
            let target = if file.is_empty() { root().join(path) } else { folder.join(file) };
            let inside = fs::canonicalize(&target).is_ok_and(|it| it.starts_with(root()));
            let lands = |wanted: &str| {
                let text = fs::read_to_string(&target).unwrap();
                headings(&text).into_iter().any(|it| anchor(it) == wanted)
            };
            if !inside || heading.is_some_and(|wanted| !lands(wanted)) {
                broken.push(format!("{path}: {link}"));
            }
        }
    }
    assert!(documents.len() > 10 && broken.is_empty(), "{broken:#?}");
}

/// The text as one line, without what begins the lines of a comment.
fn flowing(text: &str) -> String {
    let lines = text.lines().map(|line| line.trim().trim_start_matches(['/', '!', '#', '*']).trim());
    lines.collect::<Vec<_>>().join(" ")
}

/// Every document that a text names, with what follows its name.
fn named(text: &str) -> Vec<(&str, &str)> {
    let ends = text.match_indices(".md").map(|(at, found)| at + found.len());
    let part_of_name = |it: char| it.is_ascii_alphanumeric() || matches!(it, '.' | '-' | '_' | '/');
    ends.filter(|end| !text[*end..].starts_with(|it: char| it.is_ascii_alphanumeric() || it == '/'))
        .map(|end| (&text[..end], &text[end..]))
        .map(|(before, after)| (&before[before.rfind(|it| !part_of_name(it)).map_or(0, |at| at + 1)..], after))
        .collect()
}

/// Whether a text begins with these whole words.
fn begins_with(text: &str, words: &str) -> bool {
    text.strip_prefix(words).is_some_and(|rest| !rest.starts_with(char::is_alphanumeric))
}

#[test]
fn a_heading_that_a_text_names_is_in_the_document() {
    let documents = texts("docs");
    let schemas = &documents["docs/openapi.yaml"];
    let mut broken = Vec::new();
    for (path, text) in texts("") {
        let text = flowing(&text);
        for (document, after) in named(&text) {
            let after = after.strip_prefix(", ").filter(|it| it.starts_with(char::is_uppercase));
            if let (Some(after), Some(found)) = (after, documents.get(document))
                && !headings(found).iter().any(|heading| begins_with(after, heading))
            {
                broken.push(format!("{path}: {document}, {}", after.chars().take(40).collect::<String>()));
            }
        }
        // Of the OpenAPI document, a schema.
        for after in text.split("docs/openapi.yaml, ").skip(1).filter(|it| it.starts_with(char::is_uppercase)) {
            let schema: String = after.chars().take_while(|it| it.is_alphanumeric()).collect();
            if !schemas.contains(&format!("\n    {schema}:\n")) {
                broken.push(format!("{path}: docs/openapi.yaml, {schema}"));
            }
        }
    }
    assert!(broken.is_empty(), "{broken:#?}");
}

/// Every code of a problem that the OpenAPI document lists below a value.
fn codes(value: &Value) -> BTreeSet<String> {
    let listed = value["code"]["enum"].as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned);
    let fields = value.as_object().into_iter().flatten().map(|(_, it)| it);
    let items = value.as_array().into_iter().flatten();
    listed.chain(fields.chain(items).flat_map(codes)).collect()
}

#[test]
fn every_code_of_a_problem_is_in_the_list_of_docs_api() {
    let read = |path: &str| fs::read_to_string(root().join(path)).unwrap();
    let promised = codes(&serde_yaml_ng::from_str::<Value>(&read("docs/openapi.yaml")).unwrap());
    let document = read("docs/api.md");
    let rows = document.lines().filter(|line| line.starts_with("| 4") || line.starts_with("| 5"));
    let told = rows.filter_map(|row| row.split('|').nth(2)).flat_map(|codes| codes.split('`').skip(1).step_by(2));
    // The local gateway's own, in the place of an answer that API Gateway gives without one.
    let told: BTreeSet<_> = told.chain(["request_too_large"]).map(str::to_owned).collect();
    // No operation lists the answer of an address that has no operation.
    let promised: BTreeSet<_> = promised.into_iter().chain(["not_found".to_owned()]).collect();
    assert_eq!(promised, told);
}

#[test]
fn documents_are_named_by_their_path_and_their_headings_not_by_numbers() {
    let numbered = |after: &str| after.trim_start().starts_with(|it: char| it.is_ascii_digit());
    let mut broken = Vec::new();
    for (path, text) in texts("") {
        let text = flowing(&text);
        let beside = root().join(&path).parent().unwrap().to_owned();
        // The text of a link does not have to lead anywhere.
        let named = named(&text).into_iter().filter(|(document, after)| *document != ".md" && !after.starts_with("]("));
        for (document, after) in named {
            let may_be_beside = path.ends_with(".md") || document.starts_with('.');
            let there = root().join(document).exists() || may_be_beside && beside.join(document).exists();
            if !there || numbered(after) {
                broken.push(format!("{path}: {document}{}", after.chars().take(20).collect::<String>()));
            }
        }
        for (at, _) in text.match_indices("section ").filter(|(at, word)| numbered(&text[at + word.len()..])) {
            // Sections of standards do have numbers.
            if !text[..at].rsplit(['(', '.']).next().unwrap().contains("RFC") {
                broken.push(format!("{path}: {}", text[at..].chars().take(20).collect::<String>()));
            }
        }
    }
    assert!(broken.is_empty(), "{broken:#?}");
}

/// The code of crates, without their tests.
fn code() -> impl Iterator<Item = (String, String)> {
    let sources = ["functions", "shared", "admin", "local"].into_iter().flat_map(texts);
    let sources = sources.filter(|(path, _)| path.ends_with(".rs") && path.contains("/src/"));
    sources.map(|(path, text)| (path, text.split("\n#[cfg(test)]").next().unwrap_or_default().to_owned()))
}

/// Lines of the code that contain one of `what`, with their files.
fn lines_with(what: &[&str]) -> Vec<String> {
    let lines = code().flat_map(|(path, text)| {
        let found = text.lines().filter(|line| what.iter().any(|it| line.contains(it))).map(str::trim);
        found.map(|line| format!("{path}: {line}")).collect::<Vec<_>>()
    });
    lines.collect()
}

#[test]
fn nobody_goes_by_the_text_of_a_problems_code() {
    assert!(code().count() > 100);
    let found = lines_with(&[".code == \"", ".code != \"", ".code {", "(problem.code", "matches!(problem.code"]);
    assert!(found.is_empty(), "an error has a type: {found:#?}");
}

#[test]
fn one_loop_tries_again_what_others_were_in_the_way_of() {
    let mut found = lines_with(&["in 0..", "in 1..", "WriteError::Stale) => continue", "WriteError::Stale) => {}"]);
    // Store and importer have loops of their own: they know more about what was in the way.
    found.retain(|line| line.starts_with("functions/") || line.starts_with("shared/portal/"));
    found.retain(|line| !line.starts_with("shared/portal/src/again.rs: "));
    assert!(found.is_empty(), "shared/portal/src/again.rs is for this: {found:#?}");
}
