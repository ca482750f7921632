// What a reader of a published file gives to the converter. Types only.

/**
 * @typedef {'F64' | 'F32' | 'F16' | 'BF16' | 'I64' | 'I32' | 'I16' | 'I8' | 'U8' | 'BOOL'} Dtype safetensors' names
 * @typedef {{ dtype: Dtype, shape: number[], bytes: number }} TensorInfo values little-endian, C order, without gaps
 * @typedef {{ name: string, at: number, bytes: Uint8Array<ArrayBuffer> }} TensorPiece bytes at `at` (from the tensor's beginning); a
 *   multiple of the dtype's size, at most 1 MiB, with a buffer of their own that begins with them
 *
 * @typedef {object} RandomAccess bytes that can be read anywhere: a Blob, a file, ranges of a URL
 * @property {number} size
 * @property {(at: number, length: number) => Promise<Uint8Array<ArrayBuffer>>} read exactly `length` bytes; fails with BAD_FORMAT past the end
 * @property {(at?: number) => AsyncIterable<Uint8Array<ArrayBuffer>>} stream from `at` to the end
 *
 * @typedef {object} Original a published file whose structure has been read; no weight has been yet
 * @property {'torch' | 'torch-legacy' | 'safetensors' | 'hdf5' | 'tf-bundle'} container
 * @property {Map<string, TensorInfo>} tensors by published name: all that are there. Of Keras: <layer>/<variable>, the last two words,
 *   as models/convert/keras_source.py shortens them; optimizer's left out
 * @property {unknown} [config] Keras's model_config (HDF5), parsed
 * @property {Record<string, unknown>} [metadata] of a safetensors file
 * @property {() => AsyncIterable<TensorPiece>} stream all tensors' bytes in the file's order, once; pieces of a tensor come in order.
 *   Tensors that share their bytes in the file take turns
 * @property {(name: string) => Promise<Uint8Array<ArrayBuffer>>} [read] one tensor's bytes; only where the source can be read anywhere
 *
 * @typedef {object} Folder files by path relative to the folder: a .zip, a chosen set of Blobs, a folder on disk
 * @property {string[]} names
 * @property {(name: string) => Promise<RandomAccess>} open fails with UNSUPPORTED for what `mustBeStored`
 * @property {(name: string) => AsyncIterable<Uint8Array<ArrayBuffer>>} stream the file from its beginning to its end
 * @property {(name: string) => boolean} mustBeStored whether it is large and compressed, so that it has to be streamed into a file before
 *   it can be opened
 */

export {};
