"""Writes tests/golden/pix2score and resnet_v2_golden.h: a tiny pix2score with seeded random weights, and what Keras says it gives.

The network is built of Keras's own parts (keras.applications.resnet: ResNet, stack_residual_blocks_v2) as ResNet101V2 is, with
fewer and narrower blocks, in float64. Its side makes maps of odd and even sides. Development only: the tests need no Keras.

    python3 tests/nets/make_resnet_v2_golden.py
"""

import keras
from convnet_golden import GOLDEN, HERE, double_precision, fill, picture_input, save, source_of, test_input, write_expected, write_header
from convert import resnet_v2
from keras.src.applications import resnet

SIDE = 73  # 37, 19, 10, 5, 3, 3
STACKS = {'conv2': (8, 2, 2), 'conv3': (12, 3, 2), 'conv4': (16, 2, 2), 'conv5': (16, 2, 1)}  # width, blocks, stride
BINS = {'bookmark': 15, 'view': 15, 'sanity': 5}


def make_model():
    def stacks(x):
        for name, (width, blocks, stride) in STACKS.items():
            x = resnet.stack_residual_blocks_v2(x, width, blocks, stride, name=name)
        return x

    picture = keras.Input((SIDE, SIDE, 3), name='input')
    x = resnet.ResNet(stacks, preact=True, use_bias=True, include_top=False, weights=None, input_tensor=picture, pooling='avg').output
    heads = [keras.layers.Dense(n, activation='softmax', name=f'{name}_predict')(x) for name, n in BINS.items()]
    return keras.Model(picture, heads, name='pix2score')


def layers(model):
    names = ['conv1_conv', 'pool1_pool']
    names += [layer.name for layer in model.layers if layer.name.startswith('conv') and layer.name.endswith('_out')] + ['post_relu']
    outputs = keras.Model(model.input, [model.get_layer(name).output for name in names] + model.output)(test_input(SIDE))
    for name, t in zip(names + list(BINS), outputs):
        yield name, t[0] if len(t.shape) == 4 else t[0][None, None]


def main():
    double_precision()
    model = make_model()
    fill(model, 20230801)
    folder = GOLDEN / 'pix2score'
    save(
        folder,
        (
            (name, dtype, next(resnet_v2.convert(source_of(model, folder))))
            for name, dtype in (('model.safetensors', 'f32'), ('model_i8.safetensors', 'int8'))
        ),
    )
    notes = ", under Keras's names; the outputs\n// are last"
    write_header(HERE / 'resnet_v2_golden.h', layers(model), folder='pix2score', array='RESNET_V2_GOLDEN', notes=notes)
    outputs = model(picture_input(GOLDEN / 'anime256.png', SIDE))
    write_expected(
        folder / 'expected.json', {'pictures': {'anime256.png': {name: t[0].numpy().tolist() for name, t in zip(BINS, outputs)}}}
    )


if __name__ == '__main__':
    main()
