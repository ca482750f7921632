// The model files that users choose from their disk: which file of the manifest each one is, by what is in it. Reads headers only.

/** @typedef {'clip_vision' | 'clip_text' | 'vocabulary' | 'resnet_v2' | 'deepdanbooru' | 'tags'} Role */
/** @typedef {{ path: string, role: Role }} Place */

const MAX_HEADER = 2 ** 24;
/** @type {Partial<Record<Role, string>>} a tensor that only this network has */
const TENSORS = {
    clip_vision: 'vision_model.embeddings.class_embedding',
    clip_text: 'text_model.embeddings.token_embedding.weight',
    resnet_v2: 'conv2_block1_preact_bn.weight',
    deepdanbooru: 'head.weight', // illust2vec, which is its beginning, has none
};
/** @type {Role[]} */
const TEXTS = ['vocabulary', 'tags'];
const FROM_PYTHON = { h5: 'Keras', hdf5: 'Keras', pb: 'TensorFlow', bin: 'PyTorch', pt: 'PyTorch', pth: 'PyTorch', ckpt: 'PyTorch' };

/**
 * A file that holds several networks serves as each.
 * @param {File[]} files
 * @param {Place[]} places
 * @returns {Promise<Map<string, File>>} by path
 * @throws {Error} with a sentence about the first file that is of no use
 */
export async function recogniseFiles(files, places) {
    /** @type {Map<string, File>} */
    const found = new Map();
    for (const file of files) {
        const roles = /\.txt$/i.test(file.name) ? TEXTS : await networksIn(file, places);
        for (const { path, role } of places) {
            if (roles.includes(role)) found.set(path, file);
        }
    }
    return found;
}

/**
 * @param {File} file
 * @param {Place[]} places
 */
async function networksIn(file, places) {
    const program = FROM_PYTHON[/** @type {keyof typeof FROM_PYTHON} */ (file.name.toLowerCase().replace(/.*\./, ''))];
    if (program)
        throw new Error(`“${file.name}” is a file for ${program}. Convert it first, with npm run convert; then choose what that makes.`);
    const names = await tensorNames(file, places);
    const wanted = places.map(({ role }) => role).filter((role) => TENSORS[role]);
    const roles = wanted.filter((role) => names.has(TENSORS[role]));
    if (roles.length) return roles;
    throw new Error(
        `“${file.name}” has none of these networks in it: expected a tensor ${wanted.map((role) => TENSORS[role]).join(' or ')}.`,
    );
}

/**
 * @param {File} file
 * @param {Place[]} places
 */
async function tensorNames(file, places) {
    const length = file.size < 8 ? 0 : Number(new DataView(await file.slice(0, 8).arrayBuffer()).getBigUint64(0, true));
    try {
        if (length < 2 || length > MAX_HEADER) throw new Error('no header');
        return new Set(Object.keys(JSON.parse(await file.slice(8, 8 + length).text())));
    } catch {
        const expected = places.map(({ path }) => path.replace(/.*\//, ''));
        throw new Error(
            `“${file.name}” is not a safetensors file. Expected what npm run convert makes: ${[...new Set(expected)].join(', ')}.`,
        );
    }
}
