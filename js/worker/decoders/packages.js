// The packages with the libraries, and the error if one is missing.
import { AcgError, sentence } from '../../errors.js';

const PACKAGES = { avif: { file: 'AVIF file', name: '@jsquash/avif' }, jxl: { file: 'JPEG XL file', name: 'jxl-oxide-wasm' } };

/**
 * @template T
 * @param {keyof typeof PACKAGES} kind
 * @param {string} remedy
 * @param {() => Promise<T>} load
 * @returns {Promise<T>}
 * @throws {AcgError} UNSUPPORTED
 */
export async function orMissing(kind, remedy, load) {
    try {
        return await load();
    } catch (error) {
        const { file, name } = PACKAGES[kind];
        throw new AcgError(
            'UNSUPPORTED',
            `The ${file} needs the package ${name}, which could not be loaded: npm install ${name}${remedy}`,
            {
                cause: error,
                reason: 'DECODER_NOT_LOADED',
                values: { file, name, why: sentence(error) },
            },
        );
    }
}
