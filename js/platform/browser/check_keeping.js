// Whether the browser keeps anything for this page: converted models and an index are in the origin private file system.
import { AcgError } from '../../errors.js';

/**
 * Asks in the page, because in a private window of Firefox a worker may get no answer.
 * @throws {AcgError} UNSUPPORTED, with the reason
 */
export async function checkKeeping() {
    try {
        await navigator.storage.getDirectory();
    } catch (cause) {
        if (globalThis.isSecureContext) {
            throw new AcgError(
                'UNSUPPORTED',
                'The browser keeps nothing for this page: allow it to store site data, and use no private window',
                {
                    cause,
                    reason: 'STORAGE_REFUSED',
                },
            );
        }
        throw new AcgError('UNSUPPORTED', 'The browser keeps nothing for a page that does not come by HTTPS or from localhost', {
            cause,
            reason: 'STORAGE_NEEDS_HTTPS',
        });
    }
}
