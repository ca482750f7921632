"""Published weights -> the safetensors files that acg2vec loads. docs/models.md describes the files."""
