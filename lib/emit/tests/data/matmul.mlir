module {
  func.func @k(%bufs: !llvm.ptr, %dims: !llvm.ptr, %begin: i64, %end: i64) {
    %p0 = llvm.load %bufs : !llvm.ptr -> !llvm.ptr
    %q1 = llvm.getelementptr %bufs[1] : (!llvm.ptr) -> !llvm.ptr, !llvm.ptr
    %p1 = llvm.load %q1 : !llvm.ptr -> !llvm.ptr
    %q2 = llvm.getelementptr %bufs[2] : (!llvm.ptr) -> !llvm.ptr, !llvm.ptr
    %p2 = llvm.load %q2 : !llvm.ptr -> !llvm.ptr
    %n = llvm.load %dims : !llvm.ptr -> i64
    func.call @k_body(%p0, %p1, %p2, %n, %begin, %end) : (!llvm.ptr, !llvm.ptr, !llvm.ptr, i64, i64, i64) -> ()
    return
  }
  func.func private @k_body(%p0: !llvm.ptr {llvm.noalias}, %p1: !llvm.ptr {llvm.noalias}, %p2: !llvm.ptr {llvm.noalias}, %n64: i64, %begin: i64, %end: i64) {
    %u = llvm.mlir.poison : !llvm.struct<(ptr, ptr, i64, array<1 x i64>, array<1 x i64>)>
    %d0 = llvm.insertvalue %p0, %u[1] : !llvm.struct<(ptr, ptr, i64, array<1 x i64>, array<1 x i64>)>
    %m0 = builtin.unrealized_conversion_cast %d0 : !llvm.struct<(ptr, ptr, i64, array<1 x i64>, array<1 x i64>)> to memref<?xf32>
    %d1 = llvm.insertvalue %p1, %u[1] : !llvm.struct<(ptr, ptr, i64, array<1 x i64>, array<1 x i64>)>
    %m1 = builtin.unrealized_conversion_cast %d1 : !llvm.struct<(ptr, ptr, i64, array<1 x i64>, array<1 x i64>)> to memref<?xf32>
    %d2 = llvm.insertvalue %p2, %u[1] : !llvm.struct<(ptr, ptr, i64, array<1 x i64>, array<1 x i64>)>
    %m2 = builtin.unrealized_conversion_cast %d2 : !llvm.struct<(ptr, ptr, i64, array<1 x i64>, array<1 x i64>)> to memref<?xf32>
    %b = arith.index_cast %begin : i64 to index
    %e = arith.index_cast %end : i64 to index
    %n = arith.index_cast %n64 : i64 to index
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %cnr = arith.constant 32 : index
    %cmr = arith.constant 8 : index
    %f0 = arith.constant dense<0.0> : vector<16xf32>
    scf.for %t = %b to %e step %c1 {
      %i0 = arith.muli %t, %cmr overflow<nsw> : index
      scf.for %j = %c0 to %n step %cnr {
        %r0 = affine.apply affine_map<(d0)[s0] -> ((d0 + 0) * s0)>(%i0)[%n]
        %r1 = affine.apply affine_map<(d0)[s0] -> ((d0 + 1) * s0)>(%i0)[%n]
        %r2 = affine.apply affine_map<(d0)[s0] -> ((d0 + 2) * s0)>(%i0)[%n]
        %r3 = affine.apply affine_map<(d0)[s0] -> ((d0 + 3) * s0)>(%i0)[%n]
        %r4 = affine.apply affine_map<(d0)[s0] -> ((d0 + 4) * s0)>(%i0)[%n]
        %r5 = affine.apply affine_map<(d0)[s0] -> ((d0 + 5) * s0)>(%i0)[%n]
        %r6 = affine.apply affine_map<(d0)[s0] -> ((d0 + 6) * s0)>(%i0)[%n]
        %r7 = affine.apply affine_map<(d0)[s0] -> ((d0 + 7) * s0)>(%i0)[%n]
        %acc:16 = scf.for %k = %c0 to %n step %c1 iter_args(%a0_0i = %f0, %a0_1i = %f0, %a1_0i = %f0, %a1_1i = %f0, %a2_0i = %f0, %a2_1i = %f0, %a3_0i = %f0, %a3_1i = %f0, %a4_0i = %f0, %a4_1i = %f0, %a5_0i = %f0, %a5_1i = %f0, %a6_0i = %f0, %a6_1i = %f0, %a7_0i = %f0, %a7_1i = %f0) -> (vector<16xf32>, vector<16xf32>, vector<16xf32>, vector<16xf32>, vector<16xf32>, vector<16xf32>, vector<16xf32>, vector<16xf32>, vector<16xf32>, vector<16xf32>, vector<16xf32>, vector<16xf32>, vector<16xf32>, vector<16xf32>, vector<16xf32>, vector<16xf32>) {
          %kb = affine.apply affine_map<(d0, d1)[s0] -> (d0 * s0 + d1)>(%k, %j)[%n]
          %kb0 = affine.apply affine_map<(d0) -> (d0 + 0)>(%kb)
          %bv0 = vector.load %m1[%kb0] : memref<?xf32>, vector<16xf32>
          %kb1 = affine.apply affine_map<(d0) -> (d0 + 16)>(%kb)
          %bv1 = vector.load %m1[%kb1] : memref<?xf32>, vector<16xf32>
          %ka0 = arith.addi %r0, %k overflow<nsw> : index
          %as0 = memref.load %m0[%ka0] : memref<?xf32>
          %av0 = vector.broadcast %as0 : f32 to vector<16xf32>
          %a0_0n = vector.fma %av0, %bv0, %a0_0i : vector<16xf32>
          %a0_1n = vector.fma %av0, %bv1, %a0_1i : vector<16xf32>
          %ka1 = arith.addi %r1, %k overflow<nsw> : index
          %as1 = memref.load %m0[%ka1] : memref<?xf32>
          %av1 = vector.broadcast %as1 : f32 to vector<16xf32>
          %a1_0n = vector.fma %av1, %bv0, %a1_0i : vector<16xf32>
          %a1_1n = vector.fma %av1, %bv1, %a1_1i : vector<16xf32>
          %ka2 = arith.addi %r2, %k overflow<nsw> : index
          %as2 = memref.load %m0[%ka2] : memref<?xf32>
          %av2 = vector.broadcast %as2 : f32 to vector<16xf32>
          %a2_0n = vector.fma %av2, %bv0, %a2_0i : vector<16xf32>
          %a2_1n = vector.fma %av2, %bv1, %a2_1i : vector<16xf32>
          %ka3 = arith.addi %r3, %k overflow<nsw> : index
          %as3 = memref.load %m0[%ka3] : memref<?xf32>
          %av3 = vector.broadcast %as3 : f32 to vector<16xf32>
          %a3_0n = vector.fma %av3, %bv0, %a3_0i : vector<16xf32>
          %a3_1n = vector.fma %av3, %bv1, %a3_1i : vector<16xf32>
          %ka4 = arith.addi %r4, %k overflow<nsw> : index
          %as4 = memref.load %m0[%ka4] : memref<?xf32>
          %av4 = vector.broadcast %as4 : f32 to vector<16xf32>
          %a4_0n = vector.fma %av4, %bv0, %a4_0i : vector<16xf32>
          %a4_1n = vector.fma %av4, %bv1, %a4_1i : vector<16xf32>
          %ka5 = arith.addi %r5, %k overflow<nsw> : index
          %as5 = memref.load %m0[%ka5] : memref<?xf32>
          %av5 = vector.broadcast %as5 : f32 to vector<16xf32>
          %a5_0n = vector.fma %av5, %bv0, %a5_0i : vector<16xf32>
          %a5_1n = vector.fma %av5, %bv1, %a5_1i : vector<16xf32>
          %ka6 = arith.addi %r6, %k overflow<nsw> : index
          %as6 = memref.load %m0[%ka6] : memref<?xf32>
          %av6 = vector.broadcast %as6 : f32 to vector<16xf32>
          %a6_0n = vector.fma %av6, %bv0, %a6_0i : vector<16xf32>
          %a6_1n = vector.fma %av6, %bv1, %a6_1i : vector<16xf32>
          %ka7 = arith.addi %r7, %k overflow<nsw> : index
          %as7 = memref.load %m0[%ka7] : memref<?xf32>
          %av7 = vector.broadcast %as7 : f32 to vector<16xf32>
          %a7_0n = vector.fma %av7, %bv0, %a7_0i : vector<16xf32>
          %a7_1n = vector.fma %av7, %bv1, %a7_1i : vector<16xf32>
          scf.yield %a0_0n, %a0_1n, %a1_0n, %a1_1n, %a2_0n, %a2_1n, %a3_0n, %a3_1n, %a4_0n, %a4_1n, %a5_0n, %a5_1n, %a6_0n, %a6_1n, %a7_0n, %a7_1n : vector<16xf32>, vector<16xf32>, vector<16xf32>, vector<16xf32>, vector<16xf32>, vector<16xf32>, vector<16xf32>, vector<16xf32>, vector<16xf32>, vector<16xf32>, vector<16xf32>, vector<16xf32>, vector<16xf32>, vector<16xf32>, vector<16xf32>, vector<16xf32>
        }
        %st0_0 = affine.apply affine_map<(d0, d1) -> (d0 + d1 + 0)>(%r0, %j)
        vector.store %acc#0, %m2[%st0_0] : memref<?xf32>, vector<16xf32>
        %st0_1 = affine.apply affine_map<(d0, d1) -> (d0 + d1 + 16)>(%r0, %j)
        vector.store %acc#1, %m2[%st0_1] : memref<?xf32>, vector<16xf32>
        %st1_0 = affine.apply affine_map<(d0, d1) -> (d0 + d1 + 0)>(%r1, %j)
        vector.store %acc#2, %m2[%st1_0] : memref<?xf32>, vector<16xf32>
        %st1_1 = affine.apply affine_map<(d0, d1) -> (d0 + d1 + 16)>(%r1, %j)
        vector.store %acc#3, %m2[%st1_1] : memref<?xf32>, vector<16xf32>
        %st2_0 = affine.apply affine_map<(d0, d1) -> (d0 + d1 + 0)>(%r2, %j)
        vector.store %acc#4, %m2[%st2_0] : memref<?xf32>, vector<16xf32>
        %st2_1 = affine.apply affine_map<(d0, d1) -> (d0 + d1 + 16)>(%r2, %j)
        vector.store %acc#5, %m2[%st2_1] : memref<?xf32>, vector<16xf32>
        %st3_0 = affine.apply affine_map<(d0, d1) -> (d0 + d1 + 0)>(%r3, %j)
        vector.store %acc#6, %m2[%st3_0] : memref<?xf32>, vector<16xf32>
        %st3_1 = affine.apply affine_map<(d0, d1) -> (d0 + d1 + 16)>(%r3, %j)
        vector.store %acc#7, %m2[%st3_1] : memref<?xf32>, vector<16xf32>
        %st4_0 = affine.apply affine_map<(d0, d1) -> (d0 + d1 + 0)>(%r4, %j)
        vector.store %acc#8, %m2[%st4_0] : memref<?xf32>, vector<16xf32>
        %st4_1 = affine.apply affine_map<(d0, d1) -> (d0 + d1 + 16)>(%r4, %j)
        vector.store %acc#9, %m2[%st4_1] : memref<?xf32>, vector<16xf32>
        %st5_0 = affine.apply affine_map<(d0, d1) -> (d0 + d1 + 0)>(%r5, %j)
        vector.store %acc#10, %m2[%st5_0] : memref<?xf32>, vector<16xf32>
        %st5_1 = affine.apply affine_map<(d0, d1) -> (d0 + d1 + 16)>(%r5, %j)
        vector.store %acc#11, %m2[%st5_1] : memref<?xf32>, vector<16xf32>
        %st6_0 = affine.apply affine_map<(d0, d1) -> (d0 + d1 + 0)>(%r6, %j)
        vector.store %acc#12, %m2[%st6_0] : memref<?xf32>, vector<16xf32>
        %st6_1 = affine.apply affine_map<(d0, d1) -> (d0 + d1 + 16)>(%r6, %j)
        vector.store %acc#13, %m2[%st6_1] : memref<?xf32>, vector<16xf32>
        %st7_0 = affine.apply affine_map<(d0, d1) -> (d0 + d1 + 0)>(%r7, %j)
        vector.store %acc#14, %m2[%st7_0] : memref<?xf32>, vector<16xf32>
        %st7_1 = affine.apply affine_map<(d0, d1) -> (d0 + d1 + 16)>(%r7, %j)
        vector.store %acc#15, %m2[%st7_1] : memref<?xf32>, vector<16xf32>
      }
    }
    return
  }
}
