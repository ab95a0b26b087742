//! gRPC-Web: what portals' own pages may call, and from where.

use prost::Message;
use wire::pb;

use super::visitor::{Reply, Sent, Visitor};
use crate::runs::door::admit;
use crate::runs::harness::{Client, Place, small};

const PORTAL: &str = "https://portal.example.edu";

const LIST_RUNS: &str = "/misti.matching.v1.RunService/ListRuns";

/// A message behind what gRPC puts before one.
fn framed(message: &impl Message) -> Vec<u8> {
    let bytes = message.encode_to_vec();
    let length = u32::try_from(bytes.len()).expect("a size").to_be_bytes();
    [&[0][..], &length, &bytes].concat()
}

const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

fn to_base64(bytes: &[u8]) -> Vec<u8> {
    let of_three = |three: &[u8]| {
        let number = (0..3).fold(0, |number, at| number << 8 | usize::from(three.get(at).copied().unwrap_or(0)));
        (0..4).map(move |at| (at, number >> (18 - 6 * at) & 63)).collect::<Vec<_>>().into_iter().map({
            let length = three.len();
            move |(at, digit)| if at <= length { DIGITS[digit] } else { b'=' }
        })
    };
    bytes.chunks(3).flat_map(of_three).collect()
}

/// Reads base64 that may have been padded in its midst, as parts that are sent one after the other are.
fn of_base64(text: &[u8]) -> Vec<u8> {
    let digit = |c: &u8| DIGITS.iter().position(|known| known == c).unwrap_or_else(|| panic!("{c} is no digit"));
    let of_four = |four: &[u8]| {
        let length = four.iter().take_while(|c| **c != b'=').count();
        let number = (0..4).fold(0, |number, at| number << 6 | if at < length { digit(&four[at]) } else { 0 });
        (0..length - 1).map(move |at| (number >> (16 - 8 * at) & 255) as u8).collect::<Vec<_>>()
    };
    text.chunks(4).flat_map(of_four).collect()
}

/// The message of an answer, if any, and its trailers.
fn read(bytes: &[u8]) -> (Option<Vec<u8>>, String) {
    let (mut rest, mut message, mut trailers) = (bytes, None, String::new());
    while let [flag, a, b, c, d, after @ ..] = rest {
        let (part, after) = after.split_at(u32::from_be_bytes([*a, *b, *c, *d]) as usize);
        match flag {
            0 => message = Some(part.to_vec()),
            0x80 => trailers = String::from_utf8_lossy(part).into_owned(),
            other => panic!("a frame of kind {other}"),
        }
        rest = after;
    }
    assert!(rest.is_empty());
    (message, trailers)
}

/// A call as the page of a site makes it.
fn call(visitor: &Visitor, path: &str, kind: &str, headers: &[(&str, &str)], message: &impl Message) -> Reply {
    let is_text = kind.contains("-text");
    let body = if is_text { to_base64(&framed(message)) } else { framed(message) };
    let mut reply =
        visitor.send("POST", path, &[&[("x-grpc-web", "1")], headers].concat(), Sent { kind: kind.to_owned(), body });
    if is_text && reply.status == 200 {
        reply.bytes = of_base64(&reply.bytes);
    }
    reply
}

/// The status that an answer tells, in its trailers or, without a message, in its headers.
fn status(reply: &Reply) -> String {
    assert_eq!(reply.status, 200, "{}", reply.text());
    let trailers = read(&reply.bytes).1;
    let told = trailers.lines().find_map(|line| line.strip_prefix("grpc-status:")).map(|code| code.trim().to_owned());
    told.unwrap_or_else(|| reply.header("grpc-status").to_owned())
}

#[test]
fn nobody_calls_by_grpc_web_where_no_site_was_named() {
    let place = Place::sqlite();
    let server = place.serve(&[]);
    let visitor = Visitor::of(&server);
    let own = visitor.origin();
    for kind in ["application/grpc-web", "application/grpc-web+proto", "application/grpc-web-text"] {
        for origin in [PORTAL, own.as_str()] {
            let reply = call(&visitor, LIST_RUNS, kind, &[("origin", origin)], &pb::ListRunsRequest::default());
            assert_eq!(reply.status, 415, "{kind}");
        }
    }
    let asked = [("origin", PORTAL), ("access-control-request-method", "POST")];
    let preflight = visitor.send("OPTIONS", LIST_RUNS, &asked, Sent::nothing());
    assert!(preflight.status == 415 && preflight.header("access-control-allow-origin").is_empty(), "{preflight:?}");
}

#[test]
fn a_named_site_calls_by_either_kind_and_no_other_does() {
    let place = Place::sqlite();
    let server = place.serve(&["--workers=0", "--grpc-web-origin", &format!("https://first.example,{PORTAL}")]);
    let visitor = Visitor::of(&server);
    let run = Client::of(&server).create(small(1)).expect("gRPC on the same port");
    let sample =
        pb::GetSampleRequest { student_count: Some(4), project_count: Some(3), ..pb::GetSampleRequest::default() };
    for kind in [
        "application/grpc-web",
        "application/grpc-web+proto",
        "application/grpc-web-text",
        "application/grpc-web-text+proto",
    ] {
        let headers = [("origin", PORTAL), ("accept", kind)];
        let listed = call(&visitor, LIST_RUNS, kind, &headers, &pb::ListRunsRequest::default());
        assert_eq!((status(&listed).as_str(), listed.header("access-control-allow-origin")), ("0", PORTAL), "{kind}");
        let (message, _) = read(&listed.bytes);
        let runs = pb::ListRunsResponse::decode(&message.expect("a message")[..]).expect("an answer").runs;
        assert_eq!(runs.iter().map(|run| run.name.as_str()).collect::<Vec<_>>(), [run.name.as_str()]);
        let made = call(&visitor, "/misti.matching.v1.MatchingService/GetSample", kind, &headers, &sample);
        assert_eq!(status(&made), "0", "{kind}");
        let made = pb::GetSampleResponse::decode(&read(&made.bytes).0.expect("a message")[..]).expect("an answer");
        assert_eq!(made.instance.expect("a season").students.len(), 4);
        let own = visitor.origin();
        for origin in [
            "https://evil.example",
            "null",
            "http://portal.example.edu",
            "https://portal.example.edu:8443",
            "https://portal.example.edu.evil.example",
            &own,
        ] {
            let refused = call(&visitor, LIST_RUNS, kind, &[("origin", origin)], &pb::ListRunsRequest::default());
            assert_eq!(refused.status, 403, "{origin}");
            assert!(refused.bytes.is_empty() && refused.header("access-control-allow-origin").is_empty(), "{origin}");
        }
    }
    let preflight = |origin: &str| {
        let asked = [
            ("origin", origin),
            ("access-control-request-method", "POST"),
            ("access-control-request-headers", "authorization,content-type,x-grpc-web"),
        ];
        visitor.send("OPTIONS", LIST_RUNS, &asked, Sent::nothing())
    };
    let allowed = preflight(PORTAL);
    assert_eq!((allowed.status, allowed.header("access-control-allow-origin")), (200, PORTAL));
    assert!(allowed.header("access-control-allow-headers").contains("authorization"), "{allowed:?}");
    assert!(allowed.header("access-control-allow-credentials").is_empty(), "a cookie lets nobody in");
    let refused = preflight("https://evil.example");
    assert!(refused.status == 403 && refused.header("access-control-allow-origin").is_empty(), "{refused:?}");
    // A page of the portal may call, and not look at the console.
    let page = visitor.send("GET", "/runs", &[("origin", PORTAL)], Sent::nothing());
    assert!(page.header("access-control-allow-origin").is_empty());
    assert_eq!(visitor.send("POST", "/seasons/sample", &[("origin", PORTAL)], Sent::nothing()).status, 403);
}

#[test]
fn a_call_by_grpc_web_brings_its_token_and_a_session_is_none() {
    let place = Place::sqlite();
    let file = place.folder().join("tokens");
    let [office, reader] =
        [("office", "read,run"), ("reader", "read")].map(|(name, scopes)| admit(&file, name, scopes));
    let tokens = format!("--tokens={}", file.display());
    let server = place.serve(&["--workers=0", &tokens, "--grpc-web-origin", PORTAL]);
    let visitor = Visitor::of(&server);
    let with = |token: &str, path: &str, message: &pb::CreateRunRequest| {
        let bearer = format!("Bearer {token}");
        call(&visitor, path, "application/grpc-web+proto", &[("origin", PORTAL), ("authorization", &bearer)], message)
    };
    let create = "/misti.matching.v1.RunService/CreateRun";
    let nothing = pb::CreateRunRequest::default();
    assert_eq!(status(&with("misti_0", LIST_RUNS, &nothing)), "16");
    assert_eq!(status(&with(&reader, LIST_RUNS, &nothing)), "0");
    assert_eq!(status(&with(&reader, create, &small(1))), "7");
    assert_eq!(status(&with(&office, create, &small(1))), "0");
    assert_eq!(status(&with(&office, "/misti.matching.v1.RunService/NoCall", &nothing)), "7");
    let signed_in = Visitor::with_token(&server, &office);
    let by_cookie = call(&signed_in, LIST_RUNS, "application/grpc-web+proto", &[("origin", PORTAL)], &nothing);
    assert_eq!(status(&by_cookie), "16", "no site calls by a session of the console");
}

#[test]
fn grpc_itself_is_spoken_by_no_browser() {
    let place = Place::sqlite();
    let server = place.serve(&["--grpc-web-origin", PORTAL]);
    let visitor = Visitor::of(&server);
    for kind in ["application/grpc", "application/grpc+proto"] {
        let sent = Sent { kind: kind.to_owned(), body: framed(&pb::ListRunsRequest::default()) };
        assert_eq!(visitor.send("POST", LIST_RUNS, &[], sent).status, 426, "{kind} by HTTP/1.1");
    }
    assert!(Client::of(&server).list(Default::default()).expect("by HTTP/2").runs.is_empty());
    assert_eq!(visitor.get("/runs").status, 200, "pages are beside it");
}
