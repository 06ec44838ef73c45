//! A format as straight-line code with jumps, so that the driver can leave it for a region and come back.

use edge_dialect::model::{Element, Group, OpDef};
use std::rc::Rc;

#[derive(Clone, Copy, Debug)]
pub(crate) enum Instr<'d> {
    Element(&'d Element),
    /// Goes on if the group is there, else jumps.
    Group(&'d Group, usize),
    /// Jumps to the case that is there, or beyond the last.
    OneOf(&'d [Group]),
    /// The end of a list of cases: where each starts.
    Jump(usize),
}

#[derive(Debug, Default)]
pub(crate) struct Program<'d> {
    pub code: Vec<Instr<'d>>,
    /// For each [`Instr::OneOf`] (by its place) the places of its cases, then that after it.
    pub cases: rustc_hash::FxHashMap<usize, Vec<usize>>,
}

impl<'d> Program<'d> {
    pub fn of(def: &'d OpDef) -> Rc<Self> {
        let mut program = Self::default();
        if let Some(format) = &def.format {
            program.emit(&format.elements);
        }
        Rc::new(program)
    }
    fn emit(&mut self, elements: &'d [Element]) {
        for element in elements {
            match element {
                Element::Space | Element::NoSpace | Element::Newline => {}
                Element::Group(group) => {
                    let test = self.code.len();
                    self.code.push(Instr::Group(group, 0));
                    self.emit(&group.then);
                    let jump = self.code.len();
                    self.code.push(Instr::Jump(0));
                    self.code[test] = Instr::Group(group, jump + 1);
                    self.emit(&group.otherwise);
                    self.code[jump] = Instr::Jump(self.code.len());
                }
                Element::OneOf(groups) => {
                    let test = self.code.len();
                    self.code.push(Instr::OneOf(groups));
                    let mut places = Vec::new();
                    for group in groups {
                        places.push(self.code.len());
                        self.emit(&group.then);
                        self.code.push(Instr::Jump(test));
                    }
                    places.push(self.code.len());
                    self.cases.insert(test, places);
                }
                other => self.code.push(Instr::Element(other)),
            }
        }
    }
}
