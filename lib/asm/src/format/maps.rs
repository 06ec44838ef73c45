//! Affine maps applied to values: `apply-map`, `subscript`, `inline-map`.

use super::read::CustomState;
use super::write::Writer;
use crate::grammar::{Rule, piece};
use crate::parse::cursor::Res;
use crate::parse::names::ValueRef;
use crate::parse::{Parser, codes};
use crate::print::Printer;
use crate::scan;
use edge_ir::{AffineExpr, AffineKind, AffineMap, Attr, Context, Value};

/// The values that expressions are over, each with a place where it stands: dimensions and symbols in the order of their first use.
#[derive(Default)]
pub(super) struct Inputs {
    dims: Vec<(String, usize)>,
    syms: Vec<(String, usize)>,
}

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
    pub(super) fn read_subscript(&mut self, custom: &mut CustomState<'c, 's>, map_field: usize, operands: usize) -> Res<()> {
        self.space();
        let open = self.pos;
        self.expect("[")?;
        let b = self.peek();
        let word = self.word();
        if b == b'#' || word == "affine_map" {
            self.read_apply(custom, map_field, operands)?;
            return self.expect("]");
        }
        let end = scan::skip_balanced(&self.bytes[..self.end], open).map_err(|e| self.scan_error(e))?;
        let mut inputs = Inputs::default();
        let results = self.expressions(self.pos, end - 1, &mut inputs)?;
        let (map, values) = self.map_of(&inputs, &results)?;
        custom.fields[map_field] = Some(map);
        custom.operands[operands] = values;
        self.pos = end;
        Ok(())
    }
    /// The comma-separated expressions over values in a part of the text.
    pub(super) fn expressions(&mut self, start: usize, stop: usize, inputs: &mut Inputs) -> Res<Vec<AffineExpr>> {
        let text = &self.text[start..stop];
        let bad = |p: &Self, at: usize| {
            p.report(codes::BAD_AFFINE, (start + at).min(stop), stop + 1, "expected affine expressions over SSA values")
        };
        let pieces =
            if text.trim().is_empty() { None } else { Some(piece(Rule::access_piece, text).map_err(|at| bad(self, at))?) };
        let mut results = Vec::new();
        let ctx = self.ctx;
        for e in pieces.into_iter().flatten().filter(|p| p.as_rule() == Rule::access) {
            let self_text = text;
            let mut name = |rule: Rule, text: &str| {
                let symbol = rule == Rule::access_symbol;
                let text = text.strip_prefix("symbol").map_or(text, |t| t.trim().trim_matches(|c| c == '(' || c == ')').trim());
                let list = if symbol { &mut inputs.syms } else { &mut inputs.dims };
                let known = list.iter().position(|(n, _)| n == text);
                let at = known.unwrap_or_else(|| {
                    let place = self_text.find(text).unwrap_or(0);
                    list.push((text.to_owned(), start + place));
                    list.len() - 1
                }) as u32;
                Some(if symbol { ctx.sym(at) } else { ctx.dim(at) })
            };
            results.push(self.affine_expr(e, start, &mut name)?);
        }
        Ok(results)
    }
    /// The map of expressions, and the values that it is applied to.
    pub(super) fn map_of(&mut self, inputs: &Inputs, results: &[AffineExpr]) -> Res<(Attr, Vec<ValueRef>)> {
        let mut values: Vec<ValueRef> = Vec::new();
        for (name, at) in inputs.dims.iter().chain(&inputs.syms) {
            values.push(self.within(*at, at + name.len(), |p| p.value_ref())?);
        }
        Ok((self.ctx.affine_map(inputs.dims.len() as u32, inputs.syms.len() as u32, results), values))
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
        let values = self.operands[operands].clone();
        self.write_applied(map, &values);
    }
    pub(super) fn write_applied(&mut self, map: usize, values: &[Value]) {
        let Some(attr) = self.field(map) else { return };
        self.p.attr(attr);
        let dims = inputs_of(self.p.ctx, attr).map_or(0, |m| m.0 as usize);
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
    pub(super) fn write_subscript(&mut self, map: usize, operands: usize, always: bool) {
        let ctx = self.p.ctx;
        let Some(m) = self.field(map).and_then(|a| ctx.as_map(a)) else { return };
        let values = self.operands[operands].clone();
        self.p.text("[");
        if always || reads_back(ctx, &m, &values) {
            self.expressions(m.results, m.dims, &values);
        } else {
            self.write_apply(map, operands);
        }
        self.p.text("]");
    }
    /// Expressions over values, comma-separated.
    pub(super) fn expressions(&mut self, results: &[AffineExpr], dims: u32, values: &[Value]) {
        let body = self.body;
        let value = |p: &mut Printer<'_, '_>, n: u32| values.get(n as usize).into_iter().for_each(|v| p.value(body, *v));
        self.p.comma(results, |p, e| {
            p.affine(*e, false, &mut |p, kind| match kind {
                AffineKind::Dim(n) => value(p, n),
                AffineKind::Sym(n) => {
                    p.text("symbol(");
                    value(p, dims + n);
                    p.text(")");
                }
                _ => {}
            });
        });
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
