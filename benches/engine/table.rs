//! [`Table`]: a line for each figure: name, figure, yardstick, ratio.

/// Prints lines as they come, since a run takes minutes.
#[derive(Default)]
pub(crate) struct Table {
    group: &'static str,
}

/// Which of two figures is the better one.
#[derive(Clone, Copy)]
pub(crate) enum Better {
    More,
    Less,
}

impl Table {
    /// The lines that follow belong together.
    pub(crate) fn group(&mut self, name: &'static str) {
        self.group = name;
    }

    /// A figure beside a yardstick. The ratio says how many times better ours is.
    pub(crate) fn line(
        &self,
        name: &str,
        unit: &str,
        better: Better,
        ours: f64,
        yardstick: Option<(&str, f64)>,
    ) {
        let beside = yardstick.map(|(what, theirs)| {
            let ratio = match better {
                Better::More => ours / theirs,
                Better::Less => theirs / ours,
            };
            format!("{what} {theirs:.1}  {ratio:.2}x")
        });
        let name = format!("{}/{name}", self.group);
        println!("{name:44} {ours:14.1} {unit:6} {}", beside.unwrap_or_default());
    }

    /// What has to be said besides.
    pub(crate) fn note(&self, text: &str) {
        println!("{}: {text}", self.group);
    }
}

/// The middle one.
pub(crate) fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or(f64::NAN)
}
