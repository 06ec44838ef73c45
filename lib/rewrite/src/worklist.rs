//! A stack of operations, each in it once, from which erased operations can be taken.

use edge_ir::Op;

#[derive(Default)]
pub(crate) struct Worklist {
    stack: Vec<Option<Op>>,
    /// By the operation's index: one more than its place on the stack.
    place: Vec<u32>,
}

impl Worklist {
    /// Adds an operation, unless it is there already.
    pub fn push(&mut self, op: Op) {
        if self.place.len() <= op.index() {
            self.place.resize(op.index() + 1, 0);
        }
        if self.place[op.index()] == 0 {
            self.stack.push(Some(op));
            self.place[op.index()] = self.stack.len() as u32;
        }
    }
    /// Takes the operation that was added last.
    pub fn pop(&mut self) -> Option<Op> {
        while let Some(top) = self.stack.pop() {
            if let Some(op) = top {
                self.place[op.index()] = 0;
                return Some(op);
            }
        }
        None
    }
    /// Takes an operation out, wherever it is.
    pub fn remove(&mut self, op: Op) {
        if let Some(place) = self.place.get_mut(op.index()).filter(|p| **p != 0) {
            self.stack[*place as usize - 1] = None;
            *place = 0;
        }
    }
}
