//! The text of a mapping or function as its tree.

use super::ast::*;
use edge_support::{Diagnostic, Diagnostics, FileId, Reported, Span};
use pest::Parser;
use pest::iterators::Pair;

edge_support::codes! {
    /// The text of an operator mapping, or of a function that mappings use, cannot be read.
    BAD_MAPPING = "E0731";
}

#[derive(pest_derive::Parser)]
#[grammar = "../../../grammar/mapping.pest"]
struct MappingParser;

/// Where a text stands: spans of its parts are relative to this.
#[derive(Clone, Copy)]
struct At {
    file: FileId,
    start: usize,
}

impl At {
    fn span(self, pair: &Pair<'_, Rule>) -> Span {
        let span = pair.as_span();
        let text = span.as_str();
        Span::new(self.file, self.start + span.start(), self.start + span.start() + text.trim_end().len())
    }
}

/// Reads what follows the word `onnx`; `text` stands at `span`.
pub fn mapping(text: &str, span: Span, diags: &Diagnostics) -> Result<Mapping, Reported> {
    let (root, at) = parse(Rule::mapping, text, span, diags)?;
    let mut out = Mapping {
        domain: String::new(),
        op_type: String::new(),
        since: 0,
        params: vec![],
        attrs: vec![],
        body: Body { stmts: vec![], result: Expr { node: Node::List(vec![]), span } },
        span,
    };
    for part in inner(root) {
        match part.as_rule() {
            Rule::domain => out.domain = part.as_str().trim_end_matches('.').trim_matches('"').to_string(),
            Rule::ident => out.op_type = part.as_str().to_string(),
            Rule::integer => out.since = integer(&part, at, diags)?,
            Rule::param => out.params.push(param(part)),
            Rule::attrs => out.attrs = inner(part).map(|a| attr_param(a, at, diags)).collect::<Result<_, _>>()?,
            Rule::body => out.body = body(part, at, diags)?,
            _ => {}
        }
    }
    Ok(out)
}

/// Reads what follows the word `fn`; `text` stands at `span`.
pub fn function(text: &str, span: Span, diags: &Diagnostics) -> Result<Function, Reported> {
    let (root, at) = parse(Rule::function, text, span, diags)?;
    let mut names = vec![];
    let mut found = None;
    for part in inner(root) {
        match part.as_rule() {
            Rule::ident => names.push(part.as_str().to_string()),
            Rule::body => found = Some(body(part, at, diags)?),
            _ => {}
        }
    }
    let unread = || diags.error(Diagnostic::error(BAD_MAPPING, "a function without a name or a body").at(span));
    let body = found.ok_or_else(unread)?;
    if names.is_empty() {
        return Err(unread());
    }
    let name = names.remove(0);
    Ok(Function { name, params: names, body, span })
}

fn parse<'a>(rule: Rule, text: &'a str, span: Span, diags: &Diagnostics) -> Result<(Pair<'a, Rule>, At), Reported> {
    let at = At { file: span.file, start: span.start as usize };
    let failed = |place: usize, message: String| {
        let start = at.start + place.min(text.len());
        diags.error(Diagnostic::error(BAD_MAPPING, message).at(Span::new(at.file, start, start + 1)))
    };
    let mut pairs = MappingParser::parse(rule, text).map_err(|e| {
        let place = match e.location {
            pest::error::InputLocation::Pos(p) | pest::error::InputLocation::Span((p, _)) => p,
        };
        failed(place, format!("this mapping cannot be read here: {}", e.variant.message()))
    })?;
    Ok((pairs.next().ok_or_else(|| failed(0, "an empty mapping".to_string()))?, at))
}

/// The parts of a rule, without keywords.
fn inner(pair: Pair<'_, Rule>) -> impl Iterator<Item = Pair<'_, Rule>> + Clone {
    use Rule::*;
    pair.into_inner().filter(|p| {
        !matches!(p.as_rule(), kw_if | kw_then | kw_else | kw_match | kw_let | kw_require | kw_and | kw_or | kw_not)
    })
}

fn param(pair: Pair<'_, Rule>) -> Param {
    let text = pair.as_str();
    let (name, kind) = match (text.strip_suffix('?'), text.strip_suffix('*')) {
        (Some(name), _) => (name, ParamKind::Optional),
        (_, Some(name)) => (name, ParamKind::Variadic),
        _ => (text, ParamKind::Required),
    };
    Param { name: name.to_string(), kind }
}

fn attr_param(pair: Pair<'_, Rule>, at: At, diags: &Diagnostics) -> Result<AttrParam, Reported> {
    let mut parts = inner(pair);
    let name = parts.next().map_or("", |p| p.as_str()).to_string();
    let default = parts.next().map(|e| expr(e, at, diags)).transpose()?;
    Ok(AttrParam { name, default })
}

fn body(pair: Pair<'_, Rule>, at: At, diags: &Diagnostics) -> Result<Body, Reported> {
    let span = at.span(&pair);
    let (mut stmts, mut result) = (vec![], None);
    let parts = inner(pair).flat_map(|p| if p.as_rule() == Rule::block { inner(p).collect() } else { vec![p] });
    for part in parts {
        match part.as_rule() {
            Rule::let_stmt => {
                let mut parts = inner(part);
                let name = parts.next().map_or("", |p| p.as_str()).to_string();
                for value in parts {
                    stmts.push(Stmt::Let(name.clone(), expr(value, at, diags)?));
                }
            }
            Rule::require => {
                let parts: Vec<_> = inner(part).collect();
                if let [condition, message] = &parts[..] {
                    stmts.push(Stmt::Require(expr(condition.clone(), at, diags)?, unquoted(message)));
                }
            }
            _ => result = Some(expr(part, at, diags)?),
        }
    }
    let missing = || diags.error(Diagnostic::error(BAD_MAPPING, "a mapping without a result").at(span));
    Ok(Body { stmts, result: result.ok_or_else(missing)? })
}

fn unquoted(pair: &Pair<'_, Rule>) -> String {
    pair.as_str().trim_matches('"').to_string()
}

fn integer(pair: &Pair<'_, Rule>, at: At, diags: &Diagnostics) -> Result<i64, Reported> {
    let too_large = |_| diags.error(Diagnostic::error(BAD_MAPPING, "this number does not fit 64 bits").at(at.span(pair)));
    pair.as_str().parse().map_err(too_large)
}

/// Any rule from `expr` down. A rule with a single part is that part.
fn expr(pair: Pair<'_, Rule>, at: At, diags: &Diagnostics) -> Result<Expr, Reported> {
    let span = at.span(&pair);
    let rule = pair.as_rule();
    let node = match rule {
        Rule::integer => Node::Int(integer(&pair, at, diags)?),
        Rule::float => Node::Float(pair.as_str().parse().unwrap_or(f64::NAN)),
        Rule::string => Node::Str(unquoted(&pair)),
        Rule::name => Node::Name(pair.as_str().trim_end().to_string()),
        Rule::list => Node::List(exprs(pair, at, diags)?),
        Rule::tuple => {
            let mut items = exprs(pair, at, diags)?;
            if items.len() == 1 { items.remove(0).node } else { Node::Tuple(items) }
        }
        Rule::call => call(pair, at, diags)?,
        Rule::if_expr => {
            let [a, b, c] = parts(pair, at, diags)?;
            Node::If(a, b, c)
        }
        Rule::match_expr => matching(pair, at, diags)?,
        Rule::negated | Rule::unary => return prefixed(pair, at, diags),
        _ => return chain(pair, at, diags),
    };
    Ok(Expr { node, span })
}

fn exprs(pair: Pair<'_, Rule>, at: At, diags: &Diagnostics) -> Result<Vec<Expr>, Reported> {
    inner(pair).map(|p| expr(p, at, diags)).collect()
}

/// Exactly `N` parts, as the grammar has them.
fn parts<const N: usize>(pair: Pair<'_, Rule>, at: At, diags: &Diagnostics) -> Result<[Box<Expr>; N], Reported> {
    let span = at.span(&pair);
    let list: Vec<Box<Expr>> = exprs(pair, at, diags)?.into_iter().map(Box::new).collect();
    list.try_into().map_err(|_| diags.error(Diagnostic::error(BAD_MAPPING, "this expression lacks a part").at(span)))
}

/// `not e`, `-e`, or `e`.
fn prefixed(pair: Pair<'_, Rule>, at: At, diags: &Diagnostics) -> Result<Expr, Reported> {
    let (rule, span) = (pair.as_rule(), at.span(&pair));
    let parts: Vec<_> = inner(pair).collect();
    let negated = parts.iter().any(|p| p.as_rule() == rule);
    let Some(last) = parts.into_iter().next_back() else {
        return Err(diags.error(Diagnostic::error(BAD_MAPPING, "an expression is missing here").at(span)));
    };
    let operand = expr(last, at, diags)?;
    if !negated {
        return Ok(operand);
    }
    let node = match (rule, operand.node) {
        (Rule::negated, node) => Node::Not(Box::new(Expr { node, span: operand.span })),
        (_, Node::Int(i)) => Node::Int(i.wrapping_neg()),
        (_, Node::Float(f)) => Node::Float(-f),
        (_, node) => Node::Neg(Box::new(Expr { node, span: operand.span })),
    };
    Ok(Expr { node, span })
}

fn call(pair: Pair<'_, Rule>, at: At, diags: &Diagnostics) -> Result<Node, Reported> {
    let (mut callee, mut args, mut attrs) = (String::new(), vec![], vec![]);
    for part in inner(pair) {
        match part.as_rule() {
            Rule::call_head => callee = part.as_str().trim_end_matches('(').to_string(),
            Rule::attrs => {
                for attr in inner(part) {
                    let span = at.span(&attr);
                    let AttrParam { name, default } = attr_param(attr, at, diags)?;
                    // `{ axis }` is short for `{ axis = axis }`.
                    attrs.push((name.clone(), default.unwrap_or(Expr { node: Node::Name(name), span })));
                }
            }
            _ => args.push(expr(part, at, diags)?),
        }
    }
    Ok(Node::Call { callee, args, attrs })
}

fn matching(pair: Pair<'_, Rule>, at: At, diags: &Diagnostics) -> Result<Node, Reported> {
    let (mut subject, mut arms) = (None, vec![]);
    for part in inner(pair) {
        if part.as_rule() != Rule::arm {
            subject = Some(Box::new(expr(part, at, diags)?));
            continue;
        }
        let mut patterns = vec![];
        for piece in inner(part).filter(|p| p.as_rule() != Rule::otherwise) {
            patterns.push(expr(piece, at, diags)?);
        }
        if let Some(value) = patterns.pop() {
            arms.push((patterns, value));
        }
    }
    Ok(Node::Match(subject, arms))
}

/// `a op b op c`, from the left.
fn chain(pair: Pair<'_, Rule>, at: At, diags: &Diagnostics) -> Result<Expr, Reported> {
    let (rule, span) = (pair.as_rule(), at.span(&pair));
    let mut out: Option<Expr> = None;
    let mut operator = match rule {
        Rule::coalesce => Some(Operator::Coalesce),
        Rule::disjunct => Some(Operator::Or),
        Rule::conjunct => Some(Operator::And),
        _ => None,
    };
    for part in inner(pair) {
        if matches!(part.as_rule(), Rule::compare_op | Rule::sum_op | Rule::product_op) {
            operator = Some(operator_of(part.as_str()));
            continue;
        }
        let right = expr(part, at, diags)?;
        out = Some(match out {
            None => right,
            Some(left) => {
                let span = left.span.to(right.span);
                let node = match (rule, operator) {
                    (Rule::postfix, _) => Node::Item(Box::new(left), Box::new(right)),
                    (_, Some(op)) => Node::Binary(op, Box::new(left), Box::new(right)),
                    (_, None) => right.node,
                };
                Expr { node, span }
            }
        });
    }
    out.ok_or_else(|| diags.error(Diagnostic::error(BAD_MAPPING, "an expression is missing here").at(span)))
}

fn operator_of(text: &str) -> Operator {
    match text {
        "+" => Operator::Add,
        "-" => Operator::Sub,
        "*" => Operator::Mul,
        "/" => Operator::Div,
        "//" => Operator::FloorDiv,
        "%" => Operator::Mod,
        "!=" => Operator::Ne,
        "<" => Operator::Lt,
        "<=" => Operator::Le,
        ">" => Operator::Gt,
        ">=" => Operator::Ge,
        _ => Operator::Eq,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use edge_support::SourceMap;

    fn read(text: &str) -> Result<Mapping, String> {
        let (sources, diags) = (SourceMap::new(), Diagnostics::new());
        let file = sources.add("test.dialect", text);
        mapping(text, Span::new(file, 0, text.len()), &diags).map_err(|_| diags.render(&sources))
    }

    #[test]
    fn reads_statements_and_operations() {
        let m = read(
            r#"Conv since 11 (x, w, b?) { group = 1, pads = None } => {
                 let X = drop(shape(x), 2)   // the sizes to slide over
                 require group > 0 "no groups"
                 (nn.conv(x, w, b) { group, low = take(pads ?? rep(0, 2*len(X)), len(X)) }, -1)
               }"#,
        )
        .expect("reads");
        assert_eq!((m.op_type.as_str(), m.since, m.params.len(), m.attrs.len(), m.body.stmts.len()), ("Conv", 11, 3, 2, 2));
        let Node::Tuple(results) = &m.body.result.node else { panic!("{:?}", m.body.result) };
        assert_eq!(results[1].node, Node::Int(-1));
        assert!(
            matches!(&results[0].node, Node::Call { callee, args, attrs } if callee == "nn.conv" && args.len() == 3 && attrs.len() == 2)
        );
    }

    #[test]
    fn binds_as_usual() {
        let m = read("A since 1 (x) => if a == 1 and not b or c then x#0 else 1 + 2*3 // 4").expect("reads");
        let Node::If(condition, item, sum) = m.body.result.node else { panic!() };
        assert!(matches!(condition.node, Node::Binary(Operator::Or, _, _)));
        assert!(matches!(item.node, Node::Item(_, _)));
        let Node::Binary(Operator::Add, _, product) = sum.node else { panic!() };
        assert!(matches!(product.node, Node::Binary(Operator::FloorDiv, _, _)));
    }

    #[test]
    fn tells_where_it_fails() {
        let error = read("Relu since 6 (x) => nn.relu(x").expect_err("unclosed");
        assert!(error.contains("E0731") && error.contains("test.dialect:1:30"), "{error}");
    }
}
