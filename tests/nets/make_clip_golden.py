"""Writes tests/golden/clip and clip_golden.h: a tiny CLIP with seeded random weights, and what PyTorch says it gives.

The network and the tokenizer are Hugging Face's (transformers), in float64, from weights rounded to float16 as the files
have them; pictures are prepared by torchvision. Development only: the tests themselves need none of these.

    python3 tests/nets/make_clip_golden.py MERGES

MERGES is CLIP's list of merges (bpe_simple_vocab_16e6.txt.gz, or merges.txt).
"""

import argparse
import gzip
import json
import pathlib
import random
import sys
import tempfile

import numpy as np
import torch
from PIL import Image
from torchvision import transforms
from transformers import CLIPConfig, CLIPModel, CLIPTokenizer
from transformers.convert_slow_tokenizer import bytes_to_unicode

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / 'models'))
import golden_layers  # noqa: E402
from convert import clip  # noqa: E402
from convert.source import Source  # noqa: E402
from convert.write import write  # noqa: E402

GOLDEN = HERE.parent / 'golden'
N_MERGES = 48894
VOCABULARY = 642  # of the file; the real tokenizer's ids are taken modulo this
MEAN, STD = (0.48145466, 0.4578275, 0.40821073), (0.26862954, 0.26130258, 0.27577711)
TEXTS = ['', '1girl, silver hair', 'a photo of a cat', '夜空に星', "😀 & friends' party", 'the of and ' * 60]
LABELS = ['a girl with silver hair', 'a cat', 'a landscape']


# --- the model --------------------------------------------------------------------------------------------------------


def make_model():
    config = CLIPConfig(
        text_config=dict(
            hidden_size=32,
            num_hidden_layers=2,
            num_attention_heads=2,
            intermediate_size=64,
            hidden_act='gelu',
            vocab_size=VOCABULARY,
            bos_token_id=VOCABULARY - 2,
            eos_token_id=VOCABULARY - 1,
        ),
        vision_config=dict(hidden_size=48, num_hidden_layers=2, num_attention_heads=3, intermediate_size=96, image_size=32, patch_size=8),
        projection_dim=40,
        attn_implementation='eager',
    )
    model = CLIPModel(config).eval()
    generator = torch.Generator().manual_seed(20230718)
    with torch.no_grad():
        for name, p in model.named_parameters():
            noise = torch.randn(p.shape, generator=generator)
            if name == 'logit_scale':
                p.fill_(4.0)
            elif 'norm' in name or 'layrnorm' in name:
                p.copy_(0.2 * noise + (1 if name.endswith('weight') else 0))
            elif p.ndim == 1:
                p.copy_(0.2 * noise)
            elif 'embedding.weight' in name and p.ndim == 2:
                p.copy_(0.5 * noise)
            else:
                p.copy_(1.2 * noise / p[0].numel() ** 0.5)
            p.copy_(p.half().float())
    return model.double()


def save_models(model, folder):
    """With the converter, as every model that is not taken as published."""
    source = Source(folder / 'model.safetensors', dict(model.state_dict()), model.config.to_dict())
    for name, half, dtype in (('image', 'image', 'f16'), ('text', 'text', 'f16'), ('image_i8', 'image', 'int8')):
        file = next(clip.convert(source, [half]))
        file.name = f'{name}.safetensors'
        path = write(folder, file, dtype)
        path.with_name(f'{path.name}.sha256').unlink()


# --- the tokenizer ----------------------------------------------------------------------------------------------------


def read_merges(path):
    opened = gzip.open if path.endswith('.gz') else open
    with opened(path, 'rt', encoding='utf-8') as file:
        return file.read().split('\n')[1 : N_MERGES + 1]


def merges_of(ids, merges):
    """The merges that make these tokens, by rank."""
    ranks = {''.join(merge.split()): rank for rank, merge in enumerate(merges)}
    found, waiting = {}, [merges[i - 512].replace(' ', '') for i in ids if 512 <= i < 512 + N_MERGES]
    while waiting:
        rank = ranks.get(waiting.pop())
        if rank is not None and rank not in found:
            found[rank] = merges[rank]
            waiting += merges[rank].split()
    return dict(sorted(found.items()))


def make_tokenizer(merges):
    """CLIP's tokenizer: its ids follow from the order of the merges."""
    symbols = list(bytes_to_unicode().values())
    words = symbols + [s + '</w>' for s in symbols] + [''.join(m.split()) for m in merges] + ['<|startoftext|>', '<|endoftext|>']
    with tempfile.TemporaryDirectory() as folder:
        files = {
            'merges.txt': '\n'.join(['#version: 0.2', *merges]) + '\n',
            'vocab.json': json.dumps({word: i for i, word in enumerate(words)}),
            'tokenizer_config.json': json.dumps({'tokenizer_class': 'CLIPTokenizer'}),
        }
        for name, text in files.items():
            (pathlib.Path(folder) / name).write_text(text, encoding='utf-8')
        return CLIPTokenizer.from_pretrained(folder, model_max_length=77)


# --- what PyTorch says ------------------------------------------------------------------------------------------------


def test_pixels(side):
    y, x, c = np.meshgrid(np.arange(side), np.arange(side), np.arange(3), indexing='ij')
    return ((y * 31 + x * 17 + c * 7 + (y * x) % 13) % 256 / 255 - 0.5) * 4


def image_layers(model):
    pixels = torch.tensor(test_pixels(32)).permute(2, 0, 1)[None]
    out = model.vision_model(pixels, output_hidden_states=True)
    layers = [('pre_layrnorm', out.hidden_states[0][0])]
    layers += [(f'layers.{i}', t[0]) for i, t in enumerate(out.hidden_states[1:])]
    return layers + [('out', model.visual_projection(out.pooler_output))]


def text_layers(model, texts):
    """Each text alone, without padding; their rows one after the other, as the engine has them."""
    names = ['embeddings', 'layers.0', 'layers.1', 'out']
    parts = {name: [] for name in names}
    for ids in texts:
        out = model.text_model(torch.tensor([ids]), output_hidden_states=True)
        for name, t in zip(names, [*out.hidden_states, model.text_projection(out.pooler_output)[None]]):
            parts[name].append(t[0])
    return [(name, torch.cat(rows)) for name, rows in parts.items()]


HEADER = """// What PyTorch (transformers, float64) gives for every layer of the tiny CLIP in tests/golden/clip.
// Written by make_clip_golden.py; do not edit. Used by the network test only.
//
// Input of the image network: in[y][x][c] = (((y * 31 + x * 17 + c * 7 + (y * x) % 13) % 256) / 255 - 0.5) * 4.
"""


def write_header(model, path):
    rng = random.Random(7)
    end = model.config.text_config.vocab_size - 1
    texts = [[end - 1, *[rng.randrange(end - 1) for _ in range(n - 2)], end] for n in (2, 9, 77, 10)]
    layers = {'CLIP_GOLDEN_IMAGE': image_layers(model), 'CLIP_GOLDEN_TEXT': text_layers(model, texts)}
    golden_layers.write(path, HEADER, golden_layers.texts('CLIP_GOLDEN', texts), layers, rng)


def image_vector(model, path):
    prepare = transforms.Compose(
        [
            transforms.Resize(32, interpolation=transforms.InterpolationMode.BICUBIC),
            transforms.CenterCrop(32),
            transforms.Lambda(lambda picture: picture.convert('RGB')),
            transforms.ToTensor(),
            transforms.Normalize(MEAN, STD),
        ]
    )
    pixels = prepare(Image.open(path)).double()[None]
    return model.visual_projection(model.vision_model(pixels).pooler_output)


def text_vector(model, tokenizer, text):
    ids = tokenizer(text, truncation=True, max_length=77)['input_ids']
    hidden = model.text_model(torch.tensor([ids]) % VOCABULARY).last_hidden_state
    return ids, model.text_projection(hidden[:, -1])


def write_expected(model, tokenizer, merges, path):
    picture = image_vector(model, GOLDEN / 'anime256.png')
    label_ids, labels = zip(*[text_vector(model, tokenizer, label) for label in LABELS])
    labels = torch.cat(labels)
    cosines = torch.nn.functional.normalize(picture) @ torch.nn.functional.normalize(labels).T
    texts = [(text, *text_vector(model, tokenizer, text)) for text in TEXTS]
    used = sorted({i for _, ids, _ in texts for i in ids} | {i for ids in label_ids for i in ids})
    expected = {
        'about': 'written by tests/nets/make_clip_golden.py',
        'vocabulary': VOCABULARY,
        'merges': merges_of(used, merges),
        'pictures': {'anime256.png': golden_layers.rounded(picture)},
        'texts': [{'text': text, 'ids': ids, 'vector': golden_layers.rounded(vector)} for text, ids, vector in texts],
        'labels': LABELS,
        'cosines': golden_layers.rounded(cosines),
        'probabilities': golden_layers.rounded((cosines * model.logit_scale.exp()).softmax(1)),
    }
    path.write_text(json.dumps(expected, ensure_ascii=False, separators=(',', ':')).replace('],"', '],\n"') + '\n', encoding='utf-8')


@torch.no_grad()
def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('merges')
    arguments = parser.parse_args()
    folder = GOLDEN / 'clip'
    folder.mkdir(exist_ok=True)
    model = make_model()
    save_models(model, folder)
    merges = read_merges(arguments.merges)
    tokenizer = make_tokenizer(merges)
    write_header(model, HERE / 'clip_golden.h')
    write_expected(model, tokenizer, merges, folder / 'expected.json')


if __name__ == '__main__':
    main()
