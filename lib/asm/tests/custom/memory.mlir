#map = affine_map<(d0)[s0] -> (d0 + s0)>
module {
  memref.global "private" constant @a : memref<2xf32> = dense<[1.000000e+00, 2.000000e+00]> {alignment = 64 : i64}
  memref.global @b : memref<2x2xi8> = uninitialized
  memref.global "public" @c : memref<f32>
  func.func @mem(%arg0: index, %arg1: memref<?x4xf32>, %arg2: memref<*xf32>, %arg3: memref<64xi8>, %arg4: f32, %arg5: memref<2xindex>, %arg6: memref<1xi32>, %arg7: memref<8xf32, 1>, %arg8: i32, %arg9: memref<4xf32>) {
    %alloc = memref.alloc(%arg0) : memref<?x4xf32>
    %alloc_0 = memref.alloc(%arg0)[%arg0] {alignment = 8 : i64} : memref<?xf32, #map>
    %alloca = memref.alloca() : memref<4xf32, 3>
    %0 = memref.realloc %arg9 : memref<4xf32> to memref<8xf32>
    %1 = memref.realloc %arg9(%arg0) {alignment = 8 : i64} : memref<4xf32> to memref<?xf32>
    memref.dealloc %alloc : memref<?x4xf32>
    %2 = memref.alloca_scope  -> (f32) {
      memref.alloca_scope.return %arg4 : f32
    }
    memref.alloca_scope  {
      "a.b"() : () -> ()
    }
    %assume_align = memref.assume_alignment %arg1, 64 : memref<?x4xf32>
    %3:2 = memref.distinct_objects %arg1, %arg9 : memref<?x4xf32>, memref<4xf32>
    %4 = memref.atomic_rmw addf %arg4, %arg1[%arg0, %arg0] : (f32, memref<?x4xf32>) -> f32
    %5 = memref.generic_atomic_rmw %arg1[%arg0, %arg0] : memref<?x4xf32> {
    ^bb0(%arg10: f32):
      memref.atomic_yield %arg10 : f32
    }
    memref.copy %arg1, %arg1 : memref<?x4xf32> to memref<?x4xf32>
    %dim = memref.dim %arg1, %arg0 : memref<?x4xf32>
    %dim_1 = memref.dim %arg2, %arg0 : memref<*xf32>
    %6 = memref.rank %arg2 : memref<*xf32>
    %cast = memref.cast %arg1 : memref<?x4xf32> to memref<*xf32>
    %memspacecast = memref.memory_space_cast %arg1 : memref<?x4xf32> to memref<?x4xf32, 5>
    %7 = memref.load %arg1[%arg0, %arg0] {nontemporal = true} : memref<?x4xf32>
    %8 = memref.load %arg1[%arg0, %arg0] : memref<?x4xf32>
    memref.store %arg4, %arg1[%arg0, %arg0] : memref<?x4xf32>
    %view = memref.view %arg3[%arg0][%arg0] : memref<64xi8> to memref<?x4xf32>
    %view_2 = memref.view %arg3[%arg0][] : memref<64xi8> to memref<4xf32>
    %subview = memref.subview %arg1[%arg0, 0] [2, %arg0] [1, %arg0] : memref<?x4xf32> to memref<2x?xf32, strided<[4, ?], offset: ?>>
    %subview_3 = memref.subview %arg1[0, 0] [1, 4] [1, 1] : memref<?x4xf32> to memref<4xf32, strided<[1]>>
    %reinterpret_cast = memref.reinterpret_cast %arg1 to offset: [%arg0], sizes: [%arg0, 4], strides: [%arg0, 1] : memref<?x4xf32> to memref<?x4xf32, strided<[?, 1], offset: ?>>
    %reinterpret_cast_4 = memref.reinterpret_cast %arg2 to offset: [0], sizes: [], strides: [] : memref<*xf32> to memref<f32>
    %reshape = memref.reshape %arg1(%arg5) : (memref<?x4xf32>, memref<2xindex>) -> memref<?x?xf32>
    %collapse_shape = memref.collapse_shape %arg1 [[0, 1]] : memref<?x4xf32> into memref<?xf32>
    %expand_shape = memref.expand_shape %arg9 [[0, 1]] output_shape [2, 2] : memref<4xf32> into memref<2x2xf32>
    %transpose = memref.transpose %arg1 (d0, d1) -> (d1, d0) : memref<?x4xf32> to memref<4x?xf32, strided<[1, 4]>>
    %intptr = memref.extract_aligned_pointer_as_index %arg1 : memref<?x4xf32> -> index
    %base_buffer, %offset, %sizes:2, %strides:2 = memref.extract_strided_metadata %arg1 : memref<?x4xf32> -> memref<f32>, index, index, index, index, index
    %9 = memref.get_global @a : memref<2xf32>
    memref.prefetch %arg1[%arg0, %arg0], write, locality<3>, data : memref<?x4xf32>
    memref.prefetch %arg1[%arg0, %arg0], read, locality<0>, instr : memref<?x4xf32>
    memref.dma_wait %arg6[%arg0], %arg0 : memref<1xi32>
    return
  }
  func.func @ten(%arg0: tensor<?x4xf32>, %arg1: index, %arg2: f32, %arg3: i32, %arg4: tensor<*xf32>, %arg5: tensor<2x1xindex>, %arg6: tensor<2xindex>, %arg7: tensor<4xf32>) {
    %0 = tensor.empty(%arg1) : tensor<?x4xf32>
    %1 = tensor.empty() : tensor<4xf32>
    %dim = tensor.dim %arg0, %arg1 : tensor<?x4xf32>
    %rank = tensor.rank %arg4 : tensor<*xf32>
    %cast = tensor.cast %arg0 : tensor<?x4xf32> to tensor<*xf32>
    %2 = tensor.bitcast %arg7 : tensor<4xf32> to tensor<4xi32>
    %extracted = tensor.extract %arg0[%arg1, %arg1] : tensor<?x4xf32>
    %inserted = tensor.insert %arg2 into %arg0[%arg1, %arg1] : tensor<?x4xf32>
    %extracted_slice = tensor.extract_slice %arg0[%arg1, 0] [%arg1, 4] [1, 1] : tensor<?x4xf32> to tensor<?x4xf32>
    %inserted_slice = tensor.insert_slice %arg7 into %arg0[%arg1, 0] [1, 4] [1, 1] : tensor<4xf32> into tensor<?x4xf32>
    %from_elements = tensor.from_elements %arg2, %arg2 : tensor<2xf32>
    %from_elements_0 = tensor.from_elements  : tensor<0xf32>
    %generated = tensor.generate %arg1 {
    ^bb0(%arg8: index):
      tensor.yield %arg2 : f32
    } : tensor<?xf32>
    %generated_1 = tensor.generate  {
    ^bb0(%arg8: index):
      tensor.yield %arg2 : f32
    } : tensor<4xf32>
    %padded = tensor.pad %arg0 low[%arg1, 1] high[0, %arg1] {
    ^bb0(%arg8: index, %arg9: index):
      tensor.yield %arg2 : f32
    } : tensor<?x4xf32> to tensor<?x?xf32>
    %padded_2 = tensor.pad %arg7 nofold low[0] high[0] {
    ^bb0(%arg8: index):
      tensor.yield %arg2 : f32
    } {a.b} : tensor<4xf32> to tensor<4xf32>
    %collapsed = tensor.collapse_shape %arg0 [[0, 1]] : tensor<?x4xf32> into tensor<?xf32>
    %expanded = tensor.expand_shape %arg0 [[0, 1], [2]] output_shape [%arg1, 2, 4] : tensor<?x4xf32> into tensor<?x2x4xf32>
    %reshape = tensor.reshape %arg0(%arg6) : (tensor<?x4xf32>, tensor<2xindex>) -> tensor<?x?xf32>
    %gather = tensor.gather %arg0[%arg5] gather_dims([0]) : (tensor<?x4xf32>, tensor<2x1xindex>) -> tensor<2x1x4xf32>
    %gather_3 = tensor.gather %arg0[%arg5] gather_dims([0]) unique : (tensor<?x4xf32>, tensor<2x1xindex>) -> tensor<2x1x4xf32>
    %scatter = tensor.scatter %gather_3 into %arg0[%arg5] scatter_dims([0]) unique : (tensor<2x1x4xf32>, tensor<?x4xf32>, tensor<2x1xindex>) -> tensor<?x4xf32>
    %splat = tensor.splat %arg2 : tensor<4xf32>
    %splat_4 = tensor.splat %arg2[%arg1] : tensor<?xf32>
    %concat = tensor.concat dim(0) %arg7, %arg7 {a.b} : (tensor<4xf32>, tensor<4xf32>) -> tensor<8xf32>
    return
  }
}

