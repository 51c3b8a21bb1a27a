"""The executable definition, frugal_reference.py, timed. Only the evaluation is our own: the
reference takes one image at a time, which would flatter us; here it takes 500 at once."""
import numpy as np

from common import arguments, load, race
from frugal_reference import Learner, Network, Rule, activate, count_of


def numbers(text, layers):
    values = [float(v) for v in text.split(",")]
    return values if len(values) > 1 else values * layers


def rule_of(args, sizes, rng):
    layers = len(sizes) - 1
    shapes = [(sizes[l] + 1, sizes[l + 1]) for l in range(layers)]
    rule = Rule()
    if "by" in args:
        rule.compete = dict(by=args["by"], scope=args.get("scope", "layer"),
                            keep="largest", fraction=numbers(args["fraction"], layers))
    if "subnet" in args:
        rule.subnet = [int(k) for k in args["subnet"].split(",")]
    if "mask" in args:
        masks = []
        for shape, f in zip(shapes, numbers(args["mask_fraction"], layers)):
            shape = shape[1:] if args["mask"] == "units" else shape
            size = int(np.prod(shape))
            mask = np.zeros(size, bool)
            mask[rng.permutation(size)[:count_of(f, size)]] = True
            masks.append(mask.reshape(shape))
        setattr(rule, "unit_mask" if args["mask"] == "units" else "synapse_mask", masks)
    if "gate" in args:
        rule.gate = args["gate"] if args["gate"] == "wrong" else float(args["gate"])
    if "threshold" in args:
        rule.cache = dict(threshold=float(args["threshold"]), decay=float(args["decay"]),
                          consolidate=args["consolidate"])
    return rule


def main():
    args = arguments()
    train, labels, test, test_labels, mean = load(args["data"])
    rng = np.random.default_rng(1)
    sizes = [train.shape[1], *map(int, args["hidden"].split(",")), 10]
    w = [rng.normal(0, 0.03, (a + 1, b)) for a, b in zip(sizes, sizes[1:])]
    rates = numbers(args.get("rate", "0.01"), len(w))
    learner = Learner(Network(w), rule_of(args, sizes, rng), rates)
    net = learner.net

    def step():
        t = rng.integers(labels.size)
        learner.step(train[t] / 255 - mean, labels[t])

    def right(first, end):
        y = test[first:end] / 255 - mean
        for l, m in enumerate(net.w):
            y = y @ m[:-1] + m[-1]
            if l < len(net.w) - 1:
                y = activate(net.activation, y)
        return int((y.argmax(axis=1) == test_labels[first:end]).sum())

    race(args, step, right, test_labels.size, m0=lambda: learner.m0.sum(),
         m1=lambda: learner.m1.sum())


main()
