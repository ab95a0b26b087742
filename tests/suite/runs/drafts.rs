//! Drafts: kept sealed, saved by one after the other, seen by whom they belong to, and gone when they are deleted or their time is over.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use rules::domain::{Draft, DraftId};
use store::{DraftPart, Reach, Saved, StoreError};

use super::backup::{said, store};
use super::harness::{Opened, Place};
use super::sealed::{NEW, OLD, files_with};

const ANA: Reach<'_> = Reach::Own("ana");

/// A draft of Ana's, kept for ever.
fn draft(opened: &Opened, files: &[u8], work: &[u8]) -> Draft {
    let parts = [(DraftPart::Files, files.to_vec()), (DraftPart::Work, work.to_vec())];
    opened.ask(opened.store.create_draft("ana", "Summer", &parts, None, 100))
}

/// Both parts of a draft, by a caller.
fn read(opened: &Opened, id: &DraftId, reach: Reach<'_>, caller: &str) -> Option<(Draft, [Vec<u8>; 2])> {
    let both = [DraftPart::Files, DraftPart::Work];
    let (draft, parts) = opened.ask(opened.store.read_draft(reach, id, &both, caller))?;
    let parts: Vec<Vec<u8>> = parts.into_iter().map(|part| part.expect("it is stored")).collect();
    Some((draft, parts.try_into().expect("two parts")))
}

/// The key of the only draft, as it is stored.
fn stored_key(place: &Place) -> Vec<u8> {
    let hex = &place.ask("SELECT bytes FROM draft_keys")[0][0];
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).expect("hexadecimal")).collect()
}

/// Nothing is left that could open the only draft, whose key was this.
fn is_shredded(place: &Place, key: &[u8]) {
    let mut left = files_with(place, key);
    // The log of PostgreSQL keeps it for a while: sealed, where the store has keys.
    left.retain(|path| !path.to_string_lossy().contains("/pg_wal/"));
    assert_eq!(left, Vec::<PathBuf>::new(), "a file still has the key");
    assert_eq!(place.ask("SELECT COUNT(*) FROM draft_parts"), [["0"]]);
    assert_eq!(place.ask("SELECT COUNT(*) FROM draft_keys"), [["0"]]);
}

#[test]
fn no_file_tells_of_a_student_in_a_draft_and_nobody_can_open_one_that_was_deleted() {
    let canary = b"CANARY-5c2e-of-a-student";
    for keys in [&[][..], &[OLD]] {
        for place in Place::both() {
            let opened = place.open(keys);
            let id = draft(&opened, canary, b"work").id;
            let parts = [(DraftPart::Work, canary.to_vec())];
            opened.ask(opened.store.save_draft(ANA, &id, "ana", 1, None, &parts, None)).expect("it is there");
            assert_eq!(read(&opened, &id, ANA, "ana").expect("there").1, [canary.to_vec(), canary.to_vec()]);
            assert_eq!(files_with(&place, canary), Vec::<PathBuf>::new());
            let key = stored_key(&place);
            assert!(!files_with(&place, &key).is_empty(), "the key is stored");
            assert_eq!(key.len() > 32, !keys.is_empty(), "the key is sealed where the store has keys");
            assert!(opened.ask(opened.store.delete_draft(ANA, &id, "ana")));
            assert!(!opened.ask(opened.store.delete_draft(ANA, &id, "ana")), "it is gone");
            assert!(read(&opened, &id, ANA, "ana").is_none(), "it is gone");
            is_shredded(&place, &key);
            let deeds = place.ask("SELECT deed, caller, run_id FROM audit ORDER BY audit_time, audit_id");
            let wanted = ["DRAFT_CREATED", "DRAFT_SAVED", "DRAFT_READ", "DRAFT_DELETED"];
            assert_eq!(deeds, wanted.map(|deed| [deed.to_owned(), "ana".to_owned(), format!("drafts/{id}")]));
        }
    }
}

#[test]
fn of_two_saves_at_once_the_later_is_told_of_the_other_and_overwrites_nothing() {
    for place in Place::both() {
        let opened = place.open(&[]);
        let begun = draft(&opened, b"files", b"work");
        assert_eq!((begun.revision, begun.changed_by.as_str(), begun.created), (1, "ana", begun.changed));
        let (ana, bea) = ([(DraftPart::Work, b"ana".to_vec())], [(DraftPart::Work, b"bea".to_vec())]);
        let (first, second) = opened.ask(async {
            let first = opened.store.save_draft(ANA, &begun.id, "ana", 1, None, &ana, None);
            let second = opened.store.save_draft(Reach::All, &begun.id, "bea", 1, Some("Autumn"), &bea, None);
            let (first, second) = tokio::join!(first, second);
            Ok((first?.expect("it is there"), second?.expect("it is there")))
        });
        let (Saved::Saved(kept), Saved::ChangedMeanwhile(told)) =
            (if matches!(first, Saved::Saved(_)) { (first, second) } else { (second, first) })
        else {
            panic!("both were saved, or none");
        };
        assert_eq!(kept, told);
        assert_eq!(kept.revision, 2);
        let (now, [files, work]) = read(&opened, &begun.id, ANA, "ana").expect("it is there");
        assert_eq!((now, files, &work), (kept.clone(), b"files".to_vec(), &kept.changed_by.clone().into_bytes()));
        assert_eq!(kept.display_name, if kept.changed_by == "bea" { "Autumn" } else { "Summer" });
        let again = opened.ask(opened.store.save_draft(ANA, &begun.id, "ana", 2, Some("Winter"), &[], None));
        let Some(Saved::Saved(again)) = again else { panic!("{again:?}") };
        assert_eq!((again.revision, again.display_name.as_str()), (3, "Winter"));
        assert_eq!(read(&opened, &begun.id, ANA, "ana").expect("there").1[1], work, "what is not sent stays");
    }
}

#[test]
fn a_foreign_draft_is_as_if_it_were_not_there() {
    for place in Place::both() {
        let opened = place.open(&[]);
        let store = &opened.store;
        let id = draft(&opened, b"files", b"work").id;
        let bea = Reach::Own("bea");
        assert!(opened.ask(store.draft(bea, &id)).is_none());
        assert!(read(&opened, &id, bea, "bea").is_none());
        assert!(opened.ask(store.save_draft(bea, &id, "bea", 1, None, &[], None)).is_none());
        assert!(opened.ask(store.save_draft(bea, &id, "bea", 7, None, &[], None)).is_none());
        assert!(opened.ask(store.visit_draft(bea, &id, "browser", "bea")).is_none());
        assert!(opened.ask(store.drafts(bea, None, 10)).drafts.is_empty());
        assert!(!opened.ask(store.delete_draft(bea, &id, "bea")));
        assert_eq!(opened.ask(store.draft(ANA, &id)).expect("it is hers").revision, 1);
        assert!(read(&opened, &id, Reach::All, "admin").is_some());
        let of_bea = "SELECT COUNT(*) FROM audit WHERE caller = 'bea'";
        assert_eq!(
            (place.ask(of_bea), place.ask("SELECT COUNT(*) FROM draft_visits")),
            (vec![vec!["0".to_owned()]], vec![vec!["0".to_owned()]])
        );
    }
}

#[test]
fn nobody_has_more_drafts_than_may_be_though_they_are_begun_at_once() {
    for place in Place::both() {
        let opened = place.open(&[]);
        let create = |owner: &'static str| opened.store.create_draft(owner, "", &[], None, 3);
        let (a, b, c, d, e) = opened
            .ask(async { Ok(tokio::join!(create("ana"), create("ana"), create("ana"), create("ana"), create("ana"))) });
        let (begun, refused): (Vec<_>, Vec<_>) = [a, b, c, d, e].into_iter().partition(Result::is_ok);
        assert_eq!((begun.len(), refused.len()), (3, 2));
        for refused in refused {
            assert!(matches!(refused, Err(StoreError::TooManyDrafts { limit: 3 })), "{refused:?}");
        }
        opened.ask(create("bea"));
        let one = begun.into_iter().next().expect("one").expect("begun");
        assert!(opened.ask(opened.store.delete_draft(ANA, &one.id, "ana")));
        opened.ask(create("ana"));
        assert_eq!(place.ask("SELECT COUNT(*) FROM draft_keys"), [["4"]]);
    }
}

#[test]
fn drafts_are_listed_by_page_the_one_that_was_saved_last_first() {
    for place in Place::both() {
        let opened = place.open(&[]);
        let ids: Vec<DraftId> = (0..5).map(|_| draft(&opened, b"", b"").id).collect();
        std::thread::sleep(Duration::from_millis(5));
        opened.ask(opened.store.save_draft(ANA, &ids[1], "ana", 1, None, &[], None)).expect("it is there");
        let (mut listed, mut after) = (Vec::new(), None);
        loop {
            let page = opened.ask(opened.store.drafts(ANA, after.as_ref(), 2));
            listed.extend(page.drafts);
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        assert_eq!(listed[0].id, ids[1]);
        assert!(listed.is_sorted_by(|a, b| (a.changed, &a.id) > (b.changed, &b.id)), "{listed:?}");
        assert_eq!(listed.len(), 5);
    }
}

#[test]
fn a_draft_whose_time_is_over_is_shredded_and_a_save_gives_it_more() {
    for place in Place::both() {
        let opened = place.open(&[]);
        let store = &opened.store;
        let create = |seconds| opened.ask(store.create_draft("ana", "", &[(DraftPart::Work, vec![1])], seconds, 9));
        let over = create(Some(0));
        let key = stored_key(&place);
        let (saved, later, forever) = (create(Some(0)), create(Some(3_600)), create(None));
        let save = store.save_draft(ANA, &saved.id, "ana", 1, None, &[], Some(3_600));
        let Some(Saved::Saved(saved)) = opened.ask(save) else { panic!("it is there") };
        let kept = saved.expires.expect("its time").as_millisecond() - saved.changed.as_millisecond();
        assert!((3_600_000..3_601_000).contains(&kept), "{kept}");
        std::thread::sleep(Duration::from_millis(5));
        assert_eq!(opened.ask(store.expire()), 1);
        assert_eq!(opened.ask(store.expire()), 0);
        assert!(opened.ask(store.draft(ANA, &over.id)).is_none());
        assert_eq!(opened.ask(store.drafts(ANA, None, 9)).drafts.len(), 3);
        let noted = place.ask("SELECT caller, run_id FROM audit WHERE deed = 'EXPIRED'");
        assert_eq!(noted, [["retention".to_owned(), over.id.name()]]);
        for id in [&saved.id, &later.id, &forever.id] {
            assert!(opened.ask(store.delete_draft(ANA, id, "ana")));
        }
        is_shredded(&place, &key);
    }
}

#[test]
fn a_draft_that_is_saved_while_it_is_about_to_expire_stays() {
    let place = Place::postgres();
    let opened = place.open(&[]);
    let draft = opened.ask(opened.store.create_draft("ana", "", &[], Some(0), 9));
    std::thread::sleep(Duration::from_millis(5));
    let expired = opened.ask(async {
        let mut saver = <sqlx::AnyConnection as sqlx::Connection>::connect(&place.url()).await.expect("it is there");
        for statement in ["BEGIN", "UPDATE drafts SET expire_time = expire_time + 3600000"] {
            sqlx::query(statement).execute(&mut saver).await.expect("it is saved");
        }
        let commit = async {
            tokio::time::sleep(Duration::from_millis(500)).await;
            sqlx::query("COMMIT").execute(&mut saver).await.expect("it is committed");
        };
        let (expired, ()) = tokio::join!(opened.store.expire(), commit);
        expired
    });
    assert_eq!(expired, 0);
    assert!(opened.ask(opened.store.draft(ANA, &draft.id)).is_some());
}

#[test]
fn the_keys_of_a_store_are_changed_without_losing_a_draft_and_the_old_ones_then_open_nothing() {
    for place in Place::both() {
        let id = draft(&place.open(&[]), b"files", b"work").id;
        let mut prints = Vec::new();
        for keys in [&[][..], &[OLD], &[NEW, OLD], &[NEW]] {
            let (_, parts) = read(&place.open(keys), &id, ANA, "ana").expect("it is there");
            assert_eq!(parts, [b"files".to_vec(), b"work".to_vec()]);
            prints.push(place.ask("SELECT sealed_by FROM draft_keys")[0][0].clone());
        }
        assert!(prints[0].is_empty() && prints[1] != prints[2] && prints[2] == prints[3], "{prints:?}");
        for keys in [&[][..], &[OLD]] {
            let why = place.try_open(keys).err().expect("its keys are needed").to_string();
            assert!(why.contains("drafts in it are sealed") && why.contains(&prints[2]), "{why}");
        }
    }
}

#[test]
fn what_was_copied_from_another_draft_is_not_given_out() {
    for place in Place::both() {
        let opened = place.open(&[]);
        let ids = [b"one", b"two"].map(|work| draft(&opened, b"files", work).id);
        let of_first = || opened.try_ask(opened.store.read_draft(ANA, &ids[0], &[DraftPart::Work], "ana"));
        place.ask(
            "UPDATE draft_parts SET bytes = (SELECT o.bytes FROM draft_parts o WHERE o.part = 'WORK' AND o.draft_id <> draft_parts.draft_id) \
             WHERE part = 'WORK' AND draft_id = (SELECT MIN(draft_id) FROM drafts) RETURNING draft_id",
        );
        assert!(matches!(of_first(), Err(StoreError::Damaged(_))));
        // With its key too, which stands in clear here.
        place.ask(
            "UPDATE draft_keys SET bytes = (SELECT o.bytes FROM draft_keys o WHERE o.draft_id <> draft_keys.draft_id) \
             WHERE draft_id = (SELECT MIN(draft_id) FROM drafts) RETURNING draft_id",
        );
        assert!(matches!(of_first(), Err(StoreError::Damaged(_))));
        assert_eq!(read(&opened, &ids[1], ANA, "ana").expect("its own").1[1], b"two");
        // What was not given out is not on record as read.
        assert_eq!(place.ask("SELECT COUNT(*) FROM audit WHERE deed = 'DRAFT_READ'"), [["1"]]);
    }
}

#[test]
fn drafts_are_in_a_backup_and_a_check_finds_what_is_damaged_of_them() {
    let folder = tempfile::tempdir().expect("a folder");
    let keys = folder.path().join("keys");
    std::fs::write(&keys, OLD).expect("written");
    let keys = format!("--store-keys={}", keys.display());
    let (place, elsewhere) = (Place::sqlite(), Place::sqlite());
    let ids = {
        let opened = place.open(&[OLD]);
        [b"one", b"two"].map(|work| draft(&opened, b"files", work).id)
    };
    let copy = folder.path().join("backup.db").display().to_string();
    let made = store(&["backup", "--store", &place.url(), "--to", &copy]);
    assert!(made.status.success(), "{}", said(&made));
    let made = store(&["restore", "--from", &copy, "--store", &elsewhere.url()]);
    assert!(made.status.success(), "{}", said(&made));
    let checked = store(&["check", "--store", &elsewhere.url(), &keys]);
    assert!(checked.status.success(), "{}", said(&checked));
    assert!(said(&checked).contains("2 drafts\n4 parts can be opened"), "{}", said(&checked));
    assert_eq!(read(&elsewhere.open(&[OLD]), &ids[1], ANA, "ana").expect("it is there").1[1], b"two");
    let closed = store(&["check", "--store", &elsewhere.url()]);
    assert!(said(&closed).matches("fault: drafts/").count() == 2, "{}", said(&closed));
    elsewhere.ask("UPDATE draft_parts SET bytes = x'00' WHERE part = 'WORK' AND draft_id = (SELECT MAX(draft_id) FROM drafts) RETURNING part");
    let damaged = store(&["check", "--store", &elsewhere.url(), &keys]);
    assert!(!damaged.status.success(), "{}", said(&damaged));
    assert!(said(&damaged).contains(&format!("fault: drafts/{}, WORK", ids[1])), "{}", said(&damaged));
}

#[test]
fn a_backup_from_before_there_were_drafts_is_checked_all_the_same_and_brought_up_to_date() {
    for place in Place::both() {
        drop(place.open(&[]));
        for statement in [
            "DROP TABLE draft_visits",
            "DROP TABLE draft_parts",
            "DROP TABLE draft_keys",
            "DROP TABLE drafts",
            "DROP TABLE sessions",
            "DELETE FROM _sqlx_migrations WHERE version >= 3",
        ] {
            place.ask(statement);
        }
        let checked = store(&["check", "--store", &place.url()]);
        assert!(checked.status.success() && said(&checked).contains("0 drafts"), "{}", said(&checked));
        let opened = place.open(&[]);
        let id = draft(&opened, b"files", b"work").id;
        assert!(read(&opened, &id, ANA, "ana").is_some());
    }
}

#[test]
fn two_people_in_one_draft_are_told_of_each_other_as_long_as_they_are_there() {
    for place in Place::both() {
        let opened = place.open(&[]);
        let id = draft(&opened, b"files", b"work").id;
        let visit = |visitor, caller| {
            let others = opened.ask(opened.store.visit_draft(Reach::All, &id, visitor, caller)).expect("it is there");
            others.into_iter().map(|visit| visit.caller).collect::<Vec<_>>()
        };
        assert_eq!(visit("browser-a", "ana"), [""; 0]);
        assert_eq!(visit("browser-a", "ana"), [""; 0], "nobody is another to themselves");
        std::thread::sleep(Duration::from_millis(5));
        assert_eq!(visit("browser-b", "bea"), ["ana"]);
        std::thread::sleep(Duration::from_millis(5));
        assert_eq!(visit("browser-c", "ana"), ["bea", "ana"], "a second browser of hers is another");
        place.ask(
            "UPDATE draft_visits SET visit_time = visit_time - 130000 WHERE visitor = 'browser-a' RETURNING visitor",
        );
        assert_eq!(visit("browser-b", "bea"), ["ana"], "who left is not told of");
        assert_eq!(place.ask("SELECT COUNT(*) FROM draft_visits"), [["3"]]);
        place.ask(
            "UPDATE draft_visits SET visit_time = visit_time - 3600000 WHERE visitor = 'browser-a' RETURNING visitor",
        );
        assert_eq!(visit("browser-b", "bea"), ["ana"]);
        assert_eq!(place.ask("SELECT COUNT(*) FROM draft_visits"), [["2"]], "it is forgotten after an hour");
        assert!(opened.ask(opened.store.delete_draft(ANA, &id, "ana")));
        assert_eq!(place.ask("SELECT COUNT(*) FROM draft_visits"), [["0"]]);
        assert!(opened.ask(opened.store.visit_draft(ANA, &id, "browser-a", "ana")).is_none());
    }
}

#[test]
fn who_reads_the_keys_of_runs_holds_up_neither_a_draft_nor_its_erasure() {
    let place = Place::postgres();
    let opened = place.open(&[]);
    let id = draft(&opened, b"files", b"work").id;
    let key = stored_key(&place);
    let reader = place.reader();
    let begun = Instant::now();
    assert!(opened.ask(opened.store.delete_draft(ANA, &id, "ana")));
    assert!(begun.elapsed() < Duration::from_secs(3), "{:?}", begun.elapsed());
    is_shredded(&place, &key);
    drop(reader);
}

#[test]
fn postgres_keeps_no_statistics_of_the_keys_of_drafts() {
    let place = Place::postgres();
    let opened = place.open(&[]);
    draft(&opened, b"files", b"work");
    place.ask("ANALYZE");
    let known = place.ask("SELECT CAST(attname AS TEXT) FROM pg_stats WHERE tablename = 'draft_keys' ORDER BY attname");
    assert_eq!(known, [["draft_id"], ["sealed_by"]]);
}
