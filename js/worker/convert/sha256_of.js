// The SHA-256 of a file, piece by piece, by the engine.
import { cancelled } from '../../errors.js';

/**
 * @param {import('../native/native.js').Native} native
 * @param {import('../../models/originals/original.js').RandomAccess} access
 * @param {AbortSignal} signal
 */
export async function sha256Of(native, access, signal) {
    const hash = native.openHash();
    try {
        for await (const piece of access.stream()) {
            if (signal.aborted) throw cancelled();
            hash.add(piece);
        }
        return hash.end();
    } finally {
        hash.close();
    }
}
