//! Integers of which some are sizes that are not known before a model runs.

use std::fmt;

/// A size that is not known yet, as the host numbers them.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct Symbol(pub u32);

/// An integer: a known one, or a known factor times unknown sizes.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Size {
    factor: i64,
    /// Sorted, repeated for powers. Empty where the factor is zero.
    symbols: Vec<Symbol>,
}

/// Why an operation on sizes has no result.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NoSize {
    /// The result depends on an unknown size in a way that a product cannot hold.
    Unknown,
    Overflow,
    DivisionByZero,
}

impl From<i64> for Size {
    fn from(value: i64) -> Size {
        Size { factor: value, symbols: vec![] }
    }
}

impl Size {
    pub fn symbol(symbol: Symbol) -> Size {
        Size { factor: 1, symbols: vec![symbol] }
    }

    /// The integer, where it is known.
    pub fn known(&self) -> Option<i64> {
        self.symbols.is_empty().then_some(self.factor)
    }

    /// The symbol that this is, factor one.
    pub fn as_symbol(&self) -> Option<Symbol> {
        match self.symbols[..] {
            [symbol] if self.factor == 1 => Some(symbol),
            _ => None,
        }
    }

    fn of(factor: i64, symbols: Vec<Symbol>) -> Size {
        if factor == 0 { Size::from(0) } else { Size { factor, symbols } }
    }

    pub fn add(&self, other: &Size) -> Result<Size, NoSize> {
        match (self.factor, other.factor) {
            (0, _) => Ok(other.clone()),
            (_, 0) => Ok(self.clone()),
            (a, b) if self.symbols == other.symbols => {
                Ok(Size::of(a.checked_add(b).ok_or(NoSize::Overflow)?, self.symbols.clone()))
            }
            _ => Err(NoSize::Unknown),
        }
    }

    pub fn neg(&self) -> Result<Size, NoSize> {
        Ok(Size::of(self.factor.checked_neg().ok_or(NoSize::Overflow)?, self.symbols.clone()))
    }

    pub fn mul(&self, other: &Size) -> Result<Size, NoSize> {
        let factor = self.factor.checked_mul(other.factor).ok_or(NoSize::Overflow)?;
        let mut symbols = [&self.symbols[..], &other.symbols[..]].concat();
        symbols.sort_unstable();
        Ok(Size::of(factor, symbols))
    }

    /// Division rounding towards minus infinity. With unknown sizes only where it leaves no remainder whatever they are.
    pub fn floor_div(&self, other: &Size) -> Result<Size, NoSize> {
        if other.factor == 0 {
            return Err(NoSize::DivisionByZero);
        }
        if let (Some(a), Some(b)) = (self.known(), other.known()) {
            let quotient = a.checked_div_euclid(b).ok_or(NoSize::Overflow)?;
            // Euclidean division rounds up for a negative divisor with a remainder.
            return Ok(Size::from(if b < 0 && a.rem_euclid(b) != 0 { quotient - 1 } else { quotient }));
        }
        let mut symbols = self.symbols.clone();
        for symbol in &other.symbols {
            let at = symbols.iter().position(|s| s == symbol).ok_or(NoSize::Unknown)?;
            symbols.remove(at);
        }
        match self.factor.checked_rem(other.factor) {
            Some(0) => Ok(Size::of(self.factor / other.factor, symbols)),
            _ => Err(NoSize::Unknown),
        }
    }

    /// Remainder of [`Size::floor_div`].
    pub fn modulo(&self, other: &Size) -> Result<Size, NoSize> {
        let product = self.floor_div(other)?.mul(other)?;
        self.add(&product.neg()?)
    }
}

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.factor != 1 || self.symbols.is_empty() {
            write!(f, "{}", self.factor)?;
        }
        self.symbols.iter().try_for_each(|_| f.write_str("?"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_division_floors() {
        let div = |a: i64, b: i64| Size::from(a).floor_div(&b.into()).map(|s| s.known());
        assert_eq!([div(7, 2), div(-7, 2), div(7, -2), div(-7, -2), div(6, -2)], [3, -4, -4, 3, -3].map(|q| Ok(Some(q))));
        assert_eq!(div(i64::MIN, -1), Err(NoSize::Overflow));
        assert_eq!(div(1, 0), Err(NoSize::DivisionByZero));
        assert_eq!(Size::from(-7).modulo(&3.into()), Ok(2.into()));
    }

    #[test]
    fn unknown_sizes_cancel() {
        let n = Size::symbol(Symbol(0));
        let all = n.mul(&200.into()).expect("product");
        assert_eq!(all.floor_div(&200.into()), Ok(n.clone()));
        assert_eq!(all.floor_div(&n), Ok(200.into()));
        assert_eq!(all.floor_div(&Size::symbol(Symbol(1))), Err(NoSize::Unknown));
        assert_eq!(n.add(&1.into()), Err(NoSize::Unknown));
        assert_eq!(n.add(&n.neg().expect("negative")), Ok(0.into()));
    }
}
