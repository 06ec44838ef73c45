//! Clauses of operations, types and attributes.

use super::split::{self, Piece};
use super::{REJECT_MESSAGE, Reader, Rule, UNKNOWN_KEYWORD, unquote};
use crate::ast::*;
use edge_support::Reported;
use pest::iterators::Pair;

type Read<T> = Result<T, Reported>;

impl Reader<'_> {
    /// The clauses that one piece says: `where` gives one for each variable.
    pub fn clause(&self, piece: &Piece<'_>) -> Read<Vec<Clause>> {
        let at = piece.slice.at;
        let apply = |rule| self.apply(rule, piece.slice);
        Ok(vec![match piece.keyword {
            "operand" | "result" => self.value(at, apply(Rule::value_clause)?)?,
            "property" | "attribute" | "attr" => self.property(at, apply(Rule::property_clause)?)?,
            "param" => self.param(at, apply(Rule::param_clause)?)?,
            "region" => self.region(at, apply(Rule::region_clause)?)?,
            "successor" => self.successor(at, apply(Rule::successor_clause)?),
            "body" => self.body(at, apply(Rule::body_clause)?)?,
            "where" => return self.wheres(at, apply(Rule::where_clause)?),
            "verify" => self.verify(at, apply(Rule::verify_clause)?)?,
            "format" => {
                let pair = apply(Rule::format_clause)?;
                let span = self.span(at, &pair);
                Clause::Format(self.elements(at, pair.into_inner())?, span)
            }
            "form" => {
                let pair = apply(Rule::form_clause)?;
                let span = self.span(at, &pair);
                let mut inner = pair.into_inner();
                let name = inner.next().map_or(Spanned::new(String::new(), span), |p| self.name(at, &p));
                Clause::Form(name, self.elements(at, inner)?, span)
            }
            "eval" => Clause::Eval(split::raw(self, piece)),
            "example" => Clause::Example(split::raw(self, piece)),
            "lowering" => Clause::Lowering(split::raw(self, piece)),
            "onnx" => Clause::Onnx(split::raw(self, piece)),
            "reject" => self.reject(split::raw(self, piece))?,
            "alias" => Clause::Alias(self.only_name(at, apply(Rule::alias_clause)?)),
            "opaque" => apply(Rule::opaque_clause).map(|_| Clause::Opaque)?,
            "native" => Clause::Native(self.only_name(at, apply(Rule::native_clause)?)),
            "since" | "was" | "renamed" => self.version(at, piece)?,
            _ => {
                let known = split::CLAUSES.join(", ");
                let message = format!("a clause starts on a line of its own with one of {known}");
                return Err(self.error(UNKNOWN_KEYWORD, self.span_of(piece.slice), message));
            }
        }])
    }

    fn only_name(&self, at: usize, pair: Pair<'_, Rule>) -> Name {
        let whole = self.name(at, &pair);
        pair.into_inner().next().map(|p| self.name(at, &p)).unwrap_or(whole)
    }

    fn value(&self, at: usize, pair: Pair<'_, Rule>) -> Read<Clause> {
        let mut kind = String::new();
        let (mut names, mut term, mut segments, mut counted, mut effects) = (vec![], None, None, None, vec![]);
        let span = self.span(at, &pair);
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::value_kind => kind = part.as_str().to_string(),
                Rule::name => names.push(self.name(at, &part)),
                Rule::term => term = Some(self.term(at, part)?),
                Rule::segments => {
                    for p in part.into_inner() {
                        let mut call = p.clone().into_inner().map(|c| self.name(at, &c));
                        match (p.as_rule(), call.next(), call.next()) {
                            (Rule::counted, Some(by), Some(of)) => counted = Some((by, of)),
                            _ => segments = Some(self.name(at, &p)),
                        }
                    }
                }
                Rule::effects => effects = part.into_inner().map(|p| self.name(at, &p)).collect(),
                _ => {}
            }
        }
        let term = term.unwrap_or(Spanned::new(TermNode::Name("any".into()), span));
        let arity = if kind.contains("**") {
            Arity::VariadicOfVariadic
        } else if kind.contains('*') {
            Arity::Variadic
        } else if kind.contains('?') {
            Arity::Optional
        } else {
            Arity::One
        };
        let (result, known) = (kind.starts_with("result"), kind.contains('!'));
        Ok(Clause::Value(ValueClause { names, result, arity, known, term, segments, counted, effects }))
    }

    fn property(&self, at: usize, pair: Pair<'_, Rule>) -> Read<Clause> {
        let span = self.span(at, &pair);
        let mut clause = PropertyClause {
            names: vec![],
            discardable: false,
            optional: false,
            term: Spanned::new(TermNode::Name("any".into()), span),
            list: false,
            each: None,
            default: None,
        };
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::property_kind => {
                    clause.discardable = part.as_str().starts_with("attribute");
                    clause.optional = part.as_str().ends_with('?');
                }
                Rule::attr_name => clause.names.push(self.name(at, &part)),
                Rule::term => clause.term = self.term(at, part)?,
                Rule::list_mark => clause.list = true,
                Rule::each => clause.each = part.into_inner().next().map(|p| self.name(at, &p)),
                Rule::default => clause.default = self.default(at, part)?,
                _ => {}
            }
        }
        Ok(Clause::Property(clause))
    }

    fn default(&self, at: usize, pair: Pair<'_, Rule>) -> Read<Option<Expr>> {
        pair.into_inner().next().map(|e| self.expr(at, e)).transpose()
    }

    fn param(&self, at: usize, pair: Pair<'_, Rule>) -> Read<Clause> {
        let span = self.span(at, &pair);
        let (mut name, mut optional, mut default) = (Spanned::new(String::new(), span), false, None);
        let mut term = Spanned::new(TermNode::Name("any".into()), span);
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::param_kind => optional = part.as_str().ends_with('?'),
                Rule::name => name = self.name(at, &part),
                Rule::term => term = self.term(at, part)?,
                Rule::default => default = self.default(at, part)?,
                _ => {}
            }
        }
        Ok(Clause::Param { name, optional, term, default })
    }

    fn region(&self, at: usize, pair: Pair<'_, Rule>) -> Read<Clause> {
        let span = self.span(at, &pair);
        let mut region = RegionClause {
            name: Spanned::new(String::new(), span),
            arity: Arity::One,
            blocks: None,
            args: None,
            names: vec![],
            terminators: vec![],
            implicit: false,
            forwarding: false,
            flags: vec![],
        };
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::region_kind if part.as_str().ends_with('?') => region.arity = Arity::Optional,
                Rule::region_kind if part.as_str().ends_with('*') => region.arity = Arity::Variadic,
                Rule::name => region.name = self.name(at, &part),
                Rule::region_option => {
                    if let Some(option) = part.into_inner().next() {
                        self.region_option(at, option, &mut region)?;
                    }
                }
                _ => {}
            }
        }
        Ok(Clause::Region(region))
    }

    fn region_option(&self, at: usize, option: Pair<'_, Rule>, region: &mut RegionClause) -> Read<()> {
        match option.as_rule() {
            Rule::region_blocks => {
                let open = option.as_str().contains("..");
                let numbers = option.into_inner().map(|n| self.integer(at, &n)).collect::<Read<Vec<_>>>()?;
                let low = numbers.first().copied().unwrap_or(0);
                region.blocks = Some((low, if open { numbers.get(1).copied() } else { Some(low) }));
            }
            Rule::region_args => {
                let mut args = vec![];
                for arg in option.into_inner() {
                    let mut name = None;
                    for p in arg.into_inner() {
                        match p.as_rule() {
                            Rule::ident => name = Some(self.name(at, &p)),
                            _ => args.push((name.take(), self.term(at, p)?)),
                        }
                    }
                }
                region.args = Some(args);
            }
            Rule::region_names => {
                for named in option.into_inner() {
                    let mut inner = named.into_inner();
                    if let Some(name) = inner.next() {
                        region.names.push((self.name(at, &name), inner.next().map(|o| self.name(at, &o))));
                    }
                }
            }
            Rule::region_terminator => {
                for p in option.into_inner() {
                    match p.as_rule() {
                        Rule::region_implicit => {
                            region.implicit = true;
                            region.forwarding = p.as_str().contains("forwarding");
                        }
                        _ => region.terminators.push(self.name(at, &p)),
                    }
                }
            }
            _ => region.flags.push(self.name(at, &option)),
        }
        Ok(())
    }

    fn successor(&self, at: usize, pair: Pair<'_, Rule>) -> Clause {
        let (mut names, mut variadic) = (vec![], false);
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::successor_kind => variadic = part.as_str().ends_with('*'),
                Rule::name => names.push(self.name(at, &part)),
                _ => {}
            }
        }
        Clause::Successor { names, variadic }
    }

    fn body(&self, at: usize, pair: Pair<'_, Rule>) -> Read<Clause> {
        let (mut names, mut yields) = (vec![], vec![]);
        let whole = self.name(at, &pair);
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::name => names.push(self.name(at, &part)),
                Rule::expr => yields.push(self.expr(at, part)?),
                _ => {}
            }
        }
        let mut names = names.into_iter();
        Ok(Clause::Body(BodyClause { region: names.next().unwrap_or(whole), args: names.collect(), yields }))
    }

    fn wheres(&self, at: usize, pair: Pair<'_, Rule>) -> Read<Vec<Clause>> {
        let mut out = vec![];
        for part in pair.into_inner().filter(|p| p.as_rule() == Rule::where_part) {
            let mut inner = part.into_inner();
            if let (Some(var), Some(term)) = (inner.next(), inner.next()) {
                let mut var = self.name(at, &var);
                var.node.remove(0);
                out.push(Clause::Where { var, term: self.term(at, term)? });
            }
        }
        Ok(out)
    }

    fn verify(&self, at: usize, pair: Pair<'_, Rule>) -> Read<Clause> {
        let span = self.span(at, &pair);
        let (mut expr, mut message) = (None, Spanned::new(String::new(), span));
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::expr => expr = Some(self.expr(at, part)?),
                Rule::string => message = Spanned::new(unquote(part.as_str()), self.span(at, &part)),
                _ => {}
            }
        }
        let expr = expr.ok_or_else(|| self.error(super::SYNTAX, span, "expected `verify EXPRESSION \"message\"`"))?;
        Ok(Clause::Verify { expr, message })
    }

    /// The message is the last quoted string of the clause.
    fn reject(&self, text: Text) -> Read<Clause> {
        let body = text.node.trim_end();
        let open = body
            .strip_suffix('"')
            .and_then(|b| b.char_indices().rev().find(|(i, c)| *c == '"' && !b[..*i].ends_with('\\')).map(|(i, _)| i));
        let Some(open) = open else {
            return Err(self.error(REJECT_MESSAGE, text.span, "a `reject` ends with the message in quotes"));
        };
        let message = Spanned::new(unquote(&body[open..]), text.span);
        Ok(Clause::Reject(Spanned::new(body[..open].trim_end().to_string(), text.span), message))
    }

    fn version(&self, at: usize, piece: &Piece<'_>) -> Read<Clause> {
        let rule = match piece.keyword {
            "since" => Rule::since_clause,
            "was" => Rule::was_clause,
            _ => Rule::renamed_clause,
        };
        let pair = self.apply(rule, piece.slice)?;
        let (mut names, mut number) = (vec![], 0);
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::dotted => names.push(self.name(at, &part)),
                Rule::integer => number = self.integer(at, &part)?,
                _ => {}
            }
        }
        let mut names = names.into_iter();
        Ok(match (names.next(), names.next()) {
            (None, _) => Clause::Since(number),
            (Some(name), None) => Clause::Was { name, until: number },
            (Some(old), Some(new)) => Clause::Renamed { old, new, version: number },
        })
    }
}
