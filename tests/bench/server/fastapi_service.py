"""The same networks behind FastAPI and onnxruntime: fastapi_service.py PORT THREADS UPSCALE.onnx SCORE.onnx"""

import io
import sys

import numpy
import onnxruntime
import uvicorn
from fastapi import FastAPI, HTTPException, Response, UploadFile
from PIL import Image, UnidentifiedImageError

port, threads, upscale_file, score_file = sys.argv[1:]
PAD = 18

app = FastAPI()


def session(path):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = int(threads)
    return onnxruntime.InferenceSession(path, options, providers=['CPUExecutionProvider'])


upscaler = session(upscale_file)
scorer = session(score_file) if score_file != '-' else None


def decode(upload):
    try:
        return Image.open(upload.file).convert('RGB')
    except UnidentifiedImageError:
        raise HTTPException(415, 'Expected a picture') from None


@app.get('/readyz')
def ready():
    return {'ready': True}


@app.post('/images/upscale')
def upscale(image: UploadFile):
    pixels = numpy.asarray(decode(image), dtype=numpy.float32) / 255
    padded = numpy.pad(pixels, ((PAD, PAD), (PAD, PAD), (0, 0)), mode='reflect')
    (out,) = upscaler.run(None, {'in0': numpy.ascontiguousarray(padded.transpose(2, 0, 1)[None])})
    enlarged = (out[0].transpose(1, 2, 0) * 255 + 0.5).clip(0, 255).astype(numpy.uint8)
    file = io.BytesIO()
    Image.fromarray(enlarged).save(file, 'PNG')
    return Response(file.getvalue(), media_type='image/png')


@app.post('/images/scoresByPix2Score')
def score(image: UploadFile):
    pixels = numpy.asarray(decode(image).resize((224, 224), Image.Resampling.BICUBIC), dtype=numpy.float32)
    batch = numpy.ascontiguousarray((pixels / 127.5 - 1).transpose(2, 0, 1)[None])
    (out,) = scorer.run(None, {'in0': batch})
    bookmark, view, sanity = numpy.split(out[0], [15, 30])
    data = {'bookmarkPredict': bookmark.tolist(), 'viewPredict': view.tolist(), 'sanityPredict': sanity.tolist()}
    return {'message': 'ok', 'data': data}


uvicorn.run(app, host='127.0.0.1', port=int(port), log_level='error')
