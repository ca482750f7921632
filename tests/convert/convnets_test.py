"""What the converter makes of Keras's and TensorFlow's files, run in plain PyTorch, against what those frameworks give."""

import base64
import io
import shutil
import tempfile
import unittest
from pathlib import Path

import h5py
import numpy as np
import plain_convnets
import plain_int8
import torch
from PIL import Image

from commands import convert, header, metadata, read, run
from convert.random.keras_weights import tf
from convert.source import read_source
from convert.random.pictures import picture

OUTPUTS = {'bookmark': 'pix2score', 'view': 'pix2score_1', 'sanity': 'pix2score_2'}  # ours: the SavedModel's
TINY_BLOCKS = (3, 2, 2, 3, 2, 2)


def random(network, folder, seed=5):
    done = run('convert.random', network, folder, '--seed', seed)
    assert done.returncode == 0, done.stderr
    return folder


def png(pixels):
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, 'png')
    return base64.urlsafe_b64encode(file.getvalue()).rstrip(b'=')


def resized(pictures, side):
    return np.stack([tf.image.resize(each, [side, side]).numpy() / 255 for each in pictures])


def planar(pixels):
    return torch.from_numpy(pixels).permute(0, 3, 1, 2).double()


class ConvnetsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory()
        cls.folder = Path(cls.temporary.name)
        cls.project = random('deepdanbooru', cls.folder / 'project')
        cls.saved = random('pix2score', cls.folder / 'saved')
        cls.pictures = [picture(seed, 90, 150) for seed in range(3)]
        cls.pixels = resized(cls.pictures, 64)
        cls.keras = tf.keras.models.load_model(cls.project / 'model-resnet_custom_tiny.h5', compile=False)

    @classmethod
    def tearDownClass(cls):
        cls.temporary.cleanup()

    def converted(self, source, *options, dtype='f32'):
        """-> (tensors, metadata) of the file; the folder is the test's."""
        to = Path(tempfile.mkdtemp(dir=self.folder))
        convert(source, to, '--dtype', dtype, *options)
        return to, read(to / 'model.safetensors'), metadata(to / 'model.safetensors')

    def close(self, found, expected, tolerance=2e-5):
        torch.testing.assert_close(found, torch.tensor(np.asarray(expected, np.float64)), rtol=tolerance, atol=tolerance)

    def test_pix2scores_saved_model_gives_its_own_probabilities(self):
        _, tensors, fields = self.converted(self.saved)
        self.assertEqual(fields, {'format': 'pt', 'network': 'resnet_v2', 'dtype': 'f32', 'input_side': '224'})
        serve = tf.saved_model.load(self.saved).signatures['serving_default']
        expected = serve(b64_input_bytes=tf.constant([png(each) for each in self.pictures]))
        found = plain_convnets.resnet_v2(tensors, planar(self.pixels))
        for ours, theirs in OUTPUTS.items():
            self.close(found[ours], expected[theirs])

    def test_deepdanboorus_project_gives_its_own_tags(self):
        to, tensors, fields = self.converted(self.project)
        self.assertEqual(
            fields,
            {
                'format': 'pt',
                'network': 'deepdanbooru',
                'dtype': 'f32',
                'input_side': '64',
                'style_blocks': '0,1,2',
                'feature_block': '13',
                'categories': 'general:0,character:16,rating:22',
            },
        )
        self.assertEqual((to / 'tags.txt').read_bytes(), (self.project / 'tags.txt').read_bytes())
        found = plain_convnets.deepdanbooru(tensors, planar(self.pixels), fields)
        self.close(found['tags'], self.keras(self.pixels))
        blocks = {name.removesuffix('.conv1.weight') for name in tensors if name.endswith('conv1.weight')}
        self.assertEqual(blocks, {f'stages.{stage}.{i}' for stage, n in enumerate(TINY_BLOCKS) for i in range(n)})
        shortcuts = {name for name in tensors if 'shortcut.weight' in name}
        self.assertEqual(shortcuts, {f'stages.{stage}.0.shortcut.weight' for stage in range(6)})

    def test_illust2vec_is_the_first_part_from_a_project_and_from_a_saved_model(self):
        block = 8
        cut = tf.keras.Model(self.keras.input, self.keras.get_layer(f'add_{block}').output)
        vectors = tf.keras.layers.GlobalAveragePooling2D()(cut.output)
        tf.keras.Model(cut.input, vectors).save(self.folder / 'cut', save_format='tf', include_optimizer=False)
        _, tensors, fields = self.converted(self.folder / 'cut')
        self.assertEqual((fields['feature_block'], fields['network']), (str(block), 'deepdanbooru'))
        found = plain_convnets.deepdanbooru(tensors, planar(self.pixels), fields)
        self.assertNotIn('tags', found)
        self.close(found['illust2vec'], cut(self.pixels).numpy().mean((1, 2)))
        to, whole, _ = self.converted(self.project, '--only', 'illust2vec')  # it has less than 44 blocks: all of them
        self.assertFalse((to / 'tags.txt').exists())
        self.assertFalse(any(name.startswith('head') for name in whole))
        for name, tensor in tensors.items():
            self.assertTrue(torch.equal(tensor, whole[name]), name)

    def test_int8_is_within_half_a_step_but_for_kernels_and_its_scales_come_first(self):
        # DeepDanbooru's second stage keeps conv3 of each block, its third conv1 and conv3, later ones all, and the head
        in_project = 1 * TINY_BLOCKS[1] + 2 * TINY_BLOCKS[2] + 3 * sum(TINY_BLOCKS[3:]) + 1
        for source, n_whole in ((self.saved, 3 * 4), (self.project, in_project)):
            _, exact, _ = self.converted(source)
            to, tensors, _ = self.converted(source, dtype='int8')
            places = header(to / 'model.safetensors')
            whole = {name for name, tensor in tensors.items() if tensor.dtype == torch.int8}
            self.assertEqual(len(whole), n_whole)
            self.assertEqual({name for name in tensors if name.endswith('.scale')}, {f'{name}.scale' for name in whole})
            for name in exact:
                if name in whole:
                    self.assertLess(places[f'{name}.scale']['data_offsets'][0], places[name]['data_offsets'][0])
                    is_rotated = exact[name].shape[2:].numel() == 1  # as matrices are
                    scale = tensors[f'{name}.scale'].reshape(-1, *[1] * (exact[name].dim() - 1))
                    wanted = plain_int8.rotated(exact[name].flatten(1)).reshape(exact[name].shape) if is_rotated else exact[name]
                    most = 0.5001 if is_rotated else 3
                    self.assertTrue(((tensors[name] * scale - wanted).abs() <= scale * most).all(), name)
                else:
                    self.assertEqual(tensors[name].dtype, torch.float32 if exact[name].dim() == 1 else torch.float16, name)

    def test_kernels_keep_what_smooth_maps_give_better_than_by_rounding_each_weight(self):
        _, exact, _ = self.converted(self.saved)
        _, tensors, _ = self.converted(self.saved, dtype='int8')
        noise = torch.randn(1, 16, 80, 80, generator=torch.Generator().manual_seed(1))
        for name in ('conv4_block1_2_conv.weight', 'conv5_block2_2_conv.weight'):
            wanted, scale = exact[name], tensors[f'{name}.scale'].reshape(-1, 1, 1, 1)
            smooth = torch.nn.functional.avg_pool2d(noise[:, : wanted.shape[1]], 3, 1)
            error, plain = (
                torch.nn.functional.conv2d(smooth, whole * scale - wanted).square().mean()
                for whole in (tensors[name], torch.round(wanted / scale))
            )
            self.assertLess(error, 0.7 * plain, name)

    def test_biases_make_up_for_what_rounding_moves(self):
        _, exact, _ = self.converted(self.saved)
        _, tensors, _ = self.converted(self.saved, dtype='int8')
        name, norm = 'conv4_block2_3_conv', 'conv4_block2_2_bn'
        published = read_source(self.saved).tensors
        values = torch.randn(1_000_000, 16, generator=torch.Generator().manual_seed(1))  # what a normalisation takes its input for
        inputs = (published[f'{norm}/beta'] + published[f'{norm}/gamma'] * values).relu().mean(0)
        whole = tensors[f'{name}.weight'].flatten(1)
        error = plain_int8.matrix(whole, tensors[f'{name}.weight.scale']) - exact[f'{name}.weight'].flatten(1)
        moved = tensors[f'{name}.bias'] - exact[f'{name}.bias']
        self.assertGreater(moved.abs().max(), 1e-4)
        torch.testing.assert_close(moved, -(error @ inputs.double()).float(), rtol=0.01, atol=1e-5)

    def test_the_same_source_is_the_same_file(self):
        files = [(self.converted(self.project, dtype='int8')[0] / 'model.safetensors').read_bytes() for _ in range(2)]
        self.assertEqual(files[0], files[1])

    def test_what_does_not_fit_is_refused_in_a_sentence(self):
        bad = {name: shutil.copytree(self.project, self.folder / name) for name in ('tags', 'no-tags', 'broken', 'dense')}
        (bad['tags'] / 'tags.txt').write_text('one\ntwo\n')
        (bad['no-tags'] / 'tags.txt').unlink()
        (bad['broken'] / 'model-resnet_custom_tiny.h5').write_bytes(b'\xff' * 100)
        with h5py.File(bad['dense'] / 'model-resnet_custom_tiny.h5', 'a') as file:
            file['model_weights/dense/dense/kernel:0'] = np.zeros((4, 4), np.float32)
        (self.folder / 'empty').mkdir()
        (self.folder / 'empty/saved_model.pb').write_bytes(b'')
        with h5py.File(self.folder / 'other.h5', 'w') as file:
            file['layer/layer/kernel:0'] = np.zeros((4, 4), np.float32)
        cases = {
            'tags': 'Expected 25 tags',
            'no-tags': 'there is no such file',
            'broken': 'no HDF5 file',
            'dense': 'layers are others',
            'empty': 'variables is missing',
            'other.h5': 'none of them',
        }
        for name, words in cases.items():
            to = self.folder / 'bad-out'
            done = run('convert', self.folder / name, to)
            self.assertEqual(done.returncode, 1, name)
            sentence = done.stderr.splitlines()[-1]
            self.assertTrue(sentence.startswith('convert: ') and words in sentence, sentence)
            self.assertEqual(list(to.iterdir()) if to.exists() else [], [])
