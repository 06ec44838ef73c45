// Softmax of rows; one invocation is one row.
module attributes {gpu.container_module} {
  gpu.module @softmax {
    gpu.func @softmax_rows(%x: memref<?xf32, #spirv.storage_class<StorageBuffer>>, %y: memref<?xf32, #spirv.storage_class<StorageBuffer>>,
                      %dims: memref<?xi32, #spirv.storage_class<StorageBuffer>>) kernel
        attributes {spirv.entry_point_abi = #spirv.entry_point_abi<workgroup_size = [64, 1, 1]>} {
      %c0 = arith.constant 0 : index
      %c1 = arith.constant 1 : index
      %c64 = arith.constant 64 : index
      %ninf = arith.constant 0xFF800000 : f32
      %zero = arith.constant 0.0 : f32
      %lane = gpu.thread_id x
      %wx = gpu.block_id x
      %wy = gpu.block_id y
      %gx = gpu.grid_dim x
      %line = arith.muli %wy, %gx : index
      %group = arith.addi %line, %wx : index
      %first = arith.muli %group, %c64 : index
      %point = arith.addi %first, %lane : index
      %total32 = memref.load %dims[%c0] : memref<?xi32, #spirv.storage_class<StorageBuffer>>
      %total = arith.index_cast %total32 : i32 to index
      %n32 = memref.load %dims[%c1] : memref<?xi32, #spirv.storage_class<StorageBuffer>>
      %n = arith.index_cast %n32 : i32 to index
      %in = arith.cmpi slt, %point, %total : index
      scf.if %in {
        %base = arith.muli %point, %n : index
        %max = scf.for %k = %c0 to %n step %c1 iter_args(%a = %ninf) -> (f32) {
          %i = arith.addi %base, %k : index
          %v = memref.load %x[%i] : memref<?xf32, #spirv.storage_class<StorageBuffer>>
          %w = arith.maximumf %a, %v : f32
          scf.yield %w : f32
        }
        %sum = scf.for %k = %c0 to %n step %c1 iter_args(%a = %zero) -> (f32) {
          %i = arith.addi %base, %k : index
          %v = memref.load %x[%i] : memref<?xf32, #spirv.storage_class<StorageBuffer>>
          %d = arith.subf %v, %max : f32
          %e = math.exp %d : f32
          memref.store %e, %y[%i] : memref<?xf32, #spirv.storage_class<StorageBuffer>>
          %w = arith.addf %a, %e : f32
          scf.yield %w : f32
        }
        scf.for %k = %c0 to %n step %c1 {
          %i = arith.addi %base, %k : index
          %v = memref.load %y[%i] : memref<?xf32, #spirv.storage_class<StorageBuffer>>
          %q = arith.divf %v, %sum : f32
          memref.store %q, %y[%i] : memref<?xf32, #spirv.storage_class<StorageBuffer>>
        }
      }
      gpu.return
    }
  }
}
