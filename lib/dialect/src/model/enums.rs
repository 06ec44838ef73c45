//! Enumerations.

use edge_support::Span;

/// How the cases of an enumeration are held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EnumStorage {
    /// An integer attribute of that many bits: `2 : i64`.
    Integer(u32),
    /// A string attribute.
    String,
    /// An attribute of the dialect with one [`edge_ir::Param::Int`], `#arith.fastmath<nnan>`; `bare`: `#gpu<dim x>`.
    Attribute { bare: bool },
}

#[derive(Debug, PartialEq)]
pub struct EnumDef {
    /// With the dialect, `arith.fastmath`.
    pub name: String,
    pub doc: String,
    pub storage: EnumStorage,
    /// A bare word has one space before it in a format, where older printers put two.
    pub tight: bool,
    /// Values are sets of bits; cases of several bits are named groups.
    pub bits: bool,
    /// Between the names of a set in text: `,` or `, ` or `|`.
    pub separator: String,
    pub cases: Vec<(String, i64)>,
    pub span: Span,
}

impl EnumDef {
    pub fn value(&self, case: &str) -> Option<i64> {
        self.cases.iter().find(|c| c.0 == case).map(|c| c.1)
    }

    /// The text of a value: one case, or the cases of a set, groups first; `None` if there is none.
    pub fn text(&self, value: i64) -> Option<String> {
        if let Some(case) = self.cases.iter().find(|c| c.1 == value) {
            return Some(case.0.clone());
        }
        if !self.bits {
            return None;
        }
        let mut rest = value;
        let mut names = vec![];
        let groups = self.cases.iter().filter(|c| c.1.count_ones() > 1);
        for (name, bits) in groups.chain(self.cases.iter().filter(|c| c.1.count_ones() == 1)) {
            if rest & bits == *bits {
                names.push(name.as_str());
                rest &= !bits;
            }
        }
        (rest == 0).then(|| names.join(&self.separator))
    }

    /// The value of a list of cases (one, unless the cases are bits).
    pub fn parse<'a>(&self, cases: impl IntoIterator<Item = &'a str>) -> Option<i64> {
        let mut out = None;
        for case in cases {
            let value = self.value(case)?;
            match out {
                Some(_) if !self.bits => return None,
                Some(old) => out = Some(old | value),
                None => out = Some(value),
            }
        }
        out
    }
}
