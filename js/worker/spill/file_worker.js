// The worker behind async_file.js: it has the temporary file open and reads and writes it.
import { sentence } from '../../errors.js';

/**
 * @typedef {import('./storage_browser.js').AccessHandle} AccessHandle
 * @typedef {{ kind: 'open', file: any } | { kind: 'read' | 'write', bytes: Uint8Array, at: number } | { kind: 'close' }} FileMessage
 *   bytes: a view of shared memory
 * @typedef {{ n: number } | { why: string }} FileAnswer how many bytes were read or written, or why none
 */

const port = /** @type {Worker} */ (/** @type {unknown} */ (globalThis));
/** @type {AccessHandle} */
let handle;

/** @param {FileMessage} message */
async function carryOut(message) {
    if (message.kind === 'open') handle = await message.file.createSyncAccessHandle();
    else if (message.kind === 'close') handle.close();
    else return handle[message.kind](message.bytes, { at: message.at });
    return 0;
}

port.onmessage = async (/** @type {MessageEvent<FileMessage>} */ { data }) => {
    /** @type {FileAnswer} */
    const answer = await carryOut(data).then(
        (n) => ({ n }),
        (error) => ({ why: sentence(error) }),
    );
    port.postMessage(answer);
};
