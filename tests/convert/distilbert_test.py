"""What the converter makes of acgvoc2vec, against what transformers computes from the source."""

import json
import shutil
import tempfile
import unittest
from pathlib import Path

import safetensors.torch
import torch
from tokenizers import Tokenizer
from transformers import DistilBertConfig, DistilBertModel

import plain_int8
from commands import convert, metadata, read, run
from convert.quantise import quantise, rotate

TEXTS = ['1girl, silver hair', '夜空に星', '一个女孩', 'Café [MASK] naïve']


class DistilbertTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory()
        cls.folder = Path(cls.temporary.name)
        cls.source = cls.folder / 'source'
        assert run('convert.random', 'acgvoc2vec', cls.source, '--seed', 7).returncode == 0
        cls.tensors = read(cls.source / 'model.safetensors')
        cls.dense = read(cls.source / '2_Dense/model.safetensors')
        cls.tokenizer = Tokenizer.from_file(str(cls.source / 'tokenizer.json'))

    @classmethod
    def tearDownClass(cls):
        cls.temporary.cleanup()

    def vectors(self, tensors):
        """Of some texts, by transformers, the mean and the dense layer."""
        tensors = dict(tensors)
        weight, bias = (tensors.pop(f'dense.{kind}').float() for kind in ('weight', 'bias'))
        model = DistilBertModel(DistilBertConfig.from_pretrained(self.source)).eval()
        model.load_state_dict({name: tensor.float() for name, tensor in tensors.items()})
        with torch.no_grad():
            hidden = [model(torch.tensor([self.tokenizer.encode(text).ids])).last_hidden_state for text in TEXTS]
            return torch.stack([torch.tanh(each[0].mean(0) @ weight.T + bias) for each in hidden])

    def expected(self):
        return self.vectors({**self.tensors, **{name.replace('linear', 'dense'): tensor for name, tensor in self.dense.items()}})

    def copy(self, name):
        to = self.folder / name
        shutil.copytree(self.source, to)
        return to

    def test_f32_has_all_tensors_and_gives_the_same_vectors(self):
        to = self.folder / 'f32'
        convert(self.source, to, '--dtype', 'f32')
        self.assertEqual(sorted(each.name for each in to.iterdir()), ['model.safetensors', 'model.safetensors.sha256', 'tokenizer.json'])
        # Not to the last bit: the order of PyTorch's sums depends on where a tensor lies in memory.
        torch.testing.assert_close(self.vectors(read(to / 'model.safetensors')), self.expected(), rtol=1e-5, atol=1e-6)
        found = metadata(to / 'model.safetensors')
        wanted = {
            'network': 'distilbert',
            'dtype': 'f32',
            'format': 'pt',
            'num_attention_heads': '3',
            'hidden_act': 'gelu',
            'max_seq_length': '40',
        }
        self.assertEqual({key: found.get(key) for key in wanted}, wanted)
        self.assertEqual((to / 'tokenizer.json').read_text(), (self.source / 'tokenizer.json').read_text())

    def test_int8_rounds_layers_and_words_and_keeps_the_vectors(self):
        to = self.folder / 'int8'
        convert(self.source, to)
        tensors = read(to / 'model.safetensors')
        whole = {name for name, tensor in tensors.items() if tensor.dtype == torch.int8}
        self.assertEqual(len(whole), 2 * 6 + 1)
        self.assertIn('embeddings.word_embeddings.weight', whole)
        back = {}
        for name, tensor in tensors.items():
            if name in whole:
                steps = plain_int8.along(tensors[f'{name}.scale'], tensor)
                is_words = 'embeddings' in name
                exact = self.tensors[name] if is_words else plain_int8.rotated(self.tensors[name])
                self.assertTrue(((tensor * steps - exact).abs() <= steps * 0.5001).all(), name)
                back[name] = (tensor * steps) if is_words else plain_int8.matrix(tensor, tensors[f'{name}.scale'])
            elif not name.endswith('.scale'):
                back[name] = tensor
        cosines = torch.nn.functional.cosine_similarity(self.vectors(back), self.expected())
        self.assertGreater(cosines.min().item(), 0.999)
        self.assertEqual(metadata(to / 'model.safetensors')['rotation'], 'hadamard')

    def test_a_matrix_is_rotated_in_k_blocks_as_far_as_a_power_of_two_allows(self):
        weight = torch.randn(3, 256 + 76, generator=torch.Generator().manual_seed(1))
        torch.testing.assert_close(rotate(weight).double(), plain_int8.rotated(weight), rtol=0, atol=1e-6)
        self.assertTrue(torch.equal(rotate(weight)[:, 256 + 64 :], weight[:, 256 + 64 :]))
        self.assertTrue(torch.equal(rotate(weight[:, :3]), weight[:, :3]))

    def test_a_matrix_of_more_than_one_k_block_has_a_scale_for_each(self):
        weight = torch.ones(2, 300)
        weight[0, 0], weight[1, 299] = 254, 63.5
        whole, scale = quantise(weight, has_blocks=True)
        self.assertEqual(scale.tolist(), [[2, torch.tensor(1 / 127).item()], [torch.tensor(1 / 127).item(), 0.5]])
        self.assertEqual(whole[:, [0, 1, 255, 256, 299]].tolist(), [[127, 0, 0, 127, 127], [127, 127, 127, 2, 127]])
        self.assertEqual(quantise(weight)[1].shape, (2,))

    def test_older_files_are_the_same(self):
        """Pickled, under the prefix that a network with a head has, and with vocab.txt alone."""
        old = self.copy('old')
        head = {'vocab_transform.weight': torch.zeros(48, 48)}
        torch.save({**{f'distilbert.{name}': tensor for name, tensor in self.tensors.items()}, **head}, old / 'pytorch_model.bin')
        torch.save(self.dense, old / '2_Dense/pytorch_model.bin')
        for name in ('model.safetensors', '2_Dense/model.safetensors', 'tokenizer.json'):
            (old / name).unlink()
        convert(self.source, self.folder / 'once', '--dtype', 'f16')
        convert(old, self.folder / 'twice', '--dtype', 'f16')
        name = 'model.safetensors'
        self.assertEqual((self.folder / 'once' / name).read_bytes(), (self.folder / 'twice' / name).read_bytes())
        made = Tokenizer.from_file(str(self.folder / 'twice/tokenizer.json'))
        for text in TEXTS:
            self.assertEqual(made.encode(text).ids, self.tokenizer.encode(text).ids)

    def test_what_is_none_is_refused_in_a_sentence(self):
        cases = {
            'no-dense': 'Expected the dense layer',
            'relu': 'Expected tanh',
            'max': 'Expected the mean',
            'no-words': 'found neither',
            'more': 'Expected linear.weight and linear.bias',
        }
        folders = {name: self.copy(name) for name in cases}
        shutil.rmtree(folders['no-dense'] / '2_Dense')
        (folders['relu'] / '2_Dense/config.json').write_text(json.dumps({'activation_function': 'torch.nn.modules.activation.ReLU'}))
        (folders['max'] / '1_Pooling/config.json').write_text(
            json.dumps({'pooling_mode_mean_tokens': False, 'pooling_mode_max_tokens': True})
        )
        for name in ('vocab.txt', 'tokenizer.json'):
            (folders['no-words'] / name).unlink()
        safetensors.torch.save_file({**self.dense, 'other': torch.zeros(1)}, folders['more'] / '2_Dense/model.safetensors')
        for name, words in cases.items():
            to = self.folder / f'{name}-out'
            done = run('convert', folders[name], to)
            self.assertEqual(done.returncode, 1, name)
            self.assertIn(words, done.stderr)
            self.assertTrue(done.stderr.startswith('convert: ') and done.stderr.count('\n') == 1, done.stderr)
            self.assertEqual(list(to.iterdir()) if to.exists() else [], [])
