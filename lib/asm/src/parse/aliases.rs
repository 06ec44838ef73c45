//! `#name = attr` and `!name = type`, used before or after their definition.

use super::cursor::Res;
use super::{Parser, codes};
use crate::scan;
use edge_ir::{Attr, AttrKind, Type, TypeKind};

#[derive(Clone, Copy, Debug)]
enum Meaning {
    Attr(Attr),
    Type(Type),
}

/// An alias: where its value stands, and the value once it was read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Alias {
    value_at: usize,
    value: Option<(Meaning, usize)>,
    defined: bool,
    /// How deep the value nests and how long it is, aliases in it spelled out.
    height: usize,
    size: usize,
}

/// Deepest nesting and greatest length (in bytes) of a value with its aliases spelled out.
const MAX_HEIGHT: usize = 1024;
/// Longest chain of aliases that are used before they are defined.
const MAX_CHAIN: usize = 32;
const MAX_SIZE: usize = 1 << 26;

impl<'s> Parser<'_, 's> {
    /// A definition at the top level.
    pub(crate) fn alias_def(&mut self) -> Res<()> {
        let at = self.pos;
        self.suffix_id();
        let name = &self.text[at..self.pos];
        if name.len() == 1 || name.contains('.') {
            return Err(self.report(codes::BAD_ALIAS, at, self.pos, "an alias is a name without dots, as `#map = …`"));
        }
        self.expect("=")?;
        self.space();
        let value_at = self.pos;
        let entry = *self.aliases.entry(name).or_insert(Alias { value_at, value: None, defined: false, height: 0, size: 0 });
        if entry.defined || entry.value_at != value_at {
            let message = format!("redefinition of alias id '{}'", &name[1..]);
            return Err(self.report(codes::BAD_ALIAS, at, at + name.len(), message));
        }
        let end = match entry.value {
            Some((_, end)) => end,
            None => self.read_alias(name)?.1,
        };
        if let Some(alias) = self.aliases.get_mut(name) {
            alias.defined = true;
        }
        self.pos = end;
        Ok(())
    }
    /// Reads the value of a known alias.
    fn read_alias(&mut self, name: &'s str) -> Res<(Meaning, usize)> {
        let alias = self.aliases[name];
        if let Some(value) = alias.value {
            return Ok(value);
        }
        // Values are read where they are first used: a chain of names that are used before they are defined nests.
        if self.alias_depth == MAX_CHAIN {
            let message = "aliases name each other in a circle, or in too long a chain before they are defined";
            return Err(self.report(codes::TOO_DEEP, alias.value_at, alias.value_at, message));
        }
        self.alias_depth += 1;
        let depth = std::mem::take(&mut self.depth);
        let (pos, end) = (self.pos, self.end);
        (self.pos, self.end) = (alias.value_at, self.text.len());
        let outer = std::mem::take(&mut self.alias_extent);
        let value = if name.starts_with('!') { self.ty().map(Meaning::Type) } else { self.attr(None).map(Meaning::Attr) };
        let after = self.pos;
        (self.pos, self.end) = (pos, end);
        self.alias_depth -= 1;
        self.depth = depth;
        let (mut height, mut size) = std::mem::replace(&mut self.alias_extent, outer);
        let value = (self.apart(value?), after);
        let text = &self.bytes[alias.value_at..after];
        let open = text.iter().fold((0usize, 0), |(now, most), b| match b {
            b'<' | b'(' | b'[' | b'{' => (now + 1, most.max(now + 1)),
            b'>' | b')' | b']' | b'}' => (now.saturating_sub(1), most),
            _ => (now, most),
        });
        height += open.1 + 1;
        size += text.len();
        if height > MAX_HEIGHT || size > MAX_SIZE {
            let message = "the value of this alias is nested too deeply or is too long, its own aliases spelled out";
            return Err(self.report(codes::TOO_DEEP, alias.value_at, after, message));
        }
        if self.remember(name, value.0) {
            size = name.len();
        }
        if let Some(alias) = self.aliases.get_mut(name) {
            (alias.value, alias.height, alias.size) = (Some(value), height, size);
        }
        Ok(value)
    }
    /// Two names that were given to one text are two attributes: sums that differ in how they group are printed alike.
    fn apart(&mut self, value: Meaning) -> Meaning {
        let Meaning::Attr(attr) = value else { return value };
        let AttrKind::AffineMap { dims, syms, results } = self.ctx.attr_kind(attr) else { return value };
        if self.alias_maps.insert(attr) {
            return value;
        }
        let results: Vec<_> = results.iter().map(|e| self.ctx.regrouped(*e).unwrap_or(*e)).collect();
        Meaning::Attr(self.ctx.affine_map(dims, syms, &results))
    }
    /// Attributes and types of unregistered definitions keep the name that the text gives them. Whether the value is printed by name.
    fn remember(&mut self, name: &str, value: Meaning) -> bool {
        let base = self.ctx.ident(&self.unnumbered(name)[1..]);
        match value {
            Meaning::Attr(attr) if matches!(self.ctx.attr_kind(attr), AttrKind::Opaque { .. }) => {
                self.hints.attrs.insert(attr, base);
            }
            Meaning::Type(ty) if matches!(self.ctx.type_kind(ty), TypeKind::Opaque { .. }) => {
                self.hints.types.insert(ty, base);
            }
            Meaning::Attr(attr) => return matches!(self.ctx.attr_kind(attr), AttrKind::Loc(_)),
            Meaning::Type(_) => return false,
        }
        true
    }
    /// The name without the number that tells it from others: `#enc` of `#enc2`, `#e4` of `#e4_1`, if there is such an alias.
    fn unnumbered<'n>(&self, name: &'n str) -> &'n str {
        let base = name.trim_end_matches(|c: char| c.is_ascii_digit());
        let apart = base.strip_suffix('_').filter(|b| b.ends_with(|c: char| c.is_ascii_digit()));
        [apart, Some(base)].into_iter().flatten().find(|b| b.len() > 1 && self.aliases.contains_key(*b)).unwrap_or(name)
    }
    pub(crate) fn knows_alias(&mut self, sigil: u8, name: &str) -> bool {
        let key = format!("{}{name}", sigil as char);
        if !self.aliases.contains_key(key.as_str()) {
            self.find_later_aliases();
        }
        self.aliases.contains_key(key.as_str())
    }
    /// Notes every definition in the text, once: a line that starts with a name and `=`.
    fn find_later_aliases(&mut self) {
        if std::mem::replace(&mut self.aliases_scanned, true) {
            return;
        }
        let bytes = self.bytes;
        let mut line = 0;
        while line < bytes.len() {
            let at = scan::skip_while(bytes, line, |b| b == b' ' || b == b'\t');
            if matches!(bytes.get(at), Some(b'#' | b'!')) {
                let end = scan::skip_while(bytes, at + 1, scan::is_suffix_char);
                let equals = scan::skip_while(bytes, end, |b| b == b' ');
                if end > at + 1 && bytes.get(equals) == Some(&b'=') {
                    let value_at = scan::skip_space(bytes, equals + 1);
                    self.aliases.entry(&self.text[at..end]).or_insert(Alias {
                        value_at,
                        value: None,
                        defined: false,
                        height: 0,
                        size: 0,
                    });
                }
            }
            line = bytes[at..].iter().position(|b| *b == b'\n').map_or(bytes.len(), |n| at + n + 1);
        }
    }
    fn alias(&mut self, start: usize, end: usize) -> Res<Meaning> {
        let name = &self.text[start..end];
        if !self.aliases.contains_key(name) {
            self.find_later_aliases();
        }
        if !self.aliases.contains_key(name) {
            let message = format!("undefined symbol alias id '{}'", &name[1..]);
            return Err(self.report(codes::BAD_ALIAS, start, end, message));
        }
        let value = self.read_alias(name)?.0;
        let alias = &self.aliases[name];
        self.alias_extent = (self.alias_extent.0.max(alias.height), self.alias_extent.1.saturating_add(alias.size));
        Ok(value)
    }
    pub(crate) fn type_alias(&mut self, start: usize, end: usize) -> Res<Type> {
        match self.alias(start, end)? {
            Meaning::Type(ty) => Ok(ty),
            Meaning::Attr(_) => Err(self.report(codes::BAD_ALIAS, start, end, "this names an attribute, not a type")),
        }
    }
    pub(crate) fn attr_alias(&mut self, start: usize, end: usize) -> Res<Attr> {
        match self.alias(start, end)? {
            Meaning::Attr(attr) => Ok(attr),
            Meaning::Type(_) => Err(self.report(codes::BAD_ALIAS, start, end, "this names a type, not an attribute")),
        }
    }
}
