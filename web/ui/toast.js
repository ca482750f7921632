// Messages: shown above the page for a while, or only for screen readers.
import { $ } from './dom.js';

const SHOWN_MS = 9000;

/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;

/**
 * @param {string} sentence '' removes the last one
 * @param {'alert' | 'status'} [role] status: it is not an error
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
