"""Published weights -> the safetensors files that acg2vec loads. docs/guide/models.md describes the files."""
