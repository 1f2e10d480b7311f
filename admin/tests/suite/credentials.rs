//! The ways in which somebody at a laptop has credentials, each as the AWS CLI leaves it behind.

use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    process::Command,
    sync::mpsc::{Receiver, channel},
    thread,
};

/// The CLI's files under `.aws`. A session of `aws login` is in a file named by its SHA-256, one of `aws sso login` in one
/// named by the SHA-1 of its name.
const FILES: [(&str, &str); 3] = [
    (
        "config",
        r#"
[profile process]
credential_process = echo '{"Version": 1, "AccessKeyId": "AKPROCESS", "SecretAccessKey": "s", "SessionToken": "t"}'

[profile login]
login_session = arn:aws:iam::012345678901:user/operator

[profile sso]
sso_session = vendor
sso_account_id = 012345678901
sso_role_name = operator

[profile process-that-fails]
credential_process = false

[profile not-signed-in]
login_session = arn:aws:iam::012345678901:user/somebody

[profile sso-signed-out]
sso_session = other
sso_account_id = 012345678901
sso_role_name = operator

[sso-session vendor]
sso_start_url = https://vendor.example/start
sso_region = eu-west-1

[sso-session other]
sso_start_url = https://vendor.example/start
sso_region = eu-west-1
"#,
    ),
    (
        "login/cache/66db62a4f270b193f11b9739a52a642b78edb584f102b42541fbde99d4d5e0d6.json",
        r#"{"accessToken": {"accessKeyId": "AKLOGIN", "secretAccessKey": "s", "sessionToken": "t",
            "accountId": "012345678901", "expiresAt": "2999-01-01T00:00:00Z"}, "tokenType": "aws_sigv4",
            "clientId": "arn:aws:signin:::devtools/same-device", "refreshToken": "r", "idToken": "i", "dpopKey": "k"}"#,
    ),
    (
        "sso/cache/9fdcb2f441fcdd2e24e21bf8d45413ae72c0443c.json",
        r#"{"accessToken": "of the session", "expiresAt": "2999-01-01T00:00:00Z"}"#,
    ),
];

/// What an AWS of its own was asked: the first line and the headers of each request.
struct Aws {
    endpoint: String,
    asked: Receiver<String>,
}

impl Aws {
    /// Gives out a role's credentials, and refuses everything else.
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let (tell, asked) = channel();
        thread::spawn(move || {
            for stream in listener.incoming() {
                if tell.send(answer(stream.unwrap())).is_err() {
                    break;
                }
            }
        });
        Self { endpoint, asked }
    }

    /// Exit code, what was told, and what was asked of AWS.
    fn check_as(&self, home: &str, profile: &str) -> (i32, String, Vec<String>) {
        let mut admin = Command::new(env!("CARGO_BIN_EXE_admin"));
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("AWS_") {
                admin.env_remove(name);
            }
        }
        admin.args(["check", "--aws"]).env("HOME", home).env("AWS_PROFILE", profile).env("AWS_REGION", "eu-west-1");
        admin.env("AWS_EC2_METADATA_DISABLED", "true");
        admin.env("AWS_ENDPOINT_URL_DYNAMODB", &self.endpoint).env("AWS_ENDPOINT_URL_SSO", &self.endpoint);
        let output = admin.output().unwrap();
        let told = String::from_utf8(output.stderr).unwrap();
        (output.status.code().unwrap(), told, self.asked.try_iter().collect())
    }
}

fn answer(mut stream: TcpStream) -> String {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") && reader.read_line(&mut head).unwrap() > 0 {}
    let head = head.to_lowercase();
    let length =
        head.lines().find_map(|line| line.strip_prefix("content-length: ")).map_or(0, |it| it.parse().unwrap());
    reader.take(length).read_to_end(&mut Vec::new()).unwrap();
    let (status, body) = if head.starts_with("get /federation/credentials") {
        let role =
            r#"{"accessKeyId": "AKSSO", "secretAccessKey": "s", "sessionToken": "t", "expiration": 32503680000000}"#;
        ("200 OK", format!(r#"{{"roleCredentials": {role}}}"#))
    } else {
        ("400 Bad Request", r#"{"__type": "AccessDeniedException"}"#.to_owned())
    };
    let length = body.len();
    write!(stream, "HTTP/1.1 {status}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}").unwrap();
    head
}

#[test]
fn a_profile_has_credentials_by_process_by_login_and_by_sso() {
    let home = tempfile::tempdir().unwrap();
    for (name, text) in FILES {
        let path = home.path().join(".aws").join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let (home, aws) = (home.path().to_str().unwrap(), Aws::start());
    for (profile, key) in [("process", "AKPROCESS"), ("login", "AKLOGIN"), ("sso", "AKSSO")] {
        let (code, told, asked) = aws.check_as(home, profile);
        assert!(code == 2 && told.contains("access denied"), "{profile}: {code} {told}");
        let last = asked.last().unwrap();
        assert!(last.contains(&format!("credential={}/", key.to_lowercase())), "{profile}: {last}");
        assert_eq!(asked.len(), if profile == "sso" { 2 } else { 1 }, "{profile}: {asked:?}");
    }
    for profile in ["process-that-fails", "not-signed-in", "sso-signed-out", "unknown"] {
        let (code, told, asked) = aws.check_as(home, profile);
        assert!(
            code == 2 && told.contains("no credentials: sign in to AWS, or check AWS_PROFILE"),
            "{profile}: {told}"
        );
        assert!(asked.is_empty(), "{profile}: {asked:?}");
    }
}
