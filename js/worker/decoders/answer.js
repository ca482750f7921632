// The worker of the decoders: takes a file and answers with a PNG. A library is loaded when the first file of its kind comes.
import { AcgError } from '../../errors.js';
import { packError } from '../../shared/protocol.js';
import { decodeAvif } from './avif.js';
import { decodeJxl } from './jxl.js';

/**
 * @typedef {import('../../shared/library_kinds.js').LibraryKind} LibraryKind
 * @typedef {{ metadata: boolean, damaged?: 'refuse' | 'keep', maxPixels?: number }} DecodeSettings
 * @typedef {{ png: Uint8Array<ArrayBuffer>, notes: import('../../types.js').Note[] }} Decoded
 * @typedef {{ kind: LibraryKind, bytes: Uint8Array<ArrayBuffer>, settings: DecodeSettings, modules: Modules }} DecodeRequest
 * @typedef {Decoded | { error: import('../../shared/protocol.js').PackedError, isBroken: boolean }} DecodeAnswer isBroken: the library may be
 * @typedef {Partial<Record<LibraryKind, string>>} Modules the URLs of the libraries' modules, for pages without a bundler
 *
 * @typedef {object} Libraries
 * @property {(module?: string) => Promise<import('./avif.js').AvifLibrary>} avif a new instance each time: it has no pixels of another
 *   picture in its memory, and its memory is freed
 * @property {(module?: string) => Promise<import('./jxl.js').JxlLibrary>} jxl
 */

/**
 * @template L
 * @typedef {(bytes: Uint8Array, settings: DecodeSettings, load: () => Promise<L>) => Promise<Decoded>} Decode
 */

/**
 * @param {(answer: DecodeAnswer, transfer: Transferable[]) => void} post
 * @param {Libraries} libraries
 * @returns {(request: DecodeRequest) => Promise<void>}
 */
export function answerWith(post, libraries) {
    return async ({ kind, bytes, settings, modules }) => {
        try {
            const decoded =
                kind === 'avif'
                    ? await decodeAvif(bytes, settings, () => libraries.avif(modules.avif))
                    : await decodeJxl(bytes, settings, () => libraries.jxl(modules.jxl));
            post(decoded, [decoded.png.buffer]);
        } catch (error) {
            const isBroken = !(error instanceof AcgError) || error.cause instanceof Error;
            post({ error: packError(error), isBroken }, []);
        }
    };
}
