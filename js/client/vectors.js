// The engine's part of an index: vectors that stay in its memory, and computations on a few of them. These calls do not wait for a picture
// that runs through a network: the worker handles them between two steps of it.

/**
 * @typedef {object} VectorStore
 * @property {boolean} isAlive false: its worker has ended, and the vectors with it
 * @property {(halves: Uint16Array<ArrayBuffer>) => Promise<number>} append float16; takes the memory. How many vectors there are now
 * @property {(query: Float32Array, k: number, filter?: Uint8Array) => Promise<import('../shared/protocol.js').Nearest>} search
 * @property {() => Promise<void>} close
 */

export class EngineVectors {
    #session;
    #nextId = 1;

    /** @param {import('./session.js').Session} session */
    constructor(session) {
        this.#session = session;
    }

    /**
     * @param {number} dims
     * @returns {Promise<VectorStore>}
     */
    async open(dims) {
        const { rpc } = await this.#session.start();
        const id = this.#nextId++;
        await rpc.request('openVectors', { id, dims });
        return {
            get isAlive() {
                return rpc.alive;
            },
            append: (halves) => rpc.request('appendVectors', { id, halves }, { transfer: [halves.buffer] }),
            search: (query, k, filter) => rpc.request('searchVectors', { id, query, k, filter }),
            close: async () => {
                if (rpc.alive) await rpc.request('closeVectors', { id });
            },
        };
    }

    /**
     * As they are kept: of length 1, in float16.
     * @param {Float32Array[]} vectors
     * @throws {AcgError} BAD_ARGUMENT for what is no vector: zero, or no numbers
     */
    async store(vectors) {
        return (await this.#session.start()).rpc.request('storeVectors', { vectors });
    }

    /**
     * The cosine of the query and each vector.
     * @param {Float32Array} query
     * @param {Uint16Array} halves one vector behind the other, float16
     */
    async score(query, halves) {
        return (await this.#session.start()).rpc.request('scoreVectors', { query, halves, dims: query.length });
    }

    /**
     * Which of these vectors to show: those that are relevant and unlike each other. Fewer than k if the others are copies of these.
     * @param {Uint16Array} halves one vector behind the other, float16
     * @param {Float32Array} relevance of each
     * @param {{ k: number, weight: number }} options weight: of relevance, 0 to 1; what is left is that of being unlike
     */
    async diverse(halves, relevance, options) {
        return (await this.#session.start()).rpc.request('diverse', { halves, relevance, ...options });
    }

    /**
     * Which hashes differ in at most `distance` bits: pairs of their numbers, one behind the other.
     * @param {Uint8Array[]} hashes
     * @param {number} distance
     */
    async nearPairs(hashes, distance) {
        return (await this.#session.start()).rpc.request('nearPairs', { hashes, distance });
    }
}
