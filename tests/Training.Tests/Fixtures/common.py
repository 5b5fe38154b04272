"""What the generators of reference numbers share: random numbers that are the same everywhere, and the precisions."""

import os

# One thread and the plain code paths, so that the sums do not depend on the processor.
os.environ["OMP_NUM_THREADS"] = "1"
os.environ["ATEN_CPU_CAPABILITY"] = "default"

import torch  # noqa: E402

GRID = 1024
DTYPES = {"f32": torch.float32, "f64": torch.float64}


def matmul(x, w):
    """Sums of products without a BLAS, whose order of addition would depend on the library installed."""
    return (x.unsqueeze(2) * w.unsqueeze(0)).sum(1)


class Generator:
    """SplitMix64: 64 bits of state, the same numbers on every machine and with every version of Python."""

    MASK = (1 << 64) - 1

    def __init__(self, seed):
        self.state = seed & self.MASK

    def bits(self):
        self.state = (self.state + 0x9E3779B97F4A7C15) & self.MASK
        z = self.state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & self.MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & self.MASK
        return z ^ (z >> 31)

    def uniform(self, low, high):
        return low + (high - low) * ((self.bits() >> 11) / (1 << 53))

    def below(self, count):
        return self.bits() % count

    def normal(self, deviation):
        """Nearly normal: the sum of twelve uniform numbers, less their mean, has variance 1 and stays within 6."""
        return deviation * (sum(self.uniform(0, 1) for _ in range(12)) - 6)


def grid(value):
    """The nearest multiple of 1/1024, which both precisions hold exactly."""
    return round(value * GRID) / GRID
