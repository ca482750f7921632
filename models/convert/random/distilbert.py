"""A DistilBERT in any size, as sentence-transformers publishes one: transformer, mean, dense layer with tanh, and a vocabulary."""

import json
import re

import safetensors.torch
import torch
from tokenizers import BertWordPieceTokenizer
from transformers import DistilBertConfig, DistilBertModel

from . import statistics

SIZES = {  # hidden, mlp, layers, heads, positions; vector, vocabulary
    'tiny': ((48, 96, 2, 3, 40), (40, 1500)),
    'distiluse': ((768, 3072, 6, 12, 512), (512, 119547)),
}
ADDED = re.compile(r'out_lin|lin2')  # what a layer adds
# where the multilingual cased vocabulary has its special tokens
SPECIAL = {0: '[PAD]', 100: '[UNK]', 101: '[CLS]', 102: '[SEP]', 103: '[MASK]'}
CHARACTERS = [*range(0x21, 0x7F), *range(0x3041, 0x30FF), *range(0x4E00, 0x9FFF)]
MODULES = [('', 'Transformer'), ('1_Pooling', 'Pooling'), ('2_Dense', 'Dense')]


def config(size):
    hidden, mlp, layers, heads, positions = SIZES[size][0]
    return DistilBertConfig(
        dim=hidden, hidden_dim=mlp, n_layers=layers, n_heads=heads, max_position_embeddings=positions, vocab_size=SIZES[size][1][1]
    )


def make(folder, size, seed):
    """-> the path of model.safetensors"""
    with torch.device('meta'):
        model = DistilBertModel(config(size))
    generator = torch.Generator().manual_seed(seed)
    tensors = {name: _tensor(name, list(tensor.shape), generator) for name, tensor in model.state_dict().items()}
    out, hidden = SIZES[size][1][0], SIZES[size][0][0]
    dense = {'linear.weight': statistics.weights([out, hidden], 1, generator), 'linear.bias': statistics.shifts(out, 0.05, generator)}
    (folder / '2_Dense').mkdir(parents=True, exist_ok=True)
    safetensors.torch.save_file(dense, folder / '2_Dense/model.safetensors', {'format': 'pt'})
    safetensors.torch.save_file(tensors, folder / 'model.safetensors', {'format': 'pt'})
    model.config.save_pretrained(folder)
    _write_modules(folder, hidden, out, SIZES[size][0][4])
    _write_tokenizer(folder, SIZES[size][1][1])
    return folder / 'model.safetensors'


def _tensor(name, shape, generator):
    if re.search(r'norm\.weight$', name, re.IGNORECASE):
        return statistics.gains(shape[0], generator)
    if name.endswith('.bias'):
        shifts = statistics.added_shifts if ADDED.search(name) else statistics.shifts
        return shifts(shape[0], 0.1, generator)
    if 'embeddings' in name:
        return statistics.normal(shape, 0.05, generator)
    # queries and keys large enough for attention to choose; what is added small enough for the rest not to drown
    gain = 1.4 if re.search(r'[qk]_lin', name) else 0.5 if ADDED.search(name) else 0.8
    return statistics.weights(shape, gain, generator)


def _write_modules(folder, hidden, out, positions):
    modules = [
        {'idx': i, 'name': str(i), 'path': path, 'type': f'sentence_transformers.models.{kind}'} for i, (path, kind) in enumerate(MODULES)
    ]
    dense = {'in_features': hidden, 'out_features': out, 'bias': True, 'activation_function': 'torch.nn.modules.activation.Tanh'}
    files = {
        'modules.json': modules,
        '2_Dense/config.json': dense,
        '1_Pooling/config.json': {'word_embedding_dimension': hidden, 'pooling_mode_mean_tokens': True},
        'sentence_bert_config.json': {'max_seq_length': min(128, positions), 'do_lower_case': False},
        'tokenizer_config.json': {
            'tokenizer_class': 'PreTrainedTokenizerFast',
            'unk_token': '[UNK]',
            'cls_token': '[CLS]',
            'sep_token': '[SEP]',
            'pad_token': '[PAD]',
            'mask_token': '[MASK]',
        },
    }
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(content, indent=2) + '\n')


def _write_tokenizer(folder, n):
    """Single characters, at the beginning of words and inside them, as far as there is room."""
    words = {**SPECIAL, **{i: f'[unused{i}]' for i in range(1, 100)}}
    pieces = (prefix + chr(c) for c in CHARACTERS for prefix in ('', '##'))
    for i in range(len(words), n):
        words[i] = next(pieces, f'[unused{i}]')
    (folder / 'vocab.txt').write_text(''.join(f'{words[i]}\n' for i in range(n)), encoding='utf-8')
    BertWordPieceTokenizer(str(folder / 'vocab.txt'), lowercase=False).save(str(folder / 'tokenizer.json'))
