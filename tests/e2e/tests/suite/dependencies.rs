//! What runs on laptops alone is in no deployed function. What may be nowhere is in deny.toml.

use std::process::Command;

/// Every package that the deployed functions link.
fn linked() -> Vec<String> {
    let mut command = Command::new(env!("CARGO"));
    command.args([
        "tree",
        "--locked",
        "--edges",
        "normal",
        "--prefix",
        "none",
        "--format",
        "{p}",
        "--target",
        "x86_64-unknown-linux-gnu",
    ]);
    for function in local::gateway::FUNCTIONS {
        command.args(["--package", function.name]);
    }
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let mut packages: Vec<_> = String::from_utf8(output.stdout)
        .unwrap()
        .lines()
        .map(|line| line.split(' ').take(2).collect::<Vec<_>>().join(" "))
        .collect();
    packages.sort();
    packages.dedup();
    packages
}

#[test]
fn functions_link_neither_the_local_engine_nor_its_server() {
    let packages = linked();
    assert!(packages.len() > 50, "{packages:?}");
    for never in ["dynoxide-rs", "axum"] {
        assert!(!packages.iter().any(|it| it.starts_with(&format!("{never} "))), "{never} is linked");
    }
}
