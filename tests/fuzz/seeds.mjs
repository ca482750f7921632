// Writes the inputs that the harnesses begin with, a folder for each: our own fixtures of the C tests and what is made here.
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inflateSync } from 'node:zlib';

const tests = fileURLToPath(new URL('../', import.meta.url));
const read = (path) => readFileSync(join(tests, path));

/** A set of fixtures (tests/unit/fixture_writer.py): the rows of each table, bytes as Buffers. */
function fixtures(name) {
    const lines = read(`unit/fixtures/${name}.tsv`).toString().split('\n');
    const bytes = read(`unit/fixtures/${name}.bin`);
    const parse = (text) => {
        const place = /^(\d+)\+(\d+)$/.exec(text);
        return place ? bytes.subarray(Number(place[1]), Number(place[1]) + Number(place[2])) : text;
    };
    const tables = {};
    for (let at = 0; lines[at]; ) {
        const [table, n] = lines[at].split('\t');
        tables[table] = lines.slice(at + 1, at + 1 + Number(n)).map((line) => line.split('\t').map(parse));
        at += 1 + Number(n);
    }
    return tables;
}

// All their tables whose rows begin with a name and a file.
const pictures = ['bmp', 'frames', 'gif_webp', 'image', 'jpeg', 'metadata', 'old_kinds'].flatMap((set) => {
    const { pictures = [], refused = [], files = [], gifs = [], animations = [] } = fixtures(set);
    return [...pictures, ...refused, ...files, ...gifs, ...animations].map(([name, file]) => [`${set}_${name}`, file]);
});
const metadata = new Map(
    fixtures('metadata')
        .metadata.flat()
        .filter((bytes) => bytes.length)
        .map((bytes) => [bytes.byteOffset, bytes]),
);
// The profiles in the PNGs of tests/js/colour: of RGB by curves and by a table, and of grey.
const profiles = ['profile', 'profile_alpha', 'profile_table', 'profile_grey', 'broken'].map((name) => {
    const png = read(`js/colour/${name}.png`);
    const at = png.indexOf('iCCP');
    return [name, inflateSync(png.subarray(at + 9, at + 4 + png.readUInt32BE(at - 4)))];
});
const texts = fixtures('text').texts.map(([text]) => text);

const json = [
    '{"a":[1,-2.5e3,true,false,null,"\\u3042\\ud83d\\ude00\\n"],"":{}}',
    ' [[[[1]]],[],{"key":"a longer string than fits"}]',
    '"\\"\\\\\\/\\b"',
    '18446744073709551615',
    '-0.0',
    '[1,',
    '\ufeff{}',
];

// One layer of each kind, with both kinds of float.
const param =
    '7767517\n4 4\nInput in0 0 1 in0\nConvolution conv 1 1 in0 1 0=2 1=2 11=2 3=2 5=1 6=8 9=2 -23310=1,1.000000e-01\nDeconvolution up 1 1 1 2 0=1 1=2 3=2 4=0 5=1 6=8\nInnerProduct fc 1 1 2 out 0=3 1=1 2=3 9=4\n';
const half = Buffer.from([0x47, 0x6b, 0x30, 0x01]);
const bin = Buffer.concat([half, Buffer.alloc(16 + 8, 0x3c), Buffer.alloc(4 + 32 + 4), half, Buffer.alloc(8 + 12, 0x41)]);

/** A safetensors file of tensors of one value each. */
function safetensors(dtypes) {
    const sizes = { F32: 4, F16: 2, BF16: 2, I8: 1, U8: 1, I32: 4, I64: 8 };
    let at = 0;
    const entries = dtypes.map((dtype, i) => [`t${i}`, { dtype, shape: [1], data_offsets: [at, (at += sizes[dtype])] }]);
    const header = JSON.stringify({ __metadata__: { format: 'pt' }, ...Object.fromEntries(entries) });
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(header.length));
    return Buffer.concat([length, Buffer.from(header), Buffer.alloc(at, 1)]);
}

const word = JSON.stringify({ model: { merges: ['a b', ['ab', 'c</w>']], vocab: { a: 64 } } });

const floats = (...values) => Buffer.from(Float32Array.from(values).buffer);
// dtype, dims, k, metric, distance of hashes; three values of a query; six candidates' relevance and value, how many, weight; rows of three
const ask = (dtype, metric) => Buffer.from([dtype, 3, 4, metric, 5, 1, 2, 3, 1, 1, 2, 4, 3, 5, 0, 6, 1, 7, 2, 8, 3, 3]);
const rows = {
    f32: floats(1, 2, 3, 1, 2, 3, 2, 4, 6, -1, 0.5, 0, NaN, 0, 1, 0, 0, 0),
    f16: Buffer.from([0, 0x3c, 0, 0x40, 0, 0xbc, 1, 0, 0xff, 0x7b, 0, 0x58, 0, 0x7c, 0, 0, 0, 0]),
    i8: Buffer.concat([
        floats(0.5),
        Buffer.from([1, 128, 127]),
        floats(0.25),
        Buffer.from([2, 0, 254]),
        floats(-1),
        Buffer.from([1, 1, 1]),
    ]),
};

/** The seeds of each harness: its name -> [[name, bytes], …]. */
const seeds = {
    image: pictures,
    frames: pictures.filter(([name]) => /gif|png|webp/.test(name)),
    metadata: [...metadata.values()].map((bytes, i) => [`${i}`, bytes]),
    colour: profiles,
    json: json.flatMap((text, i) => [0, 7, 8, 22].map((way) => [`${i}_${way}`, Buffer.concat([Buffer.from([way]), Buffer.from(text)])])),
    ncnn: [['layers', Buffer.concat([Buffer.from(`${param}\0`), bin])]],
    safetensors: [
        ['all', fixtures('safetensors').files[0][1]],
        ['kinds', safetensors(['F32', 'F16', 'BF16', 'I8', 'U8', 'I32', 'I64'])],
        ['empty', safetensors([])],
    ],
    search: Object.values(rows).flatMap((bytes, dtype) =>
        [0, 1].map((metric) => [`${dtype}_${metric}`, Buffer.concat([ask(dtype, metric), bytes, bytes])]),
    ),
    vocabulary: [
        ['pieces_json', Buffer.concat([Buffer.from('0'), read('golden/acgvoc2vec/tokenizer.json')])],
        ['pieces_txt', Buffer.from('0[UNK]\n[CLS]\n[SEP]\nthe\n##s\na\n')],
        ['merges_txt', Buffer.from('1#version: 0.2\na b\nab c</w>\n')],
        ['merges_json', Buffer.from(`1${word}`)],
        ['changed', Buffer.from('#\x20\0\0\x03q r\x10\x10\0\x01\n', 'latin1')],
    ],
    // way, length, then the text; a long one: what is not repeated, then what is
    clean: texts
        .flatMap((text, i) => [[`${i}`, Buffer.concat([Buffer.from([i % 6, 0]), text])]])
        .concat([
            ['layers', Buffer.from('\0\x0f\x01&amp;', 'latin1')],
            ['marks', Buffer.from('\x05\x0f\x01a\u0316\u0301')],
        ]),
    tokens: texts.map((text, i) => [`${i}`, Buffer.concat([Buffer.from([i * 7, 0]), text])]),
    // the network, the kind, how many changes, then those, then what it looks at
    models: [...Array(11).keys()].flatMap((i) => [
        [`${i}_as_it_is`, Buffer.from([i, 0, 0, 7, 1, 1, 1])],
        [`${i}_kind`, Buffer.from([i, 240 + (i % 5), 0])],
        [`${i}_size`, Buffer.from([i, 1, 1, 0, 5, 0, 12, 7])],
        [`${i}_large`, Buffer.from([i, 1, 1, 0, i === 10 ? 6 : 10 + i, 0, i === 10 ? 12 : 12 + (i % 4)])],
        [`${i}_fill`, Buffer.from([i, 2, 2, 5, 3, 0, 5, 9, 0, 7])],
    ]),
    // calls of api_fuzz.c: of pictures, tasks and steps
    api: [
        ['still', Buffer.from([2, 0, 0, 10, 10, 0, 9, 0, 0, 7, 0, 0, 2, 1, 80, 0, 0, 0, 0, 0, 23, 0, 10, 11, 12, 13])],
        ['plan', Buffer.from([2, 0, 0, 140, 140, 1, 9, 0, 0, 7, 0, 0, 9, 1, 80, 1, 0, 0, 0, 0, 23, 1, 10, 3, 12, 13])],
        ...[9, 10, 11, 13].map((tile) => [
            `tile_${tile}`,
            Buffer.from([2, 0, 0, 140, 140, 0, 9, 0, 0, 7, 0, 0, tile, 1, 80, 0, 0, 0, 0, 0, 23, tile & 1, 10, 0]),
        ]),
        ['exact', Buffer.from([2, 0, 0, 39, 39, 0, 9, 0, 0, 7, 0, 0, 2, 2, 80, 1, 0, 1, 0, 0, 23, 0, 10, 11, 0, 1, 0, 1, 12])],
        ['file', Buffer.from([2, 0, 0, 39, 39, 0, 9, 0, 0, 7, 0, 0, 2, 3, 80, 1, 0, 0, 2, 7, 23, 0, 10, 11, 0, 1, 0, 1, 1, 0])],
        ['animation', Buffer.from([0, 2, 20, 0, 0, 5, 0, 5, 0, 5, 0, 5, 0, 5, 0, 7, 0, 0, 2, 3, 80, 0, 0, 0, 0, 0, 23, 0, 10, 11])],
        ['look', Buffer.from([0, 7, 0, 0, 0, 5, 0, 12, 14, 0, 15, 0, 3])],
        ['open', Buffer.from([15, 240, 1, 5, 0, 0, 0, 1, 1, 15, 240, 0, 100, 1, 0, 1, 127, 1, 1])],
    ],
};

/** The harnesses that there are: each has seeds. */
export const harnesses = readdirSync(join(tests, 'fuzz'))
    .filter((name) => name.endsWith('_fuzz.c'))
    .map((name) => name.slice(0, -'_fuzz.c'.length));

/** Writes them anew: folder/HARNESS/NAME. */
export function writeSeeds(folder) {
    rmSync(folder, { recursive: true, force: true });
    for (const harness of harnesses) {
        if (!seeds[harness]?.length) throw new Error(`Expected seeds for ${harness}_fuzz.c in tests/fuzz/seeds.mjs but found none.`);
        mkdirSync(join(folder, harness), { recursive: true });
        for (const [name, bytes] of seeds[harness]) writeFileSync(join(folder, harness, name), bytes);
    }
}
