//! A real nginx in front of a server, as an institute has one: under a path, with the caller named in headers.

use std::fs;
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, getuid, kill_process};

/// Where the server is in the world.
pub const PREFIX: &str = "/matching/";

/// What becomes of the prefix on the way to the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Prefix {
    Kept,
    Stripped,
}

/// A proxy; it ends with this value.
pub struct Proxy {
    nginx: Child,
    port: u16,
    folder: tempfile::TempDir,
}

impl Proxy {
    /// Starts one that passes what is below [`PREFIX`] on to a server.
    pub fn start(server: SocketAddr, prefix: Prefix) -> Self {
        // A free port may be taken before it is used.
        (0..10).find_map(|_| Self::try_start(server, prefix)).expect("nginx starts on one of ten ports")
    }

    fn try_start(server: SocketAddr, prefix: Prefix) -> Option<Self> {
        let folder = tempfile::tempdir().expect("a folder");
        let port = TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).expect("a port").port();
        let settings = folder.path().join("nginx.conf");
        fs::write(&settings, configuration(folder.path(), port, server, prefix)).expect("it is written");
        let program =
            std::env::var_os("NGINX").filter(|path| !path.is_empty()).expect("deploy/setup.sh test finds NGINX");
        let mut command = if getuid().is_root() {
            std::os::unix::fs::chown(folder.path(), Some(NOBODY), Some(NOBODY)).expect("it is given away");
            let mut command = Command::new("setpriv");
            command.args([format!("--reuid={NOBODY}"), format!("--regid={NOBODY}"), "--clear-groups".to_owned()]);
            command.arg(program);
            command
        } else {
            Command::new(program)
        };
        // To nginx this variable says which sockets are open already.
        command.env_remove("NGINX").arg("-p").arg(folder.path()).arg("-c").arg(settings).args(["-g", "daemon off;"]);
        command.arg("-e").arg(folder.path().join("error.log")).stdout(Stdio::null()).stderr(Stdio::null());
        let mut proxy = Self { nginx: command.spawn().expect("nginx is there"), port, folder };
        // It writes its pid when it listens.
        let begun = Instant::now();
        while !proxy.folder.path().join("pid").exists() {
            if proxy.nginx.try_wait().expect("it can be waited for").is_some() {
                assert!(proxy.errors().contains("Address already in use"), "{}", proxy.errors());
                return None;
            }
            assert!(begun.elapsed() < Duration::from_secs(30), "nginx does not listen: {}", proxy.errors());
            std::thread::sleep(Duration::from_millis(20));
        }
        Some(proxy)
    }

    /// Host and port.
    pub fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// What went wrong so far.
    pub fn errors(&self) -> String {
        fs::read_to_string(self.folder.path().join("error.log")).unwrap_or_default()
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        // By signal, so that it ends its worker too.
        let _ = kill_process(Pid::from_child(&self.nginx), Signal::TERM);
        let _ = self.nginx.wait();
    }
}

/// Who may do nothing, where root runs the tests.
const NOBODY: u32 = 65_534;

fn configuration(folder: &Path, port: u16, server: SocketAddr, prefix: Prefix) -> String {
    let folder = folder.display();
    // Where the address ends with a path, nginx puts it in place of the location's.
    let path = if prefix == Prefix::Stripped { "/" } else { "" };
    let kinds = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
    let temporary: String = kinds.map(|kind| format!("{kind}_temp_path {folder}/{kind};\n")).concat();
    format!(
        "pid {folder}/pid;
        worker_processes 1;
        events {{ worker_connections 512; }}
        http {{
            access_log off;
            {temporary}
            server {{
                listen 127.0.0.1:{port};
                client_max_body_size 64m;
                location {PREFIX} {{
                    proxy_pass http://{server}{path};
                    proxy_http_version 1.1;
                    proxy_buffering off;
                    proxy_set_header Connection '';
                    proxy_set_header Host $http_host;
                    proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
                    proxy_set_header X-Forwarded-Proto $scheme;
                    proxy_set_header X-Forwarded-Host $http_host;
                }}
            }}
        }}"
    )
}

mod smoke {
    use std::convert::Infallible;
    use std::io::{Read, Write};

    use axum::Router;
    use axum::body::{Body, Bytes};
    use axum::extract::DefaultBodyLimit;
    use axum::http::{HeaderMap, Uri};
    use axum::routing::get;
    use tokio_stream::StreamExt;

    use super::{Prefix, Proxy};

    async fn served() -> std::net::SocketAddr {
        let page = |address: Uri, headers: HeaderMap| async move {
            let told = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or("-").to_owned();
            let names = ["host", "x-forwarded-for", "x-forwarded-proto", "x-forwarded-host"];
            format!("{address} {}", names.map(told).join(" "))
        };
        let size = |body: Bytes| async move { body.len().to_string() };
        let events = || async {
            let first = tokio_stream::once(Ok::<_, Infallible>("data: first\n\n"));
            Body::from_stream(first.chain(tokio_stream::pending()))
        };
        let router = Router::new()
            .route("/events", get(events))
            .fallback(get(page).post(size))
            .layer(DefaultBodyLimit::disable());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        tokio::spawn(async move { axum::serve(listener, router).await });
        address
    }

    /// What is answered until a text has come, or the end.
    fn asked(proxy: &Proxy, request: &str, bytes: usize, until: &str) -> String {
        let address = proxy.address();
        let mut connection = std::net::TcpStream::connect(&address).expect("it listens");
        connection.set_read_timeout(Some(std::time::Duration::from_secs(30))).expect("a limit");
        let head =
            format!("{request} HTTP/1.1\r\nHost: {address}\r\nContent-Length: {bytes}\r\nConnection: close\r\n\r\n");
        connection.write_all(head.as_bytes()).expect("it reads");
        // What is too large is refused before all of it is sent.
        let _ = connection.write_all(&vec![b'x'; bytes]);
        let (mut answer, mut part) = (String::new(), [0; 4_096]);
        while !answer.contains(until) {
            match connection.read(&mut part) {
                Ok(0) | Err(_) => break,
                Ok(read) => answer.push_str(&String::from_utf8_lossy(&part[..read])),
            }
        }
        answer
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_page_is_reached_below_the_prefix_with_the_caller_named() {
        let server = served().await;
        for (prefix, path) in [(Prefix::Kept, "/matching/runs"), (Prefix::Stripped, "/runs")] {
            let proxy = Proxy::start(server, prefix);
            let own = proxy.address();
            let last = format!("http {own}");
            let answer = asked(&proxy, "GET /matching/runs?a=1", 0, &last);
            assert!(answer.ends_with(&format!("{path}?a=1 {own} 127.0.0.1 {last}")), "{answer}");
            assert!(asked(&proxy, "GET /elsewhere", 0, "404 Not Found").contains("404 Not Found"));
            assert_eq!(
                proxy.errors().lines().filter(|line| !line.contains("/elsewhere")).count(),
                0,
                "{}",
                proxy.errors()
            );
        }
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn events_come_at_once_and_what_is_too_large_is_refused() {
        let proxy = Proxy::start(served().await, Prefix::Stripped);
        let events = asked(&proxy, "GET /matching/events", 0, "data: first");
        assert!(events.contains("data: first"), "{events}");
        let most = 64 << 20;
        assert!(asked(&proxy, "POST /matching/", most, &most.to_string()).ends_with(&most.to_string()));
        assert!(asked(&proxy, "POST /matching/", most + 1, "413").contains("413 Request Entity Too Large"));
    }

    #[tokio::test]
    async fn a_proxy_ends_with_its_value() {
        let proxy = Proxy::start(([127, 0, 0, 1], 1).into(), Prefix::Kept);
        let address = proxy.address();
        assert!(std::net::TcpStream::connect(&address).is_ok());
        drop(proxy);
        assert!(std::net::TcpStream::connect(&address).is_err());
    }
}
