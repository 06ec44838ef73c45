//! Random functions of tensor operations, made from the definitions: no operation is known by name. What does not verify is not taken.

use edge_dialect::Registry;
use edge_dialect::model::{Arity, AttrConstraint, ElementKind, OpDef, PropertyDef};
use edge_ir::{Attr, AttrKind, Context, Type, TypeKind};
use edge_support::{Diagnostics, SourceMap};
use std::collections::BTreeSet;

/// No tensor has more elements.
const LARGEST: i64 = 600;
/// Attempts at an operation.
const TRIES: usize = 40;

/// A source of choices: numbers that proptest makes and shrinks; 0 where they end.
pub struct Choices<'a> {
    rest: &'a [u32],
    state: u64,
}

impl<'a> Choices<'a> {
    pub fn new(all: &'a [u32]) -> Self {
        Self { rest: all, state: 0 }
    }
    /// A number below `n`: each of the numbers given starts a sequence of its own.
    fn below(&mut self, n: usize) -> usize {
        self.state = self.state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.state >> 33) as usize % n.max(1)
    }
    fn one<T: Clone>(&mut self, list: &[T]) -> T {
        list[self.below(list.len())].clone()
    }
    /// Starts the next operation; `false` at the end.
    fn next(&mut self) -> bool {
        let Some((first, rest)) = self.rest.split_first() else { return false };
        self.rest = rest;
        self.state = u64::from(*first);
        true
    }
}

/// A function in the making.
pub struct Chain<'c> {
    ctx: &'c Context,
    ops: Vec<&'c OpDef>,
    args: Vec<Type>,
    /// Text and type of each value.
    values: Vec<(String, Type)>,
    lines: Vec<String>,
    pub used: BTreeSet<String>,
}

/// An operation that may be taken.
struct Candidate {
    operands: Vec<(String, Type)>,
    new_args: Vec<Type>,
    line: String,
    results: Vec<Type>,
}

impl<'c> Chain<'c> {
    pub fn new(ctx: &'c Context, registry: &'c Registry, dialect: &str) -> Self {
        let computed = |op: &&OpDef| op.dialect == dialect && op.definition().is_some() && !op.operands.is_empty();
        let ops = registry.ops().map(|op| &**op).filter(computed).collect();
        Self { ctx, ops, args: vec![], values: vec![], lines: vec![], used: BTreeSet::new() }
    }
    pub fn build(mut self, choices: &mut Choices<'_>) -> (Option<String>, BTreeSet<String>) {
        while choices.next() {
            let def = choices.one(&self.ops);
            if let Some(found) = (0..TRIES).find_map(|_| self.attempt(def, choices)) {
                self.take(def, found);
            }
        }
        let text = (!self.lines.is_empty()).then(|| self.function());
        (text, self.used)
    }
    fn take(&mut self, def: &OpDef, found: Candidate) {
        for ty in found.new_args {
            self.values.push((format!("%arg{}", self.args.len()), ty));
            self.args.push(ty);
        }
        let n = self.lines.len();
        for (i, ty) in found.results.iter().enumerate() {
            let name = if found.results.len() == 1 { format!("%{n}") } else { format!("%{n}#{i}") };
            self.values.push((name, *ty));
        }
        let bound = if found.results.len() == 1 { format!("%{n}") } else { format!("%{n}:{}", found.results.len()) };
        self.lines.push(format!("{bound} = {}", found.line));
        self.used.insert(def.name.clone());
    }
    fn ty(&self, ty: Type) -> String {
        edge_asm::print_type(self.ctx, ty)
    }
    /// The function: the results of the last two operations are what it returns, so that what lies between is used inside.
    fn function(&self) -> String {
        let returned: Vec<&(String, Type)> = self.values.iter().filter(|v| !v.0.starts_with("%arg")).rev().take(2).collect();
        let types: Vec<String> = returned.iter().map(|v| self.ty(v.1)).collect();
        let args: Vec<String> = self.args.iter().enumerate().map(|(n, ty)| format!("%arg{n}: {}", self.ty(*ty))).collect();
        let names: Vec<&str> = returned.iter().map(|v| v.0.as_str()).collect();
        format!(
            "func.func @main({}) -> ({}) {{\n  {}\n  return {} : {}\n}}\n",
            args.join(", "),
            types.join(", "),
            self.lines.join("\n  "),
            names.join(", "),
            types.join(", ")
        )
    }
    fn attempt(&self, def: &'c OpDef, choices: &mut Choices<'_>) -> Option<Candidate> {
        let (mut operands, mut segments, mut new_args) = (Vec::new(), Vec::new(), Vec::new());
        let mut groups: Vec<Vec<(Type, Option<Attr>)>> = Vec::new();
        for spec in &def.operands {
            let count = match spec.arity {
                Arity::One => 1,
                Arity::Optional => choices.below(2),
                _ => 1 + choices.below(3),
            };
            let mut group = Vec::new();
            for _ in 0..count {
                let first = operands.first().map(|o: &(String, Type)| o.1);
                let (name, ty) = self.operand(first, &mut new_args, choices);
                group.push((ty, None));
                operands.push((name, ty));
            }
            segments.push(count as i32);
            groups.push(group);
        }
        let first = operands.first().map(|o| self.shape(o.1)).unwrap_or_default();
        let window = first.len().saturating_sub(choices.one(&[2, 0, 1]));
        let mut props: Vec<(String, Attr)> = Vec::new();
        for property in def.properties.iter().filter(|p| !p.name.ends_with("SegmentSizes")) {
            let left_out = (property.default.is_some() || property.optional) && choices.below(3) == 0;
            if !left_out {
                props.push((property.name.clone(), self.attribute(property, &first, window, choices)?));
            }
        }
        let attr = |name: &str| props.iter().find(|p| p.0 == name).map(|p| p.1);
        let results = edge_dialect::infer::result_types(self.ctx, def, &groups, &attr).ok()?;
        let small = |ty: &Type| {
            let shape = self.shape(*ty);
            shape.iter().all(|n| *n >= 1) && shape.iter().product::<i64>() <= LARGEST
        };
        if results.is_empty() || !results.iter().all(small) {
            return None;
        }
        let line = self.line(def, &operands, &segments, &props, &results);
        let found = Candidate { operands, new_args, line, results };
        self.verifies(&found).then_some(found)
    }
    fn line(
        &self,
        def: &OpDef,
        operands: &[(String, Type)],
        segments: &[i32],
        props: &[(String, Attr)],
        results: &[Type],
    ) -> String {
        let mut props: Vec<String> =
            props.iter().map(|(n, a)| format!("{n} = {}", edge_asm::print_attr(self.ctx, *a))).collect();
        if def.has_operand_segments() {
            let sizes: Vec<String> = segments.iter().map(i32::to_string).collect();
            props.push(format!("operandSegmentSizes = array<i32: {}>", sizes.join(", ")));
        }
        let props = if props.is_empty() { String::new() } else { format!(" <{{{}}}>", props.join(", ")) };
        let names: Vec<&str> = operands.iter().map(|o| o.0.as_str()).collect();
        let types: Vec<String> = operands.iter().map(|o| self.ty(o.1)).collect();
        let results: Vec<String> = results.iter().map(|t| self.ty(*t)).collect();
        format!("\"{}\"({}){props} : ({}) -> ({})", def.name, names.join(", "), types.join(", "), results.join(", "))
    }
    /// Whether the operation alone, on arguments, verifies.
    fn verifies(&self, found: &Candidate) -> bool {
        let mut args: Vec<(String, Type)> = Vec::new();
        let mut line = found.line.clone();
        for (n, (name, ty)) in found.operands.iter().enumerate() {
            line =
                line.replacen(&format!("{name},"), &format!("%o{n},"), 1).replacen(&format!("{name})"), &format!("%o{n})"), 1);
            args.push((format!("%o{n}"), *ty));
        }
        let args: Vec<String> = args.iter().map(|(name, ty)| format!("{name}: {}", self.ty(*ty))).collect();
        let bound = if found.results.len() == 1 { "%r".to_owned() } else { format!("%r:{}", found.results.len()) };
        let text = format!("func.func @f({}) {{\n {bound} = {line}\n return\n}}\n", args.join(", "));
        let (sources, diags) = (SourceMap::new(), Diagnostics::new());
        let file = sources.add("candidate.mlir", text);
        let Ok(module) = edge_asm::parse_module(self.ctx, &sources, file, &diags, &Default::default()) else { return false };
        edge_dialect::verify::verify_all(self.ctx, &module.top, module.root()).is_empty()
    }
    fn shape(&self, ty: Type) -> Vec<i64> {
        self.ctx.type_kind(ty).shape().unwrap_or(&[]).to_vec()
    }
    /// A value there is, the latest ones more often, or a new argument: of any shape, or one like that of the first operand.
    fn operand(&self, first: Option<Type>, new_args: &mut Vec<Type>, choices: &mut Choices<'_>) -> (String, Type) {
        if !self.values.is_empty() && choices.below(3) > 0 {
            let back = choices.below(self.values.len().min(if first.is_none() { 2 } else { 8 }));
            return self.values[self.values.len() - 1 - back].clone();
        }
        let elem = first.map_or(self.ctx.f32(), |t| self.ctx.elem_or_self(t));
        let like = first.map(|t| self.shape(t)).unwrap_or_default();
        let any = |choices: &mut Choices<'_>| (0..choices.below(5)).map(|_| choices.one(&[1, 2, 3, 4])).collect::<Vec<i64>>();
        let shape = match (first.is_some(), choices.below(4)) {
            (true, 0) => like,
            (true, 1) => like[choices.below(like.len() + 1)..].to_vec(),
            (true, 2) => {
                let pool: Vec<i64> = like.iter().copied().chain([1, 2]).collect();
                (0..choices.below(5)).map(|_| choices.one(&pool)).collect()
            }
            _ => any(choices),
        };
        let ty = self.ctx.tensor(&shape, elem);
        new_args.push(ty);
        (format!("%arg{}", self.args.len() + new_args.len() - 1), ty)
    }
    fn attribute(&self, property: &PropertyDef, first: &[i64], window: usize, choices: &mut Choices<'_>) -> Option<Attr> {
        let ctx = self.ctx;
        Some(match &property.constraint {
            AttrConstraint::Bool => ctx.bool_attr(choices.below(2) == 1),
            AttrConstraint::Integer { width: 64, .. } => ctx.i64_attr(choices.below(4) as i64),
            AttrConstraint::Float(kind) => {
                let ty = ctx.ty(TypeKind::Float(*kind));
                ctx.float_attr(choices.one(&[0.5, 1.0, 2.0, 0.125]), ty)?
            }
            AttrConstraint::Type(_) => ctx.type_attr(ctx.f32()),
            AttrConstraint::DenseArray(ElementKind::I64) => {
                let list = match &property.each {
                    Some(_) => (0..window).map(|_| choices.below(3) as i64).collect(),
                    None => integers(first, choices),
                };
                let data: Vec<u8> = list.iter().flat_map(|n: &i64| n.to_le_bytes()).collect();
                ctx.attr(AttrKind::DenseArray { elem: ctx.attr_type(ctx.i64_attr(0))?, data: &data })
            }
            _ => return None,
        })
    }
}

/// A list of numbers: axes in some order, sizes of some axes taken together, or small numbers.
fn integers(first: &[i64], choices: &mut Choices<'_>) -> Vec<i64> {
    let rank = first.len();
    match choices.below(3) {
        0 => {
            let mut axes: Vec<i64> = (0..rank as i64).collect();
            for n in (1..rank).rev() {
                axes.swap(n, choices.below(n + 1));
            }
            axes.truncate(if choices.below(2) == 0 { rank } else { 1 + choices.below(rank) });
            axes
        }
        1 => {
            let mut sizes: Vec<i64> = Vec::new();
            for n in first {
                match sizes.last_mut() {
                    Some(last) if choices.below(2) == 0 => *last *= n,
                    _ => sizes.push(*n),
                }
            }
            sizes
        }
        _ => (0..choices.below(rank + 2)).map(|_| choices.below(4) as i64).collect(),
    }
}
