//! What the text that is handed over must look like, and which of its forms are fast. Tried with LLVM 22; the examples
//! are in `tests/data`, and the crate's tests compile and run them.
//!
//! # Kernels of the host
//!
//! Dialects: func, arith, math, scf, cf, vector (1-D vectors), memref (1-D), affine.apply, index, ub, llvm.
//!
//! A kernel is two functions. The entry has the C signature, fetches pointers and dims, and calls a private body that
//! takes one `!llvm.ptr {llvm.noalias}` for each buffer; LLVM inlines the body and keeps what `noalias` says.
//!
//! ```mlir
//! func.func @k(%bufs: !llvm.ptr, %dims: !llvm.ptr, %begin: i64, %end: i64) {
//!   %p0 = llvm.load %bufs : !llvm.ptr -> !llvm.ptr
//!   %q1 = llvm.getelementptr %bufs[1] : (!llvm.ptr) -> !llvm.ptr, !llvm.ptr
//!   %p1 = llvm.load %q1 : !llvm.ptr -> !llvm.ptr
//!   func.call @k_body(%p0, %p1, %begin, %end) : (!llvm.ptr, !llvm.ptr, i64, i64) -> ()
//!   return
//! }
//! ```
//!
//! - A pointer becomes a memref through field 1 of a descriptor; offset and stride of an identity layout are static, and
//!   sizes are not read as long as nothing asks for `memref.dim`:
//!   ```mlir
//!   %u = llvm.mlir.poison : !llvm.struct<(ptr, ptr, i64, array<1 x i64>, array<1 x i64>)>
//!   %d = llvm.insertvalue %p0, %u[1] : !llvm.struct<(ptr, ptr, i64, array<1 x i64>, array<1 x i64>)>
//!   %m = builtin.unrealized_conversion_cast %d : !llvm.struct<(ptr, ptr, i64, array<1 x i64>, array<1 x i64>)> to memref<?xf32>
//!   ```
//! - Buffers that overlap are one argument, or none of them is `noalias`.
//! - `memref.alloca` stands in the entry block of the body, or the stack grows with each turn of a loop.
//! - `vector.load` and `vector.store` need the alignment of an element only. A tail is one turn with
//!   `vector.create_mask`, `vector.maskedload` and `vector.maskedstore`: one instruction each where the target has masks.
//! - `i1` is a byte in memory: load `i8` and compare with 0; a vector of `i1` would be loaded as bits.
//! - A reduction keeps vectors in the `iter_args` of `scf.for` and ends in one `vector.reduction`, `fastmath<reassoc>` for
//!   sums and products (19 instructions, 40 without).
//! - A contraction keeps its register tile as separate vectors in `iter_args`. 8 rows by 2 vectors of 16 with `vector.fma`
//!   reach 267 GFLOP/s of about 270 on one Zen 5 core without packing; 12 by 2, 8 by 3 and 6 by 4 are within 2 %.
//! - `vector.fma`, or `arith.mulf` and `arith.addf` with `fastmath<contract>`, is one instruction. `math.fma` becomes a
//!   call on targets without it.
//! - Without calls on vectors: absf sqrt rsqrt floor ceil trunc round roundeven copysign isnan, minimum and maximum of all
//!   four kinds, comparisons, selections, conversions (bf16 needs AVX-512-BF16). exp log pow tanh sin cos and their kin
//!   become a call of libm for each lane: expand them. erf, cbrt, isinf, isfinite and the inverse hyperbolic ones fail.
//! - `llvm.fptosi.sat` on vectors becomes scalar code; clamp, convert and select instead.
//! - `vector.gather` wants indices of i32: twice as fast as those of index.
//! - Indices: `affine.apply`, or arith on index with `overflow<nsw>`.
//!
//! # Kernels in SPIR-V
//!
//! A `gpu.func … kernel` in a `gpu.module`, with `spirv.entry_point_abi = #spirv.entry_point_abi<workgroup_size = [64, 1, 1]>`.
//! Argument `i`, `memref<?xT, #spirv.storage_class<StorageBuffer>>`, is binding `i` of set 0. The last argument holds
//! 32-bit integers: the number of points, then the dims. The point of an invocation is
//! `(block_id.y * grid_dim.x + block_id.x) * 64 + thread_id.x`, and the body is guarded by `point < total`.
//!
//! - Index arithmetic has 32 bits. Bodies are scalar: a vector load from a scalar buffer makes SPIR-V that is wrong, which
//!   `spirv-val` says.
//! - trunc, erf, atan2, cbrt, ctpop, cttz, isfinite, `memref.dim` and atomics on floats do not convert; exp, log and their
//!   kin do for f32 only. bf16 converts to something wrong: no description of a Vulkan target lists it.
//! - `i1` buffers are bytes, as on the host. i64, i8, i16, f16 and f64 need capabilities, which the module then declares and
//!   the runtime compares with the device.
//! - Tiles: `memref.alloca` with storage class `Function`, `memref.alloc` with `Workgroup` and `gpu.barrier`, which all
//!   invocations of a group must reach.
