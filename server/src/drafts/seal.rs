//! Sealing: authenticated encryption with ChaCha20-Poly1305.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use sha2::{Digest as _, Sha256};

/// What is sealed. A text that was sealed for one purpose cannot be opened for another.
#[derive(Clone, Copy, Debug)]
pub enum Purpose {
    /// The owner of a form.
    Owner,
    /// A draft in the log-in page.
    Draft,
    /// A draft in the database.
    StoredDraft,
}

impl Purpose {
    const fn name(self) -> &'static [u8] {
        match self {
            Self::Owner => b"owner",
            Self::Draft => b"draft",
            Self::StoredDraft => b"kept",
        }
    }
}

/// A key of 256 bits.
pub struct SealKey(LessSafeKey);

impl SealKey {
    /// The key of these bytes; never `None`, since all 32 bytes are a valid key.
    #[must_use]
    pub fn new(bytes: &[u8; 32]) -> Option<Self> {
        let key = UnboundKey::new(&CHACHA20_POLY1305, bytes).ok()?;
        Some(Self(LessSafeKey::new(key)))
    }

    /// The key of a session, derived from its cookie's value. The database has only another hash of that value.
    #[must_use]
    pub fn of_session(cookie: &str) -> Option<Self> {
        let mut hash = Sha256::new_with_prefix(b"audit-console form draft\0");
        hash.update(cookie.as_bytes());
        Self::new(&hash.finalize().into())
    }

    /// Seals `plain` with a random nonce. The probability of a repeated nonce is 2⁻³³ after 2³² seals with one key.
    #[must_use]
    pub fn seal(&self, purpose: Purpose, plain: &[u8]) -> Option<Vec<u8>> {
        let nonce: [u8; NONCE_LEN] = rand::random();
        let mut sealed = plain.to_vec();
        let (aad, with) = (
            Aad::from(purpose.name()),
            Nonce::assume_unique_for_key(nonce),
        );
        self.0
            .seal_in_place_append_tag(with, aad, &mut sealed)
            .ok()?;
        sealed.splice(0..0, nonce);
        Some(sealed)
    }

    /// Opens what this key has sealed for this purpose; `None` for everything else.
    #[must_use]
    pub fn open(&self, purpose: Purpose, sealed: &[u8]) -> Option<Vec<u8>> {
        let (nonce, rest) = sealed.split_first_chunk::<NONCE_LEN>()?;
        let mut rest = rest.to_vec();
        let (aad, with) = (
            Aad::from(purpose.name()),
            Nonce::assume_unique_for_key(*nonce),
        );
        let plain = self.0.open_in_place(with, aad, &mut rest).ok()?;
        Some(plain.to_vec())
    }

    /// As [`SealKey::seal`], in base64 for a form's field.
    #[must_use]
    pub fn seal_word(&self, purpose: Purpose, plain: &[u8]) -> Option<String> {
        let sealed = self.seal(purpose, plain)?;
        Some(URL_SAFE_NO_PAD.encode(sealed))
    }

    /// Opens what [`SealKey::seal_word`] has sealed.
    #[must_use]
    pub fn open_word(&self, purpose: Purpose, word: &str) -> Option<Vec<u8>> {
        self.open(purpose, &URL_SAFE_NO_PAD.decode(word).ok()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_same_key_opens_and_only_for_the_same_purpose() {
        let (key, other) = (
            SealKey::new(&[1; 32]).unwrap(),
            SealKey::new(&[2; 32]).unwrap(),
        );
        let word = key.seal_word(Purpose::Draft, b"text").unwrap();
        assert_eq!(key.open_word(Purpose::Draft, &word).unwrap(), b"text");
        assert!(key.open_word(Purpose::Owner, &word).is_none());
        assert!(other.open_word(Purpose::Draft, &word).is_none());
        for broken in ["", "AAAA", &word[1..], &word[..word.len() - 1], "ä"] {
            assert!(key.open_word(Purpose::Draft, broken).is_none(), "{broken}");
        }
        assert_ne!(word, key.seal_word(Purpose::Draft, b"text").unwrap());
    }
}
