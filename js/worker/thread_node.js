// A thread of a build in Node. By its workerData the loader knows that it is one.
import { BUILDS } from './native/builds.js';

const variant = /** @type {import('../types.js').Variant} */ (process.argv[2]);
const { default: load } = await BUILDS[variant]();
load({ nodeModule: () => import('node:module') });
