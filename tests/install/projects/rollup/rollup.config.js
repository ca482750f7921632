export default {
    input: 'main.js',
    external: ['acg2vec'],
    output: { file: 'dist/main.js', format: 'es', paths: { acg2vec: './acg2vec/js/index.js' } },
};
