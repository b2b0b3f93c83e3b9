# SPDX-License-Identifier: MIT
"""The random numbers of bgen (core/base/rng.h), so that masks and samples are the same: Philox4x32-10 of a seed, a
stream, a point and a block.  Points and blocks are numbers or arrays."""
import numpy as np

MASK, COMPONENT, SAMPLE = 1, 3, 8  # streams
LOW = np.uint64(0xFFFFFFFF)
HALF = np.uint64(32)
MULTIPLIERS = np.uint64(0xD2511F53), np.uint64(0xCD9E8D57)
WEYL = 0x9E3779B9, 0xBB67AE85
ROUNDS = 10


def philox(counter, key):
    """four words from four words of a counter, each an array of uint64 below 2^32"""
    c0, c1, c2, c3 = counter
    for r in range(ROUNDS):
        k0, k1 = (np.uint64((k + r * w) & 0xFFFFFFFF) for k, w in zip(key, WEYL))
        p0, p1 = MULTIPLIERS[0] * c0, MULTIPLIERS[1] * c2
        c0, c1, c2, c3 = (p1 >> HALF) ^ c1 ^ k0, p1 & LOW, (p0 >> HALF) ^ c3 ^ k1, p0 & LOW
    return c0, c1, c2, c3


def words(seed, stream, point, block):
    """the two words of 64 bits of a block"""
    point, block = np.broadcast_arrays(np.asarray(point, np.uint64), np.asarray(block, np.uint64))
    counter = block, np.full_like(block, stream), point & LOW, point >> HALF
    out = philox(counter, (seed & 0xFFFFFFFF, seed >> 32))
    return out[1] << HALF | out[0], out[3] << HALF | out[2]


def open_unit(word):
    return ((word >> np.uint64(12)).astype(float) + 0.5) * 2.0**-52


def uniform(seed, stream, point, block):
    return open_unit(words(seed, stream, point, block)[0])


def normals(seed, stream, point, first_block, n):
    """[points][n], which take (n + 1) // 2 blocks"""
    first, second = words(seed, stream, np.asarray(point)[:, None], first_block + np.arange((n + 1) // 2))
    radius, angle = np.sqrt(-2 * np.log(open_unit(first))), 2 * np.pi * open_unit(second)
    return np.stack([radius * np.cos(angle), radius * np.sin(angle)], -1).reshape(len(first), -1)[:, :n]


def choose(number, weights):
    """the i whose share of all weights holds each number of (0, 1)"""
    rest, chosen = number * sum(weights), np.zeros(len(number), int)
    for k, weight in enumerate(weights[:-1]):
        past = (chosen == k) & (rest >= weight)
        chosen[past] += 1
        rest[past] -= weight
    return chosen


class Stream:
    """The numbers of one point, one after the other."""

    def __init__(self, seed, stream, point):
        self.at, self.block = (seed, stream, point), 0

    def take(self, n):
        self.block += n
        return words(*self.at, np.arange(self.block - n, self.block))[0]

    def uniform(self, n):
        return open_unit(self.take(n))

    def permutation(self, n):
        order = np.arange(n)
        for i, word in zip(range(n, 1, -1), self.take(max(n - 1, 0))):
            j = int(word) % i
            order[i - 1], order[j] = order[j], order[i - 1]
        return order

    def half(self, n):
        """a random half of n things, the larger one where n is odd"""
        chosen = np.zeros(n, bool)
        chosen[self.permutation(n)[:(n + 1) // 2]] = True
        return chosen
