//! [`Table`]: figures by group: `group/name`.

use goxel_benches::Figure;

/// Reports figures as they come, since a run takes minutes.
#[derive(Default)]
pub(crate) struct Table {
    group: &'static str,
}

impl Table {
    /// The lines that follow belong together. Without a name they stand alone.
    pub(crate) fn group(&mut self, name: &'static str) {
        self.group = name;
    }

    /// A figure of the group.
    pub(crate) fn line(&self, name: &str, figure: &Figure) {
        let slash = if self.group.is_empty() { "" } else { "/" };
        figure.report(&format!("{}{slash}{name}", self.group));
    }

    /// What has to be said besides.
    pub(crate) fn note(&self, text: &str) {
        println!("{}: {text}", self.group);
    }
}
