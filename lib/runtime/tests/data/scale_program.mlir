// A whole program with its entry: out = in * weights[0] + weights[1], one kernel over dims[0] elements, through the arena.
module {
  func.func @scale_axpb(%bufs: !llvm.ptr, %dims: !llvm.ptr, %begin: i64, %end: i64) {
    %p0 = llvm.load %bufs : !llvm.ptr -> !llvm.ptr
    %q1 = llvm.getelementptr %bufs[1] : (!llvm.ptr) -> !llvm.ptr, !llvm.ptr
    %p1 = llvm.load %q1 : !llvm.ptr -> !llvm.ptr
    %q2 = llvm.getelementptr %bufs[2] : (!llvm.ptr) -> !llvm.ptr, !llvm.ptr
    %p2 = llvm.load %q2 : !llvm.ptr -> !llvm.ptr
    func.call @scale_axpb_body(%p0, %p1, %p2, %begin, %end) : (!llvm.ptr, !llvm.ptr, !llvm.ptr, i64, i64) -> ()
    return
  }
  func.func private @scale_axpb_body(%p0: !llvm.ptr {llvm.noalias}, %p1: !llvm.ptr {llvm.noalias}, %p2: !llvm.ptr {llvm.noalias}, %begin: i64, %end: i64) {
    %u = llvm.mlir.poison : !llvm.struct<(ptr, ptr, i64, array<1 x i64>, array<1 x i64>)>
    %d0 = llvm.insertvalue %p0, %u[1] : !llvm.struct<(ptr, ptr, i64, array<1 x i64>, array<1 x i64>)>
    %x = builtin.unrealized_conversion_cast %d0 : !llvm.struct<(ptr, ptr, i64, array<1 x i64>, array<1 x i64>)> to memref<?xf32>
    %d1 = llvm.insertvalue %p1, %u[1] : !llvm.struct<(ptr, ptr, i64, array<1 x i64>, array<1 x i64>)>
    %w = builtin.unrealized_conversion_cast %d1 : !llvm.struct<(ptr, ptr, i64, array<1 x i64>, array<1 x i64>)> to memref<2xf32>
    %d2 = llvm.insertvalue %p2, %u[1] : !llvm.struct<(ptr, ptr, i64, array<1 x i64>, array<1 x i64>)>
    %y = builtin.unrealized_conversion_cast %d2 : !llvm.struct<(ptr, ptr, i64, array<1 x i64>, array<1 x i64>)> to memref<?xf32>
    %b = arith.index_cast %begin : i64 to index
    %e = arith.index_cast %end : i64 to index
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %scale = memref.load %w[%c0] : memref<2xf32>
    %shift = memref.load %w[%c1] : memref<2xf32>
    scf.for %i = %b to %e step %c1 {
      %v = memref.load %x[%i] : memref<?xf32>
      %m = arith.mulf %v, %scale : f32
      %a = arith.addf %m, %shift : f32
      memref.store %a, %y[%i] : memref<?xf32>
    }
    return
  }
  func.func private @edge_launch(%host: !llvm.ptr, %k: !llvm.ptr, %bufs: !llvm.ptr, %dims: !llvm.ptr, %total: i64, %grain: i64) {
    %null = llvm.mlir.zero : !llvm.ptr
    %c0 = arith.constant 0 : i64
    %nohost = llvm.icmp "eq" %host, %null : !llvm.ptr
    scf.if %nohost {
      llvm.call %k(%bufs, %dims, %c0, %total) : !llvm.ptr, (!llvm.ptr, !llvm.ptr, i64, i64) -> ()
    } else {
      %ctx = llvm.load %host : !llvm.ptr -> !llvm.ptr
      %pf = llvm.getelementptr %host[1] : (!llvm.ptr) -> !llvm.ptr, !llvm.ptr
      %fn = llvm.load %pf : !llvm.ptr -> !llvm.ptr
      llvm.call %fn(%ctx, %k, %bufs, %dims, %total, %grain) : !llvm.ptr, (!llvm.ptr, !llvm.ptr, !llvm.ptr, !llvm.ptr, i64, i64) -> ()
    }
    return
  }
  func.func @scale_arena_bytes(%dims: !llvm.ptr) -> i64 {
    %n = llvm.load %dims : !llvm.ptr -> i64
    %c4 = arith.constant 4 : i64
    %bytes = arith.muli %n, %c4 : i64
    return %bytes : i64
  }
  func.func @scale_run(%host: !llvm.ptr, %weights: !llvm.ptr, %in: !llvm.ptr, %out: !llvm.ptr, %dims: !llvm.ptr, %arena: !llvm.ptr) -> i32 {
    %c3 = arith.constant 3 : i64
    %grain = arith.constant 8 : i64
    %bufs = llvm.alloca %c3 x !llvm.ptr : (i64) -> !llvm.ptr
    %x = llvm.load %in : !llvm.ptr -> !llvm.ptr
    %y = llvm.load %out : !llvm.ptr -> !llvm.ptr
    %n = llvm.load %dims : !llvm.ptr -> i64
    %b1 = llvm.getelementptr %bufs[1] : (!llvm.ptr) -> !llvm.ptr, !llvm.ptr
    %b2 = llvm.getelementptr %bufs[2] : (!llvm.ptr) -> !llvm.ptr, !llvm.ptr
    %f = func.constant @scale_axpb : (!llvm.ptr, !llvm.ptr, i64, i64) -> ()
    %k = builtin.unrealized_conversion_cast %f : (!llvm.ptr, !llvm.ptr, i64, i64) -> () to !llvm.ptr
    llvm.store %x, %bufs : !llvm.ptr, !llvm.ptr
    llvm.store %weights, %b1 : !llvm.ptr, !llvm.ptr
    llvm.store %arena, %b2 : !llvm.ptr, !llvm.ptr
    func.call @edge_launch(%host, %k, %bufs, %dims, %n, %grain) : (!llvm.ptr, !llvm.ptr, !llvm.ptr, !llvm.ptr, i64, i64) -> ()
    llvm.store %arena, %bufs : !llvm.ptr, !llvm.ptr
    llvm.store %y, %b2 : !llvm.ptr, !llvm.ptr
    func.call @edge_launch(%host, %k, %bufs, %dims, %n, %grain) : (!llvm.ptr, !llvm.ptr, !llvm.ptr, !llvm.ptr, i64, i64) -> ()
    %z = arith.constant 0 : i32
    return %z : i32
  }
}
