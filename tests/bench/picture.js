// The picture that is enlarged: drawn by formula, so that every machine and every peer gets the same bytes.

/**
 * Something like a drawn panel: a soft sky, flat shapes with ink outlines, hair lines, screentone.
 * @param {number} side
 * @returns {{ data: Uint8Array, width: number, height: number, channels: 3 }}
 */
export function drawPicture(side) {
    const data = new Uint8Array(side * side * 3);
    for (let y = 0; y < side; y++) {
        for (let x = 0; x < side; x++) data.set(colourAt(x / side, y / side, x, y), (y * side + x) * 3);
    }
    return { data, width: side, height: side, channels: 3 };
}

const INK = [24, 20, 32];
const SHAPES = [
    { x: 0.5, y: 0.46, radius: 0.26, colour: [250, 222, 205] },
    { x: 0.4, y: 0.44, radius: 0.06, colour: [70, 110, 200] },
    { x: 0.6, y: 0.44, radius: 0.06, colour: [70, 110, 200] },
    { x: 0.86, y: 0.14, radius: 0.09, colour: [255, 240, 150] },
];

/** u and v are the place in the picture from 0 to 1, x and y in pixels. */
function colourAt(u, v, x, y) {
    let colour = [150 + 90 * v, 190 + 40 * v, 245 - 30 * v];
    if (v > 0.75) colour = (x + y) % 4 === 0 || (x - y) % 4 === 0 ? [90, 90, 110] : [225, 220, 230];
    for (const shape of SHAPES) {
        const distance = Math.hypot(u - shape.x, v - shape.y) - shape.radius;
        if (distance < 0) colour = shape.colour;
        if (Math.abs(distance) < 0.006) colour = INK;
    }
    const hair = Math.abs(((u * 9 + v * v * 4) % 1) - 0.5);
    if (v < 0.35 && hair < 0.04) colour = INK;
    return colour.map(Math.round);
}
