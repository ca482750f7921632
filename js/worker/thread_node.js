// A thread of a build in Node. The loader recognises a thread by its workerData.
import { BUILDS } from './native/builds.js';

const variant = /** @type {import('../types.js').Variant} */ (process.argv[2]);
const { default: load } = await BUILDS[variant]();
load({ nodeModule: () => import('node:module') });
