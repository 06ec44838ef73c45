//! Reads the examples and rejects of definitions: text as it may stand in a function's body or in a module, or one type or attribute.

use crate::parse::{ParseOptions, Parser};
use crate::print::{PrintOptions, print_attr, print_fragment, print_type};
use edge_dialect::Registry;
use edge_dialect::check::{Outcome, Problem, check_examples};
use edge_ir::{Body, Context, Op, verify as structure};
use edge_support::{Diagnostics, Reported, SourceMap};

/// Operations that stand by themselves, in the region of an operation of no dialect. Values that they use and do not define are
/// the region's arguments, of the type in which they are used.
pub(crate) struct Fragment {
    pub body: Body,
    pub root: Op,
    /// The names of the arguments, as written.
    pub args: Vec<String>,
}

/// The name of the operation around a fragment: of no dialect, so that nothing is demanded of it.
pub(crate) const AROUND: &str = "edge.fragment";

/// Checks the examples and rejects of some dialects of a registry: every example parses, verifies and is printed as it stands, and
/// every reject gives exactly its message.
pub fn check(registry: &Registry, wanted: &dyn Fn(&str) -> bool, diags: &Diagnostics) {
    let ctx = registry.context();
    check_examples(registry, wanted, &|text| read(&ctx, text), diags);
}

/// All checks of the dialects that one registry has and another has not: what [`edge_dialect::check`] looks at, and then the examples and
/// rejects. Warnings are no errors.
///
/// # Errors
/// Findings that are errors, in `diags`.
pub fn check_new(old: &Registry, registry: &Registry, diags: &Diagnostics) -> Result<(), Reported> {
    if old.dialects().len() == registry.dialects().len() {
        return Ok(());
    }
    let new = |name: &str| old.dialect(name).is_none();
    edge_dialect::check::check_some(registry, &new, diags);
    diags.check()?;
    check(registry, &new, diags);
    diags.check()
}

/// Parses, verifies and prints one example.
pub fn read(ctx: &Context, text: &str) -> Outcome {
    let (sources, diags) = (SourceMap::new(), Diagnostics::new());
    let file = sources.add("<example>", text);
    let mut parser = Parser::new(ctx, &diags, file, "<example>", text, &ParseOptions::default());
    let printed = match text.bytes().next() {
        Some(b'!') => parser.within(0, text.len(), |p| p.ty()).map(|t| print_type(ctx, t)),
        Some(b'#') => parser.within(0, text.len(), |p| p.attr(None)).map(|a| print_attr(ctx, a)),
        _ => match parser.fragment() {
            Ok(fragment) => return verified(ctx, &sources, fragment),
            Err(reported) => Err(reported),
        },
    };
    match printed {
        Ok(printed) => Outcome::Printed(printed),
        Err(_) => {
            let problem = |d: edge_support::Diagnostic| Problem {
                message: d.message,
                at: d.primary.map(|l| l.span.start as usize..l.span.end as usize),
            };
            Outcome::Errors(diags.take().into_iter().map(problem).collect())
        }
    }
}

fn verified(ctx: &Context, sources: &SourceMap, mut fragment: Fragment) -> Outcome {
    let mut findings = structure::verify(ctx, &mut fragment.body, fragment.root);
    if findings.is_empty() {
        findings = edge_dialect::verify::verify_all(ctx, &fragment.body, fragment.root);
    }
    if findings.is_empty() {
        return Outcome::Printed(print_fragment(ctx, &fragment, &PrintOptions::default()));
    }
    let at = |loc| ctx.span_of(loc, sources).map(|s| s.start as usize..s.end as usize);
    Outcome::Errors(findings.into_iter().map(|f| Problem { at: at(f.loc), message: f.message }).collect())
}
