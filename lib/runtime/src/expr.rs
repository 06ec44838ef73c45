//! Sizes that depend on the program's dims.

use crate::codes;
use crate::error::{Result, fail};
use serde::{Deserialize, Serialize};

/// An integer expression over the program's dims; a plain number in JSON where it is constant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Expr {
    Const(i64),
    Op(Box<Op>),
}

/// An operation of an [`Expr`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Op {
    /// The dim of that index.
    Dim(usize),
    Add(Vec<Expr>),
    Mul(Vec<Expr>),
    Max(Vec<Expr>),
    Min(Vec<Expr>),
    FloorDiv(Expr, Expr),
    CeilDiv(Expr, Expr),
    Mod(Expr, Expr),
}

/// Levels of nesting that an expression may have.
const DEPTH: usize = 64;

impl Expr {
    pub fn dim(index: usize) -> Expr {
        Expr::Op(Box::new(Op::Dim(index)))
    }

    /// The value for given dims.
    ///
    /// Errors: [`codes::DIM`] for an unknown dim, a division by less than one, overflow, or nesting beyond 64 levels.
    pub fn eval(&self, dims: &[i64]) -> Result<i64> {
        self.eval_at(dims, 0)
    }

    fn eval_at(&self, dims: &[i64], depth: usize) -> Result<i64> {
        let Expr::Op(op) = self else {
            let Expr::Const(value) = self else { return fail(codes::DIM, "not an expression") };
            return Ok(*value);
        };
        if depth > DEPTH {
            return fail(codes::DIM, format!("a size is nested beyond {DEPTH} levels"));
        }
        let at = |e: &Expr| e.eval_at(dims, depth + 1);
        let fold = |list: &[Expr], start: Option<i64>, f: fn(i64, i64) -> Option<i64>| -> Result<Option<i64>> {
            list.iter().try_fold(start, |sum, e| {
                let value = at(e)?;
                Ok(match sum {
                    None => Some(value),
                    Some(sum) => Some(f(sum, value).map_or_else(|| fail(codes::DIM, "a size overflows"), Ok)?),
                })
            })
        };
        let divide = |a: &Expr, b: &Expr, f: fn(i64, i64) -> i64| match (at(a)?, at(b)?) {
            (a, b) if b > 0 => Ok(f(a, b)),
            _ => fail(codes::DIM, "a size is divided by less than one"),
        };
        match &**op {
            Op::Dim(index) => match dims.get(*index) {
                Some(value) => Ok(*value),
                None => fail(codes::DIM, format!("dim {index} of {}", dims.len())),
            },
            Op::Add(list) => Ok(fold(list, Some(0), i64::checked_add)?.unwrap_or(0)),
            Op::Mul(list) => Ok(fold(list, Some(1), i64::checked_mul)?.unwrap_or(1)),
            Op::Max(list) => Ok(fold(list, None, |a, b| Some(a.max(b)))?.unwrap_or(0)),
            Op::Min(list) => Ok(fold(list, None, |a, b| Some(a.min(b)))?.unwrap_or(0)),
            Op::FloorDiv(a, b) => divide(a, b, i64::div_euclid),
            Op::CeilDiv(a, b) => divide(a, b, |a, b| a.div_euclid(b) + i64::from(a.rem_euclid(b) != 0)),
            Op::Mod(a, b) => divide(a, b, i64::rem_euclid),
        }
    }

    /// The value as a size or an offset.
    ///
    /// Errors: as [`Expr::eval`], and for a negative value.
    pub fn size(&self, dims: &[i64]) -> Result<usize> {
        let value = self.eval(dims)?;
        usize::try_from(value).or_else(|_| fail(codes::DIM, format!("the size {value} is negative")))
    }
}

impl From<i64> for Expr {
    fn from(value: i64) -> Expr {
        Expr::Const(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_evaluate_and_refuse() {
        let text = r#"{"add":[64,{"mul":[{"dim":0},256]},{"ceil_div":[{"dim":1},4]}]}"#;
        let expr: Expr = serde_json::from_str(text).unwrap();
        assert_eq!(expr.eval(&[3, 9]).unwrap(), 64 + 768 + 3);
        assert_eq!(serde_json::to_string(&expr).unwrap(), text);
        assert_eq!(expr.eval(&[3]).unwrap_err().code, codes::DIM);
        assert_eq!(expr.eval(&[i64::MAX, 1]).unwrap_err().message, "a size overflows");
        let zero = Expr::Op(Box::new(Op::Mod(1.into(), 0.into())));
        assert!(zero.eval(&[]).is_err());
        assert!(Expr::from(-1).size(&[]).is_err());
    }
}
