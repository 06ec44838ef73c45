module {
  func.func @copy_i8(%arg0: tensor<4x8xi8>, %arg1: tensor<4x8xi32>) {
    %0 = linalg.copy ins(%arg0 : tensor<4x8xi8>) outs(%arg1 : tensor<4x8xi32>) -> tensor<4x8xi32>
    return
  }
  func.func @exp_f16m(%arg0: memref<4x8xf32>, %arg1: memref<4x8xf32>) {
    linalg.exp ins(%arg0 : memref<4x8xf32>) outs(%arg1 : memref<4x8xf32>)
    return
  }
  func.func @log_f16m(%arg0: memref<4x8xf32>, %arg1: memref<4x8xf32>) {
    linalg.log ins(%arg0 : memref<4x8xf32>) outs(%arg1 : memref<4x8xf32>)
    return
  }
  func.func @abs_f16m(%arg0: memref<4x8xf32>, %arg1: memref<4x8xf32>) {
    linalg.abs ins(%arg0 : memref<4x8xf32>) outs(%arg1 : memref<4x8xf32>)
    return
  }
  func.func @ceil_f32(%arg0: tensor<4x8xf32>, %arg1: tensor<4x8xf32>) {
    %0 = linalg.ceil ins(%arg0 : tensor<4x8xf32>) outs(%arg1 : tensor<4x8xf32>) -> tensor<4x8xf32>
    return
  }
  func.func @floor_f32(%arg0: tensor<4x8xf32>, %arg1: tensor<4x8xf32>) {
    %0 = linalg.floor ins(%arg0 : tensor<4x8xf32>) outs(%arg1 : tensor<4x8xf32>) -> tensor<4x8xf32>
    return
  }
  func.func @negf_f32(%arg0: tensor<4x8xf32>, %arg1: tensor<4x8xf32>) {
    %0 = linalg.negf ins(%arg0 : tensor<4x8xf32>) outs(%arg1 : tensor<4x8xf32>) -> tensor<4x8xf32>
    return
  }
  func.func @reciprocal_f32(%arg0: tensor<4x8xf32>, %arg1: tensor<4x8xf32>) {
    %0 = linalg.reciprocal ins(%arg0 : tensor<4x8xf32>) outs(%arg1 : tensor<4x8xf32>) -> tensor<4x8xf32>
    return
  }
  func.func @round_f32(%arg0: tensor<4x8xf32>, %arg1: tensor<4x8xf32>) {
    %0 = linalg.round ins(%arg0 : tensor<4x8xf32>) outs(%arg1 : tensor<4x8xf32>) -> tensor<4x8xf32>
    return
  }
  func.func @sqrt_f32(%arg0: tensor<4x8xf32>, %arg1: tensor<4x8xf32>) {
    %0 = linalg.sqrt ins(%arg0 : tensor<4x8xf32>) outs(%arg1 : tensor<4x8xf32>) -> tensor<4x8xf32>
    return
  }
  func.func @rsqrt_f32(%arg0: tensor<4x8xf32>, %arg1: tensor<4x8xf32>) {
    %0 = linalg.rsqrt ins(%arg0 : tensor<4x8xf32>) outs(%arg1 : tensor<4x8xf32>) -> tensor<4x8xf32>
    return
  }
  func.func @square_f16m(%arg0: memref<4x8xf32>, %arg1: memref<4x8xf32>) {
    linalg.square ins(%arg0 : memref<4x8xf32>) outs(%arg1 : memref<4x8xf32>)
    return
  }
  func.func @tanh_f32(%arg0: tensor<4x8xf32>, %arg1: tensor<4x8xf32>) {
    %0 = linalg.tanh ins(%arg0 : tensor<4x8xf32>) outs(%arg1 : tensor<4x8xf32>) -> tensor<4x8xf32>
    return
  }
  func.func @erf_f16m(%arg0: memref<4x8xf32>, %arg1: memref<4x8xf32>) {
    linalg.erf ins(%arg0 : memref<4x8xf32>) outs(%arg1 : memref<4x8xf32>)
    return
  }
  func.func @add_f16m(%arg0: memref<4x8xf32>, %arg1: memref<4x8xf32>, %arg2: memref<4x8xf32>) {
    linalg.add ins(%arg0, %arg1 : memref<4x8xf32>, memref<4x8xf32>) outs(%arg2 : memref<4x8xf32>)
    return
  }
  func.func @sub_f16m(%arg0: memref<4x8xf32>, %arg1: memref<4x8xf32>, %arg2: memref<4x8xf32>) {
    linalg.sub ins(%arg0, %arg1 : memref<4x8xf32>, memref<4x8xf32>) outs(%arg2 : memref<4x8xf32>)
    return
  }
  func.func @mul_f16m(%arg0: memref<4x8xf32>, %arg1: memref<4x8xf32>, %arg2: memref<4x8xf32>) {
    linalg.mul ins(%arg0, %arg1 : memref<4x8xf32>, memref<4x8xf32>) outs(%arg2 : memref<4x8xf32>)
    return
  }
  func.func @div_f32(%arg0: tensor<4x8xf32>, %arg1: tensor<4x8xf32>, %arg2: tensor<4x8xf32>) {
    %0 = linalg.div ins(%arg0, %arg1 : tensor<4x8xf32>, tensor<4x8xf32>) outs(%arg2 : tensor<4x8xf32>) -> tensor<4x8xf32>
    return
  }
  func.func @div_unsigned_i8(%arg0: tensor<4x8xi32>, %arg1: tensor<4x8xi32>, %arg2: tensor<4x8xi32>) {
    %0 = linalg.div_unsigned ins(%arg0, %arg1 : tensor<4x8xi32>, tensor<4x8xi32>) outs(%arg2 : tensor<4x8xi32>) -> tensor<4x8xi32>
    return
  }
  func.func @max_f16m(%arg0: memref<4x8xf32>, %arg1: memref<4x8xf32>, %arg2: memref<4x8xf32>) {
    linalg.max ins(%arg0, %arg1 : memref<4x8xf32>, memref<4x8xf32>) outs(%arg2 : memref<4x8xf32>)
    return
  }
  func.func @min_f16m(%arg0: memref<4x8xf32>, %arg1: memref<4x8xf32>, %arg2: memref<4x8xf32>) {
    linalg.min ins(%arg0, %arg1 : memref<4x8xf32>, memref<4x8xf32>) outs(%arg2 : memref<4x8xf32>)
    return
  }
  func.func @powf_f32(%arg0: tensor<4x8xf32>, %arg1: tensor<4x8xf32>, %arg2: tensor<4x8xf32>) {
    %0 = linalg.powf ins(%arg0, %arg1 : tensor<4x8xf32>, tensor<4x8xf32>) outs(%arg2 : tensor<4x8xf32>) -> tensor<4x8xf32>
    return
  }
  func.func @select_f16m(%arg0: memref<4x8xi1>, %arg1: memref<4x8xf32>, %arg2: memref<4x8xf32>, %arg3: memref<4x8xf32>) {
    linalg.select ins(%arg0, %arg1, %arg2 : memref<4x8xi1>, memref<4x8xf32>, memref<4x8xf32>) outs(%arg3 : memref<4x8xf32>)
    return
  }
  func.func @quantized_matmul_i8(%arg0: tensor<3x3xi8>, %arg1: tensor<3x3xi8>, %arg2: i32, %arg3: i32, %arg4: tensor<3x3xi32>) {
    %0 = linalg.quantized_matmul ins(%arg0, %arg1, %arg2, %arg3 : tensor<3x3xi8>, tensor<3x3xi8>, i32, i32) outs(%arg4 : tensor<3x3xi32>) -> tensor<3x3xi32>
    return
  }
  func.func @mmt4d_f32(%arg0: tensor<3x3x3x3xf32>, %arg1: tensor<3x3x3x3xf32>, %arg2: tensor<3x3x3x3xf32>) {
    %0 = linalg.mmt4d ins(%arg0, %arg1 : tensor<3x3x3x3xf32>, tensor<3x3x3x3xf32>) outs(%arg2 : tensor<3x3x3x3xf32>) -> tensor<3x3x3x3xf32>
    return
  }
  func.func @batch_mmt4d_f32(%arg0: tensor<3x3x3x3x3xf32>, %arg1: tensor<3x3x3x3x3xf32>, %arg2: tensor<3x3x3x3x3xf32>) {
    %0 = linalg.batch_mmt4d ins(%arg0, %arg1 : tensor<3x3x3x3x3xf32>, tensor<3x3x3x3x3xf32>) outs(%arg2 : tensor<3x3x3x3x3xf32>) -> tensor<3x3x3x3x3xf32>
    return
  }
  func.func @quantized_batch_matmul_i8(%arg0: tensor<3x3x3xi8>, %arg1: tensor<3x3x3xi8>, %arg2: i32, %arg3: i32, %arg4: tensor<3x3x3xi32>) {
    %0 = linalg.quantized_batch_matmul ins(%arg0, %arg1, %arg2, %arg3 : tensor<3x3x3xi8>, tensor<3x3x3xi8>, i32, i32) outs(%arg4 : tensor<3x3x3xi32>) -> tensor<3x3x3xi32>
    return
  }
  func.func @matvec_f16m(%arg0: memref<3x3xf16>, %arg1: memref<3xf16>, %arg2: memref<3xf32>) {
    linalg.matvec ins(%arg0, %arg1 : memref<3x3xf16>, memref<3xf16>) outs(%arg2 : memref<3xf32>)
    return
  }
  func.func @vecmat_f16m(%arg0: memref<3xf16>, %arg1: memref<3x3xf16>, %arg2: memref<3xf32>) {
    linalg.vecmat ins(%arg0, %arg1 : memref<3xf16>, memref<3x3xf16>) outs(%arg2 : memref<3xf32>)
    return
  }
  func.func @batch_matvec_f16m(%arg0: memref<3x3x3xf16>, %arg1: memref<3x3xf16>, %arg2: memref<3x3xf32>) {
    linalg.batch_matvec ins(%arg0, %arg1 : memref<3x3x3xf16>, memref<3x3xf16>) outs(%arg2 : memref<3x3xf32>)
    return
  }
  func.func @batch_vecmat_f16m(%arg0: memref<3x3xf16>, %arg1: memref<3x3x3xf16>, %arg2: memref<3x3xf32>) {
    linalg.batch_vecmat ins(%arg0, %arg1 : memref<3x3xf16>, memref<3x3x3xf16>) outs(%arg2 : memref<3x3xf32>)
    return
  }
  func.func @dot_f16m(%arg0: memref<3xf16>, %arg1: memref<3xf16>, %arg2: memref<f32>) {
    linalg.dot ins(%arg0, %arg1 : memref<3xf16>, memref<3xf16>) outs(%arg2 : memref<f32>)
    return
  }
  func.func @conv_1d_i8(%arg0: tensor<5xi8>, %arg1: tensor<3xi8>, %arg2: tensor<3xi32>) {
    %0 = linalg.conv_1d ins(%arg0, %arg1 : tensor<5xi8>, tensor<3xi8>) outs(%arg2 : tensor<3xi32>) -> tensor<3xi32>
    return
  }
  func.func @conv_2d_i8(%arg0: tensor<5x5xi8>, %arg1: tensor<3x3xi8>, %arg2: tensor<3x3xi32>) {
    %0 = linalg.conv_2d ins(%arg0, %arg1 : tensor<5x5xi8>, tensor<3x3xi8>) outs(%arg2 : tensor<3x3xi32>) -> tensor<3x3xi32>
    return
  }
  func.func @conv_3d_i8(%arg0: tensor<5x5x5xi8>, %arg1: tensor<3x3x3xi8>, %arg2: tensor<3x3x3xi32>) {
    %0 = linalg.conv_3d ins(%arg0, %arg1 : tensor<5x5x5xi8>, tensor<3x3x3xi8>) outs(%arg2 : tensor<3x3x3xi32>) -> tensor<3x3x3xi32>
    return
  }
  func.func @conv_1d_nwc_wcf_f16m(%arg0: memref<3x7x3xf16>, %arg1: memref<3x3x3xf16>, %arg2: memref<3x3x3xf32>) {
    linalg.conv_1d_nwc_wcf {dilations = dense<1> : tensor<1xi64>, strides = dense<2> : tensor<1xi64>} ins(%arg0, %arg1 : memref<3x7x3xf16>, memref<3x3x3xf16>) outs(%arg2 : memref<3x3x3xf32>)
    return
  }
  func.func @conv_1d_ncw_fcw_f16m(%arg0: memref<3x3x7xf16>, %arg1: memref<3x3x3xf16>, %arg2: memref<3x3x3xf32>) {
    linalg.conv_1d_ncw_fcw {dilations = dense<1> : tensor<1xi64>, strides = dense<2> : tensor<1xi64>} ins(%arg0, %arg1 : memref<3x3x7xf16>, memref<3x3x3xf16>) outs(%arg2 : memref<3x3x3xf32>)
    return
  }
  func.func @conv_2d_nhwc_hwcf_f32(%arg0: tensor<3x7x7x3xf32>, %arg1: tensor<3x3x3x3xf32>, %arg2: tensor<3x3x3x3xf32>) {
    %0 = linalg.conv_2d_nhwc_hwcf {dilations = dense<1> : tensor<2xi64>, strides = dense<2> : tensor<2xi64>} ins(%arg0, %arg1 : tensor<3x7x7x3xf32>, tensor<3x3x3x3xf32>) outs(%arg2 : tensor<3x3x3x3xf32>) -> tensor<3x3x3x3xf32>
    return
  }
  func.func @conv_2d_nhwc_fhwc_f32(%arg0: tensor<3x7x7x3xf32>, %arg1: tensor<3x3x3x3xf32>, %arg2: tensor<3x3x3x3xf32>) {
    %0 = linalg.conv_2d_nhwc_fhwc {dilations = dense<1> : tensor<2xi64>, strides = dense<2> : tensor<2xi64>} ins(%arg0, %arg1 : tensor<3x7x7x3xf32>, tensor<3x3x3x3xf32>) outs(%arg2 : tensor<3x3x3x3xf32>) -> tensor<3x3x3x3xf32>
    return
  }
  func.func @conv_2d_nhwc_hwcf_q_i8(%arg0: tensor<3x7x7x3xi8>, %arg1: tensor<3x3x3x3xi8>, %arg2: i32, %arg3: i32, %arg4: tensor<3x3x3x3xi32>) {
    %0 = linalg.conv_2d_nhwc_hwcf_q {dilations = dense<1> : tensor<2xi64>, strides = dense<2> : tensor<2xi64>} ins(%arg0, %arg1, %arg2, %arg3 : tensor<3x7x7x3xi8>, tensor<3x3x3x3xi8>, i32, i32) outs(%arg4 : tensor<3x3x3x3xi32>) -> tensor<3x3x3x3xi32>
    return
  }
  func.func @conv_2d_nhwc_fhwc_q_i8(%arg0: tensor<3x7x7x3xi8>, %arg1: tensor<3x3x3x3xi8>, %arg2: i32, %arg3: i32, %arg4: tensor<3x3x3x3xi32>) {
    %0 = linalg.conv_2d_nhwc_fhwc_q {dilations = dense<1> : tensor<2xi64>, strides = dense<2> : tensor<2xi64>} ins(%arg0, %arg1, %arg2, %arg3 : tensor<3x7x7x3xi8>, tensor<3x3x3x3xi8>, i32, i32) outs(%arg4 : tensor<3x3x3x3xi32>) -> tensor<3x3x3x3xi32>
    return
  }
  func.func @conv_2d_nchw_fchw_q_i8(%arg0: tensor<3x3x7x7xi8>, %arg1: tensor<3x3x3x3xi8>, %arg2: i32, %arg3: i32, %arg4: tensor<3x3x3x3xi32>) {
    %0 = linalg.conv_2d_nchw_fchw_q {dilations = dense<1> : tensor<2xi64>, strides = dense<2> : tensor<2xi64>} ins(%arg0, %arg1, %arg2, %arg3 : tensor<3x3x7x7xi8>, tensor<3x3x3x3xi8>, i32, i32) outs(%arg4 : tensor<3x3x3x3xi32>) -> tensor<3x3x3x3xi32>
    return
  }
  func.func @conv_2d_nchw_fchw_f32(%arg0: tensor<3x3x7x7xf32>, %arg1: tensor<3x3x3x3xf32>, %arg2: tensor<3x3x3x3xf32>) {
    %0 = linalg.conv_2d_nchw_fchw {dilations = dense<1> : tensor<2xi64>, strides = dense<2> : tensor<2xi64>} ins(%arg0, %arg1 : tensor<3x3x7x7xf32>, tensor<3x3x3x3xf32>) outs(%arg2 : tensor<3x3x3x3xf32>) -> tensor<3x3x3x3xf32>
    return
  }
  func.func @conv_2d_ngchw_fgchw_i8(%arg0: tensor<3x3x3x7x7xi8>, %arg1: tensor<3x3x3x3x3xi8>, %arg2: tensor<3x3x3x3x3xi32>) {
    %0 = linalg.conv_2d_ngchw_fgchw {dilations = dense<1> : tensor<2xi64>, strides = dense<2> : tensor<2xi64>} ins(%arg0, %arg1 : tensor<3x3x3x7x7xi8>, tensor<3x3x3x3x3xi8>) outs(%arg2 : tensor<3x3x3x3x3xi32>) -> tensor<3x3x3x3x3xi32>
    return
  }
  func.func @conv_2d_ngchw_gfchw_i8(%arg0: tensor<3x3x3x7x7xi8>, %arg1: tensor<3x3x3x3x3xi8>, %arg2: tensor<3x3x3x3x3xi32>) {
    %0 = linalg.conv_2d_ngchw_gfchw {dilations = dense<1> : tensor<2xi64>, strides = dense<2> : tensor<2xi64>} ins(%arg0, %arg1 : tensor<3x3x3x7x7xi8>, tensor<3x3x3x3x3xi8>) outs(%arg2 : tensor<3x3x3x3x3xi32>) -> tensor<3x3x3x3x3xi32>
    return
  }
  func.func @conv_2d_nhwgc_gfhwc_i8(%arg0: tensor<3x7x7x3x3xi8>, %arg1: tensor<3x3x3x3x3xi8>, %arg2: tensor<3x3x3x3x3xi32>) {
    %0 = linalg.conv_2d_nhwgc_gfhwc {dilations = dense<1> : tensor<2xi64>, strides = dense<2> : tensor<2xi64>} ins(%arg0, %arg1 : tensor<3x7x7x3x3xi8>, tensor<3x3x3x3x3xi8>) outs(%arg2 : tensor<3x3x3x3x3xi32>) -> tensor<3x3x3x3x3xi32>
    return
  }
  func.func @conv_2d_nhwgc_gfhwc_q_i8(%arg0: tensor<3x7x7x3x3xi8>, %arg1: tensor<3x3x3x3x3xi8>, %arg2: i32, %arg3: i32, %arg4: tensor<3x3x3x3x3xi32>) {
    %0 = linalg.conv_2d_nhwgc_gfhwc_q {dilations = dense<1> : tensor<2xi64>, strides = dense<2> : tensor<2xi64>} ins(%arg0, %arg1, %arg2, %arg3 : tensor<3x7x7x3x3xi8>, tensor<3x3x3x3x3xi8>, i32, i32) outs(%arg4 : tensor<3x3x3x3x3xi32>) -> tensor<3x3x3x3x3xi32>
    return
  }
  func.func @conv_2d_ngchw_gfchw_q_i8(%arg0: tensor<3x3x3x7x7xi8>, %arg1: tensor<3x3x3x3x3xi8>, %arg2: i32, %arg3: i32, %arg4: tensor<3x3x3x3x3xi32>) {
    %0 = linalg.conv_2d_ngchw_gfchw_q {dilations = dense<1> : tensor<2xi64>, strides = dense<2> : tensor<2xi64>} ins(%arg0, %arg1, %arg2, %arg3 : tensor<3x3x3x7x7xi8>, tensor<3x3x3x3x3xi8>, i32, i32) outs(%arg4 : tensor<3x3x3x3x3xi32>) -> tensor<3x3x3x3x3xi32>
    return
  }
  func.func @conv_3d_ndhwc_dhwcf_i8(%arg0: tensor<3x7x7x7x3xi8>, %arg1: tensor<3x3x3x3x3xi8>, %arg2: tensor<3x3x3x3x3xi32>) {
    %0 = linalg.conv_3d_ndhwc_dhwcf {dilations = dense<1> : tensor<3xi64>, strides = dense<2> : tensor<3xi64>} ins(%arg0, %arg1 : tensor<3x7x7x7x3xi8>, tensor<3x3x3x3x3xi8>) outs(%arg2 : tensor<3x3x3x3x3xi32>) -> tensor<3x3x3x3x3xi32>
    return
  }
  func.func @conv_3d_ndhwc_dhwcf_q_i8(%arg0: tensor<3x7x7x7x3xi8>, %arg1: tensor<3x3x3x3x3xi8>, %arg2: i32, %arg3: i32, %arg4: tensor<3x3x3x3x3xi32>) {
    %0 = linalg.conv_3d_ndhwc_dhwcf_q {dilations = dense<1> : tensor<3xi64>, strides = dense<2> : tensor<3xi64>} ins(%arg0, %arg1, %arg2, %arg3 : tensor<3x7x7x7x3xi8>, tensor<3x3x3x3x3xi8>, i32, i32) outs(%arg4 : tensor<3x3x3x3x3xi32>) -> tensor<3x3x3x3x3xi32>
    return
  }
  func.func @conv_3d_ncdhw_fcdhw_i8(%arg0: tensor<3x3x7x7x7xi8>, %arg1: tensor<3x3x3x3x3xi8>, %arg2: tensor<3x3x3x3x3xi32>) {
    %0 = linalg.conv_3d_ncdhw_fcdhw {dilations = dense<1> : tensor<3xi64>, strides = dense<2> : tensor<3xi64>} ins(%arg0, %arg1 : tensor<3x3x7x7x7xi8>, tensor<3x3x3x3x3xi8>) outs(%arg2 : tensor<3x3x3x3x3xi32>) -> tensor<3x3x3x3x3xi32>
    return
  }
  func.func @depthwise_conv_1d_nwc_wc_f16m(%arg0: memref<3x7x3xf16>, %arg1: memref<3x3xf16>, %arg2: memref<3x3x3xf32>) {
    linalg.depthwise_conv_1d_nwc_wc {dilations = dense<1> : tensor<1xi64>, strides = dense<2> : tensor<1xi64>} ins(%arg0, %arg1 : memref<3x7x3xf16>, memref<3x3xf16>) outs(%arg2 : memref<3x3x3xf32>)
    return
  }
  func.func @depthwise_conv_1d_ncw_cw_f16m(%arg0: memref<3x3x7xf16>, %arg1: memref<3x3xf16>, %arg2: memref<3x3x3xf32>) {
    linalg.depthwise_conv_1d_ncw_cw {dilations = dense<1> : tensor<1xi64>, strides = dense<2> : tensor<1xi64>} ins(%arg0, %arg1 : memref<3x3x7xf16>, memref<3x3xf16>) outs(%arg2 : memref<3x3x3xf32>)
    return
  }
  func.func @depthwise_conv_1d_nwc_wcm_i8(%arg0: tensor<3x7x3xi8>, %arg1: tensor<3x3x3xi8>, %arg2: tensor<3x3x3x3xi32>) {
    %0 = linalg.depthwise_conv_1d_nwc_wcm {dilations = dense<1> : tensor<1xi64>, strides = dense<2> : tensor<1xi64>} ins(%arg0, %arg1 : tensor<3x7x3xi8>, tensor<3x3x3xi8>) outs(%arg2 : tensor<3x3x3x3xi32>) -> tensor<3x3x3x3xi32>
    return
  }
  func.func @depthwise_conv_2d_nhwc_hwc_f32(%arg0: tensor<3x7x7x3xf32>, %arg1: tensor<3x3x3xf32>, %arg2: tensor<3x3x3x3xf32>) {
    %0 = linalg.depthwise_conv_2d_nhwc_hwc {dilations = dense<1> : tensor<2xi64>, strides = dense<2> : tensor<2xi64>} ins(%arg0, %arg1 : tensor<3x7x7x3xf32>, tensor<3x3x3xf32>) outs(%arg2 : tensor<3x3x3x3xf32>) -> tensor<3x3x3x3xf32>
    return
  }
  func.func @depthwise_conv_2d_nchw_chw_f32(%arg0: tensor<3x3x7x7xf32>, %arg1: tensor<3x3x3xf32>, %arg2: tensor<3x3x3x3xf32>) {
    %0 = linalg.depthwise_conv_2d_nchw_chw {dilations = dense<1> : tensor<2xi64>, strides = dense<2> : tensor<2xi64>} ins(%arg0, %arg1 : tensor<3x3x7x7xf32>, tensor<3x3x3xf32>) outs(%arg2 : tensor<3x3x3x3xf32>) -> tensor<3x3x3x3xf32>
    return
  }
  func.func @depthwise_conv_2d_nhwc_hwc_q_i8(%arg0: tensor<3x7x7x3xi8>, %arg1: tensor<3x3x3xi8>, %arg2: i32, %arg3: i32, %arg4: tensor<3x3x3x3xi32>) {
    %0 = linalg.depthwise_conv_2d_nhwc_hwc_q {dilations = dense<1> : tensor<2xi64>, strides = dense<2> : tensor<2xi64>} ins(%arg0, %arg1, %arg2, %arg3 : tensor<3x7x7x3xi8>, tensor<3x3x3xi8>, i32, i32) outs(%arg4 : tensor<3x3x3x3xi32>) -> tensor<3x3x3x3xi32>
    return
  }
  func.func @depthwise_conv_2d_nhwc_hwcm_f16m(%arg0: memref<3x7x7x3xf16>, %arg1: memref<3x3x3x3xf16>, %arg2: memref<3x3x3x3x3xf32>) {
    linalg.depthwise_conv_2d_nhwc_hwcm {dilations = dense<1> : tensor<2xi64>, strides = dense<2> : tensor<2xi64>} ins(%arg0, %arg1 : memref<3x7x7x3xf16>, memref<3x3x3x3xf16>) outs(%arg2 : memref<3x3x3x3x3xf32>)
    return
  }
  func.func @depthwise_conv_2d_nhwc_hwcm_q_i8(%arg0: tensor<3x7x7x3xi8>, %arg1: tensor<3x3x3x3xi8>, %arg2: i32, %arg3: i32, %arg4: tensor<3x3x3x3x3xi32>) {
    %0 = linalg.depthwise_conv_2d_nhwc_hwcm_q {dilations = dense<1> : tensor<2xi64>, strides = dense<2> : tensor<2xi64>} ins(%arg0, %arg1, %arg2, %arg3 : tensor<3x7x7x3xi8>, tensor<3x3x3x3xi8>, i32, i32) outs(%arg4 : tensor<3x3x3x3x3xi32>) -> tensor<3x3x3x3x3xi32>
    return
  }
  func.func @depthwise_conv_3d_ndhwc_dhwc_i8(%arg0: tensor<3x7x7x7x3xi8>, %arg1: tensor<3x3x3x3xi8>, %arg2: tensor<3x3x3x3x3xi32>) {
    %0 = linalg.depthwise_conv_3d_ndhwc_dhwc {dilations = dense<1> : tensor<3xi64>, strides = dense<2> : tensor<3xi64>} ins(%arg0, %arg1 : tensor<3x7x7x7x3xi8>, tensor<3x3x3x3xi8>) outs(%arg2 : tensor<3x3x3x3x3xi32>) -> tensor<3x3x3x3x3xi32>
    return
  }
  func.func @depthwise_conv_3d_ncdhw_cdhw_i8(%arg0: tensor<3x3x7x7x7xi8>, %arg1: tensor<3x3x3x3xi8>, %arg2: tensor<3x3x3x3x3xi32>) {
    %0 = linalg.depthwise_conv_3d_ncdhw_cdhw {dilations = dense<1> : tensor<3xi64>, strides = dense<2> : tensor<3xi64>} ins(%arg0, %arg1 : tensor<3x3x7x7x7xi8>, tensor<3x3x3x3xi8>) outs(%arg2 : tensor<3x3x3x3x3xi32>) -> tensor<3x3x3x3x3xi32>
    return
  }
  func.func @depthwise_conv_3d_ndhwc_dhwcm_f32(%arg0: tensor<3x7x7x7x3xf32>, %arg1: tensor<3x3x3x3x3xf32>, %arg2: tensor<3x3x3x3x3x3xf32>) {
    %0 = linalg.depthwise_conv_3d_ndhwc_dhwcm {dilations = dense<1> : tensor<3xi64>, strides = dense<2> : tensor<3xi64>} ins(%arg0, %arg1 : tensor<3x7x7x7x3xf32>, tensor<3x3x3x3x3xf32>) outs(%arg2 : tensor<3x3x3x3x3x3xf32>) -> tensor<3x3x3x3x3x3xf32>
    return
  }
  func.func @pooling_nhwc_sum_i8(%arg0: tensor<3x7x7x3xi8>, %arg1: tensor<3x3xi8>, %arg2: tensor<3x3x3x3xi32>) {
    %0 = linalg.pooling_nhwc_sum {dilations = dense<1> : tensor<2xi64>, strides = dense<2> : tensor<2xi64>} ins(%arg0, %arg1 : tensor<3x7x7x3xi8>, tensor<3x3xi8>) outs(%arg2 : tensor<3x3x3x3xi32>) -> tensor<3x3x3x3xi32>
    return
  }
  func.func @pooling_nchw_sum_i8(%arg0: tensor<3x3x7x7xi8>, %arg1: tensor<3x3xi8>, %arg2: tensor<3x3x3x3xi32>) {
    %0 = linalg.pooling_nchw_sum {dilations = dense<1> : tensor<2xi64>, strides = dense<2> : tensor<2xi64>} ins(%arg0, %arg1 : tensor<3x3x7x7xi8>, tensor<3x3xi8>) outs(%arg2 : tensor<3x3x3x3xi32>) -> tensor<3x3x3x3xi32>
    return
  }
  func.func @pooling_nhwc_max_i8(%arg0: tensor<3x7x7x3xi8>, %arg1: tensor<3x3xi8>, %arg2: tensor<3x3x3x3xi32>) {
    %0 = linalg.pooling_nhwc_max {dilations = dense<1> : tensor<2xi64>, strides = dense<2> : tensor<2xi64>} ins(%arg0, %arg1 : tensor<3x7x7x3xi8>, tensor<3x3xi8>) outs(%arg2 : tensor<3x3x3x3xi32>) -> tensor<3x3x3x3xi32>
    return
  }
  func.func @pooling_nhwc_max_unsigned_i8(%arg0: tensor<3x7x7x3xi8>, %arg1: tensor<3x3xi8>, %arg2: tensor<3x3x3x3xi32>) {
    %0 = linalg.pooling_nhwc_max_unsigned {dilations = dense<1> : tensor<2xi64>, strides = dense<2> : tensor<2xi64>} ins(%arg0, %arg1 : tensor<3x7x7x3xi8>, tensor<3x3xi8>) outs(%arg2 : tensor<3x3x3x3xi32>) -> tensor<3x3x3x3xi32>
    return
  }
  func.func @pooling_nchw_max_i8(%arg0: tensor<3x3x7x7xi8>, %arg1: tensor<3x3xi8>, %arg2: tensor<3x3x3x3xi32>) {
    %0 = linalg.pooling_nchw_max {dilations = dense<1> : tensor<2xi64>, strides = dense<2> : tensor<2xi64>} ins(%arg0, %arg1 : tensor<3x3x7x7xi8>, tensor<3x3xi8>) outs(%arg2 : tensor<3x3x3x3xi32>) -> tensor<3x3x3x3xi32>
    return
  }
  func.func @pooling_nhwc_min_i8(%arg0: tensor<3x7x7x3xi8>, %arg1: tensor<3x3xi8>, %arg2: tensor<3x3x3x3xi32>) {
    %0 = linalg.pooling_nhwc_min {dilations = dense<1> : tensor<2xi64>, strides = dense<2> : tensor<2xi64>} ins(%arg0, %arg1 : tensor<3x7x7x3xi8>, tensor<3x3xi8>) outs(%arg2 : tensor<3x3x3x3xi32>) -> tensor<3x3x3x3xi32>
    return
  }
  func.func @pooling_nhwc_min_unsigned_i8(%arg0: tensor<3x7x7x3xi8>, %arg1: tensor<3x3xi8>, %arg2: tensor<3x3x3x3xi32>) {
    %0 = linalg.pooling_nhwc_min_unsigned {dilations = dense<1> : tensor<2xi64>, strides = dense<2> : tensor<2xi64>} ins(%arg0, %arg1 : tensor<3x7x7x3xi8>, tensor<3x3xi8>) outs(%arg2 : tensor<3x3x3x3xi32>) -> tensor<3x3x3x3xi32>
    return
  }
  func.func @pooling_nwc_sum_f16m(%arg0: memref<3x7x3xf16>, %arg1: memref<3xf16>, %arg2: memref<3x3x3xf32>) {
    linalg.pooling_nwc_sum {dilations = dense<1> : tensor<1xi64>, strides = dense<2> : tensor<1xi64>} ins(%arg0, %arg1 : memref<3x7x3xf16>, memref<3xf16>) outs(%arg2 : memref<3x3x3xf32>)
    return
  }
  func.func @pooling_ncw_sum_f16m(%arg0: memref<3x3x7xf16>, %arg1: memref<3xf16>, %arg2: memref<3x3x3xf32>) {
    linalg.pooling_ncw_sum {dilations = dense<1> : tensor<1xi64>, strides = dense<2> : tensor<1xi64>} ins(%arg0, %arg1 : memref<3x3x7xf16>, memref<3xf16>) outs(%arg2 : memref<3x3x3xf32>)
    return
  }
  func.func @pooling_nwc_max_f16m(%arg0: memref<3x7x3xf16>, %arg1: memref<3xf16>, %arg2: memref<3x3x3xf32>) {
    linalg.pooling_nwc_max {dilations = dense<1> : tensor<1xi64>, strides = dense<2> : tensor<1xi64>} ins(%arg0, %arg1 : memref<3x7x3xf16>, memref<3xf16>) outs(%arg2 : memref<3x3x3xf32>)
    return
  }
  func.func @pooling_nwc_max_unsigned_i8(%arg0: tensor<3x7x3xi8>, %arg1: tensor<3xi8>, %arg2: tensor<3x3x3xi32>) {
    %0 = linalg.pooling_nwc_max_unsigned {dilations = dense<1> : tensor<1xi64>, strides = dense<2> : tensor<1xi64>} ins(%arg0, %arg1 : tensor<3x7x3xi8>, tensor<3xi8>) outs(%arg2 : tensor<3x3x3xi32>) -> tensor<3x3x3xi32>
    return
  }
  func.func @pooling_ncw_max_f16m(%arg0: memref<3x3x7xf16>, %arg1: memref<3xf16>, %arg2: memref<3x3x3xf32>) {
    linalg.pooling_ncw_max {dilations = dense<1> : tensor<1xi64>, strides = dense<2> : tensor<1xi64>} ins(%arg0, %arg1 : memref<3x3x7xf16>, memref<3xf16>) outs(%arg2 : memref<3x3x3xf32>)
    return
  }
  func.func @pooling_nwc_min_f16m(%arg0: memref<3x7x3xf16>, %arg1: memref<3xf16>, %arg2: memref<3x3x3xf32>) {
    linalg.pooling_nwc_min {dilations = dense<1> : tensor<1xi64>, strides = dense<2> : tensor<1xi64>} ins(%arg0, %arg1 : memref<3x7x3xf16>, memref<3xf16>) outs(%arg2 : memref<3x3x3xf32>)
    return
  }
  func.func @pooling_nwc_min_unsigned_i8(%arg0: tensor<3x7x3xi8>, %arg1: tensor<3xi8>, %arg2: tensor<3x3x3xi32>) {
    %0 = linalg.pooling_nwc_min_unsigned {dilations = dense<1> : tensor<1xi64>, strides = dense<2> : tensor<1xi64>} ins(%arg0, %arg1 : tensor<3x7x3xi8>, tensor<3xi8>) outs(%arg2 : tensor<3x3x3xi32>) -> tensor<3x3x3xi32>
    return
  }
  func.func @pooling_ndhwc_sum_f32(%arg0: tensor<3x7x7x7x3xf32>, %arg1: tensor<3x3x3xf32>, %arg2: tensor<3x3x3x3x3xf32>) {
    %0 = linalg.pooling_ndhwc_sum {dilations = dense<1> : tensor<3xi64>, strides = dense<2> : tensor<3xi64>} ins(%arg0, %arg1 : tensor<3x7x7x7x3xf32>, tensor<3x3x3xf32>) outs(%arg2 : tensor<3x3x3x3x3xf32>) -> tensor<3x3x3x3x3xf32>
    return
  }
  func.func @pooling_ndhwc_max_f32(%arg0: tensor<3x7x7x7x3xf32>, %arg1: tensor<3x3x3xf32>, %arg2: tensor<3x3x3x3x3xf32>) {
    %0 = linalg.pooling_ndhwc_max {dilations = dense<1> : tensor<3xi64>, strides = dense<2> : tensor<3xi64>} ins(%arg0, %arg1 : tensor<3x7x7x7x3xf32>, tensor<3x3x3xf32>) outs(%arg2 : tensor<3x3x3x3x3xf32>) -> tensor<3x3x3x3x3xf32>
    return
  }
  func.func @pooling_ndhwc_min_f32(%arg0: tensor<3x7x7x7x3xf32>, %arg1: tensor<3x3x3xf32>, %arg2: tensor<3x3x3x3x3xf32>) {
    %0 = linalg.pooling_ndhwc_min {dilations = dense<1> : tensor<3xi64>, strides = dense<2> : tensor<3xi64>} ins(%arg0, %arg1 : tensor<3x7x7x7x3xf32>, tensor<3x3x3xf32>) outs(%arg2 : tensor<3x3x3x3x3xf32>) -> tensor<3x3x3x3x3xf32>
    return
  }
  func.func @fill_f32(%arg0: f32, %arg1: tensor<4x8xf32>) {
    %0 = linalg.fill ins(%arg0 : f32) outs(%arg1 : tensor<4x8xf32>) -> tensor<4x8xf32>
    return
  }
  func.func @fill_rng_2d_f32(%arg0: f64, %arg1: f64, %arg2: i32, %arg3: tensor<4x8xf32>) {
    %0 = linalg.fill_rng_2d ins(%arg0, %arg1, %arg2 : f64, f64, i32) outs(%arg3 : tensor<4x8xf32>) -> tensor<4x8xf32>
    return
  }
}

