//! Settings: a flag counts before the environment, and that before the file.

use std::process::Command;

use crate::service::running::{Server, grpcurl};
use crate::support::BINARY;

/// The most students that a server takes, as its own refusal says.
fn most_students(server: &Server) -> String {
    let students = ["{}"; 10].join(",");
    let request = format!(r#"{{"instance": {{"students": [{students}]}}}}"#);
    let refused = grpcurl(server, &["-d", "@"], &["misti.matching.v1.MatchingService/Match"], &request);
    let limit = refused.error.split("at most ").nth(1).unwrap_or_else(|| panic!("{}", refused.error));
    limit.chars().take_while(char::is_ascii_digit).collect()
}

fn file(text: &str) -> tempfile::NamedTempFile {
    let file = tempfile::NamedTempFile::with_suffix(".toml").expect("a file");
    std::fs::write(file.path(), text).expect("it is written");
    file
}

#[test]
fn a_flag_counts_before_the_environment_and_that_before_the_file() {
    let file = file(
        "max-students = 2\njson-logs = true\ntrusted-proxies = [\"10.0.0.0/8\", \"192.0.2.1\"]\nmost-time = \"90s\"\n",
    );
    let config = format!("--config={}", file.path().display());
    let start = |flags: &[&str], variables: &[(&str, &str)]| {
        let flags = [&["--store=none", &config][..], flags].concat();
        Server::try_start(&flags, variables).expect("it listens")
    };
    let variable = ("MISTI_MATCHING_MAX_STUDENTS", "3");
    let server = start(&[], &[]);
    assert_eq!(most_students(&server), "2");
    assert!(server.log().starts_with('{'), "{}", server.log());
    assert_eq!(most_students(&start(&[], &[variable])), "3");
    assert_eq!(most_students(&start(&["--max-students=4"], &[variable])), "4");
    let by_environment = ("MISTI_MATCHING_CONFIG", file.path().to_str().expect("text"));
    let others = ("MISTI_MATCHING_PORT_50051_TCP", "tcp://10.0.0.1:50051");
    let server = Server::try_start(&["--store=none"], &[by_environment, others]).expect("Kubernetes sets some");
    assert_eq!(most_students(&server), "2");
}

#[test]
fn a_file_that_is_not_understood_is_refused_with_what_is_wrong() {
    for (text, why) in [
        ("max-studnets = 2\n", "max-studnets is no setting"),
        ("config = \"other.toml\"\n", "config is no setting"),
        ("max-students = [1\n", "toml"),
        ("[serve]\nmax-students = 1\n", "serve is no setting"),
        ("max-students = \"many\"\n", "invalid value 'many'"),
        ("json-logs = \"maybe\"\n", "invalid value 'maybe'"),
        ("slots = [1, 2]\n", "slots takes a text, a number, true or false"),
        ("tls-key = \"key.pem\"\n", "--tls-certificate and --tls-key go together"),
    ] {
        let file = file(text);
        let said = Command::new(BINARY)
            .args(["serve", "--store=none", "--address=127.0.0.1:0", "--config"])
            .arg(file.path())
            .output()
            .expect("it runs");
        let error = String::from_utf8_lossy(&said.stderr);
        assert!(!said.status.success() && error.contains(why), "{text}: {error}");
    }
}

#[test]
fn whoever_looks_at_a_store_looks_at_the_one_that_the_server_has() {
    let place = "sqlite:///no/such/place.db";
    let said =
        Command::new(BINARY).args(["store", "check"]).env("MISTI_MATCHING_STORE", place).output().expect("it runs");
    let error = String::from_utf8_lossy(&said.stderr);
    assert!(!said.status.success() && error.contains("/no/such/place.db: there is no such file"), "{error}");
}

#[test]
fn every_flag_of_serve_and_worker_is_a_variable_too() {
    for command in ["serve", "worker"] {
        let help = Command::new(BINARY).args([command, "--help"]).output().expect("it runs");
        let help = String::from_utf8_lossy(&help.stdout).into_owned();
        let mut flags = 0;
        for flag in help.split_whitespace().filter_map(|word| word.strip_prefix("--")) {
            let is_flag = flag.chars().all(|c| c.is_ascii_lowercase() || c == '-') && flag != "help";
            if is_flag && help.contains(&format!("\n      --{flag}")) {
                let variable = format!("[env: MISTI_MATCHING_{}]", flag.replace('-', "_").to_uppercase());
                assert!(help.contains(&variable), "{command}: {variable}");
                flags += 1;
            }
        }
        assert!(flags > 10, "{help}");
    }
}
