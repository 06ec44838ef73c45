"builtin.module"() ({
  "test.blobs"() {a = dense_resource<first> : tensor<2xi8>, b = dense_resource<"a key"> : tensor<1xi32>} : () -> ()
}) : () -> ()

{-#
  dialect_resources: {
    builtin: {
      first: "0x010000000102",
      "a key": "0x0400000001000000"
    }
  },
  external_resources: {
    my_tool: {
      version: "1.2",
      checked: true
    }
  }
#-}

