// The origin private file system, where a page keeps converted models and its index; and why there may be none. Also used by workers.
import { AcgError } from '../../errors.js';

/**
 * @returns {Promise<FileSystemDirectoryHandle>} its root
 * @throws {AcgError} UNSUPPORTED
 */
export async function privateFiles() {
    try {
        return await navigator.storage.getDirectory();
    } catch (error) {
        throw notKeeping(error);
    }
}

/**
 * The error of a browser that keeps nothing for this page.
 * @param {unknown} [cause]
 */
export function notKeeping(cause) {
    return globalThis.isSecureContext
        ? new AcgError('UNSUPPORTED', 'The browser keeps nothing for this page: allow it to store site data, and use no private window', {
              cause,
              reason: 'STORAGE_REFUSED',
          })
        : new AcgError('UNSUPPORTED', 'The browser keeps nothing for a page that does not come by HTTPS or from localhost', {
              cause,
              reason: 'STORAGE_NEEDS_HTTPS',
          });
}
