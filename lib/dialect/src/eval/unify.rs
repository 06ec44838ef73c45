//! Binding the header: attributes, element types, and sizes by unification with the operands' shapes.

use super::ast::*;
use super::inst::*;
use super::value::Value;
use crate::core::{BinOp, Buf, BufId, BufKind, ElemType, ExprId, SymSource};

/// One operand tensor with its shape as values.
struct Actual<'a> {
    decl: &'a TensorDecl,
    instance: Option<usize>,
    shape: Vec<Value>,
    /// Which part of the pattern each axis belongs to, once that is known.
    matched: Option<Vec<usize>>,
}

/// A part of a pattern against the extents that it covers.
struct Equation<'a> {
    operand: usize,
    dim: &'a DimPattern,
    actual: Value,
}

impl<'a> Inst<'a> {
    pub(super) fn bind_header(&mut self, args: &Arguments) -> Result<()> {
        self.bind_given_attrs(args)?;
        let mut actuals = self.bind_operands(args)?;
        let early = self.bind_default_attrs(false)?;
        self.match_shapes(&mut actuals)?;
        if !early {
            self.bind_default_attrs(true)?;
        }
        self.repeat_list_attrs()?;
        self.finish_operands(&actuals)?;
        Ok(())
    }

    fn bind_given_attrs(&mut self, args: &Arguments) -> Result<()> {
        for (name, value) in &args.attrs {
            let Some(decl) = self.def.attrs.iter().find(|a| a.name == *name) else { continue };
            let value = self.static_value(value);
            self.scope.push((&decl.name, value));
        }
        Ok(())
    }

    /// Binds the attributes left out. Without `all`, those whose default cannot be told yet are left; says whether none was.
    fn bind_default_attrs(&mut self, all: bool) -> Result<bool> {
        let mut complete = true;
        for attr in &self.def.attrs {
            if self.lookup(&attr.name).is_some() {
                continue;
            }
            let value = match &attr.default {
                None => Ok(Value::None),
                Some(default) => self.eval(default, None),
            };
            match value {
                Ok(value) => self.scope.push((&attr.name, value)),
                Err(error) if all => return Err(error),
                Err(_) => complete = false,
            }
        }
        Ok(complete)
    }

    /// An attribute `..:X` that is one number stands for a list of that number.
    fn repeat_list_attrs(&mut self) -> Result<()> {
        for attr in &self.def.attrs {
            let Some(like) = &attr.list_of else { continue };
            let count = match self.eval(like, None)? {
                Value::List(items) => items.len(),
                Value::Int(n) => usize::try_from(n).unwrap_or(0).min(MAX_LIST),
                other => {
                    return Err(EvalError::new(attr.span.clone(), format!("a list is needed, this is {}", other.describe())));
                }
            };
            let value = self.lookup(&attr.name).cloned().unwrap_or(Value::None);
            match value {
                Value::None => {}
                Value::List(items) if items.len() == count => {}
                Value::List(items) => {
                    return Err(EvalError::new(
                        attr.span.clone(),
                        format!("attribute `{}` has {} elements, but must have {count}", attr.name, items.len()),
                    ));
                }
                one => self.scope.push((&attr.name, Value::List(vec![one; count]))),
            }
        }
        Ok(())
    }

    fn bind_operands(&mut self, args: &Arguments) -> Result<Vec<Actual<'a>>> {
        let mut actuals = Vec::new();
        let mut buf = 0;
        for (n, decl) in self.def.operands.iter().enumerate() {
            let group = args.operands.get(n).map_or(&[][..], |g| &g[..]);
            let fits = match decl.arity {
                Arity::One => group.len() == 1,
                Arity::Optional => group.len() <= 1,
                Arity::Variadic => true,
            };
            if !fits {
                let message = if group.is_empty() {
                    format!("operand `{}` is missing", decl.name)
                } else {
                    format!("operand `{}` is one tensor, not {}", decl.name, group.len())
                };
                return Err(EvalError::new(decl.span.clone(), message));
            }
            for (t, arg) in group.iter().enumerate() {
                let instance = (decl.arity == Arity::Variadic).then_some(t);
                self.bind_elem(decl, arg.elem)?;
                let shape = arg.shape.iter().enumerate().map(|(axis, d)| match d {
                    DimArg::Static(v) => Value::Int(*v),
                    DimArg::Dynamic(key) => Value::Expr(self.sym(*key, SymSource::Dim { buf: BufId(buf), axis: axis as u32 })),
                });
                actuals.push(Actual { decl, instance, shape: shape.collect(), matched: None });
                buf += 1;
            }
            self.bind_known(decl, group)?;
        }
        Ok(actuals)
    }

    /// Makes the value of a constant operand a name.
    fn bind_known(&mut self, decl: &'a TensorDecl, group: &[TensorArg]) -> Result<()> {
        if !decl.known {
            return Ok(());
        }
        let mut values = Vec::new();
        for arg in group {
            match &arg.value {
                Some(value) => values.push(self.static_value(value)),
                None => {
                    return Err(EvalError::new(
                        decl.span.clone(),
                        format!("the value of operand `{}` must be known", decl.name),
                    ));
                }
            }
        }
        let value = if decl.arity == Arity::Variadic { Value::List(values) } else { values.pop().unwrap_or(Value::None) };
        self.scope.push((&decl.name, value));
        Ok(())
    }

    fn bind_elem(&mut self, decl: &'a TensorDecl, elem: ElemType) -> Result<()> {
        let name: &'a str = match &decl.elem {
            None => "T",
            Some(Expr { kind: ExprKind::Name(name), .. }) => name,
            Some(_) => return Ok(()),
        };
        let declared = match self.lookup(name) {
            Some(Value::Type(t)) => Some(*t),
            _ => ElemType::from_name(name),
        };
        match declared {
            None => self.scope.push((name, Value::Type(elem))),
            Some(t) if t == elem => {}
            Some(t) => {
                let owner = self.def.operands.iter().find(|o| o.name != decl.name && o.elem == decl.elem);
                let but = match owner {
                    Some(owner) if ElemType::from_name(name).is_none() => format!("but operand `{}` has {t}", owner.name),
                    _ => format!("but must have {t}"),
                };
                return Err(EvalError::new(
                    decl.span.clone(),
                    format!("operand `{}` has elements of type {elem}, {but}", decl.name),
                ));
            }
        }
        Ok(())
    }

    /// Unification to a fixpoint.
    fn match_shapes(&mut self, actuals: &mut [Actual<'a>]) -> Result<()> {
        let mut equations: Vec<Equation<'a>> = Vec::new();
        loop {
            let mut progress = self.bind_ranks();
            for (n, actual) in actuals.iter_mut().enumerate().filter(|(_, a)| a.matched.is_none()) {
                if let Some(found) = self.match_one(n, actual)? {
                    equations.extend(found);
                    progress = true;
                }
            }
            let mut left = Vec::new();
            for equation in equations {
                if self.solve(&equation, actuals)? { progress = true } else { left.push(equation) }
            }
            equations = left;
            if !progress {
                break;
            }
        }
        if let Some(stuck) = actuals.iter().find(|a| a.matched.is_none()) {
            return Err(EvalError::new(
                stuck.decl.span.clone(),
                format!("the rank of operand `{}` does not tell its sizes: give a rank", stuck.decl.name),
            ));
        }
        match equations.first() {
            Some(e) => Err(EvalError::new(
                e.dim.span.clone(),
                format!("operand `{}`: `{}` cannot be solved", actuals[e.operand].decl.name, text_of(&e.dim.size)),
            )),
            None => Ok(()),
        }
    }

    fn bind_ranks(&mut self) -> bool {
        let mut progress = false;
        for (name, formula) in &self.def.ranks {
            let key = rank_key(&self.def.ranks, name);
            if self.lookup(key).is_none()
                && let Ok(value @ Value::Int(_)) = self.eval(formula, None)
            {
                self.scope.push((key, value));
                progress = true;
            }
        }
        progress
    }

    /// Length of a pack, if it is known: bound already, or by a rank formula.
    fn pack_length(&self, dim: &DimPattern) -> Option<usize> {
        let ExprKind::Name(name) = &dim.size.kind else { return None };
        if let Some(Value::List(items)) = self.lookup(name)
            && !name.ends_with('_')
        {
            return Some(items.len());
        }
        let (rank, _) = self.def.ranks.iter().find(|(n, _)| n == name)?;
        match self.lookup(rank_key(&self.def.ranks, rank)) {
            Some(Value::Int(n)) => usize::try_from(*n).ok(),
            _ => None,
        }
    }

    /// Tells which axes each part of the pattern covers. `None`: not decidable yet.
    fn match_one(&mut self, operand: usize, actual: &mut Actual<'a>) -> Result<Option<Vec<Equation<'a>>>> {
        let (decl, rank) = (actual.decl, actual.shape.len());
        let mut owner: Vec<Option<usize>> = vec![None; rank];
        let mut open = Vec::new();
        for (part, dim) in decl.shape.iter().enumerate() {
            let Some(at) = &dim.at else {
                open.push(part);
                continue;
            };
            let Ok(axes) = self.axes(at) else { return Ok(None) };
            for axis in axes {
                let slot = normal_axis(axis, rank).ok_or_else(|| {
                    EvalError::new(
                        dim.span.clone(),
                        format!("axis {axis} is out of range for operand `{}` of rank {rank}", decl.name),
                    )
                })?;
                owner[slot] = Some(part);
            }
        }
        let free = owner.iter().filter(|o| o.is_none()).count();
        let Some(lengths) = self.part_lengths(decl, &open, free)? else { return Ok(None) };
        let mut fill = open.iter().zip(lengths).flat_map(|(part, n)| std::iter::repeat_n(*part, n));
        let owner: Vec<usize> = owner.into_iter().map(|o| o.or_else(|| fill.next()).unwrap_or(0)).collect();
        let equations = decl.shape.iter().enumerate().map(|(part, dim)| {
            let covered: Vec<Value> =
                owner.iter().zip(&actual.shape).filter(|(o, _)| **o == part).map(|(_, v)| v.clone()).collect();
            let single = !dim.pack && covered.len() == 1;
            let value = if single { covered.into_iter().next().unwrap_or(Value::None) } else { Value::List(covered) };
            Equation { operand, dim, actual: value }
        });
        let equations = equations.collect();
        actual.matched = Some(owner);
        Ok(Some(equations))
    }

    /// How many axes each open part covers; one pack of unknown length takes what is left.
    fn part_lengths(&self, decl: &TensorDecl, open: &[usize], free: usize) -> Result<Option<Vec<usize>>> {
        let known: Vec<Option<usize>> =
            open.iter().map(|p| if decl.shape[*p].pack { self.pack_length(&decl.shape[*p]) } else { Some(1) }).collect();
        let sum: usize = known.iter().flatten().sum();
        let unknown = known.iter().filter(|k| k.is_none()).count();
        if unknown > 1 {
            return Ok(None);
        }
        if sum > free || (unknown == 0 && sum != free) {
            let fixed = decl.shape.len() - open.len();
            let least = if unknown == 0 { "" } else { "at least " };
            return Err(EvalError::new(
                decl.span.clone(),
                format!("operand `{}` has rank {}, but must have {least}{}", decl.name, free + fixed, sum + fixed),
            ));
        }
        Ok(Some(known.into_iter().map(|k| k.unwrap_or(free - sum)).collect()))
    }

    /// Solves one equation if it has at most one unknown; says whether it did.
    fn solve(&mut self, equation: &Equation<'a>, actuals: &[Actual<'a>]) -> Result<bool> {
        let size = &equation.dim.size;
        if let ExprKind::Name(name) = &size.kind {
            if let Some(t) = actuals[equation.operand].instance.filter(|_| name.ends_with('_')) {
                self.bind_instance(name, t, equation.actual.clone());
                return Ok(true);
            }
            if self.lookup(name).is_none() {
                self.scope.push((name, equation.actual.clone()));
                return Ok(true);
            }
        }
        if let Ok(expected) = self.eval(size, Some(ElemType::Index)) {
            self.check_equal(equation, &expected, actuals)?;
            return Ok(true);
        }
        self.solve_product(equation, actuals)
    }

    fn bind_instance(&mut self, name: &'a str, t: usize, value: Value) {
        match self.scope.iter_mut().find(|(n, _)| *n == name) {
            Some((_, Value::List(items))) => {
                items.resize(items.len().max(t + 1), Value::None);
                items[t] = value;
            }
            _ => {
                let mut items = vec![Value::None; t];
                items.push(value);
                self.scope.push((name, Value::List(items)));
            }
        }
    }

    /// `G*C = actual` with one factor unknown.
    fn solve_product(&mut self, equation: &Equation<'a>, actuals: &[Actual<'a>]) -> Result<bool> {
        let mut factors = Vec::new();
        collect_factors(&equation.dim.size, &mut factors);
        let (mut unknown, mut known, mut known_text) = (None, Value::Int(1), Vec::new());
        for factor in factors {
            match (self.eval(factor, Some(ElemType::Index)), &factor.kind) {
                (Ok(value), _) => {
                    known = self.binary(BinOp::Mul, known, value, &factor.span)?;
                    known_text.push(factor);
                }
                (Err(_), ExprKind::Name(name)) if unknown.is_none_or(|u| u == name.as_str()) => {
                    // A square, as in `B*B*C`, waits until `B` is known.
                    if unknown.is_some() {
                        return Ok(false);
                    }
                    unknown = Some(name.as_str());
                }
                _ => return Ok(false),
            }
        }
        let Some(name) = unknown else { return Ok(false) };
        let rest = match (&equation.actual, &known) {
            (Value::Int(_), Value::Int(0)) => Value::Int(1),
            (actual, known) => self.binary(BinOp::Mod, actual.clone(), known.clone(), &equation.dim.span)?,
        };
        let product: Vec<String> = known_text.iter().map(|e| text_of(e)).collect();
        let message = format!(
            "operand `{}` has {} = {}, which {} = {} does not divide",
            actuals[equation.operand].decl.name,
            text_of(&equation.dim.size),
            self.show(&equation.actual),
            product.join("*"),
            self.show(&known)
        );
        let divides = self.binary(BinOp::Eq, rest, Value::Int(0), &equation.dim.span)?;
        self.require_value(divides, &equation.dim.span, message)?;
        let value = self.binary(BinOp::FloorDiv, equation.actual.clone(), known, &equation.dim.span)?;
        self.scope.push((name, value));
        Ok(true)
    }

    fn check_equal(&mut self, equation: &Equation<'a>, expected: &Value, actuals: &[Actual<'a>]) -> Result<()> {
        let message = self.mismatch(equation, expected, actuals);
        if let (Value::List(a), Value::List(b)) = (&equation.actual, expected)
            && a.len() != b.len()
        {
            return Err(EvalError::new(equation.dim.span.clone(), message));
        }
        let equal = self.binary(BinOp::Eq, equation.actual.clone(), expected.clone(), &equation.dim.span)?;
        self.require_value(equal, &equation.dim.span, message)?;
        // A known number says more than a sym.
        if let (ExprKind::Name(name), Value::Int(_), Value::Expr(_)) = (&equation.dim.size.kind, &equation.actual, expected)
            && let Some(slot) = self.scope.iter_mut().rev().find(|(n, _)| *n == name)
        {
            slot.1 = equation.actual.clone();
        }
        Ok(())
    }

    fn mismatch(&self, equation: &Equation<'a>, expected: &Value, actuals: &[Actual<'a>]) -> String {
        let (operand, size) = (actuals[equation.operand].decl, &equation.dim.size);
        let has = format!("operand `{}` has {} = {}", operand.name, text_of(size), self.show(&equation.actual));
        let mentions =
            |a: &&Actual<'a>| !std::ptr::eq(a.decl, operand) && a.decl.shape.iter().any(|d| d.size.kind == size.kind);
        let within = |a: &&Actual<'a>| !std::ptr::eq(a.decl, operand) && a.decl.shape.iter().any(|d| has_factor(&d.size, size));
        match actuals.iter().find(mentions).or_else(|| actuals.iter().find(within)) {
            Some(other) => format!("{has}, but operand `{}` has {} = {}", other.decl.name, text_of(size), self.show(expected)),
            None if actuals[equation.operand].instance.is_some_and(|t| t > 0) => {
                let n = actuals[equation.operand].instance.unwrap_or(0);
                format!(
                    "operand `{name}#{n}` has {} = {}, but operand `{name}#0` has {} = {}",
                    text_of(size),
                    self.show(&equation.actual),
                    text_of(size),
                    self.show(expected),
                    name = operand.name
                )
            }
            None if matches!(size.kind, ExprKind::Int(_)) => format!(
                "operand `{}` has a size {}, but must have {}",
                operand.name,
                self.show(&equation.actual),
                self.show(expected)
            ),
            None => format!("{has}, but must have {}", self.show(expected)),
        }
    }

    /// Declares the operands' buffers, with sizes as unification left them.
    fn finish_operands(&mut self, actuals: &[Actual<'a>]) -> Result<()> {
        for (n, actual) in actuals.iter().enumerate() {
            let mut shape: Vec<ExprId> = Vec::new();
            let mut taken = vec![0; actual.decl.shape.len()];
            for (axis, part) in actual.matched.iter().flatten().enumerate() {
                let dim = &actual.decl.shape[*part];
                let mut value = self.eval(&dim.size, Some(ElemType::Index))?;
                if let (Some(t), ExprKind::Name(name), Value::List(items)) = (actual.instance, &dim.size.kind, &value)
                    && name.ends_with('_')
                {
                    value = items.get(t).cloned().unwrap_or(Value::None);
                }
                let extents = self.index_list(value, &dim.span)?;
                let extent = extents.get(taken[*part]).copied();
                taken[*part] += 1;
                match extent {
                    Some(e) => shape.push(e),
                    None => {
                        return Err(EvalError::new(
                            dim.span.clone(),
                            format!("operand `{}`: axis {axis} has no size", actual.decl.name),
                        ));
                    }
                }
            }
            let elem = match &actual.decl.elem {
                _ if actual.decl.elem.is_none() => self.elem_of(actual.decl)?,
                Some(e) => self.type_of(e)?,
                None => continue,
            };
            let name = instance_name(actual.decl, actual.instance);
            self.program.bufs.push(Buf { name, kind: BufKind::Operand(n as u32), elem, shape });
        }
        self.program.operands = actuals.len() as u32;
        let mut next = 0;
        for decl in &self.def.operands {
            let count = actuals.iter().filter(|a| std::ptr::eq(a.decl, decl)).count() as u32;
            let bufs = (next..next + count).map(BufId).collect();
            next += count;
            self.tensors.push(Tensor { name: decl.name.clone(), bufs, is_result: false });
        }
        Ok(())
    }

    /// A value for messages: `7`, `2x3`, `?`.
    pub(super) fn show(&self, value: &Value) -> String {
        match value {
            Value::Int(v) => v.to_string(),
            Value::List(items) => items.iter().map(|v| self.show(v)).collect::<Vec<_>>().join("x"),
            Value::Expr(_) => "?".to_string(),
            Value::Str(s) => format!("'{s}'"),
            Value::Float(v) => v.to_string(),
            Value::Bool(v) => v.to_string(),
            Value::Type(t) => t.to_string(),
            other => other.describe().to_string(),
        }
    }
}

/// Lists and packs are bounded.
pub(super) const MAX_LIST: usize = 1 << 16;

/// The length of pack `X` is kept in scope under a slice of the text that no name can be.
fn rank_key<'a>(ranks: &'a [(String, Expr)], name: &str) -> &'a str {
    const KEYS: [&str; 8] = ["#0", "#1", "#2", "#3", "#4", "#5", "#6", "#7"];
    ranks.iter().position(|(n, _)| n == name).and_then(|i| KEYS.get(i)).copied().unwrap_or("#")
}

fn collect_factors<'e>(e: &'e Expr, out: &mut Vec<&'e Expr>) {
    match &e.kind {
        ExprKind::Bin(BinOp::Mul, a, b) => {
            collect_factors(a, out);
            collect_factors(b, out);
        }
        _ => out.push(e),
    }
}

fn has_factor(product: &Expr, size: &Expr) -> bool {
    let mut factors = Vec::new();
    collect_factors(product, &mut factors);
    factors.iter().any(|f| f.kind == size.kind)
}

/// A size as it was written, roughly.
fn text_of(e: &Expr) -> String {
    match &e.kind {
        ExprKind::Name(name) => name.clone(),
        ExprKind::Int(v) => v.to_string(),
        ExprKind::Bin(op @ (BinOp::Mul | BinOp::Add | BinOp::Sub), a, b) => {
            format!("{}{}{}", text_of(a), op.symbol(), text_of(b))
        }
        ExprKind::Bin(op, a, b) => format!("{} {} {}", text_of(a), op.symbol(), text_of(b)),
        ExprKind::Call(name, args) => format!("{name}({})", args.iter().map(text_of).collect::<Vec<_>>().join(", ")),
        _ => "...".to_string(),
    }
}
