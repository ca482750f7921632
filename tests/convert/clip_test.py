"""What the converters write, against what PyTorch computes from the source."""

import json
import subprocess
import tempfile
import unittest
from pathlib import Path

import safetensors.torch
import torch
import torch.nn.functional as F
from transformers import CLIPConfig, CLIPModel, CLIPTextModelWithProjection, CLIPVisionModelWithProjection

import plain_int8
from commands import convert, header, metadata, read, run

HALVES = {'image': (CLIPVisionModelWithProjection, 'vision_config'), 'text': (CLIPTextModelWithProjection, 'text_config')}
TEXT = torch.tensor([[49406, 320, 1125, 539, 49407]])


def openai_names(tensors):
    """Hugging Face's state dict as OpenAI's: the other direction of what the converter does, written apart from it."""
    out = {}
    for hf, ours in (('vision_model', 'visual.'), ('text_model', '')):
        layers = 1 + max(int(name.split('.')[3]) for name in tensors if name.startswith(f'{hf}.encoder'))
        for i in range(layers):
            a, b = f'{hf}.encoder.layers.{i}.', f'{ours}transformer.resblocks.{i}.'
            for kind in ('weight', 'bias'):
                out[f'{b}attn.in_proj_{kind}'] = torch.cat([tensors[f'{a}self_attn.{x}_proj.{kind}'] for x in 'qkv'])
                for x, y in (
                    ('self_attn.out_proj', 'attn.out_proj'),
                    ('layer_norm1', 'ln_1'),
                    ('layer_norm2', 'ln_2'),
                    ('mlp.fc1', 'mlp.c_fc'),
                    ('mlp.fc2', 'mlp.c_proj'),
                ):
                    out[f'{b}{y}.{kind}'] = tensors[f'{a}{x}.{kind}']
    vision, text = 'vision_model.embeddings.', 'text_model.embeddings.'
    out['visual.conv1.weight'] = tensors[f'{vision}patch_embedding.weight']
    out['visual.class_embedding'] = tensors[f'{vision}class_embedding']
    out['visual.positional_embedding'] = tensors[f'{vision}position_embedding.weight']
    out['visual.proj'] = tensors['visual_projection.weight'].T.contiguous()
    out['token_embedding.weight'] = tensors[f'{text}token_embedding.weight']
    out['positional_embedding'] = tensors[f'{text}position_embedding.weight']
    out['text_projection'] = tensors['text_projection.weight'].T.contiguous()
    out['logit_scale'] = tensors['logit_scale']
    for kind in ('weight', 'bias'):
        out[f'visual.ln_pre.{kind}'] = tensors[f'vision_model.pre_layrnorm.{kind}']
        out[f'visual.ln_post.{kind}'] = tensors[f'vision_model.post_layernorm.{kind}']
        out[f'ln_final.{kind}'] = tensors[f'text_model.final_layer_norm.{kind}']
    return out


def openai_block(x, w, prefix, heads, mask):
    """ResidualAttentionBlock of openai/CLIP's model.py."""
    dim = x.shape[-1]
    norm = lambda name, y: F.layer_norm(y, (dim,), w[f'{prefix}{name}.weight'], w[f'{prefix}{name}.bias'])
    y = norm('ln_1', x)
    attended, _ = F.multi_head_attention_forward(
        y,
        y,
        y,
        dim,
        heads,
        w[f'{prefix}attn.in_proj_weight'],
        w[f'{prefix}attn.in_proj_bias'],
        None,
        None,
        False,
        0.0,
        w[f'{prefix}attn.out_proj.weight'],
        w[f'{prefix}attn.out_proj.bias'],
        training=False,
        need_weights=False,
        attn_mask=mask,
    )
    x = x + attended
    y = F.linear(norm('ln_2', x), w[f'{prefix}mlp.c_fc.weight'], w[f'{prefix}mlp.c_fc.bias'])
    return x + F.linear(y * torch.sigmoid(1.702 * y), w[f'{prefix}mlp.c_proj.weight'], w[f'{prefix}mlp.c_proj.bias'])


def openai_text(w, ids, heads, layers):
    n = ids.shape[1]
    x = (w['token_embedding.weight'][ids] + w['positional_embedding'][:n]).transpose(0, 1)
    mask = torch.full((n, n), float('-inf')).triu(1)
    for i in range(layers):
        x = openai_block(x, w, f'transformer.resblocks.{i}.', heads, mask)
    x = F.layer_norm(x.transpose(0, 1), x.shape[-1:], w['ln_final.weight'], w['ln_final.bias'])
    return x[torch.arange(len(ids)), ids.argmax(-1)] @ w['text_projection']


def openai_image(w, pixels, heads, layers, patch):
    x = F.conv2d(pixels, w['visual.conv1.weight'], stride=patch).flatten(2).transpose(1, 2)
    x = torch.cat([w['visual.class_embedding'].expand(len(x), 1, -1), x], 1) + w['visual.positional_embedding']
    x = F.layer_norm(x, x.shape[-1:], w['visual.ln_pre.weight'], w['visual.ln_pre.bias']).transpose(0, 1)
    for i in range(layers):
        x = openai_block(x, w, f'visual.transformer.resblocks.{i}.', heads, None)
    return F.layer_norm(x[0], x.shape[-1:], w['visual.ln_post.weight'], w['visual.ln_post.bias']) @ w['visual.proj']


class ClipTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory()
        cls.folder = Path(cls.temporary.name)
        cls.source = cls.folder / 'source'
        done = run('convert.random', 'clip', cls.source, '--seed', 7)
        assert done.returncode == 0, done.stderr
        cls.model = CLIPModel.from_pretrained(cls.source).eval()
        cls.tensors = read(cls.source / 'model.safetensors')
        cls.pixels = torch.randn(2, 3, 32, 32, generator=torch.Generator().manual_seed(3))
        with torch.no_grad():
            cls.vectors = {
                'image': cls.model.get_image_features(pixel_values=cls.pixels),
                'text': cls.model.get_text_features(input_ids=TEXT),
            }
        cls.vectors = {half: getattr(out, 'pooler_output', out) for half, out in cls.vectors.items()}

    @classmethod
    def tearDownClass(cls):
        cls.temporary.cleanup()

    def vector(self, half, path, tensors=None):
        """Of the network that Hugging Face makes of a half's file, with its names and the metadata's sizes."""
        kind, section = HALVES[half]
        config = getattr(CLIPConfig.from_pretrained(self.source), section)
        for key, value in metadata(path).items():
            if key.startswith(f'{section}.'):
                self.assertEqual(value, str(getattr(config, key.split('.')[1])), key)
        network = kind(config).eval()
        tensors = {name: tensor.float() for name, tensor in (tensors or read(path)).items() if name != 'logit_scale'}
        missing, unexpected = network.load_state_dict(tensors, strict=False)
        self.assertEqual([[name for name in missing if not name.endswith('position_ids')], unexpected], [[], []])
        with torch.no_grad():
            out = network(pixel_values=self.pixels) if half == 'image' else network(input_ids=TEXT)
        return out.image_embeds if half == 'image' else out.text_embeds

    def test_each_half_has_its_tensors_and_gives_the_whole_models_vectors(self):
        to = self.folder / 'f32'
        convert(self.source, to, '--dtype', 'f32')
        names = set()
        for half in HALVES:
            path = to / f'{half}.safetensors'
            # Not equal to the last bit: the order of PyTorch's sums depends on where a tensor lies in memory.
            torch.testing.assert_close(self.vector(half, path), self.vectors[half], rtol=1e-5, atol=1e-6)
            self.assertEqual(metadata(path)['dtype'], 'f32')
            for name, tensor in read(path).items():
                self.assertTrue(torch.equal(tensor, self.tensors[name]), name)
                names.add(name)
        self.assertEqual(names, set(self.tensors))

    def test_pytorch_files_and_checkpoints_are_the_same(self):
        expected = self.folder / 'f32-again'
        convert(self.source, expected, '--dtype', 'f32')
        old = {**self.tensors, 'vision_model.embeddings.position_ids': torch.arange(17)[None]}  # as older versions saved
        for name, content in (('pytorch_model.bin', old), ('epoch.pt', {'epoch': 3, 'model_state_dict': self.tensors})):
            source = self.folder / name.replace('.', '-')
            source.mkdir()
            torch.save(content, source / name)
            (source / 'config.json').write_text((self.source / 'config.json').read_text())
            to = self.folder / f'of-{name}'
            convert(source / name, to, '--dtype', 'f32')
            for half in HALVES:
                file = f'{half}.safetensors'
                self.assertEqual((to / file).read_bytes(), (expected / file).read_bytes())

    def test_openais_files_give_openais_vectors(self):
        # 64 wide, since nothing in such a file tells the number of heads
        config = CLIPConfig(
            vision_config=dict(
                hidden_size=64,
                intermediate_size=96,
                num_hidden_layers=2,
                num_attention_heads=1,
                patch_size=8,
                image_size=32,
                projection_dim=24,
            ),
            text_config=dict(hidden_size=128, intermediate_size=96, num_hidden_layers=2, num_attention_heads=2, projection_dim=24),
            projection_dim=24,
        )
        torch.manual_seed(2)
        model = CLIPModel(config)
        for tensor in model.state_dict().values():
            if tensor.dtype == torch.float32 and tensor.dim():
                tensor.copy_(torch.randn(tensor.shape) * 0.2)
        weights = openai_names(model.state_dict())
        with torch.no_grad():
            expected = {'image': openai_image(weights, self.pixels, 1, 2, 8), 'text': openai_text(weights, TEXT, 2, 2)}

        class Archive(torch.nn.Module):  # OpenAI publishes TorchScript
            def forward(self, x):
                return x

        archive = Archive()
        for name, tensor in weights.items():
            at = archive
            *path, last = name.split('.')
            for part in path:
                if not hasattr(at, part):
                    at.add_module(part, Archive())
                at = getattr(at, part)
            at.register_buffer(last, tensor)
        archive.register_buffer('input_resolution', torch.tensor(32))
        torch.save(weights, self.folder / 'openai.pt')
        torch.jit.script(archive).save(str(self.folder / 'script.pt'))
        for name in ('openai', 'script'):
            to = self.folder / name
            convert(self.folder / f'{name}.pt', to, '--dtype', 'f32')
            for half, (kind, section) in HALVES.items():
                path = to / f'{half}.safetensors'
                fields = {
                    key.split('.')[1]: json.loads(value) if value[0].isdigit() else value
                    for key, value in metadata(path).items()
                    if key.startswith(f'{section}.')
                }
                network = kind(type(getattr(config, section))(**fields)).eval()
                network.load_state_dict({k: v for k, v in read(path).items() if k != 'logit_scale'}, strict=False)
                with torch.no_grad():
                    out = network(pixel_values=self.pixels) if half == 'image' else network(input_ids=TEXT)
                found = out.image_embeds if half == 'image' else out.text_embeds
                torch.testing.assert_close(found, expected[half], rtol=1e-4, atol=1e-5)

    def test_smaller_dtypes_round_and_nothing_else(self):
        for dtype, kind in (('f16', torch.float16), ('bf16', torch.bfloat16)):
            to = self.folder / dtype
            convert(self.source, to, '--dtype', dtype)
            for half in HALVES:
                for name, tensor in read(to / f'{half}.safetensors').items():
                    expected = self.tensors[name] if name == 'logit_scale' else self.tensors[name].to(kind)
                    self.assertEqual(tensor.dtype, expected.dtype, name)
                    self.assertTrue(torch.equal(tensor, expected), name)

    def test_int8_is_within_half_a_step_and_its_scales_come_first(self):
        to = self.folder / 'int8'
        convert(self.source, to)
        for half in HALVES:
            path = to / f'{half}.safetensors'
            tensors = read(path)
            places = header(path)
            whole = {name for name, tensor in tensors.items() if tensor.dtype == torch.int8}
            self.assertEqual(len(whole), 2 * 6)  # layers, matrices of each
            self.assertEqual({name for name in tensors if name.endswith('.scale')}, {f'{name}.scale' for name in whole})
            back = {}
            for name, tensor in tensors.items():
                if name in whole:
                    scale = tensors[f'{name}.scale']
                    steps = plain_int8.along(scale, tensor)
                    self.assertEqual((scale.dtype, scale.shape), (torch.float32, tensor.shape[:1]))
                    self.assertLess(places[f'{name}.scale']['data_offsets'][0], places[name]['data_offsets'][0])
                    self.assertEqual(tensor.abs().amax(dim=1).tolist(), [127] * len(tensor))
                    error = (tensor * steps - plain_int8.rotated(self.tensors[name])).abs()
                    self.assertTrue((error <= steps * 0.5001).all(), name)
                    back[name] = plain_int8.matrix(tensor, scale).float()
                elif not name.endswith('.scale'):
                    self.assertEqual(tensor.dtype, torch.float32 if name == 'logit_scale' else torch.float16, name)
                    back[name] = tensor
            cosine = F.cosine_similarity(self.vector(half, path, back), self.vectors[half])
            self.assertGreater(cosine.min().item(), 0.999)

    def test_the_same_model_is_the_same_file_with_its_sha256_beside_it(self):
        files = []
        for to in (self.folder / 'once', self.folder / 'twice'):
            convert(self.source, to, '--half', 'image')
            path = to / 'image.safetensors'
            self.assertEqual(sorted(each.name for each in to.iterdir()), [path.name, f'{path.name}.sha256'])
            checked = subprocess.run(['sha256sum', '--check', '--strict', f'{path.name}.sha256'], cwd=to, capture_output=True)
            self.assertEqual(checked.returncode, 0)
            files.append(path.read_bytes())
        self.assertEqual(files[0], files[1])

    def test_random_weights_follow_their_seed(self):
        same, other = self.folder / 'same', self.folder / 'other'
        for folder, seed in ((same, 7), (other, 8)):
            self.assertEqual(run('convert.random', 'clip', folder, '--seed', seed).returncode, 0)
        self.assertEqual((same / 'model.safetensors').read_bytes(), (self.source / 'model.safetensors').read_bytes())
        for name, tensor in read(other / 'model.safetensors').items():
            self.assertEqual(tensor.shape, self.tensors[name].shape)
            self.assertEqual(torch.equal(tensor, self.tensors[name]), name == 'logit_scale', name)

    def test_what_is_no_clip_is_refused_in_a_sentence(self):
        folder = self.folder / 'bad'
        folder.mkdir()
        missing = {name: tensor for name, tensor in self.tensors.items() if name != 'visual_projection.weight'}
        safetensors.torch.save_file(missing, folder / 'missing.safetensors')
        large = {**self.tensors, 'visual_projection.weight': torch.full((24, 32), 1e5)}
        safetensors.torch.save_file(large, folder / 'large.safetensors')
        query = 'vision_model.encoder.layers.0.self_attn.q_proj.weight'
        nan = {**self.tensors, query: torch.full((32, 32), float('nan'))}
        safetensors.torch.save_file(nan, folder / 'nan.safetensors')
        (folder / 'broken.safetensors').write_bytes(b'\xff' * 100)
        (folder / 'broken.bin').write_bytes(b'not a pickle')
        torch.save([1, 2], folder / 'list.bin')
        cases = {
            'missing.safetensors': 'no tensor visual_projection.weight',
            'large.safetensors': 'visual_projection.weight has values',
            'nan.safetensors': f'{query} has values',
            'broken.safetensors': 'could not be read',
            'broken.bin': 'could not be read',
            'list.bin': 'found list',
            'nothing.bin': 'there is none',
            '': 'found none of them',
        }
        for name, words in cases.items():
            to = self.folder / 'bad-out'
            done = run('convert', folder / name, to, '--dtype', 'int8' if name.startswith('nan') else 'f16', '--half', 'image')
            self.assertEqual(done.returncode, 1, name)
            self.assertIn(words, done.stderr)
            self.assertTrue(done.stderr.startswith('convert: ') and done.stderr.count('\n') == 1, done.stderr)
            self.assertEqual(list(to.iterdir()) if to.exists() else [], [])
