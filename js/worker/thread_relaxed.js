// A thread of the build 'relaxed-threads' in a browser. By its name the loader knows that it is one.
import load from '../../dist/wasm/acg2vec-relaxed-threads.js';

load();
