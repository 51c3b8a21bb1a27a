"""What the two Python programs share: arguments, data, the clock, the line of JSON."""
import gzip
import json
import os
import sys
import time

import numpy as np


def arguments():
    """name=value, as the other programs take them."""
    return dict(a.split("=", 1) for a in sys.argv[1:])


def read_idx(folder, name, header):
    path = os.path.join(folder, name)
    opened = gzip.open(path + ".gz") if os.path.exists(path + ".gz") else open(path, "rb")
    with opened as f:
        return np.frombuffer(f.read(), np.uint8, offset=header)


def load(folder):
    """Training pixels and labels, test pixels and labels, the mean of a pixel."""
    sets = [read_idx(folder, n, h) for n, h in (
        ("train-images-idx3-ubyte", 16), ("train-labels-idx1-ubyte", 8),
        ("t10k-images-idx3-ubyte", 16), ("t10k-labels-idx1-ubyte", 8))]
    train, test = sets[0].reshape(sets[1].size, -1), sets[2].reshape(sets[3].size, -1)
    mean = float(train.sum(dtype=np.int64)) / 255 / train.size
    return train, sets[1], test, sets[3], mean


def race(args, step, accuracy, images, **energies):
    """Learns for about args["seconds"], evaluates after it (a part of the test set does:
    the time is scaled up), prints the times."""
    most, seconds = int(args["samples"]), float(args["seconds"])
    samples, begin = 0, time.thread_time()
    while samples < most and (samples < 1 or time.thread_time() - begin < seconds):
        step()
        samples += 1
    mark = time.thread_time()
    right, seen = 0, 0
    while seen < images and (seen == 0 or time.thread_time() - mark < seconds / 2):
        right += accuracy(seen, seen + 500)
        seen += 500
    end = time.thread_time()
    with open("/proc/self/status", encoding="ascii") as f:
        peak = next(int(line.split()[1]) for line in f if line.startswith("VmHWM"))
    print(json.dumps({
        "samples": samples, "learning": mark - begin, "evaluations": seen / images,
        "evaluating": end - mark, "accuracy": right / seen, "peak_kb": peak,
        **{name: float(f()) for name, f in energies.items()}}))
