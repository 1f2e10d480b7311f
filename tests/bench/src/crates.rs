//! What the functions' files are made of, by crate: their symbols are named after what they were written in. Generic
//! code of the standard library counts as that of the crate for whose type it was compiled, where its name says so.

use crate::{program, scenario::SCENARIOS};
use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    process::Command,
};

/// Crates that are listed; smaller ones are added up.
const LISTED: usize = 24;
const STANDARD: [&str; 5] = ["std", "core", "alloc", "compiler_builtins", "hashbrown"];

/// Prints a table with a column for each function.
pub fn print(functions: &Path) {
    let names: BTreeSet<_> = SCENARIOS.map(|it| it.function).into();
    let found: Vec<_> = names.iter().map(|name| sizes(&program(functions, name))).collect();
    println!("| KB | {} |\n|---|{}", names.iter().copied().collect::<Vec<_>>().join(" | "), "---|".repeat(names.len()));
    for part in 0..2 {
        let of = |nth: usize| if part == 0 { &found[nth].0 } else { &found[nth].1 };
        let mut all: Vec<_> =
            (0..found.len()).flat_map(|nth| of(nth).keys()).collect::<BTreeSet<_>>().into_iter().collect();
        let size = |nth: usize, name: &String| of(nth).get(name).copied().unwrap_or(0);
        all.sort_by_key(|name| std::cmp::Reverse((0..found.len()).map(|nth| size(nth, name)).sum::<u64>()));
        let (listed, others) = all.split_at(all.len().min(LISTED));
        let row = |name: &str, sizes: Vec<u64>| {
            let sizes: Vec<_> = sizes.iter().map(|it| (it / 1000).to_string()).collect();
            println!("| {name} | {} |", sizes.join(" | "));
        };
        for name in listed {
            row(name, (0..found.len()).map(|nth| size(nth, name)).collect());
        }
        if !others.is_empty() {
            let rest = |nth: usize| others.iter().map(|name| size(nth, name)).sum();
            row(&format!("{} others", others.len()), (0..found.len()).map(rest).collect());
        }
    }
}

/// The bytes of a program's code by crate, and those of what is not code by the file's section.
fn sizes(program: &Path) -> (BTreeMap<String, u64>, BTreeMap<String, u64>) {
    let (mut code, mut named) = (BTreeMap::new(), 0);
    for line in output("nm", &["--print-size", "--radix=d", "--demangle", "--defined-only"], program).lines() {
        let mut fields = line.splitn(4, ' ');
        let (Some(_), Some(size), Some(kind), Some(name)) =
            (fields.next(), fields.next(), fields.next(), fields.next())
        else {
            continue;
        };
        if let ("t" | "T" | "w" | "W", Ok(size)) = (kind, size.parse::<u64>()) {
            *code.entry(crate_of(name)).or_default() += size;
            named += size;
        }
    }
    let mut sections = BTreeMap::new();
    for line in output("readelf", &["--sections", "--wide"], program).lines() {
        let Some((_, line)) = line.split_once("] ") else { continue };
        let fields: Vec<_> = line.split_whitespace().collect();
        let [name, kind, _, _, size, ..] = fields[..] else { continue };
        let Ok(size) = u64::from_str_radix(size, 16) else { continue };
        match name {
            // What `strip` takes out, and what takes no place in the file.
            _ if kind == "NOBITS" || name.starts_with(".debug") || matches!(name, ".symtab" | ".strtab") => {}
            ".text" => *sections.entry("code without a name".into()).or_default() += size.saturating_sub(named),
            ".rodata" => *sections.entry("constants".into()).or_default() += size,
            ".eh_frame" | ".eh_frame_hdr" | ".gcc_except_table" => {
                *sections.entry("what unwinds a panic".into()).or_default() += size;
            }
            ".data.rel.ro" | ".rela.dyn" => {
                *sections.entry("addresses, and where they are".into()).or_default() += size
            }
            _ => *sections.entry("other sections".into()).or_default() += size,
        }
    }
    (code, sections)
}

fn output(command: &str, arguments: &[&str], program: &Path) -> String {
    let output = Command::new(command).args(arguments).arg(program).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// The crate that a symbol is named after.
fn crate_of(name: &str) -> String {
    if name.starts_with("aws_lc_") {
        return "aws-lc".into();
    }
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    // Each path in the name, by its first word.
    let paths = name.match_indices("::").filter_map(|(at, _)| {
        let before = &name[..at];
        let word = before.rsplit(|c: char| !is_part(c)).next()?;
        let is_first = !before[..before.len() - word.len()].ends_with("::");
        (is_first && !word.is_empty()).then_some(word)
    });
    let paths: Vec<_> = paths.collect();
    let own = paths.iter().find(|it| !STANDARD.contains(it));
    own.or(paths.first()).map_or_else(|| "C and assembler".into(), |it| (*it).to_owned())
}
