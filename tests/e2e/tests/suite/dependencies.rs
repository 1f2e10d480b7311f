//! What was decided in Cargo.toml, held against what cargo resolves: one TLS stack, one crypto library.

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

fn versions<'a>(packages: &'a [String], name: &str) -> Vec<&'a str> {
    packages.iter().filter(|it| it.split(' ').next() == Some(name)).map(String::as_str).collect()
}

#[test]
fn functions_link_one_tls_stack_and_one_crypto_library() {
    let packages = linked();
    assert!(packages.len() > 50, "{packages:?}");
    for once in ["rustls", "aws-lc-rs", "hyper", "http", "tokio", "serde_json"] {
        let found: Vec<_> =
            versions(&packages, once).into_iter().filter(|it| !(once == "http" && it.contains(" v0."))).collect();
        assert_eq!(found.len(), 1, "{once}: {found:?}");
    }
    for never in [
        "ring",
        "openssl",
        "native-tls",
        "rsa",
        "hmac-sha256",
        "ed25519-dalek",
        "p256",
        "hyper-rustls v0.24",
        "dynoxide-rs",
        "axum",
        "chrono",
    ] {
        assert!(!packages.iter().any(|it| it.starts_with(&format!("{never} ")) || *it == never), "{never} is linked");
    }
}
