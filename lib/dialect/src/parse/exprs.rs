//! Terms, expressions, format elements and rule patterns from pairs. Nesting is bounded by the brackets counted before.

use super::{NUMBER, Reader, Rule, unquote};
use crate::ast::*;
use edge_support::Reported;
use pest::iterators::Pair;

type Read<T> = Result<T, Reported>;

impl Reader<'_> {
    pub fn float(&self, at: usize, pair: &Pair<'_, Rule>) -> Read<f64> {
        let text = pair.as_str().trim();
        text.parse().map_err(|_| self.error(NUMBER, self.span(at, pair), format!("{text} is no number")))
    }

    pub fn term(&self, at: usize, pair: Pair<'_, Rule>) -> Read<Term> {
        let span = self.span(at, &pair);
        let mut parts = vec![];
        for single in pair.into_inner() {
            parts.push(self.term_single(at, single)?);
        }
        match parts.len() {
            1 => Ok(parts.remove(0)),
            _ => Ok(Spanned::new(TermNode::Or(parts), span)),
        }
    }

    pub fn term_single<'t>(&self, at: usize, pair: Pair<'t, Rule>) -> Read<Term> {
        let span = self.span(at, &pair);
        let Some(inner) = pair.into_inner().next() else {
            return Err(self.error(super::SYNTAX, span, "expected a constraint"));
        };
        let text = inner.as_str().trim();
        let node = match inner.as_rule() {
            Rule::variable => TermNode::Var(text[1..].to_string()),
            Rule::pack => TermNode::Pack(text[1..text.len() - 2].to_string()),
            Rule::term_name => TermNode::Name(text.to_string()),
            Rule::string => TermNode::Str(unquote(text)),
            Rule::term => return self.term(at, inner),
            Rule::number_term => match inner.into_inner().next() {
                Some(n) if n.as_rule() == Rule::integer => TermNode::Int(self.integer(at, &n)?),
                Some(n) => TermNode::Float(self.float(at, &n)?),
                None => TermNode::Int(0),
            },
            Rule::term_call => {
                let (name, rest) = self.head(inner);
                TermNode::Call(name, rest.into_iter().map(|p| self.term(at, p)).collect::<Read<_>>()?)
            }
            Rule::dialect_type => {
                let sigil = if text.starts_with('!') { '!' } else { '#' };
                let (name, rest) = self.head(inner);
                TermNode::Dialect { sigil, name, args: rest.into_iter().map(|p| self.term(at, p)).collect::<Read<_>>()? }
            }
            Rule::shaped => self.shaped(at, inner)?,
            other => return Err(self.error(super::SYNTAX, span, format!("unexpected {other:?}"))),
        };
        Ok(Spanned::new(node, span))
    }

    /// The first inner pair's text, and the rest.
    fn head<'t>(&self, pair: Pair<'t, Rule>) -> (String, Vec<Pair<'t, Rule>>) {
        let mut inner = pair.into_inner();
        let name = inner.next().map(|p| p.as_str().trim().to_string()).unwrap_or_default();
        (name, inner.collect())
    }

    fn shaped(&self, at: usize, pair: Pair<'_, Rule>) -> Read<TermNode> {
        let (kind, rest) = self.head(pair);
        let (mut dims, mut elem, mut extra) = (vec![], None, vec![]);
        for part in rest {
            match part.as_rule() {
                Rule::dim => dims.push(self.name(at, &part)),
                Rule::element_term => elem = part.into_inner().next().map(|t| self.term(at, t)).transpose()?,
                _ => extra.push(self.term(at, part)?),
            }
        }
        let elem = elem.ok_or_else(|| self.diags.error(edge_support::Diagnostic::error(super::SYNTAX, "no element type")))?;
        Ok(TermNode::Shaped { kind, dims, elem: Box::new(elem), extra })
    }

    pub fn expr(&self, at: usize, pair: Pair<'_, Rule>) -> Read<Expr> {
        let span = self.span(at, &pair);
        let rule = pair.as_rule();
        match rule {
            Rule::expr | Rule::disjunct | Rule::compare | Rule::sum | Rule::product => self.chain(at, pair),
            Rule::negated => {
                let mut inner = pair.into_inner();
                match (inner.next(), inner.next()) {
                    (Some(_), Some(body)) => Ok(Spanned::new(ExprNode::Not(Box::new(self.expr(at, body)?)), span)),
                    (Some(body), None) => self.expr(at, body),
                    _ => Err(self.error(super::SYNTAX, span, "expected an expression")),
                }
            }
            _ => self.atom(at, pair),
        }
    }

    /// `a op b op c`, from the left.
    fn chain(&self, at: usize, pair: Pair<'_, Rule>) -> Read<Expr> {
        let implied = if pair.as_rule() == Rule::expr { BinaryOp::Or } else { BinaryOp::And };
        let mut left: Option<Expr> = None;
        let mut op = implied;
        let whole = self.span(at, &pair);
        for part in pair.into_inner() {
            if matches!(part.as_rule(), Rule::compare_op | Rule::sum_op | Rule::product_op) {
                op = binary(part.as_str());
                continue;
            }
            let right = self.expr(at, part)?;
            left = Some(match left {
                None => right,
                Some(l) => {
                    let span = l.span.to(right.span);
                    Spanned::new(ExprNode::Binary(op, Box::new(l), Box::new(right)), span)
                }
            });
        }
        left.ok_or_else(|| self.error(super::SYNTAX, whole, "expected an expression"))
    }

    fn atom(&self, at: usize, pair: Pair<'_, Rule>) -> Read<Expr> {
        let span = self.span(at, &pair);
        let Some(inner) = pair.into_inner().next() else { return Err(self.error(super::SYNTAX, span, "expected a value")) };
        let text = inner.as_str().trim().to_string();
        let node = match inner.as_rule() {
            Rule::integer => ExprNode::Int(self.integer(at, &inner)?),
            Rule::float => ExprNode::Float(self.float(at, &inner)?),
            Rule::string => ExprNode::Str(unquote(&text)),
            Rule::variable => ExprNode::Var(text[1..].to_string()),
            Rule::dialect_type => ExprNode::Attr(text),
            Rule::list => ExprNode::List(inner.into_inner().map(|p| self.expr(at, p)).collect::<Read<_>>()?),
            Rule::call => {
                let (name, rest) = self.head(inner);
                ExprNode::Call(name, rest.into_iter().map(|p| self.expr(at, p)).collect::<Read<_>>()?)
            }
            Rule::expr => return self.expr(at, inner),
            _ => ExprNode::Name(text),
        };
        Ok(Spanned::new(node, span))
    }

    pub fn elements<'t>(&self, at: usize, pairs: impl Iterator<Item = Pair<'t, Rule>>) -> Read<Vec<Element>> {
        pairs.filter(|p| p.as_rule() == Rule::element).map(|p| self.element(at, p)).collect()
    }

    fn element(&self, at: usize, pair: Pair<'_, Rule>) -> Read<Element> {
        let span = self.span(at, &pair);
        let (mut node, mut anchor) = (ElementNode::Literal(String::new()), false);
        for part in pair.into_inner() {
            node = match part.as_rule() {
                Rule::anchor => {
                    anchor = true;
                    continue;
                }
                Rule::group => self.group(at, part)?,
                Rule::oilist => self.one_of(at, part)?,
                Rule::field => ElementNode::Field(part.as_str().trim()[1..].to_string()),
                Rule::literal => ElementNode::Literal(literal(part.as_str())),
                _ => {
                    let (name, rest) = self.head(part);
                    ElementNode::Directive(name, rest.into_iter().map(|p| self.argument(at, p)).collect::<Read<_>>()?)
                }
            };
        }
        Ok(Element { node, anchor, span })
    }

    fn group(&self, at: usize, pair: Pair<'_, Rule>) -> Read<ElementNode> {
        let (mut then, mut otherwise) = (vec![], vec![]);
        for part in pair.into_inner() {
            let list = self.elements(at, part.clone().into_inner())?;
            if part.as_rule() == Rule::group_then { then = list } else { otherwise = list }
        }
        Ok(ElementNode::Group { then, otherwise })
    }

    fn one_of(&self, at: usize, pair: Pair<'_, Rule>) -> Read<ElementNode> {
        let cases = pair.into_inner().map(|case| self.elements(at, case.into_inner())).collect::<Read<_>>()?;
        Ok(ElementNode::OneOf(cases))
    }

    fn argument(&self, at: usize, pair: Pair<'_, Rule>) -> Read<Argument> {
        let span = self.span(at, &pair);
        let Some(inner) = pair.into_inner().next() else { return Err(self.error(super::SYNTAX, span, "expected an argument")) };
        let text = inner.as_str().trim().to_string();
        let node = match inner.as_rule() {
            Rule::field => ArgumentNode::Field(text[1..].to_string()),
            Rule::literal => ArgumentNode::Literal(literal(&text)),
            Rule::integer => ArgumentNode::Int(self.integer(at, &inner)?),
            Rule::string => ArgumentNode::Str(unquote(&text)),
            _ => {
                let (name, rest) = self.head(inner);
                ArgumentNode::Directive(name, rest.into_iter().map(|p| self.argument(at, p)).collect::<Read<_>>()?)
            }
        };
        Ok(Spanned::new(node, span))
    }

    pub fn pattern(&self, at: usize, pair: Pair<'_, Rule>) -> Read<Pattern> {
        let span = self.span(at, &pair);
        let Some(inner) = pair.into_inner().next() else { return Err(self.error(super::SYNTAX, span, "expected a pattern")) };
        let node = match inner.as_rule() {
            Rule::pattern_op => self.pattern_op(at, inner)?,
            Rule::pattern_var => {
                let mut parts = inner.into_inner();
                let name = parts.next().map(|p| p.as_str()[1..].to_string()).unwrap_or_default();
                PatternNode::Var(name, parts.next().map(|t| self.term(at, t)).transpose()?)
            }
            _ => match inner.into_inner().next() {
                Some(n) if n.as_rule() == Rule::integer => PatternNode::Int(self.integer(at, &n)?),
                Some(n) => PatternNode::Float(self.float(at, &n)?),
                None => PatternNode::Int(0),
            },
        };
        Ok(Spanned::new(node, span))
    }

    fn pattern_op(&self, at: usize, pair: Pair<'_, Rule>) -> Read<PatternNode> {
        let mut name = Spanned::new(String::new(), self.span(at, &pair));
        let (mut binding, mut args, mut attrs, mut ty) = (None, vec![], vec![], None);
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::variable => binding = Some(part.as_str()[1..].to_string()),
                Rule::dotted => name = self.name(at, &part),
                Rule::pattern_arg => {
                    let mut label = None;
                    for p in part.into_inner() {
                        match p.as_rule() {
                            Rule::ident => label = Some(self.name(at, &p)),
                            _ => args.push((label.take(), self.pattern(at, p)?)),
                        }
                    }
                }
                Rule::pattern_attrs => {
                    for attr in part.into_inner() {
                        let mut inner = attr.into_inner();
                        if let (Some(n), Some(e)) = (inner.next(), inner.next()) {
                            attrs.push((self.name(at, &n), self.expr(at, e)?));
                        }
                    }
                }
                _ => ty = Some(self.term(at, part)?),
            }
        }
        Ok(PatternNode::Op { binding, name, args, attrs, ty })
    }
}

fn literal(text: &str) -> String {
    text.trim().trim_matches('`').replace("\\n", "\n")
}

fn binary(text: &str) -> BinaryOp {
    match text.trim() {
        "==" => BinaryOp::Eq,
        "!=" => BinaryOp::Ne,
        "<=" => BinaryOp::Le,
        ">=" => BinaryOp::Ge,
        "<" => BinaryOp::Lt,
        ">" => BinaryOp::Gt,
        "in" => BinaryOp::In,
        "+" => BinaryOp::Add,
        "-" => BinaryOp::Sub,
        "*" => BinaryOp::Mul,
        "/" => BinaryOp::Div,
        _ => BinaryOp::Rem,
    }
}
