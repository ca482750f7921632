// A thread of the build 'simd-threads' in a browser. The loader recognises a thread by its name.
import load from '../../dist/wasm/acg2vec-simd-threads.js';

load();
