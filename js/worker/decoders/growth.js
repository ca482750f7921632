// Limits the memory of the library for AVIF to the need of a picture of the size in the header. A file with a wrong size is then reported as
// damaged. The library grows its memory by calling this method (the one for JPEG XL does not).

let most = Infinity;
const { grow } = WebAssembly.Memory.prototype;
const PAGE_BYTES = 65536;

/** Must be called in a worker of the decoders only. @param {number} bytes */
export function limitGrowth(bytes) {
    most = bytes;
    WebAssembly.Memory.prototype.grow = growWithin;
}

/** @this {WebAssembly.Memory} @param {number} pages */
function growWithin(pages) {
    if (this.buffer.byteLength + pages * PAGE_BYTES > most) throw new RangeError('the decoder may take no more memory');
    return grow.call(this, pages);
}
