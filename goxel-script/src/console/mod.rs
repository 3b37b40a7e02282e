//! [`Console`]: what a script prints, on its way to the daemon.

mod format;

use std::cell::RefCell;
use std::rc::Rc;

use rquickjs::prelude::Rest;
use rquickjs::{Ctx, Function, Object, Result, Value};

pub(crate) use format::text_of;

use crate::outside::Told;

/// What one script may print: a reply takes it, and nobody reads more.
const PRINTED_BYTES_MAX: usize = 1 << 20;
/// What is gathered before it is sent: a message each would cost more than the printing.
const GATHERED_BYTES_MAX: usize = 1 << 13;
/// The methods of `console`: there is one stream of output, whatever they are for.
const METHODS: [&str; 5] = ["log", "info", "warn", "error", "debug"];

/// What a script prints. A clone is the same one.
#[derive(Clone)]
pub(crate) struct Console(Rc<RefCell<Gathered>>);

struct Gathered {
    told: Rc<RefCell<dyn Told>>,
    text: String,
    /// Bytes that may still be printed.
    left: usize,
    dropped: usize,
}

impl Console {
    pub(crate) fn new(told: Rc<RefCell<dyn Told>>) -> Self {
        let gathered = Gathered { told, text: String::new(), left: PRINTED_BYTES_MAX, dropped: 0 };
        Self(Rc::new(RefCell::new(gathered)))
    }

    /// Prints text as it is.
    pub(crate) fn print(&self, text: &str) {
        self.0.borrow_mut().print(text);
    }

    /// Sends what was printed so far.
    pub(crate) fn flush(&self) {
        self.0.borrow_mut().flush();
    }

    /// Sends the rest, and how much there was too much.
    pub(crate) fn finish(&self) {
        let mut gathered = self.0.borrow_mut();
        if gathered.dropped > 0 {
            let dropped = gathered.dropped;
            gathered.text.push_str(&format!(
                "\n({dropped} bytes more were printed and dropped: a script may print {PRINTED_BYTES_MAX})\n"
            ));
        }
        gathered.flush();
    }

    /// Makes `console` and `print`.
    pub(crate) fn install<'js>(&self, ctx: &Ctx<'js>) -> Result<()> {
        let line = self.line(ctx)?;
        let console = Object::new(ctx.clone())?;
        for method in METHODS {
            console.set(method, line.clone())?;
        }
        let globals = ctx.globals();
        globals.set("console", console)?;
        globals.set("print", line)
    }

    fn line<'js>(&self, ctx: &Ctx<'js>) -> Result<Function<'js>> {
        let console = self.clone();
        let line = move |values: Rest<Value<'js>>| {
            // The text first: getters of a value may print, too.
            let mut line = String::new();
            for (index, value) in values.0.iter().enumerate() {
                line.push_str(if index > 0 { " " } else { "" });
                line.push_str(&text_of(value));
                // Values may be one long text, many times over.
                if line.len() > PRINTED_BYTES_MAX {
                    break;
                }
            }
            line.push('\n');
            console.print(&line);
        };
        Function::new(ctx.clone(), line)?.with_name("log")
    }
}

impl Gathered {
    fn print(&mut self, text: &str) {
        if text.len() > self.left {
            self.left = 0;
            self.dropped += text.len();
            return;
        }
        self.left -= text.len();
        self.text.push_str(text);
        if self.text.len() > GATHERED_BYTES_MAX {
            self.flush();
        }
    }

    fn flush(&mut self) {
        if !self.text.is_empty() {
            self.told.borrow_mut().print(std::mem::take(&mut self.text));
        }
    }
}
