//! Files and items.

use super::split::{self, Piece};
use super::{DIALECT_LINE, Reader, Rule, SYNTAX, Slice, UNKNOWN_KEYWORD, unquote};
use crate::ast::*;
use edge_support::{Reported, Span};
use pest::iterators::Pair;

type Read<T> = Result<T, Reported>;

/// A whole file. An item with an error is left out; the error has been reported.
pub fn file(reader: &Reader<'_>, text: Slice<'_>) -> Read<File> {
    let mut header: Option<File> = None;
    let mut items = vec![];
    for piece in split::items(text) {
        let span = reader.span_of(piece.slice);
        match piece.keyword {
            "dialect" if header.is_some() => {
                reader.error(DIALECT_LINE, span, "a file defines one dialect");
            }
            "dialect" => header = Some(dialect(reader, &piece)?),
            "" => {
                let word: String = piece.slice.text.trim().chars().take_while(|c| !c.is_whitespace()).collect();
                let known = split::ITEMS.join(", ");
                let first = Span::new(reader.file, span.start as usize, span.start as usize + word.len());
                reader.error(
                    UNKNOWN_KEYWORD,
                    first,
                    format!("`{word}` starts no item: an item starts in column 0 with one of {known}"),
                );
            }
            _ => {
                if let Ok(item) = item(reader, &piece) {
                    items.push(item);
                }
            }
        }
    }
    match header {
        Some(header) => Ok(File { items, ..header }),
        None => {
            let start = Span::new(reader.file, text.at, text.at);
            Err(reader.error(DIALECT_LINE, start, "a definition starts with `dialect NAME \"what it is\" version 1`"))
        }
    }
}

fn dialect(reader: &Reader<'_>, piece: &Piece<'_>) -> Read<File> {
    let pair = reader.apply(Rule::dialect_item, piece.slice)?;
    let at = piece.slice.at;
    let span = reader.span(at, &pair);
    let mut file = File {
        name: Spanned::new(String::new(), span),
        doc: piece.doc.clone(),
        summary: String::new(),
        version: 1,
        imported: false,
        foreign: false,
        items: vec![],
    };
    for part in pair.into_inner() {
        match part.as_rule() {
            Rule::ident => file.name = reader.name(at, &part),
            Rule::string => file.summary = unquote(part.as_str()),
            Rule::integer => file.version = reader.integer(at, &part)?,
            Rule::imported => file.imported = true,
            Rule::foreign => file.foreign = true,
            _ => {}
        }
    }
    Ok(file)
}

fn item(reader: &Reader<'_>, piece: &Piece<'_>) -> Read<Item> {
    match piece.keyword {
        "op" => op(reader, piece, Rule::op_head).map(Item::Op),
        "base" => op(reader, piece, Rule::base_head).map(Item::Base),
        "type" => param_item(reader, piece, Rule::type_head).map(Item::Type),
        "attr" => param_item(reader, piece, Rule::attr_head).map(Item::Attr),
        "enum" => enumeration(reader, piece).map(Item::Enum),
        "constraint" | "types" => constraint(reader, piece).map(Item::Constraint),
        "overload" | "conversion" => overload(reader, piece).map(Item::Overload),
        "fn" => Ok(Item::Function(split::raw(reader, piece))),
        "onnx" => Ok(Item::Onnx(split::raw(reader, piece))),
        _ => rule(reader, piece).map(Item::Rule),
    }
}

fn body(reader: &Reader<'_>, body: Option<Slice<'_>>) -> Read<Vec<Clause>> {
    let Some(body) = body else { return Ok(vec![]) };
    let mut out = vec![];
    let mut failed = None;
    for piece in split::clauses(reader, body)? {
        match reader.clause(&piece) {
            Ok(clauses) => out.extend(clauses),
            Err(reported) => failed = Some(reported),
        }
    }
    failed.map_or(Ok(out), Err)
}

fn op(reader: &Reader<'_>, piece: &Piece<'_>, rule: Rule) -> Read<OpItem> {
    let (head, inner) = split::head_and_body(reader, piece.slice)?;
    let clauses = body(reader, inner);
    let pair = reader.apply(rule, head)?;
    let at = head.at;
    let span = reader.span_of(piece.slice);
    let mut item = OpItem {
        name: Spanned::new(String::new(), span),
        doc: piece.doc.clone(),
        from: None,
        traits: vec![],
        clauses: clauses?,
        span,
    };
    for part in pair.into_inner() {
        match part.as_rule() {
            Rule::op_name | Rule::ident => item.name = reader.name(at, &part),
            Rule::from => item.from = part.into_inner().next().map(|p| reader.name(at, &p)),
            Rule::traits => item.traits = part.into_inner().map(|t| trait_use(reader, at, t)).collect(),
            _ => {}
        }
    }
    Ok(item)
}

fn trait_use(reader: &Reader<'_>, at: usize, pair: Pair<'_, Rule>) -> TraitUse {
    let mut name = reader.name(at, &pair);
    let mut args = vec![];
    for part in pair.into_inner() {
        match part.as_rule() {
            Rule::ident => name = reader.name(at, &part),
            _ => {
                let mut arg = reader.name(at, &part);
                arg.node = unquote(&arg.node);
                args.push(arg);
            }
        }
    }
    TraitUse { name, args }
}

fn param_item(reader: &Reader<'_>, piece: &Piece<'_>, rule: Rule) -> Read<ParamItem> {
    let (head, inner) = split::head_and_body(reader, piece.slice)?;
    let clauses = body(reader, inner);
    let pair = reader.apply(rule, head)?;
    let span = reader.span_of(piece.slice);
    let name = pair.into_inner().next().map(|p| reader.name(head.at, &p)).unwrap_or(Spanned::new(String::new(), span));
    Ok(ParamItem { name, doc: piece.doc.clone(), clauses: clauses?, span })
}

fn enumeration(reader: &Reader<'_>, piece: &Piece<'_>) -> Read<EnumItem> {
    let at = piece.slice.at;
    let pair = reader.apply(Rule::enum_item, piece.slice)?;
    let span = reader.span_of(piece.slice);
    let empty = Spanned::new(String::new(), span);
    let mut item = EnumItem {
        name: empty.clone(),
        doc: piece.doc.clone(),
        storage: empty,
        bits: false,
        bare: false,
        tight: false,
        separator: None,
        cases: vec![],
        span,
    };
    for part in pair.into_inner() {
        match part.as_rule() {
            Rule::ident => item.name = reader.name(at, &part),
            Rule::enum_storage => {
                for p in part.into_inner() {
                    match p.as_rule() {
                        Rule::enum_bits => item.bits = true,
                        Rule::enum_bare => item.bare = true,
                        Rule::enum_tight => item.tight = true,
                        Rule::enum_separator => item.separator = p.into_inner().next().map(|s| unquote(s.as_str())),
                        _ => item.storage = reader.name(at, &p),
                    }
                }
            }
            Rule::enum_case => {
                let mut inner = part.into_inner();
                let Some(first) = inner.next() else { continue };
                let mut name = reader.name(at, &first);
                name.node = unquote(&name.node);
                let value = inner.next().map(|v| reader.integer(at, &v)).transpose()?;
                item.cases.push((name, value));
            }
            _ => {}
        }
    }
    Ok(item)
}

fn constraint(reader: &Reader<'_>, piece: &Piece<'_>) -> Read<ConstraintItem> {
    let at = piece.slice.at;
    split::check_nesting(reader, piece.slice)?;
    let pair = reader.apply(Rule::constraint_item, piece.slice)?;
    let mut name = None;
    let mut term = None;
    for part in pair.into_inner() {
        match part.as_rule() {
            Rule::ident => name = Some(reader.name(at, &part)),
            Rule::term => term = Some(reader.term(at, part)?),
            _ => {}
        }
    }
    match (name, term) {
        (Some(name), Some(term)) => Ok(ConstraintItem { name, doc: piece.doc.clone(), term }),
        _ => Err(reader.error(SYNTAX, reader.span_of(piece.slice), "expected `constraint NAME = TERM`")),
    }
}

fn overload(reader: &Reader<'_>, piece: &Piece<'_>) -> Read<OverloadItem> {
    let at = piece.slice.at;
    split::check_nesting(reader, piece.slice)?;
    let pair = reader.apply(Rule::overload_item, piece.slice)?;
    let mut args = vec![];
    let mut item = OverloadItem { name: reader.name(at, &pair), conversion: false, cases: vec![], made_of: None };
    for part in pair.into_inner() {
        match part.as_rule() {
            Rule::overload_kind => item.conversion = part.as_str() == "conversion",
            Rule::ident => item.name = reader.name(at, &part),
            Rule::overload_args => args = part.into_inner().map(|p| reader.name(at, &p)).collect(),
            Rule::expr => item.made_of = Some((std::mem::take(&mut args), reader.expr(at, part)?)),
            Rule::overload_case => {
                let mut inner = part.into_inner();
                let Some(op) = inner.next() else { continue };
                let term = inner.next().map(|t| reader.term_single(at, t)).transpose()?;
                item.cases.push((reader.name(at, &op), term));
            }
            _ => {}
        }
    }
    Ok(item)
}

fn rule(reader: &Reader<'_>, piece: &Piece<'_>) -> Read<RuleItem> {
    split::check_nesting(reader, piece.slice)?;
    let span = reader.span_of(piece.slice);
    let colon =
        piece.slice.text.find(':').ok_or_else(|| reader.error(SYNTAX, span, "expected `rule NAME: pattern => pattern`"))?;
    let head = reader.apply(Rule::rule_head, piece.slice.sub(0, colon + 1))?;
    let name = head.into_inner().next().map(|p| reader.name(piece.slice.at, &p)).unwrap_or(Spanned::new(String::new(), span));
    let text = piece.slice.sub(colon + 1, piece.slice.text.len());
    let pair = reader.apply(Rule::rule_text, text)?;
    let (mut matched, mut built, mut conditions) = (None, vec![], vec![]);
    for part in pair.into_inner() {
        match part.as_rule() {
            Rule::pattern => matched = Some(reader.pattern(text.at, part)?),
            Rule::pattern_list => {
                for p in part.into_inner() {
                    built.push(reader.pattern(text.at, p)?);
                }
            }
            Rule::rule_where => {
                for e in part.into_inner() {
                    conditions.push(reader.expr(text.at, e)?);
                }
            }
            _ => {}
        }
    }
    let matched = matched.ok_or_else(|| reader.error(SYNTAX, span, "a rule matches an operation"))?;
    Ok(RuleItem { name, doc: piece.doc.clone(), matched, built, conditions, span })
}
