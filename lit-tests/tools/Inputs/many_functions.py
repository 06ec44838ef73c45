"""Writes a module of many functions that differ in size and in what passes find in them; with `wrong`, every ninth is invalid."""

import sys

count, wrong = int(sys.argv[1]), "wrong" in sys.argv[2:]
for n in range(count):
    rank, width = 1 + n % 3, 1 + n % 7
    shape = "x".join(str(2 + (n + axis) % 5) for axis in range(rank))
    ty = f"tensor<{shape}xf32>"
    print(f"func.func @f{n}(%x: {ty}, %y: {ty}) -> {ty} {{")
    print(f"  %0 = nn.add %x, %y : {ty}, {ty}")
    for i in range(width):
        op = ["nn.relu", "nn.hard_sigmoid"][(n + i) % 2]
        print(f"  %a{i} = {op} %{f'a{i - 1}' if i else '0'} : {ty}")
        print(f"  %b{i} = {op} %{f'a{i - 1}' if i else '0'} : {ty}")
    if wrong and n % 9 == 4:
        print(f"  %w = nn.add %x, %nowhere{n} : {ty}, {ty}")
    print(f"  %r = nn.mul %a{width - 1}, %b{width - 1} : {ty}, {ty}")
    print(f"  return %r : {ty}\n}}")
