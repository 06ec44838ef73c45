#map = affine_map<(d0)[s0] -> (d0 + s0)>
module attributes {gpu.container_module} {
  gpu.module @k<#gpu.select_object<0 : i64>> [#nvvm.target<chip = "sm_70">] {
    gpu.func @f(%arg0: f32, %arg1: vector<4xf32>, %arg2: memref<32xf32>, %arg3: index, %arg4: i32, %arg5: memref<16x16xf16>, %arg6: memref<16x16xf32>) workgroup(%arg7 : memref<4xf32, 3> {llvm.align = 16 : i64}, %arg8 : memref<1xf32, 3>) private(%arg9 : memref<1xf32, 5>) kernel attributes {known_block_size = array<i32: 32, 1, 1>} {
      %0 = gpu.all_reduce  add %arg0 uniform {
      } : (f32) -> f32
      %1 = gpu.all_reduce  %arg0 {
      ^bb0(%arg10: f32, %arg11: f32):
        %20 = gpu.all_reduce  mul %arg10 {
        } : (f32) -> f32
        gpu.yield %20 : f32
      } : (f32) -> f32
      %2 = gpu.subgroup_reduce  add %arg0 : (f32) -> f32
      %3 = gpu.subgroup_reduce  maximumf %arg1 uniform cluster(size = 4) : (vector<4xf32>) -> vector<4xf32>
      %4 = gpu.subgroup_reduce  add %arg0 cluster(size = 8, stride = 4) : (f32) -> f32
      %rotateResult, %valid = gpu.rotate %arg0, 3, 16 : f32
      %shuffleResult, %valid_0 = gpu.shuffle  xor %arg1, %arg4, %arg4 : vector<4xf32>
      %5 = gpu.subgroup_broadcast %arg0,  first_active_lane : f32
      %6 = gpu.subgroup_broadcast %arg0,  specific_lane %arg4 : f32
      %cluster_id_x = gpu.cluster_id  x
      %cluster_dim_y = gpu.cluster_dim  y upper_bound 4
      %cluster_dim_blocks_y = gpu.cluster_dim_blocks  y
      %cluster_block_id_z = gpu.cluster_block_id  z
      %7 = gpu.dynamic_shared_memory : memref<?xi8, #gpu.address_space<workgroup>>
      %8 = gpu.subgroup_mma_load_matrix %arg5[%arg3, %arg3] {leadDimension = 16 : index} : memref<16x16xf16> -> !gpu.mma_matrix<16x16xf16, "AOp">
      %9 = gpu.subgroup_mma_load_matrix %arg5[%arg3, %arg3] {leadDimension = 16 : index, transpose} : memref<16x16xf16> -> !gpu.mma_matrix<16x16xf16, "BOp">
      %10 = gpu.subgroup_mma_constant_matrix %arg0 : !gpu.mma_matrix<16x16xf32, "COp">
      %11 = gpu.subgroup_mma_compute %8, %9, %10 {a_transpose} : !gpu.mma_matrix<16x16xf16, "AOp">, !gpu.mma_matrix<16x16xf16, "BOp"> -> !gpu.mma_matrix<16x16xf32, "COp">
      %12 = gpu.subgroup_mma_elementwise  addf %10, %11 : (!gpu.mma_matrix<16x16xf32, "COp">, !gpu.mma_matrix<16x16xf32, "COp">) -> !gpu.mma_matrix<16x16xf32, "COp">
      gpu.subgroup_mma_store_matrix %12, %arg6[%arg3, %arg3] {leadDimension = 16 : index} : !gpu.mma_matrix<16x16xf32, "COp">, memref<16x16xf32>
      %13 = gpu.subgroup_mma_extract_thread_local %12[%arg3] : !gpu.mma_matrix<16x16xf32, "COp"> -> f32
      %14 = gpu.subgroup_mma_insert_thread_local %arg0, %12[%arg3] : f32, !gpu.mma_matrix<16x16xf32, "COp"> -> !gpu.mma_matrix<16x16xf32, "COp">
      gpu.printf "x %d %f\0A", %arg4, %arg0 : i32, f32
      gpu.printf "none"
      gpu.barrier
      %15 = gpu.lane_id upper_bound 64
      %16 = gpu.subgroup_id upper_bound 4 : index
      %17 = gpu.num_subgroups : index
      %18 = gpu.subgroup_size : index
      %global_id_x = gpu.global_id  x
      gpu.warp_execute_on_lane_0(%arg3)[32] {
      }
      %19:2 = gpu.warp_execute_on_lane_0(%arg3)[32] args(%arg1, %arg0 : vector<4xf32>, f32) -> (vector<1xf32>, f32) {
      ^bb0(%arg10: vector<128xf32>, %arg11: f32):
        %cst = arith.constant dense<0.000000e+00> : vector<32xf32>
        gpu.yield %cst, %arg11 : vector<32xf32>, f32
      }
      gpu.return
    }
    gpu.func @g(%arg0: i32) -> (i32, f32 {x.y}) {
      %cst = arith.constant 1.000000e+00 : f32
      gpu.return %arg0, %cst : i32, f32
    }
    gpu.func @h() kernel {
      gpu.return
    }
    gpu.func @h3(%arg0: f32, %arg1: memref<8xf32>) kernel {
      gpu.return
    }
    gpu.func @h2(%arg0: memref<4xf32>) workgroup(%arg1 : memref<4xf32, 3>) attributes {llvm.x} {
      gpu.return
    }
  }
  gpu.binary @bin  [#gpu.object<#nvvm.target, "abc">]
  gpu.binary @bin2 <#gpu.select_object<1 : i64>> [#gpu.object<#nvvm.target, "abc">, #gpu.object<#nvvm.target<chip = "sm_80">, assembly = "abc">, #gpu.object<#nvvm.target, properties = {O = 3 : i32}, offload = "x">]
  func.func @host(%arg0: index, %arg1: memref<*xf32>, %arg2: !gpu.async.token, %arg3: memref<8xf32>, %arg4: i32, %arg5: i64, %arg6: f32) {
    gpu.host_register %arg1 : memref<*xf32>
    gpu.host_unregister %arg1 : memref<*xf32>
    %0 = gpu.wait async
    %1 = gpu.wait async [%0, %arg2]
    gpu.wait [%1]
    gpu.wait 
    gpu.set_default_device %arg4
    %memref, %asyncToken = gpu.alloc async [%0] host_shared (%arg0) : memref<?xf32>
    %memref_0 = gpu.alloc  (%arg0) : memref<?xf32>
    %memref_1 = gpu.alloc  ()[%arg0] : memref<4xf32, #map>
    %memref_2 = gpu.alloc  host_shared () : memref<4xf32>
    %2 = gpu.dealloc async [%asyncToken] %memref : memref<?xf32>
    gpu.dealloc  %memref_0 : memref<?xf32>
    gpu.memcpy  %arg3, %arg3 : memref<8xf32>, memref<8xf32>
    %3 = gpu.memcpy async [%0] %arg3, %arg3 : memref<8xf32>, memref<8xf32>
    gpu.memset  %arg3, %arg6 : memref<8xf32>, f32
    %4 = gpu.memset async %arg3, %arg6 : memref<8xf32>, f32
    gpu.launch_func  @k::@h blocks in (%arg0, %arg0, %arg0) threads in (%arg0, %arg0, %arg0)  
    gpu.launch_func  @k::@h clusters in (%arg0, %arg0, %arg0) blocks in (%arg0, %arg0, %arg0) threads in (%arg0, %arg0, %arg0)  
    gpu.launch_func  @k::@h blocks in (%arg5, %arg5, %arg5) threads in (%arg5, %arg5, %arg5) : i64 dynamic_shared_memory_size %arg4 
    %5 = gpu.launch_func async [%0, %1] @k::@h3 blocks in (%arg0, %arg0, %arg0) threads in (%arg0, %arg0, %arg0)  dynamic_shared_memory_size %arg4 args(%arg6 : f32, %arg3 : memref<8xf32>) {a.b = 1 : i32}
    gpu.launch_func <%arg5 : i64> @k::@h blocks in (%arg0, %arg0, %arg0) threads in (%arg0, %arg0, %arg0)  
    gpu.launch_func  @k::@h clusters in (%arg5, %arg5, %arg5) blocks in (%arg5, %arg5, %arg5) threads in (%arg5, %arg5, %arg5) : i64 
    gpu.launch blocks(%arg7, %arg8, %arg9) in (%arg13 = %arg0, %arg14 = %arg0, %arg15 = %arg0) threads(%arg10, %arg11, %arg12) in (%arg16 = %arg0, %arg17 = %arg0, %arg18 = %arg0) {
      gpu.terminator
    }
    %6 = gpu.launch async [%0] blocks(%arg7, %arg8, %arg9) in (%arg13 = %arg0, %arg14 = %arg0, %arg15 = %arg0) threads(%arg10, %arg11, %arg12) in (%arg16 = %arg0, %arg17 = %arg0, %arg18 = %arg0) dynamic_shared_memory_size %arg4 workgroup(%arg19 : memref<4xf32, 3>) private(%arg20 : memref<2xf32, 5>) {
      %7 = arith.addi %arg7, %arg17 : index
      memref.store %arg6, %arg19[%7] : memref<4xf32, 3>
      memref.store %arg6, %arg20[%7] : memref<2xf32, 5>
      gpu.terminator
    } {x.y = 1 : i32}
    gpu.launch clusters(%arg19, %arg20, %arg21) in (%arg22 = %arg0, %arg23 = %arg0, %arg24 = %arg0) blocks(%arg7, %arg8, %arg9) in (%arg13 = %arg0, %arg14 = %arg0, %arg15 = %arg0) threads(%arg10, %arg11, %arg12) in (%arg16 = %arg0, %arg17 = %arg0, %arg18 = %arg0) module(@k) function(@h) {
      %7 = arith.addi %arg7, %arg23 : index
      gpu.terminator
    }
    return
  }
  func.func @sparse(%arg0: index, %arg1: memref<?xf64>, %arg2: memref<?xindex>, %arg3: memref<?xi8>, %arg4: memref<4x4xf16>) {
    %0 = gpu.wait async
    %spmat, %asyncToken = gpu.create_coo async [%0] %arg0, %arg0, %arg0, %arg2, %arg2, %arg1 : memref<?xindex>, memref<?xindex>, memref<?xf64>
    %spmat_0 = gpu.create_coo_aos  %arg0, %arg0, %arg0, %arg2, %arg1 : memref<?xindex>, memref<?xf64>
    %spmat_1, %asyncToken_2 = gpu.create_csr async [%0] %arg0, %arg0, %arg0, %arg2, %arg2, %arg1 : memref<?xindex>, memref<?xindex>, memref<?xf64>
    %spmat_3, %asyncToken_4 = gpu.create_csc async [%0] %arg0, %arg0, %arg0, %arg2, %arg2, %arg1 : memref<?xindex>, memref<?xindex>, memref<?xf64>
    %spmat_5, %asyncToken_6 = gpu.create_bsr async [%0] %arg0, %arg0, %arg0, %arg0, %arg0, %arg2, %arg2, %arg1 : memref<?xindex>, memref<?xindex>, memref<?xf64>
    %spMat, %asyncToken_7 = gpu.create_2to4_spmat async [%0]{ PRUNE_AND_CHECK} %arg0, %arg0, %arg4 : memref<4x4xf16>
    %spMat_8, %asyncToken_9 = gpu.create_2to4_spmat async [%0]{ NONE} %arg0, %arg0, %arg4 : memref<4x4xf16>
    %dnTensor, %asyncToken_10 = gpu.create_dn_tensor async [%0] %arg1, %arg0, %arg0 : index, index into memref<?xf64>
    %bufferSz, %asyncToken_11 = gpu.spmv_buffer_size async [%0] %spmat, %dnTensor, %dnTensor into f64
    %1 = gpu.spmv async [%0] %spmat{ TRANSPOSE}, %dnTensor, %dnTensor, %arg3 : memref<?xi8> into f64
    %bufferSzs, %asyncToken_12 = gpu.spmm_buffer_size async [%0] %spmat, %dnTensor, %dnTensor : index into f64
    %2 = gpu.spmm async [%0] %spmat{ TRANSPOSE}, %dnTensor{ CONJUGATE_TRANSPOSE}, %dnTensor, %arg3 : memref<?xi8> into f64
    %bufferSz_13, %asyncToken_14 = gpu.sddmm_buffer_size async [%0] %dnTensor, %dnTensor, %spmat into f64
    %3 = gpu.sddmm async [%0] %dnTensor{ TRANSPOSE}, %dnTensor, %spmat, %arg3 : memref<?xi8> into f64
    %desc, %asyncToken_15 = gpu.spgemm_create_descr async [%0]
    %bufferSzNew, %asyncToken_16 = gpu.spgemm_work_estimation_or_compute async [%0]{ WORK_ESTIMATION} %spmat, %spmat_1, %spmat_3, %desc, %arg0, %arg3 : f64 into memref<?xi8>
    %bufferSzNew_17, %asyncToken_18 = gpu.spgemm_work_estimation_or_compute async [%0]{ COMPUTE} %spmat{ TRANSPOSE}, %spmat_1, %spmat_3, %desc, %arg0, %arg3 : f64 into memref<?xi8>
    %4 = gpu.spgemm_copy async [%0] %spmat, %spmat_1{ TRANSPOSE}, %spmat_3, %desc : f64
    %rows, %cols, %nnz, %asyncToken_19 = gpu.spmat_get_size async [%0] %spmat
    %5 = gpu.set_csr_pointers async [%0] %spmat_1, %arg2, %arg2, %arg1 : memref<?xindex>, memref<?xindex>, memref<?xf64>
    %6 = gpu.spgemm_destroy_descr async [%0] %desc
    %7 = gpu.destroy_sp_mat async [%0] %spmat
    %8 = gpu.destroy_dn_tensor async [%0] %dnTensor
    gpu.destroy_sp_mat  %spmat
    gpu.wait [%8]
    return
  }
  func.func @attrs() attributes {a = #gpu.block<x>, b = #gpu.lane<linear_dim_1>, c = #gpu.mask<255>, d = #gpu.memory_space<workgroup>, e = #gpu.thread<y>, f = #gpu.warp<z>, g = #gpu.warpgroup<x>, h = #gpu.address_space<global>, i = #gpu.loop_dim_map<processor = block_x, map = (d0) -> (d0), bound = (d0) -> (d0)>, j = #gpu<dim x>, k = #gpu.kernel_metadata<"f", (i32) -> ()>, l = #gpu.kernel_table<[#gpu.kernel_metadata<"f", (i32) -> (), arg_attrs = [{}], metadata = {x = 1 : i32}>]>} {
    return
  }
}

