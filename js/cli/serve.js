// acg2vec serve: the REST service. It is a separate package, so that this one does not have its dependencies.
import { parse, UsageError } from './usage.js';

const PACKAGE = 'acg2vec-server';

/**
 * @param {string[]} args
 * @returns {Promise<number>} exit status
 */
export async function serve(args) {
    const { ARGUMENTS, checkOptions, fromArguments, run } = await load();
    const { values, positionals } = parse(args, ARGUMENTS);
    if (positionals.length > 0) throw new UsageError(`Expected only options after serve but received '${positionals[0]}'`);
    const options = fromArguments(values);
    try {
        checkOptions(options);
    } catch (error) {
        throw new UsageError(/** @type {Error} */ (error).message, { cause: error });
    }
    await run(options);
    return 0;
}

async function load() {
    try {
        return await import(PACKAGE);
    } catch (error) {
        const { code, message } = /** @type {NodeJS.ErrnoException} */ (error);
        if (code !== 'ERR_MODULE_NOT_FOUND' || !message.includes(`'${PACKAGE}'`)) throw error;
        throw new Error(`The service is a package of its own: npm install ${PACKAGE}, beside acg2vec`, { cause: error });
    }
}
