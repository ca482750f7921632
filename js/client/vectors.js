// The engine's part of an index: vectors in the engine's memory, and computations on vectors. These calls do not wait for a picture that
// runs through a network: the worker handles them between two steps.

/**
 * @typedef {object} VectorStore
 * @property {boolean} isAlive false: the worker has ended, so the vectors are lost
 * @property {(halves: Uint16Array<ArrayBuffer>) => Promise<number>} append float16 vectors, one after the other; transfers
 *   their memory. Gives the number of vectors in the store
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
     * Converts vectors to the form that an index stores: scaled to length 1, as float16.
     * @param {Float32Array[]} vectors
     * @throws {AcgError} BAD_ARGUMENT if a vector is all zero or has values that are not finite
     */
    async store(vectors) {
        return (await this.#session.start()).rpc.request('storeVectors', { vectors });
    }

    /**
     * The cosine of the query and each vector.
     * @param {Float32Array} query
     * @param {Uint16Array} halves float16 vectors, one after the other
     */
    async score(query, halves) {
        return (await this.#session.start()).rpc.request('scoreVectors', { query, halves, dims: query.length });
    }

    /**
     * Chooses k vectors that are relevant and unlike each other. Gives their indices; fewer than k if all others are copies of these.
     * @param {Uint16Array} halves float16 vectors, one after the other
     * @param {Float32Array} relevance of each
     * @param {{ k: number, weight: number }} options weight: of relevance, 0 to 1; diversity has the weight
     *   1 - weight
     */
    async diverse(halves, relevance, options) {
        return (await this.#session.start()).rpc.request('diverse', { halves, relevance, ...options });
    }

    /**
     * The pairs of hashes that differ in at most `distance` bits, as indices of hashes, one pair after the other.
     * @param {Uint8Array[]} hashes
     * @param {number} distance
     */
    async nearPairs(hashes, distance) {
        return (await this.#session.start()).rpc.request('nearPairs', { hashes, distance });
    }
}
