"""An exhaustive search in float64 over an index's stored vectors, beside the answers that the index gave.

    python search_reference.py INDEX.db ANSWERS.json

compare_search.mjs writes the answers and runs this. Fails if an answer has other pictures, or another order, or a score that is off by more
than 1e-6.
"""

import json
import sqlite3
import sys

import numpy as np

MOST = 1e-6  # a score is a float32 sum


def unit(vector):
    vector = np.asarray(vector, dtype=np.float64)
    return vector / np.linalg.norm(vector)


def read_index(path):
    rows = sqlite3.connect(path).execute(
        "SELECT p.id, p.path, v.vector FROM vectors v JOIN pictures p ON p.id = v.picture WHERE v.dtype = 'f16' ORDER BY p.id"
    )
    ids, paths, blobs = zip(*rows, strict=True)
    stored = np.stack([np.frombuffer(blob, dtype='<f2').astype(np.float64) for blob in blobs])
    return np.array(ids), paths, stored / np.linalg.norm(stored, axis=1, keepdims=True)


def query_of(answer, ids, vectors):
    """What is asked for, each with length 1, added up."""
    plus = [unit(v) for v in answer['plus']] + [vectors[ids == answer['like']][0] for _ in range('like' in answer)]
    minus = [unit(v) for v in answer['minus']] + [vectors[ids == answer['unlike']][0] for _ in range('unlike' in answer)]
    return unit(sum(plus) - sum(minus))


def check(answer, ids, paths, vectors):
    """The largest difference of a score, and how many scores tie."""
    scores = vectors @ query_of(answer, ids, vectors)
    kept = np.array([answer.get('word', '') in path for path in paths])
    kept &= (ids != answer.get('like', -1)) & (ids != answer.get('unlike', -1))
    order = sorted(np.flatnonzero(kept), key=lambda i: (-scores[i], ids[i]))[: answer['limit']]
    found = [id for id, _ in answer['pictures']]
    differences = [abs(score - scores[ids == id][0]) for id, score in answer['pictures']]
    wanted = [int(ids[i]) for i in order]
    if found != wanted:
        at = next(i for i, (a, b) in enumerate(zip(found + [None], wanted + [None], strict=False)) if a != b)
        raise SystemExit(f'{answer["asks"]}, place {at}: expected {wanted[at : at + 3]} but found {found[at : at + 3]}')
    if max(differences) > MOST:
        raise SystemExit(f'{answer["asks"]}: a score is off by {max(differences)}')
    return max(differences), len(order) - len({scores[i] for i in order})


ids, paths, vectors = read_index(sys.argv[1])
with open(sys.argv[2], encoding='utf-8') as file:
    answers = json.load(file)
results = [(answer, *check(answer, ids, paths, vectors)) for answer in answers]
print(
    f'{len(ids)} pictures, vectors of {vectors.shape[1]} values\n\n| asked by | found | ties | largest difference of a score |\n|---|---|---|---|'
)
for answer, difference, ties in results:
    print(f'| {answer["asks"]} | {len(answer["pictures"])} | {ties} | {difference:.1e} |')
