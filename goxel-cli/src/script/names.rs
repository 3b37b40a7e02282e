//! Names of variables: letters, digits and `_`, of which a digit is not the first.

/// How long the name is that begins `text`: letters, digits and `_`.
pub(super) fn name_length(text: &str) -> usize {
    text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(text.len())
}

/// The text, where it is the name of a variable.
pub(super) fn name(text: &str) -> Option<&str> {
    let begins = text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    (begins && name_length(text) == text.len()).then_some(text)
}

/// Whether the text may name what is defined: like the name of a variable, or with hyphens in it, as commands
/// have.
pub(super) fn is_command_name(text: &str) -> bool {
    name(text.split('-').next().unwrap_or_default()).is_some()
        && text.split('-').all(|part| !part.is_empty() && name_length(part) == part.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        assert!(name("a_1").is_some() && name("_").is_some());
        assert!(name("1a").is_none() && name("").is_none() && name("a-b").is_none());
        assert!(is_command_name("a-b2") && is_command_name("tower"));
        assert!(!is_command_name("-a") && !is_command_name("a--b") && !is_command_name("2a"));
    }
}
