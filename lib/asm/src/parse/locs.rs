//! Locations.

use super::cursor::Res;
use super::{Parser, codes};
use crate::grammar::{Piece, Rule, piece};
use crate::scan;
use edge_ir::{AttrKind, Loc, LocKind};

impl Parser<'_, '_> {
    /// A trailing `loc(…)`, if there is one.
    pub(crate) fn trailing_loc(&mut self) -> Res<Option<Loc>> {
        if self.peek() != b'l' || self.word() != "loc" {
            return Ok(None);
        }
        let at = self.pos;
        self.pos += 3;
        if self.peek() != b'(' {
            self.pos = at;
            return Ok(None);
        }
        self.loc_body().map(Some)
    }
    /// `(…)` after `loc`.
    pub(crate) fn loc_body(&mut self) -> Res<Loc> {
        if self.peek() != b'(' {
            return Err(self.expected("`(` and a location"));
        }
        let start = self.pos;
        let end =
            scan::skip_balanced(&self.bytes[..self.end], start).map_err(|e| self.unfinished(Rule::loc_piece, start + 1, e))?;
        self.pos = end;
        self.loc_in(start + 1, end - 1)
    }
    fn loc_in(&mut self, start: usize, end: usize) -> Res<Loc> {
        let text = &self.text[start..end];
        if text.starts_with('#') && text[1..].bytes().all(scan::is_suffix_char) {
            return self.loc_alias(start, end);
        }
        let pair = piece(Rule::loc_piece, text).map_err(|at| self.bad_loc(start + at, end))?.next();
        match pair {
            Some(pair) => self.build_loc(pair, start),
            None => Err(self.bad_loc(start, end)),
        }
    }
    fn bad_loc(&self, at: usize, end: usize) -> edge_support::Reported {
        let at = self.missed_at(at.min(end));
        self.report(codes::BAD_LOC, at, end.max(at), "expected location instance")
    }
    fn loc_alias(&mut self, start: usize, end: usize) -> Res<Loc> {
        let (pos, limit) = (self.pos, self.end);
        (self.pos, self.end) = (start, end);
        let attr = self.attr(None);
        (self.pos, self.end) = (pos, limit);
        match self.ctx.attr_kind(attr?) {
            AttrKind::Loc(loc) => Ok(loc),
            _ => Err(self.report(codes::BAD_LOC, start, end, "expected location, but this names another attribute")),
        }
    }
    fn build_loc(&mut self, pair: Piece<'_>, base: usize) -> Res<Loc> {
        let pair =
            if pair.as_rule() == Rule::location { pair.into_inner().next().expect("one kind of location") } else { pair };
        let (start, end) = (base + pair.as_span().start(), base + pair.as_span().end());
        match pair.as_rule() {
            Rule::unknown => Ok(self.ctx.unknown_loc()),
            Rule::loc_alias => self.loc_alias(start, end),
            Rule::file_loc => self.file_range(pair, base),
            Rule::call_site => {
                let mut parts = pair.into_inner();
                let callee = self.build_loc(parts.next().expect("a callee"), base)?;
                let caller = self.build_loc(parts.next().expect("a caller"), base)?;
                Ok(self.ctx.loc(LocKind::CallSite { callee, caller }))
            }
            Rule::name_loc => {
                let mut parts = pair.into_inner();
                let name = self.piece_string(parts.next().expect("a name"), base)?;
                let child = match parts.next() {
                    Some(child) => self.build_loc(child, base)?,
                    None => self.ctx.unknown_loc(),
                };
                Ok(self.ctx.name_loc(&name, child))
            }
            _ => {
                let (mut locs, mut metadata) = (Vec::new(), None);
                for p in pair.into_inner() {
                    if p.as_rule() == Rule::slice {
                        let (from, to) = (base + p.as_span().start(), base + p.as_span().end());
                        metadata = Some(self.within(from, to, |p| p.attr(None))?);
                    } else {
                        locs.push(self.build_loc(p, base)?);
                    }
                }
                match (&locs[..], metadata) {
                    ([], None) => Ok(self.ctx.unknown_loc()),
                    ([one], None) => Ok(*one),
                    _ => Ok(self.ctx.loc(LocKind::Fused { locs: &locs, metadata })),
                }
            }
        }
    }
    fn piece_string(&mut self, pair: Piece<'_>, base: usize) -> Res<String> {
        let (start, end) = (base + pair.as_span().start(), base + pair.as_span().end());
        let bytes = self.within(start, end, |p| p.string())?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }
    /// `"file":line:col`, `… to :col` or `… to line:col`.
    fn file_range(&mut self, pair: Piece<'_>, base: usize) -> Res<Loc> {
        let (start, stop) = (base + pair.as_span().start(), base + pair.as_span().end());
        let mut parts = pair.into_inner();
        let file = self.piece_string(parts.next().expect("a file"), base)?;
        let number = |p: &Self, pair: &Piece<'_>| {
            let wrong = |_| p.report(codes::BAD_LOC, start, stop, "this line or column is too large");
            pair.as_str().parse::<u32>().map_err(wrong)
        };
        let line = number(self, &parts.next().expect("a line"))?;
        let col = number(self, &parts.next().expect("a column"))?;
        let mut end = None;
        if let Some(range) = parts.next() {
            let numbers: Vec<u32> = range.into_inner().map(|p| number(self, &p)).collect::<Result<_, _>>()?;
            end = match numbers[..] {
                [to] => Some((line, to)),
                [to_line, to] => Some((to_line, to)),
                _ => None,
            };
        }
        Ok(self.ctx.loc(LocKind::File { file: self.ctx.ident(&file), line, col, end: end.filter(|e| *e != (line, col)) }))
    }
}
