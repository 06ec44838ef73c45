//! Formats: every field once, groups that can be decided, types that follow.

use super::{Checker, INCOMPLETE_FORMAT, UNDECIDABLE_GROUP, UNINFERABLE_TYPE};
use crate::model::*;

/// What a format mentions.
#[derive(Default)]
struct Seen {
    operands: Vec<usize>,
    fields: Vec<usize>,
    regions: Vec<usize>,
    successors: Vec<usize>,
    /// Whose types stand in the text, or have a default.
    typed: Vec<Values>,
}

pub fn check(checker: &Checker<'_>, op: &OpDef) {
    let Some(format) = &op.format else { return };
    let mut seen = Seen::default();
    walk(checker, op, &format.elements, &mut seen);
    sequence(checker, op, &format.elements, None);
    let here = Some((format.span, "the format"));
    let incomplete = |span, message: String| checker.report(INCOMPLETE_FORMAT, span, message, here);
    for (n, operand) in op.operands.iter().enumerate() {
        if !seen.operands.contains(&n) {
            incomplete(operand.span, format!("operand `{}` is not in the format", operand.name));
        } else if times(&format.elements, &|e| *e == Element::Operand(n)) > 1 {
            incomplete(operand.span, format!("operand `{}` is twice in the format", operand.name));
        }
    }
    for (n, property) in op.properties.iter().enumerate() {
        if times(&format.elements, &|e| *e == Element::Property(n)) > 1 {
            incomplete(property.span, format!("property `{}` is twice in the format", property.name));
        }
    }
    for (n, region) in
        op.regions.iter().enumerate().filter(|(n, _)| !seen.regions.contains(n) && !op.bodies.iter().any(|b| b.region == *n))
    {
        incomplete(region.span, format!("region `{}` (number {n}) is not in the format", region.name));
    }
    for (_, successor) in op.successors.iter().enumerate().filter(|(n, _)| !seen.successors.contains(n)) {
        incomplete(successor.span, format!("successor `{}` is not in the format", successor.name));
    }
    let dicts = times(&format.elements, &|e| matches!(e, Element::AttrDict { .. } | Element::WordDict));
    if dicts != 1 {
        incomplete(op.span, format!("the format has `attr-dict` {dicts} times instead of once"));
    }
    types(checker, op, format, &seen);
}

fn walk(checker: &Checker<'_>, op: &OpDef, elements: &[Element], seen: &mut Seen) {
    for (at, element) in elements.iter().enumerate() {
        match element {
            Element::Operand(n) => seen.operands.push(*n),
            Element::Operands => seen.operands.extend(0..op.operands.len()),
            Element::Property(n) | Element::Qualified(n) => seen.fields.push(*n),
            Element::Region(n) => seen.regions.push(*n),
            Element::Regions => seen.regions.extend(0..op.regions.len()),
            Element::Successor(n) => seen.successors.push(*n),
            Element::Successors => seen.successors.extend(0..op.successors.len()),
            Element::Type(v) | Element::StrippedType(v) => seen.typed.push(*v),
            Element::FunctionalType(a, b) => seen.typed.extend([*a, *b]),
            Element::Group(group) => {
                decidable(checker, op, group, elements.get(at + 1));
                walk(checker, op, &group.then, seen);
                walk(checker, op, &group.otherwise, seen);
            }
            Element::OneOf(groups) => groups.iter().for_each(|g| walk(checker, op, &g.then, seen)),
            Element::Combinator(c) => combinator(c, seen),
            _ => {}
        }
    }
}

fn combinator(c: &Combinator, seen: &mut Seen) {
    use Combinator as C;
    match c {
        C::Assign { operands, .. }
        | C::AssignAll { operands, .. }
        | C::ApplyMap { operands, .. }
        | C::Subscript { operands, .. }
        | C::MapBound { operands, .. }
        | C::MapBounds { operands, .. }
        | C::CommaAfter(operands) => seen.operands.push(*operands),
        C::InlineRegion(region) => seen.regions.push(*region),
        C::OperandPairs { first, second, .. } => seen.operands.extend([*first, *second]),
        C::CommonType { .. } => seen.typed.extend([Values::Operands, Values::Results]),
        C::TypedList(operands) => {
            seen.operands.push(*operands);
            seen.typed.push(Values::Operand(*operands));
        }
        C::NamedValues { operands, .. } => seen.operands.push(*operands),
        C::MemberType { values, .. } => seen.typed.push(*values),
        C::StorageClass { pointer, of: Some(_) } => seen.typed.push(*pointer),
        C::IndexList { dynamic, .. } | C::Bound { dynamic, .. } => seen.operands.push(*dynamic),
        C::Payload { region, .. } | C::PayloadBody { region, .. } => seen.regions.push(*region),
        C::Ranges(ranges) => seen.operands.extend(ranges.iter().map(|r| r.0)),
        C::Async { token, dependencies, .. } => {
            seen.operands.push(*dependencies);
            seen.typed.extend(token.map(Values::Result));
        }
        C::ArrowTypes { values, .. } | C::TypeOr { values, .. } => seen.typed.push(*values),
        C::TypePrefix { values, then, .. } => seen.typed.extend([*values, *then]),
        C::Cases { regions, .. } => seen.regions.push(*regions),
        C::Switch { default, default_args, cases, case_args, .. } => {
            seen.operands.extend([*default_args, *case_args]);
            seen.typed.extend([Values::Operand(*default_args), Values::Operand(*case_args)]);
            seen.successors.extend([*default, *cases]);
        }
        _ => {}
    }
}

/// The reader looks at one token: a group starts with a literal, or with something that only it can start with.
fn decidable(checker: &Checker<'_>, op: &OpDef, group: &Group, next: Option<&Element>) {
    let first = group.then.iter().find(|e| !matches!(e, Element::Space | Element::NoSpace | Element::Newline));
    let ok = match first {
        Some(Element::Literal(_) | Element::Region(_) | Element::Successor(_) | Element::Combinator(_) | Element::Group(_)) => {
            true
        }
        Some(Element::Operand(n)) => op.operands[*n].is_variable(),
        Some(Element::Property(n) | Element::Qualified(n)) => {
            // What closes a bracket starts no attribute.
            let closed = matches!(next, Some(Element::Literal(text)) if matches!(text.as_str(), ")" | "]" | "}" | ">" | "," | ":" | "="));
            closed || starts_alone(&op.field_at(*n).constraint)
        }
        _ => false,
    };
    if !ok {
        let message = format!("`{}`: nothing tells whether this group is there: start it with a literal", op.name);
        checker.report(UNDECIDABLE_GROUP, group.span, message, Some((op.span, "defined here")));
    }
}

fn is_space(element: &Element) -> bool {
    matches!(element, Element::Space | Element::NoSpace | Element::Newline)
}

/// How often an element stands on the longest way through a format.
fn times(elements: &[Element], wanted: &dyn Fn(&Element) -> bool) -> usize {
    let each = elements.iter().map(|e| match e {
        Element::Group(g) => times(&g.then, wanted).max(times(&g.otherwise, wanted)),
        Element::OneOf(groups) => groups.iter().map(|g| times(&g.then, wanted)).sum(),
        other => usize::from(wanted(other)),
    });
    each.sum()
}

/// The literal that a text starts with.
fn first_literal(elements: &[Element]) -> Option<&str> {
    match elements.iter().find(|e| !is_space(e))? {
        Element::Literal(text) => Some(text),
        Element::Group(g) => first_literal(&g.then),
        _ => None,
    }
}

/// The word after the comma that a text starts with.
fn after_comma<'e>(elements: &[&'e Element]) -> Option<&'e str> {
    let mut elements = elements.iter().filter(|e| !is_space(e));
    match elements.next()? {
        Element::Group(g) => after_comma(&g.then.iter().collect::<Vec<_>>()),
        _ => match elements.next()? {
            Element::Literal(word) => Some(word),
            _ => None,
        },
    }
}

/// Whether both are there and are not the same.
fn differ(a: Option<&str>, b: Option<&str>) -> bool {
    a.is_some() && b.is_some() && a != b
}

/// What follows what: a group must differ from what stands in its place where it is absent, and a list ends before a comma.
fn sequence(checker: &Checker<'_>, op: &OpDef, elements: &[Element], after: Option<&Element>) {
    let elements: Vec<&Element> = elements.iter().filter(|e| !is_space(e)).collect();
    for (n, element) in elements.iter().enumerate() {
        let next = elements.get(n + 1).copied().or(after);
        match element {
            Element::Group(group) => {
                sequence(checker, op, &group.then, next);
                sequence(checker, op, &group.otherwise, next);
                let instead = match first_literal(&group.otherwise) {
                    None => next.and_then(|e| first_literal(std::slice::from_ref(e))),
                    other => other,
                };
                let other = if instead == first_literal(&group.otherwise) {
                    group.otherwise.iter().collect()
                } else {
                    elements[n + 1..].to_vec()
                };
                if let (Some(a), Some(b)) = (first_literal(&group.then), instead)
                    && a == b
                    && !(a == "," && differ(after_comma(&group.then.iter().collect::<Vec<_>>()), after_comma(&other)))
                {
                    let message = format!("`{}`: what follows this group starts with `{a}` too", op.name);
                    checker.report(UNDECIDABLE_GROUP, group.span, message, Some((op.span, "defined here")));
                }
            }
            Element::OneOf(groups) => cases(checker, op, groups),
            Element::Operand(i) if op.operands[*i].is_variable() => {
                apart(checker, op, &op.operands[*i], next);
                if op.operands[*i].arity == Arity::Variadic {
                    list_ends(checker, op, &op.operands[*i], next, "operands");
                }
            }
            Element::Type(Values::Operand(i)) if op.operands[*i].arity == Arity::Variadic => {
                list_ends(checker, op, &op.operands[*i], next, "types");
            }
            Element::Type(Values::Result(i)) if op.results[*i].arity == Arity::Variadic => {
                list_ends(checker, op, &op.results[*i], next, "types");
            }
            _ => {}
        }
    }
}

/// Operands of which there may be none, with others right behind them.
fn apart(checker: &Checker<'_>, op: &OpDef, spec: &ValueSpec, next: Option<&Element>) {
    if spec.arity != Arity::VariadicOfVariadic
        && let Some(Element::Operand(n)) = next
        && op.operands[*n].arity != Arity::VariadicOfVariadic
    {
        let message = format!("nothing tells where `{}` ends and `{}` begins", spec.name, op.operands[*n].name);
        let format = op.format.as_ref().map_or(op.span, |f| f.span);
        checker.report(UNDECIDABLE_GROUP, format, message, Some((spec.span, "declared here")));
    }
}
fn list_ends(checker: &Checker<'_>, op: &OpDef, spec: &ValueSpec, next: Option<&Element>, what: &str) {
    if next.is_some_and(|e| first_literal(std::slice::from_ref(e)) == Some(",")) {
        let message = format!("the list of {what} of `{}` does not end at the comma that follows it", spec.name);
        let format = op.format.as_ref().map_or(op.span, |f| f.span);
        checker.report(UNDECIDABLE_GROUP, format, message, Some((spec.span, "declared here")));
    }
}

/// The cases of an `oilist` start differently.
fn cases(checker: &Checker<'_>, op: &OpDef, groups: &[Group]) {
    for (n, group) in groups.iter().enumerate() {
        decidable(checker, op, group, None);
        let first = first_literal(&group.then);
        if first.is_some() && groups[..n].iter().any(|g| first_literal(&g.then) == first) {
            let message = format!("`{}`: two cases of the `oilist` start with `{}`", op.name, first.unwrap_or_default());
            checker.report(UNDECIDABLE_GROUP, group.span, message, Some((op.span, "defined here")));
        }
    }
}

/// Parameters of a type or attribute that its format leaves out.
pub fn check_params(checker: &Checker<'_>, def: &TypeDef) {
    fn names(elements: &[Element], n: usize) -> bool {
        elements.iter().any(|e| match e {
            Element::Param(p) | Element::Qualified(p) => *p == n,
            Element::Params => true,
            Element::Struct(list) => list.contains(&n),
            Element::Combinator(Combinator::Shape { shape, elem }) => *shape == n || *elem == n,
            Element::Combinator(Combinator::FunctionParams { result, inputs, varargs }) => {
                [*result, *inputs, *varargs].contains(&n)
            }
            Element::Group(g) => names(&g.then, n) || names(&g.otherwise, n),
            Element::OneOf(groups) => groups.iter().any(|g| names(&g.then, n)),
            _ => false,
        })
    }
    let Some(format) = &def.format else { return };
    for (n, param) in def.params.iter().enumerate() {
        if !names(&format.elements, n) && param.default.is_none() {
            let message = format!("parameter `{}` of `{}` is not in the format", param.name, def.name);
            checker.report(INCOMPLETE_FORMAT, param.span, message, Some((format.span, "the format")));
        }
    }
}

/// Whether the first token of an attribute differs from what else may follow.
fn starts_alone(constraint: &AttrConstraint) -> bool {
    use AttrConstraint as A;
    matches!(
        constraint,
        A::Str
            | A::SymbolName
            | A::SymbolRef { .. }
            | A::Enum(_)
            | A::Array(_)
            | A::DenseArray(_)
            | A::Dict
            | A::Integer { .. }
            | A::Index
            | A::Float(_)
    )
}

/// Names of the variables in a constraint.
pub fn variables(c: &TypeConstraint, out: &mut Vec<String>) {
    use TypeConstraint as T;
    match c {
        T::Var(n) | T::Pack(n) | T::TypeIn(n) | T::FunctionInputs(n) | T::FunctionResults(n) | T::Items(n) => {
            out.push(n.clone())
        }
        T::Shaped { dims, elem, .. } => {
            for dim in dims {
                if let DimKind::Size(n) | DimKind::Pack(Some(n)) = &dim.kind {
                    out.push(n.clone());
                }
            }
            variables(elem, out);
        }
        T::Complex(c)
        | T::Static(c)
        | T::Fixed(c)
        | T::Strided(c)
        | T::Like(c)
        | T::ElementOf(c)
        | T::ScalarOf(c)
        | T::As(_, c)
        | T::Named(_, c) => {
            variables(c, out);
        }
        T::EachElement(c) | T::Leading(c, _) => variables(c, out),
        T::Rank { of, .. } | T::Unmapped { of, .. } | T::Only(_, of) => variables(of, out),
        T::With(a, b) | T::Outer(a, b) | T::Usually(a, b) => {
            variables(a, out);
            variables(b, out);
        }
        T::Dialect { args, .. } | T::Or(args) => args.iter().for_each(|a| variables(a, out)),
        _ => {}
    }
}

/// Whether a constraint allows exactly one type once these variables are known.
fn decides(op: &OpDef, c: &TypeConstraint, known: &[String]) -> bool {
    use TypeConstraint as T;
    match c {
        T::Var(n) => known.contains(n) || op.wheres.iter().any(|w| w.0 == *n && decides(op, &w.1, known)),
        T::Pack(n) | T::Items(n) => known.contains(n),
        T::Usually(usual, _) => decides(op, usual, known),
        T::Index | T::NoneType | T::TypeOf(_) | T::TypeIn(_) => true,
        T::FunctionInputs(n) | T::FunctionResults(n) => known.contains(n) || op.property(n).is_some(),
        T::Integer { width, .. } => width.is_some(),
        T::Number(_) => true,
        T::Float(kind) => kind.is_some(),
        T::Complex(c)
        | T::Static(c)
        | T::Fixed(c)
        | T::Strided(c)
        | T::ElementOf(c)
        | T::ScalarOf(c)
        | T::As(_, c)
        | T::Named(_, c) => decides(op, c, known),
        T::EachElement(c) | T::Leading(c, _) => decides(op, c, known),
        T::Rank { of, .. } | T::Only(_, of) => decides(op, of, known),
        T::Unmapped { of: a, elem: b, .. } | T::Outer(a, b) | T::With(a, b) => decides(op, a, known) && decides(op, b, known),
        T::Dialect { args, .. } => args.iter().all(|a| decides(op, a, known)),
        T::Shaped { dims, elem, .. } => {
            decides(op, elem, known)
                && dims.iter().all(|d| match &d.kind {
                    DimKind::Fixed(_) | DimKind::Dynamic | DimKind::Len(_) => true,
                    DimKind::Size(n) | DimKind::Pack(Some(n)) => known.contains(n),
                    _ => false,
                })
        }
        _ => false,
    }
}

/// Follows what is written to what is left out; reports what it does not reach.
fn types(checker: &Checker<'_>, op: &OpDef, format: &Format, seen: &Seen) {
    let all = seen.typed.contains(&Values::Operands);
    let mut operands: Vec<bool> = (0..op.operands.len()).map(|n| all || seen.typed.contains(&Values::Operand(n))).collect();
    let all = seen.typed.contains(&Values::Results);
    let mut results: Vec<bool> = (0..op.results.len()).map(|n| all || seen.typed.contains(&Values::Result(n))).collect();
    let mut known: Vec<String> = vec![];
    for p in &op.properties {
        if let AttrConstraint::Typed(c) = &p.constraint {
            variables(c, &mut known);
        }
    }
    loop {
        let before = (known.len(), operands.clone(), results.clone());
        let specs = op.operands.iter().zip(&mut operands).chain(op.results.iter().zip(&mut results));
        for (spec, done) in specs {
            // An optional value that is absent has no type; that of a present one is asked for all the same.
            *done = *done || decides(op, &spec.constraint, &known);
            if *done {
                let mut names = vec![];
                variables(&spec.constraint, &mut names);
                names.retain(|n| !known.contains(n));
                known.extend(names);
            }
        }
        if op.has(&Trait::SameType) && operands.iter().chain(&results).any(|d| *d) {
            operands.iter_mut().chain(&mut results).for_each(|d| *d = true);
        }
        if op.eval.is_some() && operands.iter().all(|d| *d) {
            results.iter_mut().for_each(|d| *d = true);
        }
        if before == (known.len(), operands.clone(), results.clone()) {
            break;
        }
    }
    let specs =
        op.operands.iter().zip(&operands).map(|x| (x, "operand")).chain(op.results.iter().zip(&results).map(|x| (x, "result")));
    for ((spec, _), what) in specs.filter(|((_, done), _)| !**done) {
        let message = format!("the type of {what} `{}` does not follow from what the format has", spec.name);
        checker.report(UNINFERABLE_TYPE, spec.span, message, Some((format.span, "the format")));
    }
}
