"""Writes tests/golden/acgvoc2vec and distilbert_golden.h: a tiny acgvoc2vec with seeded random weights, and what the originals
say it gives.

The network is transformers' DistilBertModel, the mean and the dense layer are sentence-transformers', all in float64, from
weights rounded to float16 as the file has them; the tokenizer is Hugging Face's. Development only: the tests need none of these.

    python3 tests/nets/make_distilbert_golden.py         (with sentence-transformers 6.2.0)
"""

import json
import pathlib
import random
import sys
import tempfile

import safetensors.torch
import torch
from sentence_transformers.sentence_transformer.modules import Dense, Pooling
from tokenizers import Tokenizer
from transformers import DistilBertConfig, DistilBertModel

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / 'models'))
import golden_layers  # noqa: E402
from convert import distilbert  # noqa: E402
from convert.source import read_source  # noqa: E402
from convert.write import write  # noqa: E402

GOLDEN = HERE.parent / 'golden/acgvoc2vec'
HIDDEN, DIM, MAX_TOKENS, POSITIONS = 48, 40, 32, 36
LENGTHS = (2, 9, 32, 7)
SPECIAL = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]']
WORDS = 'girl silver hair a photo of cat the friends party blue eyes long school uniform smile sky night ##s ##ing ##ed ##er ##ly'.split()
ALONE = '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~0123456789夜空星銀髪少女制服東方初音笑顔青赤猫耳穿着水手的孩。、！ー'
LETTERS = 'abcdefghijklmnopqrstuvwxyzのにはをがとあいうえおかきくけこミクルンア'
TEXTS = [
    '',
    '1girl, silver hair',
    'a photo of a cat',
    '夜空に星',
    '銀髪の女の子、制服',
    "😀 & friends' party",
    '一个穿着水手服的女孩',
    'Café naïve',
    '[SEP] x [MASK]',
    'the long night of blue eyes ' * 10,
]


def make_network():
    """-> DistilBertModel, Pooling, Dense"""
    config = DistilBertConfig(
        vocab_size=len(vocabulary()),
        max_position_embeddings=POSITIONS,
        dim=HIDDEN,
        hidden_dim=96,
        n_layers=2,
        n_heads=3,
        dropout=0.0,
        attention_dropout=0.0,
        attn_implementation='eager',
    )
    model, dense = DistilBertModel(config).eval(), Dense(HIDDEN, DIM)  # tanh is what it does without being told
    generator = torch.Generator().manual_seed(20230601)
    with torch.no_grad():
        for name, p in [*model.named_parameters(), *dense.named_parameters()]:
            noise = torch.randn(p.shape, generator=generator)
            if 'norm' in name.lower():
                p.copy_(0.2 * noise + (1 if name.endswith('weight') else 0))
            elif p.ndim == 1:
                p.copy_(0.2 * noise)
            elif 'embeddings' in name:
                p.copy_(0.5 * noise)
            else:
                p.copy_(1.2 * noise / p[0].numel() ** 0.5)
            p.copy_(p.half().float())
    return model.double(), Pooling(HIDDEN, pooling_mode='mean'), dense.double()


def vocabulary():
    return SPECIAL + WORDS + list(ALONE) + [prefix + letter for letter in LETTERS for prefix in ('', '##')]


def write_published(folder, model, dense):
    """As sentence-transformers has it, for the converter."""
    (folder / '2_Dense').mkdir()
    safetensors.torch.save_file({name: t.float().contiguous() for name, t in model.state_dict().items()}, folder / 'model.safetensors')
    safetensors.torch.save_file({name: t.float() for name, t in dense.state_dict().items()}, folder / '2_Dense/model.safetensors')
    model.config.save_pretrained(folder)
    (folder / 'sentence_bert_config.json').write_text(json.dumps({'max_seq_length': MAX_TOKENS}))
    (folder / 'vocab.txt').write_text('\n'.join(vocabulary()) + '\n', encoding='utf-8')


def save_models(model, dense):
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        write_published(folder, model, dense)
        for dtype, path in (('int8', 'model_i8.safetensors'), ('f16', 'model.safetensors')):
            files = list(distilbert.convert(read_source(folder)))
            files[0].name = path
            for file in files:
                write(GOLDEN, file, dtype)
            (GOLDEN / f'{path}.sha256').unlink()


def run(network, ids):
    """Texts of different lengths together, padded, as sentence-transformers runs them -> by layer, the texts' rows one after the other"""
    model, pooling, dense = network
    mask = torch.tensor([[1] * len(text) + [0] * (MAX_TOKENS - len(text)) for text in ids])
    padded = torch.tensor([text + [0] * (MAX_TOKENS - len(text)) for text in ids])
    out = model(input_ids=padded, attention_mask=mask, output_hidden_states=True)
    names = ['embeddings', 'layers.0', 'layers.1']
    layers = [(name, torch.cat([t[i, : len(text)] for i, text in enumerate(ids)])) for name, t in zip(names, out.hidden_states)]
    features = pooling({'token_embeddings': out.last_hidden_state, 'attention_mask': mask})
    pooled = features['sentence_embedding']
    return layers + [('pooled', pooled), ('out', dense(features)['sentence_embedding'])]


HEADER = """// What transformers and sentence-transformers (float64) give for every layer of the tiny acgvoc2vec in tests/golden/acgvoc2vec.
// Written by make_distilbert_golden.py; do not edit. Used by the network test only.
"""


def write_header(network, path):
    rng = random.Random(7)
    cls, sep = SPECIAL.index('[CLS]'), SPECIAL.index('[SEP]')
    texts = [[cls, *[rng.randrange(len(SPECIAL), len(vocabulary())) for _ in range(n - 2)], sep] for n in LENGTHS]
    lines = ['enum { DISTILBERT_GOLDEN_VOCABULARY = %d };' % len(vocabulary()), *golden_layers.texts('DISTILBERT_GOLDEN', texts)]
    golden_layers.write(path, HEADER, lines, {'DISTILBERT_GOLDEN': run(network, texts)}, rng)


def write_expected(network, path):
    tokenizer = Tokenizer.from_file(str(GOLDEN / 'tokenizer.json'))
    tokenizer.enable_truncation(MAX_TOKENS)
    texts = []
    for text in TEXTS:
        ids = tokenizer.encode(text).ids
        texts.append({'text': text, 'ids': ids, 'vector': golden_layers.rounded(run(network, [ids])[-1][1])})
    expected = {'about': 'written by tests/nets/make_distilbert_golden.py', 'texts': texts}
    path.write_text(json.dumps(expected, ensure_ascii=False, separators=(',', ':')).replace('},{"', '},\n{"') + '\n', encoding='utf-8')


@torch.no_grad()
def main():
    GOLDEN.mkdir(exist_ok=True)
    network = make_network()
    save_models(network[0], network[2])
    write_header(network, HERE / 'distilbert_golden.h')
    write_expected(network, GOLDEN / 'expected.json')


if __name__ == '__main__':
    main()
