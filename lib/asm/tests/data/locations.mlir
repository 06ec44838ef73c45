#loc2 = loc("a.mlir":3:4)
#loc4 = loc("b":1:1)
#loc7 = loc("/tmp/l.mlir":5:6)
"builtin.module"() ({
  %0:2 = "t.pair"() <{p = #t.opaque<[1, 2 -> 3]>}> {f = 0x7FC00000 : f32, l = #loc2, "quoted key"} : () -> (i32, !t.box<"x>y">) loc(#loc1)
  "t.region"(%0#0, %0#1) ({
  ^bb0(%arg0: index loc("b":1:1)):
    "t.branch"(%arg0)[^bb1] : (index) -> () loc(#loc10)
  ^bb1(%1: index loc("/tmp/l.mlir":5:6)):  // pred: ^bb0
    "t.end"(%1) : (index) -> () loc(#loc5)
  }) : (i32, !t.box<"x>y">) -> () loc(#loc8)
}) : () -> () loc(#loc)
#loc = loc("/tmp/l.mlir":0:0)
#loc1 = loc("a.mlir":1:1)
#loc3 = loc("a.mlir":2:1 to 5:9)
#loc5 = loc("a.mlir":2:1 to :9)
#loc6 = loc(unknown)
#loc8 = loc(fused<"why">[#loc1, #loc3])
#loc9 = loc("f"(#loc5))
#loc10 = loc(callsite(#loc9 at #loc6))

