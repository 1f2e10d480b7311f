//! Domains under which anybody can have a name, such as `co.uk` and `github.io`: the public suffix list of Mozilla
//! (<https://publicsuffix.org>, MPL 2.0).

/// A rule a line, in the order of their bytes. Names of other scripts are there as they are written and as they are
/// sent.
const RULES: &[u8] = include_bytes!("public-suffixes.txt");

/// Whether anybody can have a name under this domain, which has more than one part.
pub(super) fn is_public(domain: &str) -> bool {
    let any = domain.split_once('.').map(|(_, above)| format!("*.{above}"));
    (has(domain) || any.is_some_and(|rule| has(&rule))) && !has(&format!("!{domain}"))
}

fn has(rule: &str) -> bool {
    let mut rules = RULES;
    while !rules.is_empty() {
        let (before, _) = rules.split_at(rules.len() / 2);
        let begins = before.iter().rposition(|it| *it == b'\n').map_or(0, |end| end + 1);
        let (before, from) = rules.split_at(begins);
        let mut lines = from.splitn(2, |it| *it == b'\n');
        let (middle, after) = (lines.next().unwrap_or_default(), lines.next().unwrap_or_default());
        rules = match rule.as_bytes().cmp(middle) {
            std::cmp::Ordering::Less => before,
            std::cmp::Ordering::Equal => return true,
            std::cmp::Ordering::Greater => after,
        };
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{collections::BTreeSet, fs, path::Path, process::Command};

    /// The list as the crate `psl` releases it.
    fn released() -> String {
        let mut command = Command::new(env!("CARGO"));
        // What a build on this machine has fetched is all that there may be.
        command.args(["metadata", "--format-version=1", "--offline", "--locked", "--filter-platform=host-tuple"]);
        let metadata = command.current_dir(env!("CARGO_MANIFEST_DIR")).output().unwrap();
        let metadata: serde_json::Value = serde_json::from_slice(&metadata.stdout).unwrap();
        let psl = metadata["packages"].as_array().unwrap().iter().find(|it| it["name"] == "psl").unwrap();
        let folder = Path::new(psl["manifest_path"].as_str().unwrap()).parent().unwrap();
        fs::read_to_string(folder.join("data/rules.txt")).unwrap()
    }

    /// The name of a rule, without what makes it one of a kind.
    fn name(rule: &str) -> &str {
        rule.strip_prefix('!').or(rule.strip_prefix("*.")).unwrap_or(rule)
    }

    #[test]
    fn the_list_is_that_of_psl() {
        let released = released();
        let sent = |rule: &str| rule.replace(name(rule), &idna::domain_to_ascii(name(rule)).unwrap());
        let rules: BTreeSet<_> = released.lines().flat_map(|rule| [rule.to_owned(), sent(rule)]).collect();
        let rules: String = rules.iter().map(|rule| format!("{rule}\n")).collect();
        if std::env::var_os("UPDATE_SUFFIXES").is_some() {
            fs::write(concat!(env!("CARGO_MANIFEST_DIR"), "/src/base/public-suffixes.txt"), rules).unwrap();
            return;
        }
        assert!(rules.as_bytes() == RULES, "psl has another list: UPDATE_SUFFIXES=1 takes it over");
    }

    #[test]
    fn it_says_what_psl_says() {
        for rule in str::from_utf8(RULES).unwrap().lines() {
            let beside = [format!("a.{}", name(rule)), format!("a.b.{}", name(rule))];
            for domain in beside.iter().map(String::as_str).chain([name(rule)]).filter(|it| it.contains('.')) {
                // Where one wildcard is under another, psl does not see the upper one.
                if has(&format!("*.{domain}")) {
                    continue;
                }
                assert_eq!(is_public(domain), psl::domain_str(domain).is_none(), "{domain}");
            }
        }
    }
}
