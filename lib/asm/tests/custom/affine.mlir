#map = affine_map<(d0)[s0] -> (d0 + 4, s0)>
#map1 = affine_map<()[s0] -> (s0 + 8)>
#map2 = affine_map<(d0) -> (d0 * 2)>
#map3 = affine_map<(d0, d1)[s0] -> (d0 floordiv 4, d1, s0 mod 7)>
#map4 = affine_map<(d0)[s0] -> (d0, 1000, s0 + 512)>
#map5 = affine_map<()[s0] -> (1000, s0 + 512)>
#set = affine_set<(d0)[s0] : (d0 - s0 >= 0, -d0 + 20 >= 0)>
#set1 = affine_set<(d0) : (d0 - 3 == 0)>
module {
  func.func @loops(%arg0: index, %arg1: memref<100x?xf32>, %arg2: memref<?xf32>) -> f32 {
    %cst = arith.constant 0.000000e+00 : f32
    %c1_i32 = arith.constant 1 : i32
    affine.for %arg3 = 0 to 10 {
      affine.for %arg4 = max #map(%arg3)[%arg0] to #map1()[%arg0] step 4 {
      }
    }
    affine.for %arg3 = -4 to %arg0 {
      %9 = affine.apply #map2(%arg3)
      affine.for %arg4 = max #map(%arg3)[%arg0] to min #map3(%arg3, %9)[%arg0] {
        %10 = affine.load %arg1[%arg3 + 4, %arg4 * 2 + symbol(%arg0)] : memref<100x?xf32>
        affine.store %10, %arg1[%arg3, %arg4] {a = 1 : i32} : memref<100x?xf32>
        affine.prefetch %arg1[%arg3, %arg4 + 5], write, locality<1>, data : memref<100x?xf32>
        affine.prefetch %arg1[%arg3, %arg4 + 5], read, locality<3>, instr : memref<100x?xf32>
        %11 = affine.vector_load %arg1[%arg3, %arg3] : memref<100x?xf32>, vector<8xf32>
        affine.vector_store %11, %arg1[%arg3, (-%arg4) floordiv 8] : memref<100x?xf32>, vector<8xf32>
      } {x.y}
    }
    %0:2 = affine.for %arg3 = 0 to 10 step 2 iter_args(%arg4 = %cst, %arg5 = %arg0) -> (f32, index) {
      %9 = affine.load %arg2[%arg3] : memref<?xf32>
      %10 = arith.addf %arg4, %9 : f32
      affine.yield %10, %arg5 : f32, index
    }
    affine.for %arg3 = 0 to 10 {
      affine.if #set(%arg3)[%arg0] {
        affine.store %cst, %arg2[%arg3] : memref<?xf32>
      }
      affine.if #set1(%arg3) {
      } else {
        affine.store %cst, %arg2[0] : memref<?xf32>
      } {x.z = 2 : i64}
      %9 = affine.if #set(%arg3)[%arg0] -> f32 {
        affine.yield %cst : f32
      } else {
        affine.yield %0#0 : f32
      }
      %10:2 = affine.if #set(%arg3)[%arg0] -> (f32, index) {
        affine.yield %cst, %arg0 : f32, index
      } else {
        affine.yield %9, %arg0 : f32, index
      }
    }
    affine.parallel (%arg3, %arg4) = (0, 1) to (100, 50) {
    }
    affine.parallel (%arg3) = (%arg0) to (%arg0 + 10) {
      affine.parallel (%arg4, %arg5) = (max(0, %arg3 - 4), %arg3 * 2) to (min(%arg0, 100), 7) step (2, 1) {
        affine.store %cst, %arg2[%arg4 + %arg5] : memref<?xf32>
      }
    }
    %1 = affine.parallel (%arg3) = (0) to (10) reduce ("addf") -> (f32) {
      %9 = affine.load %arg2[%arg3] : memref<?xf32>
      affine.yield %9 : f32
    }
    %2:2 = affine.parallel (%arg3, %arg4) = (0, 0) to (10, symbol(%arg0)) step (2, 2) reduce ("maximumf", "addi") -> (f32, i32) {
      %9 = affine.load %arg2[%arg3] : memref<?xf32>
      affine.yield %9, %c1_i32 : f32, i32
    }
    affine.parallel () = () to () {
    }
    %3 = affine.min #map4(%arg0)[%arg0]
    %4 = affine.max #map5()[%arg0]
    %5:3 = affine.delinearize_index %arg0 into (4, %arg0, 8) : index, index, index
    %6:3 = affine.delinearize_index %arg0 into (%arg0, 8) : index, index, index
    %7 = affine.linearize_index [%5#0, %6#1] by (4, %arg0) : index
    %8 = affine.linearize_index disjoint [%5#0, %6#1] by (8) : index
    %alloc = memref.alloc() : memref<1xi32>
    affine.dma_start %arg2[%arg0 + 7], %arg2[%arg0 + 11], %alloc[%arg0], %arg0 : memref<?xf32>, memref<?xf32>, memref<1xi32>
    affine.dma_start %arg2[%arg0], %arg1[%arg0, 0], %alloc[0], %arg0, %arg0, %arg0 : memref<?xf32>, memref<100x?xf32>, memref<1xi32>
    affine.dma_wait %alloc[0], %arg0 : memref<1xi32>
    return %1 : f32
  }
  func.func @copies(%arg0: memref<16x16xf32>, %arg1: memref<256xf32>, %arg2: memref<1xi32>, %arg3: index) {
    memref.dma_start %arg0[%arg3, %arg3], %arg1[%arg3], %arg3, %arg2[%arg3] : memref<16x16xf32>, memref<256xf32>, memref<1xi32>
    memref.dma_start %arg1[%arg3], %arg0[%arg3, %arg3], %arg3, %arg2[%arg3], %arg3, %arg3 : memref<256xf32>, memref<16x16xf32>, memref<1xi32>
    memref.dma_wait %arg2[%arg3], %arg3 : memref<1xi32>
    return
  }
}

