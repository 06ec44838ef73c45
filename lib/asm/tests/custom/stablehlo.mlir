module @network {
  func.func @main(%arg0: tensor<1x8x8x3xf32>, %arg1: tensor<3x3x3x4xf32>, %arg2: tensor<4x2xf32>, %arg3: tensor<i32>) -> tensor<2xf32> {
    %cst = stablehlo.constant dense<0.000000e+00> : tensor<f32>
    %0 = stablehlo.convolution(%arg0, %arg1) dim_numbers = [b, 0, 1, f]x[0, 1, i, o]->[b, 0, 1, f], window = {stride = [1, 1], pad = [[1, 1], [1, 1]], rhs_dilate = [1, 1]} {batch_group_count = 1 : i64, feature_group_count = 1 : i64} : (tensor<1x8x8x3xf32>, tensor<3x3x3x4xf32>) -> tensor<1x8x8x4xf32>
    %1 = stablehlo.reduce(%0 init: %cst) applies stablehlo.maximum across dimensions = [0, 1, 2] : (tensor<1x8x8x4xf32>, tensor<f32>) -> tensor<4xf32>
    %2 = stablehlo.reduce(%1 init: %cst) across dimensions = [0] : (tensor<4xf32>, tensor<f32>) -> tensor<f32>
     reducer(%arg4: tensor<f32>, %arg5: tensor<f32>)  {
      %16 = stablehlo.subtract %arg4, %arg5 : tensor<f32>
      stablehlo.return %16 : tensor<f32>
    }
    %3 = stablehlo.broadcast_in_dim %2, dims = [] : (tensor<f32>) -> tensor<4xf32>
    %4 = stablehlo.compare GT, %1, %3, FLOAT : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xi1>
    %5 = stablehlo.select %4, %1, %3 : tensor<4xi1>, tensor<4xf32>
    %6 = stablehlo.dot_general %5, %arg2, contracting_dims = [0] x [0], precision = [DEFAULT, HIGHEST] : (tensor<4xf32>, tensor<4x2xf32>) -> tensor<2xf32>
    %7 = stablehlo.slice %0 [0:1, 0:8:2, 1:3, 0:4] : (tensor<1x8x8x4xf32>) -> tensor<1x4x2x4xf32>
    %8 = stablehlo.dynamic_slice %6, %arg3, sizes = [1] : (tensor<2xf32>, tensor<i32>) -> tensor<1xf32>
    %9 = stablehlo.concatenate %8, %8, dim = 0 : (tensor<1xf32>, tensor<1xf32>) -> tensor<2xf32>
    %10:2 = stablehlo.while(%iterArg = %arg3, %iterArg_0 = %9) : tensor<i32>, tensor<2xf32>
    cond {
      %16 = stablehlo.compare LT, %iterArg, %arg3, SIGNED : (tensor<i32>, tensor<i32>) -> tensor<i1>
      stablehlo.return %16 : tensor<i1>
    } do {
      %c = stablehlo.constant dense<1> : tensor<i32>
      %16 = stablehlo.add %iterArg, %c : tensor<i32>
      %17 = stablehlo.reduce_precision %iterArg_0, format = e5m10 : tensor<2xf32>
      stablehlo.return %16, %17 : tensor<i32>, tensor<2xf32>
    }
    %11 = stablehlo.complex %10#1, %10#1 : tensor<2xcomplex<f32>>
    %12 = stablehlo.fft %11, type = FFT, length = [2] : (tensor<2xcomplex<f32>>) -> tensor<2xcomplex<f32>>
    %13 = stablehlo.abs %12 : (tensor<2xcomplex<f32>>) -> tensor<2xf32>
    %14 = stablehlo.custom_call @other(%13) {has_side_effect = true} : (tensor<2xf32>) -> tensor<2xf32>
    %15 = chlo.erf %14 : tensor<2xf32> -> tensor<2xf32>
    %values, %indices = chlo.top_k(%15, k = 1) : tensor<2xf32> -> (tensor<1xf32>, tensor<1xi32>)
    return %15 : tensor<2xf32>
  }
}

