"""Plain backprop in PyTorch, one sample at a time, without counting energies."""
import numpy as np
import torch

from common import arguments, load, race


def main():
    torch.set_num_threads(1)
    torch.manual_seed(1)
    args = arguments()
    train, labels, test, test_labels, mean = load(args["data"])
    rng = np.random.default_rng(1)
    sizes = [train.shape[1], *map(int, args["hidden"].split(",")), 10]
    parts = []
    for a, b in zip(sizes, sizes[1:]):
        layer = torch.nn.Linear(a, b)
        torch.nn.init.normal_(layer.weight, 0, 0.03)
        torch.nn.init.normal_(layer.bias, 0, 0.03)
        parts += [layer, torch.nn.LeakyReLU(0.1)]
    net = torch.nn.Sequential(*parts[:-1])
    optimizer = torch.optim.SGD(net.parameters(), lr=0.01)
    x = torch.from_numpy(train.astype(np.float32) / 255 - np.float32(mean))
    x_test = torch.from_numpy(test.astype(np.float32) / 255 - np.float32(mean))
    targets = torch.eye(10)[torch.from_numpy(labels.astype(np.int64))]
    truth = torch.from_numpy(test_labels.astype(np.int64))

    def step():
        t = int(rng.integers(labels.size))
        optimizer.zero_grad()
        loss = 0.5 * ((net(x[t]) - targets[t]) ** 2).sum()
        loss.backward()
        optimizer.step()

    def right(first, end):
        with torch.no_grad():
            return int((net(x_test[first:end]).argmax(1) == truth[first:end]).sum())

    race(args, step, right, truth.numel())


main()
