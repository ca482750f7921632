// The model files that users choose from their disk: which file of the manifest each one is, by what is in it. Reads headers only.

/** @typedef {{ path: string, role: 'clip_vision' | 'clip_text' | 'vocabulary' }} Place */

const MAX_HEADER = 2 ** 24;
const TENSORS = /** @type {Record<string, string>} */ ({
    clip_vision: 'vision_model.embeddings.class_embedding',
    clip_text: 'text_model.embeddings.token_embedding.weight',
});

/**
 * A file that holds both halves serves as both.
 * @param {File[]} files
 * @param {Place[]} places
 * @returns {Promise<Map<string, File>>} by path
 * @throws {Error} with a sentence about the first file that is of no use
 */
export async function recogniseFiles(files, places) {
    /** @type {Map<string, File>} */
    const found = new Map();
    for (const file of files) {
        const roles = /\.txt$/i.test(file.name) ? ['vocabulary'] : await halvesOf(file);
        for (const { path, role } of places) {
            if (roles.includes(role)) found.set(path, file);
        }
    }
    return found;
}

/** @param {File} file */
async function halvesOf(file) {
    if (/\.(bin|pt|pth|ckpt)$/i.test(file.name)) {
        throw new Error(`“${file.name}” is a file for PyTorch. Convert it first, with npm run convert; then choose what that makes.`);
    }
    const names = await tensorNames(file);
    const halves = Object.keys(TENSORS).filter((half) => names.has(TENSORS[half]));
    if (halves.length) return halves;
    throw new Error(`“${file.name}” has neither half of a CLIP in it: expected a tensor ${TENSORS.clip_vision} or ${TENSORS.clip_text}.`);
}

/** @param {File} file */
async function tensorNames(file) {
    const length = file.size < 8 ? 0 : Number(new DataView(await file.slice(0, 8).arrayBuffer()).getBigUint64(0, true));
    try {
        if (length < 2 || length > MAX_HEADER) throw new Error('no header');
        return new Set(Object.keys(JSON.parse(await file.slice(8, 8 + length).text())));
    } catch {
        throw new Error(`“${file.name}” is not a safetensors file. Expected image.safetensors or text.safetensors, which npm run convert makes, or merges.txt.`);
    }
}
