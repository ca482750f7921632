"""Makes drawings of shapes, and of each five variants: python duplicates_pictures.py FOLDER COUNT."""

import random
import sys
from pathlib import Path

from PIL import Image, ImageDraw, ImageEnhance, ImageOps


def drawing(seed):
    """A gradient with ellipses, rectangles, polygons and lines on it."""
    r = random.Random(seed)
    w, h = r.choice([360, 420, 480, 512, 600]), r.choice([360, 480, 512, 640])

    def colour():
        return tuple(r.randrange(256) for _ in range(3))

    picture = Image.new('RGB', (w, h), colour())
    draw = ImageDraw.Draw(picture)
    a, b = colour(), colour()
    for y in range(h):
        draw.line([(0, y), (w, y)], fill=tuple(int(a[i] * (1 - y / h) + b[i] * y / h) for i in range(3)))
    for _ in range(r.randrange(10, 30)):
        kind, x, y = r.randrange(4), r.randrange(w), r.randrange(h)
        s, t = r.randrange(20, 220), r.randrange(20, 220)
        box = [x - s // 2, y - t // 2, x + s // 2, y + t // 2]
        if kind == 0:
            draw.ellipse(box, fill=colour(), outline=(20, 20, 20), width=2)
        elif kind == 1:
            draw.rectangle(box, fill=colour())
        elif kind == 2:
            corners = [(x + r.randrange(-s, s), y + r.randrange(-s, s)) for _ in range(r.randrange(3, 7))]
            draw.polygon(corners, fill=colour(), outline=(0, 0, 0))
        else:
            points = [(r.randrange(w), r.randrange(h)) for _ in range(4)]
            draw.line(points, fill=colour(), width=r.randrange(1, 8))
    return picture


folder, count = Path(sys.argv[1]), int(sys.argv[2])
for number in range(count):
    picture = drawing(1000 + number)
    w, h = picture.size
    edge = (w * 25 // 1000, h * 25 // 1000)
    variants = {
        'original.png': picture,
        'resize.png': picture.resize((w * 6 // 10, h * 6 // 10), Image.LANCZOS),
        'crop.png': picture.crop((*edge, w - edge[0], h - edge[1])),
        'flip.png': ImageOps.mirror(picture),
        'bright.png': ImageEnhance.Brightness(picture).enhance(1.2),
    }
    for name, variant in variants.items():
        variant.save(folder / f'{number:03d}-{name}')
    picture.save(folder / f'{number:03d}-jpeg.jpg', quality=30)
