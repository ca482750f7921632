// The memory that threads share, in browsers that refuse a large one.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sharedMemory } from '../../js/worker/native/shared_memory.js';

/** A browser that gives memories up to a maximum of pages. */
function upTo(most) {
    const asked = [];
    const create = (descriptor) => {
        asked.push(descriptor.maximum);
        assert.equal(descriptor.shared, true);
        if (descriptor.maximum > most) throw new RangeError('Out of memory');
        return new WebAssembly.Memory({ ...descriptor, maximum: descriptor.initial });
    };
    return { asked, create };
}

test('the largest maximum that the browser gives is taken', () => {
    for (const [most, expected] of [
        [65536, [65536]],
        [65535, [65536, 32768]],
        [9000, [65536, 32768, 16384, 8192]],
    ]) {
        const { asked, create } = upTo(most);
        assert.equal(sharedMemory({ initial: 3, maximum: 65536 }, create).buffer.byteLength, 3 * 65536);
        assert.deepEqual(asked, expected);
    }
});

test('a browser that gives none that is worth it is said so', () => {
    const { asked, create } = upTo(4000);
    assert.throws(() => sharedMemory({ initial: 3, maximum: 65536 }, create), { name: 'AcgError', code: 'NO_MEMORY' });
    assert.equal(asked.at(-1), 4096);
});
