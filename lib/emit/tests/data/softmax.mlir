// Softmax of the rows [begin, end) of a matrix with a dynamic number of columns; 16 lanes, masked tail, polynomial exp.
module {
  func.func @softmax(%bufs: !llvm.ptr, %dims: !llvm.ptr, %begin: i64, %end: i64) {
    %p0 = llvm.load %bufs : !llvm.ptr -> !llvm.ptr
    %q1 = llvm.getelementptr %bufs[1] : (!llvm.ptr) -> !llvm.ptr, !llvm.ptr
    %p1 = llvm.load %q1 : !llvm.ptr -> !llvm.ptr
    %n = llvm.load %dims : !llvm.ptr -> i64
    func.call @softmax_body(%p0, %p1, %n, %begin, %end) : (!llvm.ptr, !llvm.ptr, i64, i64, i64) -> ()
    return
  }
  func.func private @exp16(%x: vector<16xf32>) -> vector<16xf32> {
    %lo = arith.constant dense<-87.0> : vector<16xf32>
    %log2e = arith.constant dense<1.44269504> : vector<16xf32>
    %nln2hi = arith.constant dense<-0.693359375> : vector<16xf32>
    %nln2lo = arith.constant dense<2.12194440e-4> : vector<16xf32>
    %c0 = arith.constant dense<1.9875691500e-4> : vector<16xf32>
    %c1 = arith.constant dense<1.3981999507e-3> : vector<16xf32>
    %c2 = arith.constant dense<8.3334519073e-3> : vector<16xf32>
    %c3 = arith.constant dense<4.1665795894e-2> : vector<16xf32>
    %c4 = arith.constant dense<1.6666665459e-1> : vector<16xf32>
    %c5 = arith.constant dense<5.0000001201e-1> : vector<16xf32>
    %one = arith.constant dense<1.0> : vector<16xf32>
    %bias = arith.constant dense<127> : vector<16xi32>
    %s23 = arith.constant dense<23> : vector<16xi32>
    %xc = arith.maxnumf %x, %lo : vector<16xf32>
    %t = arith.mulf %xc, %log2e : vector<16xf32>
    %k = math.roundeven %t : vector<16xf32>
    %r0 = vector.fma %k, %nln2hi, %xc : vector<16xf32>
    %r = vector.fma %k, %nln2lo, %r0 : vector<16xf32>
    %p1 = vector.fma %c0, %r, %c1 : vector<16xf32>
    %p2 = vector.fma %p1, %r, %c2 : vector<16xf32>
    %p3 = vector.fma %p2, %r, %c3 : vector<16xf32>
    %p4 = vector.fma %p3, %r, %c4 : vector<16xf32>
    %p5 = vector.fma %p4, %r, %c5 : vector<16xf32>
    %rr = arith.mulf %r, %r : vector<16xf32>
    %p6 = vector.fma %p5, %rr, %r : vector<16xf32>
    %p7 = arith.addf %p6, %one : vector<16xf32>
    %ki = arith.fptosi %k : vector<16xf32> to vector<16xi32>
    %kb = arith.addi %ki, %bias : vector<16xi32>
    %ks = arith.shli %kb, %s23 : vector<16xi32>
    %scale = arith.bitcast %ks : vector<16xi32> to vector<16xf32>
    %e = arith.mulf %p7, %scale : vector<16xf32>
    return %e : vector<16xf32>
  }
  func.func private @softmax_body(%p0: !llvm.ptr {llvm.noalias, llvm.readonly}, %p1: !llvm.ptr {llvm.noalias}, %n64: i64, %begin: i64, %end: i64) {
    %u = llvm.mlir.poison : !llvm.struct<(ptr, ptr, i64, array<1 x i64>, array<1 x i64>)>
    %d0 = llvm.insertvalue %p0, %u[1] : !llvm.struct<(ptr, ptr, i64, array<1 x i64>, array<1 x i64>)>
    %m0 = builtin.unrealized_conversion_cast %d0 : !llvm.struct<(ptr, ptr, i64, array<1 x i64>, array<1 x i64>)> to memref<?xf32>
    %d1 = llvm.insertvalue %p1, %u[1] : !llvm.struct<(ptr, ptr, i64, array<1 x i64>, array<1 x i64>)>
    %m1 = builtin.unrealized_conversion_cast %d1 : !llvm.struct<(ptr, ptr, i64, array<1 x i64>, array<1 x i64>)> to memref<?xf32>
    %b = arith.index_cast %begin : i64 to index
    %e = arith.index_cast %end : i64 to index
    %n = arith.index_cast %n64 : i64 to index
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c16 = arith.constant 16 : index
    %ninf = arith.constant dense<0xFF800000> : vector<16xf32>
    %zero = arith.constant dense<0.0> : vector<16xf32>
    %main = affine.apply affine_map<()[s0] -> (s0 - s0 mod 16)>()[%n]
    %rest = arith.subi %n, %main : index
    %has = arith.cmpi sgt, %rest, %c0 : index
    %mask = vector.create_mask %rest : vector<16xi1>
    scf.for %i = %b to %e step %c1 {
      %base = arith.muli %i, %n overflow<nsw> : index
      %last = arith.addi %base, %main overflow<nsw> : index
      %mm = scf.for %j = %c0 to %main step %c16 iter_args(%a = %ninf) -> (vector<16xf32>) {
        %at = arith.addi %base, %j overflow<nsw> : index
        %x = vector.load %m0[%at] : memref<?xf32>, vector<16xf32>
        %w = arith.maximumf %a, %x : vector<16xf32>
        scf.yield %w : vector<16xf32>
      }
      %mt = scf.if %has -> (vector<16xf32>) {
        %x = vector.maskedload %m0[%last], %mask, %ninf : memref<?xf32>, vector<16xi1>, vector<16xf32> into vector<16xf32>
        %w = arith.maximumf %mm, %x : vector<16xf32>
        scf.yield %w : vector<16xf32>
      } else {
        scf.yield %mm : vector<16xf32>
      }
      %max = vector.reduction <maximumf>, %mt : vector<16xf32> into f32
      %maxv = vector.broadcast %max : f32 to vector<16xf32>
      %sm = scf.for %j = %c0 to %main step %c16 iter_args(%a = %zero) -> (vector<16xf32>) {
        %at = arith.addi %base, %j overflow<nsw> : index
        %x = vector.load %m0[%at] : memref<?xf32>, vector<16xf32>
        %d = arith.subf %x, %maxv : vector<16xf32>
        %ex = func.call @exp16(%d) : (vector<16xf32>) -> vector<16xf32>
        vector.store %ex, %m1[%at] : memref<?xf32>, vector<16xf32>
        %w = arith.addf %a, %ex : vector<16xf32>
        scf.yield %w : vector<16xf32>
      }
      %st = scf.if %has -> (vector<16xf32>) {
        %x = vector.maskedload %m0[%last], %mask, %ninf : memref<?xf32>, vector<16xi1>, vector<16xf32> into vector<16xf32>
        %d = arith.subf %x, %maxv : vector<16xf32>
        %ex0 = func.call @exp16(%d) : (vector<16xf32>) -> vector<16xf32>
        %ex = arith.select %mask, %ex0, %zero : vector<16xi1>, vector<16xf32>
        vector.maskedstore %m1[%last], %mask, %ex : memref<?xf32>, vector<16xi1>, vector<16xf32>
        %w = arith.addf %sm, %ex : vector<16xf32>
        scf.yield %w : vector<16xf32>
      } else {
        scf.yield %sm : vector<16xf32>
      }
      %sum = vector.reduction <add>, %st fastmath<reassoc> : vector<16xf32> into f32
      %sumv = vector.broadcast %sum : f32 to vector<16xf32>
      scf.for %j = %c0 to %main step %c16 {
        %at = arith.addi %base, %j overflow<nsw> : index
        %x = vector.load %m1[%at] : memref<?xf32>, vector<16xf32>
        %y = arith.divf %x, %sumv : vector<16xf32>
        vector.store %y, %m1[%at] : memref<?xf32>, vector<16xf32>
      }
      scf.if %has {
        %x = vector.maskedload %m1[%last], %mask, %zero : memref<?xf32>, vector<16xi1>, vector<16xf32> into vector<16xf32>
        %y = arith.divf %x, %sumv : vector<16xf32>
        vector.maskedstore %m1[%last], %mask, %y : memref<?xf32>, vector<16xi1>, vector<16xf32>
      }
    }
    return
  }
}
