// Element-wise operations in a row: one kernel, nothing stored between them.
func.func @main(%x: tensor<?x12xf32>, %b: tensor<12xf32>) -> tensor<?x12xf32> {
  %0 = nn.add %x, %b : tensor<?x12xf32>, tensor<12xf32>
  %1 = nn.relu %0 : tensor<?x12xf32>
  %2 = nn.mul %1, %x : tensor<?x12xf32>, tensor<?x12xf32>
  return %2 : tensor<?x12xf32>
}
