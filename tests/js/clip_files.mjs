// The tiny CLIP of tests/golden/clip as the files of a model: with a vocabulary of CLIP's size, and a list of merges to go with it.
import { golden, readGolden } from './support.mjs';
import { entry } from './tiny_engine.mjs';
import { readFileSync } from 'node:fs';

const N_MERGES = 48894;
const N_TOKENS = N_MERGES + 514;

/** The results of PyTorch and transformers: see tests/nets/make_clip_golden.py. */
export const expected = JSON.parse(readFileSync(golden('clip/expected.json'), 'utf8'));

/** The text network, its words repeated until there are as many as CLIP has: word i is row i modulo those of the file. */
export function textNetwork() {
    const file = readGolden('clip/text.safetensors');
    const start = 8 + Number(file.readBigUInt64LE(0));
    const header = JSON.parse(file.subarray(8, start).toString());
    const bodies = [];
    let size = 0;
    for (const [name, tensor] of Object.entries(header)) {
        if (name === '__metadata__') continue;
        const [from, to] = tensor.data_offsets;
        let body = file.subarray(start + from, start + to);
        if (name.endsWith('token_embedding.weight')) {
            const times = Math.ceil(N_TOKENS / expected.vocabulary);
            tensor.shape[0] = N_TOKENS;
            body = Buffer.concat(Array(times).fill(body)).subarray(0, (body.length / expected.vocabulary) * N_TOKENS);
        }
        tensor.data_offsets = [size, (size += body.length)];
        bodies.push(body);
    }
    return safetensors(header, Buffer.concat(bodies));
}

/** Both halves as Hugging Face publishes a CLIP: tensors by name, and the config.json. */
export function publishedClip() {
    const tensors = new Map();
    const config = {};
    for (const file of [readGolden('clip/image.safetensors'), textNetwork()]) {
        const start = 8 + Number(file.readBigUInt64LE(0));
        const { __metadata__: metadata, ...header } = JSON.parse(file.subarray(8, start).toString());
        for (const [
            name,
            {
                dtype,
                shape,
                data_offsets: [from, to],
            },
        ] of Object.entries(header)) {
            tensors.set(name, { dtype, shape, bytes: file.subarray(start + from, start + to) });
        }
        for (const [key, value] of Object.entries(metadata).filter(([each]) => each.includes('.'))) {
            const [section, field] = key.split('.');
            config[section] = { ...config[section], [field]: Number.isNaN(Number(value)) ? value : Number(value) };
        }
    }
    return { tensors, config };
}

export function safetensors(header, body) {
    const text = Buffer.from(JSON.stringify(header));
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(text.length));
    return Buffer.concat([length, text, body]);
}

/** A merges.txt of full length. Only the merges that the expected texts need are real; the others make bytes that occur in no text. */
export function merges() {
    const digits = (number, n) =>
        Array.from({ length: n }, (_, i) => String.fromCharCode(0xf8 + ((number >> (3 * (n - 1 - i))) & 7))).join('');
    const lines = ['#version: 0.2'];
    let filler = 0;
    for (let rank = 0; rank < N_MERGES; rank++) {
        const real = expected.merges[rank];
        if (real !== undefined) lines.push(real);
        else lines.push(fillerMerge(filler++, digits));
    }
    return Buffer.from(`${lines.join('\n')}\n`);
}

// 2 bytes from 1 and 1, then 4 from 2 and 2, then 6 from 4 and 2
function fillerMerge(i, digits) {
    if (i < 64) return `${digits(i >> 3, 1)} ${digits(i & 7, 1)}`;
    if (i < 64 + 4096) return `${digits((i - 64) >> 6, 2)} ${digits((i - 64) & 63, 2)}`;
    const k = i - 64 - 4096;
    return `${digits(k >> 6, 4)} ${digits(k & 63, 2)}`;
}

/** The files by path, and the manifest's entries for them. */
export function clipModel() {
    const files = {
        'dclip/image.safetensors': readGolden('clip/image.safetensors'),
        'dclip/text.safetensors': textNetwork(),
        'dclip/merges.txt': merges(),
    };
    const models = [
        entry(files, 'dclip/image', 'clip_vision', 'dclip', ['dclip/image.safetensors']),
        entry(files, 'dclip/text', 'clip_text', 'dclip', ['dclip/text.safetensors', 'dclip/merges.txt']),
    ];
    return { files, manifest: { models } };
}
