// A picture of our own, drawn in code, so that the page can show what it does: an eye, as in an animation drawing.

const WIDTH = 360;
const HEIGHT = 240;
const SAMPLE_SCALE = 0.8; // the sample is small enough to be done in seconds
const COARSE = 0.17; // the hero's "before"

const INK = '#2b1526';

/** @returns {Promise<File>} */
export async function samplePicture() {
    const canvas = document.createElement('canvas');
    draw(canvas, SAMPLE_SCALE);
    const blob = await new Promise((resolve) => canvas.toBlob(resolve, 'image/png'));
    return new File([/** @type {Blob} */ (blob)], 'sample.png', { type: 'image/png' });
}

/** The same drawing twice: coarse, and fine. @param {HTMLCanvasElement} before @param {HTMLCanvasElement} after */
export function showHero(before, after) {
    draw(before, COARSE);
    draw(after, 2 * Math.max(1, window.devicePixelRatio));
}

/** @param {HTMLCanvasElement} canvas @param {number} scale */
function draw(canvas, scale) {
    canvas.width = Math.round(WIDTH * scale);
    canvas.height = Math.round(HEIGHT * scale);
    const c = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
    c.setTransform(canvas.width / WIDTH, 0, 0, canvas.height / HEIGHT, 0, 0);
    c.lineJoin = c.lineCap = 'round';
    drawFace(c);
    drawEye(c);
    drawHair(c);
}

/**
 * @param {CanvasRenderingContext2D} c
 * @param {string} path
 * @param {string | CanvasGradient} [fill]
 * @param {string} [stroke]
 * @param {number} [width] of the stroke
 */
function shape(c, path, fill, stroke, width = 2) {
    const outline = new Path2D(path);
    if (fill) {
        c.fillStyle = fill;
        c.fill(outline);
    }
    if (stroke) {
        c.strokeStyle = stroke;
        c.lineWidth = width;
        c.stroke(outline);
    }
}

/**
 * @param {CanvasRenderingContext2D} c
 * @param {number} x
 * @param {number} y
 * @param {number} rx
 * @param {number} ry
 * @param {string} fill
 * @param {number} [turn] in radians
 */
function ellipse(c, x, y, rx, ry, fill, turn = 0) {
    c.beginPath();
    c.ellipse(x, y, rx, ry, turn, 0, 2 * Math.PI);
    c.fillStyle = fill;
    c.fill();
}

/** @param {CanvasRenderingContext2D} c */
function drawFace(c) {
    c.fillStyle = '#ffe6d6';
    c.fillRect(0, 0, WIDTH, HEIGHT);
    // the hair's shadow
    shape(c, 'M0 0H360V46L330 40 300 96 268 62 240 118 196 58 150 112 118 64 66 132 52 240H0Z', '#f3c4b2');
    ellipse(c, 262, 226, 54, 17, '#f9b3a4', -0.12);
    for (const x of [238, 254, 270, 286]) {
        shape(c, `M${x} 233l9-15`, undefined, '#e0796f', 2.2);
    }
}

/** @param {CanvasRenderingContext2D} c */
function drawEye(c) {
    shape(c, 'M108 152C120 116 152 96 190 97C230 98 258 118 268 146C262 184 238 207 198 209C158 210 124 190 108 152Z', '#fffaf6');
    c.save();
    c.clip(new Path2D('M108 152C120 116 152 96 190 97C230 98 258 118 268 146C262 184 238 207 198 209C158 210 124 190 108 152Z'));
    shape(c, 'M100 90H280V132C230 112 150 112 104 158Z', '#cfc3da'); // the lid's shadow
    const iris = c.createLinearGradient(0, 98, 0, 212);
    iris.addColorStop(0, '#1c1650');
    iris.addColorStop(0.42, '#3b45b4');
    iris.addColorStop(0.75, '#3fa3df');
    iris.addColorStop(1, '#b9f3ee');
    c.beginPath();
    c.ellipse(192, 152, 43, 59, 0, 0, 2 * Math.PI);
    c.fillStyle = iris;
    c.fill();
    c.strokeStyle = '#191040';
    c.lineWidth = 4;
    c.stroke();
    ellipse(c, 192, 150, 18, 27, '#120b34');
    shape(c, 'M160 186C176 206 208 206 224 186C214 198 170 198 160 186Z', '#d8fff6');
    for (const [x, y, turn] of [
        [163, 160, 0.2],
        [170, 176, 0.4],
        [221, 160, -0.2],
        [214, 176, -0.4],
    ]) {
        ellipse(c, x, y, 3, 9, '#7fd6f4', -turn * 2);
    }
    ellipse(c, 172, 126, 16, 20, '#ffffff', 0.35);
    ellipse(c, 214, 178, 8, 10, '#ffffff', 0.3);
    ellipse(c, 224, 128, 4.5, 5.5, '#e7f4ff');
    c.restore();
    // upper lashes: one thick brush stroke with three tips; lower: a thin one
    shape(
        c,
        'M84 168C96 122 140 84 192 84C236 84 268 106 284 138L304 128 288 152 306 154 278 164C266 128 232 105 192 104C154 103 122 122 108 156L98 154 102 166Z',
        INK,
    );
    shape(c, 'M262 182C248 204 226 213 198 214C176 214 156 208 142 198C160 206 178 209 198 208C224 207 246 198 262 182Z', INK);
    shape(c, 'M258 188l14 8M246 198l10 11', undefined, INK, 2.5);
    shape(c, 'M112 108C136 80 166 68 198 68C226 68 250 76 268 90', undefined, '#a4564e', 2.5);
    shape(c, 'M116 52C150 28 206 22 262 40C208 34 158 40 122 62Z', '#8c2c22', INK, 1.5);
}

/** @param {CanvasRenderingContext2D} c */
function drawHair(c) {
    const locks = [
        'M-10 -10H150C128 30 84 66 54 124C44 164 42 204 48 250H-10Z',
        'M96 -10H216C200 26 178 62 142 104C146 76 142 58 132 40C118 74 96 98 66 118C88 74 98 32 96 -10Z',
        'M190 -10H306C292 30 268 74 236 108C238 82 232 58 220 36C208 58 198 66 186 78C194 44 194 20 190 -10Z',
        'M282 -10H372V62C356 48 346 34 340 20C332 46 318 70 296 88C300 56 296 20 282 -10Z',
    ];
    for (const lock of locks) {
        shape(c, lock, '#e0553a', INK, 3);
    }
    const shades = [
        'M0 60C20 90 24 150 16 240H-10V60Z',
        'M48 126C62 100 84 74 104 50C86 84 66 104 56 140C46 170 46 200 48 240H38C34 200 38 160 48 126Z',
        'M142 100C162 78 180 52 192 24C190 56 172 84 142 104ZM236 104C254 82 272 52 284 22C280 58 262 88 236 108ZM296 86C314 68 326 48 334 24C332 52 318 72 296 88Z',
    ];
    for (const shade of shades) {
        shape(c, shade, '#b23426');
    }
    const shine =
        'M20 34C40 22 62 18 84 20L78 30 66 24 60 34 46 28 38 40 32 32ZM122 16C144 10 166 10 186 14L178 24 166 18 158 28 146 20 136 28ZM220 14C240 10 262 10 280 14L270 24 258 18 250 26 238 20Z';
    shape(c, shine, '#ffc9a1');
    shape(
        c,
        'M66 0C58 26 42 50 22 74M112 4C108 30 96 58 82 80M236 0C240 22 240 44 238 62M326 0C332 14 334 26 332 40',
        undefined,
        '#7c1f1c',
        1.6,
    );
}
