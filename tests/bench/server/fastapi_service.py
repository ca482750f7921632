"""A network behind FastAPI and onnxruntime: fastapi_service.py PORT THREADS upscale|score|tags|clip FILE.onnx"""

import io
import json
import sys

import numpy
import onnxruntime
import uvicorn
from fastapi import FastAPI, Form, HTTPException, Response, UploadFile
from PIL import Image, UnidentifiedImageError

port, threads, network, file = sys.argv[1:]
PAD = 18
MEAN = numpy.float32([0.48145466, 0.4578275, 0.40821073])
DEVIATION = numpy.float32([0.26862954, 0.26130258, 0.27577711])

app = FastAPI()
options = onnxruntime.SessionOptions()
options.intra_op_num_threads = int(threads)
session = onnxruntime.InferenceSession(file, options, providers=['CPUExecutionProvider'])


def run(pixels):
    """Of the picture [height, width, 3], the first of the results."""
    return session.run(None, {'in0': numpy.ascontiguousarray(pixels.transpose(2, 0, 1)[None])})[0][0]


def decode(upload, side=None):
    """Its pixels from 0 to 255."""
    try:
        picture = Image.open(upload.file).convert('RGB')
    except UnidentifiedImageError:
        raise HTTPException(415, 'Expected a picture') from None
    if side:
        picture = picture.resize((side, side), Image.Resampling.BICUBIC)
    return numpy.asarray(picture, dtype=numpy.float32)


def upscale(image: UploadFile):
    padded = numpy.pad(decode(image) / 255, ((PAD, PAD), (PAD, PAD), (0, 0)), mode='reflect')
    enlarged = (run(padded).transpose(1, 2, 0) * 255 + 0.5).clip(0, 255).astype(numpy.uint8)
    written = io.BytesIO()
    Image.fromarray(enlarged).save(written, 'PNG')
    return Response(written.getvalue(), media_type='image/png')


def score(image: UploadFile):
    bookmark, view, sanity = numpy.split(run(decode(image, 224) / 127.5 - 1), [15, 30])
    data = {'bookmarkPredict': bookmark.tolist(), 'viewPredict': view.tolist(), 'sanityPredict': sanity.tolist()}
    return {'message': 'ok', 'data': data}


def tags(image: UploadFile):
    scores = run(decode(image, 512) / 255)
    best = numpy.flatnonzero(scores > 0.5)
    return {'message': 'ok', 'data': [{'name': str(tag), 'score': float(scores[tag])} for tag in best]}


def clip(image: UploadFile, entries: str = Form()):
    vector = run((decode(image, 224) / 255 - MEAN) / DEVIATION)
    return {'clip': json.dumps((vector / numpy.linalg.norm(vector)).tolist())}


@app.get('/readyz')
def ready():
    return {'ready': True}


app.post('/')({'upscale': upscale, 'score': score, 'tags': tags, 'clip': clip}[network])
uvicorn.run(app, host='127.0.0.1', port=int(port), log_level='error')
