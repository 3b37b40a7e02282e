//! [`ExecuteScript`]: a script to run.

use crate::args::Args;
use crate::error::RpcError;
use crate::types::LayerRef;

/// How long a script runs where nothing good is said, in milliseconds: as with older daemons.
const TIMEOUT_MS: i64 = 30_000;
/// How long one may be told to run, in milliseconds: as with older daemons.
const TIMEOUT_MS_MAX: i64 = 300_000;
/// Bytes of a script: the largest that people write are a hundredth of this.
pub const SCRIPT_BYTES_MAX: usize = 4 << 20;
/// Bytes of what a script is given: as many.
const ARGS_BYTES_MAX: usize = 4 << 20;

/// Where the code is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Code {
    /// Here.
    Text(String),
    /// In the file of this path.
    Path(String),
}

/// A script to run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExecuteScript {
    /// The code.
    pub code: Code,
    /// What errors call it, where that was said.
    pub name: Option<String>,
    /// How long it may run, in milliseconds.
    pub timeout_ms: u64,
    /// What it is given: JSON; nothing where it is given nothing.
    pub args: String,
    /// What random numbers start from.
    pub seed: u64,
    /// Whether it only says what it would change.
    pub dry_run: bool,
    /// How many times it may begin anew.
    pub retries: u32,
    /// The layer that it works on where it names none.
    pub layer: LayerRef,
}

impl ExecuteScript {
    /// Reads the call.
    ///
    /// # Errors
    /// Where a parameter is wrong or too long, or there is no code.
    pub fn read(args: &Args<'_>) -> Result<Self, RpcError> {
        let given = args.value("args").map_or(&[][..], |(value, _)| value.raw());
        fits(args, "args", given.len(), ARGS_BYTES_MAX)?;
        let timeout: i64 = args.need("timeout_ms")?;
        let is_good = (1..=TIMEOUT_MS_MAX).contains(&timeout);
        let call = Self {
            code: Code::Text(String::new()),
            name: args.get("name")?,
            timeout_ms: if is_good { timeout } else { TIMEOUT_MS }.cast_unsigned(),
            args: String::from_utf8_lossy(given).into_owned(),
            seed: args.need("seed")?,
            dry_run: args.need("dry_run")?,
            retries: args.need("retry")?,
            layer: args.need("layer_id")?,
        };
        Ok(Self { code: code(args)?, ..call })
    }
}

fn code(args: &Args<'_>) -> Result<Code, RpcError> {
    match (args.get::<String>("script")?, args.get("path")?) {
        (Some(text), _) => {
            fits(args, "script", text.len(), SCRIPT_BYTES_MAX)?;
            Ok(Code::Text(text))
        }
        (None, Some(path)) => Ok(Code::Path(path)),
        (None, None) => {
            // Older clients know these words.
            let what = "Must specify either 'script' (code) or 'path' parameter";
            Err(RpcError::new(crate::ErrorCode::InvalidParams, what))
        }
    }
}

fn fits(args: &Args<'_>, name: &str, bytes: usize, max: usize) -> Result<(), RpcError> {
    if bytes <= max {
        return Ok(());
    }
    Err(args.wrong(name, format_args!("{bytes} bytes are too long: {max} at the most")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::Value;
    use crate::{ErrorCode, Method};

    fn read(params: &str) -> Result<ExecuteScript, RpcError> {
        let value = Value::parse(params.as_bytes()).expect("it is JSON");
        ExecuteScript::read(&Args::new(Method::ExecuteScript, Some(value.into()))?)
    }

    #[test]
    fn code_goes_before_a_path_and_one_of_them_is_needed() {
        let code = |params| read(params).map(|call| call.code);
        let text = || Code::Text("1".to_owned());
        assert_eq!(code(r#"{"script": "1", "path": "/a.js"}"#), Ok(text()));
        assert_eq!(code(r#"{"path": "/a.js"}"#), Ok(Code::Path("/a.js".to_owned())));
        let error = code("{}").expect_err("neither");
        assert_eq!(error.code, ErrorCode::InvalidParams);
        assert_eq!(error.message, "Must specify either 'script' (code) or 'path' parameter");
    }

    #[test]
    fn a_time_that_makes_no_sense_is_the_usual_one() {
        for (sent, taken) in
            [("1", 1), ("300000", 300_000), ("300001", 30_000), ("0", 30_000), ("-5", 30_000)]
        {
            let call = read(&format!(r#"{{"script": "", "timeout_ms": {sent}}}"#)).expect("good");
            assert_eq!(call.timeout_ms, taken, "{sent}");
        }
        assert_eq!(read(r#"{"script": ""}"#).expect("good").timeout_ms, 30_000);
    }

    #[test]
    fn what_is_too_long_is_refused() {
        let script = |bytes: usize| read(&format!(r#"{{"script": "{}"}}"#, " ".repeat(bytes)));
        assert!(script(SCRIPT_BYTES_MAX).is_ok());
        let error = script(SCRIPT_BYTES_MAX + 1).expect_err("too long");
        assert!(error.message.contains("4194305 bytes are too long: 4194304"), "{error:?}");
    }

    #[test]
    fn arguments_are_any_json() {
        let args = |params| read(params).expect("good").args;
        assert_eq!(args(r#"{"script": "", "args": {"a": [1, "x"]}}"#), r#"{"a": [1, "x"]}"#);
        assert_eq!(args(r#"{"script": ""}"#), "");
    }
}
