//! Functions by name: casts, list functions, index helpers, macros, scalar functions.

use super::ast::*;
use super::inst::*;
use super::unify::MAX_LIST;
use super::value::Value;
use crate::core::{BinOp, ElemType, ScalarFn, fold};

fn err<T>(span: &Span, message: impl Into<String>) -> Result<T> {
    Err(EvalError::new(span.clone(), message))
}

/// The type in which sums of this one are taken: f32 for narrow floats, i32 and ui32 for narrow integers.
pub(super) fn accumulator(ty: ElemType) -> ElemType {
    match ty {
        ElemType::F16 | ElemType::Bf16 => ElemType::F32,
        ElemType::I8 | ElemType::I16 => ElemType::I32,
        ElemType::Ui8 | ElemType::Ui16 => ElemType::Ui32,
        _ => ty,
    }
}

/// Number of values in a value.
fn size(value: &Value) -> usize {
    match value {
        Value::List(items) => items.iter().map(size).sum::<usize>().max(1),
        _ => 1,
    }
}

/// Arguments already evaluated, taken out by position.
struct Args<'s> {
    values: Vec<Value>,
    name: &'s str,
    span: &'s Span,
}

impl Args<'_> {
    fn get(&self, n: usize) -> Result<Value> {
        self.values.get(n).cloned().map_or_else(|| err(self.span, format!("`{}` lacks an argument", self.name)), Ok)
    }

    fn list(&self, n: usize) -> Result<Vec<Value>> {
        match self.get(n)? {
            Value::List(items) => Ok(items),
            Value::None => err(self.span, format!("`{}` of None", self.name)),
            one => Ok(vec![one]),
        }
    }

    fn int(&self, n: usize) -> Result<i64> {
        match self.get(n)? {
            Value::Int(v) => Ok(v),
            other => err(self.span, format!("`{}` needs a known integer, this is {}", self.name, other.describe())),
        }
    }

    /// A length or position that a list can have.
    fn count(&self, n: usize) -> Result<usize> {
        let v = self.int(n)?;
        usize::try_from(v)
            .ok()
            .filter(|v| *v <= MAX_LIST)
            .map_or_else(|| err(self.span, format!("`{}`: {v} is no length", self.name)), Ok)
    }
}

impl<'a> Inst<'a> {
    pub(super) fn call(&mut self, name: &'a str, args: &'a [Expr], hint: Option<ElemType>, span: &Span) -> Result<Value> {
        match name {
            "has" => return self.has(args, span),
            "is_float" | "is_int" | "is_bool" => {
                let [ty] = args else { return err(span, format!("`{name}` takes a type")) };
                let ty = self.type_of(ty)?;
                return Ok(Value::Bool(match name {
                    "is_float" => ty.is_float(),
                    "is_int" => ty.is_int(),
                    _ => ty == ElemType::I1,
                }));
            }
            "unsigned" | "signless" => return self.with_sign(name == "unsigned", args, hint, span),
            "lowbits" => return self.low_bits(args, span),
            "bits" => return self.bits(args, span),
            "width" => {
                let [ty] = args else { return err(span, "`width` takes a type") };
                return Ok(Value::Int(i64::from(self.type_of(ty)?.bits())));
            }
            "bcast" => return self.bcast_call(args, span),
            "len" => return self.len(args, span),
            "cast" | "sat" => {
                let [ty, value] = args else { return err(span, format!("`{name}` takes a type and a value")) };
                let ty = self.type_of(ty)?;
                return self.convert(ty, value, name == "sat", span);
            }
            _ => {}
        }
        let ty = match self.lookup(name) {
            Some(Value::Type(t)) => Some(*t),
            _ => ElemType::from_name(name),
        };
        if let (Some(ty), [value]) = (ty, args) {
            return self.convert(ty, value, false, span);
        }
        if let Some(found) = self.macros.iter().rev().find(|m| m.name == name).copied() {
            return self.expand_macro(found, args, hint, span);
        }
        let inner = if name == "acc" { None } else { hint };
        let values: Vec<Value> = args.iter().map(|a| self.eval(a, inner)).collect::<Result<_>>()?;
        if let Some(f) = ScalarFn::from_name(name) {
            return self.scalar_fn(f, values, hint, span);
        }
        let args = Args { values, name, span };
        match name {
            "acc" => self.map(args.get(0)?, &mut |inst, a| match a {
                Value::Expr(e) => {
                    // An index becomes data of the type that is wanted.
                    let own = inst.program.ty(e);
                    let ty = if own == ElemType::Index { hint.unwrap_or(own) } else { own };
                    let e = inst.program.cast(accumulator(ty), e);
                    Ok(inst.value_of(e))
                }
                other => Ok(other),
            }),
            // The same bits, read with the other signedness.
            "unsigned" | "signless" => self.map(args.get(0)?, &mut |inst, a| match a {
                Value::Expr(e) => {
                    let ty = resigned(inst.program.ty(e), name == "unsigned", hint);
                    let e = inst.program.cast(ty, e);
                    Ok(inst.value_of(e))
                }
                other => Ok(other),
            }),
            "wrap" | "clamp" | "reflect" | "ifloor" | "iceil" => self.index_fn(&args, span),
            _ => {
                let value = self.list_fn(&args, span)?;
                if size(&value) > MAX_LIST {
                    return err(span, format!("a list of more than {MAX_LIST} elements"));
                }
                Ok(value)
            }
        }
    }

    fn has(&mut self, args: &'a [Expr], span: &Span) -> Result<Value> {
        let [Expr { kind: ExprKind::Name(name), .. }] = args else { return err(span, "`has` takes a name") };
        if let Some(tensor) = self.tensor(name) {
            return Ok(Value::Bool(!tensor.bufs.is_empty()));
        }
        Ok(Value::Bool(!matches!(self.lookup(name), None | Some(Value::None))))
    }

    /// Elements of a list, or instances of a variadic operand.
    fn len(&mut self, args: &'a [Expr], span: &Span) -> Result<Value> {
        let [arg] = args else { return err(span, "`len` takes one list") };
        if let ExprKind::Name(name) = &arg.kind
            && self.lookup(name).is_none()
            && let Some(tensor) = self.tensor(name)
        {
            return Ok(Value::Int(tensor.bufs.len() as i64));
        }
        match self.eval(arg, None)? {
            Value::List(items) => Ok(Value::Int(items.len() as i64)),
            other => err(span, format!("`len` of {}", other.describe())),
        }
    }

    fn convert(&mut self, ty: ElemType, value: &'a Expr, saturate: bool, span: &Span) -> Result<Value> {
        let value = self.eval(value, Some(ty))?;
        self.map(value, &mut |inst, value| {
            let e = match value {
                Value::Expr(e) => e,
                // Literals are rounded once, to the type asked for.
                Value::Int(v) if ty == ElemType::Index => return Ok(Value::Int(v)),
                Value::Float(v) if !ty.is_float() => {
                    let e = inst.scalar(fold::cast(ty, crate::core::Scalar::from_f64(ElemType::F64, v)));
                    return Ok(inst.value_of(e));
                }
                Value::Bool(v) => inst.scalar(crate::core::Scalar::bool(v)),
                other => inst.coerce(other, ty, span)?,
            };
            let e = if saturate { inst.program.sat(ty, e) } else { inst.program.cast(ty, e) };
            Ok(inst.value_of(e))
        })
    }

    /// `unsigned(e)`, `signless(e)`: the same bits read without or with a sign; of a type, that type.
    fn with_sign(&mut self, unsigned: bool, args: &'a [Expr], hint: Option<ElemType>, span: &Span) -> Result<Value> {
        let [arg] = args else { return err(span, "`unsigned` and `signless` take one argument") };
        if let ExprKind::Name(name) = &arg.kind
            && let Some(Value::Type(ty)) = self.lookup(name)
        {
            return Ok(Value::Type(ty.with_sign(unsigned)));
        }
        let value = self.eval(arg, None)?;
        self.map(value, &mut |inst, value| {
            let e = match value {
                Value::Expr(e) => e,
                other => inst.coerce(other, hint.unwrap_or(ElemType::I64), span)?,
            };
            let ty = inst.program.ty(e).with_sign(unsigned);
            let ty = if hint == Some(ElemType::Index) && ty == ElemType::I64 { ElemType::Index } else { ty };
            let e = inst.program.cast(ty, e);
            Ok(inst.value_of(e))
        })
    }

    /// `lowbits(T, e)`: an integer modulo 2^width, for `i1` too.
    fn low_bits(&mut self, args: &'a [Expr], span: &Span) -> Result<Value> {
        let [ty, value] = args else { return err(span, "`lowbits` takes a type and a value") };
        let ty = self.type_of(ty)?;
        let value = self.eval(value, None)?;
        self.map(value, &mut |inst, value| {
            let mut e = match value {
                Value::Expr(e) => e,
                other => inst.coerce(other, ty, span)?,
            };
            let from = inst.program.ty(e);
            if ty == ElemType::I1 && from.is_int() {
                let one = inst.scalar(crate::core::Scalar::from_int(from, 1));
                e = if from == ElemType::Index {
                    let wide = inst.program.cast(ElemType::I64, e);
                    let one = inst.scalar(crate::core::Scalar::from_int(ElemType::I64, 1));
                    inst.program.func(crate::core::ScalarFn::BitAnd, &[wide, one])
                } else {
                    inst.program.func(crate::core::ScalarFn::BitAnd, &[e, one])
                };
            }
            let e = inst.program.cast(ty, e);
            Ok(inst.value_of(e))
        })
    }

    /// `bits(T, e)`: the same bits as another type of the same width.
    fn bits(&mut self, args: &'a [Expr], span: &Span) -> Result<Value> {
        let [ty, value] = args else { return err(span, "`bits` takes a type and a value") };
        let ty = self.type_of(ty)?;
        let value = self.eval(value, None)?;
        self.map(value, &mut |inst, value| {
            let Value::Expr(e) = value else { return err(span, "`bits` of a literal: write a cast") };
            let from = inst.program.ty(e);
            if from.bits() != ty.bits() {
                return err(span, format!("`bits` from {from} to {ty}: the widths differ"));
            }
            let e = inst.program.bits(ty, e);
            Ok(inst.value_of(e))
        })
    }

    fn expand_macro(&mut self, found: Macro<'a>, args: &'a [Expr], hint: Option<ElemType>, span: &Span) -> Result<Value> {
        if found.params.len() != args.len() {
            return err(span, format!("`{}` takes {} arguments, not {}", found.name, found.params.len(), args.len()));
        }
        let values: Vec<Value> = args.iter().map(|a| self.eval(a, None)).collect::<Result<_>>()?;
        let mark = self.scope.len();
        self.scope.extend(found.params.iter().map(String::as_str).zip(values));
        let value = self.eval(found.body, hint);
        self.scope.truncate(mark);
        value
    }

    /// Index helpers; on lists they work element by element.
    fn index_fn(&mut self, args: &Args<'_>, span: &Span) -> Result<Value> {
        match args.name {
            "wrap" => self.zip(args.get(0)?, args.get(1)?, span, &mut |inst, i, n| inst.wrap(i, n, span)),
            "clamp" => {
                let low = self.scalar_fn(ScalarFn::Maximum, vec![args.get(0)?, args.get(1)?], None, span)?;
                self.scalar_fn(ScalarFn::Minimum, vec![low, args.get(2)?], None, span)
            }
            "reflect" => self.zip(args.get(0)?, args.get(1)?, span, &mut |inst, i, n| inst.reflect(i, n, span)),
            rounding => {
                let f = if rounding == "ifloor" { ScalarFn::Floor } else { ScalarFn::Ceil };
                let value = self.scalar_fn(f, vec![args.get(0)?], None, span)?;
                self.map(value, &mut |inst, v| match v {
                    Value::Float(v) => Ok(Value::Int(v as i64)),
                    Value::Expr(e) => {
                        let e = inst.program.cast(ElemType::Index, e);
                        Ok(inst.value_of(e))
                    }
                    other => Ok(other),
                })
            }
        }
    }

    /// A position counted from the end if negative.
    fn wrap(&mut self, i: Value, n: Value, span: &Span) -> Result<Value> {
        let (i, n) = (self.index_list(i, span)?[0], self.index_list(n, span)?[0]);
        let zero = self.program.index(0);
        let negative = self.program.bin(BinOp::Lt, i, zero);
        let moved = self.program.add(i, n);
        let e = self.program.sel(negative, moved, i);
        Ok(self.value_of(e))
    }

    /// Mirrors at 0 and n-1, without repeating the border: `m - |m - i mod 2m|` with m = n-1.
    fn reflect(&mut self, i: Value, n: Value, span: &Span) -> Result<Value> {
        let last = self.binary(BinOp::Sub, n, Value::Int(1), span)?;
        if last == Value::Int(0) {
            return Ok(Value::Int(0));
        }
        let period = self.binary(BinOp::Mul, last, Value::Int(2), span)?;
        let there = self.binary(BinOp::Mod, i, period.clone(), span)?;
        let back = self.binary(BinOp::Sub, period, there.clone(), span)?;
        self.scalar_fn(ScalarFn::Minimum, vec![there, back], None, span)
    }

    fn list_fn(&mut self, args: &Args<'_>, span: &Span) -> Result<Value> {
        let fold = |inst: &mut Self, op: BinOp, start: Value, items: Vec<Value>| {
            items.into_iter().try_fold(start, |acc, v| inst.binary(op, acc, v, span))
        };
        match args.name {
            "vol" | "pprod" => fold(self, BinOp::Mul, Value::Int(1), args.list(0)?),
            "psum" => fold(self, BinOp::Add, Value::Int(0), args.list(0)?),
            "pall" => fold(self, BinOp::And, Value::Bool(true), args.list(0)?),
            "pany" => fold(self, BinOp::Or, Value::Bool(false), args.list(0)?),
            "off" => {
                let n = args.count(1)?;
                fold(self, BinOp::Add, Value::Int(0), args.list(0)?.into_iter().take(n).collect())
            }
            "range" => Ok(Value::List((0..args.count(0)? as i64).map(Value::Int).collect())),
            "rep" => {
                let (value, count) = (args.get(0)?, args.count(1)?);
                if size(&value).saturating_mul(count) > MAX_LIST {
                    return err(span, format!("a list of more than {MAX_LIST} elements"));
                }
                Ok(Value::List(vec![value; count]))
            }
            "cat" => {
                let lists: Vec<Vec<Value>> = (0..args.values.len()).map(|n| args.list(n)).collect::<Result<_>>()?;
                Ok(Value::List(lists.concat()))
            }
            "take" => Ok(Value::List(args.list(0)?.into_iter().take(args.count(1)?).collect())),
            "drop" => Ok(Value::List(args.list(0)?.into_iter().skip(args.count(1)?).collect())),
            "reverse" => Ok(Value::List(args.list(0)?.into_iter().rev().collect())),
            "int" => match args.get(0)? {
                Value::Float(v) => Ok(Value::Int(v as i64)),
                Value::Bool(v) => Ok(Value::Int(i64::from(v))),
                other => Ok(other),
            },
            "float" => match args.get(0)? {
                Value::Int(v) => Ok(Value::Float(v as f64)),
                other => Ok(other),
            },
            "sel" | "set" | "inv" | "rest" | "norm" | "weave" => self.axis_fn(args, span),
            "lin" => self.lin(&args.list(0)?, &args.list(1)?, span),
            "unlin" => self.unlin(args.get(0)?, &args.list(1)?, span),
            "compose" => {
                let (first, second) = (args.list(0)?, self.known_ints(&args.get(1)?, span)?);
                self.pick(&first, &second, span)
            }
            _ => err(span, format!("unknown function `{}`", args.name)),
        }
    }

    fn pick(&self, list: &[Value], positions: &[i64], span: &Span) -> Result<Value> {
        let chosen: Option<Vec<Value>> =
            positions.iter().map(|p| normal_axis(*p, list.len()).map(|p| list[p].clone())).collect();
        chosen.map_or_else(
            || err(span, format!("positions {positions:?} are out of range for a list of {}", list.len())),
            |l| Ok(Value::List(l)),
        )
    }

    /// Functions on lists of axes.
    fn axis_fn(&mut self, args: &Args<'_>, span: &Span) -> Result<Value> {
        let ints = |inst: &Self, n: usize| inst.known_ints(&args.get(n)?, span);
        let normal = |axes: Vec<i64>, rank: usize| -> Result<Vec<usize>> {
            let mut out = Vec::new();
            for axis in axes {
                match normal_axis(axis, rank) {
                    Some(a) if !out.contains(&a) => out.push(a),
                    Some(_) => return err(span, format!("axis {axis} is given twice")),
                    None => return err(span, format!("axis {axis} is out of range for rank {rank}")),
                }
            }
            Ok(out)
        };
        let list = |axes: Vec<usize>| Ok(Value::List(axes.into_iter().map(|a| Value::Int(a as i64)).collect()));
        match args.name {
            "sel" => self.pick(&args.list(0)?, &ints(self, 1)?, span),
            "set" => {
                let (mut items, at) = (args.list(0)?, args.int(1)?);
                match normal_axis(at, items.len()) {
                    Some(at) => items[at] = args.get(2)?,
                    None => return err(span, format!("position {at} is out of range for a list of {}", items.len())),
                }
                Ok(Value::List(items))
            }
            "inv" => {
                let axes = ints(self, 0)?;
                let axes = normal(axes.clone(), axes.len())?;
                list((0..axes.len()).filter_map(|a| axes.iter().position(|x| *x == a)).collect())
            }
            "rest" => {
                let rank = args.count(1)?;
                let axes = normal(ints(self, 0)?, rank)?;
                list((0..rank).filter(|a| !axes.contains(a)).collect())
            }
            "norm" => list(normal(ints(self, 0)?, args.count(1)?)?),
            _ => {
                let axes = ints(self, 0)?;
                arrange(vec![(axes, args.list(1)?, span.clone())], args.list(2)?, span).map(Value::List)
            }
        }
    }

    /// The row-major number of a position.
    fn lin(&mut self, index: &[Value], sizes: &[Value], span: &Span) -> Result<Value> {
        if index.len() != sizes.len() {
            return err(span, format!("`lin` of {} positions and {} sizes", index.len(), sizes.len()));
        }
        index.iter().zip(sizes).try_fold(Value::Int(0), |acc, (i, n)| {
            let scaled = self.binary(BinOp::Mul, acc, n.clone(), span)?;
            self.binary(BinOp::Add, scaled, i.clone(), span)
        })
    }

    /// The position that has a row-major number.
    fn unlin(&mut self, number: Value, sizes: &[Value], span: &Span) -> Result<Value> {
        let (mut out, mut left) = (Vec::new(), number);
        for (n, size) in sizes.iter().enumerate().rev() {
            // The number is in range, so the outermost digit needs no remainder.
            if n == 0 {
                out.push(left.clone());
                break;
            }
            if *size == Value::Int(0) {
                out.push(Value::Int(0));
                continue;
            }
            out.push(self.binary(BinOp::Mod, left.clone(), size.clone(), span)?);
            left = self.binary(BinOp::FloorDiv, left, size.clone(), span)?;
        }
        out.reverse();
        Ok(Value::List(out))
    }

    fn bcast_call(&mut self, args: &'a [Expr], span: &Span) -> Result<Value> {
        let (mut lists, mut owners) = (Vec::new(), Vec::new());
        for arg in args {
            let value = self.eval(arg, None)?;
            // `X_`, the packs of a variadic operand, are as many shapes.
            let many = matches!(&value, Value::List(items) if items.iter().any(|i| matches!(i, Value::List(_))));
            let shapes = match value {
                Value::List(items) if many => items,
                one => vec![one],
            };
            for (n, shape) in shapes.into_iter().enumerate() {
                lists.push(match shape {
                    Value::List(items) => items,
                    one => vec![one],
                });
                let owner = self.def.operands.iter().find(|o| o.shape.iter().any(|d| d.size.kind == arg.kind));
                owners.push(owner.map(|o| if many { format!("{}#{n}", o.name) } else { o.name.clone() }));
            }
        }
        self.bcast(&lists, &owners, span)
    }

    /// The common shape of lists aligned at the right. A size of 1 yields to the others; a size that is not known is taken
    /// to be no 1, and must be equal at run time.
    fn bcast(&mut self, lists: &[Vec<Value>], owners: &[Option<String>], span: &Span) -> Result<Value> {
        let rank = lists.iter().map(Vec::len).max().unwrap_or(0);
        let mut out = Vec::new();
        for axis in 0..rank {
            let mut size = Value::Int(1);
            let mut from = None;
            for (list, owner) in lists.iter().zip(owners) {
                let Some(own) = (axis + list.len()).checked_sub(rank).map(|n| list[n].clone()) else { continue };
                if size == Value::Int(1) && own != size {
                    from = owner.as_deref();
                }
                size = match (&size, &own) {
                    (_, Value::Int(1)) => size,
                    (Value::Int(1), _) => own,
                    (a, b) if a == b => own,
                    (a, b) => {
                        let message = match (from, owner) {
                            (Some(from), Some(owner)) => format!(
                                "operand `{owner}` has size {} where operand `{from}` has size {}",
                                self.show(b),
                                self.show(a)
                            ),
                            _ => format!("sizes {} and {} do not broadcast", self.show(a), self.show(b)),
                        };
                        let equal = self.binary(BinOp::Eq, a.clone(), b.clone(), span)?;
                        self.require_value(equal, span, message)?;
                        if matches!(a, Value::Int(_)) { size } else { own }
                    }
                };
            }
            out.push(size);
        }
        Ok(Value::List(out))
    }
}

/// The integer type of the same width and the wanted signedness; an index is the type that is wanted, where that is one.
fn resigned(ty: ElemType, unsigned: bool, hint: Option<ElemType>) -> ElemType {
    use ElemType::*;
    match (ty, unsigned) {
        (I8, true) => Ui8,
        (I16, true) => Ui16,
        (I32, true) => Ui32,
        (I64 | Index, true) => Ui64,
        (Ui8, false) => I8,
        (Ui16, false) => I16,
        (Ui32, false) => I32,
        (Ui64, false) => {
            if hint == Some(Index) {
                Index
            } else {
                I64
            }
        }
        _ => ty,
    }
}
