#map = affine_map<(d0, d1) -> (d0, d1)>
#map1 = affine_map<(d0, d1) -> (d1)>
#map2 = affine_map<(d0, d1) -> (d0)>
#map3 = affine_map<(d0) -> (d0)>
#map4 = affine_map<(d0) -> ()>
#map5 = affine_map<(d0, d1) -> (d1, d0)>
#map6 = affine_map<(d0, d1) -> (d1, 0)>
module {
  func.func @values(%arg0: vector<4xf32>, %arg1: vector<8xf32>, %arg2: vector<4x8xf32>, %arg3: f32, %arg4: vector<[4]xf32>, %arg5: vector<f32>, %arg6: index, %arg7: vector<4xi32>, %arg8: vector<4xi1>, %arg9: vector<4x8xi1>, %arg10: tensor<?x?xf32>, %arg11: memref<?x?xf32>, %arg12: memref<?xf32>, %arg13: memref<4x4xf32>) {
    %0 = vector.outerproduct %arg0, %arg1 : vector<4xf32>, vector<8xf32>
    %1 = vector.outerproduct %arg0, %arg1, %arg2 {kind = #vector.kind<maxnumf>} : vector<4xf32>, vector<8xf32>
    %2 = vector.outerproduct %arg0, %arg3, %arg0 {kind = #vector.kind<add>} : vector<4xf32>, f32
    %3 = vector.outerproduct %arg0, %arg4 : vector<4xf32>, vector<[4]xf32>
    %4 = vector.contract {indexing_maps = [#map, #map1, #map2], iterator_types = ["parallel", "reduction"], kind = #vector.kind<add>} %arg2, %arg1, %arg0 : vector<4x8xf32>, vector<8xf32> into vector<4xf32>
    %5 = vector.contract {indexing_maps = [#map3, #map3, #map4], iterator_types = ["reduction"], kind = #vector.kind<add>} %arg0, %arg0, %arg3 : vector<4xf32>, vector<4xf32> into f32
    %6 = vector.mask %arg8 { vector.reduction <add>, %arg0 : vector<4xf32> into f32 } : vector<4xi1> -> f32
    %7 = vector.mask %arg8, %arg0 { vector.transfer_read %arg12[%arg6], %arg3 : memref<?xf32>, vector<4xf32> } : vector<4xi1> -> vector<4xf32>
    vector.mask %arg8 { vector.transfer_write %arg0, %arg12[%arg6] : vector<4xf32>, memref<?xf32> } : vector<4xi1>
    %8 = vector.mask %arg9 { vector.contract {indexing_maps = [#map, #map1, #map2], iterator_types = ["parallel", "reduction"], kind = #vector.kind<add>} %arg2, %arg1, %arg0 : vector<4x8xf32>, vector<8xf32> into vector<4xf32> } : vector<4x8xi1> -> vector<4xf32>
    %9 = vector.transfer_read %arg10[%arg6, %arg6], %arg3 {in_bounds = [true, false]} : tensor<?x?xf32>, vector<4x8xf32>
    %10 = vector.transfer_read %arg11[%arg6, %arg6], %arg3 {permutation_map = #map5} : memref<?x?xf32>, vector<4x8xf32>
    %11 = vector.transpose %arg9, [1, 0] : vector<4x8xi1> to vector<8x4xi1>
    %12 = vector.transfer_read %arg11[%arg6, %arg6], %arg3, %11 {permutation_map = #map5} : memref<?x?xf32>, vector<4x8xf32>
    %13 = vector.transfer_read %arg11[%arg6, %arg6], %arg3 {in_bounds = [true, true], permutation_map = #map6} : memref<?x?xf32>, vector<4x8xf32>
    %14 = vector.transfer_write %arg0, %arg10[%arg6, %arg6] : vector<4xf32>, tensor<?x?xf32>
    %15 = vector.transfer_write %arg2, %arg10[%arg6, %arg6], %arg9 {in_bounds = [true, true]} : vector<4x8xf32>, tensor<?x?xf32>
    vector.transfer_write %arg0, %arg11[%arg6, %arg6], %arg8 : vector<4xf32>, memref<?x?xf32>
    %16 = vector.extract %arg2[0, 3] : f32 from vector<4x8xf32>
    %17 = vector.extract %arg2[%arg6] : vector<8xf32> from vector<4x8xf32>
    %18 = vector.extract %arg5[] : f32 from vector<f32>
    %19 = vector.insert %arg3, %arg2 [1, %arg6] : f32 into vector<4x8xf32>
    %20 = vector.insert %arg1, %arg2 [2] : vector<8xf32> into vector<4x8xf32>
    %21 = vector.insert %arg3, %arg5 [] : f32 into vector<f32>
    %22 = vector.scalable.insert %arg0, %arg4[4] : vector<4xf32> into vector<[4]xf32>
    %23 = vector.scalable.extract %arg4[8] : vector<4xf32> from vector<[4]xf32>
    %24:4 = vector.to_elements %arg0 : vector<4xf32>
    %25 = vector.from_elements %arg3, %arg3, %24#1, %24#3 : vector<2x2xf32>
    %26 = vector.shuffle %arg0, %arg1 [0, 5, 11] : vector<4xf32>, vector<8xf32>
    %27 = vector.shuffle %arg5, %arg5 [0, 1, 0] : vector<f32>, vector<f32>
    %28 = vector.shuffle %arg2, %arg2 [0, 7, 1] : vector<4x8xf32>, vector<4x8xf32>
    %29 = vector.interleave %arg0, %arg0 : vector<4xf32> -> vector<8xf32>
    %30 = vector.interleave %arg4, %arg4 : vector<[4]xf32> -> vector<[8]xf32>
    %31 = vector.multi_reduction <add>, %arg2, %arg0 [1] : vector<4x8xf32> to vector<4xf32>
    %32 = vector.multi_reduction <mul>, %arg2, %arg3 [0, 1] : vector<4x8xf32> to f32
    %33 = vector.reduction <add>, %arg0, %arg3 fastmath<reassoc> : vector<4xf32> into f32
    %34 = vector.gather %arg12[%arg6] [%arg7], %arg8, %arg0 : memref<?xf32>, vector<4xi32>, vector<4xi1>, vector<4xf32> into vector<4xf32>
    %35 = vector.gather %arg10[%arg6, %arg6] [%arg7], %arg8, %arg0 : tensor<?x?xf32>, vector<4xi32>, vector<4xi1>, vector<4xf32> into vector<4xf32>
    vector.scatter %arg12[%arg6] [%arg7], %arg8, %arg0 : memref<?xf32>, vector<4xi32>, vector<4xi1>, vector<4xf32>
    %36 = vector.scatter %arg10[%arg6, %arg6] [%arg7], %arg8, %arg0 : tensor<?x?xf32>, vector<4xi32>, vector<4xi1>, vector<4xf32> -> tensor<?x?xf32>
    %37 = vector.maskedload %arg12[%arg6], %arg8, %arg0 : memref<?xf32>, vector<4xi1>, vector<4xf32> into vector<4xf32>
    vector.maskedstore %arg12[%arg6], %arg8, %arg0 {alignment = 8 : i64} : memref<?xf32>, vector<4xi1>, vector<4xf32>
    %38 = vector.expandload %arg12[%arg6], %arg8, %arg0 : memref<?xf32>, vector<4xi1>, vector<4xf32> into vector<4xf32>
    vector.compressstore %arg12[%arg6], %arg8, %arg0 : memref<?xf32>, vector<4xi1>, vector<4xf32>
    %39 = vector.load %arg11[%arg6, %arg6] {nontemporal = true} : memref<?x?xf32>, vector<4xf32>
    vector.store %39, %arg11[%arg6, %arg6] {alignment = 16 : i64} : memref<?x?xf32>, vector<4xf32>
    %40 = vector.constant_mask [2, 3] : vector<4x8xi1>
    %41 = vector.create_mask %arg6, %arg6 : vector<4x[8]xi1>
    %42 = vector.create_mask %arg6 : vector<i1>
    %43 = vector.step : vector<[4]xindex>
    %44 = vector.shape_cast %arg2 : vector<4x8xf32> to vector<32xf32>
    %45 = vector.bitcast %arg0 : vector<4xf32> to vector<8xf16>
    %46 = vector.broadcast %arg3 : f32 to vector<[4]xf32>
    %47 = vector.broadcast %arg1 : vector<8xf32> to vector<4x8xf32>
    %48 = vector.extract_strided_slice %arg2 {offsets = [0, 2], sizes = [2, 4], strides = [1, 1]} : vector<4x8xf32> to vector<2x4xf32>
    %49 = vector.insert_strided_slice %48, %arg2 {offsets = [2, 2], strides = [1, 1]} : vector<2x4xf32> into vector<4x8xf32>
    %50 = vector.fma %arg4, %arg4, %arg4 : vector<[4]xf32>
    %vscale = vector.vscale
    vector.print %arg0 : vector<4xf32>
    vector.print %arg3 : f32 punctuation <comma>
    vector.print str "text"
    vector.print punctuation <open>
    %51 = vector.type_cast %arg13 : memref<4x4xf32> to memref<vector<4x4xf32>>
    return
  }
}

