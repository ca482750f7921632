// The engine's worker where WebAssembly memory cannot grow beyond 96 MiB, as on a phone whose memory is used up.
const MOST_PAGES = 96 * 16;

const { prototype } = WebAssembly.Memory;
const { grow } = prototype;
prototype.grow = function (pages) {
    if (this.buffer.byteLength / 65536 + pages > MOST_PAGES)
        throw new RangeError('WebAssembly.Memory.grow(): Maximum memory size exceeded');
    return grow.call(this, pages);
};

await import('../../js/worker/entry_node.js');
