//! Use lists.

use super::{Body, Op, Use, UseData, Value};
use smallvec::SmallVec;

impl Body {
    pub(super) fn link_use(&mut self, value: Value, op: Op, index: u32) -> Use {
        let head = self.values.get(value).first_use;
        let new = self.uses.insert(UseData { value, op, index, prev: None, next: head });
        if let Some(head) = head {
            self.uses.get_mut(head).prev = Some(new);
        }
        self.values.get_mut(value).first_use = Some(new);
        new
    }
    fn detach_use(&mut self, u: Use) {
        let UseData { value, prev, next, .. } = *self.uses.get(u);
        match prev {
            Some(p) => self.uses.get_mut(p).next = next,
            None => self.values.get_mut(value).first_use = next,
        }
        if let Some(n) = next {
            self.uses.get_mut(n).prev = prev;
        }
    }
    pub(super) fn unlink_use(&mut self, u: Use) {
        self.detach_use(u);
        self.uses.remove(u);
    }
    pub fn set_operand(&mut self, op: Op, index: usize, value: Value) {
        let u = self.op(op).operands[index];
        if self.uses.get(u).value == value {
            return;
        }
        self.detach_use(u);
        let head = self.values.get(value).first_use;
        let data = self.uses.get_mut(u);
        (data.value, data.prev, data.next) = (value, None, head);
        if let Some(head) = head {
            self.uses.get_mut(head).prev = Some(u);
        }
        self.values.get_mut(value).first_use = Some(u);
    }
    /// Replaces the whole operand list. Segment sizes are the caller's.
    pub fn set_operands(&mut self, op: Op, values: &[Value]) {
        let old = std::mem::take(&mut self.op_mut(op).operands);
        for u in old {
            self.unlink_use(u);
        }
        let new: SmallVec<[Use; 3]> = values.iter().enumerate().map(|(i, v)| self.link_use(*v, op, i as u32)).collect();
        self.op_mut(op).operands = new;
    }
    /// Uses of a value as (operation, operand number), latest first.
    pub fn uses(&self, value: Value) -> impl Iterator<Item = (Op, usize)> + '_ {
        let next = |u: &Use| self.uses.get(*u).next;
        std::iter::successors(self.values.get(value).first_use, next).map(|u| {
            let data = self.uses.get(u);
            (data.op, data.index as usize)
        })
    }
    pub fn is_unused(&self, value: Value) -> bool {
        self.values.get(value).first_use.is_none()
    }
    pub fn has_one_use(&self, value: Value) -> bool {
        self.values.get(value).first_use.is_some_and(|u| self.uses.get(u).next.is_none())
    }
    pub fn replace_all_uses(&mut self, old: Value, new: Value) {
        if old == new {
            return;
        }
        while let Some(u) = self.values.get(old).first_use {
            let UseData { op, index, .. } = *self.uses.get(u);
            self.set_operand(op, index as usize, new);
        }
    }
    /// Replaces the uses for which `keep` holds.
    pub fn replace_uses_if(&mut self, old: Value, new: Value, keep: impl Fn(&Body, Op, usize) -> bool) {
        let chosen: Vec<(Op, usize)> = self.uses(old).filter(|(op, i)| keep(self, *op, *i)).collect();
        for (op, index) in chosen {
            self.set_operand(op, index, new);
        }
    }
}
