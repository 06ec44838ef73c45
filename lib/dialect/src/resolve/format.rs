//! Format programs: directives and combinators by name, fields by index, groups with what decides them.

use super::{BAD_FORMAT, Scope, UNKNOWN_NAME};
use crate::ast::{self, Argument, ArgumentNode, ElementNode};
use crate::model::*;
use edge_support::{Reported, Span};

type Read<T> = Result<T, Reported>;

/// What `$x` may name.
enum Owner<'a> {
    Op(&'a OpDef),
    Type(&'a TypeDef),
}

struct Resolver<'a> {
    scope: &'a Scope<'a>,
    owner: Owner<'a>,
}

pub fn op_format(scope: &Scope<'_>, op: &OpDef, elements: &[ast::Element], span: Span) -> Read<Format> {
    let r = Resolver { scope, owner: Owner::Op(op) };
    Ok(Format { elements: r.elements(elements)?, span })
}

pub fn type_format(scope: &Scope<'_>, def: &TypeDef, elements: &[ast::Element], span: Span) -> Read<Format> {
    let r = Resolver { scope, owner: Owner::Type(def) };
    Ok(Format { elements: r.elements(elements)?, span })
}

impl Resolver<'_> {
    fn fail<T>(&self, span: Span, message: impl Into<String>) -> Read<T> {
        Err(self.scope.error(BAD_FORMAT, span, message))
    }

    fn elements(&self, elements: &[ast::Element]) -> Read<Vec<Element>> {
        elements.iter().map(|e| self.element(e)).collect()
    }

    fn element(&self, element: &ast::Element) -> Read<Element> {
        Ok(match &element.node {
            ElementNode::Literal(text) => match text.as_str() {
                "" => Element::NoSpace,
                " " => Element::Space,
                "\n" => Element::Newline,
                _ if text.contains(char::is_whitespace) => return self.fail(element.span, "a literal is one word or sign"),
                _ => Element::Literal(text.clone()),
            },
            ElementNode::Field(name) => self.field(name, element.span)?,
            ElementNode::Directive(name, args) => self.directive(name, args, element.span)?,
            ElementNode::Group { then, otherwise } => Element::Group(Box::new(self.group(then, otherwise, element.span)?)),
            ElementNode::OneOf(cases) => {
                Element::OneOf(cases.iter().map(|case| self.group(case, &[], element.span)).collect::<Read<_>>()?)
            }
        })
    }

    fn field(&self, name: &str, span: Span) -> Read<Element> {
        let found = match self.owner {
            Owner::Op(op) => (op.operand(name).map(Element::Operand))
                .or_else(|| op.field(name).map(Element::Property))
                .or_else(|| op.region(name).map(Element::Region))
                .or_else(|| op.successor(name).map(Element::Successor)),
            Owner::Type(def) => def.params.iter().position(|p| p.name == name).map(Element::Param),
        };
        let what = match &self.owner {
            Owner::Op(op) if op.result(name).is_some() => {
                return self.fail(span, format!("result `{name}` stands before the `=`; only its type is part of the format"));
            }
            Owner::Op(_) => "operand, property, region or successor",
            Owner::Type(_) => "parameter",
        };
        found.ok_or_else(|| self.scope.error(UNKNOWN_NAME, span, format!("there is no {what} `{name}`")))
    }

    /// The group's anchor: the element with `^`, else the first one that can be absent.
    fn group(&self, then: &[ast::Element], otherwise: &[ast::Element], span: Span) -> Read<Group> {
        let elements = self.elements(then)?;
        let otherwise = self.elements(otherwise)?;
        let marked: Vec<usize> = then.iter().enumerate().filter(|(_, e)| e.anchor).map(|(i, _)| i).collect();
        let anchor = match marked[..] {
            [at] => match self.presence(&elements[at]) {
                Some(p) => p,
                None => {
                    return self.fail(then[at].span, "what `^` marks is always there: it cannot decide whether the group is");
                }
            },
            [] => match elements.iter().find_map(|e| self.presence(e)) {
                Some(p) => p,
                None => return self.fail(span, "nothing in this group can be absent: mark what decides with `^`"),
            },
            [_, second, ..] => return self.fail(then[second].span, "a group has one `^`"),
        };
        Ok(Group { then: elements, otherwise, anchor, span })
    }

    /// When an element is there to be written; `None`: always.
    fn presence(&self, element: &Element) -> Option<Presence> {
        let Owner::Op(op) = self.owner else {
            let Owner::Type(def) = self.owner else { return None };
            return match element {
                Element::Param(p) | Element::Qualified(p) => Some(Presence::Param(*p)),
                Element::Struct(members) => {
                    def.params.get(*members.first()?).filter(|p| p.optional).map(|_| Presence::AnyParam)
                }
                Element::Combinator(Combinator::Labels { .. }) => Some(Presence::Labelled),
                _ => None,
            };
        };
        let values = |v: &Values| match v {
            Values::Operand(i) => op.operands[*i].is_variable().then_some(Presence::Operand(*i)),
            Values::Result(i) => op.results[*i].is_variable().then_some(Presence::Result(*i)),
            Values::Operands => Some(Presence::AnyOperand),
            Values::Results => Some(Presence::AnyResult),
        };
        let property = |p: usize| {
            let def = op.field_at(p);
            (def.optional || def.default.is_some() || def.constraint == AttrConstraint::Flag).then_some(Presence::Property(p))
        };
        match element {
            Element::Operand(i) => values(&Values::Operand(*i)),
            Element::Operands => values(&Values::Operands),
            Element::Property(p) | Element::Qualified(p) => property(*p),
            Element::Region(r) => Some(Presence::Region(*r)),
            Element::Successor(s) => op.successors[*s].variadic.then_some(Presence::Successor(*s)),
            Element::Type(v) | Element::StrippedType(v) => values(v),
            Element::AttrDict { .. } => Some(Presence::Attributes),
            Element::Combinator(c) => match c {
                Combinator::Quoted(p) | Combinator::DenseList { property: p, .. } => property(*p),
                Combinator::NamedValues { operands, .. } => values(&Values::Operand(*operands)),
                Combinator::Keyword(p) | Combinator::Choice { property: p, .. } | Combinator::Elements(p) => property(*p),
                Combinator::InlineMap(p) | Combinator::InitialValue { value: p, .. } => property(*p),
                Combinator::Attributions { count: Some(count), .. } => property(*count),
                Combinator::Assign { operands, .. } | Combinator::TypedList(operands) => values(&Values::Operand(*operands)),
                Combinator::ApplyMap { map, operands } | Combinator::Subscript { map, operands, .. } => {
                    property(*map).or_else(|| values(&Values::Operand(*operands)))
                }
                Combinator::IndexList { statics, .. } => property(*statics),
                Combinator::ArrowTypes { values: v, .. } => values(v),
                Combinator::TypeOr { values: Values::Operand(i), .. } => Some(Presence::TypeDiffers(*i)),
                Combinator::GenericForm => Some(Presence::NotInferred),
                Combinator::RegionOp { region, .. } => Some(Presence::RegionOp(*region)),
                Combinator::ArgPairs { region } => Some(Presence::RegionSpelled(*region)),
                Combinator::Words(p) => property(*p),
                Combinator::CommaAfter(i) | Combinator::AssignAll { operands: i, .. } => values(&Values::Operand(*i)),
                _ => None,
            },
            _ => None,
        }
    }

    fn directive(&self, name: &str, args: &[Argument], span: Span) -> Read<Element> {
        let a = Args { r: self, name, args, span };
        if let Owner::Type(def) = self.owner {
            return Ok(match name {
                "params" => Element::Params,
                "struct" if matches!(args, [Argument { node: ArgumentNode::Directive(p, _), .. }] if p == "params") => {
                    Element::Struct((0..def.params.len()).collect())
                }
                "struct" => Element::Struct((0..args.len()).map(|n| a.param(n)).collect::<Read<_>>()?),
                "function" => Element::Combinator(Combinator::FunctionParams {
                    result: a.param(0)?,
                    inputs: a.param(1)?,
                    varargs: a.param(2)?,
                }),
                "labels" => {
                    let last = args.len().saturating_sub(1);
                    let letter = |n: usize| Ok((a.word(2 * n)?, a.param(2 * n + 1)?));
                    let letters = (0..last / 2).map(letter).collect::<Read<_>>()?;
                    Element::Combinator(Combinator::Labels { letters, rest: a.param(last)? })
                }
                "shape" => Element::Combinator(Combinator::Shape { shape: a.param(0)?, elem: a.param(1)? }),
                "qualified" => Element::Qualified(a.param(0)?),
                _ => return self.fail(span, format!("the format of a type or attribute has no directive `{name}`")),
            });
        }
        Ok(match name {
            "attr-dict" => Element::AttrDict { keyword: false, all: a.is_word(0, "all")? },
            "attr-dict-with-keyword" => Element::AttrDict { keyword: true, all: false },
            "prop-dict" => Element::PropDict,
            "attr-dict-with-words" => Element::WordDict,
            "operands" => Element::Operands,
            "regions" => Element::Regions,
            "successors" => Element::Successors,
            "type" => Element::Type(a.values(0)?),
            "stripped-type" => Element::StrippedType(a.values(0)?),
            "functional-type" => Element::FunctionalType(a.values(0)?, a.values(1)?),
            "qualified" => match args.first().map(|x| &x.node) {
                Some(ArgumentNode::Field(f)) => match self.field(f, span)? {
                    Element::Property(n) => Element::Qualified(n),
                    other => other,
                },
                Some(ArgumentNode::Directive(d, inner)) => self.directive(d, inner, span)?,
                _ => return self.fail(span, "`qualified` wants a field"),
            },
            _ => Element::Combinator(self.combinator(&a)?),
        })
    }

    fn combinator(&self, a: &Args<'_>) -> Read<Combinator> {
        use Combinator as C;
        Ok(match a.name {
            "keyword" => C::Keyword(a.property(0)?),
            "quoted" => C::Quoted(a.property(0)?),
            "dense-list" => C::DenseList { property: a.property(0)?, elem: a.word(1)? },
            "named-values" => C::NamedValues { operands: a.operand(0)?, names: a.property(1)? },
            "member-type" => C::MemberType { values: a.values(0)?, of: a.operand(1)?, position: a.property(2)? },
            "global-type" => C::GlobalType { ty: a.property(0)?, value: a.property(1)? },
            "storage-of" => C::StorageOf { property: a.property(0)?, pointer: a.values(1)? },
            "storage-class" if a.args.len() == 1 => C::StorageClass { pointer: a.values(0)?, of: None },
            "storage-class" => C::StorageClass { pointer: a.values(0)?, of: Some(a.values(1)?) },
            "choice" => C::Choice { property: a.property(0)?, yes: a.word(1)?, no: a.word(2)? },
            "signature" if a.args.len() == 2 => {
                C::Signature { function_type: a.property(0)?, arg_attrs: None, res_attrs: None, region: a.region(1)? }
            }
            "signature" => C::Signature {
                function_type: a.property(0)?,
                arg_attrs: Some(a.property(1)?),
                res_attrs: Some(a.property(2)?),
                region: a.region(3)?,
            },
            "args" | "typed-args" => {
                let each = if a.field(1).is_some() { Some(a.property(1)?) } else { None };
                let count = if each.is_some() { None } else { a.optional_number(1)? };
                let at = a.optional_number(2)?;
                C::Args { region: a.region(0)?, count, typed: a.name == "typed-args", each, at }
            }
            "assign" => C::Assign { region: a.region(0)?, operands: a.operand(1)?, at: a.optional_number(2)? },
            "assign-all" => {
                let last = a.args.len().saturating_sub(1).max(1);
                C::AssignAll { regions: (0..last).map(|n| a.region(n)).collect::<Read<_>>()?, operands: a.operand(last)? }
            }
            "common-type" if matches!(a.args, [Argument { node: ArgumentNode::Directive(w, _), .. }] if w == "parts") => {
                C::CommonType { lead: vec![], parts: true }
            }
            "common-type" => {
                C::CommonType { lead: (0..a.args.len()).map(|n| a.operand(n)).collect::<Read<_>>()?, parts: false }
            }
            "generic-form" => C::GenericForm,
            "operand-pairs" => C::OperandPairs { first: a.operand(0)?, word: a.word(1)?, second: a.operand(2)? },
            "region-op" => C::RegionOp { region: a.region(0)?, operands: a.operand(1)? },
            "arg-pairs" => C::ArgPairs { region: a.region(0)? },
            "comma-after" => C::CommaAfter(a.operand(0)?),
            "slices" => C::Slices { start: a.property(0)?, limit: a.property(1)?, stride: a.property(2)? },
            "form" => C::Form { property: a.property(0)?, form: a.word(1)? },
            "fields" => C::Fields((0..a.args.len() / 2).map(|n| a.list_field(n)).collect::<Read<_>>()?),
            "letters" => {
                let pair = |n: usize| Ok((a.word(2 * n)?, a.property(2 * n + 1)?));
                C::Letters((0..a.args.len() / 2).map(pair).collect::<Read<_>>()?)
            }
            "words" => C::Words(a.property(0)?),
            "index-list" if a.args.len() == 4 => {
                let (dynamic, statics) = (a.operand(0)?, a.property(1)?);
                C::IndexList { dynamic, statics, delimiter: Delimiter::Square, scalable: Some(a.property(3)?) }
            }
            "index-list" => {
                let (dynamic, statics, delimiter) = (a.operand(0)?, a.property(1)?, a.delimiter(2)?);
                C::IndexList { dynamic, statics, delimiter, scalable: None }
            }
            "bound" => C::Bound { dynamic: a.operand(0)?, statics: a.property(1)? },
            "apply-map" => C::ApplyMap { map: a.property(0)?, operands: a.operand(1)? },
            "subscript" => C::Subscript { map: a.property(0)?, operands: a.operand(1)?, always: a.is_word(2, "expressions")? },
            "map-bound" => C::MapBound { map: a.property(0)?, operands: a.operand(1)?, word: a.word(2)? },
            "map-bounds" => {
                C::MapBounds { map: a.property(0)?, groups: a.property(1)?, operands: a.operand(2)?, word: a.word(3)? }
            }
            "steps" => C::Steps { steps: a.property(0)?, region: a.region(1)? },
            "inline-region" => C::InlineRegion(a.region(0)?),
            "inline-map" => C::InlineMap(a.property(0)?),
            "arrow-types" => C::ArrowTypes { values: a.values(0)?, paren: a.args.len() > 1 },
            "typed-list" => C::TypedList(a.operand(0)?),
            "type-or" => C::TypeOr { values: a.values(0)?, default: a.word(1)? },
            "type-prefix" => C::TypePrefix { values: a.values(0)?, default: a.word(1)?, then: a.values(2)? },
            "cases" => C::Cases { values: a.property(0)?, regions: a.region(1)? },
            "switch" => C::Switch {
                flag: a.operand(0)?,
                default: a.successor(1)?,
                default_args: a.operand(2)?,
                values: a.property(3)?,
                cases: a.successor(4)?,
                case_args: a.operand(5)?,
            },
            "initial-value" => C::InitialValue { ty: a.property(0)?, value: a.property(1)? },
            "async" if a.args.len() == 1 => C::Async { token: None, dependencies: a.operand(0)?, compact: false },
            "async" => C::Async { token: Some(a.result(0)?), dependencies: a.operand(1)?, compact: a.is_word(2, "compact")? },
            "attributions" => {
                let counted = a.is_property(1);
                let region = a.region(if counted { 2 } else { 1 })?;
                let attrs = if counted { 3 } else { 2 };
                C::Attributions {
                    keyword: a.word(0)?,
                    count: if counted { Some(a.property(1)?) } else { None },
                    region,
                    attrs: if a.args.len() > attrs { Some(a.property(attrs)?) } else { None },
                }
            }
            "elements" => C::Elements(a.property(0)?),
            "payload" => C::Payload { region: a.region(0)?, order: a.payload_operands(1)? },
            "payload-body" => C::PayloadBody { region: a.region(0)?, order: a.payload_operands(1)? },
            "ranges" => {
                let one = |n: usize| Ok((a.operand(n)?, a.property(n + 1)?));
                C::Ranges([one(0)?, one(2)?, one(4)?])
            }
            "dict" => C::Dict((0..a.args.len()).map(|n| a.property(n)).collect::<Read<_>>()?),
            other => return self.fail(a.span, format!("there is no directive `{other}`")),
        })
    }
}

/// The arguments of one directive.
struct Args<'a> {
    r: &'a Resolver<'a>,
    name: &'a str,
    args: &'a [Argument],
    span: Span,
}

impl Args<'_> {
    fn fail<T>(&self, n: usize, wanted: &str) -> Read<T> {
        let span = self.args.get(n).map_or(self.span, |a| a.span);
        self.r.fail(span, format!("argument {} of `{}` is {wanted}", n + 1, self.name))
    }
    fn field(&self, n: usize) -> Option<&str> {
        match &self.args.get(n)?.node {
            ArgumentNode::Field(name) => Some(name),
            _ => None,
        }
    }
    fn pick(&self, n: usize, wanted: &str, find: impl Fn(&OpDef, &str) -> Option<usize>) -> Read<usize> {
        let Owner::Op(op) = self.r.owner else { return self.fail(n, wanted) };
        match self.field(n).and_then(|name| find(op, name)) {
            Some(index) => Ok(index),
            None => self.fail(n, wanted),
        }
    }
    fn operand(&self, n: usize) -> Read<usize> {
        self.pick(n, "an operand", OpDef::operand)
    }
    fn result(&self, n: usize) -> Read<usize> {
        self.pick(n, "a result", OpDef::result)
    }
    fn property(&self, n: usize) -> Read<usize> {
        self.pick(n, "a property", OpDef::field)
    }
    fn region(&self, n: usize) -> Read<usize> {
        self.pick(n, "a region", OpDef::region)
    }
    fn successor(&self, n: usize) -> Read<usize> {
        self.pick(n, "a successor", OpDef::successor)
    }
    fn param(&self, n: usize) -> Read<usize> {
        let Owner::Type(def) = self.r.owner else { return self.fail(n, "a parameter") };
        match self.field(n).and_then(|name| def.params.iter().position(|p| p.name == name)) {
            Some(index) => Ok(index),
            None => self.fail(n, "a parameter"),
        }
    }
    fn values(&self, n: usize) -> Read<Values> {
        let Owner::Op(op) = self.r.owner else { return self.fail(n, "an operand or result") };
        match self.args.get(n).map(|a| &a.node) {
            Some(ArgumentNode::Directive(d, inner)) if inner.is_empty() && d == "operands" => Ok(Values::Operands),
            Some(ArgumentNode::Directive(d, inner)) if inner.is_empty() && d == "results" => Ok(Values::Results),
            Some(ArgumentNode::Field(name)) => match (op.operand(name), op.result(name)) {
                (Some(i), _) => Ok(Values::Operand(i)),
                (_, Some(i)) => Ok(Values::Result(i)),
                _ => self.fail(n, "an operand, a result, `operands` or `results`"),
            },
            _ => self.fail(n, "an operand, a result, `operands` or `results`"),
        }
    }
    /// A word, then a list property or `rows($p, n)`.
    fn list_field(&self, n: usize) -> Read<ListField> {
        let word = self.word(2 * n)?;
        if let Some(ArgumentNode::Directive(name, inner)) = self.args.get(2 * n + 1).map(|a| &a.node)
            && name == "rows"
        {
            let rows = Args { r: self.r, name, args: inner, span: self.span };
            return Ok(ListField { word, property: rows.property(0)?, columns: rows.optional_number(1)? });
        }
        Ok(ListField { word, property: self.property(2 * n + 1)?, columns: None })
    }
    fn optional_number(&self, n: usize) -> Read<Option<usize>> {
        match self.args.get(n).map(|a| &a.node) {
            None => Ok(None),
            Some(ArgumentNode::Int(i)) if *i >= 0 => Ok(Some(*i as usize)),
            _ => self.fail(n, "a number"),
        }
    }
    fn word(&self, n: usize) -> Read<String> {
        match self.args.get(n).map(|a| &a.node) {
            Some(ArgumentNode::Literal(w) | ArgumentNode::Str(w)) => Ok(w.clone()),
            Some(ArgumentNode::Directive(w, inner)) if inner.is_empty() => Ok(w.clone()),
            _ => self.fail(n, "a word"),
        }
    }
    fn payload_operands(&self, n: usize) -> Read<PayloadOperands> {
        match self.word(n)?.as_str() {
            "init_first" => Ok(PayloadOperands::InitFirst),
            "inputs" => Ok(PayloadOperands::Inputs),
            _ => self.fail(n, "`init_first` or `inputs`"),
        }
    }
    fn is_property(&self, n: usize) -> bool {
        matches!((&self.r.owner, self.field(n)), (Owner::Op(op), Some(name)) if op.field(name).is_some())
    }
    /// Whether an argument is there; it can only be the given word.
    fn is_word(&self, n: usize, word: &str) -> Read<bool> {
        match self.args.get(n) {
            None => Ok(false),
            Some(_) if self.word(n)? == word => Ok(true),
            Some(_) => self.fail(n, &format!("`{word}`")),
        }
    }
    fn delimiter(&self, n: usize) -> Read<Delimiter> {
        if self.args.get(n).is_none() {
            return Ok(Delimiter::Square);
        }
        match self.word(n)?.as_str() {
            "square" => Ok(Delimiter::Square),
            "paren" => Ok(Delimiter::Paren),
            "brace" => Ok(Delimiter::Brace),
            "none" => Ok(Delimiter::None),
            _ => self.fail(n, "`square`, `paren`, `brace` or `none`"),
        }
    }
}
