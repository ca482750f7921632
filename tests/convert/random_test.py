"""The random weights: what --heavy-tailed changes, and that nothing changes without it."""

import tempfile
import unittest
from pathlib import Path

import torch
from commands import read, run

from convert.random import statistics

SHAPE = (400, 500)


def kurtosis(values):
    values = values.double().flatten()
    return ((values - values.mean()) ** 4).mean() / values.var() ** 2


class Random(unittest.TestCase):
    def tearDown(self):
        statistics.heavy_tailed = False

    def rows(self, heavy_tailed):
        """-> layers' weights, each row divided by its deviation, and the deviations by their median"""
        statistics.heavy_tailed = heavy_tailed
        generator = torch.Generator().manual_seed(3)
        layers = [statistics.weights(SHAPE, 1, generator) for _ in range(20)]
        deviations = [layer.std(1) for layer in layers]
        return [layer / d[:, None] for layer, d in zip(layers, deviations)], [d / d.median() for d in deviations]

    def test_tails(self):
        plain, heavy = ([kurtosis(layer).item() for layer in self.rows(each)[0]] for each in (False, True))
        self.assertTrue(all(4 < k < 6 for k in plain), plain)
        self.assertTrue(all(8 < k < 90 for k in heavy), heavy)
        self.assertTrue(min(heavy) < 15 and max(heavy) > 30, heavy)

    def test_dead_rows(self):
        plain, heavy = ([(d < 0.01).double().mean().item() for d in self.rows(each)[1]] for each in (False, True))
        self.assertEqual(max(plain), 0)
        self.assertTrue(0.12 < max(heavy) < 0.27, heavy)

    def test_far_channels(self):
        with tempfile.TemporaryDirectory() as folder:
            for network, layer in (
                ('clip', 'text_model.encoder.layers.{}.mlp.fc2.bias'),
                ('acgvoc2vec', 'transformer.layer.{}.ffn.lin2.bias'),
            ):
                far = []
                for i, more in enumerate(([], ['--heavy-tailed'])):
                    to = Path(folder) / f'{network}{i}'
                    self.assertEqual(run('convert.random', network, to, *more).returncode, 0)
                    tensors = read(to / 'model.safetensors')
                    biases = [next(t for name, t in tensors.items() if name.endswith(layer.format(k))) for k in (0, 1)]
                    far.append([set((b.abs() > 20 * b.abs().median()).nonzero().flatten().tolist()) for b in biases])
                (plain, _), (first, second) = far
                self.assertTrue(len(first) == 2 and first == second, first)
                self.assertFalse(first & plain)


if __name__ == '__main__':
    unittest.main()
