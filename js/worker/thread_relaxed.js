// A thread of the build 'relaxed-threads' in a browser. The loader recognises a thread by its name.
import load from '../../dist/wasm/acg2vec-relaxed-threads.js';

load();
