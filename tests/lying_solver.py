"""A solver's process that lies: passes frames on to the real one (argument 2 on) and spoils its answers as argument 1 says.

A frame is its length (u64, little-endian) and a postcard message. A question starts with its number. An answer is that number
and 0, 0, values, bound, prices for a solution, lists preceded by their length, numbers as varints and f64. News come before it:
the number and 1, 0, values for a better solution, 1, 1, bound for a better bound.
"""

import struct
import subprocess
import sys
import time

LIE, REAL = sys.argv[1], sys.argv[2:]
source, sink = sys.stdin.buffer, sys.stdout.buffer
real = subprocess.Popen(REAL, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env={})
last = None


def frame(stream):
    head = stream.read(8)
    return stream.read(struct.unpack("<Q", head)[0]) if len(head) == 8 else None


def varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        value, shift, at = value | (byte & 127) << shift, shift + 7, at + 1
        if byte < 128:
            return value, at


def as_varint(value):
    out = b""
    while value > 127:
        out, value = out + bytes([value & 127 | 128]), value >> 7
    return out + bytes([value])


def floats(data, at):
    count, at = varint(data, at)
    return list(struct.unpack_from(f"<{count}d", data, at)), at + 8 * count


def as_floats(values):
    return as_varint(len(values)) + struct.pack(f"<{len(values)}d", *values)


def spoil(number, values, bound, prices):
    global last
    if LIE == "nan":
        values = [float("nan")] * len(values)
    elif LIE == "fraction":
        values = [0.9999 * value for value in values]
    elif LIE == "length":
        values = values + [1.0]
    elif LIE == "better":
        values = [1.0] * len(values)
    elif LIE == "bound":
        bound = bound - 1e6 if bound > 0 else bound - 1
        prices = [-price for price in prices]
    elif LIE == "infeasible":
        return as_varint(number) + bytes([0, 1])
    elif LIE == "another":
        (values, bound, prices), last = last or (values, bound, prices), (values, bound, prices)
        number = max(1, number - 1)
    return as_varint(number) + bytes([0, 0]) + as_floats(values) + struct.pack("<d", bound) + as_floats(prices)


def spoil_news(number, kind, news, at):
    if kind == 1:
        return as_varint(number) + bytes([1, 1]) + struct.pack("<d", struct.unpack_from("<d", news, at)[0] - 1e6)
    values, _ = floats(news, at)
    return as_varint(number) + bytes([1, 0]) + as_floats([1.0] * len(values))


def send(message):
    sink.write(struct.pack("<Q", len(message)) + message)
    sink.flush()


while (question := frame(source)) is not None:
    if LIE == "silence":
        time.sleep(3600)
    if LIE == "crash":
        sys.exit(1)
    if LIE == "memory":
        import resource
        resource.setrlimit(resource.RLIMIT_AS, (200 << 20, 200 << 20))
        hog = [bytearray(1 << 20) for _ in range(1000)]
    if LIE == "flood":
        sink.write(struct.pack("<Q", 1 << 30))
        for _ in range(1 << 10):
            sink.write(bytes(1 << 20))
    real.stdin.write(struct.pack("<Q", len(question)) + question)
    real.stdin.flush()
    while True:
        answer = frame(real.stdout)
        number, at = varint(answer, 0)
        if answer[at] == 0:
            break
        send(spoil_news(number, answer[at + 1], answer, at + 2) if LIE == "news" else answer)
    if LIE == "mute":
        time.sleep(3600)
    if answer[at + 1] == 0:
        values, at = floats(answer, at + 2)
        (bound,) = struct.unpack_from("<d", answer, at)
        prices, _ = floats(answer, at + 8)
        answer = spoil(number, values, bound, prices)
    elif LIE == "news":
        sys.exit(1)
    send(answer)
