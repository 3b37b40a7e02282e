//! [`nearest`]: the right word for one that is misspelt.

/// The longest word that is looked at, in bytes. No name is longer; what a client sends may be, and
/// comparing it would take time for nothing.
const WORD_BYTES_MAX: usize = 64;
/// One change is forgiven for so many letters, and one in any case: with more, words that have nothing
/// to do with each other are taken for one another.
const LETTERS_A_CHANGE: usize = 3;
/// A word of fewer letters than these is the beginning of too many names to mean one of them.
const PREFIX_LETTERS_MIN: usize = 3;

/// The name that somebody who wrote `word` most likely meant: one that it begins or that begins it,
/// else the one with the fewest letters inserted, left out, replaced or swapped. Case does not count.
///
/// Of names that are equally near, the first is taken. `None` where none is near enough.
#[must_use]
pub fn nearest<'a>(word: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    if word.is_empty() || word.len() > WORD_BYTES_MAX {
        return None;
    }
    let word = word.to_ascii_lowercase();
    let near = names.filter(|name| name.len() <= WORD_BYTES_MAX).filter_map(|name| {
        let lower = name.to_ascii_lowercase();
        Some((changes(&word, &lower)?, name))
    });
    near.min_by_key(|(changes, _)| *changes).map(|(_, name)| name)
}

/// How many changes make one word of the other, where they are few enough.
fn changes(word: &str, name: &str) -> Option<usize> {
    let distance = distance(word.as_bytes(), name.as_bytes());
    let forgiven = (word.len().max(name.len()) / LETTERS_A_CHANGE).max(1);
    // At least one letter has to be right.
    if distance <= forgiven && distance < word.len().min(name.len()) {
        return Some(distance);
    }
    let shorter = word.len().min(name.len());
    let begins = name.starts_with(word) || word.starts_with(name);
    // After all that are near by their letters, the shortest continuation first.
    (begins && shorter >= PREFIX_LETTERS_MIN).then_some(WORD_BYTES_MAX + distance)
}

/// The edit distance of two words: letters inserted, left out, replaced, or swapped with the next
/// (optimal string alignment).
fn distance(a: &[u8], b: &[u8]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut row = vec![i; b.len() + 1];
        for j in 1..=b.len() {
            let replaced = last[j - 1] + usize::from(a[i - 1] != b[j - 1]);
            row[j] = replaced.min(last[j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                row[j] = row[j].min(before[j - 2] + 1);
            }
        }
        before = std::mem::replace(&mut last, row);
    }
    last[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(word: &str, expected: Option<&str>) {
        let names = ["degrees", "axis", "pivot", "layer_id", "project", "goxel.add_voxel", "to"];
        assert_eq!(nearest(word, names.into_iter()), expected, "{word}");
    }

    #[test]
    fn misspelt_words() {
        check("degree", Some("degrees"));
        check("Degrese", Some("degrees"));
        check("AXIS", Some("axis"));
        check("ti", Some("to"));
        check("axes", Some("axis"));
        check("layerid", Some("layer_id"));
        check("goxel.add_voxels", Some("goxel.add_voxel"));
        check("goxel.addvoxel", Some("goxel.add_voxel"));
    }

    #[test]
    fn beginnings() {
        check("deg", Some("degrees"));
        check("project_name", Some("project"));
        check("pr", None);
    }

    #[test]
    fn words_that_are_near_nothing() {
        for word in ["", "colour", "xyzzy", "x", "é"] {
            check(word, None);
        }
        check(&"a".repeat(100_000), None);
        assert_eq!(nearest("axis", std::iter::empty()), None);
    }

    #[test]
    fn distances() {
        for (a, b, expected) in
            [("", "abc", 3), ("abc", "abc", 0), ("abc", "acb", 1), ("kitten", "sitting", 3)]
        {
            assert_eq!(distance(a.as_bytes(), b.as_bytes()), expected, "{a} {b}");
            assert_eq!(distance(b.as_bytes(), a.as_bytes()), expected, "{b} {a}");
        }
    }
}
