//! The section `{-# … #-}`: blobs apart from the IR.

use super::cursor::Res;
use super::{Parser, codes};
use crate::floats;
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
    fn resource_value(&mut self, dialect: &str, key: &str, blob: bool) -> Res<()> {
        if self.peek() != b'"' {
            let word = self.word();
            if matches!(word, "true" | "false") {
                self.pos += word.len();
                return Ok(());
            }
            return Err(self.expected("a resource's value: a string or a boolean"));
        }
        let at = self.pos;
        let end = scan::skip_string(&self.bytes[..self.end], at).map_err(|e| self.scan_error(e))?;
        self.pos = end;
        if !blob {
            return Ok(());
        }
        let bad = |p: &Self, message: &str| p.report(codes::BAD_RESOURCE, at, end, message);
        let raw = floats::decode_hex(&self.bytes[at + 1..end - 1]).filter(|r| r.len() >= 4).ok_or_else(|| {
            bad(self, "expected a hexadecimal string blob for the resource: alignment in four bytes, then the data")
        })?;
        let align = u32::from_le_bytes([raw[0], raw[1], raw[2], raw[3]]);
        if align != 0 && !align.is_power_of_two() {
            return Err(bad(self, "expected hex string blob for key to encode alignment in first 4 bytes, a power of two"));
        }
        let data = bytes::Bytes::from(raw).slice(4..);
        let resource = Resource { data, align, dialect: self.ctx.ident(dialect) };
        if !self.ctx.add_resource(self.ctx.ident(key), resource) {
            return Err(bad(self, "another resource of this key holds other data"));
        }
        Ok(())
    }
}
