// Files that are cut short, damaged or made to do harm are refused in a sentence; nothing of them runs, and little memory is taken.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { crc32, deflateRawSync } from 'node:zlib';
import { AcgError } from '../../js/errors.js';
import { bytesAccess } from '../../js/models/originals/access.js';
import { ByteReader } from '../../js/models/originals/byte_reader.js';
import { takePickle, tensorsIn } from '../../js/models/originals/torch_tensors.js';
import { openZip } from '../../js/models/originals/zip.js';
import { fuzz } from '../fuzz/js/fuzz.mjs';
import { tryOne } from '../fuzz/js/originals.mjs';
import {
    ascii,
    bytesOf,
    collect,
    fixtureNames,
    inPieces,
    makeZip,
    openBundle,
    openBytes,
    openStreamed,
    readFixture,
    u16,
    u32,
    u64,
} from './originals_support.mjs';

const BAD = { code: 'BAD_FORMAT' };
const UNSUPPORTED = { code: 'UNSUPPORTED' };

const refusedAs = (code, message) => (error) => {
    assert.ok(error instanceof AcgError, String(error.stack));
    assert.equal(error.code, code, error.message);
    assert.match(error.message, message);
    return true;
};

async function readAll(original) {
    await collect(await original);
}

// every truncation

for (const name of fixtureNames().filter((each) => !/^refused|release/.test(each))) {
    test(`${name}, cut short anywhere`, async () => {
        const whole = readFixture(name);
        const step = whole.length > 4000 ? 5 : 1; // of one pass, which takes longer
        for (let n = 0; n < whole.length; n++) {
            const part = whole.subarray(0, n);
            await assert.rejects(readAll(openBytes(part)), (error) => error instanceof AcgError, `after ${n} bytes`);
            if (/\.(pth|safetensors)$/.test(name) && n % step === 0) {
                const piece = 500 + (n % 5000);
                await assert.rejects(
                    readAll(openStreamed(part, piece)),
                    (error) => error instanceof AcgError,
                    `after ${n} bytes, in one pass`,
                );
            }
        }
    });
}

test('a SavedModel, either file cut short anywhere', async () => {
    const files = ['index', 'data-00000-of-00001'].map((each) => readFixture(`saved_model/variables.${each}`));
    for (const which of [0, 1]) {
        for (let n = 0; n < files[which].length; n++) {
            const [index, data] = files.map((bytes, i) => (i === which ? bytes.subarray(0, n) : bytes));
            const outcome = await tryOne(() => readAll(openBundle(index, data)), []);
            // behind the last value stands the graph of objects, but the order of the two is TensorFlow's
            assert.ok(which === 1 || outcome === 'BAD_FORMAT', `file ${which} after ${n} bytes: ${outcome}`);
            assert.notEqual(outcome, 'read', `file ${which} after ${n} bytes`);
        }
    }
});

test('a .zip, cut short anywhere', async () => {
    const whole = readFixture('release.zip');
    for (let n = 0; n < whole.length; n++) await assert.rejects(openZip(bytesAccess(whole.subarray(0, n))), BAD);
});

test('other files than those of weights are named', async () => {
    for (const [content, message] of [
        ['<!DOCTYPE html><html>', /page of the web/],
        ['version https://git-lfs.github.com/spec/v1\noid sha256:…', /pointer of Git LFS/],
        ['{"a": 1}', /JSON/],
        ['7767517\n75 83\n', /ncnn/],
        ['PK\x05\x06', /empty \.zip/],
        ['', /something else/],
        ['hello', /something else/],
    ]) {
        const bytes = new Uint8Array(Buffer.from(content, 'latin1'));
        await assert.rejects(openBytes(bytes), refusedAs('UNSUPPORTED', message));
        await assert.rejects(openStreamed(bytes), refusedAs('UNSUPPORTED', message));
    }
    await assert.rejects(openBytes(readFixture('release.zip')), refusedAs('UNSUPPORTED', /\.zip of other files/));
});

// pickles

const PROTO = [0x80, 2];
const STOP = '.';
const text = (words) => ['X'.charCodeAt(0), u32(Buffer.byteLength(words)), ascii(words)];
const global = (name) => ascii(`c${name.replace(/\.(?=[^.]+$)/, '\n')}\n`);
const op = ascii;
const pickle = (...parts) =>
    bytesOf(
        PROTO,
        parts.map((part) => (typeof part === 'string' ? ascii(part) : part)),
        ascii(STOP),
    );
const int = (n) => (n < 0 || n > 255 ? ['J'.charCodeAt(0), u32(n >>> 0)] : ['K'.charCodeAt(0), n]);
const long = (n) => [0x8a, 8, u64(n)];
const storage = ({ type = 'torch.FloatStorage', key = '0', count = int(4), word = 'storage' } = {}) => [
    op('('),
    text(word),
    global(type),
    text(key),
    text('cpu'),
    count,
    op('tQ'),
];
const tensor = ({ offset = int(0), shape = [int(4)], strides = [int(1)], of = storage() } = {}) => [
    global('torch._utils._rebuild_tensor_v2'),
    op('('),
    of,
    offset,
    op('('),
    shape,
    op('t('),
    strides,
    op('t'),
    0x89,
    global('collections.OrderedDict'),
    op(')R'),
    op('tR'),
];
const named = (...entries) => [op('}('), entries, op('u')];

async function unpickle(bytes) {
    const { value } = await takePickle(new ByteReader(inPieces(bytes, 1 << 16)));
    return tensorsIn(value);
}

test('a pickle of a tensor, made by hand, is read', async () => {
    const found = await unpickle(pickle(named(text('a'), tensor())));
    assert.deepEqual(found.get('a').info, { dtype: 'F32', shape: [4], bytes: 16 });
});

test('of all 256 codes, those that no list of tensors needs are refused', async () => {
    const known = new Set([...Buffer.from('}])(tqrhjXKMJGNcQRsuaeb.'), 0x80, 0x85, 0x86, 0x87, 0x88, 0x89, 0x8a, 0x81]);
    for (let code = 0; code < 256; code++) {
        const run = unpickle(bytesOf(PROTO, [code], Array(64).fill(0)));
        if (known.has(code)) await assert.rejects(run, AcgError);
        else await assert.rejects(run, refusedAs('UNSUPPORTED', /code 0x/), `code ${code}`);
    }
});

test('functions and classes that are not known are refused by name, however they are called', async () => {
    for (const name of [
        'os.system',
        'builtins.eval',
        'posix.system',
        'builtins.getattr',
        'torch.load',
        'collections.OrderedDict2',
        '__torch__.A',
    ]) {
        await assert.rejects(
            unpickle(pickle(global(name), text('echo'), 0x85, 'R')),
            refusedAs('UNSUPPORTED', new RegExp(`${name} is refused`)),
        );
    }
    for (const name of ['os.system', 'collections.OrderedDict', '__torch__.a b', 'x__torch__.A']) {
        await assert.rejects(unpickle(pickle(global(name), ')', 0x81)), refusedAs('UNSUPPORTED', /is refused/));
    }
    await assert.rejects(unpickle(pickle(global('__torch__.A'), text('x'), 0x85, 0x81)), UNSUPPORTED);
    await assert.rejects(unpickle(pickle(text('os.system'), ')R')), BAD);
});

test('what a dictionary cannot be is no way into objects', async () => {
    for (const name of ['__proto__', 'constructor', 'hasOwnProperty']) {
        const found = await unpickle(pickle(named(text(name), tensor())));
        assert.deepEqual([...found.keys()], [name]);
    }
    assert.equal({}.info, undefined);
});

test('damaged pickles', async () => {
    for (const [what, bytes] of Object.entries({
        'nothing on the stack': pickle(),
        'a get of nothing': pickle('h', [7]),
        'a long get of nothing': pickle('j', u32(2 ** 31)),
        'a put of nothing': pickle('q', [0]),
        'no mark': pickle(')', 't'),
        'a tuple across a mark': pickle('))(', 0x87),
        'a set item across a mark': pickle('}', text('a'), '(', text('b'), 's'),
        'items of a number': pickle(int(1), '(', text('a'), text('b'), 'u'),
        'items without value': pickle('}(', text('a'), 'u'),
        'an append to a dictionary': pickle('}', text('a'), 'a'),
        'a call of a number': pickle(int(1), ')R'),
        'a call with a dictionary': pickle(global('collections.OrderedDict'), '}R'),
        'a persistent id of a text': pickle(text('a'), 'Q'),
        'a storage of another word': pickle(storage({ word: 'module' })),
        'a tensor of no storage': pickle(named(text('a'), tensor({ of: text('x') }))),
        'not UTF-8': pickle('X', u32(2), [0xc3, 0x28]),
        'a name twice': pickle(named(text('a'), tensor(), text('a'), tensor())),
        'a text as list of tensors': pickle(text('a')),
        'a text of 4 GiB': bytesOf(PROTO, ascii('X'), u32(2 ** 32 - 1)),
        'no end of a name': bytesOf(PROTO, ascii(`c${'a'.repeat(1000)}`)),
    })) {
        await assert.rejects(unpickle(bytes), (error) => refusedAs('BAD_FORMAT', /./)(error), what);
    }
});

test('tensors that are no tensors', async () => {
    const huge = long(2n ** 63n - 1n);
    for (const [what, options] of Object.entries({
        'a negative dimension': { shape: [int(-1)] },
        'a dimension of 2^63': { shape: [huge], strides: [int(0)] },
        'a size of 2^64': {
            shape: Array(8)
                .fill(int(255))
                .map(() => long(256)),
            strides: Array(8).fill(int(0)),
        },
        'a size that becomes infinite': { shape: Array(32).fill(long(2n ** 52n)), strides: Array(32).fill(int(0)) },
        '33 dimensions': { shape: Array(33).fill(int(1)), strides: Array(33).fill(int(1)) },
        'a dimension that is a text': { shape: [text('4')] },
        'a dimension that is a fraction': { shape: [['G'.charCodeAt(0), 0x3f, 0xf8, 0, 0, 0, 0, 0, 0]] },
        'fewer strides than dimensions': { shape: [int(2), int(2)] },
        'a negative stride': { strides: [int(-1)] },
        'a stride of 2^63': { strides: [huge] },
        'a stride beyond the storage': { strides: [int(2)] },
        'an offset beyond the storage': { offset: int(1) },
        'a negative offset': { offset: int(-4) },
        'a storage of 2^63 values': { of: storage({ count: huge }) },
        'a storage of -1 values': { of: storage({ count: int(-1) }) },
    })) {
        await assert.rejects(unpickle(pickle(named(text('a'), tensor(options)))), (error) => refusedAs('BAD_FORMAT', /./)(error), what);
    }
    await assert.rejects(unpickle(pickle(storage({ type: 'torch.ComplexFloatStorage' }))), UNSUPPORTED);
    await assert.rejects(unpickle(pickle(storage(), storage({ count: int(5) }))), BAD);
    await assert.rejects(unpickle(pickle(storage(), storage({ type: 'torch.IntStorage' }))), BAD);
});

test('other versions of pickles, and objects that have a state', async () => {
    for (const version of [0, 1, 3, 4, 5, 255]) await assert.rejects(unpickle(bytesOf([0x80, version], ascii('}.'))), UNSUPPORTED);
    await assert.rejects(unpickle(pickle('](b')), AcgError);
    await assert.rejects(unpickle(pickle(int(1), '}b')), UNSUPPORTED);
    await assert.rejects(unpickle(pickle('}', text('x'), PROTO)), UNSUPPORTED); // only at the beginning
});

test('values that lie in themselves, deep or often', async () => {
    const dictionary = (...inside) => [op('}q'), 0, op('('), inside, op('u')];
    const loop = await unpickle(pickle(dictionary(text('state_dict'), op('h'), 0, text('a'), tensor())));
    assert.deepEqual([...loop.keys()], ['a']);
    const list = await unpickle(pickle('}(', text('list'), ']q', [1], 'h', [1], 'a', text('a'), tensor(), 'u'));
    assert.deepEqual([...list.keys()], ['a']);
    assert.equal((await unpickle(pickle('}(', text('deep'), ']'.repeat(100000), 'a'.repeat(99999), text('a'), tensor(), 'u'))).size, 1);
    const module = [global('__torch__.A'), op(')'), 0x81];
    const own = pickle(module, 'q', [0], '}(', text('x'), 'h', [0], 'ub');
    await assert.rejects(unpickle(own), refusedAs('UNSUPPORTED', /deeper than/));
    // each module twice in the next: 2^31 paths
    const twice = [
        module,
        op('}b'),
        Array.from({ length: 31 }, (_, i) => [op('q'), i, module, op('}('), text('a'), op('h'), i, text('b'), op('h'), i, op('ub')]),
    ];
    await assert.rejects(unpickle(pickle(twice)), refusedAs('UNSUPPORTED', /fields/));
});

test('pickles that make much of little', async () => {
    const repeated = (words, bytes) => Buffer.from(words.repeat(bytes / words.length), 'latin1');
    for (const code of ['}', ']', ')', '(', 'N', '}q\x00', 'h\x00', '}\x85', '](', '(t', 'K\x01(']) {
        const begin = [op('}q'), 0];
        const end = op('t'.repeat(code.split('(').length > 1 ? 1000 : 0));
        const outcome = await tryOne(() => unpickle(pickle(begin, repeated(code, 2 ** 20), end)), []);
        assert.notEqual(outcome, 'read', code);
    }
    await assert.rejects(unpickle(pickle('(', Buffer.alloc(2 ** 18, 'N'), 't', 0x85)), BAD);
    await assert.rejects(
        unpickle(bytesOf(PROTO, ascii('X'), u32(2 ** 23), Buffer.alloc(2 ** 23))),
        refusedAs('UNSUPPORTED', /more than 2097152 bytes/),
    );
});

// tensors that share

const legacy = (list, keys, ...values) =>
    bytesOf(
        [0x80, 2, 0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, 0x2e],
        [...pickle('M', u16(1001))],
        [...pickle(named(text('little_endian'), [0x88]))],
        [...pickle(list)],
        [...pickle('](', keys.map(text), 'e')],
        values,
    );

test("PyTorch's legacy form, made by hand, and what is wrong with others", async () => {
    const list = named(text('a'), tensor());
    const values = [u64(4), Array(16).fill(7)];
    for (const open of [openBytes, openStreamed]) {
        const found = await collect(await open(legacy(list, ['0'], values)));
        assert.deepEqual([...found.get('a')], Array(16).fill(7));
        await assert.rejects(readAll(open(legacy(list, ['1'], values))), BAD);
        await assert.rejects(readAll(open(legacy(list, [], values))), BAD);
        await assert.rejects(readAll(open(legacy(list, ['0', '0'], values, values))), BAD);
        await assert.rejects(readAll(open(legacy(list, ['0'], u64(5), Array(20).fill(7)))), BAD);
        await assert.rejects(readAll(open(legacy(list, ['0'], u64(2n ** 64n - 1n), Array(20).fill(7)))), BAD);
        await assert.rejects(readAll(open(legacy(op('}'), [], []))), BAD);
    }
});

test('tensors that make much of few values are refused', async () => {
    const square = (n) => ({ shape: [int(n), int(n)], strides: [int(0), int(0)] });
    const values = [u64(4), Array(16).fill(7)];
    const small = named(text('a'), tensor(square(500)));
    const large = named(text('a'), tensor(square(5000)));
    const many = named(...Array.from({ length: 100 }, (_, i) => [text(`a${i}`), tensor(square(200))]));
    for (const open of [openBytes, openStreamed]) {
        const found = await collect(await open(legacy(small, ['0'], values)));
        assert.equal(found.get('a').length, 10 ** 6);
        await assert.rejects(open(legacy(large, ['0'], values)), refusedAs('UNSUPPORTED', /sorted in memory|share/));
        await assert.rejects(open(legacy(many, ['0'], values)), refusedAs('UNSUPPORTED', /share/));
    }
});

test('values of another order that would take much memory are refused before they come', async () => {
    const count = 2 ** 26;
    const list = named(
        text('a'),
        tensor({ of: storage({ count: int(count) }), shape: [int(2), int(count / 2)], strides: [int(1), int(2)] }),
    );
    await assert.rejects(openStreamed(legacy(list, ['0'], u64(count))), refusedAs('UNSUPPORTED', /67108864 bytes that are sorted/));
});

// safetensors

const safetensors = (header, ...values) => {
    const json = typeof header === 'string' ? header : JSON.stringify(header);
    return bytesOf(u64(Buffer.byteLength(json)), ascii(json), values);
};
const four = { dtype: 'F32', shape: [1], data_offsets: [0, 4] };

test('safetensors with a header that cannot be', async () => {
    const values = [1, 2, 3, 4];
    await readAll(openBytes(safetensors({ a: four }, values)));
    for (const [what, bytes] of Object.entries({
        'an overlap': safetensors({ a: four, b: four }, values),
        'a gap': safetensors({ a: { ...four, data_offsets: [4, 8] } }, values, values),
        'more values than told': safetensors({ a: four }, values, [5]),
        fewer: safetensors({ a: four }, [1, 2, 3]),
        'a name twice': safetensors(
            '{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}',
            values,
            values,
        ),
        'a shape of another size': safetensors({ a: { ...four, shape: [2] } }, values),
        'a negative shape': safetensors({ a: { ...four, shape: [-1] } }, values),
        'a shape of fractions': safetensors({ a: { ...four, shape: [0.5, 2] } }, values),
        'a shape of 2^64': safetensors({ a: { ...four, shape: Array(8).fill(256) } }, values),
        'no shape': safetensors({ a: { ...four, shape: undefined } }, values),
        'an end before the beginning': safetensors({ a: { ...four, data_offsets: [4, 0] } }, values),
        'places of 2^63': safetensors('{"a":{"dtype":"F32","shape":[1],"data_offsets":[9223372036854775808,9223372036854775812]}}', values),
        'three places': safetensors({ a: { ...four, data_offsets: [0, 4, 4] } }, values),
        'no dtype': safetensors({ a: { ...four, dtype: 4 } }, values),
        null: safetensors('{"a":null}', values),
        'no tensors': safetensors('{}'),
        'a JSON that ends early': safetensors('{"a":', values),
        'not UTF-8': bytesOf(u64(4), [0x7b, 0xc3, 0x28, 0x7d]),
    })) {
        for (const open of [openBytes, openStreamed])
            await assert.rejects(readAll(open(bytes)), (error) => refusedAs('BAD_FORMAT', /./)(error), what);
    }
    for (const bytes of [
        safetensors({ a: { ...four, dtype: 'F8_E4M3' } }, values),
        safetensors({ a: { ...four, dtype: 'constructor' } }, values),
        safetensors(`{"a":${'['.repeat(2 ** 18)}`),
        bytesOf(u64(2n ** 39n), ascii('{')),
    ]) {
        for (const open of [openBytes, openStreamed]) await assert.rejects(readAll(open(bytes)), UNSUPPORTED);
    }
});

// archives

const openFolder = (bytes) => openZip(bytesAccess(bytes));
const everything = 0xffffffff;

async function inflated(bytes, name = 'a') {
    const pieces = [];
    for await (const piece of (await openFolder(bytes)).stream(name)) pieces.push(piece);
    return Buffer.concat(pieces);
}

test('a .zip, made by hand, is read', async () => {
    const words = Buffer.from('words '.repeat(1000));
    const bytes = makeZip([
        { name: 'a', data: deflateRawSync(words), method: 8, bytes: words.length, crc: crc32(words) },
        { name: 'b', data: words },
        { name: 'nothing', data: deflateRawSync(Buffer.alloc(0)), method: 8, bytes: 0, crc: 0 },
    ]);
    const folder = await openFolder(bytes);
    assert.deepEqual(folder.names, ['a', 'b', 'nothing']);
    for (const name of ['a', 'b']) {
        assert.deepEqual(await inflated(bytes, name), words);
        assert.deepEqual(Buffer.from(await (await folder.open(name)).read(0, words.length)), words);
    }
    assert.equal((await inflated(bytes, 'nothing')).length, 0);
    await assert.rejects(folder.open('c'), { code: 'NOT_FOUND' });
});

test('compressed files that are not what the directory tells', async () => {
    const zeros = Buffer.alloc(2 ** 24);
    const data = deflateRawSync(zeros);
    const right = { name: 'a', data, method: 8, bytes: zeros.length, crc: crc32(zeros) };
    assert.equal((await inflated(makeZip([right]))).length, zeros.length);
    for (const [what, wrong] of Object.entries({
        'a bomb that tells 10 bytes': { bytes: 10 },
        'one byte less': { bytes: zeros.length - 1 },
        'one byte more': { bytes: zeros.length + 1 },
        'a size that deflate cannot reach': { bytes: data.length * 1033 },
        '4 GiB': { bytes: everything - 1 },
        'another checksum': { crc: 1 },
        'no deflate': { data: Buffer.alloc(data.length, 0xff) },
        'data that ends early': { data: data.subarray(0, 1000) },
        'data that goes on': { data: Buffer.concat([data, Buffer.alloc(100)]) },
        'data beyond the file': { packedBytes: 2 ** 30 },
        'a place beyond the file': { at: 2 ** 31 },
        'a place where something else is': { at: 1 },
    })) {
        await assert.rejects(inflated(makeZip([{ ...right, ...wrong }])), (error) => refusedAs('BAD_FORMAT', /./)(error), what);
    }
    await assert.rejects((await openFolder(makeZip([right]))).open('a'), refusedAs('UNSUPPORTED', /must be stored as a file first/));
    await assert.rejects(inflated(makeZip([{ ...right, method: 14 }])), refusedAs('UNSUPPORTED', /method 14/));
    await assert.rejects(inflated(makeZip([{ ...right, flags: 1 }])), refusedAs('UNSUPPORTED', /encrypted/));
});

test('a bomb is left as soon as it is one', async () => {
    const data = deflateRawSync(Buffer.alloc(2 ** 28));
    let given = 0;
    const folder = await openFolder(makeZip([{ name: 'a', data, method: 8, bytes: 2 ** 20, crc: 0 }]));
    await assert.rejects(async () => {
        for await (const piece of folder.stream('a')) given += piece.length;
    }, BAD);
    assert.ok(given <= 2 ** 20, `${given} bytes`);
});

test('directories that cannot be', async () => {
    const data = Buffer.from('abc');
    const entry = { name: 'a', data };
    const zip64 = (...numbers) => [u16(1), u16(8 * numbers.length), numbers.map(u64)].flat(Infinity);
    for (const [what, bytes] of Object.entries({
        'a name twice': makeZip([entry, entry]),
        'more entries than there are': makeZip([entry], { count: 2 }),
        'a size of 2^63': makeZip([{ ...entry, bytes: everything, packedBytes: everything, extra: zip64(2n ** 63n, 2n ** 63n) }]),
        'no size of 64 bits': makeZip([{ ...entry, bytes: everything }]),
        'half a size of 64 bits': makeZip([{ ...entry, bytes: everything, packedBytes: everything, extra: zip64(3n) }]),
    })) {
        await assert.rejects(openFolder(bytes), (error) => refusedAs('BAD_FORMAT', /./)(error), what);
    }
    const large = makeZip([{ ...entry, bytes: everything, packedBytes: everything, extra: zip64(3n, 3n) }]);
    assert.deepEqual(await inflated(large), data);
    const one = makeZip([entry]);
    const damaged = (/** from the end */ at, value) =>
        new Uint8Array(Buffer.concat([one.subarray(0, -at), Buffer.from(value), one.subarray(one.length - at + value.length)]));
    await assert.rejects(openFolder(damaged(6, u32(2 ** 31))), BAD); // where the directory is
    await assert.rejects(openFolder(damaged(10, u32(2 ** 23))), BAD); // its size
    await assert.rejects(openFolder(damaged(10, u32(2 ** 25))), UNSUPPORTED);
});

test('archives of PyTorch that are none', async () => {
    const list = pickle(named(text('a'), tensor()));
    const values = Buffer.alloc(16, 7);
    const good = [
        { name: 'x/data.pkl', data: list },
        { name: 'x/data/0', data: values },
    ];
    for (const open of [openBytes, openStreamed]) {
        assert.deepEqual((await collect(await open(makeZip(good)))).get('a'), values);
        for (const [what, code, entries] of [
            ['no storage', 'BAD_FORMAT', [good[0]]],
            ['a storage that is too short', 'BAD_FORMAT', [good[0], { name: 'x/data/0', data: values.subarray(1) }]],
            ['a storage in another folder', 'BAD_FORMAT', [good[0], { name: 'y/data/0', data: values }]],
            ['a storage twice', 'BAD_FORMAT', [...good, good[1]]],
            ['a compressed list', 'UNSUPPORTED', [{ ...good[0], data: deflateRawSync(list), method: 8 }, good[1]]],
            ['a compressed storage', 'UNSUPPORTED', [good[0], { ...good[1], data: deflateRawSync(values), method: 8, bytes: 16 }]],
            ['the other byte order', 'UNSUPPORTED', [good[0], { name: 'x/byteorder', data: Buffer.from('big') }, good[1]]],
            ['a function', 'UNSUPPORTED', [{ name: 'x/data.pkl', data: pickle(global('os.system'), text('echo'), 0x85, 'R') }]],
        ]) {
            await assert.rejects(readAll(open(makeZip(entries))), (error) => refusedAs(code, /./)(error), what);
        }
    }
    for (const descriptor of [16, 24]) {
        const behind = good.map((entry) => ({ ...entry, descriptor }));
        for (const open of [openBytes, openStreamed]) assert.deepEqual((await collect(await open(makeZip(behind)))).get('a'), values);
        const wrong = (i) => behind.map((entry, k) => (k === i ? { ...entry, packedBytes: entry.data.length + 1 } : entry));
        for (const i of [0, 1]) await assert.rejects(readAll(openStreamed(makeZip(wrong(i)))), BAD);
    }
    await assert.rejects(readAll(openBytes(makeZip([good[0], { ...good[0], name: 'y/data.pkl' }, good[1]]))), BAD);
    await assert.rejects(openStreamed(makeZip([good[1], good[0]])), refusedAs('UNSUPPORTED', /must be stored as a file first/));
    assert.deepEqual((await collect(await openBytes(makeZip([good[1], good[0]])))).get('a'), values);
});

// HDF5

const placesOf = (bytes, signature) => {
    const found = [];
    for (let at = Buffer.from(bytes).indexOf(signature); at >= 0; at = Buffer.from(bytes).indexOf(signature, at + 1)) found.push(at);
    return found;
};
const put = (bytes, at, ...values) => {
    const copy = new Uint8Array(bytes);
    copy.set(bytesOf(values), at);
    return copy;
};

test('HDF5 of other forms than those of Keras is refused by name', async () => {
    for (const [name, message] of [
        ['chunked', /kernel:0 .* chunked/],
        ['compressed', /kernel:0 .* compressed/],
        ['big_endian', /little-endian/],
        ['complex', /neither/],
        ['unsigned', /neither/],
        ['no_values', /no values/],
        ['latest', /superblock/],
        ['link', /links/],
    ]) {
        await assert.rejects(openBytes(readFixture(`refused_${name}.h5`)), refusedAs('UNSUPPORTED', message), name);
    }
    await assert.rejects(openBytes(readFixture('refused_hard_link.h5')), refusedAs('BAD_FORMAT', /under two/));
});

test('HDF5 whose parts lie in themselves, in one another or nowhere', async () => {
    const whole = readFixture('keras_weights.h5');
    const view = new DataView(whole.buffer);
    const root = view.getBigUint64(64, true);
    const nodes = placesOf(whole, 'SNOD');
    const trees = placesOf(whole, 'TREE').filter((tree) => whole[tree + 6] > 0);
    for (const node of nodes) {
        for (const at of [root, 0n, 2n ** 63n, 2n ** 64n - 1n, BigInt(whole.length)]) {
            await assert.rejects(openBytes(put(whole, node + 8 + 8, u64(at))), AcgError, `a group at ${at}`);
        }
        await assert.rejects(openBytes(put(whole, node + 8, u64(2n ** 62n))), AcgError);
        await assert.rejects(openBytes(put(whole, node + 6, u16(65535))), AcgError);
    }
    for (const tree of trees) {
        await assert.rejects(openBytes(put(whole, tree + 24 + 8, u64(BigInt(tree)))), BAD, 'a tree in itself');
        await assert.rejects(
            openBytes(put(put(whole, tree + 5, 1), tree + 24 + 8, u64(BigInt(tree)))),
            BAD,
            'a tree in itself, one level up',
        );
        await assert.rejects(openBytes(put(whole, tree + 6, u16(65535))), AcgError);
    }
    for (const heap of placesOf(whole, 'HEAP')) {
        await assert.rejects(openBytes(put(whole, heap + 8, u64(2n ** 63n))), BAD);
        for (const size of [0n, 1n]) await tryOne(() => openBytes(put(whole, heap + 8, u64(size))), []); // that of a group of none does not mind
    }
});

test('HDF5 whose tensors overlap, and headers that go on in themselves', async () => {
    const whole = readFixture('keras_weights.h5');
    const original = await openBytes(whole);
    const { bytes } = original.tensors.get('conv/kernel');
    // version 3, contiguous, place, size: as it stands once in the file
    const sizes = placesOf(whole, Buffer.from(u64(bytes))).filter((at) => whole[at - 10] === 3 && whole[at - 9] === 1);
    assert.equal(sizes.length, 1);
    const [size] = sizes;
    const place = Number(new DataView(whole.buffer).getBigUint64(size - 8, true));
    await assert.rejects(openBytes(put(whole, size, u64(bytes + 4))), BAD);
    await assert.rejects(openBytes(put(whole, size, u64(2n ** 63n))), BAD);
    await assert.rejects(openBytes(put(whole, size - 8, u64(2n ** 63n))), BAD);
    await assert.rejects(openBytes(put(whole, size - 8, u64(whole.length - 4))), BAD);
    await assert.rejects(openBytes(put(whole, size - 10, 4)), UNSUPPORTED);
    const other = placesOf(whole, Buffer.from(u64(8))).find((at) => whole[at - 10] === 3 && whole[at - 9] === 1);
    await assert.rejects(openBytes(put(whole, other - 8, u64(place))), refusedAs('BAD_FORMAT', /overlap/));
    const root = Number(new DataView(whole.buffer).getBigUint64(64, true));
    // the root's first message becomes one that goes on where it stands
    const loop = put(whole, root + 16, u16(16), u16(16), u32(0), u64(root + 16), u64(24));
    await assert.rejects(openBytes(put(loop, root + 2, u16(65535))), AcgError);
    await assert.rejects(openBytes(put(whole, root + 8, u32(everything))), AcgError);
});

// TensorFlow

test('a SavedModel whose variables cannot be', async () => {
    const [index, data] = ['index', 'data-00000-of-00001'].map((each) => readFixture(`saved_model/variables.${each}`));
    await readAll(openBundle(index, data));
    const footer = index.length - 48;
    await assert.rejects(openBundle(put(index, index.length - 8, 0), data), BAD);
    await assert.rejects(openBundle(put(index, footer, Array(40).fill(255)), data), BAD);
    await assert.rejects(openBundle(new Uint8Array(2 ** 22 + 1), data), UNSUPPORTED);
    // the first block's kind: where it ends, a byte 0 and a checksum stand before the next
    for (let at = 0; at < index.length; at++) {
        for (const value of [0, 1, 127, 128, 255]) {
            await tryOne(() => readAll(openBundle(put(index, at, value), data)), []);
        }
    }
});

// changes at random

test('a few hundred changes at random of each file: tensors or a sentence', async () => {
    const counts = Object.entries(await fuzz('originals', 1300, (runs) => runs === 4000));
    assert.equal(
        counts.reduce((sum, [, n]) => sum + n, 0),
        4000,
    );
    for (const outcome of ['read', 'BAD_FORMAT', 'UNSUPPORTED'])
        assert.ok(
            counts.some(([each]) => each.endsWith(`: ${outcome}`)),
            outcome,
        );
});
