// The types that readers of published files give to the converter.

/**
 * @typedef {'F64' | 'F32' | 'F16' | 'BF16' | 'I64' | 'I32' | 'I16' | 'I8' | 'U8' | 'BOOL'} Dtype safetensors' names
 * @typedef {{ dtype: Dtype, shape: number[], bytes: number }} TensorInfo values little-endian, C order, without gaps
 * @typedef {{ name: string, at: number, bytes: Uint8Array<ArrayBuffer> }} TensorPiece a part of a tensor's bytes; at: its position in the
 *   tensor; bytes: whole elements, at most 1 MiB, alone in their buffer
 *
 * @typedef {object} RandomAccess bytes that can be read at any position: a Blob, a file, ranges of a URL
 * @property {number} size
 * @property {(at: number, length: number) => Promise<Uint8Array<ArrayBuffer>>} read exactly `length` bytes; fails with BAD_FORMAT past the end
 * @property {(at?: number) => AsyncIterable<Uint8Array<ArrayBuffer>>} stream from `at` to the end
 *
 * @typedef {object} Original a published file: its structure has been read, its weights have not
 * @property {'torch' | 'torch-legacy' | 'safetensors' | 'hdf5' | 'tf-bundle'} container
 * @property {Map<string, TensorInfo>} tensors all tensors by published name. Keras's are named <layer>/<variable>, as in
 *   models/convert/keras_source.py, and those of optimizers are left out
 * @property {unknown} [config] Keras's model_config (HDF5), parsed
 * @property {Record<string, unknown>} [metadata] of a safetensors file
 * @property {() => AsyncIterable<TensorPiece>} stream gives the bytes of all tensors once, in the order of the file; the pieces of a
 *   tensor are in order. Pieces of tensors that share bytes in the file alternate
 * @property {(name: string) => Promise<Uint8Array<ArrayBuffer>>} [read] gives the bytes of one tensor; only if the source has random
 *   access
 *
 * @typedef {object} Folder files by their paths in it: a .zip, a set of chosen Blobs, a folder on disk
 * @property {string[]} names
 * @property {(name: string) => Promise<RandomAccess>} open fails with UNSUPPORTED if `mustBeStored` is true
 * @property {(name: string) => AsyncIterable<Uint8Array<ArrayBuffer>>} stream the file from its beginning to its end
 * @property {(name: string) => boolean} mustBeStored true: the file is large and compressed, so it must be streamed into another file
 *   before it can be opened
 */

export {};
