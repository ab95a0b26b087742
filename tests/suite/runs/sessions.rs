//! Sessions: they end by idleness, by age and when they are ended, and not by a restart.

use std::time::Duration;

use super::harness::{Opened, Place};
use super::sealed::{NEW, OLD};

const SESSION: [u8; 32] = [7; 32];
const TOKEN: [u8; 32] = [0xab; 32];
const HOUR: Duration = Duration::from_secs(3_600);
const DAY: Duration = Duration::from_secs(24 * 3_600);

/// What a session stands for, where it is idle for an hour at most and a day old.
fn session(opened: &Opened, hash: &[u8; 32]) -> Option<[u8; 32]> {
    opened.ask(opened.store.session(hash, HOUR, DAY))
}

#[test]
fn a_session_outlives_a_restart_and_ends_when_it_is_ended() {
    for place in Place::both() {
        {
            let opened = place.open(&[]);
            opened.ask(opened.store.begin_session(&SESSION, &TOKEN));
            opened.ask(opened.store.begin_session(&[8; 32], &[9; 32]));
            assert_eq!(session(&opened, &SESSION), Some(TOKEN));
            assert_eq!(session(&opened, &TOKEN), None, "a token is no session");
        }
        let opened = place.open(&[]);
        assert_eq!(session(&opened, &SESSION), Some(TOKEN));
        opened.ask(opened.store.end_session(&SESSION));
        assert_eq!(session(&opened, &SESSION), None);
        opened.ask(opened.store.end_session(&SESSION));
        assert_eq!(session(&opened, &[8; 32]), Some([9; 32]), "another one goes on");
    }
}

#[test]
fn a_session_ends_by_idleness_and_by_age_however_much_it_is_used() {
    for place in Place::both() {
        let opened = place.open(&[]);
        // Idle for a minute short of an hour, and then used.
        opened.ask(opened.store.begin_session(&SESSION, &TOKEN));
        place.ask("UPDATE sessions SET seen_time = seen_time - 3540000 RETURNING session_hash");
        assert_eq!(session(&opened, &SESSION), Some(TOKEN));
        place.ask("UPDATE sessions SET seen_time = seen_time - 3540000 RETURNING session_hash");
        assert_eq!(session(&opened, &SESSION), Some(TOKEN), "it was used a moment ago");
        // Idle for longer.
        place.ask("UPDATE sessions SET seen_time = seen_time - 3660000 RETURNING session_hash");
        assert_eq!(session(&opened, &SESSION), None);
        assert_eq!(place.ask("SELECT COUNT(*) FROM sessions"), [["0"]], "it does not come back by other settings");
        // Used just now, and a day old.
        opened.ask(opened.store.begin_session(&SESSION, &TOKEN));
        place.ask("UPDATE sessions SET create_time = create_time - 86400000 RETURNING session_hash");
        assert_eq!(session(&opened, &SESSION), None);
        // Idleness that is shorter than a minute ends no session that is used.
        opened.ask(opened.store.begin_session(&SESSION, &TOKEN));
        for _ in 0..8 {
            std::thread::sleep(Duration::from_millis(150));
            let short = opened.store.session(&SESSION, Duration::from_millis(600), DAY);
            assert_eq!(opened.ask(short), Some(TOKEN));
        }
        std::thread::sleep(Duration::from_millis(650));
        assert_eq!(opened.ask(opened.store.session(&SESSION, Duration::from_millis(600), DAY)), None);
    }
}

#[test]
fn that_a_session_is_used_is_written_once_a_minute_at_most() {
    for place in Place::both() {
        let opened = place.open(&[]);
        opened.ask(opened.store.begin_session(&SESSION, &TOKEN));
        let seen = || place.ask("SELECT seen_time FROM sessions")[0][0].parse::<i64>().expect("a time");
        place.ask("UPDATE sessions SET seen_time = seen_time - 50000 RETURNING session_hash");
        let before = seen();
        assert_eq!((session(&opened, &SESSION), seen()), (Some(TOKEN), before));
        place.ask("UPDATE sessions SET seen_time = seen_time - 11000 RETURNING session_hash");
        assert_eq!(session(&opened, &SESSION), Some(TOKEN));
        assert!(seen() > before + 45_000, "{} after {before}", seen());
    }
}

#[test]
fn sessions_that_nobody_uses_are_deleted_by_themselves() {
    for place in Place::both() {
        let opened = place.open(&[]);
        opened.ask(opened.store.begin_session(&SESSION, &TOKEN));
        place.ask("UPDATE sessions SET seen_time = seen_time - 2592000001 RETURNING session_hash");
        opened.ask(opened.store.begin_session(&[8; 32], &TOKEN));
        assert_eq!(opened.ask(opened.store.expire()), 0, "a session is no run");
        let left = place.ask("SELECT session_hash FROM sessions");
        assert_eq!(left, [["08".repeat(32)]]);
    }
}

#[test]
fn whoever_writes_to_a_database_with_keys_signs_nobody_in() {
    for place in Place::both() {
        let begin = |keys: &[&str], hash: u8| {
            let opened = place.open(keys);
            opened.ask(opened.store.begin_session(&[hash; 32], &TOKEN));
        };
        begin(&[], 1);
        begin(&[OLD], 2);
        begin(&[OLD], 3);
        let digest = "ab".repeat(32);
        let stored = place.ask("SELECT token_hash FROM sessions ORDER BY session_hash");
        assert!(stored[0][0] == digest && !stored[1][0].contains(&digest), "{stored:?}");
        place.ask(
            "INSERT INTO sessions SELECT REPLACE(session_hash, '02', '04'), token_hash, create_time, seen_time \
             FROM sessions WHERE session_hash LIKE '02%' RETURNING session_hash",
        );
        {
            let both = place.open(&[NEW, OLD]);
            assert_eq!(session(&both, &[1; 32]), None, "it stood in clear");
            assert_eq!(session(&both, &[2; 32]), Some(TOKEN), "its key is still known");
            assert_eq!(session(&both, &[4; 32]), None, "it was sealed for another session");
        }
        assert_eq!(session(&place.open(&[NEW]), &[3; 32]), None, "its key was taken out");
    }
}
