#map = affine_map<(d0, d1) -> (d0, d1)>
#map1 = affine_map<(d0, d1) -> (d0)>
module {
  func.func @winograd(%arg0: tensor<2x3x3x5xf32>, %arg1: tensor<6x6x5x2xf32>, %arg2: tensor<2x10x10x5xf32>, %arg3: tensor<6x6x2x2x2x5xf32>, %arg4: tensor<6x6x2x2x2x2xf32>, %arg5: tensor<2x8x8x2xf32>) {
    %0 = linalg.winograd_filter_transform fmr(F_4_3) ins(%arg0 : tensor<2x3x3x5xf32>) outs(%arg1 : tensor<6x6x5x2xf32>) -> tensor<6x6x5x2xf32>
    %1 = linalg.winograd_input_transform fmr(F_4_3) ins(%arg2 : tensor<2x10x10x5xf32>) outs(%arg3 : tensor<6x6x2x2x2x5xf32>) -> tensor<6x6x2x2x2x5xf32>
    %2 = linalg.winograd_output_transform fmr(F_4_3) ins(%arg4 : tensor<6x6x2x2x2x2xf32>) outs(%arg5 : tensor<2x8x8x2xf32>) -> tensor<2x8x8x2xf32>
    return
  }
  func.func @others(%arg0: tensor<4x8xf32>, %arg1: tensor<8x4xf32>, %arg2: tensor<4xf32>, %arg3: memref<4x8xi32>, %arg4: index, %arg5: tensor<?x?xf32>, %arg6: tensor<?x?x8x?xf32>, %arg7: f32, %arg8: memref<4xi64>) {
    %transposed = linalg.transpose ins(%arg0 : tensor<4x8xf32>) outs(%arg1 : tensor<8x4xf32>) permutation = [1, 0]  {a.b}
    %broadcasted = linalg.broadcast ins(%arg2 : tensor<4xf32>) outs(%arg0 : tensor<4x8xf32>) dimensions = [1] 
    %reduced = linalg.reduce { arith.addf {fastmath = #arith.fastmath<fast>} } ins(%arg0 : tensor<4x8xf32>) outs(%arg2 : tensor<4xf32>) dimensions = [1] 
    %reduced_0:2 = linalg.reduce ins(%arg0, %arg0 : tensor<4x8xf32>, tensor<4x8xf32>) outs(%arg2, %arg2 : tensor<4xf32>, tensor<4xf32>) dimensions = [1]  {a.b}
      (%in: f32, %in_1: f32, %init: f32, %init_2: f32) {
        %2 = arith.addf %in, %init : f32
        linalg.yield %2, %init_2 : f32, f32
      }
    linalg.map { arith.addi {overflowFlags = #arith.overflow<nsw>} } ins(%arg3, %arg3 : memref<4x8xi32>, memref<4x8xi32>) outs(%arg3 : memref<4x8xi32>)
    %mapped = linalg.map ins(%arg0 : tensor<4x8xf32>) outs(%arg0 : tensor<4x8xf32>) {a.b = 1 : i64}
      (%in: f32, %init: f32) {
        %2 = arith.addf %in, %init : f32
        linalg.yield %2 : f32
      }
    %0 = linalg.softmax dimension(1) ins(%arg0 : tensor<4x8xf32>) outs(%arg0 : tensor<4x8xf32>) -> tensor<4x8xf32>
    %pack = linalg.pack %arg5 padding_value(%arg7 : f32) outer_dims_perm = [1, 0] inner_dims_pos = [0, 1] inner_tiles = [8, %arg4] into %arg6 : tensor<?x?xf32> -> tensor<?x?x8x?xf32>
    %unpack = linalg.unpack %pack outer_dims_perm = [1, 0] inner_dims_pos = [0, 1] inner_tiles = [8, %arg4] into %arg5 {a.b} : tensor<?x?x8x?xf32> -> tensor<?x?xf32>
    %1 = linalg.generic {doc = "a doc", indexing_maps = [#map, #map1], iterator_types = ["parallel", "reduction"], library_call = "lib"} ins(%arg0 : tensor<4x8xf32>) outs(%arg2 : tensor<4xf32>) attrs =  {a.b = 3 : i64} {
    ^bb0(%in: f32, %out: f32):
      %2 = linalg.index 1 : index
      %3 = arith.addf %in, %out : f32
      linalg.yield %3 : f32
    } -> tensor<4xf32>
    linalg.generic {indexing_maps = [#map], iterator_types = ["parallel", "parallel"]} outs(%arg3 : memref<4x8xi32>) {
    ^bb0(%out: i32):
      linalg.yield %out : i32
    }
    linalg.contract indexing_maps = [#map, #map, #map1] {cast = #linalg.type_fn<cast_unsigned>} ins(%arg3, %arg3 : memref<4x8xi32>, memref<4x8xi32>) outs(%arg8 : memref<4xi64>)
    return
  }
}

