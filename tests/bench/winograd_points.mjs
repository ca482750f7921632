// How far Winograd's F(m x m, 3x3) is from float64 when it computes in float32, for some sets of points: what a larger tile would cost in precision.
//     node tests/bench/winograd_points.mjs
// The matrices are those of Toom and Cook: A. Lavin, S. Gray, Fast Algorithms for Convolutional Neural Networks, 2015, https://arxiv.org/abs/1509.09308.
const TAPS = 3;
const CHANNELS = 64;
const TILES = 200;
const SLOPE = 0.1; // of LeakyReLU, which the inputs have gone through

const r2 = Math.SQRT1_2;
const SETS = {
    'F(4x4), as in the engine': [0, r2, -r2, 2 * r2, -2 * r2],
    'F(6x6), as in the engine': [0, 1, -1, 2, -2, 1 / 2, -1 / 2],
    'F(8x8), ±1, ±2, ±1/2, ±3/2': [0, 1, -1, 2, -2, 1 / 2, -1 / 2, 3 / 2, -3 / 2],
    'F(8x8), ±1, ±2, ±1/2, ±3/4': [0, 1, -1, 2, -2, 1 / 2, -1 / 2, 3 / 4, -3 / 4],
    'F(8x8), ±3/5, ±5/3, ±7/20, ±1': [0, 3 / 5, -3 / 5, 5 / 3, -5 / 3, 7 / 20, -7 / 20, 1, -1],
    'F(8x8), ±3/8, ±7/10, ±10/9, ±7/4': [0, 3 / 8, -3 / 8, 7 / 10, -7 / 10, 10 / 9, -10 / 9, 7 / 4, -7 / 4],
};

/** The coefficients, lowest first, of the product of (x - p). */
const polynomial = (points) =>
    points.reduce((poly, p) => Array.from({ length: poly.length + 1 }, (_, i) => (poly[i - 1] ?? 0) - p * (poly[i] ?? 0)), [1]);

/** Of the finite points and infinity. @returns matrices of the input [n][n], of the kernel [n][3], of the output [m][n] */
function matrices(points) {
    const n = points.length + 1;
    const others = (j) => points.filter((_, l) => l !== j);
    const input = points.map((_, j) => [...polynomial(others(j)), 0]);
    const kernel = points.map((p, j) => {
        const scale = others(j).reduce((product, q) => product * (p - q), 1);
        return Array.from({ length: TAPS }, (_, k) => p ** k / scale);
    });
    const output = Array.from({ length: n - TAPS + 1 }, (_, i) => [...points.map((p) => p ** i), i === n - TAPS ? 1 : 0]);
    return { input: [...input, polynomial(points)], kernel: [...kernel, [0, 0, 1]], output };
}

/** left · x · leftᵀ, each sum rounded after each step. x is square. */
function transform(left, x, round) {
    const dot = (a, at) => a.reduce((sum, value, i) => round(sum + round(value) * at(i)), 0);
    const half = left.map((row) => x[0].map((_, c) => dot(row, (i) => x[i][c])));
    return half.map((row) => left.map((other) => dot(other, (i) => row[i])));
}

let state = 1;
const random = () => (state = (state * 48271) % 2147483647) / 2147483647;
const normal = () => Math.sqrt(-2 * Math.log(random())) * Math.cos(2 * Math.PI * random());
const square = (side, make) => Array.from({ length: side }, () => Array.from({ length: side }, () => Math.fround(make())));
const leaky = (x) => (x < 0 ? SLOPE * x : x);

/** The convolution of all channels, without Winograd. */
function direct(inputs, kernels, m, round) {
    return square(m, () => 0).map((row, y) =>
        row.map((_, x) => {
            let sum = 0;
            for (let c = 0; c < CHANNELS; c++)
                for (let t = 0; t < TAPS * TAPS; t++) {
                    const [dy, dx] = [Math.floor(t / TAPS), t % TAPS];
                    sum = round(sum + inputs[c][y + dy][x + dx] * kernels[c][dy][dx]);
                }
            return sum;
        }),
    );
}

function winograd({ input, kernel, output }, inputs, kernels) {
    const sums = square(input.length, () => 0);
    for (let c = 0; c < CHANNELS; c++) {
        const [d, g] = [transform(input, inputs[c], Math.fround), transform(kernel, kernels[c], Math.fround)];
        for (const [y, row] of sums.entries()) for (const x of row.keys()) row[x] = Math.fround(row[x] + d[y][x] * g[y][x]);
    }
    return transform(output, sums, Math.fround);
}

/** Adds the squares of the differences, and the largest. */
function note(total, found, exact) {
    for (const [y, row] of exact.entries())
        for (const [x, value] of row.entries()) {
            const error = Math.abs(found[y][x] - value);
            total.error += error ** 2;
            total.power += value ** 2;
            total.largest = Math.max(total.largest, error);
            total.n++;
        }
}

console.log(`${CHANNELS} channels, ${TILES} tiles, errors as a part of the outputs' root mean square\n`);
console.log('| | products for each output | root mean square | largest |\n|---|---|---|---|');
const show = (name, products, { error, power, largest, n }) =>
    console.log(
        `| ${name} | ${products} | ${Math.sqrt(error / power).toExponential(1)} | ${(largest / Math.sqrt(power / n)).toExponential(1)} |`,
    );
const empty = () => ({ error: 0, power: 0, largest: 0, n: 0 });
const plain = empty();
for (const [name, points] of Object.entries(SETS)) {
    const all = matrices(points);
    const [side, m] = [points.length + 1, points.length + 2 - TAPS];
    const total = empty();
    state = 1;
    for (let tile = 0; tile < TILES; tile++) {
        const inputs = Array.from({ length: CHANNELS }, () => square(side, () => leaky(normal())));
        const kernels = Array.from({ length: CHANNELS }, () => square(TAPS, () => normal() / Math.sqrt(CHANNELS * TAPS * TAPS)));
        const exact = direct(inputs, kernels, m, (x) => x);
        note(total, winograd(all, inputs, kernels), exact);
        if (m === 4) note(plain, direct(inputs, kernels, m, Math.fround), exact);
    }
    if (m === 4) show('direct', TAPS * TAPS, plain);
    show(name, (side ** 2 / m ** 2).toFixed(2), total);
}
