// The converter's number formats, quantisation and texts, against slow plain references and what Python gives.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { reluMoments, sumOfMoments } from '../../js/models/convert/batch_norm.js';
import { fromBfloat, fromHalf, toBfloat, toHalf } from '../../js/models/convert/floats.js';
import { inputSide, numbered } from '../../js/models/convert/keras_variables.js';
import { byCodePoint, layOut } from '../../js/models/convert/layout.js';
import { erfc, normalBelow } from '../../js/models/convert/normal.js';
import { floatStr, isTrue, pythonStr, readJson } from '../../js/models/convert/python_text.js';
import { correctBias, errorCompensation, quantiseKernels, quantiseRows, rotateRows, scaleShape } from '../../js/models/convert/quantise.js';
import { Random } from './converter_sources.mjs';

/** Of all 16-bit numbers of a kind, from smallest to largest, the finite ones: sign, exponent, mantissa by the book. */
function allFinite(exponentBits, mantissaBits) {
    const bias = 2 ** (exponentBits - 1) - 1;
    const found = [];
    for (let bits = 0; bits < 2 ** (exponentBits + mantissaBits); bits++) {
        const exponent = Math.floor(bits / 2 ** mantissaBits);
        const mantissa = (bits % 2 ** mantissaBits) / 2 ** mantissaBits;
        if (exponent === 2 ** exponentBits - 1) break;
        found.push(exponent === 0 ? mantissa * 2 ** (1 - bias) : (1 + mantissa) * 2 ** (exponent - bias));
    }
    return found;
}

/** The nearest one's bits, of two as near the even one; undefined beyond half a step after the last. */
function nearest(finite, value) {
    const size = Math.abs(value);
    let low = 0;
    for (let step = 2 ** 15; step >= 1; step /= 2) if (finite[low + step] <= size) low += step;
    const above = finite[low + 1] ?? 2 * finite[low] - finite[low - 1];
    const isUp = size - finite[low] > above - size || (size - finite[low] === above - size && low % 2 === 1);
    const bits = low + Number(isUp);
    return bits < finite.length ? bits + (value < 0 || Object.is(value, -0) ? 0x8000 : 0) : undefined;
}

function samples(finite) {
    const random = new Random(9);
    const bits = new Uint32Array(40_000).map(() => random.bits());
    const values = [...new Float32Array(bits.buffer)].filter((value) => !Number.isNaN(value));
    for (let i = 0; i + 1 < finite.length; i++) {
        const middle = (finite[i] + finite[i + 1]) / 2;
        for (const value of [finite[i], middle, middle * (1 - 2 ** -23), middle * (1 + 2 ** -23)])
            values.push(Math.fround(i % 2 ? value : -value));
    }
    const last = finite.at(-1);
    const limit = last + (last - finite.at(-2)) / 2;
    return [...values, limit, -limit, limit * (1 - 2 ** -24), Infinity, -Infinity, 0, -0, 2 ** -149, -(2 ** -149)].map(Math.fround);
}

for (const [name, to, from, finite] of [
    ['f16', toHalf, fromHalf, allFinite(5, 10)],
    ['bf16', toBfloat, fromBfloat, allFinite(8, 7)],
]) {
    it(`${name}: each number rounds to the nearest one, ties to even`, () => {
        const out = new Uint16Array(1);
        for (const value of samples(finite)) {
            const wanted = Number.isFinite(value) ? nearest(finite, value) : undefined;
            assert.equal(to(Float32Array.of(value), out) ? out[0] : undefined, wanted, `${value}`);
        }
        assert.equal(to(Float32Array.of(Number.NaN), out), false);
    });

    it(`${name}: all 65536 are read, and the finite ones written again`, () => {
        const all = Uint16Array.from({ length: 2 ** 16 }, (_, i) => i);
        const values = from(all);
        for (const bits of all) {
            const size = finite[bits & 0x7fff];
            const special = (bits & 0x7fff) === finite.length ? Infinity : Number.NaN;
            assert.ok(Object.is(values[bits], (bits & 0x8000 ? -1 : 1) * (size ?? special)), `${bits}`);
        }
        const kept = all.filter((bits) => (bits & 0x7fff) < finite.length);
        const back = new Uint16Array(kept.length);
        assert.equal(to(from(kept), back), true);
        assert.deepEqual(back, kept);
    });
}

function rows(values, n) {
    const weights = Float32Array.from(values);
    const whole = new Int8Array(weights.length);
    const scales = new Float32Array(weights.length / n);
    return { fits: quantiseRows(weights, n, whole, scales), whole: [...whole], scales: [...scales] };
}

it('int8: each row has its scale, and halves of a step round to even', () => {
    assert.deepEqual(rows([127, 0.5, 1.5, 2.5, -0.5, -1.5], 6), { fits: true, whole: [127, 0, 2, 2, 0, -2], scales: [1] });
    assert.deepEqual(rows([-254, 3, 0, 0, 63.5, 0.25], 2), { fits: true, whole: [-127, 2, 0, 0, 127, 0], scales: [2, 1, 0.5] });
});

it('int8: a matrix has a scale for each K-block of 256 inputs; so has a kernel of one pixel; a table of words and other kernels have one for each row', () => {
    assert.deepEqual(scaleShape('fc2.weight', [3, 257]), [3, 2]);
    assert.deepEqual(scaleShape('fc2.weight', [3, 256]), [3]);
    assert.deepEqual(scaleShape('embeddings.word_embeddings.weight', [3, 257]), [3]);
    assert.deepEqual(scaleShape('conv.weight', [3, 257, 1, 1]), [3, 2]);
    assert.deepEqual(scaleShape('conv.weight', [3, 257, 3, 3]), [3]);
    const weights = new Float32Array(2 * 300).fill(1);
    weights.set([254], 0); // of row 0, block 0
    weights.set([63.5], 599); // of row 1, block 1
    const whole = new Int8Array(600);
    const scales = new Float32Array(4);
    assert.equal(quantiseRows(weights, 300, whole, scales), true);
    assert.deepEqual([...scales], [2, Math.fround(1 / 127), Math.fround(1 / 127), 0.5]);
    assert.deepEqual(
        [0, 1, 255, 256, 299, 300, 555, 556, 599].map((i) => whole[i]),
        [127, 0, 0, 127, 127, 127, 127, 2, 127],
    );
});

it('int8: each K-block of a matrix is multiplied by the inverse of a Hadamard matrix, as far as a power of two allows', () => {
    const n = 256 + 76; // of the second block 64 are mixed
    const weights = Float32Array.from({ length: 2 * n }, (_, i) => Math.sin(i * i) * (i % 50 === 7 ? 20 : 1));
    const rotated = weights.slice();
    rotateRows(rotated, n);
    const ones = (value) => value.toString(2).replaceAll('0', '').length;
    for (let at = 0; at < weights.length; at++) {
        const place = at % n;
        const [first, mixed] = place < 256 ? [0, 256] : [256, 64];
        const to = place - first;
        let sum = 0;
        for (let k = to % 4; k < mixed; k += 4) {
            sum += (ones((to >> 2) & (k >> 2)) % 2 ? -4 : 4) * (weights[at - to + k] / mixed);
        }
        if (to >= mixed) assert.equal(rotated[at], weights[at]);
        else assert.ok(Math.abs(rotated[at] - sum) < 1e-6, `${at}`);
    }
    const short = Float32Array.of(1, 2, 3);
    rotateRows(short, 3);
    assert.deepEqual([...short], [1, 2, 3]);
});

it('int8: a row that is all but zero has a scale that float32 holds, or is zeros', () => {
    const least = 2 ** -149;
    assert.deepEqual(rows([least * 40, least], 2), { fits: true, whole: [0, 0], scales: [1] });
    assert.deepEqual(rows([least * 180, -least * 180], 2), { fits: true, whole: [127, -127], scales: [least] });
});

it('int8: what is no number, or infinite, is told', () => {
    for (const value of [Number.NaN, Infinity, -Infinity]) {
        for (let i = 0; i < 3; i++) assert.equal(rows([1, 2, 3].with(i, value), 3).fits, false);
        const kernels = quantiseKernels(Float32Array.of(1, value), 2, errorCompensation(1, 2), new Int8Array(2), new Float32Array(1));
        assert.equal(kernels, false);
    }
});

it('kernels: what rounding moves is taken back by the weights after it', () => {
    // two neighbours that correlate by 0.6: the second takes 0.6 of the first one's error
    const whole = new Int8Array(4);
    const scales = new Float32Array(2);
    assert.deepEqual([...errorCompensation(1, 2)], [0, 0.6, 0, 0]);
    assert.equal(quantiseKernels(Float32Array.of(0.375, 127, 3.375, 127), 4, errorCompensation(1, 2), whole, scales.subarray(0, 1)), true);
    assert.deepEqual([...whole], [0, 127, 3, 127]);
    assert.equal(quantiseKernels(Float32Array.of(0.4375, 127, 127, 0.3125), 2, errorCompensation(1, 2), whole, scales), true);
    assert.deepEqual([...whole, ...scales], [0, 127, 127, 0, 1, 1]);
    quantiseKernels(Float32Array.of(5.4375, 2.3125, 127, 0), 4, errorCompensation(1, 2), whole, scales);
    assert.deepEqual([...whole], [5, 3, 127, 0], '2.3125 + 0.6 * 0.4375 is nearer to 3');
});

it('kernels: the coefficients solve their equations', () => {
    const [h, w] = [3, 4];
    const found = errorCompensation(h, w);
    const moment = (a, b) => 0.6 ** (Math.abs(Math.floor(a / w) - Math.floor(b / w)) + Math.abs((a % w) - (b % w)));
    for (let i = 0; i < h * w; i++) {
        for (let row = i + 1; row < h * w; row++) {
            let sum = 0;
            for (let k = i + 1; k < h * w; k++) sum += moment(row, k) * found[i * h * w + k];
            assert.ok(Math.abs(sum - moment(row, i)) < 1e-15);
        }
    }
    assert.deepEqual([...errorCompensation(1, 1)], [0]);
});

it('biases: what rounding adds to an output is taken from them', () => {
    const bias = Float64Array.of(10, 20, 30);
    const weights = Float64Array.of(1.25, 0, 3, -4, 6.5, 0, 0, 0); // [2][2][2]
    correctBias(bias, weights, Int8Array.of(1, 0, 3, -4, 3, 0, 0, 1), Float32Array.of(1, 2), Float64Array.of(4, 100));
    assert.deepEqual([...bias], [10 - -0.25 * 4, 20 - (-0.5 * 4 + 2 * 100), 30]);
});

// python -c "import mpmath; mpmath.mp.dps = 40; print([[x, float(mpmath.erfc(x))] for x in (-9, …)])"
const ERFC = [
    [-9, 2.0],
    [-2.5, 1.999593047982555],
    [-1, 1.8427007929497148],
    [-0.5, 1.5204998778130465],
    [-0.1, 1.1124629160182848],
    [-1e-9, 1.0000000011283792],
    [0, 1.0],
    [1e-300, 1.0],
    [1e-9, 0.9999999988716208],
    [0.01, 0.9887165844441503],
    [0.1, 0.887537083981715],
    [0.25, 0.7236736098317631],
    [0.4999, 0.4795880048386134],
    [0.5, 0.4795001221869535],
    [0.5001, 0.4794122483231193],
    [0.75, 0.28884436634648486],
    [1, 0.15729920705028513],
    [1.5, 0.033894853524689274],
    [2, 0.004677734981047266],
    [2.5, 0.0004069520174449589],
    [3, 2.209049699858544e-5],
    [4, 1.541725790028002e-8],
    [5, 1.537459794428035e-12],
    [6, 2.1519736712498913e-17],
    [6.28, 6.610653977656803e-19],
    [6.2832, 6.347005222986334e-19],
    [6.29, 5.820751867247628e-19],
    [7, 4.183825607779414e-23],
    [8.96875, 7.2785993644162456e-37],
    [10, 2.088487583762545e-45],
    [12.5, 6.231942781979911e-70],
    [15, 7.212994172451207e-100],
    [20, 5.395865611607901e-176],
    [25, 8.300172571196523e-274],
    [26, 5.663192408856143e-296],
];

it('erfc is good to 1e-15', () => {
    for (const [x, expected] of ERFC) assert.ok(Math.abs(erfc(x) - expected) <= 1e-15 * expected, `${x}: ${erfc(x)}`);
    for (const x of [28, 1e3, 1e7, 1e200, Infinity]) assert.deepEqual([erfc(x), erfc(-x)], [0, 2], `${x}`);
    assert.ok(Number.isNaN(erfc(Number.NaN)));
});

it('the normal distribution is symmetric, and has 97.5 % below 1.96', () => {
    assert.equal(normalBelow(0), 0.5);
    assert.ok(Math.abs(normalBelow(1.959963984540054) - 0.975) < 1e-15);
    for (const x of [0.1, 1, 3]) assert.ok(Math.abs(normalBelow(x) + normalBelow(-x) - 1) < 1e-15);
});

it("a ReLU's moments are those of the integrals", () => {
    for (const [mean, variance] of [
        [0, 1],
        [1.5, 0.3],
        [-2, 4],
        [-1, 0.04],
        [3, 0.01],
    ]) {
        let [share, first, second] = [0, 0, 0];
        const deviation = Math.sqrt(variance);
        const step = 1e-4 * deviation; // the middle of each step: errors are of its square
        for (let value = step / 2; value < Math.max(mean, 0) + 9 * deviation; value += step) {
            const density = (step * Math.exp(-((value - mean) ** 2) / (2 * variance))) / Math.sqrt(2 * Math.PI * variance);
            share += density;
            first += value * density;
            second += value * value * density;
        }
        const found = reluMoments({ mean: Float64Array.of(mean), variance: Float64Array.of(variance) });
        assert.ok(Math.abs(normalBelow(mean / deviation) - share) < 1e-8);
        assert.ok(Math.abs(found.mean[0] - first) < 1e-8, `${mean} ${variance}`);
        assert.ok(Math.abs(found.variance[0] - (second - first * first)) < 1e-8, `${mean} ${variance}`);
    }
    const constant = reluMoments({ mean: Float64Array.of(2, -2), variance: Float64Array.of(0, 0) });
    assert.deepEqual([...constant.mean, ...constant.variance], [2, 0, 0, 0]);
});

it('moments of what is added are added', () => {
    const one = { mean: Float64Array.of(1, 2), variance: Float64Array.of(3, 4) };
    assert.deepEqual(sumOfMoments(one, one), { mean: Float64Array.of(2, 4), variance: Float64Array.of(6, 8) });
    assert.throws(() => sumOfMoments(one, { mean: new Float64Array(3), variance: new Float64Array(3) }), { code: 'BAD_FORMAT' });
});

it("Keras's layers are in the order of their numbers, wherever these begin", () => {
    const names = ['conv2d_10/kernel', 'conv2d_9/kernel', 'my_conv2d/kernel', 'conv2d/bias', 'conv2d_2x/kernel'];
    assert.deepEqual(numbered(names, 'conv2d', 'kernel'), ['conv2d_9', 'conv2d_10']);
    assert.deepEqual(numbered([...names, 'conv2d/kernel'], 'conv2d', 'kernel'), ['conv2d', 'conv2d_9', 'conv2d_10']);
});

it("the input's side is the first square that the configuration tells", () => {
    const layers = [
        { batch_input_shape: [null, null, null, 3] },
        { config: { batch_shape: [null, 64, 64, 3] } },
        { batch_shape: [null, 9, 9, 3] },
    ];
    assert.equal(inputSide({ config: { layers } }), 64);
    assert.equal(inputSide({ batch_input_shape: [null, 10] }), undefined);
    for (const nothing of [undefined, null, [], 'text']) assert.equal(inputSide(nothing), undefined);
    let deep = [];
    for (let i = 0; i < 100_000; i++) deep = [deep];
    assert.equal(inputSide(deep), undefined);
});

it("floats are written as Python's str() writes them", () => {
    // python3 -c "print([str(x) for x in (1e-05, …)])"
    const texts = ['1e-05', '0.0001', '1.0', '-0.0', '1e+16', '1000000000000000.0', '1.5e-07', '0.1', '123456.789', '1e+100', '-1.25e-10'];
    for (const text of [...texts, '5e-324', '1.7976931348623157e+308', '9007199254740992.0', '1.2345678901234568e+16']) {
        assert.equal(floatStr(Number(text)), text);
    }
    assert.equal(floatStr(Number('1e999')), 'inf');
});

it('numbers of JSON keep their kind', () => {
    const found = readJson(
        '{"a": 1, "b": 1.0, "c": 1E-5, "d": -0, "e": "1.0 \\" 2", "f": [0, 0.0, 12345678901234567890], "g": null, "h": true}',
        'x',
    );
    const texts = Object.fromEntries(['a', 'b', 'c', 'd', 'e', 'g', 'h'].map((key) => [key, pythonStr(found[key], key)]));
    assert.deepEqual(texts, { a: '1', b: '1.0', c: '1e-05', d: '0', e: '1.0 " 2', g: 'None', h: 'True' });
    assert.deepEqual(found.f.map(isTrue), [false, false, true]);
    assert.equal(pythonStr(found.f[2], 'f'), '12345678901234567890');
    for (const broken of ['{"a": 1.}', '{"a" 1}', '', '[1 2]']) assert.throws(() => readJson(broken, 'x'), /^AcgError: Expected JSON in x/);
});

it('names are in the order of code points', () => {
    assert.deepEqual(['b', '\u{1d4b3}', 'ab', '\uffee', 'a', ''].sort(byCodePoint), ['', 'a', 'ab', 'b', '\uffee', '\u{1d4b3}']);
});

it('a header keeps names that look like numbers in order, and ends at a multiple of 8', () => {
    const named = (name) => ({ name, shape: [2], dtype: /** @type {const} */ ('F16') });
    const { header, tensors, bytes } = layOut([named('9'), named('10'), { name: 'a"\u0007', shape: [], dtype: 'F32' }], { b: 'é', a: '1' });
    const text = new TextDecoder().decode(header.subarray(8));
    assert.equal(
        text.trimEnd(),
        '{"__metadata__":{"a":"1","b":"é"},"a\\"\\u0007":{"dtype":"F32","shape":[],"data_offsets":[0,4]},' +
            '"10":{"dtype":"F16","shape":[2],"data_offsets":[4,8]},"9":{"dtype":"F16","shape":[2],"data_offsets":[8,12]}}',
    );
    assert.equal(header.length % 8, 0);
    assert.equal(tensors.get('9').at, header.length + 8);
    assert.equal(bytes, header.length + 12);
});
