"""acgvoc2vec, and other DistilBERTs as sentence-transformers has them: the mean over the tokens, a dense layer with tanh behind it."""

import re

from tokenizers import BertWordPieceTokenizer

from .errors import ConvertError
from .source import read_source
from .write import Model, Text

PARTS = ()
# what is multiplied with whole rows of activations, and the words, which are more than half of the file
QUANTISED = re.compile(r'\.(attention\.(q|k|v|out)_lin|ffn\.lin[12]|word_embeddings)\.weight$')
KEPT = ('embeddings.word_embeddings.', 'embeddings.position_embeddings.', 'embeddings.LayerNorm.', 'transformer.layer.')
# of config.json, under the names that other transformers have for the same
FIELDS = {
    'n_heads': 'num_attention_heads',
    'activation': 'hidden_act',
    'dim': 'hidden_size',
    'hidden_dim': 'intermediate_size',
    'n_layers': 'num_hidden_layers',
    'vocab_size': 'vocab_size',
    'max_position_embeddings': 'max_position_embeddings',
}
DENSE, POOLING = '2_Dense', '1_Pooling/config.json'
MAX_TOKENS = 128


def recognises(source):
    return any(name.endswith('transformer.layer.0.attention.q_lin.weight') for name in source.tensors)


def convert(source, parts=PARTS):
    tensors = {name.removeprefix('distilbert.'): tensor for name, tensor in source.tensors.items()}
    tensors = {name: tensor for name, tensor in tensors.items() if name.startswith(KEPT)}
    _check_pooling(source)
    tokenizer = _tokenizer(source)
    yield Model('model.safetensors', {**tensors, **_dense(source)}, _metadata(source), QUANTISED)
    yield Text('tokenizer.json', tokenizer)


def _metadata(source):
    config = source.config or {}
    max_tokens = (source.read_json('sentence_bert_config.json') or {}).get('max_seq_length') or MAX_TOKENS
    fields = {name: str(config[key]) for key, name in FIELDS.items() if key in config}
    return {'format': 'pt', 'network': 'distilbert', 'max_seq_length': str(max_tokens), **fields}


def _check_pooling(source):
    config = source.read_json(POOLING) or {}
    modes = {key.removeprefix('pooling_mode_') for key, value in config.items() if key.startswith('pooling_mode_') and value is True}
    mode = config.get('pooling_mode') or (modes and ', '.join(sorted(modes)))
    if mode not in ('mean', 'mean_tokens', set()):
        raise ConvertError(f'Expected the mean over the tokens in {source.folder / POOLING} but found {mode}.')


def _dense(source):
    folder = source.folder / DENSE
    if not folder.is_dir():
        raise ConvertError(f'Expected the dense layer of sentence-transformers in {folder} but there is no such folder.')
    dense = read_source(folder)
    activation = (dense.config or {}).get('activation_function', 'Tanh')
    if not activation.endswith('Tanh'):
        raise ConvertError(f'Expected tanh behind the layer in {folder} but found {activation}.')
    if set(dense.tensors) != {'linear.weight', 'linear.bias'}:
        raise ConvertError(f'Expected linear.weight and linear.bias in {folder} but found {", ".join(sorted(dense.tensors))}.')
    return {name.replace('linear', 'dense'): tensor for name, tensor in dense.tensors.items()}


def _tokenizer(source):
    """tokenizer.json as it is, or made of the vocabulary, with the multilingual cased tokenizer's settings."""
    published, vocabulary = source.folder / 'tokenizer.json', source.folder / 'vocab.txt'
    if published.exists():
        return published.read_text(encoding='utf-8')
    if vocabulary.exists():
        return BertWordPieceTokenizer(str(vocabulary), lowercase=False, strip_accents=None).to_str()
    raise ConvertError(f'Expected tokenizer.json or vocab.txt in {source.folder} but found neither.')
