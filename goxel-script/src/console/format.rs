//! [`text_of`]: a value as people read it, like JSON where it has a form there.

use rquickjs::convert::Coerced;
use rquickjs::object::Filter;
use rquickjs::{Object, String as JsString, Value};

/// How deep objects are shown in each other.
const DEPTH_MAX: usize = 4;
/// How many elements or properties are shown of each.
const ITEMS_MAX: usize = 100;
/// About how long the text of one value may become.
const TEXT_BYTES_MAX: usize = 1 << 16;

/// What has elements by their numbers.
const TYPED_ARRAYS: [&str; 12] = [
    "Int8Array",
    "Uint8Array",
    "Uint8ClampedArray",
    "Int16Array",
    "Uint16Array",
    "Int32Array",
    "Uint32Array",
    "Float16Array",
    "Float32Array",
    "Float64Array",
    "BigInt64Array",
    "BigUint64Array",
];

/// A value as people read it: text as it is, the rest like JSON. It never throws: what a getter or a trap throws
/// stands in its place.
pub(crate) fn text_of(value: &Value<'_>) -> String {
    if let Some(text) = value.as_string() {
        return plain(text);
    }
    let mut writer = Writer { text: String::new(), around: Vec::new() };
    writer.value(value);
    writer.text
}

/// A text, also one with half a surrogate pair, which UTF-8 has not: it is then told as JSON tells it.
fn plain(text: &JsString<'_>) -> String {
    text.to_string().unwrap_or_else(|_| quoted(text))
}

fn quoted(text: &JsString<'_>) -> String {
    let ctx = text.as_value().ctx();
    match ctx.json_stringify(text.as_value().clone()) {
        Ok(Some(json)) => json.to_string().unwrap_or_default(),
        _ => {
            ctx.catch();
            String::new()
        }
    }
}

struct Writer<'js> {
    text: String,
    /// The objects around the value that is written.
    around: Vec<Object<'js>>,
}

impl<'js> Writer<'js> {
    fn value(&mut self, value: &Value<'js>) {
        if let Some(text) = value.as_string() {
            self.text.push_str(&quoted(text));
        } else if let Some(symbol) = value.as_symbol() {
            let name = symbol.description().ok().map(|name| text_of(&name)).unwrap_or_default();
            self.text.push_str(&format!("Symbol({name})"));
        } else if let Some(object) = value.as_object() {
            self.object(object);
        } else {
            self.text.push_str(&coerced(value).unwrap_or_default());
            if value.is_big_int() {
                self.text.push('n');
            }
        }
    }

    fn object(&mut self, object: &Object<'js>) {
        if self.text.len() > TEXT_BYTES_MAX {
            return self.text.push_str("...");
        }
        if object.is_function() {
            let name = self.property(object, "name");
            return self.text.push_str(&format!("[Function {}]", name.trim_matches('"')));
        }
        if object.is_error() {
            return self.error(object);
        }
        if self.around.contains(object) {
            return self.text.push_str("[circular]");
        }
        let name = class_name(object);
        if self.around.len() == DEPTH_MAX {
            return self.text.push_str(&format!("[{name}]"));
        }
        self.around.push(object.clone());
        if let Some(array) = object.as_array() {
            let elements = (0..array.len().min(ITEMS_MAX)).map(|index| array.get(index));
            self.items(elements, array.len());
        } else if TYPED_ARRAYS.contains(&name.as_str()) {
            let length = object.get("length").unwrap_or(0);
            self.text.push_str(&format!("{name}({length}) "));
            let elements = (0..length.min(ITEMS_MAX)).map(|index| object.get(index as u32));
            self.items(elements, length);
        } else {
            self.properties(object, &name);
        }
        self.around.pop();
    }

    fn items(
        &mut self,
        elements: impl Iterator<Item = rquickjs::Result<Value<'js>>>,
        length: usize,
    ) {
        self.text.push('[');
        for (index, element) in elements.enumerate() {
            self.separate(index);
            self.got(element);
        }
        self.more(length);
        self.text.push(']');
    }

    fn properties(&mut self, object: &Object<'js>, name: &str) {
        let keys: Vec<String> = object.own_keys(Filter::default()).map_while(Result::ok).collect();
        forget(object);
        if name != "Object" {
            if keys.is_empty()
                && let Some(text) = own_text(object)
            {
                return self.text.push_str(&text);
            }
            self.text.push_str(name);
            self.text.push(' ');
        }
        self.text.push('{');
        for (index, key) in keys.iter().take(ITEMS_MAX).enumerate() {
            self.separate(index);
            self.text.push_str(key);
            self.text.push_str(": ");
            let value = object.get(key.as_str());
            self.got(value);
        }
        self.more(keys.len());
        self.text.push('}');
    }

    fn error(&mut self, error: &Object<'js>) {
        let name = self.property(error, "name");
        let message = self.property(error, "message");
        let stack = self.property(error, "stack");
        self.text.push_str(&format!("{name}: {message}\n{stack}"));
        self.text.truncate(self.text.trim_end().len());
    }

    fn got(&mut self, value: rquickjs::Result<Value<'js>>) {
        match value {
            Ok(value) => self.value(&value),
            Err(_) => self.text.push_str("[threw]"),
        }
        if let Some(around) = self.around.last() {
            forget(around);
        }
    }

    fn separate(&mut self, index: usize) {
        if index > 0 {
            self.text.push_str(", ");
        }
    }

    fn more(&mut self, length: usize) {
        if let Some(more) = length.checked_sub(ITEMS_MAX + 1) {
            self.text.push_str(&format!(", ... {} more", more + 1));
        }
    }

    /// A property that is text; nothing where there is none.
    fn property(&self, object: &Object<'js>, name: &str) -> String {
        let value: rquickjs::Result<Value<'js>> = object.get(name);
        forget(object);
        value.ok().and_then(|value| value.as_string().map(plain)).unwrap_or_default()
    }
}

/// What a number, a truth or nothing is as text.
fn coerced(value: &Value<'_>) -> Option<String> {
    let text = value.get::<Coerced<JsString<'_>>>();
    if text.is_err() {
        value.ctx().catch();
    }
    text.ok().map(|text| plain(&text.0))
}

/// What an object without properties says of itself, as dates and regular expressions do.
fn own_text(object: &Object<'_>) -> Option<String> {
    coerced(object.as_value()).filter(|text| !text.starts_with("[object "))
}

/// The name of the class that an object is of.
fn class_name(object: &Object<'_>) -> String {
    let constructor: rquickjs::Result<Object<'_>> = object.get("constructor");
    let name = constructor.and_then(|constructor| constructor.get::<_, String>("name"));
    forget(object);
    name.ok().filter(|name| !name.is_empty()).unwrap_or_else(|| "Object".to_owned())
}

/// Drops what a getter or a trap has thrown.
fn forget(object: &Object<'_>) {
    if object.ctx().has_exception() {
        object.ctx().catch();
    }
}

#[cfg(test)]
mod tests {
    use rquickjs::{Context, Runtime, Value};

    use super::*;

    fn check(code: &str, expected: &str) {
        let context = Context::full(&Runtime::new().unwrap()).unwrap();
        context.with(|ctx| {
            let value: Value<'_> = ctx.eval(code).unwrap();
            assert_eq!(text_of(&value), expected, "{code}");
            assert!(!ctx.has_exception(), "{code}");
        });
    }

    #[test]
    fn values_are_told_as_people_read_them() {
        check("'a \"b\"'", "a \"b\"");
        check("1.5", "1.5");
        check("1e21", "1e+21");
        check("-0", "0");
        check("[1, , 'x', null, undefined, true]", "[1, undefined, \"x\", null, undefined, true]");
        check("({a: 1, b: {c: [2]}})", "{a: 1, b: {c: [2]}}");
        check("10n ** 20n", "100000000000000000000n");
        check("Symbol('s')", "Symbol(s)");
        check("(function name() {})", "[Function name]");
        check("new Uint8Array([1, 2])", "Uint8Array(2) [1, 2]");
        check("new Float64Array(0)", "Float64Array(0) []");
        check("class P { constructor() { this.x = 1 } }; new P()", "P {x: 1}");
        check("/a+/g", "/a+/g");
        check("Object.create(null)", "{}");
    }

    #[test]
    fn what_is_long_or_deep_is_cut() {
        check("Array(102).fill(0).map((_, i) => i)[101]", "101");
        check("({a: {b: {c: {d: {e: 1}}}}})", "{a: {b: {c: {d: [Object]}}}}");
        let hundred = vec!["0"; 100].join(", ");
        check("Array(100).fill(0)", &format!("[{hundred}]"));
        check("Array(102).fill(0)", &format!("[{hundred}, ... 2 more]"));
    }

    #[test]
    fn a_cycle_ends() {
        check("let a = {}; a.self = a; a", "{self: [circular]}");
        check("let b = {}; [b, b]", "[{}, {}]");
    }

    #[test]
    fn what_a_getter_throws_stands_in_its_place() {
        check("({get x() { throw 1 }, y: 2})", "{x: [threw], y: 2}");
        check("new Proxy({}, {ownKeys() { throw 1 }})", "{}");
        check("({get constructor() { throw 1 }})", "{constructor: [threw]}");
        check(
            "let e = new Error('m'); Object.defineProperty(e, 'name', {get() { throw 1 }}); \
               Object.defineProperty(e, 'stack', {value: 's'}); e",
            ": m\ns",
        );
    }

    #[test]
    fn half_a_surrogate_pair_is_told_as_json_tells_it() {
        check("'\\ud800'", "\"\\ud800\"");
    }
}
