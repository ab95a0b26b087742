//! Uploads that are too large, too slow, too many, or something else than they say: each is told so, and leaves nothing behind.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use zip::write::{SimpleFileOptions, ZipWriter};

use super::visitor::{Sent, Visitor};
use crate::runs::door::admit;
use crate::runs::harness::Place;
use crate::service::peers::resident_mib;

/// Bytes of a MiB.
const MIB: usize = 1 << 20;

/// A table of so many bytes.
fn table(bytes: usize) -> Vec<u8> {
    let mut table = b"student_id,name,major\n".to_vec();
    let mut number = 0;
    while table.len() < bytes {
        table.extend(format!("S{number:07},Somebody of the season,{}\n", "x".repeat(400)).into_bytes());
        number += 1;
    }
    table
}

/// A request whose body is sent by hand.
struct Slowly {
    stream: TcpStream,
    rest: Vec<u8>,
}

impl Slowly {
    /// Sends the head alone.
    fn begin(visitor: &Visitor, path: &str, sent: Sent) -> Self {
        let mut stream = TcpStream::connect(&visitor.address).expect("it listens");
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: {}\r\nOrigin: {}\r\nContent-Type: {}\r\nContent-Length: {}\r\n\r\n",
            visitor.address,
            visitor.origin(),
            sent.kind,
            sent.body.len()
        );
        stream.write_all(head.as_bytes()).expect("it is sent");
        Self { stream, rest: sent.body }
    }

    /// Sends some more of the body.
    fn send(&mut self, bytes: usize) -> std::io::Result<()> {
        let part: Vec<u8> = self.rest.drain(..bytes.min(self.rest.len())).collect();
        self.stream.write_all(&part)
    }

    /// Whether anything was answered within a time, and what.
    fn answer(&mut self, within: Duration) -> String {
        self.stream.set_read_timeout(Some(within)).expect("a timeout");
        let mut bytes = vec![0; 64 << 10];
        let read = self.stream.read(&mut bytes).unwrap_or(0);
        String::from_utf8_lossy(&bytes[..read]).into_owned()
    }
}

/// How many seasons there are.
fn seasons(visitor: &Visitor) -> usize {
    visitor.get("/").text().matches("href=\"/seasons/").count()
}

#[test]
fn files_are_taken_up_to_the_largest_message_and_no_further() {
    let place = Place::sqlite();
    let server = place.serve(&["--max-message-mib", "4"]);
    let visitor = Visitor::of(&server);
    let taken = visitor.send_own("/seasons", Sent::files(&[("name", "Large")], &[("students.csv", &table(3 * MIB))]));
    assert_eq!(taken.status, 303, "{}", taken.text());
    let draft = Visitor::season_of(&taken);
    for path in ["/seasons".to_owned(), format!("/seasons/{draft}/files"), format!("/seasons/{draft}/decisions")] {
        let refused = visitor.send_own(&path, Sent::files(&[("revision", "1")], &[("students.csv", &table(5 * MIB))]));
        assert_eq!(refused.status, 413, "{path}: {}", refused.text());
        assert!(refused.text().contains("--max-message-mib"), "{}", refused.text());
    }
    assert_eq!(seasons(&visitor), 1);
    let page = visitor.get(&format!("/seasons/{draft}")).text();
    assert_eq!(page.matches("students.csv\">").count(), 1, "the file that was taken stays: {page}");
}

#[test]
fn who_has_not_signed_in_sends_no_more_than_a_token_and_not_slowly() {
    let place = Place::sqlite();
    let file = place.folder().join("tokens");
    admit(&file, "office", "read,run");
    let server = place.serve(&["--upload-seconds", "1", &format!("--tokens={}", file.display())]);
    let nobody = Visitor::of(&server);
    let long = "x".repeat(9_000);
    assert_eq!(nobody.post("/sign-in", &[("token", &long)]).status, 413);
    assert_eq!(nobody.post("/sign-in", &[("token", &long[..7_000])]).status, 401);
    let mut slow = Slowly::begin(&nobody, "/sign-in", Sent::form(&[("token", &long[..7_000])]));
    slow.send(10).expect("it is sent");
    let begun = Instant::now();
    let answer = slow.answer(Duration::from_secs(10));
    assert!(answer.starts_with("HTTP/1.1 4"), "{answer}");
    assert!(begun.elapsed() < Duration::from_secs(4), "{:?}", begun.elapsed());
    // Of files nothing is read before it is known who sends them.
    let mut files = Slowly::begin(&nobody, "/seasons", Sent::files(&[], &[("a.csv", &table(MIB))]));
    assert!(files.answer(Duration::from_secs(5)).contains("/sign-in"), "it is asked at once");
}

#[test]
fn a_slow_upload_is_ended_and_half_of_one_leaves_no_season() {
    let place = Place::sqlite();
    let server = place.serve(&["--upload-seconds", "2"]);
    let visitor = Visitor::of(&server);
    let files = || Sent::files(&[("name", "Slow")], &[("students.csv", &table(100_000))]);
    let mut slow = Slowly::begin(&visitor, "/seasons", files());
    let begun = Instant::now();
    let answer = loop {
        // Who was answered need not listen any more.
        let _ = slow.send(1);
        let answer = slow.answer(Duration::from_millis(200));
        if !answer.is_empty() || begun.elapsed() > Duration::from_secs(10) {
            break answer;
        }
    };
    assert!(answer.starts_with("HTTP/1.1 408") && answer.contains("too slowly"), "{answer}");
    assert!((2..5).contains(&begun.elapsed().as_secs()), "{:?}", begun.elapsed());
    for sent in [10, 50_000, 100_300] {
        let mut half = Slowly::begin(&visitor, "/seasons", files());
        half.send(sent).expect("it is sent");
        std::thread::sleep(Duration::from_millis(100));
    }
    let mut cut = files();
    cut.body.truncate(60_000);
    let refused = visitor.send_own("/seasons", cut);
    assert_eq!(refused.status, 400, "{}", refused.text());
    for body in ["", "--", "--between-the-files-of-a-season--\r\n", "\0\0\0"] {
        let kind = files().kind;
        let refused = visitor.send_own("/seasons", Sent { kind, body: body.as_bytes().to_vec() });
        assert_eq!(refused.status, 400, "{body:?}: {}", refused.text());
    }
    for kind in ["multipart/form-data", "multipart/form-data; boundary=", "text/csv", ""] {
        let refused = visitor.send_own("/seasons", Sent { kind: kind.to_owned(), body: table(100) });
        assert_eq!(refused.status, 400, "{kind}: {}", refused.text());
    }
    assert_eq!(seasons(&visitor), 0);
    assert!(!server.log().contains("panicked"), "{}", server.log());
}

#[test]
fn uploads_beyond_what_is_held_at_once_are_shed_and_pages_are_still_shown() {
    let place = Place::sqlite();
    let server = place.serve(&["--upload-mib", "3", "--upload-seconds", "30"]);
    let visitor = Visitor::of(&server);
    let files = |bytes| Sent::files(&[("name", "Many")], &[("students.csv", &table(bytes))]);
    let mut held = Vec::new();
    let half = || {
        let mut half = Slowly::begin(&visitor, "/seasons", files(MIB));
        // Of one that is shed not everything may be taken.
        let _ = half.send(900_000);
        half
    };
    let shed = loop {
        held.push(half());
        let reply = visitor.send_own("/seasons", files(500_000));
        if reply.status != 303 {
            break reply;
        }
        assert!(held.len() < 20, "nothing is shed");
    };
    assert_eq!(shed.status, 429, "{}", shed.text());
    assert!(!shed.header("retry-after").is_empty() && shed.text().contains("leave no room"), "{}", shed.text());
    for path in ["/", "/runs", "/ledger"] {
        assert_eq!(visitor.get(path).status, 200, "{path}");
    }
    let told = half().answer(Duration::from_secs(5));
    assert!(told.starts_with("HTTP/1.1 429"), "before all of it has come: {told}");
    drop(held);
    let begun = Instant::now();
    while visitor.send_own("/seasons", files(500_000)).status != 303 {
        assert!(begun.elapsed() < Duration::from_secs(5), "there is room again");
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// A workbook whose one sheet is so many MiB of nothing.
fn bomb(mib: usize) -> Vec<u8> {
    let mut zip = ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let main = "http://schemas.openxmlformats.org";
    let parts = [
        (
            "[Content_Types].xml",
            format!(
                r#"<Types xmlns="{main}/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>"#
            ),
        ),
        (
            "_rels/.rels",
            format!(
                r#"<Relationships xmlns="{main}/package/2006/relationships"><Relationship Id="a" Type="{main}/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#
            ),
        ),
        (
            "xl/workbook.xml",
            format!(
                r#"<workbook xmlns="{main}/spreadsheetml/2006/main" xmlns:r="{main}/officeDocument/2006/relationships"><sheets><sheet name="students" sheetId="1" r:id="a"/></sheets></workbook>"#
            ),
        ),
        (
            "xl/_rels/workbook.xml.rels",
            format!(
                r#"<Relationships xmlns="{main}/package/2006/relationships"><Relationship Id="a" Type="{main}/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#
            ),
        ),
    ];
    for (name, text) in parts {
        zip.start_file(name, SimpleFileOptions::default()).expect("a part");
        zip.write_all(text.as_bytes()).expect("it is written");
    }
    zip.start_file("xl/worksheets/sheet1.xml", SimpleFileOptions::default()).expect("a part");
    zip.write_all(format!(r#"<worksheet xmlns="{main}/spreadsheetml/2006/main"><sheetData>"#).as_bytes())
        .expect("written");
    for _ in 0..mib {
        zip.write_all(&vec![b' '; MIB]).expect("it is written");
    }
    zip.write_all(b"</sheetData></worksheet>").expect("it is written");
    zip.finish().expect("a file").into_inner()
}

#[test]
fn a_file_that_is_no_table_is_told_and_fills_no_memory() {
    let place = Place::sqlite();
    let server = place.serve(&[]);
    let visitor = Visitor::of(&server);
    let before = resident_mib(&server);
    let files: [(&str, Vec<u8>, &str); 4] = [
        ("bomb.xlsx", bomb(100), "64"),
        ("empty.xlsx", Vec::new(), "empty.xlsx"),
        ("cut.xlsx", bomb(1)[..300].to_vec(), "cut.xlsx"),
        ("noise.ods", (0..5_000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8).collect(), "noise.ods"),
    ];
    for (name, content, told) in files {
        assert!(content.len() < MIB, "{name}: {}", content.len());
        let draft = Visitor::season_of(&visitor.send_own("/seasons", Sent::files(&[], &[(name, &content)])));
        for page in ["", "/problems", "/market", "/policy", "/shortlist", "/match"] {
            let shown = visitor.get(&format!("/seasons/{draft}{page}"));
            assert!(shown.status < 500, "{name}{page}: {} {}", shown.status, shown.text());
        }
        let shown = visitor.get(&format!("/seasons/{draft}")).text();
        if content.is_empty() {
            assert!(visitor.get(&format!("/seasons/{draft}/problems")).text().contains(told), "{name}");
        } else {
            assert!(shown.contains("can't be read as they are") && shown.contains(told), "{name}: {shown}");
        }
        let removed = visitor.post(&format!("/seasons/{draft}/files/remove"), &[("revision", "1"), ("file", "0")]);
        assert_eq!(removed.status, 303, "and can be taken out: {}", removed.text());
        assert!(!visitor.get(&format!("/seasons/{draft}")).text().contains("can't be read"), "{name}");
    }
    let held = resident_mib(&server).saturating_sub(before);
    assert!(held < 300, "{held} MiB are held");
    assert!(!server.log().contains("panicked"), "{}", server.log());
}
