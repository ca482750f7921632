// Loads a WebAssembly module by the loader that its build has: the engine's, or that of colours.
import { AcgError, sentence } from '../../errors.js';

/** @typedef {import('../../shared/protocol.js').InitBody} InitBody */
/** @typedef {import('./builds.js').EngineModuleOptions} EngineModuleOptions */

const SERVE = '. The folder dist of the package has to be served as it is, its .js as text/javascript (docs/guide/hosting.md)';

/**
 * @template Module
 * @param {string} what it is, for the sentence
 * @param {() => Promise<{ default: (options: EngineModuleOptions) => Promise<Module> }>} build
 * @param {InitBody['wasm']} wasm where its .wasm is
 * @param {(failed: (error: unknown) => void) => EngineModuleOptions} optionsOf failed: for what the loader itself does not watch
 * @returns {Promise<Module>}
 * @throws {AcgError} NOT_FOUND, INTERNAL, NO_MEMORY
 */
export async function loadModule(what, build, wasm, optionsOf) {
    const { default: factory } = await build().catch((error) => {
        throw notLoaded('NOT_FOUND', what, error, SERVE);
    });
    try {
        // silent: whatever goes wrong is thrown as well
        return await new Promise((resolve, reject) => {
            factory({ printErr: () => {}, ...optionsOf(reject), ...wasmOptions(wasm, reject) }).then(resolve, reject);
        });
    } catch (error) {
        if (error instanceof AcgError) throw error;
        throw notLoaded('INTERNAL', what, error, wasm === undefined ? SERVE : '');
    }
}

/**
 * @param {import('../../types.js').ErrorCode} code
 * @param {string} what
 * @param {unknown} error
 * @param {string} [remedy]
 */
function notLoaded(code, what, error, remedy = '') {
    const why = sentence(error).replace(' Build with -sASSERTIONS for more info', '');
    return new AcgError(code, `${what} could not be loaded: ${why}${remedy}`, {
        cause: error,
        reason: 'ENGINE_NOT_LOADED',
        values: { why },
    });
}

/**
 * @param {InitBody['wasm']} wasm
 * @param {(error: unknown) => void} onFailure
 * @returns {EngineModuleOptions}
 */
function wasmOptions(wasm, onFailure) {
    if (wasm === undefined) return {};
    if (wasm instanceof WebAssembly.Module) return { instantiateWasm: instantiateReady(wasm, onFailure) };
    const locate =
        typeof wasm === 'string' ? prefixed(wasm) : (/** @type {string} */ name) => /** @type {Record<string, string>} */ (wasm)[name];
    return { locateFile: (/** @type {string} */ name, /** @type {string} */ folder) => locate(name) ?? folder + name };
}

/**
 * @param {WebAssembly.Module} module
 * @param {(error: unknown) => void} onFailure
 * @returns {EngineModuleOptions['instantiateWasm']}
 */
function instantiateReady(module, onFailure) {
    return (imports, receive) => {
        WebAssembly.instantiate(module, imports)
            .then((instance) => receive(instance, module))
            .catch(onFailure);
        return {};
    };
}

/** @param {string} prefix */
function prefixed(prefix) {
    return (/** @type {string} */ name) => (prefix.endsWith('/') ? prefix : `${prefix}/`) + name;
}
