//! The pieces of `grammar/mlir.pest`.

use pest::Parser;
use pest::iterators::Pair;

#[derive(pest_derive::Parser)]
#[grammar = "../../grammar/mlir.pest"]
struct Grammar;

pub(crate) type Pieces<'s> = pest::iterators::Pairs<'s, Rule>;
pub(crate) type Piece<'s> = Pair<'s, Rule>;

/// Matches a whole slice against a rule. `Err` is the byte offset in the slice where it fails.
pub(crate) fn piece(rule: Rule, text: &str) -> Result<Pieces<'_>, usize> {
    Grammar::parse(rule, text).map_err(|e| match e.location {
        pest::error::InputLocation::Pos(at) => at,
        pest::error::InputLocation::Span((at, _)) => at,
    })
}
