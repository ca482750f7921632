"""What sentence-transformers gives for some texts, in float32, from a folder as it publishes them.

    python acgvoc2vec_reference.py FOLDER

Writes FOLDER/reference.json. compare_acgvoc2vec.mjs runs it. sentence-transformers 6.2.0 is not among the converters' packages:
    uv pip install --python PYTHON sentence-transformers==6.2.0
"""

import json
import pathlib
import sys

import torch
from sentence_transformers import SentenceTransformer

TEXTS = [
    '',
    'a',
    '1girl',
    'silver hair',
    'hatsune miku',
    '1girl, silver hair',
    'a photo of a cat',
    '初音ミク',
    '銀髪の女の子',
    '东方Project',
    '一个银色头发的女孩',
    '夜空の星と月',
    '안녕하세요',
    'привет мир',
    'مرحبا بالعالم',
    'สวัสดีชาวโลก',
    'Ünïcödé naïve café',
    '😀 🌸🌸',
    "don't we'll they've I'm",
    'x' * 100,
    'the quick brown fox jumps over the lazy dog ' * 10,
    '春はあけぼの。やうやう白くなりゆく山ぎは、すこしあかりて' * 4,
    'a, b. c! d? (e) [f] {g}',
    'hatsune miku from vocaloid with long hair,twintails,aqua eyes,thighhighs,necktie',
    'https://www.pixiv.net/artworks/12345678',
    '   much   white\tspace\n ',
    '0123456789 3.14159',
    '穿着水手服的女孩站在樱花树下，微笑着看着远方',
    '[MASK] [SEP]',
    'the of ' * 200,
]


@torch.no_grad()
def main(folder):
    folder = pathlib.Path(folder)
    model = SentenceTransformer(str(folder), device='cpu').eval()
    vectors = model.encode(TEXTS, convert_to_numpy=True, batch_size=8)
    counts = [int(model.tokenize([text])['attention_mask'].sum()) for text in TEXTS]
    texts = [{'text': text, 'n_tokens': n, 'vector': vector.tolist()} for text, n, vector in zip(TEXTS, counts, vectors)]
    (folder / 'reference.json').write_text(json.dumps({'texts': texts}))


if __name__ == '__main__':
    main(*sys.argv[1:])
