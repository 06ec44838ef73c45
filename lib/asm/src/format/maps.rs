//! Affine maps applied to values: `apply-map`, `subscript`, `inline-map`.

use super::read::CustomState;
use super::write::Writer;
use crate::grammar::{Rule, piece};
use crate::parse::cursor::Res;
use crate::parse::names::ValueRef;
use crate::parse::{Parser, codes};
use crate::scan;
use edge_ir::{AffineExpr, AffineKind, AffineMap, Attr, Context, Value};

impl<'c, 's> Parser<'c, 's> {
    /// `#map(%d0, %d1)[%s0]`.
    pub(super) fn read_apply(&mut self, custom: &mut CustomState<'c, 's>, map: usize, operands: usize) -> Res<()> {
        let at = self.pos;
        let attr = self.attr(None)?;
        let Some((dims, syms)) = inputs_of(self.ctx, attr) else {
            return Err(self.report(codes::BAD_AFFINE, at, self.pos, "expected an affine map or set"));
        };
        self.expect("(")?;
        let mut values = self.value_list()?;
        self.expect(")")?;
        let given = values.len();
        if self.eat("[") {
            values.extend(self.value_list()?);
            self.expect("]")?;
        }
        if (given, values.len() - given) != (dims as usize, syms as usize) {
            return Err(self.report(
                codes::BAD_OP,
                at,
                self.pos,
                "dimension or symbol operand count and the map's inputs must match",
            ));
        }
        custom.fields[map] = Some(attr);
        custom.operands[operands] = values;
        Ok(())
    }
    /// `[%i * 4 + %j, %k + symbol(%n)]`, or `[#map(%i)[%n]]`.
    pub(super) fn read_subscript(&mut self, custom: &mut CustomState<'c, 's>, map: usize, operands: usize) -> Res<()> {
        self.space();
        let open = self.pos;
        self.expect("[")?;
        let b = self.peek();
        let word = self.word();
        if b == b'#' || word == "affine_map" {
            self.read_apply(custom, map, operands)?;
            return self.expect("]");
        }
        let end = scan::skip_balanced(&self.bytes[..self.end], open).map_err(|e| self.scan_error(e))?;
        let (start, stop) = (self.pos, end - 1);
        let text = &self.text[start..stop];
        let bad = |p: &Self, at: usize| {
            p.report(codes::BAD_AFFINE, (start + at).min(stop), end, "expected affine expressions over SSA values")
        };
        let pieces =
            if text.trim().is_empty() { None } else { Some(piece(Rule::access_piece, text).map_err(|at| bad(self, at))?) };
        let (mut dims, mut syms): (Vec<String>, Vec<String>) = (vec![], vec![]);
        let mut results = Vec::new();
        let ctx = self.ctx;
        for e in pieces.into_iter().flatten().filter(|p| p.as_rule() == Rule::access) {
            let mut name = |rule: Rule, text: &str| {
                let symbol = rule == Rule::access_symbol;
                let text = text.strip_prefix("symbol").map_or(text, |t| t.trim().trim_matches(|c| c == '(' || c == ')').trim());
                let list = if symbol { &mut syms } else { &mut dims };
                let known = list.iter().position(|n| n == text);
                let at = known.unwrap_or_else(|| {
                    list.push(text.to_owned());
                    list.len() - 1
                }) as u32;
                Some(if symbol { ctx.sym(at) } else { ctx.dim(at) })
            };
            results.push(self.affine_expr(e, start, &mut name)?);
        }
        let count = (dims.len() as u32, syms.len() as u32);
        let mut values: Vec<ValueRef> = Vec::new();
        for name in dims.iter().chain(&syms) {
            let at = text.find(name.as_str()).unwrap_or(0);
            values.push(self.within(start + at, start + at + name.len(), |p| p.value_ref())?);
        }
        custom.fields[map] = Some(ctx.affine_map(count.0, count.1, &results));
        custom.operands[operands] = values;
        self.pos = end;
        Ok(())
    }
    /// `(d0, d1) -> (d1, d0)`.
    pub(super) fn read_inline_map(&mut self, custom: &mut CustomState<'c, 's>, map: usize) -> Res<()> {
        self.space();
        let start = self.pos;
        let bytes = &self.bytes[..self.end];
        let fail = |p: &Self, e| p.scan_error(e);
        let mut at = scan::skip_space(bytes, scan::skip_balanced(bytes, start).map_err(|e| fail(self, e))?);
        if bytes.get(at) == Some(&b'[') {
            at = scan::skip_space(bytes, scan::skip_balanced(bytes, at).map_err(|e| fail(self, e))?);
        }
        let list = scan::skip_space(bytes, at + 2);
        if bytes.get(list) != Some(&b'(') {
            return Err(self.expected("an affine map `(d0, …) -> (…)`"));
        }
        let end = scan::skip_balanced(bytes, list).map_err(|e| fail(self, e))?;
        custom.fields[map] = Some(self.affine_map(start, end)?);
        self.pos = end;
        Ok(())
    }
}

fn inputs_of(ctx: &Context, attr: Attr) -> Option<(u32, u32)> {
    let map = ctx.as_map(attr).map(|m| (m.dims, m.syms));
    map.or_else(|| ctx.as_set(attr).map(|s| (s.dims, s.syms)))
}

impl Writer<'_, '_, '_, '_> {
    pub(super) fn write_apply(&mut self, map: usize, operands: usize) {
        let Some(attr) = self.field(map) else { return };
        self.p.attr(attr);
        let dims = inputs_of(self.p.ctx, attr).map_or(0, |m| m.0 as usize);
        let values = self.operands[operands].clone();
        let (dims, syms) = values.split_at(dims.min(values.len()));
        let body = self.body;
        self.p.text("(");
        self.p.comma(dims, |p, v| p.value(body, *v));
        self.p.text(")");
        if !syms.is_empty() {
            self.p.text("[");
            self.p.comma(syms, |p, v| p.value(body, *v));
            self.p.text("]");
        }
    }
    /// Expressions where reading them back gives the same map and operands, else the map applied to the operands.
    pub(super) fn write_subscript(&mut self, map: usize, operands: usize) {
        let ctx = self.p.ctx;
        let Some(m) = self.field(map).and_then(|a| ctx.as_map(a)) else { return };
        let values = self.operands[operands].clone();
        self.p.text("[");
        if reads_back(ctx, &m, &values) {
            let body = self.body;
            self.p.comma(m.results, |p, e| {
                p.affine(*e, false, &mut |p, kind| match kind {
                    AffineKind::Dim(n) => p.value(body, values[n as usize]),
                    AffineKind::Sym(n) => {
                        p.text("symbol(");
                        p.value(body, values[m.dims as usize + n as usize]);
                        p.text(")");
                    }
                    _ => {}
                });
            });
        } else {
            self.write_apply(map, operands);
        }
        self.p.text("]");
    }
    pub(super) fn write_inline_map(&mut self, map: usize) {
        let Some(attr) = self.field(map) else { return };
        if self.p.collect.is_some() {
            return;
        }
        let from = self.p.out.len();
        self.p.attr_text(attr, crate::print::TypeShown::Always);
        // The text without `affine_map<` and `>`.
        let text = self.p.out.split_off(from);
        let inner = text.strip_prefix(b"affine_map<").and_then(|t| t.strip_suffix(b">")).unwrap_or(&text);
        self.p.out.extend_from_slice(inner);
    }
}

/// Whether dims and symbols come first in the order of their numbers, each a value of its own, and all are used.
fn reads_back(ctx: &Context, map: &AffineMap<'_>, values: &[Value]) -> bool {
    let (mut dims, mut syms) = (Vec::new(), Vec::new());
    for e in map.results {
        order(ctx, *e, &mut dims, &mut syms);
    }
    let in_order = |list: &[u32], n: u32| list.iter().copied().eq(0..n);
    let (d, s) = values.split_at((map.dims as usize).min(values.len()));
    let distinct = |list: &[Value]| list.iter().enumerate().all(|(i, v)| !list[..i].contains(v));
    values.len() == (map.dims + map.syms) as usize
        && in_order(&dims, map.dims)
        && in_order(&syms, map.syms)
        && distinct(d)
        && distinct(s)
}

fn order(ctx: &Context, e: AffineExpr, dims: &mut Vec<u32>, syms: &mut Vec<u32>) {
    match ctx.affine_kind(e) {
        AffineKind::Const(_) => {}
        AffineKind::Dim(n) if !dims.contains(&n) => dims.push(n),
        AffineKind::Sym(n) if !syms.contains(&n) => syms.push(n),
        AffineKind::Dim(_) | AffineKind::Sym(_) => {}
        AffineKind::Add(a, b)
        | AffineKind::Mul(a, b)
        | AffineKind::FloorDiv(a, b)
        | AffineKind::CeilDiv(a, b)
        | AffineKind::Mod(a, b) => {
            order(ctx, a, dims, syms);
            order(ctx, b, dims, syms);
        }
    }
}
