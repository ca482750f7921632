rollup --config
mkdir -p dist/acg2vec
cp -r node_modules/acg2vec/js node_modules/acg2vec/dist node_modules/acg2vec/models dist/acg2vec
cp index.html dist
