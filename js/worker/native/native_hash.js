// Wraps the functions of src/api/acg_hash.h: SHA-256 of bytes that come in pieces.
import { hexDigits } from '../../shared/bytes.js';
import { lastError, withBytes } from './native_memory.js';

export class NativeHash {
    #module;
    #pointer;

    /** @param {import('./builds.js').EngineModule} module */
    constructor(module) {
        this.#module = module;
        this.#pointer = module._acg_hash_open();
        if (!this.#pointer) throw lastError(module);
    }

    /** @param {Uint8Array} bytes */
    add(bytes) {
        withBytes(this.#module, [bytes], ([at]) => this.#module._acg_hash_add(this.#pointer, at, bytes.byteLength));
    }

    /** In hexadecimal digits; nothing can be added afterwards. */
    end() {
        const at = this.#module._acg_hash_end(this.#pointer) >>> 0;
        return hexDigits(this.#module.HEAPU8.subarray(at, at + 32));
    }

    close() {
        this.#module._acg_hash_close(this.#pointer);
    }
}
