// Wraps the functions of src/api/acg_model.h and acg_embed.h: networks that load as a stream, and their results for
// pictures and texts.
import { AcgError } from '../../errors.js';
import { hexDigits, joinBytes } from '../../shared/bytes.js';
import { AcgTextOptions, CLEAN } from './abi.js';
import { lastError, structBytes, withBytes } from './native_memory.js';

/**
 * @typedef {import('./builds.js').EngineModule} EngineModule
 * @typedef {Omit<import('../../shared/protocol.js').OpenModelBody, 'id'>} NetworkSettings
 * @typedef {{ name: string, dim: number }} Output
 */

const CLEANERS = { huggingface: CLEAN.HUGGING_FACE, openai: CLEAN.OPENAI };

export class NativeNetwork {
    #module;
    #pointer;
    #levels;
    /** @type {Output[]} once it is loaded */
    #outputs = [];

    /**
     * @param {EngineModule} module
     * @param {NetworkSettings} settings
     */
    constructor(module, { network, companion, levels, hash }) {
        this.#module = module;
        this.#levels = levels;
        this.#pointer = withBytes(module, [terminated(network)], ([name]) => module._acg_model_open(name));
        if (!this.#pointer) throw lastError(module);
        try {
            if (hash) this.#check(module._acg_model_hash(this.#pointer));
            if (companion) this.#giveCompanion(companion);
        } catch (error) {
            this.close();
            throw error;
        }
    }

    /** The pointer to the engine's network, for native.js. */
    get pointer() {
        return this.#pointer;
    }

    /** @param {Uint8Array} file */
    #giveCompanion(file) {
        const module = this.#module;
        withBytes(module, [file], ([at]) => this.#check(module._acg_model_beside(this.#pointer, at, file.byteLength)));
    }

    /**
     * The next bytes of its file, of any number.
     * @param {Uint8Array} bytes
     */
    write(bytes) {
        const module = this.#module;
        for (let at = 0; at < bytes.byteLength; ) {
            const wanted = module._acg_model_want_size(this.#pointer) >>> 0;
            // more than the file should have: the engine reports it
            const size = wanted > 0 ? Math.min(wanted, bytes.byteLength - at) : bytes.byteLength - at;
            if (wanted > 0) {
                module.HEAPU8.set(bytes.subarray(at, at + size), module._acg_model_want(this.#pointer) >>> 0);
            }
            this.#check(module._acg_model_took(this.#pointer, size));
            at += size;
        }
    }

    /** The SHA-256 of all written bytes, in hexadecimal digits. */
    sha256() {
        const at = this.#module._acg_model_sha256(this.#pointer) >>> 0;
        if (!at) throw new AcgError('INTERNAL', 'Expected a network whose file is hashed');
        return hexDigits(this.#module.HEAPU8.subarray(at, at + 32));
    }

    /**
     * To be called at the end of the file.
     * @returns {import('../../shared/protocol.js').ModelInfo}
     */
    finish() {
        const module = this.#module;
        const categories = this.#text('categories');
        this.#check(module._acg_model_finish(this.#pointer));
        if (this.#levels) this.#check(module._acg_model_set_levels(this.#pointer, this.#levels.black, this.#levels.white));
        const count = module._acg_model_n_outputs(this.#pointer);
        this.#outputs = Array.from({ length: count }, (_, i) => ({
            name: module.UTF8ToString(module._acg_model_output_name(this.#pointer, i)),
            dim: module._acg_model_output_dim(this.#pointer, i),
        }));
        const dims = Object.fromEntries(this.#outputs.map(({ name, dim }) => [name, dim]));
        return { dims, categories, logitFactor: module._acg_model_logit_factor(this.#pointer) };
    }

    /** @param {string} key of the file's metadata */
    #text(key) {
        const module = this.#module;
        return withBytes(module, [terminated(key)], ([at]) => {
            const text = module._acg_model_text(this.#pointer, at);
            return text ? module.UTF8ToString(text) : '';
        });
    }

    /**
     * @param {import('./native.js').NativeImage} image must stay until the task ends
     * @param {{ outputs: string[], fit: boolean, normalize: boolean }} options
     */
    beginImage(image, { outputs, fit, normalize }) {
        const module = this.#module;
        const mask = this.#outputs.reduce((bits, { name }, i) => bits | (outputs.includes(name) ? 1 << i : 0), 0);
        return this.#begun(module._acg_embed_image(this.#pointer, image.pointer, mask, Number(fit), Number(normalize)), 1);
    }

    /**
     * @param {string[]} texts
     * @param {{ clean: keyof typeof CLEANERS, truncate: boolean, normalize: boolean }} options
     */
    beginTexts(texts, { clean, truncate, normalize }) {
        const module = this.#module;
        const encoded = texts.map((text) => new TextEncoder().encode(text));
        const sizes = Int32Array.from(encoded, (bytes) => bytes.byteLength);
        const options = structBytes(AcgTextOptions, { clean: CLEANERS[clean], truncate: Number(truncate), normalise: Number(normalize) });
        const arrays = [joinBytes(encoded), new Uint8Array(sizes.buffer), options];
        return withBytes(module, arrays, ([text, lengths, settings]) =>
            this.#begun(module._acg_embed_texts(this.#pointer, text, lengths, texts.length, settings), texts.length),
        );
    }

    close() {
        this.#module._acg_model_close(this.#pointer);
    }

    /** @param {number} status */
    #check(status) {
        if (status !== 0) throw lastError(this.#module);
    }

    /**
     * @param {number} task
     * @param {number} count of vectors
     */
    #begun(task, count) {
        if (!task) throw lastError(this.#module);
        return new NativeEmbed(this.#module, task, count, this.#outputs);
    }
}

export class NativeEmbed {
    #module;
    #task;
    #count;
    #outputs;

    /**
     * @param {EngineModule} module
     * @param {number} task
     * @param {number} count
     * @param {Output[]} outputs
     */
    constructor(module, task, count, outputs) {
        this.#module = module;
        this.#task = task;
        this.#count = count;
        this.#outputs = outputs;
        this.total = module._acg_embed_total(task);
    }

    get done() {
        return this.#module._acg_embed_done(this.#task);
    }

    step() {
        if (this.#module._acg_embed_step(this.#task) !== 0) throw lastError(this.#module);
    }

    /**
     * Copies of the vectors, after the last step: one for the picture, or one for each text.
     * @param {string} output
     */
    vectors(output) {
        const index = this.#outputs.findIndex(({ name }) => name === output);
        const at = index < 0 ? 0 : this.#module._acg_embed_output(this.#task, index) >>> 0;
        if (!at) throw new AcgError('INTERNAL', `Expected an output that was asked for but received '${output}'`);
        const bytes = this.#outputs[index].dim * Float32Array.BYTES_PER_ELEMENT;
        return Array.from({ length: this.#count }, (_, i) => {
            const from = at + i * bytes;
            // a copy, in memory that is not shared
            return new Float32Array(new Uint8Array(this.#module.HEAPU8.subarray(from, from + bytes)).buffer);
        });
    }

    end() {
        this.#module._acg_embed_end(this.#task);
    }
}

/** @param {string} text */
function terminated(text) {
    return new TextEncoder().encode(`${text}\0`);
}
