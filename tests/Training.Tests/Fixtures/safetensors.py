"""Writes python.safetensors as the safetensors package does: tensors by falling size of their elements, then by name; the header in compact JSON, padded with blanks to 8 bytes.
Needs nothing but Python: python3 safetensors.py, in this folder."""
import json
import struct

TENSORS = {  # name: (dtype, format, shape, values)
    "fc1.weight": ("F32", "f", [2, 3], [0.1, -1.5, 3.25, 1e-45, float("inf"), -0.0]),
    "fc1.bias": ("F32", "f", [2], [7.0, -8.0]),
    "stats.mean": ("F64", "d", [3], [0.1, 1e-300, -2.5]),
    "step": ("I32", "i", [], [-123456789]),
    "pixels": ("U8", "B", [2, 2], [0, 1, 128, 255]),
    "none": ("F32", "f", [0, 4], []),
}
SIZE = {"F64": 8, "F32": 4, "I32": 4, "U8": 1}

header, data = {"__metadata__": {"format": "pt", "author": "Zoë \U0001F600"}}, b""
for name in sorted(TENSORS, key=lambda name: (-SIZE[TENSORS[name][0]], name)):
    dtype, code, shape, values = TENSORS[name]
    raw = struct.pack("<%d%s" % (len(values), code), *values)
    header[name] = {"dtype": dtype, "shape": shape, "data_offsets": [len(data), len(data) + len(raw)]}
    data += raw
text = json.dumps(header, separators=(",", ":"), ensure_ascii=False).encode()
text += b" " * (-len(text) % 8)
with open("python.safetensors", "wb") as file:
    file.write(struct.pack("<Q", len(text)) + text + data)
