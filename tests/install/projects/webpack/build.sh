webpack --mode production
cp index.html dist
