parcel build index.html --no-source-maps
