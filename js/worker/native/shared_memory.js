// Allocates the memory that the engine shares with its threads, also in browsers that refuse large ones.
import { AcgError } from '../../errors.js';

/** In pages of 64 KiB: with a maximum below 256 MiB, one thread with unshared memory can do more. */
const MIN_MAXIMUM = 4096;

/**
 * A memory with the largest maximum that the browser allows: phones refuse large ones, because they reserve a shared memory at once.
 * @param {{ initial: number, maximum: number }} limits
 * @param {(descriptor: WebAssembly.MemoryDescriptor) => WebAssembly.Memory} [create] tests pass another
 * @throws {AcgError} NO_MEMORY
 */
export function sharedMemory({ initial, maximum }, create = (descriptor) => new WebAssembly.Memory(descriptor)) {
    try {
        return create({ initial, maximum, shared: true });
    } catch (error) {
        const half = Math.floor(maximum / 2);
        if (half >= MIN_MAXIMUM) return sharedMemory({ initial, maximum: half }, create);
        throw new AcgError('NO_MEMORY', 'The browser gives no memory that threads can share: use one thread', { cause: error });
    }
}
