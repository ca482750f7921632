// The one side of every peer that the page sees. A new peer is one file peers/NAME.js that exports `includes` (what its
// time covers, in words) and `prepare`, plus, if it needs a package, its name in the import map of page.html. It finds
// the published weights below /weights/ and the same network as /onnx/SCALE.onnx.

/**
 * @typedef {object} Task
 * @property {{ data: Uint8Array, width: number, height: number, channels: 3 }} picture to be enlarged as one tile
 * @property {2 | 3 | 4} scale
 * @property {number} threads
 *
 * @typedef {object} Peer
 * @property {string} description version and configuration as they turned out to be
 * @property {() => Promise<{ ms: number, engineMs?: number }>} run once;
 *   engineMs: without the way to the engine and back
 * @property {() => Uint8Array | Uint8ClampedArray} pixels the last result in RGB, to check that all did the same work
 *
 * @typedef {(task: Task) => Promise<Peer>} Prepare
 */

export {};
