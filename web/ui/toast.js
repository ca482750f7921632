// Sentences beside what the page shows: over it, for a while, and for screen readers alone.
import { $ } from './dom.js';

const SHOWN_MS = 9000;

/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;

/**
 * @param {string} sentence an empty one takes the last away
 * @param {'alert' | 'status'} [role] status: nothing has gone wrong
 */
export function toast(sentence, role = 'alert') {
    clearTimeout(timer);
    $('toast').setAttribute('role', role);
    $('toast').textContent = sentence;
    $('toast').hidden = !sentence;
    timer = setTimeout(() => ($('toast').hidden = true), SHOWN_MS);
}

/** @param {string} sentence */
export function announce(sentence) {
    $('announcer').textContent = sentence;
}
