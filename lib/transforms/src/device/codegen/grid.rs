//! Grid expansion: each scalar value of the kernel becomes a grid of values over the expanded loops it depends on; an element is a
//! vector where the value depends on the vectorised loop, a scalar otherwise.

use super::deps::{Analysis, Deps};
use super::emit::Emit;
use super::legal::Schedule;
use super::poly::{Atom, Poly};
use super::source::{self, Loop};
use super::{Problem, Style};
use edge_ir::{Block, Body, Op, Type, Value};
use rustc_hash::{FxHashMap, FxHashSet};
use smallvec::SmallVec;

/// One element of a grid.
#[derive(Clone, Debug)]
pub enum Elem {
    Value(Value),
    /// A value of type `index`, not yet computed.
    Index(Poly),
}

/// A position on each active axis; 0 on the lane axis and on axes that do not matter.
pub type Coords = SmallVec<[u16; 4]>;

#[derive(Clone, Debug, Default)]
pub struct Grid {
    /// Active axes by position, with their sizes; none of them the lane axis.
    axes: SmallVec<[(u8, u16); 3]>,
    pub elems: Vec<Elem>,
}

impl Grid {
    pub fn at(&self, coords: &Coords) -> &Elem {
        let offset = self.axes.iter().fold(0, |o, (axis, size)| o * *size as usize + coords[*axis as usize] as usize);
        &self.elems[offset]
    }
}

/// A loop whose iterations are being executed side by side.
#[derive(Clone, Debug)]
pub struct Axis {
    pub bit: Deps,
    /// Elements of a grid along it; of the lane axis, lanes.
    pub size: i64,
    pub lane: bool,
    /// Of the lane axis: the lanes that are executed, where not all are.
    pub mask: Option<Value>,
    /// Inside a branch that is taken for one element only: that element.
    pub pinned: Option<u16>,
}

/// What is being built, from what.
pub struct Expander<'a, 'c> {
    pub emit: Emit<'c>,
    pub source: &'a Body,
    pub analysis: &'a Analysis,
    pub schedule: &'a Schedule,
    pub style: &'a Style,
    pub axes: Vec<Axis>,
    pub map: FxHashMap<Value, Grid>,
    /// Buffers: arguments, and copies of tiles by position.
    pub buffers: FxHashMap<Value, Value>,
    pub tiles: FxHashMap<(Value, usize), Value>,
    /// Products that become part of a fused multiply-add.
    pub fused: FxHashSet<Op>,
    /// Reductions that go on with the accumulators of the loop around them.
    pub chains: FxHashMap<Op, Vec<Vec<Value>>>,
    /// Bytes of the tiles so far.
    pub tile_bytes: i64,
}

impl<'c> Expander<'_, 'c> {
    pub fn ctx(&self) -> &'c edge_ir::Context {
        self.emit.ctx
    }
    /// The active vectorised loop.
    pub fn lane_axis(&self) -> Option<&Axis> {
        self.axes.iter().rev().find(|a| a.lane)
    }
    pub fn lanes(&self) -> i64 {
        self.lane_axis().map_or(1, |a| a.size)
    }
    /// Whether a value that depends on these loops is a vector here.
    pub fn varies(&self, deps: Deps) -> bool {
        self.lane_axis().is_some_and(|a| a.bit & deps != 0)
    }
    pub fn shape(&self, deps: Deps) -> SmallVec<[(u8, u16); 3]> {
        let active = |(i, a): (usize, &Axis)| {
            (!a.lane && a.pinned.is_none() && a.bit & deps != 0).then_some((i as u8, a.size as u16))
        };
        self.axes.iter().enumerate().filter_map(active).collect()
    }
    /// Every element of a grid that depends on these loops, the last axis fastest.
    pub fn coords(&self, deps: Deps) -> Vec<Coords> {
        let start: Coords = self.axes.iter().map(|a| a.pinned.unwrap_or(0)).collect();
        let mut all = vec![start];
        for (axis, size) in self.shape(deps) {
            let expand = |c: &Coords| {
                let c = c.clone();
                (0..size).map(move |i| {
                    let mut c = c.clone();
                    c[axis as usize] = i;
                    c
                })
            };
            all = all.iter().flat_map(expand).collect();
        }
        all
    }
    pub fn set(&mut self, value: Value, deps: Deps, elems: Vec<Elem>) {
        let grid = self.grid(deps, elems);
        self.map.insert(value, grid);
    }
    pub fn grid(&self, deps: Deps, elems: Vec<Elem>) -> Grid {
        Grid { axes: self.shape(deps), elems }
    }
    /// The element of a value; values of type index come as what they are made of.
    pub fn at(&self, value: Value, coords: &Coords) -> Elem {
        match self.map.get(&value) {
            Some(grid) => grid.at(coords).clone(),
            None => Elem::Value(self.buffers.get(&value).copied().unwrap_or(value)),
        }
    }
    pub fn poly_at(&self, value: Value, coords: &Coords) -> Poly {
        match self.at(value, coords) {
            Elem::Index(p) => p,
            Elem::Value(v) if self.emit.is_vector(v) => Poly::atom(Atom::Vector(v)),
            Elem::Value(v) => match source::constant_of(self.ctx(), &self.emit.body, v) {
                Some(c) => Poly::constant(c),
                None => Poly::scalar(v),
            },
        }
    }
    pub fn value_at(&mut self, value: Value, coords: &Coords) -> Value {
        let elem = self.at(value, coords);
        self.materialise(elem)
    }
    pub fn materialise(&mut self, elem: Elem) -> Value {
        match elem {
            Elem::Value(v) => v,
            Elem::Index(p) if p.is_vector() => {
                let (lanes, index) = (self.lanes(), self.ctx().index());
                self.emit.vector(&p, lanes, index)
            }
            Elem::Index(p) => self.emit.scalar(&p),
        }
    }
    /// The value as a vector.
    pub fn widen(&mut self, value: Value) -> Value {
        if self.emit.is_vector(value) {
            return value;
        }
        let lanes = self.lanes();
        self.emit.splat(value, lanes)
    }
    /// The type of a value that depends on these loops.
    pub fn type_of(&self, ty: Type, deps: Deps) -> Type {
        if self.varies(deps) { self.ctx().vector(&[self.lanes()], ty) } else { ty }
    }

    /// Builds what the operations of a block do.
    pub fn block(&mut self, block: Block) -> Result<(), Problem> {
        let mut next = self.source.block_first(block);
        while let Some(op) = next {
            self.emit.loc = self.source.op(op).loc;
            self.operation(op)?;
            next = self.source.next_op(op);
        }
        Ok(())
    }
    pub fn operation(&mut self, op: Op) -> Result<(), Problem> {
        let name = self.source.name(self.ctx(), op);
        match name {
            "loop.yield" | "loop.end" | "scf.yield" => Ok(()),
            "arith.constant" => self.constant(op),
            "affine.apply" => self.apply(op),
            "loop.read" => self.read(op),
            "loop.write" => self.write(op),
            "loop.stage" => Ok(()),
            "loop.for" => {
                let l = self.loop_of(op)?;
                self.any_loop(&l)
            }
            "scf.if" => self.branch(op),
            _ if self.fused.contains(&op) => Ok(()),
            _ if self.source.op(op).regions().is_empty() && self.source.op(op).successors().is_empty() => self.elementwise(op),
            _ => Err(Problem::unsupported(self.emit.loc, format!("`{name}` has no lowering inside a kernel"))),
        }
    }
    pub fn loop_of(&self, op: Op) -> Result<Loop, Problem> {
        let found = self.analysis.loops.get(&op).cloned();
        found.ok_or_else(|| Problem::malformed(self.emit.loc, "a loop that was not analysed".into()))
    }
    fn constant(&mut self, op: Op) -> Result<(), Problem> {
        let ctx = self.ctx();
        let result = self.source.result(op, 0);
        let missing = || Problem::malformed(self.source.op(op).loc, "`arith.constant` lacks its value".into());
        let value = self.source.op(op).attr(ctx, "value").ok_or_else(missing)?;
        let ty = self.source.ty(result);
        let elem = match ctx.as_int(value).filter(|_| ty == ctx.index()) {
            Some(c) => Elem::Index(Poly::constant(c)),
            None => Elem::Value(self.emit.constant(value, ty)),
        };
        self.set(result, 0, vec![elem]);
        Ok(())
    }
    fn apply(&mut self, op: Op) -> Result<(), Problem> {
        let ctx = self.ctx();
        let wrong = || Problem::malformed(self.source.op(op).loc, "`affine.apply` has no map of one result".into());
        let map = self.source.op(op).attr(ctx, "map").and_then(|m| ctx.as_map(m)).ok_or_else(wrong)?;
        let operands: Vec<Value> = self.source.operands(op).collect();
        if map.results.len() != 1 || (map.dims + map.syms) as usize != operands.len() {
            return Err(wrong());
        }
        let (deps, lanes) = (self.analysis.all(operands.iter().copied()), self.lanes());
        let mut elems = Vec::new();
        for coords in self.coords(deps) {
            let polys: Vec<Poly> = operands.iter().map(|v| self.poly_at(*v, &coords)).collect();
            elems.push(Elem::Index(self.emit.affine(map.results[0], &polys, map.dims, lanes)));
        }
        self.set(self.source.result(op, 0), deps, elems);
        Ok(())
    }
    fn elementwise(&mut self, op: Op) -> Result<(), Problem> {
        let operands: SmallVec<[Value; 4]> = self.source.operands(op).collect();
        let results = self.source.op(op).results().to_vec();
        let deps = self.analysis.all(operands.iter().copied());
        let mut grids: Vec<Vec<Elem>> = vec![vec![]; results.len()];
        for coords in self.coords(deps) {
            if let Some(index) = self.index_op(op, &operands, &coords) {
                grids[0].push(index);
                continue;
            }
            let new = self.element(op, &operands, &coords);
            for (grid, value) in grids.iter_mut().zip(self.emit.body.op(new).results()) {
                grid.push(Elem::Value(*value));
            }
        }
        for (result, elems) in results.into_iter().zip(grids) {
            self.set(result, deps, elems);
        }
        Ok(())
    }
    /// Sums and products of indices stay polynomials; the cast of one becomes a vector of the type that it is cast to.
    fn index_op(&mut self, op: Op, operands: &[Value], coords: &Coords) -> Option<Elem> {
        let index = self.ctx().index();
        let name = self.source.name(self.ctx(), op);
        if self.source.ty(*operands.first()?) != index {
            return None;
        }
        match name {
            "arith.addi" | "arith.subi" | "arith.muli" => {
                let (a, b) = (self.poly_at(operands[0], coords), self.poly_at(operands[1], coords));
                Some(Elem::Index(match name {
                    "arith.addi" => a.add(&b),
                    "arith.subi" => a.sub(&b),
                    _ => a.mul(&b),
                }))
            }
            "arith.index_cast" => {
                let p = self.poly_at(operands[0], coords);
                let (to, lanes) = (self.source.ty(self.source.result(op, 0)), self.lanes());
                Some(Elem::Value(if p.is_vector() {
                    self.emit.vector(&p, lanes, to)
                } else {
                    let scalar = self.emit.scalar(&p);
                    self.emit.cast_index(scalar, to)
                }))
            }
            _ => None,
        }
    }
    fn element(&mut self, op: Op, operands: &[Value], coords: &Coords) -> Op {
        let ctx = self.ctx();
        let name = self.source.op(op).name;
        let mut values: SmallVec<[Value; 4]> = operands.iter().map(|v| self.value_at(*v, coords)).collect();
        let vector = values.iter().any(|v| self.emit.is_vector(*v));
        if vector {
            values = values.into_iter().map(|v| self.widen(v)).collect();
            self.keep_divisor(ctx.str(name), &mut values);
        }
        let types: SmallVec<[Type; 1]> = self.source.op(op).results().iter().map(|r| self.source.ty(*r)).collect();
        let lanes = self.lanes();
        let types: SmallVec<[Type; 1]> =
            types.into_iter().map(|t| if vector { ctx.vector(&[lanes], t) } else { t }).collect();
        let attrs = source::attributes(ctx, self.source, op);
        self.emit.copy(name, &values, &attrs, &types)
    }
    /// Lanes that are not executed must not divide by the zeros they hold.
    fn keep_divisor(&mut self, name: &str, values: &mut [Value]) {
        let divides = matches!(
            name,
            "arith.divsi" | "arith.divui" | "arith.remsi" | "arith.remui" | "arith.floordivsi" | "arith.ceildivsi" | "arith.ceildivui"
        );
        let Some(mask) = self.lane_axis().and_then(|a| a.mask).filter(|_| divides && values.len() == 2) else { return };
        let ty = self.emit.ty(values[1]);
        let one = self.emit.int(1, self.ctx().elem_or_self(ty));
        let ones = self.widen(one);
        values[1] = self.emit.value("arith.select", &[mask, values[1], ones], &[], ty);
    }
    /// `scf.if`: one branch, or one per element where the condition differs between elements.
    fn branch(&mut self, op: Op) -> Result<(), Problem> {
        let condition = self.source.operand(op, 0);
        let deps = self.analysis.get(condition);
        if self.varies(deps) {
            return Err(Problem::unsupported(self.emit.loc, "a branch differs between the lanes of a vector"));
        }
        let results = self.source.op(op).results().to_vec();
        let result_deps: Vec<Deps> = results.iter().map(|r| self.analysis.get(*r)).collect();
        let pins: Vec<u8> = self.shape(deps).iter().map(|s| s.0).collect();
        let mut found: Vec<FxHashMap<Coords, Elem>> = vec![FxHashMap::default(); results.len()];
        for coords in self.coords(deps) {
            for axis in &pins {
                self.axes[*axis as usize].pinned = Some(coords[*axis as usize]);
            }
            let values = self.branch_once(op, condition, &coords, &result_deps)?;
            for (i, elems) in values.into_iter().enumerate() {
                let places = self.coords(result_deps[i]);
                found[i].extend(places.into_iter().zip(elems));
            }
            pins.iter().for_each(|axis| self.axes[*axis as usize].pinned = None);
        }
        for (i, result) in results.iter().enumerate() {
            let places = self.coords(result_deps[i]);
            let elems = places.iter().filter_map(|c| found[i].get(c).cloned()).collect();
            self.set(*result, result_deps[i], elems);
        }
        Ok(())
    }
    fn branch_once(&mut self, op: Op, condition: Value, coords: &Coords, deps: &[Deps]) -> Result<Vec<Vec<Elem>>, Problem> {
        let condition = self.value_at(condition, coords);
        let results = self.source.op(op).results().to_vec();
        let mut types = Vec::new();
        for (result, deps) in results.iter().zip(deps) {
            let ty = self.type_of(self.source.ty(*result), *deps);
            types.extend(std::iter::repeat_n(ty, self.coords(*deps).len()));
        }
        let blocks: Vec<Option<Block>> =
            self.source.op(op).regions().iter().map(|r| self.source.region_first(*r)).collect();
        let otherwise = blocks.get(1).copied().flatten();
        let new = self.emit.open_if(condition, &types, otherwise.is_some());
        let mut yields = Vec::new();
        if let Some(block) = blocks.first().copied().flatten() {
            self.block(block)?;
            yields = self.yields(block, deps);
        }
        if let Some(block) = otherwise {
            self.emit.open_else(new, &yields);
            self.block(block)?;
            yields = self.yields(block, deps);
        }
        let mut values = self.emit.close_if(new, &yields).into_iter();
        Ok(deps.iter().map(|d| values.by_ref().take(self.coords(*d).len()).map(Elem::Value).collect()).collect())
    }
    fn yields(&mut self, block: Block, deps: &[Deps]) -> Vec<Value> {
        let Some(last) = self.source.block_last(block) else { return vec![] };
        let values: Vec<Value> = self.source.operands(last).collect();
        self.flatten(&values, deps)
    }
    /// The elements of values, each over the loops given for it, vectors where those say so.
    pub fn flatten(&mut self, values: &[Value], deps: &[Deps]) -> Vec<Value> {
        let mut all = Vec::new();
        for (value, deps) in values.iter().zip(deps) {
            for coords in self.coords(*deps) {
                let element = self.value_at(*value, &coords);
                all.push(if self.varies(*deps) { self.widen(element) } else { element });
            }
        }
        all
    }
}
