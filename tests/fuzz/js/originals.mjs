// The readers of published files (js/models/originals): they give tensors or refuse in a sentence. Seeds: tests/js/originals.
import { bytesAccess } from '../../../js/models/originals/access.js';
import { openZip } from '../../../js/models/originals/zip.js';
import { collect, fixtureNames, openBundle, openBytes, openStreamed, readFixture } from '../../js/originals_support.mjs';
import { changed, oneOf } from './mutate.mjs';
import { refusal } from './outcome.mjs';

async function readOriginal(original) {
    const found = await collect(original);
    if (!original.read) return;
    for (const [name, bytes] of found) {
        if (!bytes.equals(await original.read(name))) throw new Error(`${name} is not the same piece by piece and as a whole`);
    }
}

async function readZip(bytes) {
    const folder = await openZip(bytesAccess(bytes));
    for (const name of folder.names) {
        for await (const _ of folder.stream(name));
        await folder.open(name);
    }
}

/** Ways to read: name -> (files) => Promise */
function readings() {
    const all = fixtureNames().map((name) => ({ name, files: [readFixture(name)] }));
    const bundle = {
        name: 'saved_model',
        files: ['index', 'data-00000-of-00001'].map((each) => readFixture(`saved_model/variables.${each}`)),
    };
    return [
        ...all.map((each) => ({ ...each, read: async ([bytes]) => readOriginal(await openBytes(bytes)) })),
        ...all
            .filter(({ name }) => /\.(pth|safetensors)$/.test(name))
            .map(({ name, files }) => ({
                name: `${name} in one pass`,
                files,
                read: async ([bytes]) => readOriginal(await openStreamed(bytes)),
            })),
        { ...bundle, read: async ([index, data]) => readOriginal(await openBundle(index, data)) },
        { name: 'release.zip as a folder', files: [readFixture('release.zip')], read: ([bytes]) => readZip(bytes) },
    ];
}

/** @returns 'read', or the code with which it was refused; throws what must not come out */
export async function tryOne(read, files) {
    try {
        await read(files);
        return 'read';
    } catch (error) {
        return refusal(error, ['BAD_FORMAT', 'UNSUPPORTED']);
    }
}

export async function open() {
    const all = readings();
    return {
        async run(random) {
            const { name, files, read } = oneOf(random, all);
            const which = random(files.length);
            const other = oneOf(random, all).files[0];
            const mutated = files.map((bytes, i) => (i === which ? changed(bytes, random, other) : bytes));
            return `${name}: ${await tryOne(read, mutated)}`;
        },
        close() {},
    };
}
