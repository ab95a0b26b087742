//! Peers that are slow, silent, or too many: each is ended in time, and others are served meanwhile.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Resource, Rlimit, prlimit};
use tokio_stream::StreamExt;
use tokio_stream::wrappers::ReceiverStream;
use tonic::Status;
use tonic::codegen::Bytes;
use tonic::codegen::http::{Request, Response};
use tonic::transport::Channel;
use tower::{Service, ServiceExt};

use super::running::{Server, grpcurl_json};
use super::{SERVICE, method};
use crate::support::BINARY;

/// Whether a peer's connection is closed within a time.
pub fn is_closed_within(stream: &mut TcpStream, time: Duration) -> bool {
    stream.set_read_timeout(Some(time)).expect("a timeout");
    let mut bytes = [0; 1024];
    loop {
        match stream.read(&mut bytes) {
            Ok(0) => return true,
            Ok(_) => {}
            Err(error) => return error.kind() == std::io::ErrorKind::ConnectionReset,
        }
    }
}

fn descriptors(server: &Server) -> usize {
    std::fs::read_dir(format!("/proc/{}/fd", server.process.id())).expect("it runs").count()
}

fn is_healthy(address: &str) -> bool {
    Command::new(BINARY).args(["health", "--address", address]).output().expect("it runs").status.success()
}

/// A certificate of a server's own, made by openssl, and its key.
pub fn certificate(folder: &std::path::Path) -> [String; 2] {
    let (certificate, key) = (folder.join("server.pem"), folder.join("server.key"));
    let said = Command::new("openssl")
        .args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"])
        .args(["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"])
        .arg("-keyout")
        .arg(&key)
        .arg("-out")
        .arg(&certificate)
        .output()
        .expect("openssl");
    assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
    [certificate, key].map(|path| path.display().to_string())
}

/// Ends a process when dropped.
struct Peer(Child);

impl Drop for Peer {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn half_a_handshake_and_a_peer_that_says_nothing_are_closed_after_ten_seconds() {
    let folder = tempfile::tempdir().expect("a folder");
    let [certificate, key] = certificate(folder.path());
    let server = Server::start(&["--tls-certificate", &certificate, "--tls-key", &key, "--store=none"]);
    let before = descriptors(&server);
    // A record of TLS that announces more than it holds.
    let hello = [0x16, 3, 1, 2, 0, 1];
    let mut half: Vec<TcpStream> = (0..40)
        .map(|at| {
            let mut stream = TcpStream::connect(&server.address).expect("it listens");
            if at % 2 == 0 {
                stream.write_all(&hello).expect("it is sent");
            }
            stream
        })
        .collect();
    let silent: Vec<Peer> = (0..8)
        .map(|_| {
            let mut openssl = Command::new("openssl");
            openssl.args(["s_client", "-quiet", "-alpn", "h2", "-connect", &server.address]);
            Peer(openssl.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("openssl"))
        })
        .collect();
    let begun = Instant::now();
    while descriptors(&server) < before + 48 {
        assert!(begun.elapsed() < Duration::from_secs(9), "they are not connected");
        std::thread::sleep(Duration::from_millis(20));
    }
    for stream in &mut half {
        assert!(is_closed_within(stream, Duration::from_secs(15)));
    }
    assert!(begun.elapsed() > Duration::from_secs(7), "a slow handshake has ten seconds");
    let waited = Instant::now();
    while descriptors(&server) > before {
        assert!(waited.elapsed() < Duration::from_secs(15), "{} descriptors, {before} before", descriptors(&server));
        std::thread::sleep(Duration::from_millis(20));
    }
    drop(silent);
}

#[test]
fn a_connection_without_calls_is_closed_and_one_with_a_call_is_not() {
    let server = Server::start(&["--handshake-seconds", "1", "--idle-seconds", "2", "--workers", "0"]);
    let mut silent = TcpStream::connect(&server.address).expect("it listens");
    let mut idle = TcpStream::connect(&server.address).expect("it listens");
    idle.write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0").expect("a preface and settings");
    let begun = Instant::now();
    assert!(is_closed_within(&mut silent, Duration::from_secs(5)));
    assert!(begun.elapsed() < Duration::from_secs(2), "a peer that says nothing has one second here");
    let mut watched =
        super::running::start_grpcurl(&server, &["-d", r#"{"service": ""}"#], &["grpc.health.v1.Health/Watch"], "");
    assert!(is_closed_within(&mut idle, Duration::from_secs(8)));
    assert!(begun.elapsed() > Duration::from_millis(1_900), "it had said what a connection begins with");
    std::thread::sleep(Duration::from_secs(3));
    assert!(watched.try_wait().expect("it is ours").is_none(), "a call was open");
    watched.kill().expect("it is killed");
    watched.wait().expect("it ends");
}

#[test]
fn connections_are_limited_in_all_and_by_address_and_a_proxy_is_trusted() {
    for (flags, taken) in [
        (&["--most-connections-of-address", "3"][..], 3),
        (&["--most-connections-of-address", "3", "--trusted-proxies", "127.0.0.0/8"], 6),
        (&["--most-connections", "4"], 4),
    ] {
        let server = Server::start(&[flags, &["--store=none"]].concat());
        let mut peers: Vec<TcpStream> =
            (0..6).map(|_| TcpStream::connect(&server.address).expect("it listens")).collect();
        for (at, peer) in peers.iter_mut().enumerate() {
            assert_eq!(is_closed_within(peer, Duration::from_millis(500)), at >= taken, "{flags:?}: {at}");
        }
        assert_eq!(server.log().contains("connections are refused"), taken < 6, "{}", server.log());
        drop(peers);
        let waited = Instant::now();
        while !is_healthy(&server.address) {
            assert!(waited.elapsed() < Duration::from_secs(5), "places are not given up");
        }
    }
}

/// Seconds of a core that a process has used.
fn used(server: &Server) -> f64 {
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", server.process.id())).expect("it runs");
    let fields: Vec<&str> = stat.rsplit(") ").next().expect("fields").split(' ').collect();
    let ticks: f64 = fields[11..13].iter().map(|ticks| ticks.parse::<f64>().expect("a count")).sum();
    ticks / 100.0
}

#[test]
fn where_no_file_can_be_opened_the_server_rests_says_so_once_and_still_tells_its_health() {
    let operations = std::net::TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).expect("a port");
    let operations = operations.to_string();
    let server = Server::start(&["--operations-address", &operations, "--store=none"]);
    assert!(is_healthy(&operations));
    std::thread::sleep(Duration::from_millis(300));
    let limit = |files: u64| {
        let pid = Pid::from_child(&server.process);
        let limit = Rlimit { current: Some(files), maximum: Some(4_096) };
        prlimit(Some(pid), Resource::Nofile, limit).expect("it is limited");
    };
    let open = std::fs::read_dir(format!("/proc/{}/fd", server.process.id())).expect("it runs").flatten();
    // What the server opened itself; what it was started with may have any number.
    let own = open.filter(|file| std::fs::read_link(file.path()).is_ok_and(|path| path.ends_with("null")));
    let highest = own.filter_map(|file| file.file_name().to_str()?.parse::<u64>().ok()).max().expect("some");
    limit(highest + 4);
    let peers: Vec<TcpStream> =
        (0..60).map(|_| TcpStream::connect(&server.address).expect("a place in line")).collect();
    std::thread::sleep(Duration::from_secs(1));
    let (before, begun) = (used(&server), Instant::now());
    for _ in 0..3 {
        assert!(is_healthy(&operations), "{}", server.log());
        std::thread::sleep(Duration::from_millis(700));
    }
    let share = (used(&server) - before) / begun.elapsed().as_secs_f64();
    assert!(share < 0.2, "{share} of a core is used");
    assert_eq!(server.log().matches("connections can't be taken").count(), 1, "{}", server.log());
    limit(4_096);
    drop(peers);
    let waited = Instant::now();
    while !is_healthy(&server.address) {
        assert!(waited.elapsed() < Duration::from_secs(10), "it does not come back");
    }
}

/// Begins a call that announces a message and sends some of it.
async fn upload(
    server: &Server,
    announced: usize,
    sent: usize,
) -> tokio::task::JoinHandle<Response<tonic::body::Body>> {
    let address = Channel::from_shared(format!("http://{}", server.address)).expect("a URI");
    let mut channel = address.connect().await.expect("it connects");
    let (sender, receiver) = tokio::sync::mpsc::channel::<Bytes>(4);
    let frames = ReceiverStream::new(receiver).map(|bytes| Ok::<_, Status>(http_body::Frame::data(bytes)));
    let request = Request::post(format!("http://{}/{SERVICE}/Match", server.address))
        .header("content-type", "application/grpc")
        .header("te", "trailers")
        .body(tonic::body::Body::new(http_body_util::StreamBody::new(frames)))
        .expect("a request");
    tokio::spawn(async move {
        let mut head = vec![0];
        head.extend(u32::try_from(announced).expect("a size").to_be_bytes());
        let _ = sender.send(Bytes::from(head)).await;
        tokio::spawn(async move {
            for _ in 0..sent >> 16 {
                if sender.send(Bytes::from(vec![0; 1 << 16])).await.is_err() {
                    return;
                }
            }
            // The rest never comes.
            sender.closed().await;
        });
        channel.ready().await.expect("it is ready").call(request).await.expect("an answer")
    })
}

pub fn resident_mib(server: &Server) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", server.process.id())).expect("it runs");
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("a line");
    line.trim().trim_end_matches(" kB").parse::<u64>().expect("a number") >> 10
}

#[tokio::test]
async fn unfinished_uploads_hold_no_more_than_their_share_and_are_ended() {
    let server = Server::start(&["--upload-mib", "128", "--upload-seconds", "4", "--store=none"]);
    let before = resident_mib(&server);
    let mut calls = Vec::new();
    for _ in 0..12 {
        calls.push(upload(&server, 60 << 20, 30 << 20).await);
    }
    tokio::time::sleep(Duration::from_secs(2)).await;
    let held = resident_mib(&server) - before;
    assert!(held < 200, "{held} MiB are held");
    let others = grpcurl_json(&server, &method("Match"), r#"{"instance": {}}"#);
    assert_eq!(others["outcome"]["status"], "OPTIMAL");
    let mut said = std::collections::BTreeMap::new();
    for call in calls {
        let answer = tokio::time::timeout(Duration::from_secs(15), call).await.expect("it is ended").expect("it ends");
        let header = |name: &str| answer.headers()[name].to_str().expect("ASCII").to_owned();
        let is_told_when = answer.headers().contains_key("grpc-retry-pushback-ms");
        *said.entry((header("grpc-status"), is_told_when)).or_insert(0) += 1;
    }
    let refused = said[&("8".to_owned(), true)];
    let stalled = said[&("4".to_owned(), false)];
    assert_eq!((refused + stalled, said.len()), (12, 2), "{said:?}");
    assert!((1..=3).contains(&stalled), "{said:?}");
}
