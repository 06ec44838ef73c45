module {
  func.func @k(%bufs: !llvm.ptr, %dims: !llvm.ptr, %begin: i64, %end: i64) {
    %p0 = llvm.load %bufs : !llvm.ptr -> !llvm.ptr
    %q1 = llvm.getelementptr %bufs[1] : (!llvm.ptr) -> !llvm.ptr, !llvm.ptr
    %p1 = llvm.load %q1 : !llvm.ptr -> !llvm.ptr
    %n = llvm.load %dims : !llvm.ptr -> i64
    func.call @k_body(%p0, %p1, %n, %begin, %end) : (!llvm.ptr, !llvm.ptr, i64, i64, i64) -> ()
    return
  }
  func.func private @k_body(%p0: !llvm.ptr {llvm.noalias, llvm.readonly}, %p1: !llvm.ptr {llvm.noalias}, %n64: i64, %begin: i64, %end: i64) {
    %u = llvm.mlir.poison : !llvm.struct<(ptr, ptr, i64, array<1 x i64>, array<1 x i64>)>
    %z = llvm.mlir.constant(0 : i64) : i64
    %one = llvm.mlir.constant(1 : i64) : i64
    %d0 = llvm.insertvalue %p0, %u[0] : !llvm.struct<(ptr, ptr, i64, array<1 x i64>, array<1 x i64>)>
    %d1 = llvm.insertvalue %p0, %d0[1] : !llvm.struct<(ptr, ptr, i64, array<1 x i64>, array<1 x i64>)>
    %d2 = llvm.insertvalue %z, %d1[2] : !llvm.struct<(ptr, ptr, i64, array<1 x i64>, array<1 x i64>)>
    %m0 = builtin.unrealized_conversion_cast %d2 : !llvm.struct<(ptr, ptr, i64, array<1 x i64>, array<1 x i64>)> to memref<?xf32>
    %e0 = llvm.insertvalue %p1, %u[0] : !llvm.struct<(ptr, ptr, i64, array<1 x i64>, array<1 x i64>)>
    %e1 = llvm.insertvalue %p1, %e0[1] : !llvm.struct<(ptr, ptr, i64, array<1 x i64>, array<1 x i64>)>
    %e2 = llvm.insertvalue %z, %e1[2] : !llvm.struct<(ptr, ptr, i64, array<1 x i64>, array<1 x i64>)>
    %m1 = builtin.unrealized_conversion_cast %e2 : !llvm.struct<(ptr, ptr, i64, array<1 x i64>, array<1 x i64>)> to memref<?xf32>
    %b = arith.index_cast %begin : i64 to index
    %e = arith.index_cast %end : i64 to index
    %n = arith.index_cast %n64 : i64 to index
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c16 = arith.constant 16 : index
    %f1 = arith.constant dense<1.0> : vector<16xf32>
    %f0 = arith.constant dense<0.0> : vector<16xf32>
    scf.for %i = %b to %e step %c1 {
      %base = arith.muli %i, %n overflow<nsw> : index
      %main = affine.apply affine_map<()[s0] -> (s0 - s0 mod 16)>()[%n]
      scf.for %j = %c0 to %main step %c16 {
        %a = arith.addi %base, %j overflow<nsw> : index
        %x = vector.load %m0[%a] : memref<?xf32>, vector<16xf32>
        %y = arith.addf %x, %f1 : vector<16xf32>
        vector.store %y, %m1[%a] : memref<?xf32>, vector<16xf32>
      }
      %rest = arith.subi %n, %main : index
      %has = arith.cmpi sgt, %rest, %c0 : index
      scf.if %has {
        %mask = vector.create_mask %rest : vector<16xi1>
        %a = arith.addi %base, %main overflow<nsw> : index
        %x = vector.maskedload %m0[%a], %mask, %f0 : memref<?xf32>, vector<16xi1>, vector<16xf32> into vector<16xf32>
        %y = arith.addf %x, %f1 : vector<16xf32>
        vector.maskedstore %m1[%a], %mask, %y : memref<?xf32>, vector<16xi1>, vector<16xf32>
      }
    }
    return
  }
}
