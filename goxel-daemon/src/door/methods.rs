//! [`Methods`]: the list of what may be called.

use goxel_proto::Method;

/// Some of the methods, and the patterns that said which.
#[derive(Debug)]
pub(super) struct Methods {
    listed: [bool; Method::COUNT],
    patterns: String,
}

impl Methods {
    /// Those that the patterns name: names and aliases of methods, in which `*` stands for anything.
    ///
    /// # Errors
    /// Where a pattern names none.
    pub(super) fn named<S: AsRef<str>>(patterns: &[S]) -> Result<Self, String> {
        let mut listed = [false; Method::COUNT];
        for pattern in patterns {
            let pattern = pattern.as_ref();
            let mut any = false;
            for method in Method::ALL {
                let row = method.info();
                let mut names = std::iter::once(&row.name).chain(row.aliases);
                if names.any(|name| matches(pattern.as_bytes(), name.as_bytes())) {
                    (listed[method.index()], any) = (true, true);
                }
            }
            if !any {
                return Err(format!("`{pattern}` is no method, nor do any match it"));
            }
        }
        let patterns: Vec<_> = patterns.iter().map(AsRef::as_ref).collect();
        Ok(Self { listed, patterns: patterns.join(", ") })
    }

    pub(super) fn has(&self, method: Method) -> bool {
        self.listed[method.index()]
    }

    /// The patterns, in words.
    pub(super) fn patterns(&self) -> &str {
        if self.patterns.is_empty() { "nothing" } else { &self.patterns }
    }
}

/// Whether a name is of a pattern.
fn matches(pattern: &[u8], name: &[u8]) -> bool {
    match pattern.split_first() {
        None => name.is_empty(),
        Some((b'*', rest)) => (0..=name.len()).any(|skipped| matches(rest, &name[skipped..])),
        Some((byte, rest)) => name.first() == Some(byte) && matches(rest, &name[1..]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_choose_methods() {
        let methods = Methods::named(&["goxel.get_*", "ping", "rpc.discover"]).unwrap();
        for (method, expected) in [
            (Method::GetStats, true),
            (Method::Ping, true),
            (Method::Discover, true),
            (Method::Shutdown, false),
            (Method::CreateProject, false),
        ] {
            assert_eq!(methods.has(method), expected, "{}", method.info().name);
        }
        assert_eq!(methods.patterns(), "goxel.get_*, ping, rpc.discover");
        // By an alias, too.
        assert!(Methods::named(&["goxel.open_file"]).unwrap().has(Method::LoadProject));
        assert!(Method::ALL.iter().all(|method| Methods::named(&["*"]).unwrap().has(*method)));
        let none: [&str; 0] = [];
        assert_eq!(Methods::named(&none).unwrap().patterns(), "nothing");
        let error = Methods::named(&["goxel.gte_*"]).unwrap_err();
        assert_eq!(error, "`goxel.gte_*` is no method, nor do any match it");
    }

    #[test]
    fn stars_stand_for_anything() {
        for (pattern, name, expected) in [
            ("", "", true),
            ("*", "", true),
            ("a*", "a", true),
            ("a*c", "abc", true),
            ("a*c", "abcd", false),
            ("*b*", "abc", true),
            ("ab", "abc", false),
            ("abc", "ab", false),
        ] {
            assert_eq!(matches(pattern.as_bytes(), name.as_bytes()), expected, "{pattern} {name}");
        }
    }
}
