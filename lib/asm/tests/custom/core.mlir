#map = affine_map<(d0)[s0] -> (d0 * 2 + s0)>
module attributes {a.b = 1 : i32} {
  memref.global "private" constant @g : memref<2xf32> = dense<[1.000000e+00, 2.000000e+00]>
  func.func private @ext(f32) -> (f32, i32)
  func.func @f(%arg0: f32 {foo.x}, %arg1: index, %arg2: memref<?x4xf32>) -> (f32, index) attributes {k = 2 : i64} {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %cst = arith.constant dense<1.000000e+00> : vector<4xf32>
    %true = arith.constant true
    %c-4_i32 = arith.constant -4 : i32
    %cst_0 = arith.constant 1.500000e+00 : f32
    %0 = arith.addf %arg0, %cst_0 fastmath<nnan,nsz> : f32
    %1 = arith.cmpi slt, %c0, %c1 : index
    %2 = arith.cmpf ogt, %0, %cst_0 : f32
    %3 = arith.select %1, %0, %cst_0 : f32
    %4 = math.exp %3 : f32
    %5 = arith.addi %c-4_i32, %c-4_i32 overflow<nsw> : i32
    %6 = arith.index_cast %c-4_i32 : i32 to index
    %7 = scf.for %arg3 = %c0 to %arg1 step %c1 iter_args(%arg4 = %4) -> (f32) {
      %21 = memref.load %arg2[%arg3, %c0] : memref<?x4xf32>
      %22 = arith.addf %arg4, %21 : f32
      scf.yield %22 : f32
    }
    scf.for %arg3 = %c0 to %arg1 step %c1 {
      memref.store %7, %arg2[%arg3, %c0] : memref<?x4xf32>
      scf.if %1 {
        memref.store %7, %arg2[%arg3, %c1] : memref<?x4xf32>
      } else {
        %21 = vector.load %arg2[%arg3, %c0] : memref<?x4xf32>, vector<4xf32>
        vector.store %21, %arg2[%arg3, %c0] : memref<?x4xf32>, vector<4xf32>
      }
    }
    %8 = scf.if %2 -> (f32) {
      scf.yield %7 : f32
    } else {
      scf.yield %cst_0 : f32
    }
    %9:2 = scf.while (%arg3 = %c0, %arg4 = %cst_0) : (index, f32) -> (index, f32) {
      scf.condition(%1) %arg3, %arg4 : index, f32
    } do {
    ^bb0(%arg3: index, %arg4: f32):
      scf.yield %arg3, %arg4 : index, f32
    }
    %10 = affine.apply #map(%c0)[%arg1]
    %alloc = memref.alloc(%arg1) : memref<?xf32>
    %subview = memref.subview %arg2[%c0, 1] [%arg1, 2] [1, 1] : memref<?x4xf32> to memref<?x2xf32, strided<[4, 1], offset: ?>>
    %11 = vector.broadcast %cst_0 : f32 to vector<4xf32>
    %12 = vector.fma %11, %cst, %11 : vector<4xf32>
    %13 = vector.reduction <add>, %12 : vector<4xf32> into f32
    %dim = memref.dim %arg2, %c0 : memref<?x4xf32>
    %14:2 = call @ext(%cst_0) : (f32) -> (f32, i32)
    %15 = scf.execute_region -> f32 {
      scf.yield %cst_0 : f32
    }
    %16 = scf.index_switch %c0 -> f32 
    case 2 {
      scf.yield %cst_0 : f32
    }
    case 5 {
      scf.yield %0 : f32
    }
    default {
      scf.yield %cst_0 : f32
    }
    %17 = tensor.empty(%arg1) : tensor<?x4xf32>
    %extracted_slice = tensor.extract_slice %17[0, 0] [%arg1, 2] [1, 1] : tensor<?x4xf32> to tensor<?x2xf32>
    %dim_1 = tensor.dim %17, %c1 : tensor<?x4xf32>
    %18 = vector.extract %12[1] : f32 from vector<4xf32>
    %19 = vector.insert %cst_0, %12 [2] : f32 into vector<4xf32>
    cf.cond_br %1, ^bb1(%c0 : index), ^bb2
  ^bb1(%20: index):  // pred: ^bb0
    cf.br ^bb2
  ^bb2:  // 2 preds: ^bb0, ^bb1
    cf.switch %c-4_i32 : i32, [
      default: ^bb3,
      1: ^bb3
    ]
  ^bb3:  // 2 preds: ^bb2, ^bb2
    return %8, %10 : f32, index
  }
  gpu.module @k {
    gpu.func @kern(%arg0: memref<?xf32>) kernel attributes {x} {
      %thread_id_x = gpu.thread_id  x
      %block_id_x = gpu.block_id  x
      gpu.barrier
      gpu.return
    }
  }
}

