"""Writes cugan_golden.h: what PyTorch says each layer of Real-CUGAN gives, for the network test to compare with.

The network is written out here from its paper and weights alone, in float64, and shares nothing with the C engine.
Development only: it needs torch and numpy (and Pillow for --check), which the tests themselves do not.

    python3 tests/nets/make_cugan_golden.py MODELS_SE_FOLDER [-o cugan_golden.h]
    python3 tests/nets/make_cugan_golden.py MODELS_SE_FOLDER --check PICTURE ENLARGED --model up2x-conservative

MODELS_SE_FOLDER holds up{2,3,4}x-conservative.{param,bin}. --check writes nothing: it enlarges PICTURE as one tile
and prints how far the result is from ENLARGED.
"""

import argparse
import pathlib
import random
import struct

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

import golden_layers

PAD = {2: 18, 3: 14, 4: 19}
MULTIPLE = {2: 2, 3: 4, 4: 2}
NET_SIZE = (24, 16)  # rows and columns without padding: the smallest that leaves a few pixels in the deepest layer


# --- the network ------------------------------------------------------------------------------------------------------


class Trace(dict):
    """The outputs of the layers by name, in the order they were computed."""

    def __call__(self, name, value):
        assert name not in self, name
        self[name] = value
        return value


def act(x):
    return F.leaky_relu(x, 0.1)


def crop(x, n):
    return x[:, :, n:-n, n:-n]


class SqueezeExcite(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.conv1 = nn.Conv2d(c, c // 8, 1)
        self.conv2 = nn.Conv2d(c // 8, c, 1)

    def forward(self, x):
        return torch.sigmoid(self.conv2(F.relu(self.conv1(x.mean((2, 3), keepdim=True)))))


class Pair(nn.Module):
    """Two 3x3 convolutions and, if asked, squeeze-and-excite."""

    def __init__(self, in_c, mid_c, out_c, se):
        super().__init__()
        self.conv = nn.ModuleDict({'0': nn.Conv2d(in_c, mid_c, 3), '2': nn.Conv2d(mid_c, out_c, 3)})
        self.seblock = SqueezeExcite(out_c) if se else None

    def forward(self, x, trace, name):
        x = trace(f'{name}.0', act(self.conv['0'](x)))
        x = trace(f'{name}.2', act(self.conv['2'](x)))
        return x * trace(f'{name}.se', self.seblock(x)) if self.seblock else x


class UNet1(nn.Module):
    def __init__(self, in_c, out_c, bottom, se):
        super().__init__()
        self.conv1 = Pair(in_c, 32, 64, se=False)
        self.conv1_down = nn.Conv2d(64, 64, 2, 2)
        self.conv2 = Pair(64, 128, 64, se)
        self.conv2_up = nn.ConvTranspose2d(64, 64, 2, 2)
        self.conv3 = nn.Conv2d(64, 64, 3)
        self.conv_bottom = nn.ConvTranspose2d(64, out_c, **bottom)

    def forward(self, x, trace, name='unet1'):
        x1 = self.conv1(x, trace, f'{name}.conv1')
        x2 = trace(f'{name}.conv1_down', act(self.conv1_down(x1)))
        x2 = self.conv2(x2, trace, f'{name}.conv2')
        x2 = trace(f'{name}.conv2_up', act(self.conv2_up(x2)))
        x3 = trace(f'{name}.conv3.in', crop(x1, 4) + x2)
        x3 = trace(f'{name}.conv3', act(self.conv3(x3)))
        return trace(f'{name}.conv_bottom', self.conv_bottom(x3))


class UNet2(nn.Module):
    def __init__(self, in_c, out_c, se):
        super().__init__()
        self.conv1 = Pair(in_c, 32, 64, se=False)
        self.conv1_down = nn.Conv2d(64, 64, 2, 2)
        self.conv2 = Pair(64, 64, 128, se)
        self.conv2_down = nn.Conv2d(128, 128, 2, 2)
        self.conv3 = Pair(128, 256, 128, se)
        self.conv3_up = nn.ConvTranspose2d(128, 128, 2, 2)
        self.conv4 = Pair(128, 64, 64, se)
        self.conv4_up = nn.ConvTranspose2d(64, 64, 2, 2)
        self.conv5 = nn.Conv2d(64, 64, 3)
        self.conv_bottom = nn.Conv2d(64, out_c, 3)

    def forward(self, x, trace, name='unet2'):
        x1 = self.conv1(x, trace, f'{name}.conv1')
        x2 = trace(f'{name}.conv1_down', act(self.conv1_down(x1)))
        x2 = self.conv2(x2, trace, f'{name}.conv2')
        x3 = trace(f'{name}.conv2_down', act(self.conv2_down(x2)))
        x3 = self.conv3(x3, trace, f'{name}.conv3')
        x3 = trace(f'{name}.conv3_up', act(self.conv3_up(x3)))
        x4 = trace(f'{name}.conv4.in', crop(x2, 4) + x3)
        x4 = self.conv4(x4, trace, f'{name}.conv4')
        x4 = trace(f'{name}.conv4_up', act(self.conv4_up(x4)))
        x5 = trace(f'{name}.conv5.in', crop(x1, 16) + x4)
        x5 = trace(f'{name}.conv5', act(self.conv5(x5)))
        return trace(f'{name}.conv_bottom', self.conv_bottom(x5))


class Cugan(nn.Module):
    def __init__(self, scale, se=True):
        super().__init__()
        self.scale = scale
        between = 64 if scale == 4 else 3
        bottom = dict(kernel_size=5, stride=3, padding=2) if scale == 3 else dict(kernel_size=4, stride=2, padding=3)
        self.unet1 = UNet1(3, between, bottom, se)
        self.unet2 = UNet2(between, between, se)
        if scale == 4:
            self.conv_final = nn.Conv2d(64, 12, 3)

    def forward(self, x, trace):
        y = self.unet1(x, trace)
        z = self.unet2(y, trace) + crop(y, 20)
        if self.scale < 4:
            return trace('out', z)
        z = trace('conv_final', self.conv_final(trace('conv_final.in', z)))
        z = trace('shuffle', F.pixel_shuffle(crop(z, 1), 2))
        return trace('out', z + F.interpolate(crop(x, PAD[4]), scale_factor=4, mode='nearest'))


# --- the published files ----------------------------------------------------------------------------------------------


def read_ncnn(stem):
    """The (type, out_c, weights, bias) of every layer with weights, in the order of the .param file."""
    data = stem.with_name(stem.name + '.bin').read_bytes()
    lines = stem.with_name(stem.name + '.param').read_text().split('\n')
    assert lines[0].strip() == '7767517', 'not an ncnn .param file'
    at = 0
    layers = []
    for words in (line.split() for line in lines[2:]):
        if not words or words[0] not in ('Convolution', 'Deconvolution', 'InnerProduct'):
            continue
        options = dict(word.split('=') for word in words[4 + int(words[2]) + int(words[3]) :])
        out_c, n = int(options['0']), int(options['2' if words[0] == 'InnerProduct' else '6'])
        (flag,) = struct.unpack_from('<I', data, at)
        assert flag == 0x01306B47, f'{words[1]}: weights are not fp16'
        weights = np.frombuffer(data, '<f2', n, at + 4).astype(np.float64)
        at += 4 + (2 * n + 3) // 4 * 4
        layers.append((words[0], out_c, weights, np.frombuffer(data, '<f4', out_c, at).astype(np.float64)))
        at += 4 * out_c
    assert at == len(data), f'{len(data) - at} bytes left over'
    return layers


def load(folder, model):
    scale = int(model[2])
    layers = read_ncnn(folder / model)
    se = any(kind == 'InnerProduct' for kind, *_ in layers)
    net = Cugan(scale, se).double().eval()
    # The modules above are made in the order in which they run, and that is the order of the file.
    modules = [m for m in net.modules() if isinstance(m, (nn.Conv2d, nn.ConvTranspose2d))]
    assert len(modules) == len(layers)
    for module, (kind, out_c, weights, bias) in zip(modules, layers):
        transposed = isinstance(module, nn.ConvTranspose2d)
        assert transposed == (kind == 'Deconvolution')
        shape = list(module.weight.shape)
        if transposed:  # ncnn keeps [out][in][rows][cols] here too
            shape[0], shape[1] = shape[1], shape[0]
        assert shape[0] == out_c
        weight = torch.from_numpy(weights.reshape(shape))
        module.weight.data = weight.transpose(0, 1).contiguous() if transposed else weight
        module.bias.data = torch.from_numpy(bias)
    return net


def to_bytes(out):
    return np.floor(255 * out[0].permute(1, 2, 0).numpy() + 0.5).clip(0, 255).astype(np.uint8)


# --- the header -------------------------------------------------------------------------------------------------------

HEADER_TOP = """\
// What PyTorch (float64, from the published fp16 weights) gives for every layer of Real-CUGAN on a small padded tile.
// Written by make_cugan_golden.py; do not edit. Used by the network test only.
//
// Input, already padded, in_h x in_w x 3: in[y][x][c] = ((y * 31 + x * 17 + c * 7 + (y * x) % 13) % 256) / 255.
// Layers stand in the order they run, activation applied. NAME.in is a sum that goes into NAME, NAME.2 is before
// squeeze-and-excite, NAME.se is its vector of factors (all c of them). "out" is the finished picture; for 4x "shuffle"
// is that without the nearest-neighbour enlarged input added.
"""

LINES_TOP = """\
typedef struct {
    const char *model;
    int scale, in_h, in_w, out_h, out_w;
    int n_layers;
    const GoldenLayer *layers;
    const char *const *out_rows; // out_h strings: floor(255 v + 0.5) clamped, R G B, two hex digits a value
} CuganGolden;
"""


def small_input(scale):
    h, w = (n + 2 * PAD[scale] for n in NET_SIZE)
    y, x, c = np.mgrid[0:h, 0:w, 0:3]
    values = ((y * 31 + x * 17 + c * 7 + (y * x) % 13) % 256) / 255
    return torch.from_numpy(values).permute(2, 0, 1)[None].contiguous()


def write_golden(folder, model):
    net = load(folder, model)
    x = small_input(net.scale)
    trace = Trace()
    with torch.no_grad():
        net(x, trace)
    out = to_bytes(trace['out'])
    assert out.shape[:2] == tuple(net.scale * n for n in NET_SIZE)
    rows = ''.join(f'        "{row.tobytes().hex()}",\n' for row in out)
    layers = '\n'.join(golden_layers.layer(name, value[0].permute(1, 2, 0), random.Random(name)) for name, value in trace.items())
    sizes = ', '.join(str(n) for n in (net.scale, *x.shape[2:], *out.shape[:2], len(trace)))
    return f'    {{"{model}", {sizes},\n     (const GoldenLayer[]){{\n{layers}\n     }},\n     (const char *const[]){{\n{rows}     }}}},\n'


def write_header(folder, path):
    body = ''.join(write_golden(folder, f'up{scale}x-conservative') for scale in PAD)
    lines = [LINES_TOP, f'static const CuganGolden CUGAN_GOLDEN[{len(PAD)}] = {{\n{body}}};']
    golden_layers.write_lines(path, HEADER_TOP, lines)
    print(f'{path}: {path.stat().st_size} bytes')


def enlarge(net, pixels, levels=(0, 1)):
    """A picture (uint8 h x w x 3) as one tile. `levels`: what black and white are to the network."""
    h, w = pixels.shape[:2]
    black, white = levels
    pad, multiple = PAD[net.scale], MULTIPLE[net.scale]
    rows, cols = (np.array([reflect(i, n) for i in range(-pad, n + -n % multiple + pad)]) for n in (h, w))
    padded = pixels[rows][:, cols] / 255 * (white - black) + black
    with torch.no_grad():
        out = net(torch.from_numpy(padded).permute(2, 0, 1)[None].contiguous(), Trace())
    return to_bytes((out - black) / (white - black))[: h * net.scale, : w * net.scale]


def reflect(i, n):
    """As often as it takes, for pictures that are smaller than what is reflected."""
    if n == 1:
        return 0
    i %= 2 * (n - 1)
    return min(i, 2 * (n - 1) - i)


def check(folder, model, picture, enlarged):
    from PIL import Image

    pixels = np.asarray(Image.open(picture).convert('RGB'))
    want = np.asarray(Image.open(enlarged).convert('RGB'))
    got = enlarge(load(folder, model), pixels).astype(int)
    error = np.abs(got - want)
    mse = (error.astype(float) ** 2).mean()
    psnr = 10 * np.log10(255**2 / mse) if mse else float('inf')
    print(f'{model}: PSNR {psnr:.2f} dB, {(error > 0).sum()} of {error.size} values differ, at most by {error.max()}')


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('models', type=pathlib.Path, help='folder with up{2,3,4}x-conservative.{param,bin}')
    parser.add_argument('-o', '--output', type=pathlib.Path, default=pathlib.Path(__file__).with_name('cugan_golden.h'))
    parser.add_argument('--check', nargs=2, metavar=('PICTURE', 'ENLARGED'))
    parser.add_argument('--model', default='up2x-conservative', help='for --check')
    args = parser.parse_args()
    if args.check:
        check(args.models, args.model, *args.check)
    else:
        write_header(args.models, args.output)


if __name__ == '__main__':
    main()
