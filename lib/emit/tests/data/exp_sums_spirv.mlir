module attributes {gpu.container_module} {
  gpu.module @m {
    gpu.func @k(%x: memref<?xf32, #spirv.storage_class<StorageBuffer>>, %y: memref<?xf32, #spirv.storage_class<StorageBuffer>>, %dims: memref<?xi32, #spirv.storage_class<StorageBuffer>>) kernel attributes {spirv.entry_point_abi = #spirv.entry_point_abi<workgroup_size = [64, 1, 1]>} {
      %c0 = arith.constant 0 : index
      %c1 = arith.constant 1 : index
      %gid = gpu.global_id x
      %d0 = memref.load %dims[%c0] : memref<?xi32, #spirv.storage_class<StorageBuffer>>
      %n = arith.index_cast %d0 : i32 to index
      %in = arith.cmpi slt, %gid, %n : index
      scf.if %in {
        %f0 = arith.constant 0.0 : f32
        %base = affine.apply affine_map<(d0)[s0] -> (d0 * s0 + (d0 floordiv 4) + d0 mod 3)>(%gid)[%n]
        %s = scf.for %k = %c0 to %n step %c1 iter_args(%a = %f0) -> (f32) {
          %i = arith.addi %base, %k : index
          %v = memref.load %x[%i] : memref<?xf32, #spirv.storage_class<StorageBuffer>>
          %t = math.exp %v : f32
          %r = arith.addf %a, %t : f32
          scf.yield %r : f32
        }
        memref.store %s, %y[%gid] : memref<?xf32, #spirv.storage_class<StorageBuffer>>
      }
      gpu.return
    }
  }
}
