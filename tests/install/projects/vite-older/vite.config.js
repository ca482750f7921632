export default {
    worker: { format: 'es' }, // to build
    build: { target: 'es2022' }, // Vite 5 and 6: main.js awaits outside of functions
    optimizeDeps: { exclude: ['acg2vec'] }, // in development
};
