//! The static functions and operators of mappings.

use super::ast::Operator;
use super::eval::{size_list, zip2};
use super::size::{NoSize, Size};
use super::value::{Fault, FaultKind, Host, Val};
use edge_dialect::core::ElemType;
use edge_ir::Value;
use edge_support::Span;

/// Arguments of one call, taken one by one.
struct Args<'a> {
    callee: &'a str,
    items: std::vec::IntoIter<Val>,
    span: Span,
}

impl Args<'_> {
    fn next(&mut self) -> Result<Val, Fault> {
        let few = || Fault::mapping(self.span, format!("`{}` takes more arguments", self.callee));
        self.items.next().ok_or_else(few)
    }

    fn wrong<T>(&self, found: &Val, wanted: &str) -> Result<T, Fault> {
        Err(Fault::mapping(self.span, format!("`{}` takes {wanted}, not {}", self.callee, found.kind())))
    }

    fn tensor(&mut self) -> Result<Value, Fault> {
        match self.next()? {
            Val::Value(value) => Ok(value),
            other => self.wrong(&other, "a tensor"),
        }
    }

    fn list(&mut self) -> Result<Vec<Val>, Fault> {
        match self.next()? {
            Val::List(items) => Ok(items),
            other => self.wrong(&other, "a list"),
        }
    }

    fn size(&mut self) -> Result<Size, Fault> {
        match self.next()? {
            Val::Int(size) => Ok(size),
            other => self.wrong(&other, "an integer"),
        }
    }

    fn known(&mut self) -> Result<i64, Fault> {
        let span = self.span;
        self.size()?.known().ok_or_else(|| Fault::size(span, NoSize::Unknown))
    }

    /// A number of elements, not negative.
    fn count(&mut self) -> Result<usize, Fault> {
        let n = self.known()?;
        usize::try_from(n).map_err(|_| Fault::new(FaultKind::Model, self.span, format!("a count of {n}")))
    }

    fn elem(&mut self) -> Result<ElemType, Fault> {
        match self.next()? {
            Val::Type(elem) => Ok(elem),
            other => self.wrong(&other, "an element type"),
        }
    }

    fn sizes(&mut self) -> Result<Vec<Size>, Fault> {
        let (list, span) = (self.list()?, self.span);
        list.into_iter().map(|v| as_size(v, span)).collect()
    }

    fn known_sizes(&mut self) -> Result<Vec<i64>, Fault> {
        let (sizes, span) = (self.sizes()?, self.span);
        sizes.iter().map(|s| s.known().ok_or_else(|| Fault::size(span, NoSize::Unknown))).collect()
    }

    fn end(mut self) -> Result<(), Fault> {
        match self.items.next() {
            None => Ok(()),
            Some(_) => Err(Fault::mapping(self.span, format!("`{}` takes fewer arguments", self.callee))),
        }
    }
}

fn as_size(value: Val, span: Span) -> Result<Size, Fault> {
    match value {
        Val::Int(size) => Ok(size),
        other => Err(Fault::mapping(span, format!("{} where an integer is needed", other.kind()))),
    }
}

/// Calls a static function.
pub fn call(host: &mut impl Host, callee: &str, args: Vec<Val>, span: Span) -> Result<Val, Fault> {
    let mut a = Args { callee, items: args.into_iter(), span };
    let value = match callee {
        "shape" | "rank" | "elem" | "value" | "has" => of_tensor(host, callee, &mut a)?,
        "splat" | "resplat" | "dense" | "type_of" => constants(host, callee, &mut a)?,
        "fold" => fold(host, &mut a)?,
        "error" => match a.next()? {
            Val::Str(message) => return Err(Fault::new(FaultKind::Unsupported, span, message)),
            other => return a.wrong(&other, "a string"),
        },
        _ => of_lists(callee, &mut a)?,
    };
    a.end()?;
    Ok(value)
}

/// What a tensor is and holds.
fn of_tensor(host: &mut impl Host, callee: &str, a: &mut Args<'_>) -> Result<Val, Fault> {
    if callee == "has" {
        return Ok(Val::Bool(a.next()? != Val::None));
    }
    let (value, span) = (a.tensor()?, a.span);
    Ok(match callee {
        "shape" => size_list(host.shape(value, span)?),
        "rank" => Val::int(host.shape(value, span)?.len() as i64),
        "elem" => Val::Type(host.elem(value, span)?),
        _ => host.known(value, span)?,
    })
}

/// The elements of constants.
fn constants(host: &mut impl Host, callee: &str, a: &mut Args<'_>) -> Result<Val, Fault> {
    let span = a.span;
    Ok(match callee {
        // splat(type, shape, element)
        "splat" => {
            let (elem, shape, element) = (a.elem()?, a.known_sizes()?, a.next()?);
            Val::Elements(host.dense(elem, &shape, &[element], span)?)
        }
        // dense(type, shape, elements)
        "dense" => {
            let (elem, shape, elements) = (a.elem()?, a.known_sizes()?, a.list()?);
            Val::Elements(host.dense(elem, &shape, &elements, span)?)
        }
        // resplat(elements, shape): the first element everywhere
        "resplat" => {
            let elements = match a.next()? {
                Val::Elements(elements) => elements,
                other => return a.wrong(&other, "the elements of a constant"),
            };
            let (elem, element) = host.first(elements, span)?;
            let shape = a.known_sizes()?;
            Val::Elements(host.dense(elem, &shape, &[element], span)?)
        }
        // type_of(code)
        _ => Val::Type(host.type_of_code(a.known()?, span)?),
    })
}

/// `fold(op, [x, y, z])` is `op(op(x, y), z)`.
fn fold(host: &mut impl Host, a: &mut Args<'_>) -> Result<Val, Fault> {
    let op = match a.next()? {
        Val::Op(name) => name,
        other => return a.wrong(&other, "an operation"),
    };
    let mut items = a.list()?.into_iter();
    let first = items.next().ok_or_else(|| Fault::new(FaultKind::Model, a.span, "no operand"))?;
    items.try_fold(first, |sum, item| host.build(&op, vec![sum, item], vec![], a.span))
}

/// Functions of integers and lists.
fn of_lists(callee: &str, a: &mut Args<'_>) -> Result<Val, Fault> {
    let span = a.span;
    Ok(match callee {
        "len" => Val::int(a.list()?.len() as i64),
        "vol" => {
            let product = a.sizes()?.iter().try_fold(Size::from(1), |p, s| p.mul(s));
            Val::Int(product.map_err(|e| Fault::size(span, e))?)
        }
        "take" | "drop" => {
            let (list, n) = (a.list()?, a.count()?);
            if n > list.len() {
                return Err(Fault::new(FaultKind::Model, span, format!("{n} of a list of {}", list.len())));
            }
            Val::List(if callee == "take" { list[..n].to_vec() } else { list[n..].to_vec() })
        }
        "cat" => {
            let mut list = a.list()?;
            for _ in 0..a.items.len() {
                list.extend(a.list()?);
            }
            Val::List(list)
        }
        "rep" => {
            let (value, n) = (a.next()?, a.count()?);
            check_length(n, span)?;
            Val::List(vec![value; n])
        }
        "range" => {
            let n = a.count()?;
            check_length(n, span)?;
            Val::List((0..n as i64).map(Val::int).collect())
        }
        "reverse" => Val::List(a.list()?.into_iter().rev().collect()),
        "maximum" | "minimum" => {
            let (x, y) = (a.next()?, a.next()?);
            zip2(&x, &y, span, &|x, y| extreme(callee == "maximum", x, y, span))?
        }
        "clamp" => {
            let (x, low, high) = (a.next()?, a.next()?, a.next()?);
            let raised = zip2(&x, &low, span, &|x, y| extreme(true, x, y, span))?;
            zip2(&raised, &high, span, &|x, y| extreme(false, x, y, span))?
        }
        "norm" => normalised(a.known_sizes()?, a.known()?, span)?,
        "sel" => {
            let (list, places) = (a.list()?, a.list()?);
            let list = Val::List(list);
            Val::List(places.iter().map(|p| item(&list, p, span)).collect::<Result<_, _>>()?)
        }
        "find" => {
            let (list, wanted) = (a.list()?, a.next()?);
            Val::List(list.iter().enumerate().filter(|(_, v)| **v == wanted).map(|(i, _)| Val::int(i as i64)).collect())
        }
        "pall" => match a.list()?.into_iter().try_fold(true, |all, v| if let Val::Bool(b) = v { Some(all && b) } else { None })
        {
            Some(all) => Val::Bool(all),
            None => return Err(Fault::mapping(span, "`pall` takes a list of truth values")),
        },
        "leftover" => leftover(a.sizes()?, &a.sizes()?, span)?,
        _ => return Err(Fault::mapping(span, format!("`{callee}` is no function that is known here"))),
    })
}

/// Longer lists are no list of sizes or axes.
fn check_length(n: usize, span: Span) -> Result<(), Fault> {
    if n > 1 << 16 { Err(Fault::new(FaultKind::Model, span, format!("a list of {n} numbers"))) } else { Ok(()) }
}

fn extreme(largest: bool, a: &Val, b: &Val, span: Span) -> Result<Val, Fault> {
    let less = match binary(Operator::Lt, a, b, span)? {
        Val::Bool(b) => b,
        _ => false,
    };
    Ok(if less == largest { b.clone() } else { a.clone() })
}

/// Axes counted from the front; those out of range and those given twice are the model's fault.
fn normalised(axes: Vec<i64>, rank: i64, span: Span) -> Result<Val, Fault> {
    let mut out = vec![];
    for axis in axes {
        let place = if axis < 0 { axis.saturating_add(rank) } else { axis };
        if !(0..rank).contains(&place) {
            return Err(Fault::new(FaultKind::Model, span, format!("axis {axis} of a tensor of rank {rank}")));
        }
        if out.contains(&Val::int(place)) {
            return Err(Fault::new(FaultKind::Model, span, format!("axis {axis} is given twice")));
        }
        out.push(Val::int(place));
    }
    Ok(Val::List(out))
}

/// A requested shape without unknown sizes: one that the operand has at the same place becomes -2, one other at most becomes -1, what is
/// left over.
fn leftover(sizes: Vec<Size>, operand: &[Size], span: Span) -> Result<Val, Fault> {
    let mut open = sizes.iter().filter(|s| s.known() == Some(-1)).count();
    let mut out = vec![];
    for (i, size) in sizes.into_iter().enumerate() {
        out.push(match size.known() {
            Some(_) => Val::Int(size),
            None if operand.get(i) == Some(&size) => Val::int(-2),
            None => {
                open += 1;
                Val::int(-1)
            }
        });
    }
    if open > 1 {
        return Err(Fault::new(
            FaultKind::Unknown,
            span,
            "more than one size of the shape depends on dynamic sizes: give the inputs' shapes",
        ));
    }
    Ok(Val::List(out))
}

/// `list#index`.
pub fn item(list: &Val, index: &Val, span: Span) -> Result<Val, Fault> {
    let (Val::List(items) | Val::Tuple(items), Val::Int(place)) = (list, index) else {
        return Err(Fault::mapping(span, format!("{} of {}", index.kind(), list.kind())));
    };
    let place = place.known().ok_or_else(|| Fault::size(span, NoSize::Unknown))?;
    let found = usize::try_from(place).ok().and_then(|i| items.get(i));
    found.cloned().ok_or_else(|| Fault::new(FaultKind::Model, span, format!("number {place} of {}", items.len())))
}

pub fn negate(value: &Val, span: Span) -> Result<Val, Fault> {
    match value {
        Val::Int(size) => Ok(Val::Int(size.neg().map_err(|e| Fault::size(span, e))?)),
        Val::Float(f) => Ok(Val::Float(-f)),
        _ => Err(Fault::mapping(span, format!("minus {}", value.kind()))),
    }
}

/// An operator on two scalars.
pub fn binary(op: Operator, a: &Val, b: &Val, span: Span) -> Result<Val, Fault> {
    match (a, b) {
        (Val::Int(x), Val::Int(y)) => of_sizes(op, x, y, span),
        (Val::Int(x), Val::Float(y)) => of_floats(op, known_float(x, span)?, *y, span),
        (Val::Float(x), Val::Int(y)) => of_floats(op, *x, known_float(y, span)?, span),
        (Val::Float(x), Val::Float(y)) => of_floats(op, *x, *y, span),
        (Val::Bool(x), Val::Bool(y)) => match op {
            Operator::And => Ok(Val::Bool(*x && *y)),
            Operator::Or => Ok(Val::Bool(*x || *y)),
            _ => equality(op, a, b, span),
        },
        _ => equality(op, a, b, span),
    }
}

fn equality(op: Operator, a: &Val, b: &Val, span: Span) -> Result<Val, Fault> {
    match op {
        Operator::Eq => Ok(Val::Bool(a == b)),
        Operator::Ne => Ok(Val::Bool(a != b)),
        _ => Err(Fault::mapping(span, format!("this operator on {} and {}", a.kind(), b.kind()))),
    }
}

fn known_float(size: &Size, span: Span) -> Result<f64, Fault> {
    size.known().map(|i| i as f64).ok_or_else(|| Fault::size(span, NoSize::Unknown))
}

/// A dynamic size differs from every number and from every other size: code for a special case is not chosen for it.
fn of_sizes(op: Operator, a: &Size, b: &Size, span: Span) -> Result<Val, Fault> {
    let order = || match (a.known(), b.known()) {
        (Some(a), Some(b)) => Ok(a.cmp(&b)),
        // Sizes are not negative.
        (None, Some(b)) if b < 0 => Ok(std::cmp::Ordering::Greater),
        (Some(a), None) if a < 0 => Ok(std::cmp::Ordering::Less),
        _ if a == b => Ok(std::cmp::Ordering::Equal),
        _ => Err(Fault::size(span, NoSize::Unknown)),
    };
    let number = |r: Result<Size, NoSize>| r.map(Val::Int).map_err(|e| Fault::size(span, e));
    match op {
        Operator::Add => number(a.add(b)),
        Operator::Sub => number(b.neg().and_then(|b| a.add(&b))),
        Operator::Mul => number(a.mul(b)),
        Operator::FloorDiv => number(a.floor_div(b)),
        Operator::Mod => number(a.modulo(b)),
        Operator::Eq => Ok(Val::Bool(a == b)),
        Operator::Ne => Ok(Val::Bool(a != b)),
        Operator::Lt => Ok(Val::Bool(order()?.is_lt())),
        Operator::Le => Ok(Val::Bool(order()?.is_le())),
        Operator::Gt => Ok(Val::Bool(order()?.is_gt())),
        Operator::Ge => Ok(Val::Bool(order()?.is_ge())),
        Operator::Div => Err(Fault::mapping(span, "`/` of integers: write `//`")),
        Operator::And | Operator::Or | Operator::Coalesce => {
            Err(Fault::mapping(span, "a truth value is needed, not an integer"))
        }
    }
}

fn of_floats(op: Operator, a: f64, b: f64, span: Span) -> Result<Val, Fault> {
    Ok(match op {
        Operator::Add => Val::Float(a + b),
        Operator::Sub => Val::Float(a - b),
        Operator::Mul => Val::Float(a * b),
        Operator::Div => Val::Float(a / b),
        Operator::Eq => Val::Bool(a == b),
        Operator::Ne => Val::Bool(a != b),
        Operator::Lt => Val::Bool(a < b),
        Operator::Le => Val::Bool(a <= b),
        Operator::Gt => Val::Bool(a > b),
        Operator::Ge => Val::Bool(a >= b),
        Operator::FloorDiv | Operator::Mod | Operator::And | Operator::Or | Operator::Coalesce => {
            return Err(Fault::mapping(span, "this operator on numbers with fractions"));
        }
    })
}
