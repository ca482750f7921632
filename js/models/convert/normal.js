// The cumulative distribution function of the normal distribution, from the complementary error function.

const STEP = 0.5;
const TERMS = 13; // e^-(13/2)^2 is 4e-19

/**
 * The probability that a standard normal value is below x.
 * @param {number} x
 */
export function normalBelow(x) {
    return erfc(-x * Math.SQRT1_2) / 2;
}

/**
 * The complementary error function: 2 / sqrt(pi) times the integral of e^(-t^2) from x to infinity.
 * Below 1/2: Taylor's series (Abramowitz and Stegun 7.1.5). From 1/2 on: the trapezoidal rule for the integral of
 * x e^(-x^2) / pi * e^(-t^2) / (t^2 + x^2) over all t, corrected for the poles (Chiarella and Reichel 1968, On the Evaluation of Integrals
 * Related to the Error Function). Its error is about e^-(pi / step)^2 = 7e-18.
 * @param {number} x
 * @returns {number}
 */
export function erfc(x) {
    if (x < 0) return 2 - erfc(-x);
    if (x < 0.5) return 1 - taylor(x);
    if (x > 28) return 0; // too small for a double
    let sum = 1 / (x * x);
    for (let n = 1; n <= TERMS; n++) {
        const square = (n * STEP) ** 2;
        sum += (2 * Math.exp(-square)) / (square + x * x);
    }
    const ofPoles = x < Math.PI / STEP ? 2 / Math.expm1((2 * Math.PI * x) / STEP) : 0;
    return ((STEP * x) / Math.PI) * gauss(x) * sum - ofPoles;
}

/** @param {number} x */
function taylor(x) {
    let power = x;
    let sum = x;
    for (let n = 1; Math.abs(power) > 1e-18 * x; n++) {
        power *= (-x * x) / n;
        sum += power / (2 * n + 1);
    }
    return (2 / Math.sqrt(Math.PI)) * sum;
}

/**
 * e^(-x^2) without the error of rounding x^2: the square of x rounded to float32 is exact, and the rest is small.
 * @param {number} x
 */
function gauss(x) {
    const near = Math.fround(x);
    return Math.exp(-near * near) * Math.exp((near - x) * (near + x));
}
