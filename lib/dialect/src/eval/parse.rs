//! Text to tree, through `grammar/eval.pest`.

use super::ast::*;
use crate::core::{ArgRedKind, BinOp, RedOp, Update};
use pest::Parser;
use pest::iterators::Pair;

#[derive(pest_derive::Parser)]
#[grammar = "../../grammar/eval.pest"]
struct EvalParser;

type Result<T> = std::result::Result<T, EvalError>;

/// Brackets and `if`, `for`, `when` that may be open at once.
const MAX_DEPTH: usize = 96;
/// Keywords that nest without brackets, in one text.
const MAX_NESTING_WORDS: usize = 400;

/// Parses the statements between the braces of `eval { ... }`.
pub fn parse_block(text: &str) -> Result<Vec<Stmt>> {
    inner(whole(Rule::block_text, text)?).map(stmt).collect()
}

/// Parses one expression, such as an attribute's formula.
pub fn parse_sexpr(text: &str) -> Result<Expr> {
    expr(first(whole(Rule::expr_text, text)?)?)
}

/// Parses what stands in `tensor<...>`: `N x G*C x X.. x $T` gives the parts of the shape and the element type.
pub fn parse_shape(text: &str) -> Result<(Vec<DimPattern>, Expr)> {
    let pair = whole(Rule::shape_text, text)?;
    let span = span(&pair);
    let (mut dims, mut element) = (Vec::new(), None);
    for part in inner(pair) {
        match part.as_rule() {
            Rule::dim => dims.push(dim(part)?),
            Rule::elem => element = Some(elem(part)?),
            _ => {}
        }
    }
    Ok((dims, element.ok_or_else(|| EvalError::new(span, "expected an element type"))?))
}

/// Parses a whole definition in the compact form `op softmax(x[K at axis, I..]) {axis = -1} -> y[K at axis, I] { ... }`.
pub fn parse_op(text: &str) -> Result<Definition> {
    op(first(whole(Rule::op_text, text)?)?)
}

fn whole(rule: Rule, text: &str) -> Result<Pair<'_, Rule>> {
    check_nesting(text)?;
    let mut pairs = EvalParser::parse(rule, text).map_err(|e| syntax_error(e, text))?;
    pairs.next().ok_or_else(|| EvalError::new(0..0, "nothing to parse"))
}

/// The parser recurses, so its depth is bounded beforehand.
fn check_nesting(text: &str) -> Result<()> {
    let (mut depth, mut words) = (0usize, 0usize);
    let (mut quote, mut start) = (None, 0);
    for (at, b) in text.bytes().enumerate() {
        match (quote, b) {
            (Some(q), _) if b == q || b == b'\n' => quote = None,
            (Some(_), _) => {}
            (None, b'"' | b'\'') => quote = Some(b),
            (None, b'(' | b'[' | b'{') => depth += 1,
            (None, b')' | b']' | b'}') => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > MAX_DEPTH {
            return Err(EvalError::new(at..at + 1, format!("more than {MAX_DEPTH} brackets are open")));
        }
        if !b.is_ascii_alphanumeric() && b != b'_' {
            words += usize::from(matches!(&text.as_bytes()[start..at], b"if" | b"for" | b"when" | b"match"));
            start = at + 1;
        }
    }
    if words > MAX_NESTING_WORDS {
        return Err(EvalError::new(0..text.len(), format!("more than {MAX_NESTING_WORDS} nested constructs")));
    }
    Ok(())
}

fn syntax_error(error: pest::error::Error<Rule>, text: &str) -> EvalError {
    let (start, end) = match error.location {
        pest::error::InputLocation::Pos(p) => (p, p),
        pest::error::InputLocation::Span(s) => s,
    };
    let found: String = text.get(start..).unwrap_or("").split_whitespace().next().unwrap_or("").chars().take(20).collect();
    let mut end = end.max(start + found.len());
    end = end.min(text.len());
    let expected = match &error.variant {
        pest::error::ErrorVariant::ParsingError { positives, .. } => describe(positives),
        pest::error::ErrorVariant::CustomError { message } => message.clone(),
    };
    let found = if found.is_empty() { "the end".to_string() } else { format!("`{found}`") };
    EvalError::new(start..end, format!("expected {expected}, found {found}"))
}

fn describe(rules: &[Rule]) -> String {
    let mut names: Vec<&str> = rules
        .iter()
        .map(|r| match r {
            Rule::stmt
            | Rule::def
            | Rule::dim_stmt
            | Rule::fn_stmt
            | Rule::require
            | Rule::for_stmt
            | Rule::when_stmt
            | Rule::rec_stmt => "a statement",
            Rule::EOI => "the end",
            Rule::name => "a name",
            Rule::cmp_op | Rule::add_op | Rule::mul_op | Rule::instance | Rule::load => "an operator",
            Rule::assign => "`=`",
            Rule::dim | Rule::pack => "a size",
            Rule::elem => "an element type",
            Rule::string => "a string",
            Rule::let_type => "`:`",
            Rule::operand | Rule::known => "an operand",
            _ => "an expression",
        })
        .collect();
    names.sort_unstable();
    names.dedup();
    names.join(" or ")
}

fn span(pair: &Pair<'_, Rule>) -> Span {
    let s = pair.as_span();
    s.start()..s.start() + s.as_str().trim_end().len()
}

/// The pairs inside, but for the keywords.
fn inner(pair: Pair<'_, Rule>) -> Inner<'_> {
    let keep: fn(&Pair<'_, Rule>) -> bool = |p| !is_keyword(p.as_rule());
    pair.into_inner().filter(keep)
}

type Inner<'a> = std::iter::Filter<pest::iterators::Pairs<'a, Rule>, fn(&Pair<'a, Rule>) -> bool>;

fn is_keyword(rule: Rule) -> bool {
    use Rule::*;
    matches!(
        rule,
        k_if | k_then
            | k_else
            | k_match
            | k_or
            | k_and
            | k_at
            | k_by
            | k_dim
            | k_fn
            | k_for
            | k_when
            | k_rec
            | k_end
            | k_require
            | k_op
            | k_rank
            | k_where
            | EOI
    )
}

fn first(pair: Pair<'_, Rule>) -> Result<Pair<'_, Rule>> {
    let at = span(&pair);
    inner(pair).next().ok_or_else(|| EvalError::new(at, "incomplete"))
}

/// The inner pairs, handed out one by one; running out of them is an error, never a panic.
struct Parts<'a> {
    pairs: std::iter::Peekable<Inner<'a>>,
    span: Span,
}

impl<'a> Parts<'a> {
    fn of(pair: Pair<'a, Rule>) -> Parts<'a> {
        Parts { span: span(&pair), pairs: inner(pair).peekable() }
    }

    fn next(&mut self) -> Result<Pair<'a, Rule>> {
        self.pairs.next().ok_or_else(|| EvalError::new(self.span.clone(), "incomplete"))
    }

    fn next_if(&mut self, rule: Rule) -> Option<Pair<'a, Rule>> {
        self.pairs.next_if(|p| p.as_rule() == rule)
    }

    fn name(&mut self) -> Result<String> {
        Ok(self.next()?.as_str().to_string())
    }

    fn expr(&mut self) -> Result<Expr> {
        expr(self.next()?)
    }

    fn rest_exprs(&mut self) -> Result<Vec<Expr>> {
        self.pairs.by_ref().map(expr).collect()
    }
}

fn op(pair: Pair<'_, Rule>) -> Result<Definition> {
    let mut parts = Parts::of(pair);
    let mut out = Definition { name: parts.name()?, ..Definition::default() };
    for part in parts.pairs {
        match part.as_rule() {
            Rule::operand => out.operands.push(tensor(part)?),
            Rule::result => out.results.push(tensor(part)?),
            Rule::attrs => out.attrs = inner(part).map(attr).collect::<Result<_>>()?,
            Rule::ranks => {
                for rank in inner(part) {
                    let mut parts = Parts::of(rank);
                    out.ranks.push((parts.name()?, parts.expr()?));
                }
            }
            Rule::stmt => out.body.push(stmt(part)?),
            _ => {}
        }
    }
    Ok(out)
}

fn tensor(pair: Pair<'_, Rule>) -> Result<TensorDecl> {
    let mut out =
        TensorDecl { name: String::new(), arity: Arity::One, known: false, shape: Vec::new(), elem: None, span: span(&pair) };
    for part in inner(pair) {
        match part.as_rule() {
            Rule::known => out.known = true,
            Rule::name => out.name = part.as_str().to_string(),
            Rule::arity if part.as_str() == "?" => out.arity = Arity::Optional,
            Rule::arity => out.arity = Arity::Variadic,
            Rule::dim => out.shape.push(dim(part)?),
            Rule::elem => out.elem = Some(elem(part)?),
            _ => {}
        }
    }
    Ok(out)
}

fn attr(pair: Pair<'_, Rule>) -> Result<AttrDecl> {
    let mut parts = Parts::of(pair);
    let span = parts.span.clone();
    let name = parts.name()?;
    let list_of = if parts.next_if(Rule::attr_list).is_some() { Some(parts.expr()?) } else { None };
    let default = parts.pairs.next().map(expr).transpose()?;
    Ok(AttrDecl { name, list_of, default, span })
}

fn dim(pair: Pair<'_, Rule>) -> Result<DimPattern> {
    let mut parts = Parts::of(pair);
    let span = parts.span.clone();
    let size = parts.next()?;
    let pack = size.as_rule() == Rule::pack;
    let size = if pack { expr(first(size)?)? } else { expr(size)? };
    let at = parts.pairs.next().map(expr).transpose()?;
    Ok(DimPattern { size, pack, at, span })
}

fn elem(pair: Pair<'_, Rule>) -> Result<Expr> {
    expr(first(pair)?)
}

fn stmt(pair: Pair<'_, Rule>) -> Result<Stmt> {
    let pair = first(pair)?;
    let (rule, span) = (pair.as_rule(), span(&pair));
    let mut parts = Parts::of(pair);
    let block = |parts: &mut Parts<'_>| parts.pairs.by_ref().map(stmt).collect::<Result<Vec<_>>>();
    let kind = match rule {
        Rule::dim_stmt => StmtKind::Dim(parts.name()?, parts.expr()?),
        Rule::fn_stmt => {
            let name = parts.name()?;
            let params = inner(parts.next()?).map(|p| p.as_str().to_string()).collect();
            StmtKind::Fn(name, params, parts.expr()?)
        }
        Rule::require => {
            let cond = parts.expr()?;
            StmtKind::Require(cond, unquote(parts.next()?.as_str()))
        }
        Rule::for_stmt => StmtKind::For(parts.name()?, parts.expr()?, block(&mut parts)?),
        Rule::when_stmt => StmtKind::When(parts.expr()?, block(&mut parts)?),
        Rule::rec_stmt => StmtKind::Rec(parts.name()?, parts.expr()?, block(&mut parts)?),
        _ => StmtKind::Def(def(parts)?),
    };
    Ok(Stmt { kind, span })
}

fn def(mut parts: Parts<'_>) -> Result<Def> {
    let name = parts.name()?;
    let instance = parts.next_if(Rule::instance).map(|p| expr(first(p)?)).transpose()?;
    let mut places = Vec::new();
    while let Some(a) = parts.next_if(Rule::arg) {
        places.push(arg(a)?);
    }
    let elem = parts.next_if(Rule::let_type).map(|p| elem(first(p)?)).transpose()?;
    let update = match parts.next()?.as_str() {
        "+=" => Update::Add,
        "*=" => Update::Mul,
        "max=" => Update::Maximum,
        "min=" => Update::Minimum,
        ":=" => Update::Overwrite,
        _ => Update::Assign,
    };
    Ok(Def { name, instance, places, elem, update, body: parts.expr()? })
}

fn arg(pair: Pair<'_, Rule>) -> Result<Arg> {
    let mut parts = Parts::of(pair);
    let span = parts.span.clone();
    let inner = parts.next()?;
    let kind = match inner.as_rule() {
        Rule::vector => ArgKind::Vector,
        Rule::broadcast => ArgKind::Broadcast(expr(first(inner)?)?),
        _ => ArgKind::At(expr(inner)?, parts.pairs.next().map(expr).transpose()?),
    };
    Ok(Arg { kind, span })
}

fn unquote(text: &str) -> String {
    text.get(1..text.len().saturating_sub(1)).unwrap_or("").to_string()
}

fn bin_op(text: &str) -> BinOp {
    match text {
        "+" => BinOp::Add,
        "-" => BinOp::Sub,
        "*" => BinOp::Mul,
        "/" => BinOp::Div,
        "//" => BinOp::FloorDiv,
        "%" => BinOp::Mod,
        "==" => BinOp::Eq,
        "!=" => BinOp::Ne,
        "<" => BinOp::Lt,
        "<=" => BinOp::Le,
        ">" => BinOp::Gt,
        _ => BinOp::Ge,
    }
}

/// `a op b op c`, from the left. `and` and `or` have no operator pair between.
fn chain(pair: Pair<'_, Rule>, silent: Option<BinOp>) -> Result<Expr> {
    let mut parts = Parts::of(pair);
    let mut left = parts.expr()?;
    while let Some(next) = parts.pairs.next() {
        let (op, right) = match silent {
            Some(op) => (op, expr(next)?),
            None => (bin_op(next.as_str()), parts.expr()?),
        };
        let span = left.span.start..right.span.end;
        left = Expr { kind: ExprKind::Bin(op, Box::new(left), Box::new(right)), span };
    }
    Ok(left)
}

fn expr(pair: Pair<'_, Rule>) -> Result<Expr> {
    let span = span(&pair);
    let kind = match pair.as_rule() {
        Rule::expr => return expr(first(pair)?),
        Rule::or => return chain(pair, Some(BinOp::Or)),
        Rule::and => return chain(pair, Some(BinOp::And)),
        Rule::cmp | Rule::add | Rule::mul => return chain(pair, None),
        Rule::unary => return unary(pair),
        Rule::post => return post(pair),
        Rule::number => number(pair.as_str(), &span)?,
        Rule::string => ExprKind::Str(unquote(pair.as_str())),
        Rule::name => ExprKind::Name(pair.as_str().to_string()),
        Rule::type_var => ExprKind::Name(pair.as_str()[1..].to_string()),
        Rule::list => ExprKind::List(Parts::of(pair).rest_exprs()?),
        Rule::tuple => {
            let mut items = Parts::of(pair).rest_exprs()?;
            if items.len() == 1 {
                return Ok(items.remove(0));
            }
            ExprKind::List(items)
        }
        Rule::call | Rule::type_call => {
            let mut parts = Parts::of(pair);
            let name = parts.name()?.trim_start_matches('$').to_string();
            ExprKind::Call(name, parts.rest_exprs()?)
        }
        Rule::if_expr => {
            let mut parts = Parts::of(pair);
            ExprKind::If(Box::new(parts.expr()?), Box::new(parts.expr()?), Box::new(parts.expr()?))
        }
        Rule::match_expr => {
            let mut parts = Parts::of(pair);
            let subject = Box::new(parts.expr()?);
            ExprKind::Match(subject, parts.pairs.map(arm).collect::<Result<_>>()?)
        }
        Rule::reduce => ExprKind::Reduce(Box::new(reduce(pair)?)),
        other => return Err(EvalError::new(span, format!("{other:?} is no expression"))),
    };
    Ok(Expr { kind, span })
}

fn number(text: &str, span: &Span) -> Result<ExprKind> {
    let bad = || EvalError::new(span.clone(), format!("`{text}` is out of range"));
    if text.contains(['.', 'e', 'E']) {
        return text.parse().map(ExprKind::Float).map_err(|_| bad());
    }
    text.parse().map(ExprKind::Int).map_err(|_| bad())
}

fn unary(pair: Pair<'_, Rule>) -> Result<Expr> {
    let end = span(&pair).end;
    let mut parts = Parts::of(pair);
    let mut ops = Vec::new();
    while let Some(op) = parts.pairs.next_if(|p| matches!(p.as_rule(), Rule::minus | Rule::k_not)) {
        ops.push((op.as_rule() == Rule::minus, op.as_span().start()));
    }
    if ops.len() > MAX_DEPTH {
        return Err(EvalError::new(parts.span, "too many prefix operators"));
    }
    let mut e = parts.expr()?;
    for (minus, start) in ops.into_iter().rev() {
        let inner = Box::new(e);
        e = Expr { kind: if minus { ExprKind::Neg(inner) } else { ExprKind::Not(inner) }, span: start..end };
    }
    Ok(e)
}

fn post(pair: Pair<'_, Rule>) -> Result<Expr> {
    let mut parts = Parts::of(pair);
    let mut e = parts.expr()?;
    let mut instances = Vec::new();
    while let Some(i) = parts.next_if(Rule::instance) {
        instances.push(expr(first(i)?)?);
    }
    let load = parts.next_if(Rule::load);
    let loaded = load.is_some();
    let mut last = if loaded { instances.pop() } else { None };
    for item in instances {
        let span = e.span.start..item.span.end;
        e = Expr { kind: ExprKind::Item(Box::new(e), Box::new(item)), span };
    }
    if let Some(load) = load {
        let span = e.span.start..span(&load).end;
        let ExprKind::Name(name) = e.kind else {
            return Err(EvalError::new(e.span, "only an operand, a result or a let has elements"));
        };
        let (mut args, mut else_) = (Vec::new(), None);
        for part in inner(load) {
            match part.as_rule() {
                Rule::arg => args.push(arg(part)?),
                _ => else_ = Some(expr(first(part)?)?),
            }
        }
        e = Expr { kind: ExprKind::Load(Box::new(LoadExpr { name, instance: last.take(), args, else_ })), span };
    }
    if let Some(other) = parts.pairs.next() {
        let other = expr(other)?;
        let span = e.span.start..other.span.end;
        e = Expr { kind: ExprKind::Coalesce(Box::new(e), Box::new(other)), span };
    }
    Ok(e)
}

fn arm(pair: Pair<'_, Rule>) -> Result<Arm> {
    let mut parts = Parts::of(pair);
    let pattern = parts.next()?;
    let patterns = inner(pattern).filter(|p| p.as_rule() != Rule::any_pattern).map(expr).collect::<Result<_>>()?;
    Ok(Arm { patterns, value: parts.expr()? })
}

fn reduce(pair: Pair<'_, Rule>) -> Result<Reduce> {
    let mut parts = Parts::of(pair);
    let kind = match parts.next()?.as_str() {
        "sum" => ReduceKind::Red(RedOp::Add),
        "prod" => ReduceKind::Red(RedOp::Mul),
        "max" => ReduceKind::Red(RedOp::Maximum),
        "min" => ReduceKind::Red(RedOp::Minimum),
        "nanmax" => ReduceKind::Red(RedOp::Maxnum),
        "nanmin" => ReduceKind::Red(RedOp::Minnum),
        "any" => ReduceKind::Red(RedOp::Or),
        "all" => ReduceKind::Red(RedOp::And),
        "argmax" => ReduceKind::Arg(ArgRedKind::Argmax),
        "argmin" => ReduceKind::Arg(ArgRedKind::Argmin),
        "argmax_last" => ReduceKind::Arg(ArgRedKind::ArgmaxLast),
        "argmin_last" => ReduceKind::Arg(ArgRedKind::ArgminLast),
        _ => ReduceKind::Count,
    };
    let mut binds = Vec::new();
    while let Some(b) = parts.next_if(Rule::bind) {
        let mut parts = Parts::of(b);
        let span = parts.span.clone();
        let name = parts.name()?;
        let bound = parts.next_if(Rule::bind_op).map(|op| Ok((parts.expr()?, op.as_str() == "<="))).transpose()?;
        binds.push(Bind { name, bound, span });
    }
    let filter = parts.next_if(Rule::filter).map(|p| expr(first(p)?)).transpose()?;
    let by = parts.next_if(Rule::by).map(|p| expr(first(p)?)).transpose()?;
    let body = parts.expr()?;
    if matches!(kind, ReduceKind::Arg(_)) != by.is_some() {
        return Err(EvalError::new(parts.span, "`by` belongs to argmax and argmin, which need it"));
    }
    Ok(Reduce { kind, binds, filter, by, body })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes() {
        let (dims, elem) = parse_shape("N x G*C x X.. x $T").unwrap();
        assert_eq!(dims.iter().map(|d| d.pack).collect::<Vec<_>>(), [false, false, true]);
        assert_eq!(elem.kind, ExprKind::Name("T".into()));
        let (dims, _) = parse_shape("K at axis x I.. x f32").unwrap();
        assert_eq!(dims.len(), 2);
        assert!(dims[0].at.is_some());
        assert_eq!(parse_shape("4x8xf32").unwrap().0.len(), 2);
        assert_eq!(parse_shape("$T").unwrap().0.len(), 0);
        assert!(parse_shape("N x").is_err());
    }

    #[test]
    fn statements_need_no_separator() {
        let block =
            parse_block("dim P = X + 1\n order[i] = x[i] -- comment\n nothing[i] = not_b[i]\n notes[i] += not b[i]; z[] = 1")
                .unwrap();
        assert_eq!(block.len(), 5);
        let StmtKind::Def(def) = &block[3].kind else { panic!("{:?}", block[3]) };
        assert!(matches!(def.body.kind, ExprKind::Not(_)));
    }

    #[test]
    fn precedence_and_else() {
        let e = parse_sexpr("a + b * -c // 2 == d and not e or f").unwrap();
        assert!(matches!(e.kind, ExprKind::Bin(BinOp::Or, ..)));
        let block = parse_block("y[i] = x[if i == 0 then 0 else i else 7] ?? 1.0").unwrap();
        let StmtKind::Def(def) = &block[0].kind else { panic!() };
        let ExprKind::Coalesce(load, _) = &def.body.kind else { panic!("{:?}", def.body) };
        let ExprKind::Load(load) = &load.kind else { panic!() };
        assert!(load.else_.is_some());
    }

    #[test]
    fn errors_have_spans() {
        let e = parse_block("y[i] = x[i] +").unwrap_err();
        assert_eq!((e.span, e.message.as_str()), (13..13, "expected an expression, found the end"));
        let deep = "(".repeat(10_000);
        assert!(parse_sexpr(&deep).unwrap_err().message.contains("brackets"));
        assert!(parse_sexpr(&"-".repeat(100_000)).is_err());
        assert!(parse_sexpr(&"if a then b else ".repeat(10_000)).is_err());
        assert!(parse_sexpr(&"- ".repeat(100_000)).is_err());
    }
}
