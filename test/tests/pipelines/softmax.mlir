// Several statements in one operation: two reductions along a row, of open length.
func.func @main(%x: tensor<?x64xf32>) -> tensor<?x64xf32> {
  %0 = nn.softmax %x over [1] : tensor<?x64xf32>
  return %0 : tensor<?x64xf32>
}
