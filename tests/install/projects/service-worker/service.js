import { createEngine } from './node_modules/acg2vec/js/index.js';

self.onmessage = async ({ source }) => {
    const words = await createEngine().then(
        () => 'it works',
        (error) => `${error.name} ${error.code}: ${error.message}`,
    );
    source.postMessage(words);
};
