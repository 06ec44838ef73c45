//! Operations, regions and blocks.

use super::cursor::Res;
use super::names::{RegionFrame, ValueRef};
use super::{MAX_REGIONS, Parser, codes};
use crate::format::CustomState;
use edge_ir::{Attr, Block, Ident, OpInfo, OpState, Region, Traits, Type, Value};
use rustc_hash::FxHashMap;
use smallvec::SmallVec;

/// `%name:count` on the left of `=`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ResultName {
    pub name: u32,
    pub count: u32,
    pub at: u32,
}

/// An operation that is being read.
pub(crate) struct OpFrame<'c, 's> {
    pub name: Ident,
    pub info: Option<&'c OpInfo>,
    /// Where its name stands.
    pub name_at: usize,
    /// Line and column of the name.
    pub place: (u32, u32),
    pub results: SmallVec<[ResultName; 1]>,
    pub operands: SmallVec<[ValueRef; 4]>,
    pub successors: SmallVec<[Block; 0]>,
    pub props: Option<Attr>,
    pub regions: SmallVec<[Region; 1]>,
    /// Its regions are read into a body of their own, which is open.
    pub own_body: bool,
    /// `Some`: read by its format.
    pub custom: Option<Box<CustomState<'c, 's>>>,
}

/// What an operation needs to go on.
pub(crate) enum Step {
    /// The region whose `{` was just taken.
    Region,
    Done,
}

impl<'c, 's> Parser<'c, 's> {
    /// Results and name; for the generic form, operands too.
    pub(crate) fn op_head(&mut self) -> Res<OpFrame<'c, 's>> {
        let mut results = SmallVec::new();
        if self.peek() == b'%' {
            loop {
                let r = self.value_ref()?;
                let mut count = 1;
                if self.eat(":") {
                    let at = self.pos;
                    count = u32::try_from(self.number()?).unwrap_or(u32::MAX);
                    if count == 0 || count > u16::MAX as u32 {
                        return Err(self.report(
                            codes::EXPECTED,
                            at,
                            self.pos,
                            "expected named operation to have at least 1 result (and at most 65535)",
                        ));
                    }
                }
                results.push(ResultName { name: r.name, count, at: r.at });
                if !self.eat(",") {
                    break;
                }
            }
            self.expect("=")?;
        }
        self.space();
        let name_at = self.pos;
        let mut frame = OpFrame {
            name: self.file_name,
            info: None,
            name_at,
            place: self.place(name_at),
            results,
            operands: SmallVec::new(),
            successors: SmallVec::new(),
            props: None,
            regions: SmallVec::new(),
            own_body: false,
            custom: None,
        };
        let head = if self.peek() == b'"' { self.generic_head(&mut frame) } else { self.custom_head(&mut frame) };
        head.inspect_err(|_| self.poison(&frame))?;
        Ok(frame)
    }
    fn poison(&mut self, frame: &OpFrame<'c, 's>) {
        self.poisoned.extend(frame.results.iter().map(|r| r.name));
    }
    fn generic_head(&mut self, frame: &mut OpFrame<'c, 's>) -> Res<()> {
        let at = self.pos;
        let end = crate::scan::skip_string(&self.bytes[..self.end], at).map_err(|e| self.scan_error(e))?;
        let raw = &self.text[at + 1..end - 1];
        self.pos = end;
        if raw.is_empty() || raw.contains('\0') {
            return Err(self.report(codes::EXPECTED, at, end, "empty operation name is invalid"));
        }
        frame.name = if raw.contains('\\') {
            let bytes = super::cursor::unescape(raw.as_bytes())
                .map_err(|i| self.report(codes::EXPECTED, at + 1 + i, at + 2 + i, "unknown escape in string literal"))?;
            self.ctx.ident(&String::from_utf8_lossy(&bytes))
        } else {
            self.ctx.ident(raw)
        };
        frame.info = self.ctx.op_info(frame.name).or_else(|| self.former_op(self.ctx.str(frame.name), at, end));
        if let Some(info) = frame.info {
            frame.name = info.name;
            self.note_since(info, at, end);
        }
        if frame.info.is_none() && !self.options.allow_unregistered && self.ctx.str(frame.name) != "builtin.module" {
            let message = format!("operation `{}` is of no loaded dialect", self.ctx.str(frame.name));
            let d = edge_support::Diagnostic::error(codes::UNKNOWN_OP, message).at(self.span(at, end));
            return Err(self.diags.error(d.note("load its dialect with --dialect=FILE, or use --allow-unregistered-dialect")));
        }
        self.expect("(")?;
        if self.peek() == b'%' {
            loop {
                frame.operands.push(self.value_ref()?);
                if !self.eat(",") {
                    break;
                }
            }
        }
        self.expect(")")
    }
    /// Reads on until the operation is complete or a region of it comes.
    pub(crate) fn drive(&mut self, mut frame: OpFrame<'c, 's>) -> Res<()> {
        let step = if frame.custom.is_some() { self.custom_step(&mut frame) } else { self.generic_tail(&mut frame) };
        match step {
            Ok(Step::Done) => Ok(()),
            Ok(Step::Region) => self.open_region(frame),
            Err(reported) => {
                self.poison(&frame);
                self.abandon(&frame);
                Err(reported)
            }
        }
    }
    /// The format program of a definition, made once.
    pub(crate) fn program(&mut self, def: &'c edge_dialect::model::OpDef) -> std::rc::Rc<crate::format::Program<'c>> {
        self.programs.entry(std::ptr::from_ref(def)).or_insert_with(|| crate::format::Program::of(def)).clone()
    }
    /// What is known of the operation around; outer `None` at the top level.
    pub(crate) fn around(&self) -> Option<Option<&'c OpInfo>> {
        self.ops.last().map(|op| op.info)
    }
    /// Closes what an operation that failed had opened.
    pub(crate) fn abandon(&mut self, frame: &OpFrame<'c, 's>) {
        self.failed = true;
        if frame.own_body {
            self.bodies.pop();
        }
    }
    fn generic_tail(&mut self, frame: &mut OpFrame<'c, 's>) -> Res<Step> {
        if frame.regions.is_empty() {
            if self.eat("[") {
                loop {
                    frame.successors.push(self.block_ref()?);
                    if !self.eat(",") {
                        break;
                    }
                }
                self.expect("]")?;
            }
            if self.peek() == b'<' {
                self.pos += 1;
                frame.props = Some(self.attr(None)?);
                self.expect(">")?;
            }
            if self.eat("(") {
                self.expect("{")?;
                return Ok(Step::Region);
            }
        } else {
            if self.eat(",") {
                self.expect("{")?;
                return Ok(Step::Region);
            }
            self.expect(")")?;
        }
        let attrs = if self.peek() == b'{' { Some(self.dict()?) } else { None };
        self.expect(":")?;
        let types_at = self.pos;
        let (inputs, results) = self.signature()?;
        let loc = self.trailing_loc()?;
        self.finish_generic(frame, attrs, &inputs, &results, loc, types_at)?;
        Ok(Step::Done)
    }
    fn finish_generic(
        &mut self,
        frame: &mut OpFrame<'c, 's>,
        attrs: Option<Attr>,
        inputs: &[Type],
        results: &[Type],
        loc: Option<edge_ir::Loc>,
        types_at: usize,
    ) -> Res<()> {
        let loc = loc.unwrap_or_else(|| self.place_loc(frame.place));
        let mut state = OpState::new(frame.name, loc);
        self.close_body(frame, &mut state);
        if inputs.len() != frame.operands.len() {
            let message = format!("expected {} operand types but had {}", frame.operands.len(), inputs.len());
            return Err(self.report(codes::BAD_OP, types_at, self.pos, message));
        }
        for (r, ty) in frame.operands.iter().zip(inputs) {
            let value = self.resolve(*r, *ty)?;
            state.operands.push(value);
        }
        state.result_types.extend_from_slice(results);
        state.successors = std::mem::take(&mut frame.successors);
        let raw = self.sort_attrs(frame, attrs, &mut state)?;
        self.insert(frame, state, raw)
    }
    /// The regions read, into the state: as they are, or with the body that they were read into.
    pub(crate) fn close_body(&mut self, frame: &mut OpFrame<'c, 's>, state: &mut OpState) {
        let regions = std::mem::take(&mut frame.regions);
        if std::mem::take(&mut frame.own_body) {
            state.body = Some((self.pop_body(), regions));
        } else {
            state.regions = regions;
        }
    }
    /// Declared properties and discardable attributes, wherever they were written. What is given back is the raw properties of an
    /// unregistered operation.
    fn sort_attrs(&mut self, frame: &OpFrame<'c, 's>, attrs: Option<Attr>, state: &mut OpState) -> Res<Option<Attr>> {
        state.attrs = attrs.filter(|a| !self.ctx.dict_entries(*a).is_empty());
        let Some(info) = frame.info else { return Ok(frame.props) };
        for (key, value) in frame.props.map_or(&[][..], |p| self.ctx.dict_entries(p)) {
            let key = &self.current_key(info, *key, frame.name_at);
            if state.props.iter().any(|p| p.0 == *key) {
                let message = format!("`{}` is given twice: by its name, and by the one that it had", self.ctx.str(*key));
                return Err(self.report(codes::DUPLICATE_KEY, frame.name_at, self.pos, message));
            }
            if info.slot(*key).is_none() {
                let message = format!("`{}` has no property `{}`", self.ctx.str(frame.name), self.ctx.str(*key));
                return Err(self.report(codes::BAD_OP, frame.name_at, self.pos, message));
            }
            state.props.push((*key, *value));
        }
        // Before MLIR had properties, they stood among the attributes; that is still read.
        if let (None, Some(attrs)) = (frame.props, state.attrs) {
            let entries = self.ctx.dict_entries(attrs).iter();
            let entries: Vec<_> = entries.map(|e| (self.current_key(info, e.0, frame.name_at), e.1)).collect();
            let (props, rest): (Vec<_>, Vec<_>) = entries.iter().partition(|e| info.slot(e.0).is_some());
            state.props.extend(props);
            state.attrs = if rest.is_empty() { None } else { Some(self.ctx.dict_attr(&rest)) };
        }
        Ok(None)
    }
    /// Makes the operation and binds its results' names.
    pub(crate) fn insert(&mut self, frame: &OpFrame<'c, 's>, state: OpState, raw: Option<Attr>) -> Res<()> {
        let named: u32 = frame.results.iter().map(|r| r.count).sum();
        let has = state.result_types.len() as u32;
        let ctx = self.ctx;
        let block = self.current_block();
        let body = self.body();
        let op = body.create(ctx, state);
        if raw.is_some() {
            body.op_mut(op).set_raw_props(raw);
        }
        body.append(block, op);
        if frame.results.is_empty() {
            return Ok(());
        }
        if named != has {
            let message = if has == 0 {
                "cannot name an operation with no results".to_owned()
            } else {
                format!("operation defines {has} results but was provided {named} to bind")
            };
            self.poison(frame);
            let at = frame.results[0].at as usize;
            return Err(self.report(codes::BAD_OP, at, frame.name_at, message));
        }
        let values: SmallVec<[Value; 2]> = self.body().op(op).results().into();
        let mut rest = &values[..];
        for r in &frame.results {
            let (group, more) = rest.split_at(r.count as usize);
            rest = more;
            self.define(r.name, r.at, group)?;
        }
        Ok(())
    }
    /// The block that operations go into; the first of a region comes with the first operation.
    fn current_block(&mut self) -> Block {
        let body = &mut self.bodies.last_mut().expect("a body is being read").body;
        let frame = self.regions.last_mut().expect("a region is being read");
        *frame.block.get_or_insert_with(|| body.add_block(frame.region))
    }
    /// Starts a region of an operation; its `{` is taken.
    pub(crate) fn open_region(&mut self, mut frame: OpFrame<'c, 's>) -> Res<()> {
        let at = self.pos - 1;
        if self.regions.len() > MAX_REGIONS {
            self.abandon(&frame);
            return Err(self.report(codes::TOO_DEEP, at, at + 1, format!("regions are nested more than {MAX_REGIONS} deep")));
        }
        if frame.info.is_some_and(|i| i.has(Traits::ISOLATED)) && !frame.own_body {
            self.push_body();
            frame.own_body = true;
        }
        let region = self.body().new_region();
        frame.regions.push(region);
        let mark = self.scope_mark();
        self.regions.push(RegionFrame { region, blocks: FxHashMap::default(), block: None, mark, at: at as u32 });
        let arguments = match frame.custom.as_deref_mut() {
            Some(custom) => std::mem::take(&mut custom.region_args),
            None => Vec::new(),
        };
        self.ops.push(frame);
        if !arguments.is_empty() {
            let block = self.current_block();
            let bound = arguments.into_iter().try_for_each(|(r, ty, loc)| self.block_arg(block, r, ty, loc));
            if bound.is_err() {
                let keep = self.regions.len() - 1;
                self.unwind(keep);
            }
            return bound;
        }
        Ok(())
    }
    fn block_arg(&mut self, block: Block, r: ValueRef, ty: Type, loc: Option<edge_ir::Loc>) -> Res<()> {
        let loc = loc.unwrap_or_else(|| self.loc_at(r.at as usize));
        let value = self.body().add_arg(block, ty, loc);
        self.define(r.name, r.at, &[value])
    }
    /// After a region's `}`.
    pub(crate) fn close_region(&mut self) -> Res<()> {
        let frame = self.regions.pop().expect("a region is being read");
        let mut undefined: Vec<(&str, u32)> =
            frame.blocks.iter().filter(|(_, b)| !b.defined).map(|(n, b)| (*n, b.at)).collect();
        self.end_scope(frame.mark);
        let op = self.ops.pop().expect("an operation holds the region");
        if !undefined.is_empty() {
            undefined.sort_by_key(|u| u.1);
            self.abandon(&op);
            let (name, at) = undefined[0];
            let message = format!("reference to an undefined block `^{name}`");
            return Err(self.report(codes::BAD_BLOCK, at as usize, at as usize + 1 + name.len(), message));
        }
        self.drive(op)
    }
    /// `^name(%a: type, …):`.
    pub(crate) fn label(&mut self) -> Res<()> {
        let at = self.pos;
        let block = self.block_ref()?;
        let name = &self.text[at + 1..self.pos];
        let body = &mut self.bodies.last_mut().expect("a body is being read").body;
        let frame = self.regions.last_mut().expect("a region is being read");
        let first = frame.block.is_none();
        let region = frame.region;
        frame.block = Some(block);
        let named = frame.blocks.get_mut(name).expect("just made");
        let earlier = std::mem::replace(&mut named.defined, true).then_some(named.at);
        if let Some(earlier) = earlier {
            let d = edge_support::Diagnostic::error(codes::BAD_BLOCK, format!("redefinition of block '^{name}'"));
            let (here, there) = (self.span(at, self.pos), self.span(earlier as usize, earlier as usize + name.len() + 1));
            return Err(self.diags.error(d.at(here).also(there, "first defined here")));
        }
        named.at = at as u32;
        // Where a region's arguments come from its operation's format, they are in a block that has no label.
        if first && body.region_first(region).is_some() {
            return Err(self.report(codes::BAD_BLOCK, at, self.pos, "invalid block name in region with named arguments"));
        }
        body.append_block(region, block);
        if self.eat("(") && !self.eat(")") {
            loop {
                let r = self.value_ref()?;
                self.expect(":")?;
                let ty = self.ty()?;
                let loc = self.trailing_loc()?;
                self.block_arg(block, r, ty, loc)?;
                if !self.eat(",") {
                    break;
                }
            }
            self.expect(")")?;
        }
        self.expect(":")
    }
}
