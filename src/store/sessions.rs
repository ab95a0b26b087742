//! Sessions: browsers that are signed in. The store knows digests only: of what the browser shows, and of the token that it was signed in with.
//! The second is sealed for its session by the store's keys, so that whoever writes to the database can't sign in with it.

use std::time::Duration;

use sqlx::{Any, Transaction};

use super::lease::milliseconds;
use super::row::column;
use super::{Store, StoreError};
use rules::hexadecimal;

/// How often it is noted, at most, that a session is used; oftener where it would end before.
const NOTED: Duration = Duration::from_secs(60);

/// The longest that a session may be idle, whatever is asked. [`Store::expire`] deletes those that were: it comes by itself, where sessions
/// would otherwise stay as long as nobody signs in.
const LONGEST_IDLE: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// Sessions that are deleted in one go.
const AT_ONCE: i64 = 1_000;

impl Store {
    /// Begins a session.
    ///
    /// # Errors
    /// The database's.
    pub async fn begin_session(&self, session_hash: &[u8; 32], token_hash: &[u8; 32]) -> Result<(), StoreError> {
        self.visit("begin_session", async {
            let hash = hexadecimal::write(session_hash);
            let token_hash = self.keys.seal(&place(&hash), token_hash)?;
            let insert =
                "INSERT INTO sessions (session_hash, token_hash, create_time, seen_time) VALUES ($1, $2, {now}, {now})";
            sqlx::query(self.sql(insert)).bind(&hash).bind(token_hash).execute(&self.pool).await?;
            Ok(())
        })
        .await
    }

    /// The digest of the token that a session was begun with, where it was used within `idle` (30 days at most) and is not older than `longest`.
    /// It is used by this. One that is over is deleted, and so is one that no key of the store opens.
    ///
    /// # Errors
    /// The database's.
    pub async fn session(
        &self,
        session_hash: &[u8; 32],
        idle: Duration,
        longest: Duration,
    ) -> Result<Option<[u8; 32]>, StoreError> {
        self.visit("session", async {
            let hash = hexadecimal::write(session_hash);
            let idle = idle.min(LONGEST_IDLE);
            let select = "SELECT token_hash, {now} - seen_time AS unused, {now} - create_time AS age \
                 FROM sessions WHERE session_hash = $1";
            let found = sqlx::query(self.sql(select)).bind(&hash).fetch_optional(&self.pool).await?;
            let Some(found) = found else { return Ok(None) };
            let (unused, age) = (column::<i64>(&found, "unused")?, column::<i64>(&found, "age")?);
            let is_over = unused >= milliseconds(idle) || age >= milliseconds(longest);
            let token_hash = self.keys.open(&place(&hash), column(&found, "token_hash")?);
            let token_hash = token_hash.and_then(|opened| <[u8; 32]>::try_from(opened).ok());
            let Some(token_hash) = token_hash.filter(|_| !is_over) else {
                self.delete_session(&hash).await?;
                return Ok(None);
            };
            let noted = milliseconds(NOTED.min(idle / 2));
            if unused >= noted {
                let update =
                    "UPDATE sessions SET seen_time = {now} WHERE session_hash = $1 AND {now} - seen_time >= $2";
                sqlx::query(self.sql(update)).bind(&hash).bind(noted).execute(&self.pool).await?;
            }
            Ok(Some(token_hash))
        })
        .await
    }

    /// Ends a session, where there is one.
    ///
    /// # Errors
    /// The database's.
    pub async fn end_session(&self, session_hash: &[u8; 32]) -> Result<(), StoreError> {
        self.visit("end_session", self.delete_session(&hexadecimal::write(session_hash))).await
    }

    async fn delete_session(&self, hash: &str) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM sessions WHERE session_hash = $1").bind(hash).execute(&self.pool).await?;
        Ok(())
    }

    /// Deletes sessions that were idle for longer than any may be.
    pub(super) async fn forget_sessions(&self, transaction: &mut Transaction<'static, Any>) -> Result<(), StoreError> {
        let delete = "DELETE FROM sessions WHERE session_hash IN \
             (SELECT session_hash FROM sessions WHERE seen_time < {now} - $1 ORDER BY seen_time LIMIT $2 {skip_locked})";
        let delete = sqlx::query(self.sql(delete)).bind(milliseconds(LONGEST_IDLE)).bind(AT_ONCE);
        delete.execute(&mut **transaction).await?;
        Ok(())
    }
}

/// What is authenticated with the token of a session.
fn place(hash: &str) -> String {
    format!("sessions/{hash}")
}
