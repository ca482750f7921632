// Writes a file that comes in pieces, from its beginning.
import { cancelled } from '../../errors.js';

/**
 * @param {import('./model_store.js').NewFile} file
 * @param {AsyncIterable<Uint8Array>} pieces
 * @param {AbortSignal} signal
 * @param {(piece: Uint8Array, bytes: number) => void} [onPiece] called for each before it is written; bytes: with it
 * @throws {import('../../errors.js').AcgError} CANCELLED, NO_MEMORY
 */
export async function writeAll(file, pieces, signal, onPiece) {
    let at = 0;
    for await (const piece of pieces) {
        if (signal.aborted) throw cancelled();
        onPiece?.(piece, at + piece.length);
        await file.write(at, piece);
        at += piece.length;
    }
}
