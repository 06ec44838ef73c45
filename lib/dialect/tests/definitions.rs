//! Definitions from `definitions.txt`, instantiated; the Core texts are the snapshot.

use edge_dialect::core::ElemType;
use edge_dialect::eval::Definition;
use edge_dialect::eval::{Arguments, DimArg, StaticValue, TensorArg, check, eval_static, instantiate, parse_op, parse_sexpr};
use rustc_hash::FxHashMap;
use std::fmt::Write;

fn tensor(text: &str) -> TensorArg {
    let (ty, value) = text.split_once('=').map_or((text, None), |(t, v)| (t, Some(v)));
    let mut parts: Vec<&str> = ty.trim().split('x').collect();
    // `index` is no shape.
    let elem = ElemType::from_name(parts.pop().unwrap()).unwrap();
    let dim = |d: &str| {
        d.strip_prefix('?').map_or_else(|| DimArg::Static(d.parse().unwrap()), |k| DimArg::Dynamic(k.parse().unwrap()))
    };
    let value = value.map(|v| eval_static(&parse_sexpr(v).unwrap(), &[]).unwrap());
    TensorArg { elem, shape: parts.into_iter().map(dim).collect(), value }
}

/// Splits at commas outside brackets.
fn split(text: &str) -> Vec<&str> {
    let (mut depth, mut start, mut out) = (0, 0, Vec::new());
    for (at, c) in text.char_indices() {
        match c {
            '[' | '(' => depth += 1,
            ']' | ')' => depth -= 1,
            ',' if depth == 0 => {
                out.push(text[start..at].trim());
                start = at + 1;
            }
            _ => {}
        }
    }
    out.push(text[start..].trim());
    out
}

fn arguments(line: &str) -> Arguments {
    let (operands, attrs) = line.split_once('{').unwrap_or((line, "}"));
    let group = |text: &str| {
        let types = text.split_once(':').unwrap().1.trim();
        if types == "-" { Vec::new() } else { types.split(" & ").map(tensor).collect() }
    };
    let attrs = split(attrs.trim_end().trim_end_matches('}')).into_iter().filter(|a| !a.is_empty()).map(|a| {
        let (name, value) = a.split_once('=').unwrap();
        let value = if name.trim() == "maps" { maps() } else { eval_static(&parse_sexpr(value).unwrap(), &[]).unwrap() };
        (name.trim().to_string(), value)
    });
    Arguments { attrs: attrs.collect(), operands: split(operands).into_iter().map(group).collect(), ..Arguments::default() }
}

/// Lists in lists have no literal.
fn maps() -> StaticValue {
    let list = |l: [i64; 2]| StaticValue::List(l.map(StaticValue::Int).to_vec());
    StaticValue::List(vec![list([0, 2]), list([2, 1])])
}

/// The definitions, each with its instances (the lines behind `> `).
fn cases() -> Vec<(&'static str, Vec<&'static str>)> {
    let paragraphs = include_str!("definitions.txt").split("\n\n");
    paragraphs
        .map(|p| {
            let end = p.find("\n> ").unwrap_or(p.len());
            (&p[..end], p[end..].lines().filter_map(|l| l.strip_prefix("> ")).collect())
        })
        .collect()
}

#[test]
fn core_of_definitions() {
    let mut text = String::new();
    for (op, lines) in cases() {
        let def = parse_op(op).unwrap_or_else(|e| panic!("{e} at {:?} in {op}", &op[e.span.clone()]));
        for line in lines {
            writeln!(text, "// {}: {line}", def.name).unwrap();
            match instantiate(&def, &arguments(line)) {
                Ok(instance) => {
                    write!(text, "{}", instance.program).unwrap();
                    for finding in instance.findings {
                        writeln!(text, "finding: {finding}").unwrap();
                    }
                }
                Err(e) => {
                    writeln!(text, "error: {e}   // {}", op[e.span.clone()].split_whitespace().collect::<Vec<_>>().join(" "))
                        .unwrap()
                }
            }
            writeln!(text).unwrap();
        }
    }
    insta::assert_snapshot!(text);
}

#[test]
fn classes_and_costs() {
    let mut text = String::new();
    for (op, lines) in cases() {
        let def = parse_op(op).unwrap();
        for line in lines {
            let Ok(instance) = instantiate(&def, &arguments(line)) else { continue };
            let mut program = instance.program;
            writeln!(text, "{}: {line}", def.name).unwrap();
            for stmt in program.defs() {
                let (class, flops, covers) = (program.classify(&stmt), program.flops(&stmt), program.covers(stmt.buf));
                let injective = program.is_injective(&stmt);
                writeln!(
                    text,
                    "  {}: {class:?}, {} flops{}{}",
                    program.buf(stmt.buf).name,
                    program.show(flops),
                    if injective { "" } else { ", not injective" },
                    if covers { "" } else { ", not covering" }
                )
                .unwrap();
            }
            let bytes = program.compulsory_bytes();
            writeln!(text, "  {} bytes", program.show(bytes)).unwrap();
        }
    }
    insta::assert_snapshot!(text);
}

/// Each of some types for all type variables at once.
fn each(def: &Definition, types: &[ElemType]) -> Vec<FxHashMap<String, ElemType>> {
    let name = |t: &edge_dialect::eval::TensorDecl| match &t.elem.as_ref()?.kind {
        edge_dialect::eval::ExprKind::Name(n) => Some(n.clone()),
        _ => None,
    };
    types.iter().map(|ty| def.operands.iter().filter_map(name).chain(["T".into()]).map(|n| (n, *ty)).collect()).collect()
}

#[test]
fn findings_at_load_time() {
    let mut text = String::new();
    for (op, _) in cases() {
        let def = parse_op(op).unwrap();
        for finding in check(&def, &each(&def, &[ElemType::F32, ElemType::F16, ElemType::I8]), &[]) {
            let at: String = op[finding.span.clone()].split_whitespace().collect::<Vec<_>>().join(" ");
            writeln!(text, "{}: {finding}   // {at}", def.name).unwrap();
        }
    }
    insta::assert_snapshot!(text);
}

/// Texts made of the notation's own words, at random but the same every time: no panic, whatever they mean.
#[test]
fn random_texts_do_no_harm() {
    let all = include_str!("definitions.txt");
    let words: Vec<&str> = all.split_inclusive(|c: char| !c.is_ascii_alphanumeric() && c != '_').collect();
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut random = |n: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % n as u64) as usize
    };
    let cases = cases();
    for round in 0..20_000 {
        let (op, lines) = &cases[random(cases.len())];
        let mut pieces: Vec<&str> = op.split_inclusive(|c: char| !c.is_ascii_alphanumeric() && c != '_').collect();
        for _ in 0..1 + round % 4 {
            let at = random(pieces.len());
            match random(3) {
                0 => pieces[at] = words[random(words.len())],
                1 => pieces.insert(at, words[random(words.len())]),
                _ => {
                    pieces.remove(at);
                }
            }
        }
        let text = pieces.concat();
        let Ok(def) = parse_op(&text) else { continue };
        for line in lines {
            if let Ok(instance) = instantiate(&def, &arguments(line)) {
                let mut program = instance.program;
                let _ = program.to_string();
                for stmt in program.defs() {
                    program.classify(&stmt);
                    program.flops(&stmt);
                    program.covers(stmt.buf);
                }
            }
        }
    }
}

#[test]
fn instantiation_is_cheap() {
    let line = "x: ?0x3x?1x?2xf32, w: 6x3x3x3xf32, b: 6xf32 {strides = 2, pads = [1, 1, 1, 1]}";
    let (op, _) = cases().into_iter().find(|(op, _)| op.starts_with("op conv(")).unwrap();
    let (def, args) = (parse_op(op).unwrap(), arguments(line));
    let start = std::time::Instant::now();
    for _ in 0..100 {
        instantiate(&def, &args).unwrap();
    }
    let each = start.elapsed() / 100;
    assert!(each < std::time::Duration::from_millis(5), "{each:?}");
    println!("conv: {each:?}");
}
