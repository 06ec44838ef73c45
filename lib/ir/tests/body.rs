//! Bodies: erasing, cloning, uses, order, dominance, isolated operations, all without a dialect or a text.

use edge_ir::body::Mapping;
use edge_ir::dominance::Dominance;
use edge_ir::{Block, Body, Context, Op, OpState, Region, Value};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// A body with one region of one block, and helpers that make operations of no dialect.
struct Setting {
    ctx: Context,
    body: Body,
    region: Region,
    block: Block,
}

impl Setting {
    fn new() -> Self {
        let mut body = Body::new();
        let region = body.new_region();
        let block = body.add_block(region);
        Self { ctx: Context::new(), body, region, block }
    }
    fn state(&self, name: &str, operands: &[Value], results: usize) -> OpState {
        let mut state = OpState::new(self.ctx.ident(name), self.ctx.unknown_loc());
        state.operands.extend(operands.iter().copied());
        state.result_types.extend((0..results).map(|_| self.ctx.f32()));
        state
    }
    fn op(&mut self, name: &str, operands: &[Value], results: usize) -> Op {
        self.op_in(self.block, name, operands, results)
    }
    fn op_in(&mut self, block: Block, name: &str, operands: &[Value], results: usize) -> Op {
        let state = self.state(name, operands, results);
        let op = self.body.create(&self.ctx, state);
        self.body.append(block, op);
        op
    }
    /// A branch; any operation with successors is one.
    fn branch(&mut self, from: Block, to: &[Block]) -> Op {
        let mut state = self.state("t.branch", &[], 0);
        state.successors.extend(to.iter().copied());
        let op = self.body.create(&self.ctx, state);
        self.body.append(from, op);
        op
    }
    /// An operation with one region of one block, which is not isolated.
    fn nest(&mut self, block: Block) -> (Op, Block) {
        let region = self.body.new_region();
        let inner = self.body.add_block(region);
        let mut state = self.state("t.nest", &[], 0);
        state.regions.push(region);
        let op = self.body.create(&self.ctx, state);
        self.body.append(block, op);
        (op, inner)
    }
    /// An isolated operation: a body of its own with one operation that has one result.
    fn isolated(&mut self) -> Op {
        let mut inner = Box::new(Body::new());
        let region = inner.new_region();
        let block = inner.add_block(region);
        let op = inner.create(&self.ctx, self.state("t.inside", &[], 1));
        inner.append(block, op);
        let mut state = self.state("t.isolated", &[], 0);
        state.body = Some((inner, [region].into_iter().collect()));
        let op = self.body.create(&self.ctx, state);
        self.body.append(self.block, op);
        op
    }
    fn value(&self, op: Op) -> Value {
        self.body.result(op, 0)
    }
    fn names(&self, block: Block) -> Vec<&str> {
        self.body.block_ops(block).map(|op| self.body.name(&self.ctx, op)).collect()
    }
    fn uses(&self, value: Value) -> Vec<(Op, usize)> {
        let mut all: Vec<_> = self.body.uses(value).collect();
        all.sort_by_key(|(op, n)| (op.index(), *n));
        all
    }
}

#[test]
fn uses_follow_every_change() {
    let mut s = Setting::new();
    let (a, b) = (s.op("t.a", &[], 1), s.op("t.b", &[], 1));
    let (va, vb) = (s.value(a), s.value(b));
    assert!(s.body.is_unused(va));
    let user = s.op("t.user", &[va, vb, va], 0);
    assert_eq!(s.uses(va), [(user, 0), (user, 2)]);
    assert!(s.body.has_one_use(vb) && !s.body.has_one_use(va));

    s.body.set_operand(user, 0, vb);
    assert_eq!((s.uses(va), s.uses(vb)), (vec![(user, 2)], vec![(user, 0), (user, 1)]));
    s.body.set_operand(user, 0, vb);
    assert_eq!(s.uses(vb).len(), 2, "setting what is there changes nothing");

    s.body.replace_all_uses(vb, va);
    assert!(s.body.is_unused(vb));
    assert_eq!(s.body.operands(user).collect::<Vec<_>>(), [va, va, va]);
    s.body.replace_all_uses(va, va);
    assert_eq!(s.uses(va).len(), 3);

    s.body.replace_uses_if(va, vb, |_, _, n| n == 1);
    assert_eq!(s.body.operands(user).collect::<Vec<_>>(), [va, vb, va]);
    s.body.set_operands(user, &[vb]);
    assert!(s.body.is_unused(va) && s.body.has_one_use(vb));
    s.body.erase(user);
    assert!(s.body.is_unused(vb));
}

#[test]
fn a_user_may_use_its_own_kind_often() {
    let mut s = Setting::new();
    let a = s.op("t.a", &[], 1);
    let va = s.value(a);
    let users: Vec<Op> = (0..1000).map(|_| s.op("t.user", &[va], 0)).collect();
    assert_eq!(s.body.uses(va).count(), 1000);
    // From the middle, from both ends.
    for op in users.iter().skip(500).chain(users.iter().take(500)) {
        s.body.erase(*op);
    }
    assert!(s.body.is_unused(va));
    assert_eq!(s.body.num_ops(), 1);
}

#[test]
fn erasing_takes_what_is_inside_and_nothing_else() {
    let mut s = Setting::new();
    let a = s.op("t.a", &[], 1);
    let va = s.value(a);
    let (nest, inner) = s.nest(s.block);
    let b = s.op_in(inner, "t.b", &[va], 1);
    let vb = s.value(b);
    let (_, innermost) = s.nest(inner);
    s.op_in(innermost, "t.c", &[va, vb], 0);
    let last = s.op("t.last", &[va], 0);
    assert_eq!(s.body.uses(va).count(), 3);

    s.body.erase(nest);
    assert_eq!(s.names(s.block), ["t.a", "t.last"]);
    assert_eq!((s.uses(va), s.body.num_ops()), (vec![(last, 0)], 2));
    s.isolated();
    let isolated = s.body.block_last(s.block).expect("it was appended");
    s.body.erase(isolated);
    assert_eq!(s.body.num_ops(), 2);
}

#[test]
fn what_is_used_cannot_be_erased() {
    let mut s = Setting::new();
    let a = s.op("t.a", &[], 1);
    let va = s.value(a);
    s.op("t.user", &[va], 0);
    assert!(catch_unwind(AssertUnwindSafe(|| s.body.erase(a))).is_err());
}

#[test]
fn the_place_of_what_was_erased_is_used_again() {
    let mut s = Setting::new();
    let first = s.op("t.a", &[], 1);
    s.body.erase(first);
    let bound = s.body.op_bound();
    for _ in 0..100 {
        let op = s.op("t.b", &[], 1);
        s.body.erase(op);
    }
    assert_eq!(s.body.op_bound(), bound);
}

#[cfg(debug_assertions)]
#[test]
fn a_handle_of_what_was_erased_is_told_from_its_successor() {
    let mut s = Setting::new();
    let old = s.op("t.a", &[], 0);
    s.body.erase(old);
    s.op("t.b", &[], 0);
    assert!(catch_unwind(AssertUnwindSafe(|| s.body.op(old).num_operands())).is_err());
}

#[test]
fn order_survives_insertion_and_moves() {
    let mut s = Setting::new();
    let (a, d) = (s.op("t.a", &[], 0), s.op("t.d", &[], 0));
    let state = s.state("t.b", &[], 0);
    let b = s.body.create(&s.ctx, state);
    s.body.insert_after(a, b);
    let state = s.state("t.c", &[], 0);
    let c = s.body.create(&s.ctx, state);
    s.body.insert_before(d, c);
    assert_eq!(s.names(s.block), ["t.a", "t.b", "t.c", "t.d"]);
    assert!(s.body.is_before(a, b) && s.body.is_before(b, d) && !s.body.is_before(d, c) && !s.body.is_before(a, a));
    s.body.move_before(d, a);
    s.body.move_to_end(a, s.block);
    assert_eq!(s.names(s.block), ["t.d", "t.b", "t.c", "t.a"]);
    assert!(s.body.is_before(d, b) && s.body.is_before(c, a) && !s.body.is_before(a, d));
    // Many insertions at one place: the order's numbers run out and are given anew.
    for _ in 0..500 {
        let state = s.state("t.e", &[], 0);
        let e = s.body.create(&s.ctx, state);
        s.body.insert_after(d, e);
        assert!(s.body.is_before(d, e) && s.body.is_before(e, b));
    }
    let other = s.body.add_block(s.region);
    s.body.splice_tail(b, other);
    assert_eq!(s.names(other), ["t.b", "t.c", "t.a"]);
    s.body.splice_before(other, d);
    assert_eq!(s.names(s.block)[..4], ["t.b", "t.c", "t.a", "t.d"]);
    assert_eq!(s.body.block_first(other), None);
}

#[test]
fn clones_map_what_is_inside() {
    let mut s = Setting::new();
    let a = s.op("t.a", &[], 1);
    let va = s.value(a);
    let (nest, inner) = s.nest(s.block);
    let b = s.op_in(inner, "t.b", &[va], 1);
    let vb = s.value(b);
    let c = s.op_in(inner, "t.c", &[va, vb], 0);

    let mut mapping = Mapping::new();
    let copy = s.body.clone_op(&s.ctx, nest, &mut mapping);
    s.body.append(s.block, copy);
    let region = s.body.op(copy).regions()[0];
    let block = s.body.region_first(region).expect("it was copied");
    let ops: Vec<Op> = s.body.block_ops(block).collect();
    assert_eq!(s.names(block), ["t.b", "t.c"]);
    assert!(ops[0] != b && ops[1] != c);
    // What is defined outside stays, what is defined inside is the copy's own.
    assert_eq!(s.body.operands(ops[1]).collect::<Vec<_>>(), [va, s.value(ops[0])]);
    assert_eq!(mapping.get(vb), s.value(ops[0]));
    assert_eq!(s.body.uses(va).count(), 4);

    let d = s.op("t.d", &[], 1);
    let vd = s.value(d);
    let mut mapping = Mapping::new();
    mapping.map(va, vd);
    let other = s.body.clone_op(&s.ctx, nest, &mut mapping);
    s.body.append(s.block, other);
    assert_eq!((s.body.uses(va).count(), s.body.uses(vd).count()), (4, 2));
    s.body.erase(nest);
    assert_eq!(s.body.uses(va).count(), 2);
}

#[test]
fn clones_of_blocks_branch_among_themselves() {
    let mut s = Setting::new();
    let (x, y) = (s.body.add_block(s.region), s.body.add_block(s.region));
    // A use before the definition in the order of the blocks: y defines what x uses.
    let def = s.op_in(y, "t.def", &[], 1);
    let value = s.value(def);
    s.branch(s.block, &[y]);
    s.op_in(x, "t.use", &[value], 0);
    s.branch(x, &[y, x]);
    s.branch(y, &[x]);
    let (copy, regions) = s.body.duplicate(&s.ctx, &[s.region]);
    let blocks: Vec<Block> = copy.blocks(regions[0]).collect();
    let targets = |b: Block| copy.op(copy.block_last(b).expect("it has a branch")).successors().to_vec();
    assert_eq!(blocks.len(), 3);
    assert_eq!(
        (targets(blocks[0]), targets(blocks[1]), targets(blocks[2])),
        (vec![blocks[2]], vec![blocks[2], blocks[1]], vec![blocks[1]])
    );
    let (user, def) = (copy.block_first(blocks[1]).expect("one"), copy.block_first(blocks[2]).expect("one"));
    assert_eq!(copy.operand(user, 0), copy.result(def, 0));
}

#[test]
fn isolated_bodies_are_copied_whole() {
    let mut s = Setting::new();
    let op = s.isolated();
    let copy = s.body.clone_op(&s.ctx, op, &mut Mapping::new());
    s.body.append(s.block, copy);
    assert_eq!(s.body.isolated_mut().count(), 2);
    let inner = s.body.op_mut(copy).body_mut().expect("it has a body");
    assert_eq!(inner.num_ops(), 1);
    assert_eq!(inner.isolated_mut().count(), 0);
    // Changing the copy leaves the original as it is.
    let entry = s.body.op(copy).entry().expect("it has a block");
    let inner = s.body.op_mut(copy).body_mut().expect("it has a body");
    let inside = inner.block_first(entry).expect("it has an operation");
    inner.erase(inside);
    assert_eq!(s.body.op(op).body().map(Body::num_ops), Some(1));
    assert_eq!(s.body.op(copy).body().map(Body::num_ops), Some(0));
    // A body may leave its operation and come back.
    let (taken, regions) = s.body.op_mut(op).take_body().expect("it has a body");
    assert!(s.body.op(op).body().is_none());
    s.body.op_mut(op).put_body(taken, regions);
    assert_eq!(s.body.op(op).body().map(Body::num_ops), Some(1));
}

#[test]
fn dominance_of_a_diamond_and_a_loop() {
    let mut s = Setting::new();
    let entry = s.block;
    let [left, right, join, body, exit, lost] = [(); 6].map(|()| s.body.add_block(s.region));
    s.branch(entry, &[left, right]);
    s.branch(left, &[join]);
    s.branch(right, &[join]);
    s.branch(join, &[body, exit]);
    s.branch(body, &[join]);
    s.branch(exit, &[]);
    s.branch(lost, &[join]);
    let mut dom = Dominance::new();
    let mut dominated = |a: Block| {
        let all = [entry, left, right, join, body, exit];
        all.iter().filter(|b| dom.block_dominates(&s.body, a, **b)).copied().collect::<Vec<_>>()
    };
    assert_eq!(dominated(entry), [entry, left, right, join, body, exit]);
    assert_eq!(dominated(left), [left]);
    assert_eq!(dominated(join), [join, body, exit]);
    assert_eq!(dominated(body), [body]);
    // What cannot be reached runs never: everything dominates it, and it dominates nothing else.
    assert_eq!(dominated(lost), []);
    let mut dom = Dominance::new();
    assert!(dom.block_dominates(&s.body, left, lost) && !dom.is_reachable(&s.body, lost) && dom.is_reachable(&s.body, exit));
}

#[test]
fn values_dominate_what_is_after_and_inside() {
    let mut s = Setting::new();
    let a = s.op("t.a", &[], 1);
    let (nest, inner) = s.nest(s.block);
    let b = s.op_in(inner, "t.b", &[], 1);
    let c = s.op("t.c", &[], 1);
    let (va, vb, vc) = (s.value(a), s.value(b), s.value(c));
    let arg = s.body.add_arg(s.block, s.ctx.f32(), s.ctx.unknown_loc());
    let mut dom = Dominance::new();
    let mut holds = |value, user| dom.value_dominates(&mut s.body, value, user);
    assert!(holds(va, b) && holds(va, c) && holds(va, nest) && holds(arg, a) && holds(arg, b));
    assert!(!holds(va, a) && !holds(vc, a) && !holds(vc, b) && !holds(vb, c) && !holds(vb, nest));
}
