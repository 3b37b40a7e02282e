//! [`Token`]: the secret that clients over HTTP have to show.

use std::fmt;
use std::fs::File;
use std::io::Read as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use anyhow::{Context as _, Result, ensure};

/// Bytes of a token that is made here: nobody guesses 256 bits.
const TOKEN_BYTES: usize = 32;
/// Letters that a token of somebody else's has at least.
const TOKEN_LETTERS_MIN: usize = 16;
/// No token is longer; what is, is another file.
const TOKEN_LETTERS_MAX: usize = 1024;

/// A secret.
#[derive(Clone)]
pub struct Token(String);

impl Token {
    /// A new one.
    ///
    /// # Errors
    /// Where the system has no random numbers.
    pub fn new() -> Result<Self> {
        let mut bytes = [0; TOKEN_BYTES];
        let random = File::open("/dev/urandom").and_then(|mut file| file.read_exact(&mut bytes));
        random.context("no random numbers for a token in /dev/urandom")?;
        Ok(Self(bytes.iter().map(|byte| format!("{byte:02x}")).collect()))
    }

    /// The one in a file, which has to be its owner's alone.
    ///
    /// # Errors
    /// Where it cannot be read, others may read it, or it is too short.
    pub fn read(path: &Path) -> Result<Self> {
        let shown = path.display();
        let file = File::open(path).with_context(|| format!("cannot open {shown}"))?;
        let mode = file.metadata().with_context(|| format!("cannot look at {shown}"))?.mode();
        ensure!(mode & 0o077 == 0, "others may read {shown}: chmod 600 it");
        let mut text = String::new();
        let mut limited = file.take(TOKEN_LETTERS_MAX as u64 + 1);
        limited.read_to_string(&mut text).with_context(|| format!("cannot read {shown}"))?;
        let token = text.trim();
        let is_plain = token.bytes().all(|byte| byte.is_ascii_graphic());
        ensure!(
            is_plain && (TOKEN_LETTERS_MIN..=TOKEN_LETTERS_MAX).contains(&token.len()),
            "{shown} has no token: one word of {TOKEN_LETTERS_MIN} to {TOKEN_LETTERS_MAX} letters"
        );
        Ok(Self(token.to_owned()))
    }

    /// The secret itself, to be told to whoever started this.
    #[must_use]
    pub fn secret(&self) -> &str {
        &self.0
    }

    /// Whether an `Authorization` header shows it. How long that takes tells nothing of how much of it
    /// is right.
    pub(crate) fn is_shown_by(&self, header: &[u8]) -> bool {
        let Some((scheme, shown)) = header.split_at_checked("Bearer ".len()) else { return false };
        let differs = |(a, b): (&u8, &u8)| a ^ b;
        scheme.eq_ignore_ascii_case(b"Bearer ")
            && shown.len() == self.0.len()
            && shown.iter().zip(self.0.as_bytes()).map(differs).fold(0, |all, one| all | one) == 0
    }
}

/// Without the secret: what is printed for debugging is kept by others.
impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::{self, Permissions};
    use std::os::unix::fs::PermissionsExt as _;

    #[test]
    fn who_shows_a_token() {
        let token = Token("0123456789abcdef".to_owned());
        for (header, expected) in [
            ("Bearer 0123456789abcdef", true),
            ("bearer 0123456789abcdef", true),
            ("Bearer 0123456789abcdeF", false),
            ("Bearer 0123456789abcdef0", false),
            ("Bearer ", false),
            ("Basic 0123456789abcdef", false),
            ("0123456789abcdef", false),
            ("", false),
        ] {
            assert_eq!(token.is_shown_by(header.as_bytes()), expected, "{header}");
        }
    }

    #[test]
    fn each_new_one_is_another() {
        let (a, b) = (Token::new().unwrap(), Token::new().unwrap());
        assert_eq!(a.secret().len(), 64);
        assert_ne!(a.secret(), b.secret());
        assert!(!format!("{a:?}").contains(a.secret()));
    }

    #[test]
    fn tokens_of_files() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("token");
        let check = |text: &str, mode: u32, says: Option<&str>| {
            fs::write(&path, text).unwrap();
            fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
            match (Token::read(&path), says) {
                (Ok(token), None) => assert_eq!(token.secret(), text.trim()),
                (Err(error), Some(says)) => {
                    assert!(format!("{error:#}").contains(says), "{error:#}");
                }
                (other, _) => panic!("{text:?}: {other:?}"),
            }
        };
        check("0123456789abcdef\n", 0o600, None);
        check("0123456789abcdef\n", 0o640, Some("others may read"));
        check("0123456789abcde\n", 0o600, Some("no token"));
        check("0123456789 abcdef\n", 0o600, Some("no token"));
        check(&"x".repeat(TOKEN_LETTERS_MAX), 0o600, None);
        check(&"x".repeat(TOKEN_LETTERS_MAX + 1), 0o600, Some("no token"));
        assert!(Token::read(&dir.path().join("none")).is_err());
    }
}
