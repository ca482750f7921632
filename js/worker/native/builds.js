// The four builds of the engine, and the module for colours, each written out in full, so that bundlers find them. Its types are in builds.d.ts,
// because the builds do not exist yet when the types are checked.

export const BUILDS = {
    'relaxed-threads': () => import('../../../dist/wasm/acg2vec-relaxed-threads.js'),
    relaxed: () => import('../../../dist/wasm/acg2vec-relaxed.js'),
    'simd-threads': () => import('../../../dist/wasm/acg2vec-simd-threads.js'),
    simd: () => import('../../../dist/wasm/acg2vec-simd.js'),
};

export const LCMS2 = () => import('../../../dist/wasm/lcms2.js');
