// Wraps the functions of src/api/acg_model.h and acg_embed.h: networks that load while their file comes, and what they make of
// pictures and texts.
import { AcgError } from './errors.js';
import { lastError, withBytes } from './native_memory.js';

/**
 * @typedef {import('./builds.js').EngineModule} EngineModule
 * @typedef {import('./protocol.js').NetworkKind} NetworkKind
 */

const KINDS = { clip_vision: 0, clip_text: 1 };
const CLEAN = { huggingface: 0, openai: 1 };

export class NativeNetwork {
    #module;
    #pointer;

    /**
     * @param {EngineModule} module
     * @param {NetworkKind} kind
     * @param {boolean} hash whether its file's SHA-256 will be asked for
     */
    constructor(module, kind, hash) {
        this.#module = module;
        this.#pointer = module._acg_model_open(KINDS[kind]);
        if (!this.#pointer) throw lastError(module);
        if (hash) module._acg_model_hash(this.#pointer);
    }

    /**
     * The next bytes of its file, of any number.
     * @param {Uint8Array} bytes
     */
    write(bytes) {
        const module = this.#module;
        for (let at = 0; at < bytes.byteLength; ) {
            const wanted = module._acg_model_want_size(this.#pointer) >>> 0;
            // more than the file should have: the engine says so
            const size = wanted > 0 ? Math.min(wanted, bytes.byteLength - at) : bytes.byteLength - at;
            if (wanted > 0) {
                module.HEAPU8.set(bytes.subarray(at, at + size), module._acg_model_want(this.#pointer) >>> 0);
            }
            if (module._acg_model_took(this.#pointer, size) !== 0) throw lastError(module);
            at += size;
        }
    }

    /** Of all that was written, in hexadecimal digits. */
    sha256() {
        const at = this.#module._acg_model_sha256(this.#pointer) >>> 0;
        if (!at) throw new AcgError('INTERNAL', 'Expected a network whose file is hashed');
        return Array.from(this.#module.HEAPU8.slice(at, at + 32), (byte) => byte.toString(16).padStart(2, '0')).join('');
    }

    /**
     * The file has ended.
     * @param {Uint8Array} [vocabulary] of a text network: the list of merges
     */
    finish(vocabulary) {
        const module = this.#module;
        if (module._acg_model_finish(this.#pointer) !== 0) throw lastError(module);
        if (vocabulary) {
            withBytes(module, [vocabulary], ([file]) => {
                const status = module._acg_model_vocabulary(this.#pointer, file, vocabulary.byteLength);
                if (status !== 0) throw lastError(module);
            });
        }
        /** Of the vectors. */
        this.dim = module._acg_model_dim(this.#pointer);
        /** What cosines are multiplied by before the softmax over labels; 0 if the file has none. */
        this.logitFactor = module._acg_model_logit_factor(this.#pointer);
    }

    /**
     * @param {import('./source.js').Picture} picture
     * @param {boolean} normalize
     */
    beginImage(picture, normalize) {
        const module = this.#module;
        const bytes = 'bytes' in picture ? picture.bytes : picture.pixels;
        return withBytes(module, [bytes], ([at]) => {
            const task =
                'bytes' in picture
                    ? module._acg_embed_file(this.#pointer, at, bytes.byteLength, Number(normalize))
                    : module._acg_embed_pixels(this.#pointer, at, picture.width, picture.height, picture.channels, Number(normalize));
            return this.#begun(task, 1);
        });
    }

    /**
     * @param {string[]} texts
     * @param {{ clean: keyof typeof CLEAN, truncate: boolean, normalize: boolean }} options
     */
    beginTexts(texts, { clean, truncate, normalize }) {
        const module = this.#module;
        const encoded = texts.map((text) => new TextEncoder().encode(text));
        const sizes = Int32Array.from(encoded, (bytes) => bytes.byteLength);
        const all = new Uint8Array(encoded.reduce((sum, bytes) => sum + bytes.byteLength, 0));
        encoded.reduce((at, bytes) => (all.set(bytes, at), at + bytes.byteLength), 0);
        return withBytes(module, [all, new Uint8Array(sizes.buffer)], ([text, lengths]) =>
            this.#begun(
                module._acg_embed_texts(this.#pointer, text, lengths, texts.length, CLEAN[clean], Number(truncate), Number(normalize)),
                texts.length,
            ),
        );
    }

    close() {
        this.#module._acg_model_close(this.#pointer);
    }

    /**
     * @param {number} task
     * @param {number} count of vectors
     */
    #begun(task, count) {
        if (!task) throw lastError(this.#module);
        if (!this.dim) throw new AcgError('INTERNAL', 'Expected a network that is loaded');
        return new NativeEmbed(this.#module, task, count, this.dim);
    }
}

export class NativeEmbed {
    #module;
    #task;
    #count;
    #dim;

    /**
     * @param {EngineModule} module
     * @param {number} task
     * @param {number} count
     * @param {number} dim
     */
    constructor(module, task, count, dim) {
        this.#module = module;
        this.#task = task;
        this.#count = count;
        this.#dim = dim;
        this.total = module._acg_embed_total(task);
    }

    get done() {
        return this.#module._acg_embed_done(this.#task);
    }

    step() {
        if (this.#module._acg_embed_step(this.#task) !== 0) throw lastError(this.#module);
    }

    /** Copies, when all steps are done. */
    vectors() {
        const at = this.#module._acg_embed_vectors(this.#task) >>> 0;
        const bytes = this.#dim * Float32Array.BYTES_PER_ELEMENT;
        return Array.from({ length: this.#count }, (_, i) => {
            const vector = new Float32Array(this.#dim);
            const from = at + i * bytes;
            new Uint8Array(vector.buffer).set(this.#module.HEAPU8.subarray(from, from + bytes));
            return vector;
        });
    }

    end() {
        this.#module._acg_embed_end(this.#task);
    }
}
