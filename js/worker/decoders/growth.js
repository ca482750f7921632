// How much memory the library for AVIF may take: what a picture of the size that the file tells needs. A file that tells a wrong size then
// ends as a damaged one. The library grows its memory by calls of this method (the one for JPEG XL does not).

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
