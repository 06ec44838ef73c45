//! The section `{-# … #-}`: blobs apart from the IR.

use super::cursor::Res;
use super::{Parser, codes};
use crate::scan;
use edge_ir::context::Resource;

impl Parser<'_, '_> {
    pub(crate) fn resources(&mut self) -> Res<()> {
        self.expect("{-#")?;
        if self.eat("#-}") {
            return Ok(());
        }
        loop {
            let section = self.resource_key()?;
            self.expect(":")?;
            match section.as_str() {
                "dialect_resources" => self.groups(true)?,
                "external_resources" => self.groups(false)?,
                _ => return Err(self.expected("`dialect_resources` or `external_resources`")),
            }
            if !self.eat(",") {
                break;
            }
        }
        self.expect("#-}")
    }
    /// `{ dialect: { key: value, … }, … }`.
    fn groups(&mut self, blobs: bool) -> Res<()> {
        self.expect("{")?;
        if self.eat("}") {
            return Ok(());
        }
        loop {
            let dialect = self.resource_key()?;
            self.expect(":")?;
            self.expect("{")?;
            if !self.eat("}") {
                loop {
                    let key = self.resource_key()?;
                    self.expect(":")?;
                    self.resource_value(&dialect, &key, blobs)?;
                    if !self.eat(",") {
                        break;
                    }
                }
                self.expect("}")?;
            }
            if !self.eat(",") {
                break;
            }
        }
        self.expect("}")
    }
    /// A part of the text that outlives the parser.
    fn part(&self, start: usize, end: usize) -> bytes::Bytes {
        match self.source.is_empty() {
            true => bytes::Bytes::copy_from_slice(&self.bytes[start..end]),
            false => self.source.slice(start..end),
        }
    }
    /// Keeps an entry as it stands up to here.
    fn keep(&mut self, group: &str, key: &str, start: usize, external: bool) {
        let value = self.part(start, self.pos);
        self.kept.push(edge_ir::TextResource { external, group: group.into(), key: key.into(), value });
    }
    fn resource_value(&mut self, dialect: &str, key: &str, blob: bool) -> Res<()> {
        if self.peek() != b'"' {
            let (at, word) = (self.pos, self.word());
            if !matches!(word, "true" | "false") {
                return Err(self.expected("a resource's value: a string or a boolean"));
            }
            self.pos += word.len();
            self.keep(dialect, key, at, !blob);
            return Ok(());
        }
        let at = self.pos;
        let bytes = &self.bytes[..self.end];
        // Where all is well the digits are gone through once.
        let digits_end = match bytes[at..].starts_with(b"\"0x") {
            true => scan::skip_while(bytes, at + 3, |b| b.is_ascii_hexdigit()),
            false => at,
        };
        let hex = digits_end > at && bytes.get(digits_end) == Some(&b'"');
        let end = if hex { digits_end + 1 } else { scan::skip_string(bytes, at).map_err(|e| self.scan_error(e))? };
        self.pos = end;
        if !blob {
            self.keep(dialect, key, at, true);
            return Ok(());
        }
        let bad = |p: &Self, message: &str| p.report(codes::BAD_RESOURCE, at, end, message);
        if !hex || digits_end < at + 11 || (digits_end - at - 3) % 2 != 0 {
            let message = "expected a hexadecimal string blob for the resource: alignment in four bytes, then the data";
            return Err(bad(self, message));
        }
        let align = u32::from_str_radix(&self.text[at + 3..at + 11], 16).unwrap_or(0).swap_bytes();
        if align != 0 && !align.is_power_of_two() {
            return Err(bad(self, "expected hex string blob for key to encode alignment in first 4 bytes, a power of two"));
        }
        if dialect != "builtin" {
            self.keep(dialect, key, at, false);
            return Ok(());
        }
        let data = self.part(at + 11, digits_end);
        let resource = Resource { data, hex: true, align, dialect: self.ctx.ident(dialect) };
        if !self.ctx.add_resource(self.ctx.ident(key), resource) {
            return Err(bad(self, "another resource of this key holds other data"));
        }
        Ok(())
    }
}
