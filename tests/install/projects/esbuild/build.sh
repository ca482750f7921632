esbuild main.js --bundle --format=esm --outfile=dist/main.js --alias:acg2vec=./acg2vec/js/index.js --external:./acg2vec/js/index.js
mkdir -p dist/acg2vec
cp -r node_modules/acg2vec/js node_modules/acg2vec/dist node_modules/acg2vec/models dist/acg2vec
cp index.html dist
