"""The networks that the converter's files describe, in plain PyTorch: what docs/internals/quantisation.md says of their tensors, and no more."""

import torch
import torch.nn.functional as F

import plain_int8


class Plain:
    """Tensors of a file (int8 with their scales multiplied out), in float64."""

    def __init__(self, tensors):
        self.tensors = {}
        for name, tensor in tensors.items():
            scale = tensors.get(f'{name}.scale')
            if scale is not None and tensor.shape[2:].numel() == 1:  # matrices and kernels of one pixel are rotated
                tensor = plain_int8.matrix(tensor.flatten(1), scale).reshape(tensor.shape)
            elif scale is not None:
                tensor = tensor * scale.reshape(-1, *[1] * (tensor.dim() - 1))
            self.tensors[name] = tensor.double()

    def has(self, name):
        return f'{name}.weight' in self.tensors

    def conv(self, x, name, stride=1, padding=(0, 0)):
        before, after = padding
        x = F.pad(x, (before, after, before, after))
        return F.conv2d(x, self.tensors[f'{name}.weight'], self.tensors[f'{name}.bias'], stride)

    def dense(self, x, name):
        return F.linear(x, self.tensors[f'{name}.weight'], self.tensors.get(f'{name}.bias'))

    def scale_shift(self, x, name):
        return x * self.tensors[f'{name}.weight'][:, None, None] + self.tensors[f'{name}.bias'][:, None, None]


def same(size, kernel, stride):
    """TensorFlow's padding of that name: what is odd goes behind."""
    total = max((-(-size // stride) - 1) * stride + kernel - size, 0)
    return total // 2, total - total // 2


def resnet_v2(tensors, x):
    """x [n][3][side][side] -> {bookmark, view, sanity: [n][bins]}"""
    net = Plain(tensors)
    x = net.conv(x, 'conv1_conv', 2, (3, 3))
    x = F.max_pool2d(F.pad(x, (1, 1, 1, 1)), 3, 2)
    for stack in range(2, 6):
        n = 1
        while net.has(f'conv{stack}_block{n + 1}_1_conv'):
            n += 1
        for i in range(1, n + 1):
            x = _block_v2(net, x, f'conv{stack}_block{i}', 2 if i == n and stack < 5 else 1)
    x = F.relu(net.scale_shift(x, 'post_bn')).mean((2, 3))
    return {name: net.dense(x, f'{name}_predict').softmax(1) for name in ('bookmark', 'view', 'sanity')}


def _block_v2(net, x, name, stride):
    active = F.relu(net.scale_shift(x, f'{name}_preact_bn'))
    shortcut = net.conv(active, f'{name}_0_conv') if net.has(f'{name}_0_conv') else x[:, :, ::stride, ::stride]
    y = F.relu(net.conv(active, f'{name}_1_conv'))
    y = F.relu(net.conv(y, f'{name}_2_conv', stride, (1, 1)))
    return shortcut + net.conv(y, f'{name}_3_conv')


def deepdanbooru(tensors, x, metadata):
    """x [n][3][side][side] -> {tags, style (if there is all of it), illust2vec: [n][values]}"""
    net = Plain(tensors)
    x = F.relu(net.conv(x, 'stem', 2, same(x.shape[-1], 7, 2)))
    before, after = same(x.shape[-1], 3, 2)
    x = F.max_pool2d(F.pad(x, (before, after, before, after), value=-torch.inf), 3, 2)
    sums, stage = [], 0
    while net.has(f'stages.{stage}.0.conv1'):
        block = 0
        while net.has(f'stages.{stage}.{block}.conv1'):
            sums.append(_block(net, F.relu(sums[-1]) if sums else x, f'stages.{stage}.{block}', 2 if stage and not block else 1))
            block += 1
        stage += 1
    styles = [sums[int(i)].flatten(2) for i in metadata['style_blocks'].split(',')]
    found = {
        'illust2vec': sums[int(metadata['feature_block'])].mean((2, 3)),
        'style': torch.stack([(each @ each.mT / each.shape[2]).amax(2) for each in styles]).amax(0),
    }
    if net.has('head'):
        found['tags'] = net.dense(F.relu(sums[-1]).mean((2, 3)), 'head').sigmoid()
    return found


def _block(net, x, name, stride):
    shortcut = net.conv(x, f'{name}.shortcut', stride) if net.has(f'{name}.shortcut') else x
    y = F.relu(net.conv(x, f'{name}.conv1'))
    y = F.relu(net.conv(y, f'{name}.conv2', stride, same(y.shape[-1], 3, stride)))
    return shortcut + net.conv(y, f'{name}.conv3')
