//! Typed options of passes: `name{opt=value list=a,b flag}`.

/// An option as documentation and `--help` show it.
#[derive(Clone, Copy, Debug)]
pub struct OptionInfo {
    /// As written in a pipeline: `max-rounds`.
    pub name: &'static str,
    /// The kind of value: `integer`, `list of string`.
    pub kind: &'static str,
    /// The default, as the declaration writes it.
    pub default: &'static str,
    pub doc: &'static str,
}

/// A type that an option can have.
pub trait OptionValue: Sized {
    const KIND: &'static str;
    /// Reads a value; the error says what was expected.
    fn read(text: &str) -> Result<Self, String>;
    /// The value as a pipeline writes it; `None` where it is absent.
    fn show(&self) -> Option<String>;
}

macro_rules! parsed {
    ($($ty:ty = $kind:literal),*) => {$(
        impl OptionValue for $ty {
            const KIND: &'static str = $kind;
            fn read(text: &str) -> Result<Self, String> {
                text.trim().parse().map_err(|_| format!(concat!("expected ", $kind, ", found `{}`"), text))
            }
            fn show(&self) -> Option<String> {
                Some(self.to_string())
            }
        }
    )*};
}
parsed!(i64 = "an integer", u64 = "a non-negative integer", usize = "a non-negative integer", f64 = "a number");

impl OptionValue for bool {
    const KIND: &'static str = "true or false";
    fn read(text: &str) -> Result<Self, String> {
        match text.trim() {
            // A flag without a value is set.
            "" | "true" | "1" => Ok(true),
            "false" | "0" => Ok(false),
            _ => Err(format!("expected true or false, found `{text}`")),
        }
    }
    fn show(&self) -> Option<String> {
        Some(self.to_string())
    }
}

impl OptionValue for String {
    const KIND: &'static str = "a string";
    fn read(text: &str) -> Result<Self, String> {
        Ok(text.to_owned())
    }
    fn show(&self) -> Option<String> {
        Some(self.clone())
    }
}

impl<T: OptionValue> OptionValue for Option<T> {
    const KIND: &'static str = T::KIND;
    fn read(text: &str) -> Result<Self, String> {
        T::read(text).map(Some)
    }
    fn show(&self) -> Option<String> {
        self.as_ref()?.show()
    }
}

macro_rules! lists {
    ($($ty:ty = $kind:literal),*) => {$(
        impl OptionValue for Vec<$ty> {
            const KIND: &'static str = $kind;
            fn read(text: &str) -> Result<Self, String> {
                split_list(text).into_iter().map(<$ty>::read).collect()
            }
            fn show(&self) -> Option<String> {
                let items: Vec<String> = self.iter().filter_map(OptionValue::show).collect();
                (!items.is_empty()).then(|| items.join(","))
            }
        }
    )*};
}
lists!(i64 = "integers", u64 = "non-negative integers", f64 = "numbers", String = "strings");

/// The items of `a,b,c` or `{a,b,c}`; commas inside brackets or quotes do not separate.
pub fn split_list(text: &str) -> Vec<&str> {
    let text = text.trim();
    let text = text.strip_prefix('{').and_then(|t| t.strip_suffix('}')).unwrap_or(text);
    let (mut items, mut start, mut depth, mut quote) = (Vec::new(), 0, 0i32, None);
    for (i, c) in text.char_indices() {
        match (quote, c) {
            (Some(q), _) if q == c => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') => quote = Some(c),
            (None, '{' | '[' | '(' | '<') => depth += 1,
            (None, '}' | ']' | ')' | '>') => depth -= 1,
            (None, ',') if depth == 0 => {
                items.push(text[start..i].trim());
                start = i + 1;
            }
            _ => {}
        }
    }
    items.push(text[start..].trim());
    items.retain(|i| !i.is_empty());
    items
}

/// What [`pass!`](crate::pass!) derives from the declaration of a pass.
pub trait PassOptions: Default {
    const INFO: &'static [OptionInfo];
    /// Whether keys that are not declared are taken too, as `x` in `bind-shapes{x=1x3}`.
    const OPEN: bool;
    /// Sets an option. `Ok(false)`: there is none of that name.
    fn set(&mut self, key: &str, value: &str) -> Result<bool, String>;
    /// Every option that has a value, as text.
    fn show(&self) -> Vec<(String, String)>;
}

/// Whether `key`, as written in a pipeline, names the field: `max-rounds` or `max_rounds`.
#[doc(hidden)]
pub fn names(key: &str, field: &str) -> bool {
    key.len() == field.len() && key.bytes().zip(field.bytes()).all(|(k, f)| k == f || (k == b'-' && f == b'_'))
}

/// A field's name as a pipeline writes it, at compile time.
#[doc(hidden)]
pub const fn dashed<const N: usize>(field: &str) -> [u8; N] {
    let (bytes, mut out, mut i) = (field.as_bytes(), [0; N], 0);
    while i < N {
        out[i] = if bytes[i] == b'_' { b'-' } else { bytes[i] };
        i += 1;
    }
    out
}

/// Bytes of an identifier as text, at compile time.
#[doc(hidden)]
pub const fn utf8(bytes: &'static [u8]) -> &'static str {
    match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(_) => "",
    }
}

/// Declares a pass: a struct whose fields are its options, with their defaults, and the constant `PASS` that describes it. The
/// first line of the documentation is the summary. `on any` runs on every isolated operation, `on "func.func"` on that one.
/// A last field `..name` takes the options that are not declared, as pairs of strings.
#[macro_export]
macro_rules! pass {
    (
        $(#[doc = $doc:literal])*
        pub struct $name:ident = $text:literal on $anchor:tt {
            $($(#[doc = $field_doc:literal])* $field:ident : $ty:ty = $default:expr,)*
            $(.. $(#[doc = $rest_doc:literal])* $rest:ident)?
        }
    ) => {
        $(#[doc = $doc])*
        #[derive(Clone, Debug)]
        pub struct $name {
            $($(#[doc = $field_doc])* pub $field: $ty,)*
            $($(#[doc = $rest_doc])* pub $rest: Vec<(String, String)>,)?
        }
        impl Default for $name {
            fn default() -> Self {
                Self { $($field: $default,)* $($rest: Vec::new(),)? }
            }
        }
        impl $crate::PassOptions for $name {
            const INFO: &'static [$crate::OptionInfo] = &[$($crate::OptionInfo {
                name: {
                    const N: usize = stringify!($field).len();
                    const NAME: [u8; N] = $crate::options::dashed::<N>(stringify!($field));
                    $crate::options::utf8(&NAME)
                },
                kind: <$ty as $crate::OptionValue>::KIND,
                default: stringify!($default),
                doc: concat!($($field_doc, "\n"),*),
            }),*];
            const OPEN: bool = false $(|| !stringify!($rest).is_empty())?;
            #[allow(unused_variables, unreachable_code)]
            fn set(&mut self, key: &str, value: &str) -> Result<bool, String> {
                $(if $crate::options::names(key, stringify!($field)) {
                    self.$field = $crate::OptionValue::read(value)?;
                    return Ok(true);
                })*
                $(self.$rest.push((key.to_owned(), value.to_owned()));
                return Ok(true);)?
                Ok(false)
            }
            #[allow(unused_mut)]
            fn show(&self) -> Vec<(String, String)> {
                let mut out: Vec<(String, String)> = Vec::new();
                $(if let Some(value) = $crate::OptionValue::show(&self.$field) {
                    out.push((stringify!($field).replace('_', "-"), value));
                })*
                $(out.extend(self.$rest.iter().cloned());)?
                out
            }
        }
        /// What the registry knows of the pass.
        pub const PASS: $crate::PassInfo =
            $crate::PassInfo::of::<$name>($text, $crate::pass!(@anchor $anchor), concat!($($doc, "\n"),*));
    };
    (@anchor any) => { $crate::Anchor::Any };
    (@anchor $op:literal) => { $crate::Anchor::Op($op) };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_split_outside_of_brackets() {
        assert_eq!(split_list("{a, b{c,d},\"e,f\"}"), ["a", "b{c,d}", "\"e,f\""]);
        assert_eq!(split_list(""), [""; 0]);
        assert_eq!(Vec::<i64>::read("1,2").unwrap(), [1, 2]);
        assert!(Vec::<i64>::read("1,x").is_err());
    }

    #[test]
    fn keys_take_dashes() {
        assert!(names("max-rounds", "max_rounds") && names("max_rounds", "max_rounds"));
        assert!(!names("max", "max_rounds"));
    }
}
