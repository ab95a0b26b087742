//! [`Session`]: a browser that somebody signed in with. The store has its hash alone, and that of the token; it ends with the token.

use std::time::Duration;

use axum::http::HeaderMap;
use axum::http::header::COOKIE;
use cookie::{Cookie, SameSite};
use ring::rand::{SecureRandom, SystemRandom};
use rules::hexadecimal;
use sha2::{Digest, Sha256};
use store::{Store, StoreError};

use crate::Settings;
use crate::headers::is_encrypted;

/// The name of its cookie.
const NAME: &str = "misti_session";

/// After how long somebody signs in again, whatever they did.
const LONGEST: Duration = Duration::from_secs(12 * 3_600);

/// What the cookie holds.
pub(crate) struct Session([u8; 32]);

impl Session {
    /// Draws one; `None` where the machine has no randomness.
    pub fn draw() -> Option<Self> {
        let mut secret = [0; 32];
        SystemRandom::new().fill(&mut secret).ok()?;
        Some(Self(secret))
    }

    /// That of a request.
    pub fn of(headers: &HeaderMap) -> Option<Self> {
        let lines = headers.get_all(COOKIE).iter().filter_map(|line| line.to_str().ok());
        let cookies = lines.flat_map(Cookie::split_parse).filter_map(Result::ok);
        cookies.filter(|cookie| cookie.name() == NAME).find_map(|cookie| hexadecimal::read(cookie.value())).map(Self)
    }

    /// What the store knows it by.
    pub fn hash(&self) -> [u8; 32] {
        Sha256::digest(self.0).into()
    }

    /// What others may know of it.
    pub fn visitor(&self) -> String {
        hexadecimal::write(
            &Sha256::new_with_prefix("misti-matching visitor").chain_update(self.hash()).finalize()[..16],
        )
    }

    /// The hash of the token that it was made with, as long as it lasts.
    pub async fn token(&self, store: &Store, idle: Duration) -> Result<Option<[u8; 32]>, StoreError> {
        store.session(&self.hash(), idle, LONGEST).await
    }

    /// The cookie that keeps it in the browser: no script reads it, no other site sends it with a form.
    pub fn cookie(&self, settings: &Settings) -> String {
        cookie(settings, hexadecimal::write(&self.0)).build().to_string()
    }
}

/// The cookie that ends it.
pub(crate) fn no_cookie(settings: &Settings) -> String {
    cookie(settings, String::new()).max_age(cookie::time::Duration::ZERO).build().to_string()
}

fn cookie(settings: &Settings, value: String) -> cookie::CookieBuilder<'static> {
    Cookie::build((NAME, value))
        .path(settings.prefix.cookie_path().to_owned())
        .http_only(true)
        .secure(is_encrypted(settings))
        // A link from a colleague's mail leads to the page; a form of another site sends nothing.
        .same_site(SameSite::Lax)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_is_found_among_cookies_and_by_nothing_malformed() {
        let session = Session::draw().unwrap();
        let cookie = session.cookie(&Settings::default());
        let pair = cookie.split(';').next().unwrap();
        for (line, is_found) in [
            (pair.to_owned(), true),
            (format!("a=b; {pair}; c=d"), true),
            ("misti_session=".to_owned(), false),
            ("misti_session=xyz".to_owned(), false),
            (format!("{pair}0"), false),
            (pair.replace("misti_session", "session"), false),
        ] {
            let headers = HeaderMap::from_iter([(COOKIE, line.parse().unwrap())]);
            let found = Session::of(&headers);
            assert_eq!(found.is_some_and(|found| found.hash() == session.hash()), is_found, "{line}");
        }
    }

    #[test]
    fn no_script_reads_the_cookie_and_it_is_sent_encrypted_where_anything_is() {
        let session = Session::draw().unwrap();
        let plain = session.cookie(&Settings::default());
        assert!(plain.contains("HttpOnly") && plain.contains("SameSite=Lax") && plain.contains("Path=/"));
        assert!(!plain.contains("Secure"));
        let origin = Some("https://matching.example.edu".parse().unwrap());
        let prefix = "/matching".parse().unwrap();
        let encrypted = session.cookie(&Settings { origin, prefix, ..Settings::default() });
        assert!(encrypted.contains("Secure") && encrypted.contains("Path=/matching"), "{encrypted}");
        assert!(no_cookie(&Settings::default()).contains("Max-Age=0"));
    }
}
